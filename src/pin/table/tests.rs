//! What the table of pins says, beside a plain map.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::model::{ModelRef, ProviderId};
use crate::pin::name::Name;
use crate::pin::{
    Layers, OwnWay, Pin, PinnedModel, PinnedProfile, ProfileChoice, Version, effective, scopes,
};
use crate::profile::{Identity, ProfileId};
use crate::terms::Mode;

fn pinned_at(at: i64) -> Record {
    let pin = Pin {
        model: Some(PinnedModel {
            model: ModelRef::new(ProviderId::new("demo"), "opus"),
            mode: Mode::Prefer,
        }),
        at: Some(Timestamp::from_millis(at)),
        ..Pin::default()
    };
    Record {
        layers: Layers {
            lasting: Some(pin),
            passing: Vec::new(),
        },
        ..Record::default()
    }
}

#[test]
fn the_first_scopes_are_those_of_the_best_rank_and_then_the_newest() {
    let table = PinTable::default();
    let chat = |name: &str| ScopeKey::Session(AgentId::main(), Arc::from(name));
    for at in 0..1_000 {
        table.put(chat(&format!("chat-{at}")), pinned_at(at));
    }
    table.put(ScopeKey::Global, pinned_at(0));
    table.put(chat("theirs"), pinned_at(5_000));
    table.put(chat("cleared"), Record::default());
    let rank = |key: ScopeName<'_>| match key {
        ScopeName::Session(_, "theirs") => None,
        ScopeName::Global => Some(0),
        _ => Some(1),
    };
    let (first, count) = table.first(Timestamp::from_millis(10_000), 3, rank);
    let first: Vec<ScopeKey> = first.into_iter().map(|(key, _)| key).collect();
    assert_eq!(first, [ScopeKey::Global, chat("chat-999"), chat("chat-998")]);
    assert_eq!(count, 1_001);
}

fn pins() -> impl Strategy<Value = Pin> {
    let end = prop_oneof![
        Just(End::Never),
        Just(End::NextRequest),
        (0..40_i64).prop_map(|at| End::At(Timestamp::from_millis(at))),
    ];
    let choice = prop_oneof![
        Just(ProfileChoice::Auto(ProviderId::new("demo"))),
        ("[a-c]", any::<bool>()).prop_map(|(id, told)| {
            ProfileChoice::Pinned(PinnedProfile {
                id: ProfileId::new(&id),
                identity: Identity::new(told.then_some("acc"), None),
                provider: ProviderId::new("demo"),
                mode: Mode::Strict,
            })
        }),
    ];
    let model = proptest::option::of("[a-c]").prop_map(|model| {
        model.map(|model| PinnedModel {
            model: ModelRef::new(ProviderId::new("demo"), &model),
            mode: Mode::Prefer,
        })
    });
    let own_way = any::<bool>().prop_map(|stops| if stops { OwnWay::Stops } else { OwnWay::Inherits });
    let at = proptest::option::of(any::<i64>().prop_map(Timestamp::from_millis));
    let by = proptest::option::of(".{0,3}".prop_map(|by| Arc::from(by.as_str())));
    let profiles = proptest::collection::vec(choice, 0..3);
    (model, profiles, by, at, end, own_way).prop_map(|(model, profiles, by, at, end, own_way)| Pin {
        model,
        profiles,
        by,
        at,
        end,
        own_way,
    })
}

fn records() -> impl Strategy<Value = Record> {
    let layers = || {
        let passing = proptest::collection::vec(pins(), 0..3);
        (proptest::option::of(pins()), passing).prop_map(|(lasting, passing)| Layers { lasting, passing })
    };
    let history = proptest::collection::vec(layers(), 0..3);
    (layers(), history, 0..4_u64).prop_map(|(layers, history, version)| Record {
        layers,
        history,
        version: Version(version),
    })
}

fn keys() -> impl Strategy<Value = ScopeKey> {
    let agent = || prop_oneof![Just(AgentId::main()), Just(AgentId::new("two").expect("an id"))];
    prop_oneof![
        4 => (agent(), "[a-c]").prop_map(|(agent, chat)| ScopeKey::Session(agent, Arc::from(chat))),
        1 => agent().prop_map(ScopeKey::Agent),
        1 => Just(ScopeKey::Global),
    ]
}

