//! Finding the files that a configuration includes.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::config::Included;

/// The largest file that is included, in bytes.
const LONGEST: u64 = 16 * 1024 * 1024;

/// Files within the folder of the configuration, links followed: a configuration cannot be made to read others.
#[derive(Debug, Clone)]
pub struct Includes {
    folder: PathBuf,
}

impl Includes {
    /// Those of this configuration file.
    #[must_use]
    pub fn of(config: &Path) -> Self {
        let folder = config.parent().unwrap_or_else(|| Path::new("."));
        Self {
            folder: fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned()),
        }
    }

    /// Reads the file that is named in the file `from`, relative to that.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn load(&self, written: &str, from: &str) -> Result<Included, String> {
        let near = Path::new(from).parent().unwrap_or(&self.folder);
        let path = near.join(written);
        let real =
            fs::canonicalize(&path).map_err(|wrong| format!("cannot read {}: {wrong}", path.display()))?;
        if !real.starts_with(&self.folder) {
            return Err(format!(
                "{} is outside the folder of the configuration",
                path.display()
            ));
        }
        let cannot = |wrong: std::io::Error| format!("cannot read {}: {wrong}", path.display());
        let mut text = String::new();
        let file = fs::File::open(&real).map_err(cannot)?;
        let read = file.take(LONGEST + 1).read_to_string(&mut text).map_err(cannot)?;
        if read as u64 > LONGEST {
            return Err(format!("{} is over 16 MiB", path.display()));
        }
        Ok(Included {
            name: real.display().to_string(),
            text,
        })
    }
}
