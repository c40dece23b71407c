//! What a command does to a scope's record: pure, so that a store may run it again after a conflict.

use std::sync::Arc;

use super::record::{End, Layers, MAX_PASSING, MAX_UNDO, OwnWay, Pin, PinnedModel, ProfileChoice, Record};
use crate::clock::Timestamp;
use crate::session::Scope;

/// One change of one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Pin a model, a profile, or both.
    Set(Set),
    /// Back to what the wider scope says.
    Clear {
        /// Who asked.
        by: Arc<str>,
        /// Whether the chat is a thread, which then stops inheriting from its parent.
        thread: Thread,
    },
    /// Take back the last change.
    Undo,
    /// The one request of a `--once` pin has begun.
    Spend,
}

/// A choice of a model, a profile, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    /// The model, if one was named.
    pub model: Option<PinnedModel>,
    /// The choice among a provider's profiles, if one was named.
    pub profile: Option<ProfileChoice>,
    /// When it ends.
    pub end: End,
    /// Who asked.
    pub by: Arc<str>,
}

/// Whether a chat inherits from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thread {
    /// A chat of its own.
    No,
    /// A thread of another chat.
    Yes,
}

impl Change {
    /// The record after the change; `None` if there is nothing to change.
    #[must_use]
    pub fn apply(&self, record: &Record, scope: Scope, now: Timestamp) -> Option<Record> {
        let mut next = record.clone();
        next.layers.passing.retain(|pin| !pin.is_over(now));
        match self {
            Self::Set(set) => {
                next.remember(&record.layers);
                set.lay_over(&mut next.layers, now);
            }
            Self::Clear { by, thread } => {
                let stops = (scope == Scope::Session && *thread == Thread::Yes).then(|| Pin {
                    by: Some(Arc::clone(by)),
                    at: Some(now),
                    own_way: OwnWay::Stops,
                    ..Pin::default()
                });
                let own_way = |pin: &Option<Pin>| pin.as_ref().map(|pin| pin.own_way);
                let bare = next
                    .holding(now)
                    .all(|pin| pin.model.is_none() && pin.profiles.is_empty());
                if bare && own_way(&next.layers.lasting) == own_way(&stops) {
                    return None;
                }
                next.remember(&record.layers);
                next.layers = Layers {
                    lasting: stops,
                    passing: Vec::new(),
                };
            }
            Self::Undo => {
                next.layers = next.history.pop()?;
                next.layers.passing.retain(|pin| !pin.is_over(now));
            }
            Self::Spend => {
                let before = next.layers.passing.len();
                // From the history too: an undo must not bring back what has been used up.
                for layers in next.history.iter_mut().chain([&mut next.layers]) {
                    layers.passing.retain(|pin| pin.end != End::NextRequest);
                }
                if next.layers.passing.len() == before {
                    return None;
                }
            }
        }
        next.version.0 += 1;
        Some(next)
    }
}

impl Record {
    fn remember(&mut self, layers: &Layers) {
        self.history.push(layers.clone());
        let over = self.history.len().saturating_sub(MAX_UNDO);
        self.history.drain(..over);
    }
}

impl Set {
    /// Lays the choice over what holds. What would still hide it, or what it hides to the end, loses those fields.
    fn lay_over(&self, layers: &mut Layers, now: Timestamp) {
        for pin in &mut layers.passing {
            if self.end == End::Never || !outlasts(pin.end, self.end) {
                self.strip(pin);
            }
        }
        layers.passing.retain(|pin| !pin.is_empty());
        let lasting = self.end == End::Never;
        let mut pin = if lasting {
            layers.lasting.take().unwrap_or_default()
        } else {
            Pin::default()
        };
        self.strip(&mut pin);
        pin.model = self.model.clone().or(pin.model);
        pin.profiles.extend(self.profile.clone());
        pin.by = Some(Arc::clone(&self.by));
        pin.at = Some(now);
        pin.end = self.end;
        if lasting {
            layers.lasting = Some(pin);
        } else {
            layers.passing.push(pin);
            let over = layers.passing.len().saturating_sub(MAX_PASSING);
            layers.passing.drain(..over);
        }
    }

    fn strip(&self, pin: &mut Pin) {
        if self.model.is_some() {
            pin.model = None;
        }
        if let Some(choice) = &self.profile {
            pin.profiles.retain(|old| old.provider() != choice.provider());
        }
    }
}

