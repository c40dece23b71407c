//! Records as JSON, one line each.
//!
//! | key | of | meaning |
//! |---|---|---|
//! | `id`, `at`, `kind` | all | the id; milliseconds since the Unix epoch; `decision`, `change` or `operator` |
//! | `agent`, `session` | all | the agent and the chat, where it has them |
//! | `requested` | decision | `{ model, profile, pinned }`: what was asked for; `pinned` is a scope |
//! | `chosen`, `served` | decision | `{ model, profile }`: what was taken first, and what served |
//! | `attempts` | decision | `[{ model, profile, outcome, class, retryAt, reason }]`, in order; `outcome` is `answered`, `failed`, `passed-over` or `unknown` |
//! | `crossing` | decision | `{ from, to, allowedBy }`: it began to cost |
//! | `refusal` | decision | the code of the refusal |
//! | `who`, `scope`, `what`, `from`, `to` | change | who changed which pin; `from` and `to` are `{ model, profile, mode, until }` |
//! | `what`, `profile` | operator | what was done, and to which profile |
//!
//! A key that has no value is left out. Unknown keys are passed over, so that a newer program may add some.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::code::Code;
use super::record::{
    Attempt, Became, Change, Crossing, Decision, Kind, Operator, Record, Requested, Served, Setting,
};
use crate::clock::Timestamp;
use crate::echo::discreet;
use crate::model::{ModelRef, ProviderId};
use crate::outcome::FailureClass;
use crate::profile::ProfileId;
use crate::session::{AgentId, Scope};
use crate::terms::Mode;

/// A text that is no record.
#[derive(Debug, Error)]
pub enum BadRecord {
    /// It is no JSON, or lacks what every record of its kind has.
    #[error("the record is not of a form that this version writes (line {line}, column {column})")]
    Form {
        /// The line of the text, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// A value is none that can stand there. It is not repeated.
    #[error("the record has a value for `{0}` that this version does not know")]
    Value(&'static str),
}

/// What a record of a request comes to, in bytes, where names are of a usual length.
const USUAL: usize = 512;

/// A text: as a record has it, or as JSON does.
type Text<'t> = Cow<'t, str>;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LineOfRecord<'t> {
    id: Text<'t>,
    at: Timestamp,
    #[serde(flatten)]
    kind: Written<'t>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Written<'t> {
    Decision(WrittenDecision<'t>),
    Change(WrittenChange<'t>),
    Operator(WrittenOperator<'t>),
}

#[derive(Serialize, Deserialize)]
struct WrittenDecision<'t> {
    agent: Text<'t>,
    session: Text<'t>,
    #[serde(default)]
    requested: WrittenRequested<'t>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chosen: Option<WrittenServed<'t>>,
    #[serde(default)]
    attempts: Vec<WrittenAttempt<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    served: Option<WrittenServed<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    crossing: Option<WrittenCrossing<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<Text<'t>>,
}

#[derive(Serialize, Deserialize, Default)]
struct WrittenRequested<'t> {
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<Text<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<Text<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pinned: Option<Text<'t>>,
}

#[derive(Serialize, Deserialize)]
struct WrittenServed<'t> {
    model: Text<'t>,
    profile: Text<'t>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenAttempt<'t> {
    model: Text<'t>,
    profile: Text<'t>,
    outcome: Text<'t>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<Text<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Text<'t>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenCrossing<'t> {
    from: Text<'t>,
    to: Text<'t>,
    allowed_by: Text<'t>,
}

#[derive(Serialize, Deserialize)]
struct WrittenChange<'t> {
    who: Text<'t>,
    scope: Text<'t>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<Text<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<Text<'t>>,
    what: Text<'t>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<WrittenSetting<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<WrittenSetting<'t>>,
}

#[derive(Serialize, Deserialize)]
struct WrittenSetting<'t> {
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<Text<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<Text<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<Text<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct WrittenOperator<'t> {
    what: Text<'t>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<Text<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<Text<'t>>,
}

impl Record {
    /// The record as JSON in one line, without a line break at its end. A key that somebody pasted as the name of a
    /// model or a profile is blotted out.
    #[must_use]
    pub fn to_json(&self) -> String {
        let line = LineOfRecord {
            id: Cow::Borrowed(&self.id),
            at: self.at,
            kind: match &self.kind {
                Kind::Decision(decision) => Written::Decision(decision.as_ref().into()),
                Kind::Change(change) => Written::Change(change.as_ref().into()),
                Kind::Operator(operator) => Written::Operator(WrittenOperator {
                    what: operator.what.as_str().into(),
                    profile: operator.profile.as_ref().map(profile),
                    agent: operator.agent.as_ref().map(|agent| agent.as_str().into()),
                }),
            },
        };
        let mut text = Vec::with_capacity(USUAL);
        // Texts, numbers and objects with texts as keys can always be written.
        match serde_json::to_writer(&mut text, &line) {
            Ok(()) => String::from_utf8(text).unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Reads what [`to_json`](Self::to_json) wrote, in this version or an older one.
    ///
    /// # Errors
    /// [`BadRecord`], which does not repeat what it found.
    pub fn from_json(text: &str) -> Result<Self, BadRecord> {
        let line: LineOfRecord<'_> = serde_json::from_str(text).map_err(|wrong| BadRecord::Form {
            line: wrong.line(),
            column: wrong.column(),
        })?;
        Ok(Self {
            id: line.id.into(),
            at: line.at,
            kind: match line.kind {
                Written::Decision(written) => Kind::Decision(Box::new(decision(written)?)),
                Written::Change(written) => Kind::Change(Box::new(change(written)?)),
                Written::Operator(written) => Kind::Operator(Operator {
                    what: code("what", written.what)?,
                    profile: written.profile.as_deref().map(ProfileId::new),
                    agent: written.agent.map(agent).transpose()?,
                }),
            },
        })
    }
}

fn profile(id: &ProfileId) -> Text<'_> {
    discreet(id.as_str())
}

