//! What an operator should hear of, because nobody may be looking.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::clock::Timestamp;
use crate::echo::{discreet, legible};
use crate::model::ProviderId;
use crate::profile::ProfileId;
use crate::session::AgentId;

/// The longest name that is told whole, in characters; the rest of a longer one is left out.
const LONGEST: usize = 200;

/// Something that happened, when, and to which agent. There is no secret in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub kind: Kind,
    /// When.
    pub at: Timestamp,
    /// The agent; `None` for what concerns all.
    pub agent: Option<AgentId>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A credential ends soon, and does not renew itself.
    Expiring {
        /// The profile.
        profile: ProfileId,
        /// When it ends.
        at: Timestamp,
    },
    /// A sign-in could not be renewed; it will be tried again.
    RefreshFailed {
        /// The profile.
        profile: ProfileId,
        /// Why, as a fixed word: never what a provider wrote, which may hold anything.
        reason: &'static str,
    },
    /// A sign-in has ended, and only a person can renew it.
    NeedsSignIn {
        /// The profile.
        profile: ProfileId,
    },
    /// Every profile of a provider rests.
    AllResting {
        /// The provider.
        provider: ProviderId,
        /// When the first is back; `None` if nobody knows.
        until: Option<Timestamp>,
    },
    /// Requests of a chat have begun to cost.
    FenceCrossed {
        /// The subscription that could not serve.
        from: ProfileId,
        /// What costs.
        to: ProfileId,
        /// The chat, as its platform names it.
        session: Arc<str>,
    },
    /// Nothing happened: an operator tries out whether events arrive.
    Test,
}

/// The name of a kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KindName {
    /// [`Kind::Expiring`].
    Expiring,
    /// [`Kind::RefreshFailed`].
    RefreshFailed,
    /// [`Kind::NeedsSignIn`].
    NeedsSignIn,
    /// [`Kind::AllResting`].
    AllResting,
    /// [`Kind::FenceCrossed`].
    FenceCrossed,
    /// [`Kind::Test`].
    Test,
}

impl KindName {
    /// Every kind that happens by itself.
    pub const ALL: [Self; 5] = [
        Self::Expiring,
        Self::RefreshFailed,
        Self::NeedsSignIn,
        Self::AllResting,
        Self::FenceCrossed,
    ];

    /// The word for it in data and in the configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expiring => "expiring",
            Self::RefreshFailed => "refresh-failed",
            Self::NeedsSignIn => "needs-sign-in",
            Self::AllResting => "all-resting",
            Self::FenceCrossed => "fence-crossed",
            Self::Test => "test",
        }
    }
}

impl fmt::Display for KindName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Kind {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> KindName {
        match self {
            Self::Expiring { .. } => KindName::Expiring,
            Self::RefreshFailed { .. } => KindName::RefreshFailed,
            Self::NeedsSignIn { .. } => KindName::NeedsSignIn,
            Self::AllResting { .. } => KindName::AllResting,
            Self::FenceCrossed { .. } => KindName::FenceCrossed,
            Self::Test => KindName::Test,
        }
    }

    /// The word for it in data.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        self.name().as_str()
    }
}

/// What makes two events the same news: the kind, the agent, and whom it is about. Times do not count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    kind: KindName,
    agent: Option<AgentId>,
    about: [Option<Arc<str>>; 3],
}

impl Key {
    /// The key of what is about a profile: [`KindName::Expiring`], [`KindName::RefreshFailed`] or
    /// [`KindName::NeedsSignIn`].
    #[must_use]
    pub fn of_profile(kind: KindName, agent: Option<&AgentId>, profile: &ProfileId) -> Self {
        Self::of(kind, agent, [Some(profile.as_str()), None, None])
    }

    /// The key of [`KindName::AllResting`].
    #[must_use]
    pub fn all_resting(agent: Option<&AgentId>, provider: &ProviderId) -> Self {
        Self::of(KindName::AllResting, agent, [Some(provider.as_str()), None, None])
    }

    fn of(kind: KindName, agent: Option<&AgentId>, about: [Option<&str>; 3]) -> Self {
        Self {
            kind,
            agent: agent.cloned(),
            about: about.map(|part| part.map(Arc::from)),
        }
    }

    /// The kind of event.
    #[must_use]
    pub fn kind(&self) -> KindName {
        self.kind
    }
}

impl Event {
    /// What makes another event the same news.
    #[must_use]
    pub fn key(&self) -> Key {
        let agent = self.agent.as_ref();
        let name = self.kind.name();
        match &self.kind {
            Kind::Expiring { profile, .. }
            | Kind::RefreshFailed { profile, .. }
            | Kind::NeedsSignIn { profile } => Key::of_profile(name, agent, profile),
            Kind::AllResting { provider, .. } => Key::all_resting(agent, provider),
            Kind::FenceCrossed { from, to, session } => Key::of(
                name,
                agent,
                [Some(from.as_str()), Some(to.as_str()), Some(session)],
            ),
            Kind::Test => Key::of(name, agent, [None, None, None]),
        }
    }

    /// The profile that it is about, of [`Kind::FenceCrossed`] the one that costs.
    #[must_use]
    pub fn profile(&self) -> Option<&ProfileId> {
        match &self.kind {
            Kind::Expiring { profile, .. }
            | Kind::RefreshFailed { profile, .. }
            | Kind::NeedsSignIn { profile }
            | Kind::FenceCrossed { to: profile, .. } => Some(profile),
            Kind::AllResting { .. } | Kind::Test => None,
        }
    }

