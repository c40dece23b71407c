//! The way of one request from candidate to candidate, without any I/O.

use crate::clock::Timestamp;
use crate::model::ModelRef;
use crate::outcome::{Cause, FailureClass, Outcome};
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
    /// What else is known of why it failed.
    pub cause: Option<Cause>,
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
            cause: None,
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

    /// What else is known of why an attempt fails. It moves nothing.
    pub fn because(&mut self, attempt: usize, cause: Cause) {
        if let Some(tried) = self.tried.get_mut(attempt) {
            tried.cause.get_or_insert(cause);
        }
    }

    /// The next model has its turn, if this one had it.
    fn leave(&mut self, model: &ModelRef) {
        if self.models.get(self.at) == Some(model) {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ProviderId;

    /// What a class does next, with a second profile of the model and a second model at hand.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Then {
        /// The other profile of the same model.
        OtherProfile,
        /// The next model.
        OtherModel,
        /// Nothing.
        End,
    }

    fn model(name: &str) -> ModelRef {
        ModelRef::new(ProviderId::new("p"), name)
    }

    fn failed(class: FailureClass) -> Outcome {
        Outcome::Failed {
            class,
            retry_at: None,
        }
    }

    /// Every attempt that a request makes in a world where all fail with `class`.
    fn all(class: FailureClass, models: &[&str], profiles: &[&str]) -> Vec<(String, String)> {
        let mut walk = Walk::new(models.iter().map(|name| model(name)));
        loop {
            let of = match walk.turn() {
                Turn::Model(of) => of.clone(),
                Turn::LastResort(_) => {
                    walk.pass();
                    continue;
                }
                Turn::Nobody | Turn::Over(_) => break,
            };
            let tried = walk.tried_for(&of);
            let mut left = profiles.iter().map(|id| ProfileId::new(id));
            match left.find(|id| !tried.contains(id)) {
                None => walk.pass(),
                Some(id) => {
                    let attempt = walk.begin(of, id);
                    walk.ended(attempt, failed(class));
                }
            }
        }
        let tried = walk.tried().iter();
        tried
            .map(|tried| (tried.model.model().to_owned(), tried.profile.to_string()))
            .collect()
    }

    #[test]
    fn every_class_goes_its_way_with_every_set_of_alternatives() {
        use FailureClass as Class;
        use Then::{End, OtherModel, OtherProfile};
        let table = [
            (Class::RateLimit, OtherProfile),
            (Class::Overloaded, OtherProfile),
            (Class::ServerError, OtherProfile),
            (Class::Timeout, OtherProfile),
            (Class::Auth, OtherProfile),
            (Class::AuthPermanent, OtherProfile),
            (Class::Billing, OtherProfile),
            (Class::ModelNotFound, OtherModel),
            (Class::Format, End),
            (Class::ContextOverflow, End),
        ];
        assert_eq!(table.len(), Class::ALL.len());
        // Two models: prefer; one model: `--strict`. Three profiles: automatic or preferred; one: a strict pin.
        for (class, then) in table {
            for models in [&["m1", "m2"][..], &["m1"]] {
                for profiles in [&["a", "b", "c"][..], &["a"]] {
                    let profiles_each = match (then, class) {
                        (OtherProfile, Class::Overloaded | Class::ServerError) => profiles.len().min(2),
                        (OtherProfile, _) => profiles.len(),
                        (OtherModel | End, _) => 1,
                    };
                    let models_each = if then == End { 1 } else { models.len() };
                    let expected: Vec<(String, String)> = models[..models_each]
                        .iter()
                        .flat_map(|model| {
                            let ids = profiles[..profiles_each].iter();
                            ids.map(move |id| ((*model).to_owned(), (*id).to_owned()))
                        })
                        .collect();
                    assert_eq!(
                        all(class, models, profiles),
                        expected,
                        "{class} {models:?} {profiles:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn nothing_follows_an_answer_that_has_begun() {
        for report in [None, Some(failed(FailureClass::RateLimit))] {
            let mut walk = Walk::new([model("m1"), model("m2")]);
            let attempt = walk.begin(model("m1"), ProfileId::new("a"));
            walk.answering();
            if let Some(report) = report {
                walk.ended(attempt, report);
            }
            assert_eq!(walk.turn(), Turn::Over(Over::Answering));
        }
    }

    #[test]
    fn a_late_report_moves_nothing() {
        let mut walk = Walk::new([model("m1"), model("m2")]);
        let first = walk.begin(model("m1"), ProfileId::new("a"));
        let second = walk.begin(model("m1"), ProfileId::new("b"));
        walk.ended(first, failed(FailureClass::Format));
        assert_eq!(walk.turn(), Turn::Model(&model("m1")));
        walk.ended(second, failed(FailureClass::ModelNotFound));
        walk.ended(second, failed(FailureClass::Format));
        assert_eq!(walk.tried()[1].class(), Some(FailureClass::ModelNotFound));
    }

    #[test]
    fn a_model_has_its_turn_once() {
        let mut walk = Walk::new([model("m1"), model("m2"), model("m1")]);
        let mut turns = Vec::new();
        while let Turn::Model(model) | Turn::LastResort(model) = walk.turn() {
            turns.push(model.model().to_owned());
            walk.pass();
        }
        assert_eq!(turns, ["m1", "m2", "m1", "m2"]);
        assert_eq!(walk.turn(), Turn::Nobody);
    }
}
