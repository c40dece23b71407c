//! The way of one request from candidate to candidate, without any I/O.

use crate::clock::Timestamp;
use crate::model::ModelRef;
use crate::outcome::{FailureClass, Outcome};
use crate::profile::ProfileId;

/// How many profiles of one model are asked while the provider itself is in trouble.
const IN_TROUBLE: usize = 2;

/// One attempt, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The model that was asked for.
    pub model: ModelRef,
    /// The profile whose credential was used.
    pub profile: ProfileId,
    /// What became of it; `None` while nothing is known.
    pub outcome: Option<Outcome>,
}

impl Tried {
    /// Why it failed, if it did.
    #[must_use]
    pub fn class(&self) -> Option<FailureClass> {
        match self.outcome? {
            Outcome::Failed { class, .. } => Some(class),
            Outcome::Succeeded => None,
        }
    }

    /// When the provider said that it may be tried again.
    #[must_use]
    pub fn retry_at(&self) -> Option<Timestamp> {
        match self.outcome? {
            Outcome::Failed { retry_at, .. } => retry_at,
            Outcome::Succeeded => None,
        }
    }
}

/// Why a walk is over although candidates may be left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// The request itself is at fault: every other credential would hear the same.
    Request(FailureClass),
    /// Something of an answer has gone out.
    Answering,
}

/// Whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn<'w> {
    /// The profiles of this model, but those that were asked for it already.
    Model(&'w ModelRef),
    /// Once more through all models: near the end of their rest, before nobody serves at all.
    LastResort(&'w ModelRef),
    /// Nobody is left.
    Nobody,
    /// It is over.
    Over(Over),
}

/// One request on its way: model after model, each profile of a model at most once.
///
/// It begins with the selected model; a strict one stands alone. Within a model, whoever calls picks the profile; this
/// says only which were asked already, and when the next model has its turn.
#[derive(Debug, Clone)]
pub struct Walk {
    models: Vec<ModelRef>,
    at: usize,
    tried: Vec<Tried>,
    over: Option<Over>,
}

impl Walk {
    /// A walk through these models, each once.
    #[must_use]
    pub fn new(models: impl IntoIterator<Item = ModelRef>) -> Self {
        let mut once: Vec<ModelRef> = Vec::new();
        for model in models {
            if !once.contains(&model) {
                once.push(model);
            }
        }
        Self {
            models: once,
            at: 0,
            tried: Vec::new(),
            over: None,
        }
    }

    /// Whose turn it is now.
    #[must_use]
    pub fn turn(&self) -> Turn<'_> {
        let (at, models) = (self.at, self.models.len());
        match self.over {
            Some(over) => Turn::Over(over),
            None if at < models => Turn::Model(&self.models[at]),
            None => self
                .models
                .get(at - models)
                .map_or(Turn::Nobody, Turn::LastResort),
        }
    }

    /// The profiles that were asked for a model.
    #[must_use]
    pub fn tried_for(&self, model: &ModelRef) -> Vec<ProfileId> {
        let of_model = self.tried.iter().filter(|tried| tried.model == *model);
        of_model.map(|tried| tried.profile.clone()).collect()
    }

    /// Every attempt so far.
    #[must_use]
    pub fn tried(&self) -> &[Tried] {
        &self.tried
    }

    /// Nobody is left for the model whose turn it is.
    pub fn pass(&mut self) {
        self.at += 1;
    }

    /// An attempt begins; its number.
    pub fn begin(&mut self, model: ModelRef, profile: ProfileId) -> usize {
        self.tried.push(Tried {
            model,
            profile,
            outcome: None,
        });
        self.tried.len() - 1
    }

    /// The credential of the last attempt was renewed: the same profile may be asked once more.
    pub fn renewed(&mut self) {
        self.tried.pop();
    }

    /// Something of the answer has gone out: there is no next attempt.
    pub fn answering(&mut self) {
        self.over = Some(Over::Answering);
    }

    /// An attempt ended. What is told late, of an attempt that is not the last one any more, is noted and moves nothing.
    pub fn ended(&mut self, attempt: usize, outcome: Outcome) {
        let is_last = attempt + 1 == self.tried.len();
        let Some(last) = self.tried.get_mut(attempt) else {
            return;
        };
        last.outcome.get_or_insert(outcome);
        if !is_last {
            return;
        }
        let Outcome::Failed { class, .. } = outcome else {
            self.over = Some(Over::Answering);
            return;
        };
        let model = last.model.clone();
        match class {
            FailureClass::Format | FailureClass::ContextOverflow => {
                self.over.get_or_insert(Over::Request(class));
            }
            FailureClass::ModelNotFound => self.leave(&model),
            FailureClass::Overloaded | FailureClass::ServerError => {
                let in_trouble = |tried: &&Tried| {
                    let class = tried.class();
                    tried.model == model
                        && matches!(class, Some(FailureClass::Overloaded | FailureClass::ServerError))
                };
                if self.tried.iter().filter(in_trouble).count() >= IN_TROUBLE {
                    self.leave(&model);
                }
            }
            FailureClass::RateLimit
            | FailureClass::Timeout
            | FailureClass::Auth
            | FailureClass::AuthPermanent
            | FailureClass::Billing => {}
        }
    }

    /// The next model has its turn, if this one had it.
    fn leave(&mut self, model: &ModelRef) {
        if self.models.get(self.at) == Some(model) {
            self.at += 1;
        }
    }
}
