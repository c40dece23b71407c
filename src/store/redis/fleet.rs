//! Who else is there: the machines that share what is kept.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::seal::Seals;
use crate::secret::{HandleKey, Secret};

/// The form in which things are kept. A newer one is left alone.
pub(super) const FORM: u32 = 1;
/// The fewest bytes of a fleet's key: 128 bits, written in any way.
const SHORTEST: usize = 32;
/// How many keys a fleet remembers, beside its first.
const MOST_MARKS: usize = 16;
/// The longest name of a tenant, in bytes.
const LONGEST: usize = 64;

/// The machines that share one key. Those who have another one under the same names are another fleet.
#[derive(Debug, Clone)]
pub struct Fleet {
    tenant: String,
    marks: Vec<String>,
    seals: Seals,
}

/// Why a fleet cannot be, or cannot be where another one is.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FleetError {
    /// Its key is too short to be one.
    #[error("the key of the fleet has {0} characters; it needs {SHORTEST} that nobody can guess")]
    ShortKey(usize),
    /// Its name cannot be one.
    #[error("the tenant has one to {LONGEST} letters, digits, `-`, `_` or `.`")]
    Tenant,
    /// Other machines with another key are there.
    #[error("another fleet has its pins and rests under `{0}`")]
    Another(String),
    /// A newer modelpin has been there.
    #[error("what is under `{0}` was written by a newer modelpin (form {1}; this one knows up to {FORM})")]
    Newer(String, u32),
    /// Something is there that is not ours.
    #[error("`{0}` is there, and was not written by modelpin")]
    Foreign(String),
}

impl FleetError {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::ShortKey(_) => "make one with `openssl rand -hex 32`, and give it to each machine",
            Self::Tenant => "name another one in `store.tenant`",
            Self::Another(_) => "give both the same `store.key`, or one of them another `store.prefix`",
            Self::Newer(..) => "use that modelpin, or another `store.prefix`",
            Self::Foreign(_) => "use another `store.prefix`",
        }
    }
}

/// What is written under the name of the fleet.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Marker {
    form: u32,
    fleet: String,
    /// The marks of the keys that came after: whoever has one of them belongs to the fleet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    also: Vec<String>,
    /// Which process wrote it: another one than before says that everything was lost in between.
    made: String,
}

impl Marker {
    fn marks(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.fleet).chain(&self.also)
    }

    /// Which process wrote it.
    pub(super) fn made(&self) -> &str {
        &self.made
    }
}

impl Fleet {
    /// The fleet whose machines have `key`. What `earlier` keys wrote is theirs too, and whoever has one of them belongs to
    /// it: so a key is exchanged on one machine after the other.
    ///
    /// # Errors
    /// [`FleetError`] if a key is too short, or the name of the tenant is none.
    pub fn new(tenant: &str, key: &Secret, earlier: &[Secret]) -> Result<Self, FleetError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if tenant.is_empty() || tenant.len() > LONGEST || !tenant.chars().all(fits) {
            return Err(FleetError::Tenant);
        }
        let mark = |key: &Secret| {
            let length = key.expose().trim().chars().count();
            if length < SHORTEST {
                return Err(FleetError::ShortKey(length));
            }
            let place = HandleKey::derive(b"modelpin fleet 1");
            Ok(format!("{:016x}", place.generation(key)))
        };
        let marks = std::iter::once(key).chain(earlier).map(mark);
        Ok(Self {
            tenant: tenant.to_owned(),
            marks: marks.collect::<Result<_, _>>()?,
            seals: Seals::of(std::iter::once(key).chain(earlier)),
        })
    }

    /// Whose pins and rests they are.
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// What seals the tokens that leave a machine.
    pub(super) fn seals(&self) -> &Seals {
        &self.seals
    }

    /// What is written under the name of the fleet.
    pub(super) fn marker(&self, made: &str) -> String {
        let marker = Marker {
            made: made.to_owned(),
            form: FORM,
            fleet: self.marks.first().cloned().unwrap_or_default(),
            also: Vec::new(),
        };
        // A number and letters always have a text.
        serde_json::to_string(&marker).unwrap_or_default()
    }

    /// Whether what is written there is ours; returns it.
    pub(super) fn admits(&self, name: &str, written: &str) -> Result<Marker, FleetError> {
        let marker: Marker =
            serde_json::from_str(written).map_err(|_| FleetError::Foreign(name.to_owned()))?;
        if marker.form > FORM {
            return Err(FleetError::Newer(name.to_owned(), marker.form));
        }
        if !marker.marks().any(|mark| self.marks.contains(mark)) {
            return Err(FleetError::Another(name.to_owned()));
        }
        Ok(marker)
    }

    /// What is to be written in the place of a marker of ours that does not know our key yet: when the keys before it are
    /// given up, it is the only one that tells who we are.
    pub(super) fn joined(&self, marker: &Marker) -> Option<String> {
        let own = self.marks.first()?;
        if marker.marks().any(|mark| mark == own) {
            return None;
        }
        let known = marker.also.len().saturating_sub(MOST_MARKS - 1);
        let also = marker.also.iter().skip(known).chain([own]);
        let marker = Marker {
            form: marker.form,
            fleet: marker.fleet.clone(),
            also: also.cloned().collect(),
            made: marker.made.clone(),
        };
        serde_json::to_string(&marker).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(letter: &str) -> Secret {
        Secret::new(letter.repeat(32))
    }

    #[test]
    fn a_fleet_knows_its_own_and_those_of_its_earlier_keys() {
        let old = Fleet::new("main", &key("a"), &[]).unwrap();
        let new = Fleet::new("main", &key("b"), &[key("a")]).unwrap();
        let other = Fleet::new("main", &key("c"), &[]).unwrap();
        assert!(new.admits("k", &old.marker("x")).is_ok());
        assert!(new.admits("k", &new.marker("x")).is_ok());
        assert_eq!(
            other.admits("k", &new.marker("x")).unwrap_err(),
            FleetError::Another("k".into())
        );
        assert_eq!(
            old.admits("k", r#"{"form":2,"fleet":"x","made":"y","more":1}"#)
                .unwrap_err(),
            FleetError::Newer("k".into(), 2)
        );
        assert_eq!(
            old.admits("k", "hello").unwrap_err(),
            FleetError::Foreign("k".into())
        );
        assert!(!format!("{new:?}{}", new.marker("x")).contains("bbbb"));
    }

    #[test]
    fn a_fleet_that_gave_its_first_key_up_knows_its_own() {
        let learning = Fleet::new("main", &key("a"), &[key("b")]).unwrap();
        let using = Fleet::new("main", &key("b"), &[key("a")]).unwrap();
        let done = Fleet::new("main", &key("b"), &[]).unwrap();
        let first = learning.marker("x");
        assert!(
            done.admits("k", &first).is_err(),
            "nobody has told that they are the same"
        );
        let marker = using.admits("k", &first).unwrap();
        let written = using.joined(&marker).expect("its key is not known there yet");
        for fleet in [&learning, &using, &done] {
            let marker = fleet.admits("k", &written).unwrap();
            assert_eq!(marker.made(), "x", "nothing was lost");
            assert_eq!(fleet.joined(&marker), None, "nobody writes it again");
        }
    }

    #[test]
    fn a_key_that_can_be_guessed_is_none() {
        let short = Fleet::new("main", &Secret::new("hunter2".into()), &[]).unwrap_err();
        assert_eq!(short, FleetError::ShortKey(7));
        assert_eq!(Fleet::new("a:b", &key("a"), &[]).unwrap_err(), FleetError::Tenant);
    }
}
