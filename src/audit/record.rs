//! A record, and what it can tell of.

use std::sync::Arc;

use super::code::Code;
use crate::clock::Timestamp;
use crate::model::ModelRef;
use crate::outcome::FailureClass;
use crate::profile::ProfileId;
use crate::session::{AgentId, Scope};
use crate::terms::Mode;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its id: of a request, the id of the decision.
    pub id: Arc<str>,
    /// When it began.
    pub at: Timestamp,
    /// What happened.
    pub kind: Kind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A request looked for a credential.
    Decision(Box<Decision>),
    /// Somebody changed a pin.
    Change(Box<Change>),
    /// Whoever runs this did something.
    Operator(Operator),
}

/// A request: what was asked for, what was tried, and what served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The agent.
    pub agent: AgentId,
    /// The chat, as its platform names it.
    pub session: Arc<str>,
    /// What was asked for.
    pub requested: Requested,
    /// What the request was given first; `None` if it was refused at once.
    pub chosen: Option<Served>,
    /// What was tried or passed over, in order.
    pub attempts: Vec<Attempt>,
    /// What served in the end.
    pub served: Option<Served>,
    /// Whether it began to cost.
    pub crossing: Option<Crossing>,
    /// Why it was refused, if it was.
    pub refusal: Option<Code>,
}

/// What a request asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Requested {
    /// The model: pinned, or the default. `None` if there is none.
    pub model: Option<ModelRef>,
    /// The profile that a person pinned.
    pub profile: Option<ProfileId>,
    /// The scope whose pin it is; `None` for the default.
    pub pinned: Option<Scope>,
}

/// A model with a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// The model.
    pub model: ModelRef,
    /// The profile.
    pub profile: ProfileId,
}

/// One candidate, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The model.
    pub model: ModelRef,
    /// The profile.
    pub profile: ProfileId,
    /// What became of it.
    pub became: Became,
    /// When it can be tried again, where that is known.
    pub retry_at: Option<Timestamp>,
    /// What else there is to say of why, for example `trial` or `last-resort`.
    pub reason: Option<Code>,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Became {
    /// The provider answered.
    Answered,
    /// The provider refused or failed.
    Failed(FailureClass),
    /// It was not asked; [`Attempt::reason`] says why.
    PassedOver,
    /// Nobody reported what became of it.
    Unknown,
}

/// A choice that costs, made in the place of what is paid for already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing {
    /// The subscription that could not serve.
    pub from: ProfileId,
    /// What costs.
    pub to: ProfileId,
    /// Who or what said yes: `rule`, `order`, `model`, `person`.
    pub allowed_by: Code,
}

/// A change of what is pinned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Who asked, as the platform names them.
    pub who: Arc<str>,
    /// How far the pin reaches.
    pub scope: Scope,
    /// The agent; `None` where the scope is every agent.
    pub agent: Option<AgentId>,
    /// The chat; `None` where the scope is wider.
    pub session: Option<Arc<str>>,
    /// What was done: `pinned`, `cleared`, `undone`, `spent`.
    pub what: Code,
    /// What was pinned before.
    pub from: Option<Setting>,
    /// What is pinned now.
    pub to: Option<Setting>,
}

/// What a pin says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Setting {
    /// The model.
    pub model: Option<ModelRef>,
    /// The profile.
    pub profile: Option<ProfileId>,
    /// How firmly the profile is meant.
    pub mode: Option<Mode>,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
}

/// What whoever runs this did, for example `cooldown-cleared`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// What was done.
    pub what: Code,
    /// The profile to which it was done.
    pub profile: Option<ProfileId>,
    /// The agent; `None` for all.
    pub agent: Option<AgentId>,
}

impl Record {
    /// The agent that it concerns; `None` for all.
    #[must_use]
    pub fn agent(&self) -> Option<&AgentId> {
        match &self.kind {
            Kind::Decision(decision) => Some(&decision.agent),
            Kind::Change(change) => change.agent.as_ref(),
            Kind::Operator(operator) => operator.agent.as_ref(),
        }
    }

