//! The pins in memory, before whatever store keeps them.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;

use super::chats::{Chats, Over};
use super::generations::Generations;
use super::kept::{Holds, Kept};
use super::key::{ScopeKey, ScopeName};
use super::merge::{Effective, Merge};
use super::plain::Plain;
use super::record::{End, Record};
use super::shares::{Shares, What};
use crate::clock::Timestamp;
use crate::session::{AgentId, Scope, SessionKey};

/// A record by rank, by age, and by name so that there is one order.
type Ranked = ((u8, Reverse<Option<Timestamp>>, ScopeKey), Arc<Record>);

/// Every scope's record, shared by all threads.
///
/// There may be millions: records are packed, and what many chats ask for alike is kept once (`kept.rs`, `shares.rs`).
/// A look takes the read lock of one of many lots and copies out what is asked for. Nothing is ever evicted.
#[derive(Debug, Default)]
pub struct PinTable {
    chats: Chats,
    wide: ArcSwap<Wide>,
    shares: Shares,
    generations: Generations,
    /// Counts the changes of agents' and global pins.
    wide_generation: AtomicU64,
}

/// The records of agents and of all chats: few, seldom changed, and looked at with every request.
#[derive(Debug, Clone, Default)]
struct Wide {
    agents: HashMap<AgentId, Arc<Kept>>,
    global: Option<Arc<Kept>>,
}

impl PinTable {
    /// The record of one scope, unpacked. For a look at what holds, [`effective`](Self::effective) copies less.
    #[must_use]
    pub fn record(&self, key: &ScopeKey) -> Option<Arc<Record>> {
        let record = match key {
            ScopeKey::Session(agent, chat) => self.chats.look(agent, chat, Kept::record)?,
            ScopeKey::Agent(agent) => self.wide.load().agents.get(agent)?.record(),
            ScopeKey::Global => self.wide.load().global.as_deref()?.record(),
        };
        Some(Arc::new(record))
    }

    /// Puts a committed record in place, unless it is there already or a newer one is: commits may arrive out of order, and
    /// twice. One of the same version stays as it is, with what was noted on it in memory alone.
    pub fn put(&self, key: ScopeKey, record: Record) {
        self.lay(&key, record, Over::Older);
    }

    /// Puts the record of a chat in place as [`put`](Self::put) does, for a store that reads millions.
    pub fn put_plain(&self, agent: &AgentId, chat: &str, plain: Plain<'_>) {
        self.chats.put(agent, chat, Kept::plain(plain), Over::Older);
        self.generations.changed(chat);
    }

    /// What is asked for, shared by all records of this table that ask for the same.
    #[must_use]
    pub fn share(&self, what: What) -> Arc<What> {
        self.shares.share(what)
    }

    /// Makes room for so many more chats at once, instead of a little at a time while they are put in.
    pub fn reserve(&self, chats: usize) {
        self.chats.reserve(chats);
    }

    /// Puts a record in the place of `old`, whatever its version, or where there is none. If another one is there by now,
    /// that one stays: `false`.
    pub fn exchange(&self, key: &ScopeKey, old: &Record, record: Record) -> bool {
        self.lay(key, record, Over::This(old))
    }

    fn lay(&self, key: &ScopeKey, record: Record, over: Over<'_>) -> bool {
        let kept = Kept::pack(record, &self.shares);
        match key {
            ScopeKey::Session(agent, chat) => {
                let laid = self.chats.put(agent, chat, kept, over);
                self.generations.changed(chat);
                laid
            }
            ScopeKey::Agent(_) | ScopeKey::Global => {
                let kept = Arc::new(kept);
                let mut laid = false;
                self.wide.rcu(|wide| {
                    let mut next = Wide::clone(wide);
                    laid = next.of(key).is_none_or(|there| over.takes(there, &kept));
                    if laid {
                        next.set(key, Arc::clone(&kept));
                    }
                    next
                });
                self.wide_generation.fetch_add(1, Ordering::Release);
                laid
            }
        }
    }

