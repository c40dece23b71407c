//! A store that is being changed: what is not changed stays as it stands in the file, letter by letter.

use std::path::Path;

use indexmap::IndexMap;
use serde_json::Value;
use serde_json::value::RawValue;
use thiserror::Error;

use super::file::AuthStore;
use super::new_profile::NewProfile;
use super::raw::{Object, list, object, text, written};
use crate::credential::CredentialKind;
use crate::model::ProviderId;
use crate::profile::{Identity, ProfileId};

/// The profiles of one agent, with the changes that are about to be written.
///
/// Fields, profiles and top-level keys that nobody asked to change keep their text and their place.
#[derive(Clone)]
pub struct StoreDraft {
    top: Object,
    profiles: Object,
    touched: bool,
}

/// Whether the credential of another account may be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replace {
    /// It may not.
    No,
    /// It may.
    Yes,
}

/// What became of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// It is new under this id.
    Added,
    /// It took the place of what was under this id.
    Updated,
    /// Just this was there already.
    Unchanged,
}

/// A change that would lose something.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DraftError {
    /// The id belongs to another account.
    #[error("the profile {0} is of another account; take another id, or replace it with --replace")]
    OtherAccount(ProfileId),
    /// The id belongs to another provider.
    #[error("the profile {id} is of the provider {provider}; take another id, or replace it with --replace")]
    OtherProvider {
        /// The profile.
        id: ProfileId,
        /// Its provider.
        provider: ProviderId,
    },
    /// There is no such profile.
    #[error("there is no profile {0}")]
    Missing(ProfileId),
    /// There is a profile of the new name.
    #[error("there is a profile {0} already")]
    Taken(ProfileId),
}

/// Secrets, and what belongs to one secret: replaced together.
const OF_SECRET: [&str; 10] = [
    "key", "apiKey", "keyRef", "token", "tokenRef", "access", "refresh", "expires", "clientId", "mode",
];
/// What OpenClaw writes about failures; `lastUsed` and what we do not know are not among them.
const OF_REST: [&str; 6] = [
    "cooldownUntil",
    "disabledUntil",
    "disabledReason",
    "errorCount",
    "failureCounts",
    "lastFailureAt",
];

impl StoreDraft {
    /// Begins with what was read, or with nothing.
    pub(super) fn of(store: Option<&AuthStore>) -> Self {
        let Some(store) = store else {
            let top = Object::from_iter([
                ("version".to_owned(), text("1")),
                ("profiles".to_owned(), text("{}")),
            ]);
            return Self {
                top,
                profiles: Object::new(),
                touched: false,
            };
        };
        let profiles = store.profiles().iter();
        Self {
            top: store.sections().clone(),
            profiles: profiles
                .map(|(id, profile)| (id.as_str().to_owned(), profile.raw().to_owned()))
                .collect(),
            touched: false,
        }
    }

    /// The draft as a store would read it.
    #[must_use]
    pub fn store(&self, path: &Path) -> AuthStore {
        AuthStore::parse(&self.text(), path).unwrap_or_else(|_| AuthStore::empty(path))
    }

