//! An input as fields: the byte 0xFF, which is in no UTF-8, parts them.
//!
//! So a seed can be written by hand, and a fuzzer that joins two inputs makes a third one that says something.

use std::borrow::Cow;

/// The first fields; one that is not there is empty, and the last one has all that is left.
pub(crate) fn fields<const N: usize>(data: &[u8]) -> [&[u8]; N] {
    let mut found = [&[][..]; N];
    for (field, part) in found.iter_mut().zip(data.splitn(N, |byte| *byte == 0xff)) {
        *field = part;
    }
    found
}

/// A field as text; what is not UTF-8 becomes U+FFFD.
pub(crate) fn text(field: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(field)
}