    /// Counts the changes of everything that holds for a chat, and perhaps some more: while it stays the same, so does what
    /// is pinned there, but for what ends by itself. Takes no lock. What is read after the call is at least as new.
    #[must_use]
    pub fn generation(&self, session: &SessionKey) -> u64 {
        let chats = std::iter::successors(Some(session), |session| session.parent());
        // Each of them only grows: no two of them make up for each other.
        chats.fold(self.wide_generation(), |sum, session| {
            sum.wrapping_add(self.generations.of(session.chat()))
        })
    }

    /// The same for what is pinned for agents and for all.
    #[must_use]
    pub fn wide_generation(&self) -> u64 {
        self.wide_generation.load(Ordering::Acquire)
    }

    /// Shows the record of one chat where it lies: nothing is copied, and one lot is locked for reading meanwhile.
    pub fn look<T>(&self, agent: &AgentId, chat: &str, see: impl FnOnce(&Kept) -> T) -> Option<T> {
        self.chats.look(agent, chat, see)
    }

    /// When the next pin that holds for a chat ends by itself.
    #[must_use]
    pub fn next_end(&self, session: &SessionKey, agent: &AgentId, now: Timestamp) -> Option<Timestamp> {
        let next = |kept: &Kept| {
            let ends = kept.passing().filter_map(|pin| match pin.end {
                End::At(end) => Some(end),
                End::Never | End::NextRequest => None,
            });
            ends.filter(|end| *end > now).min()
        };
        let chats = std::iter::successors(Some(session), |session| session.parent());
        let of_chats = chats.filter_map(|session| self.chats.look(agent, session.chat(), next)?);
        let wide = self.wide.load();
        let of_wide = wide.above(agent).filter_map(|(_, kept)| next(kept));
        of_chats.chain(of_wide).min()
    }

    /// What is pinned for a chat at `now`.
    #[must_use]
    pub fn effective(&self, session: &SessionKey, agent: &AgentId, now: Timestamp) -> Effective {
        let mut merge = Merge::default();
        for session in std::iter::successors(Some(session), |session| session.parent()) {
            if merge.wants(Scope::Session) {
                let key = || ScopeKey::of(Scope::Session, session, agent);
                self.chats
                    .look(agent, session.chat(), |kept| merge.take(&key, kept.holding(now)));
            }
        }
        let wide = self.wide.load();
        for (scope, kept) in wide.above(agent) {
            merge.take(&|| ScopeKey::of(scope, session, agent), kept.holding(now));
        }
        merge.all()
    }

    /// How many chats that `wanted` picks, by agent and chat, hold a pin at `now`. It looks at all there are: one lot is
    /// locked at a time, and nothing is copied out.
    #[must_use]
    pub fn count(&self, now: Timestamp, wanted: impl Fn(&str, &str) -> bool) -> usize {
        let mut count = 0;
        self.chats.each(|agent, chat, kept| {
            count += usize::from(kept.holding(now).any(|pin| !pin.is_empty()) && wanted(agent, chat));
        });
        count
    }

