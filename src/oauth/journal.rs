//! What a refresh leaves on disk while it is at work: one small file for each sign-in, without any part of a token.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::clock::Timestamp;
use crate::files::{Previous, Reach, WriteError, replace};
use crate::profile::ProfileId;
use crate::secret::Secret;

/// The folder beside the store.
const FOLDER: &str = "refresh";

/// How far a refresh has come, with the generation of the tokens that it began with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// It was begun, and nothing was sent.
    Claimed(u64),
    /// The refresh token was sent, or is about to be.
    Posted(u64),
    /// The provider does not accept the refresh token any more.
    Ended(u64),
}

impl Note {
    /// The tokens that it is about.
    #[must_use]
    pub fn generation(self) -> u64 {
        match self {
            Self::Claimed(generation) | Self::Posted(generation) | Self::Ended(generation) => generation,
        }
    }
}

/// An entry as it stands in the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    /// The profile.
    pub profile: String,
    state: Word,
    generation: String,
    /// When it was written.
    pub at: Timestamp,
    pid: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Claimed,
    Posted,
    Ended,
}

impl Entry {
    /// How far it has come.
    #[must_use]
    pub fn note(&self) -> Option<Note> {
        let generation = u64::from_str_radix(&self.generation, 16).ok()?;
        Some(match self.state {
            Word::Claimed => Note::Claimed(generation),
            Word::Posted => Note::Posted(generation),
            Word::Ended => Note::Ended(generation),
        })
    }
}

/// Tells the tokens of a sign-in apart from earlier and later ones, and cannot be turned back.
#[must_use]
pub(super) fn generation(access: Option<&Secret>, refresh: Option<&Secret>) -> u64 {
    let mut hash = Sha256::new();
    hash.update(b"modelpin refresh 1\0");
    for token in [access, refresh] {
        hash.update(token.map_or("", |token| token.expose()).as_bytes());
        hash.update(b"\0");
    }
    let digest = hash.finalize();
    digest
        .iter()
        .take(8)
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

fn file(store: &Path, profile: &ProfileId) -> PathBuf {
    let digest = Sha256::digest(profile.as_str().as_bytes());
    let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    store.with_file_name(FOLDER).join(format!("{name}.json"))
}

/// What an earlier refresh of a profile left; `None` if nothing, or if it cannot be read.
#[must_use]
pub fn look(store: &Path, profile: &ProfileId) -> Option<Entry> {
    let text = fs::read(file(store, profile)).ok()?;
    serde_json::from_slice(&text).ok()
}

/// The same as a note. An entry that is there and cannot be read counts as sent: nobody knows better.
pub(super) fn note(store: &Path, profile: &ProfileId, generation: u64) -> Option<Note> {
    let there = fs::exists(file(store, profile)).unwrap_or(true);
    let read = || look(store, profile)?.note();
    there.then(|| read().unwrap_or(Note::Posted(generation)))
}

/// Writes how far a refresh has come. Returns when it is on disk.
pub(super) fn write(store: &Path, profile: &ProfileId, note: Note, at: Timestamp) -> Result<(), WriteError> {
    let state = match note {
        Note::Claimed(_) => Word::Claimed,
        Note::Posted(_) => Word::Posted,
        Note::Ended(_) => Word::Ended,
    };
    let entry = Entry {
        profile: profile.to_string(),
        state,
        generation: format!("{:016x}", note.generation()),
        at,
        pid: std::process::id(),
    };
    let text = serde_json::to_vec(&entry).unwrap_or_default();
    let path = file(store, profile);
    if let Some(folder) = path.parent() {
        crate::files::make_folder(folder)?;
    }
    replace(&path, &text, Previous::Dropped, Reach::Owner)
}

/// Takes the entry out. That it stays is no harm: it is about tokens that are not stored any more.
pub(super) fn clear(store: &Path, profile: &ProfileId) {
    let _gone = fs::remove_file(file(store, profile));
}
