//! What one scope remembers, told in another way than the house does: field by field, each with a stack of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use modelpin::clock::Timestamp;
use modelpin::model::{ModelRef, ProviderId};
use modelpin::pin::{Change, End, MAX_UNDO, PinnedModel, PinnedProfile, ProfileChoice, Set, Thread};
use modelpin::profile::{Identity, ProfileId};
use modelpin::terms::Mode;
use proptest::prelude::*;

/// A field that can be pinned: the model, or the choice among the profiles of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Model,
    Profile(u8),
}

/// One change, in few words.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// Pins so many things at once; no field twice.
    Set(Vec<(Field, u8)>, End),
    Clear(Thread),
    Undo,
    Spend,
}

/// What was said of one field, the newest last.
type Said = Vec<(u8, End)>;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct State {
    fields: BTreeMap<Field, Said>,
    stops: bool,
}

/// The model of a scope.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    state: State,
    before: Vec<State>,
    pub(super) changes: u64,
}

fn is_over(end: End, now: Timestamp) -> bool {
    matches!(end, End::At(at) if at <= now)
}

/// Whether what was said with the end `old` can show again under something that ends like `new`.
fn can_show_again(old: End, new: End) -> bool {
    let rank = |end| match end {
        End::NextRequest => (0, 0),
        End::At(at) => (1, at.as_millis()),
        End::Never => (2, 0),
    };
    new != End::Never && (old == End::Never || rank(old) > rank(new))
}

impl State {
    fn forget_what_is_over(&mut self, now: Timestamp) {
        for said in self.fields.values_mut() {
            said.retain(|(_, end)| !is_over(*end, now));
        }
    }

    fn says_nothing(&self) -> bool {
        self.fields.values().all(Vec::is_empty)
    }
}

impl Scope {
    /// Takes a step; `false` if there was nothing to change.
    pub(super) fn take(&mut self, step: &Step, is_chat: bool, now: Timestamp) -> bool {
        let old = self.state.clone();
        let mut new = old.clone();
        new.forget_what_is_over(now);
        match step {
            Step::Set(choices, end) => {
                for (field, value) in choices {
                    let said = new.fields.entry(*field).or_default();
                    said.retain(|(_, old)| can_show_again(*old, *end));
                    said.push((*value, *end));
                }
                self.before.push(old);
            }
            Step::Clear(thread) => {
                let stops = is_chat && *thread == Thread::Yes;
                if new.says_nothing() && new.stops == stops {
                    return false;
                }
                new = State {
                    stops,
                    ..State::default()
                };
                self.before.push(old);
            }
            Step::Undo => {
                let Some(before) = self.before.pop() else {
                    return false;
                };
                new = before;
                new.forget_what_is_over(now);
            }
            Step::Spend => {
                let once = |(_, end): &(u8, End)| *end == End::NextRequest;
                if !new.fields.values().flatten().any(once) {
                    return false;
                }
                for state in self.before.iter_mut().chain([&mut new]) {
                    state
                        .fields
                        .values_mut()
                        .for_each(|said| said.retain(|one| !once(one)));
                }
            }
        }
        if self.before.len() > MAX_UNDO {
            self.before.remove(0);
        }
        self.state = new;
        self.changes += 1;
        true
    }

    /// What it says of each field.
    pub(super) fn says(&self, now: Timestamp) -> impl Iterator<Item = (Field, u8, End)> {
        let newest = move |said: &Said| said.iter().rev().find(|(_, end)| !is_over(*end, now)).copied();
        let fields = self.state.fields.iter();
        fields.filter_map(move |(field, said)| newest(said).map(|(value, end)| (*field, value, end)))
    }

    pub(super) fn stops(&self) -> bool {
        self.state.stops
    }
}

pub(super) fn provider(n: u8) -> ProviderId {
    ProviderId::new(&format!("p{n}"))
}

pub(super) fn model(value: u8) -> ModelRef {
    ModelRef::new(provider(0), &format!("m{value}"))
}

/// 0 is `@auto`.
pub(super) fn choice(of: u8, value: u8) -> ProfileChoice {
    match value {
        0 => ProfileChoice::Auto(provider(of)),
        _ => ProfileChoice::Pinned(PinnedProfile {
            id: ProfileId::new(&format!("p{of}:{value}")),
            identity: Identity::default(),
            provider: provider(of),
            mode: Mode::Strict,
        }),
    }
}

impl Step {
    /// The same as the house has it.
    pub(super) fn change(&self) -> Change {
        let by = || Arc::from("ann");
        match self {
            Self::Set(choices, end) => {
                let model = choices
                    .iter()
                    .find(|(field, _)| *field == Field::Model)
                    .map(|(_, value)| PinnedModel {
                        model: model(*value),
                        mode: Mode::Prefer,
                    });
                let profile = choices.iter().find_map(|(field, value)| match field {
                    Field::Profile(of) => Some(choice(*of, *value)),
                    Field::Model => None,
                });
                Change::Set(Set {
                    model,
                    profile,
                    end: *end,
                    by: by(),
                })
            }
            Self::Clear(thread) => Change::Clear {
                by: by(),
                thread: *thread,
            },
            Self::Undo => Change::Undo,
            Self::Spend => Change::Spend,
        }
    }
}

/// Any change, at a moment of the first second.
pub(super) fn steps() -> impl Strategy<Value = Step> {
    let end = prop_oneof![
        3 => Just(End::Never),
        3 => (1..1_000_i64).prop_map(|ms| End::At(Timestamp::from_millis(ms))),
        2 => Just(End::NextRequest),
    ];
    let model = || (0..4_u8).prop_map(|value| (Field::Model, value));
    let profile = || (0..2_u8, 0..3_u8).prop_map(|(of, value)| (Field::Profile(of), value));
    let choices = prop_oneof![
        model().prop_map(|one| vec![one]),
        profile().prop_map(|one| vec![one]),
        (model(), profile()).prop_map(|(one, other)| vec![one, other]),
    ];
    prop_oneof![
        6 => (choices, end).prop_map(|(choices, end)| Step::Set(choices, end)),
        1 => Just(Step::Clear(Thread::No)),
        1 => Just(Step::Clear(Thread::Yes)),
        2 => Just(Step::Undo),
        2 => Just(Step::Spend),
    ]
}
