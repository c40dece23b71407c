//! How the pins of a chat, its agent and all chats make one setting.

use super::kept::Said;
use super::key::ScopeKey;
use super::record::{End, OwnWay, PinnedModel, ProfileChoice, Record};
use crate::clock::Timestamp;
use crate::model::ProviderId;
use crate::session::{AgentId, Scope, SessionKey};

/// A pinned field, and the scope whose pin says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// What is pinned.
    pub value: T,
    /// The scope that says so.
    pub key: ScopeKey,
    /// When that pin ends.
    pub end: End,
}

impl<T> Setting<T> {
    /// How far the pin reaches.
    pub fn scope(&self) -> Scope {
        self.key.scope()
    }
}

/// What is pinned for a chat, all scopes taken together, the narrowest winning field by field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Effective {
    /// The model.
    pub model: Option<Setting<PinnedModel>>,
    /// The choices among profiles, one for each provider.
    pub profiles: Vec<Setting<ProfileChoice>>,
    /// The scopes with a `--once` pin, which the next request uses up.
    pub once: Vec<ScopeKey>,
}

impl Effective {
    /// The same of another chat with the same pin: what the chat itself says is said by this one.
    pub(crate) fn belongs_to(&mut self, session: &SessionKey, agent: &AgentId) {
        if session.parent().is_some() {
            return;
        }
        let of_model = self.model.iter_mut().map(|setting| &mut setting.key);
        let keys = of_model.chain(self.profiles.iter_mut().map(|setting| &mut setting.key));
        for key in keys.filter(|key| key.scope() == Scope::Session) {
            *key = ScopeKey::of(Scope::Session, session, agent);
        }
    }

    /// The choice among the profiles of `provider`; `Auto` is told too.
    #[must_use]
    pub fn profile(&self, provider: &ProviderId) -> Option<&Setting<ProfileChoice>> {
        self.profiles
            .iter()
            .find(|setting| setting.value.provider() == provider)
    }

    fn lay_under(&mut self, key: &dyn Fn() -> ScopeKey, pin: Said<'_>) {
        let mut counts = false;
        if let (None, Some(model)) = (&self.model, pin.model) {
            counts = true;
            self.model = Some(Setting {
                value: model.clone(),
                key: key(),
                end: pin.end,
            });
        }
        for choice in pin.profiles {
            if self.profile(choice.provider()).is_none() {
                counts = true;
                self.profiles.push(Setting {
                    value: choice.clone(),
                    key: key(),
                    end: pin.end,
                });
            }
        }
        // A pin that is hidden altogether is not used by the request, and stays for the next.
        if counts && pin.end == End::NextRequest {
            let key = key();
            if !self.once.contains(&key) {
                self.once.push(key);
            }
        }
    }
}

/// Records on their way to one setting, given narrowest scope first.
#[derive(Debug, Default)]
pub(super) struct Merge {
    all: Effective,
    own_way: OwnWay,
}

impl Merge {
    /// Whether a record of this scope still counts: a chat that was told to go its own way (`default` in a thread) hides
    /// the chats that it is a thread of, not the agent and the global scope.
    pub(super) fn wants(&self, scope: Scope) -> bool {
        self.own_way == OwnWay::Inherits || scope != Scope::Session
    }

    /// Takes in the pins of one record that hold, the one that goes first, first. The key is made only where one counts.
    pub(super) fn take<'a>(&mut self, key: &dyn Fn() -> ScopeKey, holding: impl Iterator<Item = Said<'a>>) {
        for pin in holding {
            self.all.lay_under(key, pin);
            if pin.own_way == OwnWay::Stops {
                self.own_way = OwnWay::Stops;
            }
        }
    }

    /// What they make together.
    pub(super) fn all(self) -> Effective {
        self.all
    }
}