    /// Scopes that hold a pin at `now`: the first `most` of them by the rank that `rank` gives, and of one rank the newest
    /// first; those without a rank are left out. And how many there are in all.
    ///
    /// It looks at everything there is, which takes a while where that is much; one lot is locked at a time, and no more
    /// is copied out than can be among the first.
    pub fn first(
        &self,
        now: Timestamp,
        most: usize,
        rank: impl Fn(ScopeName<'_>) -> Option<u8>,
    ) -> (Vec<(ScopeKey, Arc<Record>)>, usize) {
        let mut found = First::new(now, most);
        self.chats.each(|agent, chat, kept| {
            let key = || AgentId::new(agent).map(|agent| ScopeKey::Session(agent, Arc::from(chat)));
            // It was an agent's id before it was packed.
            found.see(kept, rank(ScopeName::Session(agent, chat)), || key().ok());
        });
        let wide = self.wide.load();
        for (agent, kept) in &wide.agents {
            let key = || Some(ScopeKey::Agent(agent.clone()));
            found.see(kept, rank(ScopeName::Agent(agent.as_str())), key);
        }
        if let Some(kept) = &wide.global {
            found.see(kept, rank(ScopeName::Global), || Some(ScopeKey::Global));
        }
        found.told()
    }

    /// How many scopes of each kind hold a pin at `now`: sessions, agents, global. The sessions are counted as they are
    /// put in: however many there are, asking takes as long.
    #[must_use]
    pub fn counts(&self, now: Timestamp) -> [usize; 3] {
        let holds = |kept: &Arc<Kept>| match kept.holds() {
            Holds::Nothing => false,
            Holds::Until(end) => now < end,
            Holds::Always => true,
        };
        let wide = self.wide.load();
        [
            self.chats.holding(now),
            wide.agents.values().filter(|kept| holds(kept)).count(),
            usize::from(wide.global.as_ref().is_some_and(holds)),
        ]
    }

    /// How many scopes have a record, whether it holds a pin or only remembers what was taken back.
    #[must_use]
    pub fn len(&self) -> usize {
        let wide = self.wide.load();
        self.chats.len() + wide.agents.len() + usize::from(wide.global.is_some())
    }

    /// Whether no scope has a record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets all records: they are read again from the beginning.
    pub fn clear(&self) {
        self.chats.clear();
        self.wide.store(Arc::default());
        self.generations.all_changed();
        self.wide_generation.fetch_add(1, Ordering::Release);
    }
}

impl Wide {
    fn of(&self, key: &ScopeKey) -> Option<&Arc<Kept>> {
        match key {
            ScopeKey::Agent(agent) => self.agents.get(agent),
            ScopeKey::Session(..) | ScopeKey::Global => self.global.as_ref(),
        }
    }

    fn set(&mut self, key: &ScopeKey, kept: Arc<Kept>) {
        match key {
            ScopeKey::Agent(agent) => drop(self.agents.insert(agent.clone(), kept)),
            ScopeKey::Session(..) | ScopeKey::Global => self.global = Some(kept),
        }
    }

    /// What holds for the chats of an agent, the narrower one first.
    fn above(&self, agent: &AgentId) -> impl Iterator<Item = (Scope, &Kept)> {
        let of_agent = self.agents.get(agent).map(|kept| (Scope::Agent, &**kept));
        let of_all = self.global.as_deref().map(|kept| (Scope::Global, kept));
        of_agent.into_iter().chain(of_all)
    }
}

/// The first of many, while they are looked at.
struct First {
    now: Timestamp,
    most: usize,
    count: usize,
    found: Vec<Ranked>,
    /// What the next one has to come before, once there are enough.
    bar: Option<(u8, Reverse<Option<Timestamp>>)>,
}

impl First {
    fn new(now: Timestamp, most: usize) -> Self {
        Self {
            now,
            most,
            count: 0,
            found: Vec::new(),
            bar: None,
        }
    }

    fn see(&mut self, kept: &Kept, rank: Option<u8>, key: impl FnOnce() -> Option<ScopeKey>) {
        let (Some(rank), Some(pin)) = (rank, kept.holding(self.now).find(|pin| !pin.is_empty())) else {
            return;
        };
        self.count += 1;
        let age = (rank, Reverse(pin.at));
        if self.bar.is_some_and(|bar| bar < age) {
            return;
        }
        let Some(key) = key() else { return };
        self.found.push(((age.0, age.1, key), Arc::new(kept.record())));
        if self.found.len() >= self.most.saturating_mul(4).max(64) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        self.found.sort_by(|(one, _), (other, _)| one.cmp(other));
        self.found.truncate(self.most);
        if self.found.len() == self.most {
            self.bar = self.found.last().map(|((rank, at, _), _)| (*rank, *at));
        }
    }

    fn told(mut self) -> (Vec<(ScopeKey, Arc<Record>)>, usize) {
        self.cut();
        let found = self.found.into_iter().map(|((_, _, key), record)| (key, record));
        (found.collect(), self.count)
    }
}

#[cfg(test)]
mod tests {
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
}