fn model(model: &ModelRef) -> Text<'static> {
    let name = model.to_string();
    match discreet(&name) {
        Cow::Owned(blotted) => Cow::Owned(blotted),
        Cow::Borrowed(_) => Cow::Owned(name),
    }
}

impl<'t> From<&'t Served> for WrittenServed<'t> {
    fn from(served: &'t Served) -> Self {
        Self {
            model: model(&served.model),
            profile: profile(&served.profile),
        }
    }
}

impl<'t> From<&'t Attempt> for WrittenAttempt<'t> {
    fn from(attempt: &'t Attempt) -> Self {
        let (outcome, class) = match attempt.became {
            Became::Answered => ("answered", None),
            Became::Failed(class) => ("failed", Some(class.as_str().into())),
            Became::PassedOver => ("passed-over", None),
            Became::Unknown => ("unknown", None),
        };
        Self {
            model: model(&attempt.model),
            profile: profile(&attempt.profile),
            outcome: outcome.into(),
            class,
            retry_at: attempt.retry_at,
            reason: attempt.reason.as_ref().map(|code| code.as_str().into()),
        }
    }
}

impl<'t> From<&'t Decision> for WrittenDecision<'t> {
    fn from(decision: &'t Decision) -> Self {
        let Requested {
            model: asked,
            profile: of,
            pinned,
        } = &decision.requested;
        Self {
            agent: decision.agent.as_str().into(),
            session: Cow::Borrowed(&decision.session),
            requested: WrittenRequested {
                model: asked.as_ref().map(model),
                profile: of.as_ref().map(profile),
                pinned: pinned.map(|scope| scope.as_str().into()),
            },
            chosen: decision.chosen.as_ref().map(Into::into),
            attempts: decision.attempts.iter().map(Into::into).collect(),
            served: decision.served.as_ref().map(Into::into),
            crossing: decision.crossing.as_ref().map(|crossing| WrittenCrossing {
                from: profile(&crossing.from),
                to: profile(&crossing.to),
                allowed_by: crossing.allowed_by.as_str().into(),
            }),
            refusal: decision.refusal.as_ref().map(|code| code.as_str().into()),
        }
    }
}

impl<'t> From<&'t Change> for WrittenChange<'t> {
    fn from(change: &'t Change) -> Self {
        let setting = |setting: &'t Setting| WrittenSetting {
            model: setting.model.as_ref().map(model),
            profile: setting.profile.as_ref().map(profile),
            mode: setting.mode.map(|mode| mode.as_str().into()),
            until: setting.until,
        };
        Self {
            who: Cow::Borrowed(&change.who),
            scope: change.scope.as_str().into(),
            agent: change.agent.as_ref().map(|agent| agent.as_str().into()),
            session: change.session.as_deref().map(Cow::Borrowed),
            what: change.what.as_str().into(),
            from: change.from.as_ref().map(setting),
            to: change.to.as_ref().map(setting),
        }
    }
}

