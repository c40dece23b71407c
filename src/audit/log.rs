//! The last records, in memory.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::record::Record;
use crate::session::AgentId;

/// How much an [`AuditLog`] keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// The most records.
    pub records: usize,
    /// The most bytes, counted by [`Record::weight`].
    pub bytes: usize,
}

impl Default for Room {
    /// 2,000 records, 4 MiB.
    fn default() -> Self {
        Self {
            records: 2_000,
            bytes: 4 * 1024 * 1024,
        }
    }
}

/// The last records of this process. When there are more than there is [`Room`] for, the oldest go; the newest is there
/// in any case, however large it is.
///
/// All calls take one lock for a moment, in which nothing is cloned but pointers; nothing waits.
#[derive(Debug, Default)]
pub struct AuditLog {
    room: Room,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// By when they came; the newest has the highest number.
    records: BTreeMap<u64, Arc<Record>>,
    by_id: HashMap<Arc<str>, u64>,
    next: u64,
    bytes: usize,
}

impl AuditLog {
    /// An empty log.
    #[must_use]
    pub fn new(room: Room) -> Self {
        Self {
            room,
            kept: Mutex::default(),
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Only an allocation that fails can panic in here, and that ends the process.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a record, which takes the stead of one with the same id: what became of a request is known only later.
    pub fn record(&self, record: Record) -> Arc<Record> {
        let record = Arc::new(record);
        let weight = record.weight();
        let mut kept = self.kept();
        let number = kept.next;
        kept.next += 1;
        if let Some(old) = kept.by_id.insert(Arc::clone(&record.id), number) {
            kept.forget(old);
        }
        kept.records.insert(number, Arc::clone(&record));
        kept.bytes += weight;
        while kept.records.len() > 1
            && (kept.records.len() > self.room.records || kept.bytes > self.room.bytes)
        {
            let Some((_, oldest)) = kept.records.pop_first() else {
                break;
            };
            kept.bytes -= oldest.weight();
            kept.by_id.remove(&oldest.id);
        }
        record
    }

    /// The record with this id, if it is still there.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<Arc<Record>> {
        let kept = self.kept();
        kept.by_id
            .get(id)
            .and_then(|number| kept.records.get(number))
            .cloned()
    }

    /// The last `most` records of one chat of an agent, the newest first.
    #[must_use]
    pub fn of_session(&self, agent: &AgentId, chat: &str, most: usize) -> Vec<Arc<Record>> {
        let kept = self.kept();
        let newest = kept.records.values().rev();
        newest
            .filter(|record| record.session() == Some(chat) && record.agent() == Some(agent))
            .take(most)
            .cloned()
            .collect()
    }

    /// The last `most` records, the newest first.
    #[must_use]
    pub fn latest(&self, most: usize) -> Vec<Arc<Record>> {
        self.kept().records.values().rev().take(most).cloned().collect()
    }
}

impl Kept {
    /// Takes out a record in whose stead another one is.
    fn forget(&mut self, number: u64) {
        if let Some(old) = self.records.remove(&number) {
            self.bytes -= old.weight();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::{Decision, Kind, Requested};
    use super::*;
    use crate::clock::Timestamp;

    fn record(id: &str, chat: &str) -> Record {
        Record {
            id: Arc::from(id),
            at: Timestamp::from_millis(1),
            kind: Kind::Decision(Box::new(Decision {
                agent: AgentId::main(),
                session: Arc::from(chat),
                requested: Requested::default(),
                chosen: None,
                attempts: Vec::new(),
                served: None,
                crossing: None,
                refusal: None,
            })),
        }
    }

    fn ids(records: &[Arc<Record>]) -> Vec<&str> {
        records.iter().map(|record| &*record.id).collect()
    }

    #[test]
    fn the_oldest_go_by_number_and_by_bytes() {
        let log = AuditLog::new(Room {
            records: 3,
            ..Room::default()
        });
        for id in ["a", "b", "c", "d"] {
            log.record(record(id, "c"));
        }
        assert_eq!(ids(&log.latest(9)), ["d", "c", "b"]);
        assert_eq!(log.get("a"), None);
        let each = record("a", "c").weight();
        let log = AuditLog::new(Room {
            records: 100,
            bytes: 2 * each,
        });
        for id in ["a", "b", "c"] {
            log.record(record(id, "c"));
        }
        assert_eq!(ids(&log.latest(9)), ["c", "b"]);
        log.record(record("large", &"x".repeat(10 * each)));
        assert_eq!(ids(&log.latest(9)), ["large"], "the newest is always there");
        log.record(record("d", "c"));
        assert_eq!(ids(&log.latest(9)), ["d"]);
        assert_eq!(log.kept().bytes, each, "what has gone is not counted");
    }

    #[test]
    fn what_becomes_known_later_takes_the_stead_of_what_was_known() {
        let log = AuditLog::default();
        log.record(record("a", "c"));
        log.record(record("b", "c"));
        log.record(record("a", "later"));
        assert_eq!(ids(&log.latest(9)), ["a", "b"]);
        let found = log.get("a").expect("it is there");
        assert_eq!(found.session(), Some("later"));
        let whole: usize = log.latest(9).iter().map(|record| record.weight()).sum();
        assert_eq!(log.kept().bytes, whole);
    }

    #[test]
    fn a_chat_has_its_own_records_the_newest_first() {
        let log = AuditLog::default();
        for (id, chat) in [("1", "c"), ("2", "d"), ("3", "c"), ("4", "c")] {
            log.record(record(id, chat));
        }
        assert_eq!(ids(&log.of_session(&AgentId::main(), "c", 2)), ["4", "3"]);
        let other = AgentId::new("other").expect("good");
        assert!(log.of_session(&other, "c", 9).is_empty());
    }

    #[test]
    fn eight_threads_lose_no_record_and_keep_the_bounds() {
        const EACH: usize = 5_000;
        let log = AuditLog::new(Room {
            records: 1_000,
            ..Room::default()
        });
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let log = &log;
                scope.spawn(move || {
                    for n in 0..EACH {
                        log.record(record(&format!("{thread}-{n}"), "c"));
                        if n % 97 == 0 {
                            assert!(log.latest(usize::MAX).len() <= 1_000);
                        }
                    }
                });
            }
        });
        let last = log.latest(usize::MAX);
        assert_eq!(last.len(), 1_000);
        assert_eq!(log.kept().next, 8 * EACH as u64, "each was recorded once");
        assert_eq!(log.kept().by_id.len(), 1_000, "no id is left of what has gone");
        for thread in 0..8 {
            let of_thread: Vec<usize> = ids(&last)
                .iter()
                .filter_map(|id| id.strip_prefix(&format!("{thread}-"))?.parse().ok())
                .collect();
            assert!(of_thread.is_sorted_by(|a, b| a > b), "one thread's stay in order");
        }
    }

    #[test]
    fn recording_costs_a_few_allocations() {
        let log = AuditLog::new(Room {
            records: 1_000,
            ..Room::default()
        });
        for n in 0..2_000 {
            log.record(record(&n.to_string(), "c"));
        }
        let new: Vec<Record> = (0..1_000).map(|n| record(&format!("n{n}"), "c")).collect();
        let counted = allocation_counter::measure(|| {
            for record in new {
                log.record(record);
            }
        });
        assert!(counted.count_total <= 2_000, "{}", counted.count_total);
    }
}