proptest! {
    /// The table against a plain map: what was put in comes out, older records change nothing, and what is counted on
    /// the way is what a look at all of them counts.
    #[test]
    fn the_table_is_a_map_that_counts(
        puts in proptest::collection::vec((keys(), records(), 0..3_u8), 0..24),
        now in (0..45_i64).prop_map(Timestamp::from_millis),
    ) {
        let (table, mut map) = (PinTable::default(), BTreeMap::<ScopeKey, Record>::new());
        for (key, record, how) in puts {
            let there = map.get(&key).cloned();
            let taken = match how {
                // In the place of what is there, whatever the versions; and of something else, in vain.
                0 => table.exchange(&key, there.as_ref().unwrap_or(&record), record.clone()),
                1 if there.as_ref() != Some(&record) => {
                    prop_assert_eq!(table.exchange(&key, &record, record.clone()), there.is_none());
                    there.is_none()
                }
                _ => {
                    table.put(key.clone(), record.clone());
                    there.is_none_or(|there| there.version < record.version)
                }
            };
            if taken {
                map.insert(key, record);
            }
        }
        prop_assert_eq!(table.len(), map.len());
        let holds = |record: &Record| record.holding(now).any(|pin| !pin.is_empty());
        let mut counts = [0; 3];
        for (key, record) in &map {
            let kept = table.record(key);
            prop_assert_eq!(kept.as_deref(), Some(record));
            counts[key.scope() as usize] += usize::from(holds(record));
        }
        prop_assert_eq!(table.counts(now), counts);
        prop_assert_eq!(table.count(now, |_, _| true), counts[0]);
        let (first, count) = table.first(now, usize::MAX, |_| Some(0));
        prop_assert_eq!(count, counts.iter().sum::<usize>());
        prop_assert!(first.iter().all(|(key, record)| map.get(key) == Some(&**record)));
        for agent in [AgentId::main(), AgentId::new("two").expect("an id")] {
            let thread = SessionKey::new("a").thread("b");
            let known = scopes(&thread, &agent).filter_map(|key| Some((key.clone(), map.get(&key)?)));
            prop_assert_eq!(table.effective(&thread, &agent, now), effective(known, now));
            let known = scopes(&thread, &agent).filter_map(|key| map.get(&key));
            let ends = known.flat_map(|record| &record.layers.passing).filter_map(|pin| match pin.end {
                End::At(end) => Some(end),
                End::Never | End::NextRequest => None,
            });
            prop_assert_eq!(table.next_end(&thread, &agent, now), ends.filter(|end| *end > now).min());
        }
        table.clear();
        prop_assert!(table.is_empty() && table.counts(now) == [0; 3]);
    }
}

#[test]
fn the_first_of_many_are_the_first_however_many_there_are() {
    let table = PinTable::default();
    let chat = |name: &str| ScopeKey::Session(AgentId::main(), Arc::from(name));
    for n in 0..2_000_i64 {
        table.put(chat(&format!("chat-{n}")), pinned_at(n * 7_919 % 2_000));
    }
    let (first, count) = table.first(Timestamp::from_millis(0), 10, |_| Some(0));
    let at = |record: &Record| record.layers.lasting.as_ref().and_then(|pin| pin.at);
    let found: Vec<_> = first.iter().filter_map(|(_, record)| at(record)).collect();
    let newest: Vec<_> = (1_990..2_000).rev().map(Timestamp::from_millis).collect();
    assert_eq!((found, count), (newest, 2_000));
}

#[test]
fn a_change_is_counted_for_its_chat_and_for_its_threads() {
    let (table, chat) = (PinTable::default(), SessionKey::new("c"));
    let thread = chat.thread("c/1");
    let mut before = [table.generation(&chat), table.generation(&thread)];
    for key in [
        ScopeKey::of(Scope::Session, &chat, &AgentId::main()),
        ScopeKey::Agent(AgentId::main()),
        ScopeKey::Global,
    ] {
        table.put(key, pinned_at(1));
        let after = [table.generation(&chat), table.generation(&thread)];
        assert!(after[0] > before[0] && after[1] > before[1]);
        before = after;
    }
}

