//! The pin table, with merge, versions, expiry, undo and `--once`, against stacks of what was said.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use modelpin::clock::Timestamp;
use modelpin::pin::{End, PinTable, Record, ScopeKey};
use modelpin::session::{AgentId, SessionKey};
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

use super::scope::{Field, Scope, Step, choice, model, steps};

/// A thread, the chat above it, another chat, their agent, and all: by how near they are.
const SCOPES: usize = 5;

fn parent() -> SessionKey {
    SessionKey::new("c")
}

fn chats() -> [SessionKey; 3] {
    [parent().thread("c/1"), parent(), SessionKey::new("d")]
}

fn key(scope: usize) -> ScopeKey {
    let agent = AgentId::main();
    match scope {
        3 => ScopeKey::Agent(agent),
        4 => ScopeKey::Global,
        chat => ScopeKey::Session(agent, Arc::from(chats()[chat].chat())),
    }
}

/// The scopes that hold for a chat, nearest first.
fn above(chat: usize) -> Vec<usize> {
    match chat {
        0 => vec![0, 1, 3, 4],
        _ => vec![chat, 3, 4],
    }
}

#[derive(Debug, Clone)]
enum Transition {
    Change(usize, Step),
    /// A commit that was made long ago arrives once more.
    ComesLate(usize, prop::sample::Index),
    TimePasses(i64),
}

#[derive(Debug, Clone, Default)]
struct Model {
    now: i64,
    scopes: [Scope; SCOPES],
}

/// What holds for a chat: each field with its value, scope and end, and the scopes whose `--once` pin is used.
type Told = (BTreeMap<Field, (u8, usize, End)>, Vec<usize>);

impl Model {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now)
    }

    fn effective(&self, chat: usize) -> Told {
        let (mut told, mut once, mut stopped) = (BTreeMap::new(), Vec::new(), false);
        for scope in above(chat) {
            if stopped && scope < 3 {
                continue;
            }
            for (field, value, end) in self.scopes[scope].says(self.now()) {
                if told.contains_key(&field) {
                    continue;
                }
                told.insert(field, (value, scope, end));
                if end == End::NextRequest && !once.contains(&scope) {
                    once.push(scope);
                }
            }
            stopped |= self.scopes[scope].stops();
        }
        (told, once)
    }
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Transition;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::default()).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Transition> {
        prop_oneof![
            12 => (0..SCOPES, steps()).prop_map(|(scope, step)| Transition::Change(scope, step)),
            2 => (0..SCOPES, any::<prop::sample::Index>()).prop_map(|(scope, at)| Transition::ComesLate(scope, at)),
            2 => (1..200_i64).prop_map(Transition::TimePasses),
        ]
        .boxed()
    }

    fn apply(mut state: Self, transition: &Transition) -> Self {
        match transition {
            Transition::Change(scope, step) => {
                let now = state.now();
                state.scopes[*scope].take(step, *scope < 3, now);
            }
            Transition::ComesLate(..) => {}
            Transition::TimePasses(ms) => state.now += ms,
        }
        state
    }
}

#[derive(Debug, Default)]
struct House {
    table: PinTable,
    committed: [Vec<Record>; SCOPES],
}

static STEPS: AtomicUsize = AtomicUsize::new(0);

impl StateMachineTest for House {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(_: &Model) -> Self {
        Self::default()
    }

    fn apply(mut house: Self, model: &Model, transition: Transition) -> Self {
        STEPS.fetch_add(1, Ordering::Relaxed);
        match transition {
            Transition::Change(scope, step) => {
                let (key, old) = (key(scope), house.table.record(&key(scope)));
                let old = old.map(|record| (*record).clone()).unwrap_or_default();
                if let Some(new) = step.change().apply(&old, key.scope(), model.now()) {
                    house.committed[scope].push(new.clone());
                    house.table.put(key, new);
                }
            }
            Transition::ComesLate(scope, at) => {
                let all = &house.committed[scope];
                if !all.is_empty() {
                    house.table.put(key(scope), all[at.index(all.len())].clone());
                }
            }
            Transition::TimePasses(_) => {}
        }
        house
    }

    fn check_invariants(house: &Self, model: &Model) {
        for (scope, state) in model.scopes.iter().enumerate() {
            let record = house.table.record(&key(scope));
            assert_eq!(record.map_or(0, |record| record.version.0), state.changes);
        }
        let mut counts = [0; 3];
        for (scope, state) in model.scopes.iter().enumerate() {
            let holds = state.stops() || state.says(model.now()).next().is_some();
            counts[scope.saturating_sub(2)] += usize::from(holds);
        }
        assert_eq!(house.table.counts(model.now()), counts);
        for (chat, session) in chats().iter().enumerate() {
            let effective = house.table.effective(session, &AgentId::main(), model.now());
            let (mut told, once) = model.effective(chat);
            let keys: Vec<ScopeKey> = once.into_iter().map(key).collect();
            assert_eq!(effective.once, keys);
            let pinned = effective.model.map(|set| (set.value.model, set.key, set.end));
            let expected = told.remove(&Field::Model);
            assert_eq!(
                pinned,
                expected.map(|(value, scope, end)| (self::model(value), key(scope), end))
            );
            assert_eq!(effective.profiles.len(), told.len());
            for set in effective.profiles {
                let of = u8::from(*set.value.provider() == super::scope::provider(1));
                let (value, scope, end) = told[&Field::Profile(of)];
                assert_eq!(
                    (set.value, set.key, set.end),
                    (choice(of, value), key(scope), end)
                );
            }
        }
    }
}

prop_state_machine! {
    #![proptest_config(super::config(256))]

    fn many_sequences(sequential 1..30 => House);
}

#[test]
fn the_table_says_what_was_said_last_of_each_field() {
    many_sequences();
    super::tell(&format!(
        "pin table: {} steps in turn",
        STEPS.load(Ordering::Relaxed)
    ));
}
