//! What is in memory, and what a store says after messages were lost, become one again.

use std::collections::HashMap;

use crate::clock::Timestamp;
use crate::pin::{Change, PinTable, Record, ScopeKey, Version};

/// Takes in all that a store has, and tells what it is to hear.
///
/// The newer one of two records holds. Of two that were made from the same one while two servers took changes, the one
/// that the store kept holds. A `--once` pin that was used while the store was away stays used, and the store hears of it.
pub(super) fn agree(table: &PinTable, all: Vec<(ScopeKey, Record)>) -> Vec<(ScopeKey, Record)> {
    let mut lost = newer(table, &all);
    for (key, there) in all {
        match table.record(&key) {
            Some(mine) if mine.version == there.version && *mine != there => match spent(&key, &there) {
                Some(known) if same(&known, &mine) => lost.push((key, known)),
                _ => drop(table.exchange(&key, &mine, there)),
            },
            _ => table.put(key, there),
        }
    }
    lost
}

/// What was acknowledged once, and the store has lost it.
fn newer(table: &PinTable, all: &[(ScopeKey, Record)]) -> Vec<(ScopeKey, Record)> {
    let all: HashMap<&ScopeKey, &Record> = all.iter().map(|(key, record)| (key, record)).collect();
    let version = |key: &ScopeKey| {
        all.get(key)
            .map_or_else(Version::default, |record| record.version)
    };
    table.newer_than(version)
}

/// The record after a request has used what was pinned for one.
fn spent(key: &ScopeKey, record: &Record) -> Option<Record> {
    // No time is asked for: nothing of the record depends on it here.
    Change::Spend.apply(record, key.scope(), Timestamp::from_millis(0))
}

/// Whether two records say the same, whatever their versions.
fn same(one: &Record, other: &Record) -> bool {
    (&one.layers, &one.history) == (&other.layers, &other.history)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{ModelRef, ProviderId};
    use crate::pin::{End, PinnedModel, Set};
    use crate::terms::Mode;

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn set(before: &Record, model: &str, end: End) -> Record {
        let change = Change::Set(Set {
            model: Some(PinnedModel {
                model: ModelRef::new(ProviderId::new("demo"), model),
                mode: Mode::Prefer,
            }),
            profile: None,
            end,
            by: Arc::from("ann"),
        });
        change
            .apply(before, ScopeKey::Global.scope(), NOW)
            .expect("a change")
    }

    fn holding(record: &Record) -> PinTable {
        let table = PinTable::default();
        table.put(ScopeKey::Global, record.clone());
        table
    }

    #[test]
    fn of_two_changes_from_the_same_record_the_one_that_was_kept_holds() {
        let first = set(&Record::default(), "first", End::Never);
        let (mine, theirs) = (set(&first, "mine", End::Never), set(&first, "theirs", End::Never));
        let table = holding(&mine);
        assert_eq!(agree(&table, vec![(ScopeKey::Global, theirs.clone())]), []);
        assert_eq!(table.record(&ScopeKey::Global).as_deref(), Some(&theirs));
    }

    #[test]
    fn what_was_used_once_while_the_store_was_away_stays_used_and_is_told() {
        let first = set(&Record::default(), "first", End::Never);
        let once = set(&first, "once", End::NextRequest);
        let next = spent(&ScopeKey::Global, &once).expect("a pin for one request");
        let mine = Record {
            version: once.version,
            ..next.clone()
        };
        let table = holding(&mine);
        let told = agree(&table, vec![(ScopeKey::Global, once.clone())]);
        assert_eq!(table.record(&ScopeKey::Global).as_deref(), Some(&mine));
        assert_eq!(told, [(ScopeKey::Global, next)]);
    }

    #[test]
    fn what_is_newer_here_is_told_and_what_is_newer_there_is_taken_in() {
        let first = set(&Record::default(), "first", End::Never);
        let second = set(&first, "second", End::Never);
        let told = agree(&holding(&second), vec![(ScopeKey::Global, first.clone())]);
        let lost = vec![(ScopeKey::Global, second.clone())];
        assert_eq!(told, lost);
        assert_eq!(agree(&holding(&second), Vec::new()), lost);
        let table = holding(&first);
        assert_eq!(agree(&table, vec![(ScopeKey::Global, second.clone())]), []);
        assert_eq!(table.record(&ScopeKey::Global).as_deref(), Some(&second));
    }
}