#[test]
fn of_those_that_are_equally_new_the_first_by_name_is_told() {
    let table = PinTable::default();
    let chat = |n: u16| ScopeKey::Session(AgentId::main(), Arc::from(format!("chat-{n:04}")));
    (0..2_000).for_each(|n| table.put(chat(n), pinned_at(1)));
    let (first, _) = table.first(Timestamp::from_millis(0), 10, |_| Some(0));
    let first: Vec<ScopeKey> = first.into_iter().map(|(key, _)| key).collect();
    assert_eq!(first, (0..10).map(chat).collect::<Vec<_>>());
}

#[test]
fn every_one_of_many_chats_is_found_again_and_shown_where_it_lies() {
    let table = PinTable::default();
    let chat = |n: i64| format!("chat-{n}");
    for n in 0..6_000 {
        let key = ScopeKey::Session(AgentId::main(), Arc::from(chat(n)));
        table.put(key, pinned_at(n));
    }
    for n in 0..6_000 {
        let of = |kept: &Kept| kept.holding(Timestamp::from_millis(0)).next()?.at;
        let at = table.look(&AgentId::main(), &chat(n), of).flatten();
        assert_eq!(at, Some(Timestamp::from_millis(n)));
    }
    assert!(table.look(&AgentId::main(), "chat-6000", |_| ()).is_none());
}

#[test]
fn a_pin_is_over_at_its_end_for_whoever_counts() {
    let (table, chat) = (PinTable::default(), SessionKey::new("c"));
    let end = Timestamp::from_millis(5_000);
    let mut record = pinned_at(1);
    record
        .layers
        .passing
        .extend(record.layers.lasting.take().map(|pin| Pin {
            end: End::At(end),
            ..pin
        }));
    for scope in [Scope::Session, Scope::Agent, Scope::Global] {
        table.put(ScopeKey::of(scope, &chat, &AgentId::main()), record.clone());
    }
    let before = Timestamp::from_millis(4_999);
    assert_eq!((table.counts(before), table.counts(end)), ([1; 3], [0; 3]));
    let next = |now| table.next_end(&chat, &AgentId::main(), now);
    assert_eq!((next(before), next(end)), (Some(end), None));
}

#[test]
fn of_those_that_end_together_each_is_counted_until_it_is_replaced() {
    let (table, now) = (PinTable::default(), Timestamp::from_millis(0));
    let chat = |n: usize| ScopeKey::Session(AgentId::main(), Arc::from(format!("once-{n}")));
    // So many that some of them lie behind one lock.
    let ends = |end: End, version| {
        let mut record = pinned_at(1);
        record.version = Version(version);
        let pin = record.layers.lasting.take().map(|pin| Pin { end, ..pin });
        record.layers.passing.extend(pin);
        record
    };
    let together = End::At(Timestamp::from_millis(9));
    let many = |n: usize| ScopeKey::Session(AgentId::main(), Arc::from(format!("many-{n}")));
    (0..1_000).for_each(|n| table.put(many(n), ends(together, 0)));
    (0..3).for_each(|n| table.put(chat(n), ends(End::NextRequest, 0)));
    assert_eq!(table.counts(now), [1_003, 0, 0]);
    for n in 0..1_000 {
        table.put(
            many(n),
            Record {
                version: Version(1),
                ..Record::default()
            },
        );
        assert_eq!(table.counts(now), [1_002 - n, 0, 0]);
    }
    for n in 0..3 {
        table.put(
            chat(n),
            Record {
                version: Version(1),
                ..Record::default()
            },
        );
        assert_eq!(table.counts(now), [2 - n, 0, 0]);
    }
}

#[test]
fn an_entry_of_a_usual_chat_is_one_small_piece_of_memory() {
    // 104 bytes: with the allocator's own eight, a size that it has.
    assert_eq!(std::mem::size_of::<Name>() + std::mem::size_of::<Kept>(), 104);
}
