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
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::credentials::NewSecret;
    use crate::secret::Secret;

    const FILE: &str = r#"{
  "version": 1,
  "theirs": { "kept": 1.50e3 },
  "profiles": {
    "anthropic:work": { "type": "token", "provider": "anthropic", "token": "old-EXAMPLE", "expires": 5, "metadata": {"a":[1,  2]}, "email": "me@x.org" },
    "odd": { "type": "pass\u006bey", "blob": 1e400 }
  },
  "order": { "Anthropic": ["odd", "anthropic:work"] },
  "lastGood": { "anthropic": "anthropic:work" },
  "usageStats": { "anthropic:work": { "lastUsed": 7, "cooldownUntil": 9, "errorCount": 2, "more": true } }
}"#;

    fn draft() -> StoreDraft {
        StoreDraft::of(Some(&AuthStore::parse(FILE, Path::new("f")).unwrap()))
    }

    fn token(text: &str) -> NewProfile {
        let secret = NewSecret::Token(Secret::new(text.into()), Some(Timestamp::from_millis(8)));
        NewProfile::new(ProviderId::new("anthropic"), secret)
    }

    #[test]
    fn what_is_not_asked_for_keeps_its_text() {
        let work = ProfileId::new("anthropic:work");
        let mut draft = draft();
        let placed = draft.put(&work, &token("new-EXAMPLE"), Replace::No).unwrap();
        assert_eq!(placed, Placed::Updated);
        let text = draft.text();
        for kept in [
            "{ \"kept\": 1.50e3 }",
            "{\"a\":[1,  2]}",
            "pass\\u006bey",
            "1e400",
            "\"more\": true",
            "\"lastUsed\": 7",
        ] {
            assert!(text.contains(kept), "{kept} in {text}");
        }
        for gone in ["old-EXAMPLE", "cooldownUntil", "errorCount"] {
            assert!(!text.contains(gone), "{gone} in {text}");
        }
        assert!(text.contains("\"expires\": 8"), "{text}");
    }

    #[test]
    fn the_same_again_is_no_change() {
        let work = ProfileId::new("anthropic:work");
        let mut draft = draft();
        draft.put(&work, &token("new-EXAMPLE"), Replace::No).unwrap();
        let read = AuthStore::parse(&draft.text(), Path::new("f")).unwrap();
        let mut again = StoreDraft::of(Some(&read));
        let placed = again.put(&work, &token("new-EXAMPLE"), Replace::No).unwrap();
        assert_eq!((placed, again.is_changed()), (Placed::Unchanged, false));
    }

    #[test]
    fn another_account_needs_leave() {
        let work = ProfileId::new("anthropic:work");
        let mut other = token("new-EXAMPLE");
        other.email = Some("you@x.org".into());
        assert_eq!(
            draft().put(&work, &other, Replace::No),
            Err(DraftError::OtherAccount(work.clone()))
        );
        let mut replaced = draft();
        replaced.put(&work, &other, Replace::Yes).unwrap();
        assert!(replaced.text().contains("you@x.org"));
        other.provider = ProviderId::new("openai");
        assert!(matches!(
            draft().put(&work, &other, Replace::No),
            Err(DraftError::OtherProvider { .. })
        ));
        other.provider = ProviderId::new("anthropic");
        other.email = Some("ME@x.org".into());
        assert_eq!(draft().holder_of(&other), Some(work));
    }

    #[test]
    fn a_rename_is_followed_everywhere_and_a_removal_too() {
        let (work, home) = (ProfileId::new("anthropic:work"), ProfileId::new("anthropic:home"));
        let mut renamed = draft();
        renamed.rename(&work, &home).unwrap();
        let text = renamed.text();
        assert!(
            !text.contains("anthropic:work") && text.matches("anthropic:home").count() == 4,
            "{text}"
        );
        assert_eq!(
            renamed.rename(&home, &ProfileId::new("odd")),
            Err(DraftError::Taken(ProfileId::new("odd")))
        );
        assert_eq!(renamed.rename(&work, &home), Err(DraftError::Taken(home.clone())));
        let mut removed = draft();
        assert!(removed.remove(&work) && !removed.remove(&home));
        assert!(!removed.text().contains("anthropic:work"), "{}", removed.text());
    }

    #[test]
    fn an_order_keeps_the_spelling_of_its_provider() {
        let anthropic = ProviderId::new("anthropic");
        let mut draft = draft();
        draft.set_order(&anthropic, &[ProfileId::new("odd")]);
        assert!(
            draft.text().contains("\"Anthropic\": [\n      \"odd\"\n    ]"),
            "{}",
            draft.text()
        );
        assert!(draft.clear_order(&anthropic) && !draft.clear_order(&anthropic));
        assert_eq!(draft.order(&anthropic), None);
    }
}

