//! Pins in memory, and the store behind them.

use std::fmt;
use std::sync::Arc;

use crate::clock::Timestamp;
use crate::pin::{Change, PinTable, Record, ScopeKey};
use crate::store::{Extent, PinStore, PinStoreError, WhenOlder};

use super::agreeing::agree;
use super::follow::{Followed, follow};

/// How often a change is made again from a newer record before it is given up.
const TRIES: usize = 32;

/// The pin table and the store that keeps it.
#[derive(Debug, Clone)]
pub struct Pins {
    table: Arc<PinTable>,
    store: Arc<dyn PinStore>,
    mark: u64,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    /// It was kept; the record after it.
    Changed(Record),
    /// There was nothing to change.
    Nothing,
    /// The caller's own question about the record was answered with no.
    Forbidden,
}

/// A question about a record, asked again whenever another writer was faster.
pub type Permit = Box<dyn Fn(&Record) -> bool + Send + Sync>;

impl Pins {
    /// Loads all pins that the store has.
    ///
    /// # Errors
    /// [`PinStoreError`] if the store cannot be read.
    pub async fn load(store: Arc<dyn PinStore>) -> Result<Self, PinStoreError> {
        let table = Arc::new(PinTable::default());
        let mark = store.fill(&table).await?;
        Ok(Self { table, store, mark })
    }

    /// Takes over what other processes change, a moment after they did, until the last copy of these pins is dropped.
    ///
    /// Must be called within a Tokio runtime that has a timer; without a runtime nothing is followed.
    pub fn follow(&self) {
        let (table, store) = (Arc::downgrade(&self.table), Arc::downgrade(&self.store));
        follow("pins", self.store.bell(), self.mark, move |mark| {
            let both = table.upgrade().zip(store.upgrade());
            async move {
                let Some((table, store)) = both else {
                    return Ok((mark, Followed::Over));
                };
                let told = store.news(mark).await?;
                // What the store has is seen even where it takes no changes.
                let lost = match told.extent {
                    Extent::Everything => agree(&table, told.records),
                    Extent::Changes => {
                        for (key, record) in told.records {
                            table.put(key, record);
                        }
                        Vec::new()
                    }
                };
                store.bring_back(&lost).await?;
                Ok::<_, PinStoreError>((told.mark, Followed::On))
            }
        });
    }

    /// The pins in memory.
    #[must_use]
    pub fn table(&self) -> &PinTable {
        &self.table
    }

    /// Carries a change out: the store first, the table after it, so that no reader sees what may yet be lost.
    ///
    /// `permit` looks at the record from which the change is made. Of two racing changes each is made from the other's
    /// result. The work runs in a task of its own: a caller that goes away leaves it whole, in the store and in the
    /// table. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// [`PinStoreError`] if the store did not keep it; then nothing has changed.
    pub async fn commit(
        &self,
        key: ScopeKey,
        change: Change,
        permit: Permit,
        now: Timestamp,
    ) -> Result<Committed, PinStoreError> {
        let pins = self.clone();
        let work = tokio::spawn(async move { pins.carry_out(&key, &change, &permit, now).await });
        work.await
            .unwrap_or_else(|ended| Err(PinStoreError::Unavailable(Box::new(ended))))
    }

    async fn carry_out(
        &self,
        key: &ScopeKey,
        change: &Change,
        permit: &Permit,
        now: Timestamp,
    ) -> Result<Committed, PinStoreError> {
        let mut record = self.record(key);
        // What is in the store: another version than the record's where the store has lost that one.
        let mut there = record.version;
        for _ in 0..TRIES {
            if !permit(&record) {
                return Ok(Committed::Forbidden);
            }
            let Some(mut next) = change.apply(&record, key.scope(), now) else {
                return Ok(Committed::Nothing);
            };
            next.version = next.version.max(self.store.least_version());
            let from = Record {
                version: there,
                ..record.clone()
            };
            match self.store.save(key, &from, &next).await {
                Ok(()) => {
                    self.table.put(key.clone(), next.clone());
                    return Ok(Committed::Changed(next));
                }
                Err(PinStoreError::Conflict(_)) => {
                    let found = self.store.load(key).await?.unwrap_or_default();
                    there = found.version;
                    // Versions only grow: the store is another one than before, or it has lost something.
                    match self.store.when_older() {
                        _ if found.version >= record.version => {
                            record = found;
                            self.table.put(key.clone(), record.clone());
                        }
                        // What it says holds, unless somebody found that out already and changed it.
                        WhenOlder::Holds => {
                            let tried = std::mem::replace(&mut record, found);
                            self.table.exchange(key, &tried, record.clone());
                        }
                        // The change is made of what is known here, and takes the place of what is left there.
                        WhenOlder::WasLost => {}
                    }
                }
                Err(broken) => return Err(broken),
            }
        }
        Err(PinStoreError::Conflict(record.version))
    }

