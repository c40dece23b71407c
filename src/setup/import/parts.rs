//! The files of a configuration that is in several.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::config::Included;
use crate::places::Includes;

/// The files that a configuration includes, and where they stand beside it.
pub(super) struct Parts {
    includes: Includes,
    /// Texts by their paths from the folder of the configuration.
    pub(super) files: BTreeMap<PathBuf, String>,
    /// The folders, from there, of the files that were read, by the name of the file.
    folders: HashMap<String, PathBuf>,
    /// Whether a file is named by a path that another folder does not have.
    fixed: bool,
}

impl Parts {
    pub(super) fn of(config: &Path) -> Self {
        Self {
            includes: Includes::of(config),
            files: BTreeMap::new(),
            folders: HashMap::new(),
            fixed: false,
        }
    }

    pub(super) fn load(&mut self, written: &str, from: &str) -> Result<Included, String> {
        let found = self.includes.load(written, from)?;
        // The configuration itself is in no list: it is in the folder.
        let folder = self.folders.get(from).cloned().unwrap_or_default();
        match below(&folder, Path::new(written)) {
            Some(path) => {
                let folder = path.parent().unwrap_or(Path::new("")).to_owned();
                self.folders.insert(found.name.clone(), folder);
                self.files.insert(path, found.text.clone());
            }
            None => self.fixed = true,
        }
        Ok(found)
    }

    /// Why these files cannot stand below another folder.
    pub(super) fn hindrance(&self, to: &Path) -> Option<String> {
        if self.fixed {
            return Some("it includes files by absolute paths; write them relative to its folder".to_owned());
        }
        let differs = |(part, text): (&PathBuf, &String)| {
            let here = to.join(part);
            let other = here.exists() && !fs::read(&here).is_ok_and(|mine| mine == text.as_bytes());
            other.then(|| {
                format!(
                    "it includes {}, and {} is another one",
                    part.display(),
                    here.display()
                )
            })
        };
        self.files.iter().find_map(differs)
    }
}

/// A path from a folder as one without `.` and `..`; `None` if it leads out.
fn below(folder: &Path, written: &Path) -> Option<PathBuf> {
    let mut path = folder.to_owned();
    for part in written.components() {
        match part {
            Component::Normal(part) => path.push(part),
            Component::CurDir => {}
            Component::ParentDir if path.pop() => {}
            _ => return None,
        }
    }
    Some(path)
}
