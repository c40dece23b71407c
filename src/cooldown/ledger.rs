//! The ledger of failures.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use dashmap::DashMap;

use super::cell::{Alone, Cell, CellKey, End, Standing};
use super::policy::{Effect, Policy, Reach, is_transient, kind, reach};
use crate::clock::Timestamp;
use crate::outcome::{FailureClass, Outcome, Rest, RestKind};
use crate::profile::AccountId;

/// An account with one secret: a new secret begins with a clean sheet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccountKey {
    /// The account.
    pub account: AccountId,
    /// Tells its secrets apart; says nothing about them.
    pub generation: u64,
    /// The same for limits and money, which a sign-in keeps when it is renewed: 0 for those.
    pub lasting: u64,
}

impl AccountKey {
    fn generation_of(&self, class: FailureClass) -> u64 {
        match class {
            FailureClass::Auth | FailureClass::AuthPermanent => self.generation,
            _ => self.lasting,
        }
    }
}

/// What was told of an account from elsewhere, for all of its models: the `usageStats` of a credential file.
pub type Told = (FailureClass, Cell);

/// Cells that were changed, as they are now.
pub type Changed = Vec<(CellKey, Cell)>;

#[derive(Debug, Clone)]
struct Entry {
    generation: u64,
    model: Option<Box<str>>,
    class: FailureClass,
    cell: Cell,
}

impl Entry {
    fn concerns(&self, key: &AccountKey, model: &str) -> bool {
        self.generation == key.generation_of(self.class) && self.model.as_deref().is_none_or(|of| of == model)
    }

    fn key(&self, account: &AccountId) -> CellKey {
        CellKey {
            account: account.clone(),
            generation: self.generation,
            model: self.model.clone(),
            class: self.class,
        }
    }
}

/// Failures and rests, by account, model and class.
#[derive(Debug, Default)]
pub struct CooldownLedger {
    policy: ArcSwap<Policy>,
    accounts: DashMap<AccountId, Vec<Entry>>,
    /// Counts what was changed.
    generation: AtomicU64,
}

