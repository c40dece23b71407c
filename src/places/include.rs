//! Finding the files that a configuration includes.

use std::fs;
use std::io::{self, Read};
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
        Self {
            folder: fs::canonicalize(folder_of(config)).unwrap_or_else(|_| config.to_owned()),
        }
    }

    /// Reads the file that is named in the file `from`, relative to that.
    ///
    /// # Errors
    /// What is wrong, in words that do not repeat what was written: it might be a key in the wrong place.
    pub fn load(&self, written: &str, from: &str) -> Result<Included, String> {
        let cannot = |wrong: io::Error| match wrong.kind() {
            io::ErrorKind::NotFound => {
                "there is no such file; names begin at the folder of this file".to_owned()
            }
            io::ErrorKind::InvalidData => "the file is not UTF-8".to_owned(),
            _ => format!("the file cannot be read: {wrong}"),
        };
        let path = folder_of(Path::new(from)).join(written);
        let real = fs::canonicalize(&path).map_err(cannot)?;
        if !real.starts_with(&self.folder) {
            return Err(format!(
                "the file is outside {}, the folder of the configuration",
                self.folder.display()
            ));
        }
        // To open a pipe would wait for whoever writes into it.
        if !fs::metadata(&real).map_err(cannot)?.is_file() {
            return Err("this is no file".to_owned());
        }
        let mut text = String::new();
        let file = fs::File::open(&real).map_err(cannot)?;
        let read = file.take(LONGEST + 1).read_to_string(&mut text).map_err(cannot)?;
        if read as u64 > LONGEST {
            return Err("the file is over 16 MiB".to_owned());
        }
        Ok(Included {
            name: real.display().to_string(),
            text,
        })
    }
}

/// The folder of a file; of a bare name, the working directory.
fn folder_of(file: &Path) -> &Path {
    file.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(folder: &Path, written: &str) -> String {
        let config = folder.join("state/modelpin.json");
        let included = Includes::of(&config).load(written, &config.display().to_string());
        included.map_or_else(|wrong| wrong, |included| included.text)
    }

    #[test]
    fn only_files_within_the_folder_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path();
        fs::create_dir_all(folder.join("state/parts")).unwrap();
        fs::write(folder.join("out.json5"), "outside").unwrap();
        fs::write(folder.join("state/parts/in.json5"), "inside").unwrap();
        assert_eq!(told(folder, "./parts/in.json5"), "inside");
        assert_eq!(told(folder, "parts/../parts/in.json5"), "inside");
        let absolute = folder.join("state/parts/in.json5");
        assert_eq!(told(folder, &absolute.display().to_string()), "inside");
        assert!(told(folder, "../out.json5").starts_with("the file is outside"));
        assert!(told(folder, "/dev/zero").starts_with("the file is outside"));
        assert_eq!(told(folder, "parts"), "this is no file");
        let told_key = told(folder, "sk-ant-api03-EXAMPLE-CANARY");
        assert!(told_key.starts_with("there is no such file") && !told_key.contains("sk-"));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(folder.join("out.json5"), folder.join("state/link.json5")).unwrap();
            assert!(told(folder, "link.json5").starts_with("the file is outside"));
        }
    }

    #[test]
    fn a_configuration_named_without_a_folder_is_in_the_working_directory() {
        assert_eq!(
            Includes::of(Path::new("modelpin.json")).folder,
            fs::canonicalize(".").unwrap()
        );
        assert_eq!(folder_of(Path::new("modelpin.json")), Path::new("."));
    }
}
