//! Which model, and which profile, is meant?
//!
//! A [`Catalog`] knows the models, their aliases and the allowlist of one agent. [`Catalog::meaning`] answers what a
//! written name means, by exact rules in a fixed order; likeness only ever makes suggestions. It does not know who
//! asks, what is pinned, or which credentials exist: the caller brings a [`Standpoint`].
//!
//! Read `meaning.rs` first, then `split.rs` (where `opus@work` splits) and `profiles.rs` (what `@work` means).

mod builtin;
mod folding;
mod generation;
mod meaning;
mod profiles;
mod split;

use std::collections::hash_map::Entry::{Occupied, Vacant};
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use crate::model::{ModelRef, ProviderId};
use crate::profile::ProfileId;

pub use builtin::models as builtin_models;
pub use meaning::{Meaning, NotAllowed, Standpoint};
pub use profiles::{KnownProfile, ProfileMeaning, which_profile};
pub use split::{Split, split};

/// Where a model is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The configuration names it.
    Configured,
    /// modelpin knows it by itself.
    BuiltIn,
}

/// One model that the catalogue knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entry {
    /// The full reference.
    pub model: ModelRef,
    /// The short name by which people call it.
    pub alias: Option<String>,
    /// The profile that the configuration prefers for it.
    pub auth_profile: Option<ProfileId>,
    /// Whether somebody put it into the configuration.
    pub origin: Origin,
}

impl Entry {
    /// A model without an alias.
    #[must_use]
    pub fn new(model: ModelRef) -> Self {
        Self {
            model,
            alias: None,
            auth_profile: None,
            origin: Origin::Configured,
        }
    }

    /// The same, called `alias`.
    #[must_use]
    pub fn called(mut self, alias: &str) -> Self {
        self.alias = Some(alias.to_owned());
        self
    }

    /// The name to show: the alias, else the full reference.
    #[must_use]
    pub fn label(&self) -> String {
        self.alias.clone().unwrap_or_else(|| self.model.to_string())
    }
}

/// The models, aliases and allowlist of one agent.
#[derive(Debug, Clone)]
pub struct Catalog {
    entries: Vec<Entry>,
    allowed: Option<Allowlist>,
    default: Option<ModelRef>,
    by_alias: HashMap<String, usize>,
    by_model: HashMap<ModelRef, usize>,
    by_model_folded: HashMap<ModelRef, usize>,
    by_id: HashMap<String, Vec<usize>>,
    by_id_folded: HashMap<String, Vec<usize>>,
    notes: Vec<String>,
    generation: OnceLock<u64>,
}

/// The models that may be selected, and the configuration key that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowlist {
    /// The models.
    pub models: HashSet<ModelRef>,
    /// Where the list stands, for example `agents.defaults.models`.
    pub rule: String,
}

impl Catalog {
    /// Builds the catalogue. Of entries with the same model, the first counts; of the same alias, the first has it, and
    /// a note says which model lost it. `allowed` limits what may be selected.
    #[must_use]
    pub fn new(entries: impl IntoIterator<Item = Entry>, allowed: Option<Allowlist>) -> Self {
        let mut catalog = Self {
            entries: Vec::new(),
            allowed,
            default: None,
            by_alias: HashMap::new(),
            by_model: HashMap::new(),
            by_model_folded: HashMap::new(),
            by_id: HashMap::new(),
            by_id_folded: HashMap::new(),
            notes: Vec::new(),
            generation: OnceLock::new(),
        };
        for entry in entries {
            catalog.add(entry);
        }
        catalog
    }

