//! The id of this machine.

/// The machine's id, which is confidential by its own documentation (machine-id(5)): used to key hashes, never shown.
///
/// `None` where there is none, for example in many containers and on other systems than Linux.
#[must_use]
pub fn machine_id() -> Option<Vec<u8>> {
    let places = ["/etc/machine-id", "/var/lib/dbus/machine-id"];
    places.iter().find_map(|path| {
        let id = std::fs::read(path).ok()?;
        let id = id.trim_ascii();
        (id.len() >= 32).then(|| id.to_vec())
    })
}
