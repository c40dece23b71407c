//! `auth-profiles.json`: the whole file, read.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde_json::Value;
use serde_json::value::RawValue;
use thiserror::Error;

use super::profile::StoredProfile;
use super::usage::UsageStats;
use crate::model::ProviderId;
use crate::profile::ProfileId;

/// The largest file that is read, in bytes.
const LONGEST: u64 = 64 * 1024 * 1024;

/// The profiles of one agent, as stored. `Debug` shows no secret.
#[derive(Clone)]
pub struct AuthStore {
    path: PathBuf,
    /// All top-level keys in file order, as they stand; `profiles` and the others that we know among them.
    top: IndexMap<String, Box<RawValue>>,
    profiles: IndexMap<ProfileId, StoredProfile>,
    order: IndexMap<ProviderId, Vec<ProfileId>>,
    last_good: IndexMap<ProviderId, ProfileId>,
    usage: IndexMap<ProfileId, UsageStats>,
}

/// A store that is there and cannot be read. It must not be written over.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The file is larger than any store should be.
    #[error("{} is over 64 MiB and is not read", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The content is no store: torn, or another program's.
    #[error("{}:{line}:{column}: {problem}; `modelpin doctor --fix` sets the file aside", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column in bytes, from 1.
        column: usize,
        /// What is wrong; it quotes nothing of the file.
        problem: String,
    },
}

impl AuthStore {
    /// Reads the file; `None` if it is not there.
    ///
    /// # Errors
    /// [`StoreError`] if it is there and cannot be read, or is no store.
    pub fn read(path: &Path) -> Result<Option<Self>, StoreError> {
        let unreadable = |source| StoreError::Unreadable {
            path: path.to_owned(),
            source,
        };
        let file = match std::fs::File::open(path) {
            Ok(file) => file,
            Err(absent) if absent.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(unreadable(source)),
        };
        let mut bytes = Vec::new();
        file.take(LONGEST + 1)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        if bytes.len() as u64 > LONGEST {
            return Err(StoreError::TooLarge {
                path: path.to_owned(),
            });
        }
        let text = String::from_utf8(bytes).map_err(|wrong| {
            let good = wrong.utf8_error().valid_up_to();
            let before = String::from_utf8_lossy(&wrong.as_bytes()[..good]).into_owned();
            broken(path, &before, good, "not UTF-8 from here on")
        })?;
        Self::parse(&text, path).map(Some)
    }

