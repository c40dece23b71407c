//! Whether what was answered to changes that raced can be explained by one order of them.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use modelpin::clock::Timestamp;
use modelpin::pin::{Change, Record, ScopeKey};
use modelpin::resolver::Committed;

pub(super) const NOW: Timestamp = Timestamp::from_millis(500);

/// A change, by when it was asked for and answered, and by whom.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) process: usize,
    pub(super) key: ScopeKey,
    pub(super) change: Change,
    pub(super) asks: Asks,
    pub(super) asked: u64,
    pub(super) answered: u64,
    pub(super) answer: Answer,
}

#[derive(Debug, Clone)]
pub(super) enum Answer {
    Told(Committed),
    Failed,
}

/// What a change asks of the record before it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    Nothing,
    /// That it was not changed five times, or ten times.
    NoFifth,
}

impl Asks {
    pub(super) fn permits(self, record: &Record) -> bool {
        self == Self::Nothing || record.version.0 == 0 || !record.version.0.is_multiple_of(5)
    }
}

#[derive(Debug, Default)]
pub(super) struct History {
    events: Mutex<Vec<Event>>,
    tick: AtomicU64,
}

impl History {
    pub(super) fn tick(&self) -> u64 {
        self.tick.fetch_add(1, Ordering::SeqCst)
    }

    pub(super) fn note(&self, event: Event) {
        self.events.lock().expect("no test has failed").push(event);
    }

    /// Holds that one order of the changes explains every answer and the `last` record of each scope. Returns how many
    /// there were.
    ///
    /// A change that was answered before another was asked for goes before it. What has nothing to do, or is not allowed,
    /// is so at some moment between: what its own process had been told by then is in it, what another process did
    /// perhaps.
    pub(super) fn explain(&self, last: &BTreeMap<ScopeKey, Record>) -> usize {
        let events = self.events.lock().expect("no test has failed");
        let mut by_key: BTreeMap<&ScopeKey, Vec<&Event>> = BTreeMap::new();
        for event in events.iter() {
            by_key.entry(&event.key).or_default().push(event);
        }
        for (key, events) in by_key {
            explain_one(key, &events, last.get(key));
        }
        events.len()
    }
}

fn changed(event: &Event) -> Option<&Record> {
    match &event.answer {
        Answer::Told(Committed::Changed(record)) => Some(record),
        _ => None,
    }
}

fn explain_one(key: &ScopeKey, events: &[&Event], last: Option<&Record>) {
    let scope = key.scope();
    let mut order: Vec<(&Event, &Record)> = events
        .iter()
        .filter_map(|event| Some((*event, changed(event)?)))
        .collect();
    order.sort_by_key(|(_, record)| record.version);
    let mut states = vec![Record::default()];
    for (event, record) in &order {
        let before = states.last().expect("there is a first one");
        let expected = event.change.apply(before, scope, NOW);
        assert_eq!(
            expected.as_ref(),
            Some(*record),
            "{key:?}: a change was lost, or made twice"
        );
        assert!(event.asks.permits(before), "{key:?}: changed without permit");
        states.push((*record).clone());
    }
    let last = last.cloned().unwrap_or_default();
    assert_eq!(
        states.last(),
        Some(&last),
        "{key:?}: what is kept was answered to somebody"
    );
    for (at, (later, _)) in order.iter().enumerate() {
        for (earlier, _) in &order[..at] {
            assert!(
                earlier.asked < later.answered,
                "{key:?}: a change was made before it was asked for"
            );
        }
    }
    for event in events {
        let known = |other: &&Event| other.process == event.process && other.answered < event.asked;
        let from = events.iter().copied().filter(known).filter_map(changed);
        let from = from.map(|record| record.version.0).max().unwrap_or_default();
        let begun = order.iter().rev().find(|(other, _)| other.asked < event.answered);
        let to = begun.map_or(0, |(_, record)| record.version.0);
        let mut between = (from..=to).map(|version| &states[usize::try_from(version).expect("it is small")]);
        let explained = match &event.answer {
            Answer::Failed => true,
            Answer::Told(Committed::Changed(record)) => record.version.0 > from,
            Answer::Told(Committed::Nothing) => {
                between.any(|state| event.change.apply(state, scope, NOW).is_none())
            }
            Answer::Told(Committed::Forbidden) => between.any(|state| !event.asks.permits(state)),
        };
        assert!(explained, "{event:?} has no place between {from} and {to}");
    }
}