fn code(key: &'static str, word: Text<'_>) -> Result<Code, BadRecord> {
    Code::read(word.into_owned()).ok_or(BadRecord::Value(key))
}

fn agent(id: Text<'_>) -> Result<AgentId, BadRecord> {
    AgentId::new(&id).map_err(|_| BadRecord::Value("agent"))
}

fn scope(word: &str) -> Option<Scope> {
    [Scope::Session, Scope::Agent, Scope::Global]
        .into_iter()
        .find(|scope| scope.as_str() == word)
}

/// Not [`ModelRef::parse`], which takes away outer blanks: what was written is what is read.
fn model_of(written: &str) -> Result<ModelRef, BadRecord> {
    let (provider, model) = written.split_once('/').ok_or(BadRecord::Value("model"))?;
    Ok(ModelRef::new(ProviderId::new(provider), model))
}

fn served(written: WrittenServed<'_>) -> Result<Served, BadRecord> {
    Ok(Served {
        model: model_of(&written.model)?,
        profile: ProfileId::new(&written.profile),
    })
}

fn attempt(written: WrittenAttempt<'_>) -> Result<Attempt, BadRecord> {
    let class = written.class.as_deref().and_then(FailureClass::from_word);
    Ok(Attempt {
        model: model_of(&written.model)?,
        profile: ProfileId::new(&written.profile),
        became: match (&*written.outcome, class) {
            ("answered", _) => Became::Answered,
            ("failed", Some(class)) => Became::Failed(class),
            ("failed", None) => return Err(BadRecord::Value("class")),
            ("passed-over", _) => Became::PassedOver,
            ("unknown", _) => Became::Unknown,
            _ => return Err(BadRecord::Value("outcome")),
        },
        retry_at: written.retry_at,
        reason: written.reason.map(|word| code("reason", word)).transpose()?,
    })
}

fn decision(written: WrittenDecision<'_>) -> Result<Decision, BadRecord> {
    let pinned = written.requested.pinned.as_deref();
    let crossing = |written: WrittenCrossing<'_>| {
        Ok(Crossing {
            from: ProfileId::new(&written.from),
            to: ProfileId::new(&written.to),
            allowed_by: code("allowedBy", written.allowed_by)?,
        })
    };
    Ok(Decision {
        agent: agent(written.agent)?,
        session: written.session.into(),
        requested: Requested {
            model: written.requested.model.as_deref().map(model_of).transpose()?,
            profile: written.requested.profile.as_deref().map(ProfileId::new),
            pinned: pinned
                .map(|word| scope(word).ok_or(BadRecord::Value("pinned")))
                .transpose()?,
        },
        chosen: written.chosen.map(served).transpose()?,
        attempts: written
            .attempts
            .into_iter()
            .map(attempt)
            .collect::<Result<_, _>>()?,
        served: written.served.map(served).transpose()?,
        crossing: written.crossing.map(crossing).transpose()?,
        refusal: written.refusal.map(|word| code("refusal", word)).transpose()?,
    })
}

fn change(written: WrittenChange<'_>) -> Result<Change, BadRecord> {
    let mode = |word: Text<'_>| {
        let modes = [Mode::Strict, Mode::Prefer].into_iter();
        modes
            .clone()
            .find(|mode| mode.as_str() == word)
            .ok_or(BadRecord::Value("mode"))
    };
    let setting = |written: WrittenSetting<'_>| {
        Ok(Setting {
            model: written.model.as_deref().map(model_of).transpose()?,
            profile: written.profile.as_deref().map(ProfileId::new),
            mode: written.mode.map(mode).transpose()?,
            until: written.until,
        })
    };
    Ok(Change {
        who: Arc::from(written.who),
        scope: scope(&written.scope).ok_or(BadRecord::Value("scope"))?,
        agent: written.agent.map(agent).transpose()?,
        session: written.session.map(Arc::from),
        what: code("what", written.what)?,
        from: written.from.map(setting).transpose()?,
        to: written.to.map(setting).transpose()?,
    })
}

#[cfg(test)]
mod tests;
