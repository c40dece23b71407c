//! The languages of replies: those that are built in, and those of the state directory.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::echo::causes;
use crate::places::StateDir;
use crate::words::{LARGEST, Languages};

/// Reads `words/<tag>.ftl` of the state directory over what is built in. What cannot be read is told in the log and left
/// out: a reply in English is better than none.
pub(super) fn read(state: &StateDir, preferred: Option<&str>) -> Languages {
    let mut languages = Languages::default();
    for file in files(state) {
        let tag = file
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        match text(&file) {
            Ok(text) => {
                if let Err(wrong) = languages.add(tag, &text) {
                    tracing::warn!(file = %file.display(), "{wrong}");
                }
            }
            Err(wrong) => tracing::warn!(file = %file.display(), "not read: {}", causes(&wrong)),
        }
    }
    if let Some(tag) = preferred
        && !languages.prefer(tag)
    {
        let known = languages.tags();
        tracing::warn!(
            "commands.locale: there is no language {tag:?}, only {}; a file words/{tag}.ftl in the state directory adds it",
            known.join(", ")
        );
    }
    languages
}

/// What a file says. Only a file of its own kind is opened: a pipe would never come to its end.
fn text(file: &Path) -> io::Result<String> {
    if !fs::metadata(file)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut text = String::new();
    fs::File::open(file)?
        .take(LARGEST + 1)
        .read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST {
        return Err(io::Error::other("it has more than 256 KiB"));
    }
    Ok(text)
}

/// The files of sentences in the state directory, by name.
pub(super) fn files(state: &StateDir) -> Vec<PathBuf> {
    let Ok(folder) = fs::read_dir(state.words()) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = folder
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "ftl"))
        .collect();
    files.sort();
    files
}