/// Merges records, given narrowest scope first.
///
/// A chat that was told to go its own way (`default` in a thread) hides the chats that it is a thread of, not the
/// agent and the global scope.
pub fn effective<R: std::ops::Deref<Target = Record>>(
    records: impl Iterator<Item = (ScopeKey, R)>,
    now: Timestamp,
) -> Effective {
    let mut merge = Merge::default();
    for (key, record) in records {
        if merge.wants(key.scope()) {
            merge.take(&|| key.clone(), record.holding(now).map(Said::from));
        }
    }
    merge.all()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::ModelRef;
    use crate::pin::{Change, PinTable, Set, Thread};
    use crate::profile::{Identity, ProfileId};
    use crate::session::{AgentId, SessionKey};
    use crate::terms::Mode;

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn set(table: &PinTable, key: &ScopeKey, change: &Change) {
        let old = table
            .record(key)
            .map(|record| (*record).clone())
            .unwrap_or_default();
        if let Some(new) = change.apply(&old, key.scope(), NOW) {
            table.put(key.clone(), new);
        }
    }

    fn choice(model: Option<&str>, profile: Option<&str>) -> Change {
        let provider = ProviderId::new("a");
        Change::Set(Set {
            model: model.map(|id| PinnedModel {
                model: ModelRef::new(provider.clone(), id),
                mode: Mode::Prefer,
            }),
            profile: profile.map(|id| {
                let id = ProfileId::new(id);
                ProfileChoice::Pinned(crate::pin::PinnedProfile {
                    identity: Identity::default(),
                    id,
                    provider: provider.clone(),
                    mode: Mode::Strict,
                })
            }),
            end: End::Never,
            by: Arc::from("ann"),
        })
    }

    #[test]
    fn the_narrowest_scope_wins_field_by_field() {
        let (table, agent, chat) = (PinTable::default(), AgentId::main(), SessionKey::new("c"));
        let session = ScopeKey::of(Scope::Session, &chat, &agent);
        set(&table, &ScopeKey::Global, &choice(Some("wide"), Some("a:wide")));
        set(
            &table,
            &ScopeKey::Agent(agent.clone()),
            &choice(None, Some("a:agent")),
        );
        set(&table, &session, &choice(Some("near"), None));
        let all = table.effective(&chat, &agent, NOW);
        let model = all.model.expect("a model is pinned");
        assert_eq!(
            (model.value.model.model(), model.scope()),
            ("near", Scope::Session)
        );
        let profile = all.profiles.first().expect("a profile is pinned");
        assert_eq!(profile.scope(), Scope::Agent);
    }

    #[test]
    fn default_in_a_thread_stops_the_inheritance_from_its_parent_only() {
        let (table, agent, chat) = (PinTable::default(), AgentId::main(), SessionKey::new("c"));
        let thread = chat.thread("c/1");
        let model = |session: &SessionKey| {
            let pinned = table.effective(session, &agent, NOW).model?;
            Some(pinned.value.model.model().to_owned())
        };
        set(&table, &ScopeKey::Global, &choice(Some("wide"), None));
        set(
            &table,
            &ScopeKey::of(Scope::Session, &chat, &agent),
            &choice(Some("parent"), None),
        );
        assert_eq!(model(&thread).as_deref(), Some("parent"));
        let clear = Change::Clear {
            by: Arc::from("ann"),
            thread: Thread::Yes,
        };
        set(&table, &ScopeKey::of(Scope::Session, &thread, &agent), &clear);
        assert_eq!(model(&thread).as_deref(), Some("wide"));
        assert_eq!(model(&chat).as_deref(), Some("parent"));
    }

    #[test]
    fn what_another_chat_says_alike_is_said_by_the_chat_itself_and_wider_pins_stay() {
        let (table, agent, chat) = (PinTable::default(), AgentId::main(), SessionKey::new("c"));
        set(
            &table,
            &ScopeKey::of(Scope::Session, &chat, &agent),
            &choice(Some("near"), None),
        );
        set(&table, &ScopeKey::Global, &choice(None, Some("a:wide")));
        let said_by = |session: &SessionKey| {
            let mut all = table.effective(&chat, &agent, NOW);
            all.belongs_to(session, &agent);
            (all.model.map(|model| model.key), all.profiles[0].key.clone())
        };
        let other = SessionKey::new("d");
        let of = |session| Some(ScopeKey::of(Scope::Session, session, &agent));
        assert_eq!(said_by(&other), (of(&other), ScopeKey::Global));
        // A thread's pin may be that of the chat above it.
        assert_eq!(said_by(&other.thread("d/1")), (of(&chat), ScopeKey::Global));
    }
}
