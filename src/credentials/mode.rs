//! Whether others on the machine can read a file with secrets. It is told here, and repaired elsewhere.

use std::io;
use std::path::Path;

/// The mode of a file that is open to more than its owner; `None` if it is not, or on systems without modes.
///
/// # Errors
/// If the file cannot be looked at.
#[cfg(unix)]
pub fn wider_mode(path: &Path) -> io::Result<Option<u32>> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path)?.permissions().mode() & 0o777;
    Ok((mode & 0o077 != 0).then_some(mode))
}

/// The mode of a file that is open to more than its owner; `None` if it is not, or on systems without modes.
///
/// # Errors
/// If the file cannot be looked at.
#[cfg(not(unix))]
pub fn wider_mode(path: &Path) -> io::Result<Option<u32>> {
    std::fs::metadata(path).map(|_| None)
}