    /// Reads the text of a store; a byte order mark is skipped.
    ///
    /// Profiles of a type that we do not know, and such as are wrong in themselves, are kept; they are never
    /// candidates. Of a key that is there twice, the last one counts.
    ///
    /// # Errors
    /// [`StoreError::Broken`] if the text is no JSON object with an object `profiles`, or `order` is no object
    /// of lists of ids: an order that is half read could choose whose account pays.
    pub fn parse(text: &str, path: &Path) -> Result<Self, StoreError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let sections: IndexMap<String, &RawValue> =
            serde_json::from_str(text).map_err(|wrong| foreign(path, text, text, &wrong, "the file"))?;
        let Some(raw) = sections.get("profiles") else {
            return Err(broken(path, text, 0, "there is no `profiles`"));
        };
        let entries: IndexMap<String, Box<RawValue>> = serde_json::from_str(raw.get())
            .map_err(|wrong| foreign(path, text, raw.get(), &wrong, "`profiles`"))?;
        let profiles = entries.into_iter().map(|(id, raw)| {
            let id = ProfileId::new(&id);
            let profile = StoredProfile::from_raw(&id, raw);
            (id, profile)
        });
        let order = match sections.get("order").filter(|raw| raw.get() != "null") {
            None => IndexMap::new(),
            Some(raw) => {
                let order: IndexMap<String, Option<Vec<String>>> = serde_json::from_str(raw.get())
                    .map_err(|_| broken(path, text, offset(text, raw.get()), NO_ORDER))?;
                let given = order.iter().filter_map(|(key, ids)| Some((key, ids.as_ref()?)));
                first_spelling(given.map(|(key, ids)| {
                    let ids = ids.iter().map(|id| ProfileId::new(id)).collect();
                    (ProviderId::new(key), ids)
                }))
            }
        };
        // Hints for choosing, written by other programs: what cannot be read of them tells nothing.
        let hints = |name| -> IndexMap<String, Value> {
            let raw = sections.get(name);
            raw.and_then(|raw| serde_json::from_str(raw.get()).ok())
                .unwrap_or_default()
        };
        Ok(Self {
            path: path.to_owned(),
            profiles: profiles.collect(),
            order,
            last_good: first_spelling(hints("lastGood").iter().filter_map(|(provider, id)| {
                Some((ProviderId::new(provider), ProfileId::new(id.as_str()?)))
            })),
            usage: hints("usageStats")
                .iter()
                .map(|(id, entry)| (ProfileId::new(id), UsageStats::from_json(entry)))
                .collect(),
            top: sections
                .into_iter()
                .map(|(key, raw)| (key, raw.to_owned()))
                .collect(),
        })
    }

    /// A store without anything in it.
    #[must_use]
    pub fn empty(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            top: IndexMap::new(),
            profiles: IndexMap::new(),
            order: IndexMap::new(),
            last_good: IndexMap::new(),
            usage: IndexMap::new(),
        }
    }

    /// The file that it was read from.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All profiles, in file order.
    #[must_use]
    pub fn profiles(&self) -> &IndexMap<ProfileId, StoredProfile> {
        &self.profiles
    }

    /// The stored order for a provider; an empty one means none.
    #[must_use]
    pub fn order(&self, provider: &ProviderId) -> Option<&[ProfileId]> {
        self.order.get(provider).map(Vec::as_slice)
    }

    /// All stored orders.
    pub fn orders(&self) -> impl Iterator<Item = (&ProviderId, &[ProfileId])> {
        self.order
            .iter()
            .map(|(provider, ids)| (provider, ids.as_slice()))
    }

    /// The profile that last served the provider, as other programs wrote it down.
    #[must_use]
    pub fn last_good(&self, provider: &ProviderId) -> Option<&ProfileId> {
        self.last_good.get(provider)
    }

    /// What other programs wrote down about the use of a profile.
    #[must_use]
    pub fn usage(&self, profile: &ProfileId) -> Option<&UsageStats> {
        self.usage.get(profile)
    }

    /// All top-level keys in file order with their values as they stand, for whoever writes the file again.
    #[must_use]
    pub fn sections(&self) -> &IndexMap<String, Box<RawValue>> {
        &self.top
    }
}

const NO_ORDER: &str = "`order` is not an object of lists of profile ids";

impl fmt::Debug for AuthStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthStore")
            .field("path", &self.path)
            .field("profiles", &self.profiles)
            .field("order", &self.order)
            .field("last_good", &self.last_good)
            .field("usage", &self.usage)
            .finish_non_exhaustive()
    }
}

/// Of two spellings of one provider, the first counts.
fn first_spelling<T>(entries: impl Iterator<Item = (ProviderId, T)>) -> IndexMap<ProviderId, T> {
    let mut first = IndexMap::new();
    for (provider, value) in entries {
        first.entry(provider).or_insert(value);
    }
    first
}

/// What serde_json says of a section, without what it quotes, at its place in the file.
fn foreign(path: &Path, text: &str, section: &str, wrong: &serde_json::Error, what: &str) -> StoreError {
    let start = offset(text, section);
    if wrong.is_data() {
        return broken(path, text, start, &format!("{what} is not an object"));
    }
    let said = wrong.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    let problem = format!("no JSON ({said})");
    // Lines of a section count from its own first line; syntax errors are found while the whole file is read.
    StoreError::Broken {
        path: path.to_owned(),
        line: wrong.line(),
        column: wrong.column().max(1),
        problem,
    }
}

fn broken(path: &Path, text: &str, at: usize, problem: &str) -> StoreError {
    let before = &text.as_bytes()[..at.min(text.len())];
    let line_start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |lf| lf + 1);
    StoreError::Broken {
        path: path.to_owned(),
        line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
        column: before.len() - line_start + 1,
        problem: problem.to_owned(),
    }
}

/// Where a slice of a text begins in it.
fn offset(text: &str, slice: &str) -> usize {
    (slice.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}