    /// The chat in which it happened, or for which it holds.
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        match &self.kind {
            Kind::Decision(decision) => Some(&decision.session),
            Kind::Change(change) => change.session.as_deref(),
            Kind::Operator(_) => None,
        }
    }

    /// About how many bytes it takes in memory.
    #[must_use]
    pub fn weight(&self) -> usize {
        let model = |model: &ModelRef| model.provider().as_str().len() + model.model().len();
        let served = |served: &Served| model(&served.model) + served.profile.as_str().len();
        let setting = |setting: &Setting| {
            setting.model.as_ref().map_or(0, model)
                + setting.profile.as_ref().map_or(0, |id| id.as_str().len())
        };
        let own = size_of::<Self>() + self.id.len();
        own + match &self.kind {
            Kind::Decision(decision) => {
                let attempts = decision.attempts.iter().map(|attempt| {
                    size_of::<Attempt>() + model(&attempt.model) + attempt.profile.as_str().len()
                });
                let crossing = decision.crossing.as_ref();
                size_of::<Decision>()
                    + decision.session.len()
                    + attempts.sum::<usize>()
                    + decision.requested.model.as_ref().map_or(0, model)
                    + decision
                        .chosen
                        .iter()
                        .chain(&decision.served)
                        .map(served)
                        .sum::<usize>()
                    + crossing.map_or(0, |it| it.from.as_str().len() + it.to.as_str().len())
            }
            Kind::Change(change) => {
                size_of::<Change>()
                    + change.who.len()
                    + change.session.as_deref().map_or(0, str::len)
                    + change.from.iter().chain(&change.to).map(setting).sum::<usize>()
            }
            Kind::Operator(operator) => operator.profile.as_ref().map_or(0, |id| id.as_str().len()),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::model::ProviderId;

    fn opus() -> ModelRef {
        ModelRef::new(ProviderId::new("anthropic"), "opus")
    }

    fn attempt(profile: &str, became: Became) -> Attempt {
        Attempt {
            model: opus(),
            profile: ProfileId::new(profile),
            became,
            retry_at: None,
            reason: None,
        }
    }

    fn by(profile: &str) -> Option<Served> {
        Some(Served {
            model: opus(),
            profile: ProfileId::new(profile),
        })
    }

    /// At 12:00, `work` was pinned and failed until 12:05, `old` has ended, `home` answered.
    pub(in super::super) fn served_by_the_second() -> Record {
        Record {
            id: Arc::from("d-1"),
            at: Timestamp::from_millis(1_770_724_800_000),
            kind: Kind::Decision(Box::new(Decision {
                agent: AgentId::main(),
                session: Arc::from("telegram:42"),
                requested: Requested {
                    model: Some(opus()),
                    profile: Some(ProfileId::new("anthropic:work")),
                    pinned: Some(Scope::Session),
                },
                chosen: by("anthropic:work"),
                attempts: vec![
                    Attempt {
                        retry_at: Some(Timestamp::from_millis(1_770_725_100_000)),
                        ..attempt("anthropic:work", Became::Failed(FailureClass::RateLimit))
                    },
                    Attempt {
                        reason: Some(Code::new("expired")),
                        ..attempt("anthropic:old", Became::PassedOver)
                    },
                    attempt("anthropic:home", Became::Answered),
                ],
                served: by("anthropic:home"),
                crossing: Some(Crossing {
                    from: ProfileId::new("anthropic:work"),
                    to: ProfileId::new("anthropic:home"),
                    allowed_by: Code::new("rule"),
                }),
                refusal: None,
            })),
        }
    }

    /// Nothing was asked for, and nobody served.
    pub(in super::super) fn refused() -> Record {
        let mut record = served_by_the_second();
        record.id = Arc::from("d-2");
        if let Kind::Decision(decision) = &mut record.kind {
            decision.requested = Requested::default();
            decision.chosen = None;
            decision.attempts.clear();
            decision.served = None;
            decision.crossing = None;
            decision.refusal = Some(Code::new("no-model"));
        }
        record
    }

    /// Ann pinned `work` for a chat, in the place of nothing.
    pub(in super::super) fn changed() -> Record {
        Record {
            id: Arc::from("c-1"),
            at: Timestamp::from_millis(1_770_724_800_000),
            kind: Kind::Change(Box::new(Change {
                who: Arc::from("telegram:7"),
                scope: Scope::Session,
                agent: Some(AgentId::main()),
                session: Some(Arc::from("telegram:42")),
                what: Code::new("pinned"),
                from: None,
                to: Some(Setting {
                    model: Some(opus()),
                    profile: Some(ProfileId::new("anthropic:work")),
                    mode: Some(Mode::Strict),
                    until: Some(Timestamp::from_millis(1_770_725_100_000)),
                }),
            })),
        }
    }
}