    /// Whether a change was made.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.touched
    }

    /// The ids of all profiles.
    pub fn ids(&self) -> impl Iterator<Item = ProfileId> + '_ {
        self.profiles.keys().map(|id| ProfileId::new(id))
    }

    /// The profile that the account of `new` has already, if it tells one: signing in again belongs there.
    #[must_use]
    pub fn holder_of(&self, new: &NewProfile) -> Option<ProfileId> {
        let same = |id: &String| {
            let raw = self.profiles.get(id)?;
            let old = Told::of(id, raw);
            let same = old.provider == new.provider && old.identity.same(&new.identity()) == Some(true);
            same.then(|| ProfileId::new(id))
        };
        self.profiles.keys().find_map(same)
    }

    /// Keeps a credential under an id. Fields that we do not know stay; a new secret starts without rests.
    ///
    /// # Errors
    /// [`DraftError`] if another account or another provider has the id, and [`Replace::No`].
    pub fn put(&mut self, id: &ProfileId, new: &NewProfile, replace: Replace) -> Result<Placed, DraftError> {
        let old = self.profiles.get(id.as_str());
        if let (Some(raw), Replace::No) = (old, replace) {
            let told = Told::of(id.as_str(), raw);
            if told.provider != new.provider {
                return Err(DraftError::OtherProvider {
                    id: id.clone(),
                    provider: told.provider,
                });
            }
            if told.identity.same(&new.identity()) == Some(false) {
                return Err(DraftError::OtherAccount(id.clone()));
            }
        }
        let before = old.and_then(|raw| object(raw));
        let mut fields = before.clone().unwrap_or_default();
        let given = new.fields();
        // Another account's address does not stay beside the new secret.
        let of_account: &[&str] = match replace {
            Replace::Yes => &["email", "accountId"],
            Replace::No => &[],
        };
        for name in OF_SECRET.iter().chain(of_account) {
            if !given.iter().any(|(given, _)| given == name) {
                fields.shift_remove(*name);
            }
        }
        for (name, value) in given {
            let same = fields
                .get(name)
                .and_then(|raw| serde_json::from_str::<Value>(raw.get()).ok())
                .is_some_and(|old| old == value);
            if !same {
                fields.insert(name.to_owned(), text(&value.to_string()));
            }
        }
        if before.as_ref().is_some_and(|before| same_text(before, &fields)) {
            return Ok(Placed::Unchanged);
        }
        let new_secret = before.as_ref().is_none_or(|before| {
            ["key", "token", "access", "refresh"]
                .iter()
                .any(|name| before.get(*name).map(|raw| raw.get()) != fields.get(*name).map(|raw| raw.get()))
        });
        self.profiles.insert(id.as_str().to_owned(), written(&fields, 2));
        self.touched = true;
        if new_secret {
            self.clear_rest(id);
        }
        Ok(if before.is_some() {
            Placed::Updated
        } else {
            Placed::Added
        })
    }

    /// Takes a profile out, also of orders and of what is written about its use. `false` if it is not there.
    pub fn remove(&mut self, id: &ProfileId) -> bool {
        let there = self.profiles.shift_remove(id.as_str()).is_some();
        self.everywhere(id, None);
        self.touched |= there;
        there
    }

    /// Takes the entry of a profile out; orders still name it. `false` if it is not there.
    pub fn take_out(&mut self, id: &ProfileId) -> bool {
        let there = self.profiles.shift_remove(id.as_str()).is_some();
        self.touched |= there;
        there
    }

    /// Gives a profile another id, also in orders and in what is written about its use. It keeps its place.
    ///
    /// # Errors
    /// [`DraftError::Missing`] or [`DraftError::Taken`].
    pub fn rename(&mut self, old: &ProfileId, new: &ProfileId) -> Result<(), DraftError> {
        if old == new {
            return Ok(());
        }
        if self.profiles.contains_key(new.as_str()) {
            return Err(DraftError::Taken(new.clone()));
        }
        let at = self.profiles.get_index_of(old.as_str());
        let at = at.ok_or_else(|| DraftError::Missing(old.clone()))?;
        // An entry that names no provider had it from its id.
        let raw = self.profiles[at].clone();
        let mut fields = object(&raw);
        if let Some(fields) = fields.as_mut().filter(|fields| !fields.contains_key("provider")) {
            let provider = Told::of(old.as_str(), &raw).provider;
            fields.insert(
                "provider".to_owned(),
                text(&Value::from(provider.as_str()).to_string()),
            );
            self.profiles[at] = written(fields, 2);
        }
        let keys = std::mem::take(&mut self.profiles);
        let renamed = |key: String| {
            if key == old.as_str() {
                new.as_str().to_owned()
            } else {
                key
            }
        };
        self.profiles = keys.into_iter().map(|(key, raw)| (renamed(key), raw)).collect();
        self.everywhere(old, Some(new));
        self.touched = true;
        Ok(())
    }

    /// Keeps an order for a provider, under the spelling that is there already.
    pub fn set_order(&mut self, provider: &ProviderId, ids: &[ProfileId]) {
        let new = list(ids.iter().map(ProfileId::as_str), 2);
        let mut order = self.section("order");
        let spelling = spelling(&order, provider).unwrap_or_else(|| provider.as_str().to_owned());
        let old = order.insert(spelling, new.clone());
        let same = |old: Box<RawValue>| ids_of(&old) == ids_of(&new);
        if !old.is_some_and(same) {
            self.put_section("order", &order);
        }
    }

    /// The order that is kept for a provider.
    #[must_use]
    pub fn order(&self, provider: &ProviderId) -> Option<Vec<ProfileId>> {
        let order = self.section("order");
        let raw = order.get(&spelling(&order, provider)?)?;
        Some(ids_of(raw)?.iter().map(|id| ProfileId::new(id)).collect())
    }

    /// Forgets the order of a provider. `false` if none was kept.
    pub fn clear_order(&mut self, provider: &ProviderId) -> bool {
        let mut order = self.section("order");
        let mut there = false;
        while let Some(key) = spelling(&order, provider) {
            order.shift_remove(&key);
            there = true;
        }
        if there {
            self.put_section("order", &order);
        }
        there
    }

    /// Forgets what is written about the failures of a profile; when it was last used stays. `false` if there was nothing.
    pub fn clear_rest(&mut self, id: &ProfileId) -> bool {
        let mut usage = self.section("usageStats");
        let Some(mut stats) = usage.get(id.as_str()).and_then(|raw| object(raw)) else {
            return false;
        };
        let before = stats.len();
        stats.retain(|name, _| !OF_REST.contains(&name.as_str()));
        if stats.len() == before {
            return false;
        }
        usage.insert(id.as_str().to_owned(), written(&stats, 2));
        self.put_section("usageStats", &usage);
        true
    }

    /// Puts a section of another store's text in, for what is moved as a whole.
    pub fn put_raw_profile(&mut self, id: &ProfileId, raw: &RawValue) {
        self.profiles.insert(id.as_str().to_owned(), raw.to_owned());
        self.touched = true;
    }

    /// What is written about the use of a profile, as it stands in another store.
    pub fn put_raw_usage(&mut self, id: &ProfileId, raw: &RawValue) {
        let mut usage = self.section("usageStats");
        usage.insert(id.as_str().to_owned(), raw.to_owned());
        self.put_section("usageStats", &usage);
    }

    /// The text of the file.
    pub(super) fn text(&self) -> String {
        let mut top = self.top.clone();
        if self.touched {
            top.insert("profiles".to_owned(), written(&self.profiles, 1));
        }
        let mut text = written(&top, 0).get().to_owned();
        text.push('\n');
        text
    }

    /// Takes an id out of orders and statistics, or puts another in its place.
    fn everywhere(&mut self, old: &ProfileId, new: Option<&ProfileId>) {
        let mut order = self.section("order");
        let mut changed = false;
        for raw in order.values_mut() {
            let Some(ids) = ids_of(raw).filter(|ids| ids.iter().any(|id| id == old.as_str())) else {
                continue;
            };
            let kept = ids.iter().filter_map(|id| match new {
                _ if id != old.as_str() => Some(id.as_str()),
                Some(new) => Some(new.as_str()),
                None => None,
            });
            *raw = list(kept, 2);
            changed = true;
        }
        if changed {
            self.put_section("order", &order);
        }
        let mut last = self.section("lastGood");
        let quoted = Value::from(old.as_str()).to_string();
        if last.values().any(|raw| raw.get() == quoted) {
            match new {
                Some(new) => {
                    for raw in last.values_mut().filter(|raw| raw.get() == quoted) {
                        *raw = text(&Value::from(new.as_str()).to_string());
                    }
                }
                None => last.retain(|_, raw| raw.get() != quoted),
            }
            self.put_section("lastGood", &last);
        }
        let mut usage = self.section("usageStats");
        if let Some(raw) = usage.shift_remove(old.as_str()) {
            if let Some(new) = new {
                usage.insert(new.as_str().to_owned(), raw);
            }
            self.put_section("usageStats", &usage);
        }
    }

    fn section(&self, name: &str) -> Object {
        self.top.get(name).and_then(|raw| object(raw)).unwrap_or_default()
    }

    fn put_section(&mut self, name: &str, entries: &Object) {
        self.top.insert(name.to_owned(), written(entries, 1));
        self.touched = true;
    }
}

