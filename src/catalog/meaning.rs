//! What a written model name means.

use std::fmt;

use super::folding::fold;
use super::{Catalog, Entry};
use crate::model::{ModelRef, ProviderId};
use crate::similar::nearest;

/// From where a name is read: it decides between providers that serve a model of the same id.
pub struct Standpoint<'a> {
    /// Whether the sender can use a provider right now: it has a credential that the sender may use.
    pub usable: &'a (dyn Fn(&ProviderId) -> bool + Sync),
    /// The provider of the session's current model.
    pub current: Option<&'a ProviderId>,
    /// The provider of the default model.
    pub default: Option<&'a ProviderId>,
}

impl fmt::Debug for Standpoint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Standpoint")
            .field("current", &self.current)
            .field("default", &self.default)
            .finish_non_exhaustive()
    }
}

/// What a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// This model.
    Model(ModelRef),
    /// Several providers serve it, and none is nearer than the others.
    Ambiguous(Vec<ModelRef>),
    /// A model that may not be selected.
    Refused(NotAllowed),
    /// No model; the nearest names, best first, at most five.
    Unknown(Vec<String>),
}

/// A model that the allowlist leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAllowed {
    /// The model that was meant.
    pub model: ModelRef,
    /// The configuration key of the list.
    pub rule: String,
}

/// Punctuation that ends a sentence rather than a name.
const SENTENCE_END: &[char] = &['.', ',', ';', ':', '!', '?', '…', '。', '，', '！', '？'];

/// How many suggestions an unknown name gets.
const SUGGESTIONS: usize = 5;

impl Catalog {
    /// Says what `written` means. The first rule that hits wins:
    ///
    /// 1. an alias, case folded;
    /// 2. `provider/model`, exact, then differing only in case;
    /// 3. a bare model id that one usable provider serves; of several, the current one, then the default one;
    /// 4. the same without punctuation at the end.
    #[must_use]
    pub fn meaning(&self, written: &str, from: &Standpoint<'_>) -> Meaning {
        let trimmed = written.trim_end_matches(SENTENCE_END);
        let meant = self.exactly(written, from).or_else(|| {
            (trimmed.len() < written.len() && !trimmed.is_empty())
                .then(|| self.exactly(trimmed, from))
                .flatten()
        });
        match meant.unwrap_or_else(|| Meaning::Unknown(self.suggestions(trimmed))) {
            Meaning::Model(model) => match self.refusal(&model) {
                Some(rule) => Meaning::Refused(NotAllowed {
                    rule: rule.to_owned(),
                    model,
                }),
                None => Meaning::Model(model),
            },
            other => other,
        }
    }

    /// Whether `written` is a known alias or model, whoever may use it: such a name does not split at an `@`.
    #[must_use]
    pub fn knows(&self, written: &str) -> bool {
        let folded = fold(written);
        self.by_alias.contains_key(&folded)
            || self.full(written).is_some()
            || self.by_id_folded.contains_key(&folded)
    }

    fn exactly(&self, written: &str, from: &Standpoint<'_>) -> Option<Meaning> {
        let entry = self
            .by_alias
            .get(&fold(written))
            .map(|at| &self.entries[*at])
            .or_else(|| self.full(written));
        match entry {
            Some(entry) => Some(Meaning::Model(entry.model.clone())),
            None => self.bare(written, from),
        }
    }

    fn full(&self, written: &str) -> Option<&Entry> {
        let model = ModelRef::parse(written)?;
        let folded = || ModelRef::new(model.provider().clone(), &fold(model.model()));
        let at = self
            .by_model
            .get(&model)
            .or_else(|| self.by_model_folded.get(&folded()))?;
        Some(&self.entries[*at])
    }

    fn bare(&self, written: &str, from: &Standpoint<'_>) -> Option<Meaning> {
        let usable = |ids: &Vec<usize>| -> Vec<&ModelRef> {
            let served = ids.iter().map(|at| &self.entries[*at].model);
            let served: Vec<&ModelRef> = served.filter(|model| (from.usable)(model.provider())).collect();
            // One that may be selected goes before one that may not; if none may, the rule is told.
            let allowed: Vec<&ModelRef> = served
                .iter()
                .copied()
                .filter(|model| self.allows(model))
                .collect();
            if allowed.is_empty() {
                served.into_iter().take(1).collect()
            } else {
                allowed
            }
        };
        let mut served = self.by_id.get(written).map(usable).unwrap_or_default();
        if served.is_empty() {
            served = self
                .by_id_folded
                .get(&fold(written))
                .map(usable)
                .unwrap_or_default();
        }
        let near = |provider: Option<&ProviderId>| {
            served
                .iter()
                .find(|model| Some(model.provider()) == provider)
                .copied()
        };
        match served.as_slice() {
            [] => None,
            [only] => Some(Meaning::Model((*only).clone())),
            several => Some(match near(from.current).or_else(|| near(from.default)) {
                Some(model) => Meaning::Model(model.clone()),
                None => Meaning::Ambiguous(several.iter().map(|model| (*model).clone()).collect()),
            }),
        }
    }

    fn suggestions(&self, written: &str) -> Vec<String> {
        let names: Vec<String> = self
            .selectable()
            .flat_map(|entry| entry.alias.clone().into_iter().chain([entry.model.to_string()]))
            .collect();
        let mut near: Vec<String> = Vec::new();
        // An alias and its reference are one suggestion.
        let mut told: Vec<ModelRef> = Vec::new();
        for name in nearest(written, names.iter().map(String::as_str), SUGGESTIONS * 2) {
            let entry = self
                .selectable()
                .find(|entry| entry.alias.as_deref() == Some(name) || entry.model.to_string() == name);
            if let Some(entry) = entry
                && !told.contains(&entry.model)
            {
                told.push(entry.model.clone());
                near.push(name.to_owned());
            }
        }
        near.truncate(SUGGESTIONS);
        near
    }
}