    /// One sentence for people, in one line.
    #[must_use]
    pub fn text(&self) -> String {
        let agent = match &self.agent {
            Some(agent) => format!(" (agent {agent})"),
            None => String::new(),
        };
        match &self.kind {
            Kind::Expiring { profile, at } => {
                format!("the credential {} ends at {}{agent}", told(profile), moment(*at))
            }
            Kind::RefreshFailed { profile, reason } => format!(
                "the sign-in {} could not be renewed: {reason}{agent}",
                told(profile)
            ),
            Kind::NeedsSignIn { profile } => {
                format!("{} has to be signed in again{agent}", told(profile))
            }
            Kind::AllResting { provider, until } => match until {
                Some(until) => format!(
                    "every profile of {} rests until {}{agent}",
                    told(provider),
                    moment(*until)
                ),
                None => format!(
                    "every profile of {} rests, and nobody knows until when{agent}",
                    told(provider)
                ),
            },
            Kind::FenceCrossed { from, to, session } => format!(
                "requests of chat {} cost now: {} serves in the place of {}{agent}",
                told(session),
                told(to),
                told(from)
            ),
            Kind::Test => format!("this is a test of events; nothing happened{agent}"),
        }
    }

    /// The event as data: `event`, `at`, `agent`, `text`, and what its kind has: `profile`, `expiresAt`, `reason`,
    /// `provider`, `until`, `from`, `to`, `session`. Times are milliseconds since the Unix epoch.
    #[must_use]
    pub fn data(&self) -> Value {
        let mut data = Map::new();
        let mut put = |key: &str, value: Value| data.insert(key.to_owned(), value);
        put("event", self.kind.as_str().into());
        put("at", json!(self.at));
        put("agent", json!(self.agent.as_ref().map(AgentId::as_str)));
        put("text", self.text().into());
        match &self.kind {
            Kind::Expiring { profile, at } => {
                put("profile", told(profile).into());
                put("expiresAt", json!(at));
            }
            Kind::RefreshFailed { profile, reason } => {
                put("profile", told(profile).into());
                put("reason", (*reason).into());
            }
            Kind::NeedsSignIn { profile } => {
                put("profile", told(profile).into());
            }
            Kind::AllResting { provider, until } => {
                put("provider", told(provider).into());
                put("until", json!(until));
            }
            Kind::FenceCrossed { from, to, session } => {
                put("from", told(from).into());
                put("to", told(to).into());
                put("session", told(session).into());
            }
            Kind::Test => {}
        }
        Value::Object(data)
    }
}

/// A name as it may be told: no control characters, no pasted key, not too long.
fn told(name: &impl ToString) -> String {
    let name = name.to_string();
    let name = legible(&name);
    discreet(&name).chars().take(LONGEST).collect()
}

fn moment(at: Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(at.as_millis()) {
        Ok(at) => at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        Err(_) => "a time that is no date".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "sk-ant-api03-EXAMPLE-CANARY-3v3nTq8Zx";

    fn event(kind: Kind) -> Event {
        Event {
            kind,
            at: Timestamp::from_millis(1_770_724_800_000),
            agent: Some(AgentId::main()),
        }
    }

    fn every(name: &str) -> Vec<Event> {
        let (profile, at) = (ProfileId::new(name), Timestamp::from_millis(1_770_728_400_000));
        [
            Kind::Expiring {
                profile: profile.clone(),
                at,
            },
            Kind::RefreshFailed {
                profile: profile.clone(),
                reason: "no-answer",
            },
            Kind::NeedsSignIn {
                profile: profile.clone(),
            },
            Kind::AllResting {
                provider: ProviderId::new(name),
                until: Some(at),
            },
            Kind::FenceCrossed {
                from: profile.clone(),
                to: profile,
                session: Arc::from(name),
            },
        ]
        .map(event)
        .into()
    }

    #[test]
    fn every_kind_has_its_word_and_says_whom_it_is_about() {
        let words: Vec<&str> = every("x").iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(words, KindName::ALL.map(KindName::as_str));
        for event in every("anthropic:work") {
            assert!(event.text().contains("anthropic:work"), "{}", event.text());
            assert!(event.data().to_string().contains("anthropic:work"));
        }
    }

    #[test]
    fn no_event_tells_a_key_that_was_pasted_as_a_name() {
        for event in every(KEY) {
            let all = format!("{}{}", event.text(), event.data());
            assert!(!all.contains("CANARY"), "{all}");
        }
    }

    #[test]
    fn a_name_neither_acts_on_a_display_nor_fills_it() {
        for event in every(&format!("a\u{1b}[31m\n\0{}", "x".repeat(100_000))) {
            assert!(!event.text().contains(char::is_control));
            assert!(event.data().to_string().len() < 2_000, "it fits a pipe");
        }
    }

    #[test]
    fn times_do_not_make_news_and_agents_do() {
        let expiring = |at, agent: Option<AgentId>| Event {
            kind: Kind::Expiring {
                profile: ProfileId::new("p"),
                at: Timestamp::from_millis(at),
            },
            at: Timestamp::from_millis(at),
            agent,
        };
        assert_eq!(expiring(1, None).key(), expiring(2, None).key());
        assert_ne!(expiring(1, None).key(), expiring(1, Some(AgentId::main())).key());
        assert_eq!(
            expiring(1, None).key(),
            Key::of_profile(KindName::Expiring, None, &ProfileId::new("p"))
        );
        let keys: std::collections::HashSet<Key> = every("x").iter().map(Event::key).collect();
        assert_eq!(keys.len(), 5, "two kinds are never the same news");
    }
}
