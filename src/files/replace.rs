//! A new content in the place of an old one, whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use atomic_write_file::AtomicWriteFile;
use thiserror::Error;

/// What becomes of the content that is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Previous {
    /// It is kept beside the file, as [`backup_of`] names it.
    Kept,
    /// It goes.
    Dropped,
}

/// Who may read the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Its owner alone (mode 0600), whatever it was before.
    Owner,
    /// Whoever could before; its owner alone if it is new.
    AsBefore,
}

/// A file that could not be written. What was there is there still.
#[derive(Debug, Error)]
#[error("cannot {step} {}; nothing was changed", path.display())]
pub struct WriteError {
    step: &'static str,
    path: PathBuf,
    #[source]
    source: io::Error,
}

/// Replaces the content of a file and returns when the new one is on disk, under its name.
///
/// The folder is made (mode 0700) if it is not there. Of a symbolic link, the file behind it is replaced. A reader, and
/// a machine that loses power, has the old content or the new one. With [`Previous::Kept`] the old content is on disk
/// as the backup before the new one takes its place. A process that is killed may leave a temporary file beside the
/// file, named `.<file>.` and six characters, with mode 0600.
///
/// # Errors
/// [`WriteError`] names the step and the file.
pub fn replace(path: &Path, content: &[u8], previous: Previous, reach: Reach) -> Result<(), WriteError> {
    let path = &behind_links(path);
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    if previous == Previous::Kept {
        match fs::read(path) {
            Ok(old) if old == content => {}
            Ok(old) => put(&backup_of(path), &old, Reach::Owner)?,
            Err(none) if none.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(failed("read", path)(source)),
        }
    }
    put(path, content, reach)
}

/// Where the content that was replaced last is kept: `<file>.bak`.
#[must_use]
pub fn backup_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".bak");
    PathBuf::from(name)
}

/// Makes a folder, and those above it that are missing, with mode 0700.
///
/// # Errors
/// [`WriteError`] if that cannot be done.
pub fn make_folder(folder: &Path) -> Result<(), WriteError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(failed("make the folder", folder))
}

fn put(path: &Path, content: &[u8], reach: Reach) -> Result<(), WriteError> {
    let mut options = AtomicWriteFile::options();
    #[cfg(unix)]
    {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        atomic_write_file::unix::OpenOptionsExt::preserve_mode(&mut options, reach == Reach::AsBefore);
    }
    #[cfg(not(unix))]
    let _ = reach;
    let mut file = options
        .open(path)
        .map_err(failed("make a temporary file beside", path))?;
    file.write_all(content).map_err(failed("write", path))?;
    // `commit` brings the content to disk before it takes the name, and the folder after it.
    file.commit().map_err(failed("replace", path))
}

fn behind_links(path: &Path) -> PathBuf {
    match fs::symlink_metadata(path) {
        Ok(about) if about.is_symlink() => fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()),
        _ => path.to_owned(),
    }
}

fn failed<'p>(step: &'static str, path: &'p Path) -> impl FnOnce(io::Error) -> WriteError + 'p {
    move |source| WriteError {
        step,
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_content_is_kept_beside_the_new_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/folder/file.json");
        replace(&path, b"one", Previous::Kept, Reach::Owner).unwrap();
        assert!(!backup_of(&path).exists());
        replace(&path, b"two", Previous::Kept, Reach::Owner).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read(backup_of(&path)).unwrap(), b"one");
        replace(&path, b"two", Previous::Kept, Reach::Owner).unwrap();
        assert_eq!(fs::read(backup_of(&path)).unwrap(), b"one");
        let left: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 2, "{left:?}");
    }

    #[cfg(unix)]
    #[test]
    fn secrets_are_for_their_owner_and_links_stay_links() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let dir = tempfile::tempdir().unwrap();
        let (real, link) = (dir.path().join("real"), dir.path().join("link"));
        fs::write(&real, "old").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o644)).unwrap();
        symlink(&real, &link).unwrap();
        let mode = || fs::metadata(&real).unwrap().permissions().mode() & 0o777;
        replace(&link, b"public", Previous::Dropped, Reach::AsBefore).unwrap();
        assert_eq!(mode(), 0o644);
        replace(&link, b"secret", Previous::Kept, Reach::Owner).unwrap();
        assert_eq!(mode(), 0o600);
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"secret");
        let backup = fs::metadata(backup_of(&real)).unwrap().permissions().mode();
        assert_eq!(backup & 0o777, 0o600);
    }
}