#[cfg(test)]
mod properties {
    use proptest::prelude::*;

    use super::*;
    use crate::credentials::NewSecret;
    use crate::secret::Secret;

    /// JSON texts that no parser into numbers and maps would give back as they are.
    fn odd() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("1e400".to_owned()),
            Just("-0.10e-7".to_owned()),
            Just("123456789012345678901234567890".to_owned()),
            Just("\"\\u00e9\\/\\n\"".to_owned()),
            Just("null".to_owned()),
            Just("{\"b\":1,\"a\":2,\"a\":3}".to_owned()),
            Just("[ 1 ,\t2]".to_owned()),
        ];
        leaf.prop_recursive(2, 8, 3, |inner| {
            prop::collection::vec(inner, 0..3)
                .prop_map(|items| format!("{{ \"x\" :[{}]}}", items.join(" , ")))
        })
    }

    #[derive(Debug, Clone)]
    enum Step {
        Put(usize),
        Remove(usize),
        Rename(usize, usize),
        Order(Vec<usize>),
        ClearOrder,
        ClearRest(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0..5_usize).prop_map(Step::Put),
            (0..5_usize).prop_map(Step::Remove),
            (0..5_usize, 0..5_usize).prop_map(|(old, new)| Step::Rename(old, new)),
            prop::collection::vec(0..5_usize, 0..4).prop_map(Step::Order),
            Just(Step::ClearOrder),
            (0..5_usize).prop_map(Step::ClearRest),
        ]
    }

    fn id(at: usize) -> ProfileId {
        ProfileId::new(&format!("p:{at}"))
    }

    proptest! {
        #[test]
        fn whatever_is_changed_everything_else_keeps_its_text(
            odd in prop::collection::vec(odd(), 4),
            steps in prop::collection::vec(step(), 0..12),
        ) {
            let text = format!(
                "{{\"theirs\": {}, \"version\":1, \"profiles\": {{ \"stays\": {{ \"type\": \"passkey\", \"provider\":\"p\", \"odd\": {} }}, \"p:0\": {{\"type\":\"api_key\",\"provider\":\"p\",\"key\":\"k\",\"odd\":{}}} }},\n \"usageStats\": {{ \"p:0\": {{ \"lastUsed\": 3, \"errorCount\": 1, \"odd\": {} }} }} }}",
                odd[0], odd[1], odd[2], odd[3],
            );
            let path = Path::new("f");
            let mut draft = StoreDraft::of(Some(&AuthStore::parse(&text, path).expect("a store")));
            let p = ProviderId::new("p");
            let mut there = vec![0];
            for step in steps {
                match step {
                    Step::Put(at) => {
                        let new = NewProfile::new(p.clone(), NewSecret::ApiKey(Secret::new(format!("k{at}"))));
                        draft.put(&id(at), &new, Replace::No).expect("of the same provider");
                        if !there.contains(&at) {
                            there.push(at);
                        }
                    }
                    Step::Remove(at) => {
                        prop_assert_eq!(draft.remove(&id(at)), there.contains(&at));
                        there.retain(|is| *is != at);
                    }
                    Step::Rename(old, new) => {
                        let fits = old == new || (there.contains(&old) && !there.contains(&new));
                        prop_assert_eq!(draft.rename(&id(old), &id(new)).is_ok(), fits);
                        if fits && old != new {
                            there.iter_mut().filter(|is| **is == old).for_each(|is| *is = new);
                        }
                    }
                    Step::Order(ids) => draft.set_order(&p, &ids.into_iter().map(id).collect::<Vec<_>>()),
                    Step::ClearOrder => drop(draft.clear_order(&p)),
                    Step::ClearRest(at) => drop(draft.clear_rest(&id(at))),
                }
            }
            let text = draft.text();
            let read = AuthStore::parse(&text, path).expect("still a store");
            let mut wanted: Vec<ProfileId> = there.into_iter().map(id).chain([ProfileId::new("stays")]).collect();
            let mut ids: Vec<ProfileId> = read.profiles().keys().cloned().collect();
            wanted.sort();
            ids.sort();
            prop_assert_eq!(ids, wanted);
            prop_assert_eq!(read.sections()["theirs"].get(), odd[0].as_str());
            let kept = format!("{{ \"type\": \"passkey\", \"provider\":\"p\", \"odd\": {} }}", odd[1]);
            prop_assert_eq!(read.profiles()[&ProfileId::new("stays")].raw().get(), kept);
        }
    }
}