impl CooldownLedger {
    /// An empty ledger with these steps.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self {
            policy: ArcSwap::from_pointee(policy),
            accounts: DashMap::new(),
            generation: AtomicU64::new(0),
        }
    }

    /// Sets the steps of failures to come. Rests that have begun stay as they are.
    pub fn set_policy(&self, policy: Policy) {
        self.policy.store(Arc::new(policy));
        self.changed();
    }

    /// Counts the changes of all accounts: while it stays the same, answers depend on the moment alone. Takes no lock. What
    /// is read after the call is at least as new.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Something has changed: called after it can be seen.
    fn changed(&self) {
        self.generation.fetch_add(1, Ordering::Release);
    }

    /// How long failures are counted together.
    #[must_use]
    pub fn failure_window(&self) -> Duration {
        self.policy.load().failure_window
    }

    /// Takes in the outcome of a request that began at `begun`, and returns what was changed.
    ///
    /// Success clears what belongs to the account and the model, but not failures that came after the request had
    /// begun. A failure while a window is open does not lengthen it, unless the provider itself gave a later time. A
    /// request that was itself wrong is nobody's failure.
    pub fn record(
        &self,
        key: &AccountKey,
        model: &str,
        outcome: Outcome,
        begun: Timestamp,
        now: Timestamp,
    ) -> Changed {
        match outcome {
            Outcome::Succeeded if self.is_clear(key, model) => Changed::new(),
            Outcome::Succeeded => self.change(key, model, |cell| {
                let over = cell.is_of_failures() && cell.failed_at <= Some(begun);
                over.then(|| cell.forgotten(begun))
            }),
            Outcome::Failed { class, retry_at } => {
                let Some(reach) = reach(class) else {
                    return Changed::new();
                };
                let of: Option<Box<str>> = (reach == Reach::Model).then(|| Box::from(model));
                let given = retry_at.filter(|at| *at > now);
                let generation = key.generation_of(class);
                let mut entries = self.accounts.entry(key.account.clone()).or_default();
                let is = |entry: &Entry| {
                    entry.generation == generation && entry.model == of && entry.class == class
                };
                let at = entries.iter().position(is).unwrap_or_else(|| {
                    entries.push(Entry {
                        generation,
                        model: of.clone(),
                        class,
                        cell: Cell::default(),
                    });
                    entries.len() - 1
                });
                let entry = &mut entries[at];
                let cell_key = entry.key(&key.account);
                entry.cell = self.failed(&cell_key, entry.cell, given, now);
                let changed = vec![(cell_key, entry.cell)];
                drop(entries);
                self.changed();
                changed
            }
        }
    }

    /// Whether nothing is known against an account that a success with this model could clear. Waits for nobody who reads.
    pub(crate) fn is_clear(&self, key: &AccountKey, model: &str) -> bool {
        let Some(entries) = self.accounts.get(&key.account) else {
            return true;
        };
        let known = |entry: &Entry| entry.concerns(key, model) && entry.cell.is_of_failures();
        !entries.iter().any(known)
    }

    fn failed(&self, key: &CellKey, mut cell: Cell, given: Option<Timestamp>, now: Timestamp) -> Cell {
        let policy = self.policy.load();
        if cell.failed_at.is_some() && cell.is_over(now, policy.failure_window) {
            cell = cell.forgotten(now);
        }
        cell.failed_at = cell.failed_at.max(Some(now));
        cell.given = cell.given.max(given);
        if cell.until.is_ahead(now) {
            cell.until = cell.until.max(given.map_or(End::None, End::At));
            return cell;
        }
        cell.count = cell.count.saturating_add(1);
        let end = match policy.effect(key, cell.count, now) {
            Effect::None => given.map_or(End::None, End::At),
            Effect::Disabled => End::Person,
            Effect::Rest(length) => End::At(given.unwrap_or_else(|| now.after(length))),
        };
        cell.until = cell.until.max(end);
        cell
    }

    /// How an account stands with a model; of several cells the one that keeps it away longest counts.
    #[must_use]
    pub fn standing(
        &self,
        key: &AccountKey,
        model: &str,
        told: &[Told],
        alone: Alone,
        now: Timestamp,
    ) -> (Standing, Option<FailureClass>) {
        let window = self.policy.load().failure_window;
        let mut worst = (Standing::Clear, None);
        self.each(key, model, told, &mut |class, of, cell| {
            let alone = if is_transient(class) { alone } else { Alone::No };
            let standing = cell.standing(now, window, alone);
            if weight(standing) > weight(worst.0) {
                // A passing rest of a whole account was told by another program, which does not say what failed.
                let known = of.is_some() || !is_transient(class);
                worst = (standing, known.then_some(class));
            }
        });
        worst
    }

    /// Shows every cell that concerns an account and a model, with what was told of the account elsewhere.
    fn each(
        &self,
        key: &AccountKey,
        model: &str,
        told: &[Told],
        see: &mut dyn FnMut(FailureClass, Option<&str>, Cell),
    ) {
        let entries = self.accounts.get(&key.account);
        let known = || entries.iter().flat_map(|entries| entries.iter());
        for entry in known().filter(|entry| entry.concerns(key, model)) {
            see(entry.class, entry.model.as_deref(), entry.told_too(told));
        }
        for (class, cell) in told {
            if !known().any(|entry| entry.is_told(key, *class)) {
                see(*class, None, *cell);
            }
        }
    }

    /// The same as a rest; a trial that is on its way keeps others away like one.
    #[must_use]
    pub fn rest(
        &self,
        key: &AccountKey,
        model: &str,
        told: &[Told],
        alone: Alone,
        now: Timestamp,
    ) -> Option<Rest> {
        match self.standing(key, model, told, alone, now) {
            (Standing::Clear | Standing::Due, _) => None,
            (Standing::OnTrial(until), class) => Some(Rest {
                kind: RestKind::Cooldown,
                until: Some(until),
                class,
            }),
            (Standing::Resting(end), class) => Some(Rest {
                kind: class.map_or(RestKind::Cooldown, kind),
                until: end.moment(),
                class,
            }),
        }
    }

    /// Takes over what was told of an account, so that successes and trials can be noted on it.
    pub fn take_in(&self, key: &AccountKey, told: &[Told]) -> Changed {
        let of = |(class, cell): &Told| {
            let key = CellKey {
                account: key.account.clone(),
                generation: key.generation_of(*class),
                model: None,
                class: *class,
            };
            (key, *cell)
        };
        self.join(told.iter().map(of).collect())
    }

    /// Takes the one trial that is due, for a request that begins now; `None` if another request was faster.
    ///
    /// Where nothing is due, there is nothing to take, and the request may go.
    pub fn claim(&self, key: &AccountKey, model: &str, alone: Alone, now: Timestamp) -> Option<Changed> {
        let window = self.policy.load().failure_window;
        let Some(mut entries) = self.accounts.get_mut(&key.account) else {
            return Some(Changed::new());
        };
        let standing = |entry: &Entry| {
            let alone = if is_transient(entry.class) {
                alone
            } else {
                Alone::No
            };
            entry.cell.standing(now, window, alone)
        };
        let here = |entry: &&mut Entry| entry.concerns(key, model);
        let taken = entries
            .iter_mut()
            .filter(here)
            .any(|entry| matches!(standing(entry), Standing::OnTrial(_) | Standing::Resting(_)));
        if taken {
            return None;
        }
        let due = entries
            .iter_mut()
            .filter(here)
            .filter(|entry| standing(entry) == Standing::Due);
        let changed: Changed = due
            .map(|entry| {
                entry.cell.trial = entry.cell.trial.max(Some(now));
                (entry.key(&key.account), entry.cell)
            })
            .collect();
        drop(entries);
        if !changed.is_empty() {
            self.changed();
        }
        Some(changed)
    }

    /// Whether a resting account may be tried before its end because nobody else can serve: only after a passing
    /// failure, near its end, one request at a time.
    #[must_use]
    pub fn may_be_tried_early(&self, key: &AccountKey, model: &str, told: &[Told], now: Timestamp) -> bool {
        let window = self.policy.load().failure_window;
        let (mut resting, mut all) = (0, true);
        self.each(
            key,
            model,
            told,
            &mut |class, _, cell| match cell.standing(now, window, Alone::No) {
                Standing::Clear => {}
                Standing::Due | Standing::OnTrial(_) => all = false,
                Standing::Resting(_) => {
                    resting += 1;
                    all &= is_transient(class) && cell.may_be_tried_early(now);
                }
            },
        );
        all && resting > 0
    }

    /// Takes the try before the end; `None` if another request was faster.
    pub fn claim_early(&self, key: &AccountKey, model: &str, now: Timestamp) -> Option<Changed> {
        let mut entries = self.accounts.get_mut(&key.account)?;
        let rests = |entry: &Entry| entry.concerns(key, model) && entry.cell.until.is_ahead(now);
        // All are asked before one is changed: who is refused has used up nothing.
        let mut resting = entries.iter().filter(|entry| rests(entry)).peekable();
        resting.peek()?;
        if !resting.all(|entry| entry.cell.may_be_tried_early(now)) {
            return None;
        }
        let resting = entries.iter_mut().filter(|entry| rests(entry));
        let changed = resting
            .map(|entry| {
                entry.cell.early = entry.cell.early.max(Some(now));
                (entry.key(&key.account), entry.cell)
            })
            .collect();
        drop(entries);
        self.changed();
        Some(changed)
    }

    /// A person asks for a resting account by name: one request may try at once.
    pub fn pardon(&self, key: &AccountKey, now: Timestamp) -> Changed {
        self.change_all(&key.account, |cell| {
            cell.until.is_ahead(now).then(|| Cell {
                pardon: cell.pardon.max(Some(now)),
                ..cell
            })
        })
    }

    /// Forgets the account's failures, for all models and secrets: a person says that it works again.
    pub fn clear(&self, account: &AccountId, now: Timestamp) -> Changed {
        self.change_all(account, |cell| {
            (cell.failed_at.is_some() || cell.until != End::None).then(|| cell.forgotten(now))
        })
    }

    /// Joins cells that were kept, or learned by another process; returns those that are other ones now.
    pub fn join(&self, cells: Changed) -> Changed {
        let mut changed = Changed::new();
        for (key, cell) in cells {
            let mut entries = self.accounts.entry(key.account.clone()).or_default();
            let is = |entry: &&mut Entry| {
                entry.generation == key.generation && entry.model == key.model && entry.class == key.class
            };
            match entries.iter_mut().find(is) {
                Some(entry) => {
                    let joined = entry.cell.join(cell);
                    if joined != entry.cell {
                        entry.cell = joined;
                        drop(entries);
                        changed.push((key, joined));
                    }
                }
                None => {
                    entries.push(Entry {
                        generation: key.generation,
                        model: key.model.clone(),
                        class: key.class,
                        cell,
                    });
                    drop(entries);
                    changed.push((key, cell));
                }
            }
        }
        if !changed.is_empty() {
            self.changed();
        }
        changed
    }

    /// Drops the cells that count for nothing any more, and tells how many. The copy that a store keeps of one does no
    /// harm when it comes back.
    pub fn sweep(&self, now: Timestamp) -> usize {
        let window = self.failure_window();
        let mut gone = 0;
        self.accounts.retain(|_, entries| {
            let before = entries.len();
            entries.retain(|entry| !entry.cell.is_swept(now, window));
            gone += before - entries.len();
            !entries.is_empty()
        });
        if gone > 0 {
            self.changed();
        }
        gone
    }

    /// Every cell, in no order.
    #[must_use]
    pub fn cells(&self) -> Changed {
        let all = self.accounts.iter();
        all.flat_map(|account| {
            let cells = account.value().iter();
            cells
                .map(|entry| (entry.key(account.key()), entry.cell))
                .collect::<Vec<_>>()
        })
        .collect()
    }

    fn change(&self, key: &AccountKey, model: &str, mut change: impl FnMut(Cell) -> Option<Cell>) -> Changed {
        self.change_where(&key.account, |entry| entry.concerns(key, model), &mut change)
    }

    fn change_all(&self, account: &AccountId, mut change: impl FnMut(Cell) -> Option<Cell>) -> Changed {
        self.change_where(account, |_| true, &mut change)
    }

    fn change_where(
        &self,
        account: &AccountId,
        concerns: impl Fn(&Entry) -> bool,
        change: &mut dyn FnMut(Cell) -> Option<Cell>,
    ) -> Changed {
        let Some(mut entries) = self.accounts.get_mut(account) else {
            return Changed::new();
        };
        let mut changed = Changed::new();
        for entry in entries.iter_mut().filter(|entry| concerns(entry)) {
            if let Some(cell) = change(entry.cell) {
                entry.cell = cell;
                changed.push((entry.key(account), cell));
            }
        }
        drop(entries);
        if !changed.is_empty() {
            self.changed();
        }
        changed
    }
}

impl Entry {
    /// The cell of an account's file, if this is the one that it is about.
    fn told_too(&self, told: &[Told]) -> Cell {
        let same = |(class, _): &&Told| self.model.is_none() && self.class == *class;
        match told.iter().find(same) {
            Some((_, cell)) => self.cell.join(*cell),
            None => self.cell,
        }
    }

    fn is_told(&self, key: &AccountKey, class: FailureClass) -> bool {
        self.model.is_none() && self.class == class && self.generation == key.generation_of(class)
    }
}

/// What keeps an account away longer weighs more.
fn weight(standing: Standing) -> (u8, End) {
    match standing {
        Standing::Clear => (0, End::None),
        Standing::Due => (1, End::None),
        Standing::OnTrial(until) => (2, End::At(until)),
        Standing::Resting(end) => (3, end),
    }
}
