//! Changing the configuration file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::config::{Config, ConfigEdit, ConfigError, EditError};
use crate::files::{Lock, LockError, Previous, Reach, WriteError, replace};
use crate::places::Includes;

use super::place::Place;

/// Why the configuration was not changed. The file is as it was.
#[derive(Debug, Error)]
pub enum ConfigChangeError {
    /// Somebody else is writing it.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// It cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// It cannot be edited so.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// It would not be a configuration any more.
    #[error("the change would make the configuration unusable; nothing was changed")]
    Unusable(#[source] ConfigError),
    /// It could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Whether a file was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It was.
    Changed,
    /// It said all that already.
    AsItWas,
}

/// Edits the configuration file under its lock, from what is there at that moment. The previous text is kept as `.bak`.
/// A file that is not there is made, with mode 0600. Files that it includes are read and never changed. Blocks its thread.
///
/// # Errors
/// [`ConfigChangeError`]; then nothing was written.
pub fn change_config<T>(
    place: &Place,
    change: impl FnOnce(&mut ConfigEdit) -> Result<T, EditError>,
) -> Result<(T, Written), ConfigChangeError> {
    let path = &place.snapshot().sources().config.path;
    let _lock = Lock::take(path)?;
    let (answer, new) = edited(path, change)?;
    let Some(new) = new else {
        return Ok((answer, Written::AsItWas));
    };
    replace(path, new.as_bytes(), Previous::Kept, Reach::AsBefore)?;
    Ok((answer, Written::Changed))
}

/// Makes a change as [`change_config`] does, and writes nothing: whoever has something else to change first knows then
/// whether this can follow.
///
/// # Errors
/// [`ConfigChangeError`], as the change would give it.
pub(super) fn rehearse<T>(
    place: &Place,
    change: impl FnOnce(&mut ConfigEdit) -> Result<T, EditError>,
) -> Result<T, ConfigChangeError> {
    let (answer, _) = edited(&place.snapshot().sources().config.path, change)?;
    Ok(answer)
}

/// What the configuration would say after a change. Nothing is written.
///
/// # Errors
/// [`ConfigChangeError`], as the change would give it.
#[cfg(all(feature = "redis", feature = "sqlite"))]
pub(super) fn preview(
    place: &Place,
    change: impl FnOnce(&mut ConfigEdit) -> Result<(), EditError>,
) -> Result<Config, ConfigChangeError> {
    let path = &place.snapshot().sources().config.path;
    let ((), new) = edited(path, change)?;
    let Some(new) = new else {
        return Ok(place.snapshot().config().clone());
    };
    let includes = Includes::of(path);
    let mut load = |written: &str, from: &str| includes.load(written, from);
    let read = Config::parse_with(&new, &path.display().to_string(), &mut load);
    let (config, _) = read.map_err(ConfigChangeError::Unusable)?;
    Ok(config)
}

/// The text after a change; `None` if it is as it was.
fn edited<T>(
    path: &Path,
    change: impl FnOnce(&mut ConfigEdit) -> Result<T, EditError>,
) -> Result<(T, Option<String>), ConfigChangeError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(none) if none.kind() == io::ErrorKind::NotFound => String::new(),
        Err(source) => {
            let path = path.to_owned();
            return Err(ConfigChangeError::Unreadable { path, source });
        }
    };
    let file = path.display().to_string();
    let includes = Includes::of(path);
    let mut load = |written: &str, from: &str| includes.load(written, from);
    let mut edit = ConfigEdit::within(&text, &file, &mut load)?;
    let answer = change(&mut edit)?;
    let new = edit.finish_within(&mut load)?;
    if let Some(new) = &new {
        Config::parse_with(new, &file, &mut load).map_err(ConfigChangeError::Unusable)?;
    }
    Ok((answer, new))
}