    /// Marks a `--once` pin as used in memory alone, because the store cannot be reached: better than to refuse a request.
    /// Tells whether there was one; of several callers at once, one is told so.
    ///
    /// The version stays that of the store, whose record the next change is made from: that change keeps the mark, and it
    /// is a conflict if another process was faster. A version of our own could be one that another process gives, too.
    pub(super) fn spend_in_memory(&self, key: &ScopeKey, now: Timestamp) -> bool {
        loop {
            let there = self.record(key);
            let Some(mut next) = Change::Spend.apply(&there, key.scope(), now) else {
                return false;
            };
            next.version = there.version;
            if self.table.exchange(key, &there, next) {
                return true;
            }
        }
    }

    fn record(&self, key: &ScopeKey) -> Record {
        self.table
            .record(key)
            .map(|record| (*record).clone())
            .unwrap_or_default()
    }
}

/// A permit that asks nothing.
#[must_use]
pub fn freely() -> Permit {
    Box::new(|_| true)
}

impl fmt::Display for Committed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Changed(_) => "changed",
            Self::Nothing => "nothing to change",
            Self::Forbidden => "forbidden",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ModelRef, ProviderId};
    use crate::pin::{End, PinnedModel, ProfileChoice, Set};
    use crate::session::AgentId;
    use crate::store::memory::MemoryPins;
    use crate::terms::Mode;

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn chat() -> ScopeKey {
        ScopeKey::Session(AgentId::main(), Arc::from("c"))
    }

    fn set(model: &str, end: End) -> Change {
        Change::Set(Set {
            model: Some(PinnedModel {
                model: ModelRef::new(ProviderId::new("demo"), model),
                mode: Mode::Prefer,
            }),
            profile: None,
            end,
            by: Arc::from("ann"),
        })
    }

    fn auto() -> Change {
        Change::Set(Set {
            model: None,
            profile: Some(ProfileChoice::Auto(ProviderId::new("demo"))),
            end: End::Never,
            by: Arc::from("ann"),
        })
    }

    async fn with_a_once_pin() -> (Arc<MemoryPins>, Pins, Record) {
        let store = Arc::new(MemoryPins::default());
        let pins = Pins::load(store.clone()).await.expect("an empty store");
        for change in [set("lasting", End::Never), set("once", End::NextRequest)] {
            let done = pins.commit(chat(), change, freely(), NOW).await;
            assert!(matches!(done, Ok(Committed::Changed(_))), "{done:?}");
        }
        let record = pins.record(&chat());
        (store, pins, record)
    }

    fn model(record: &Record) -> Option<&str> {
        let pinned = record.holding(NOW).find_map(|pin| pin.model.as_ref())?;
        Some(pinned.model.model())
    }

    #[tokio::test]
    async fn of_two_requests_while_the_store_is_away_one_has_the_pin_and_no_echo_brings_it_back() {
        let (_, pins, echo) = with_a_once_pin().await;
        assert!(pins.spend_in_memory(&chat(), NOW));
        assert!(!pins.spend_in_memory(&chat(), NOW));
        // The news of our own commit come after it.
        pins.table().put(chat(), echo);
        assert_eq!(model(&pins.record(&chat())), Some("lasting"));
        let kept = pins.commit(chat(), auto(), freely(), NOW).await;
        let Ok(Committed::Changed(kept)) = kept else {
            panic!("{kept:?}")
        };
        assert_eq!(model(&kept), Some("lasting"), "the next change keeps the mark");
    }

    #[tokio::test]
    async fn a_pin_of_another_process_is_not_lost_to_what_was_marked_in_memory() {
        let (store, pins, record) = with_a_once_pin().await;
        assert!(pins.spend_in_memory(&chat(), NOW));
        let theirs = set("theirs", End::Never).apply(&record, chat().scope(), NOW);
        let theirs = theirs.expect("a change");
        store
            .save(&chat(), &record, &theirs)
            .await
            .expect("they are faster");
        let kept = pins.commit(chat(), auto(), freely(), NOW).await;
        let Ok(Committed::Changed(kept)) = kept else {
            panic!("{kept:?}")
        };
        assert_eq!(model(&kept), Some("theirs"));
    }
}