impl std::fmt::Debug for StoreDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreDraft")
            .field("profiles", &self.profiles.keys().collect::<Vec<_>>())
            .field("touched", &self.touched)
            .finish_non_exhaustive()
    }
}

/// What an entry tells of itself.
struct Told {
    provider: ProviderId,
    identity: Identity,
}

impl Told {
    fn of(id: &str, raw: &RawValue) -> Self {
        let value: Value = serde_json::from_str(raw.get()).unwrap_or_default();
        let field = |name: &str| value.get(name).and_then(Value::as_str);
        let from_id = id.split_once(':').map_or("", |(before, _)| before);
        Self {
            provider: ProviderId::new(field("provider").unwrap_or(from_id)),
            identity: Identity::new(field("accountId"), field("email")),
        }
    }
}

fn spelling(order: &Object, provider: &ProviderId) -> Option<String> {
    order
        .keys()
        .find(|key| ProviderId::new(key) == *provider)
        .cloned()
}

fn ids_of(raw: &RawValue) -> Option<Vec<String>> {
    serde_json::from_str(raw.get()).ok()
}

fn same_text(one: &Object, other: &Object) -> bool {
    let texts = |object: &Object| -> IndexMap<String, String> {
        object
            .iter()
            .map(|(key, raw)| (key.clone(), raw.get().to_owned()))
            .collect()
    };
    texts(one) == texts(other)
}

impl NewProfile {
    /// The kind of its secret.
    #[must_use]
    pub fn kind(&self) -> CredentialKind {
        self.secret.kind()
    }
}

#[cfg(test)]
mod properties;
mod renew;
#[cfg(test)]
mod tests;
