//! What the fuzzer calls: a subject by its name, with bytes that it made up.

#[path = "../bodies/mod.rs"]
mod bodies;

/// Checks what has to hold for these bytes; panics where it does not.
pub fn check(subject: &str, data: &[u8]) {
    match bodies::ALL.iter().find(|(name, _)| *name == subject) {
        Some((_, check)) => check(data),
        None => panic!("there is no subject {subject}"),
    }
}