    /// Adds a model at the end, unless it is there.
    pub fn add(&mut self, mut entry: Entry) {
        if self.by_model.contains_key(&entry.model) {
            return;
        }
        self.generation = OnceLock::new();
        let at = self.entries.len();
        if let Some(alias) = &entry.alias {
            match self.by_alias.entry(folding::fold(alias)) {
                Vacant(free) => {
                    free.insert(at);
                }
                Occupied(taken) => {
                    if entry.origin == Origin::Configured {
                        let (model, owner) = (&entry.model, &self.entries[*taken.get()].model);
                        self.notes.push(format!(
                            "the alias `{alias}` of {model} belongs to {owner} already"
                        ));
                    }
                    entry.alias = None;
                }
            }
        }
        let (provider, id) = (entry.model.provider(), entry.model.model());
        let folded = folding::fold(id);
        self.by_model_folded
            .entry(ModelRef::new(provider.clone(), &folded))
            .or_insert(at);
        self.by_model.insert(entry.model.clone(), at);
        self.by_id.entry(id.to_owned()).or_default().push(at);
        self.by_id_folded.entry(folded).or_default().push(at);
        self.entries.push(entry);
    }

    /// Makes `model` the one of a chat in which nothing is pinned. It may always be selected.
    pub fn set_default(&mut self, model: ModelRef) {
        self.add(Entry::new(model.clone()));
        self.generation = OnceLock::new();
        self.default = Some(model);
    }

    /// The model of an alias or a full reference, whether it is in the catalogue or not.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<ModelRef> {
        let alias = self
            .by_alias
            .get(&folding::fold(name))
            .map(|at| self.entries[*at].model.clone());
        alias.or_else(|| ModelRef::parse(name))
    }

    /// What was odd about the entries.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Every model that it knows, in order, allowed or not.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The models that may be selected, in order.
    pub fn selectable(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| self.allows(&entry.model))
    }

    /// What the catalogue knows of `model`.
    #[must_use]
    pub fn entry(&self, model: &ModelRef) -> Option<&Entry> {
        self.by_model.get(model).map(|at| &self.entries[*at])
    }

    /// The alias of `model`.
    #[must_use]
    pub fn alias(&self, model: &ModelRef) -> Option<&str> {
        self.entry(model)?.alias.as_deref()
    }

    /// The model of a chat in which nothing is pinned.
    #[must_use]
    pub fn default_model(&self) -> Option<&ModelRef> {
        self.default.as_ref()
    }

    /// Every alias.
    pub fn aliases(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter_map(|entry| entry.alias.as_deref())
    }

    /// The providers of the selectable models, each once, in order.
    #[must_use]
    pub fn providers(&self) -> Vec<&ProviderId> {
        let mut seen = HashSet::new();
        self.selectable()
            .map(|entry| entry.model.provider())
            .filter(|provider| seen.insert(*provider))
            .collect()
    }

    /// Whether the allowlist lets `model` through.
    #[must_use]
    pub fn allows(&self, model: &ModelRef) -> bool {
        self.refusal(model).is_none()
    }

    /// The rule that refuses `model`, if one does.
    #[must_use]
    pub fn refusal(&self, model: &ModelRef) -> Option<&str> {
        let list = self.allowed.as_ref()?;
        let fine = list.models.contains(model) || self.default.as_ref() == Some(model);
        (!fine).then_some(list.rule.as_str())
    }

    /// Where `model` stands among the [`entries`](Self::entries), from 0.
    #[must_use]
    pub fn position(&self, model: &ModelRef) -> Option<usize> {
        self.by_model.get(model).copied()
    }

    /// The models with the id of `model` that may be selected, whoever serves them, in order.
    #[must_use]
    pub fn namesakes(&self, model: &ModelRef, letters: Letters) -> Vec<&ModelRef> {
        let found = match letters {
            Letters::Same => self.by_id.get(model.model()),
            Letters::AnyCase => self.by_id_folded.get(&folding::fold(model.model())),
        };
        let models = found.into_iter().flatten().map(|at| &self.entries[*at].model);
        models.filter(|model| self.allows(model)).collect()
    }
}

/// Which ids are one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letters {
    /// The same letters.
    Same,
    /// The same letters but for their case.
    AnyCase,
}