/// Whether a pin with the end `old` shows again after one with the end `new` is over.
fn outlasts(old: End, new: End) -> bool {
    match (old, new) {
        (End::Never, _) | (End::At(_), End::NextRequest) => true,
        (End::At(old), End::At(new)) => old > new,
        (_, End::Never) | (End::NextRequest, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ModelRef;
    use crate::pin::Version;
    use crate::terms::Mode;

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn to(model: &str, end: End) -> Change {
        let model = ModelRef::parse(model).expect("a reference");
        Change::Set(Set {
            model: Some(PinnedModel {
                model,
                mode: Mode::Prefer,
            }),
            profile: None,
            end,
            by: Arc::from("ann"),
        })
    }

    fn after(changes: &[Change]) -> Record {
        changes.iter().fold(Record::default(), |record, change| {
            change.apply(&record, Scope::Session, NOW).unwrap_or(record)
        })
    }

    fn model_at(record: &Record, now: Timestamp) -> Option<String> {
        let pin = record.holding(now).find_map(|pin| pin.model.as_ref())?;
        Some(pin.model.to_string())
    }

    #[test]
    fn what_a_passing_pin_hid_shows_again_when_it_ends() {
        let hour = End::At(Timestamp::from_millis(5_000));
        let record = after(&[
            to("a/one", End::Never),
            to("a/two", hour),
            to("a/three", End::NextRequest),
        ]);
        assert_eq!(model_at(&record, NOW).as_deref(), Some("a/three"));
        let record = Change::Spend
            .apply(&record, Scope::Session, NOW)
            .expect("there is a request to spend");
        assert_eq!(model_at(&record, NOW).as_deref(), Some("a/two"));
        assert_eq!(
            model_at(&record, Timestamp::from_millis(5_000)).as_deref(),
            Some("a/one")
        );
        assert_eq!(Change::Spend.apply(&record, Scope::Session, NOW), None);
    }

    #[test]
    fn a_lasting_choice_is_not_hidden_by_an_earlier_passing_one() {
        let hour = End::At(Timestamp::from_millis(5_000));
        let record = after(&[to("a/one", hour), to("a/two", End::Never)]);
        assert_eq!(model_at(&record, NOW).as_deref(), Some("a/two"));
    }

    #[test]
    fn undo_goes_back_ten_changes_and_takes_back_a_default() {
        let clear = Change::Clear {
            by: Arc::from("ann"),
            thread: Thread::No,
        };
        let record = after(&[to("a/one", End::Never), clear, Change::Undo]);
        assert_eq!(model_at(&record, NOW).as_deref(), Some("a/one"));
        let many: Vec<Change> = (0..15).map(|n| to(&format!("a/m{n}"), End::Never)).collect();
        let mut record = after(&many);
        let mut undone = 0;
        while let Some(next) = Change::Undo.apply(&record, Scope::Session, NOW) {
            record = next;
            undone += 1;
        }
        assert_eq!(undone, MAX_UNDO);
        assert_eq!(model_at(&record, NOW).as_deref(), Some("a/m4"));
    }

    #[test]
    fn clearing_what_is_clear_changes_nothing_but_in_a_thread_it_is_a_choice() {
        let clear = |thread| Change::Clear {
            by: Arc::from("ann"),
            thread,
        };
        assert_eq!(
            clear(Thread::No).apply(&Record::default(), Scope::Session, NOW),
            None
        );
        let stopped = clear(Thread::Yes)
            .apply(&Record::default(), Scope::Session, NOW)
            .expect("a thread remembers it");
        assert_eq!(
            stopped.layers.lasting.as_ref().map(|pin| pin.own_way),
            Some(OwnWay::Stops)
        );
        let said = stopped.layers.lasting.as_ref();
        assert_eq!(said.and_then(|pin| pin.by.as_deref()), Some("ann"));
        assert_eq!(said.and_then(|pin| pin.at), Some(NOW));
        assert_eq!(clear(Thread::Yes).apply(&stopped, Scope::Session, NOW), None);

        // Only a thread has a chat above it: what is said for an agent there just clears the agent's pin.
        let record = after(&[to("a/one", End::Never)]);
        let cleared = clear(Thread::Yes)
            .apply(&record, Scope::Agent, NOW)
            .expect("there is a pin to clear");
        assert_eq!(cleared.layers, Layers::default());
        assert_eq!(cleared.version, Version(record.version.0 + 1));
    }

    #[test]
    fn a_choice_among_profiles_alone_is_something_to_clear() {
        let auto = Change::Set(Set {
            model: None,
            profile: Some(ProfileChoice::Auto(crate::model::ProviderId::new("a"))),
            end: End::Never,
            by: Arc::from("ann"),
        });
        let clear = Change::Clear {
            by: Arc::from("ann"),
            thread: Thread::No,
        };
        let cleared = clear.apply(&after(&[auto]), Scope::Session, NOW);
        assert_eq!(cleared.map(|record| record.layers), Some(Layers::default()));
    }

    #[test]
    fn what_never_shows_again_is_not_kept() {
        let at = |ms| End::At(Timestamp::from_millis(ms));
        let kept = |before, end| {
            after(&[to("a/one", before), to("a/two", end)])
                .layers
                .passing
                .len()
        };
        assert_eq!(kept(at(5_000), at(5_000)), 1, "both end together");
        assert_eq!(kept(at(4_999), at(5_000)), 1, "it ends while it is hidden");
        assert_eq!(kept(at(5_001), at(5_000)), 2);
        assert_eq!(kept(End::NextRequest, End::NextRequest), 1);
        assert_eq!(kept(at(5_000), End::NextRequest), 2);
    }

    #[test]
    fn undo_does_not_bring_back_a_request_that_was_used() {
        let auto = Change::Set(Set {
            model: None,
            profile: Some(ProfileChoice::Auto(crate::model::ProviderId::new("a"))),
            end: End::Never,
            by: Arc::from("ann"),
        });
        let record = after(&[to("a/one", End::Never), to("a/two", End::NextRequest), auto]);
        assert_eq!(model_at(&record, NOW).as_deref(), Some("a/two"));
        let spent = Change::Spend
            .apply(&record, Scope::Session, NOW)
            .expect("there is one to spend");
        let undone = Change::Undo
            .apply(&spent, Scope::Session, NOW)
            .expect("there is a change to take back");
        assert_eq!(model_at(&undone, NOW).as_deref(), Some("a/one"));
    }
}
