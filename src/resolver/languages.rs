//! The languages of replies: those that are built in, and those of the state directory.

use std::fs;
use std::path::PathBuf;

use crate::echo::causes;
use crate::places::StateDir;
use crate::words::Languages;

/// The largest file of sentences, in bytes: the built-in ones have less than a tenth of it.
const LARGEST: u64 = 256 * 1024;

/// Reads `words/<tag>.ftl` of the state directory over what is built in. What cannot be read is told in the log and left
/// out: a reply in English is better than none.
pub(super) fn read(state: &StateDir, preferred: Option<&str>) -> Languages {
    let mut languages = Languages::default();
    for file in files(state) {
        let tag = file
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        // A pipe would keep us waiting.
        if !fs::metadata(&file).is_ok_and(|told| told.is_file() && told.len() <= LARGEST) {
            tracing::warn!(file = %file.display(), "not read: it is no file of at most 256 KiB");
            continue;
        }
        match fs::read_to_string(&file) {
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
