//! The ledger against what is said of rests in words: windows, steps, trials, pardons, late outcomes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use modelpin::clock::Timestamp;
use modelpin::cooldown::{AccountKey, Alone, CooldownLedger, End, Standing, TRIAL_LASTS};
use modelpin::model::ProviderId;
use modelpin::outcome::{FailureClass, Outcome};
use modelpin::profile::{AccountId, ProfileId};
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

use super::merging::{Does, does};

const DAY: i64 = 24 * 3_600_000;
const TRIAL: i64 = 120_000;

/// One account with two secrets, after which two models are asked for.
#[derive(Debug, Clone, Copy)]
struct Asked {
    secret: u8,
    model: u8,
}

#[derive(Debug, Clone)]
enum Transition {
    Does(Asked, Does),
    TimePasses(i64),
}

/// Whose failures are counted together: sign-in troubles by secret, the account's own, or those of a model.
type Sheet = (FailureClass, Option<u8>, Option<u8>);

/// Failures in a row.
#[derive(Debug, Clone, Copy, Default)]
struct Row {
    windows: u32,
    last: i64,
    /// `i64::MAX` where only a person ends it.
    until: Option<i64>,
    given: Option<i64>,
    trial: Option<i64>,
    early: Option<i64>,
    pardon: Option<i64>,
}

#[derive(Debug, Clone)]
struct Model {
    now: i64,
    rows: BTreeMap<Sheet, Row>,
}

fn is_passing(class: FailureClass) -> bool {
    use FailureClass::{Overloaded, RateLimit, ServerError, Timeout};
    [RateLimit, Overloaded, ServerError, Timeout].contains(&class)
}

fn sheet(class: FailureClass, asked: Asked) -> Option<Sheet> {
    use FailureClass::{Auth, AuthPermanent, Billing, ContextOverflow, Format, ModelNotFound};
    match class {
        Format | ContextOverflow | ModelNotFound => None,
        Auth | AuthPermanent => Some((class, Some(asked.secret), None)),
        Billing => Some((class, None, None)),
        _ => Some((class, None, Some(asked.model))),
    }
}

/// The length of a rest in seconds; `None` if there is none, and `u64::MAX` if a person ends it.
fn step(class: FailureClass, window: u32) -> Option<u64> {
    let nth = |steps: &[u64], n: u32| steps[(n as usize - 1).min(steps.len() - 1)];
    let limits = [30, 60, 300, 900, 3600];
    match class {
        FailureClass::RateLimit => Some(nth(&limits, window)),
        FailureClass::Timeout if window == 1 => None,
        FailureClass::Timeout => Some(nth(&limits, window - 1)),
        FailureClass::Auth => Some(nth(&[60, 300, 1500, 3600], window)),
        FailureClass::AuthPermanent => Some(u64::MAX),
        FailureClass::Billing => Some((600_u64 << (window - 1).min(16)).min(86_400)),
        _ => Some(30),
    }
}

impl Row {
    fn is_long_ago(&self, now: i64) -> bool {
        now.saturating_sub(DAY) > self.until.unwrap_or(self.last).max(self.last)
    }

    fn standing(&self, now: i64, alone: bool) -> Standing {
        let until = if alone { self.given } else { self.until };
        let Some(until) = until.filter(|_| !self.is_long_ago(now)) else {
            return Standing::Clear;
        };
        let rests = if until == i64::MAX {
            End::Person
        } else {
            End::At(at(until))
        };
        let since = if until <= now {
            until
        } else {
            match self.pardon.filter(|pardon| *pardon >= self.last) {
                None => return Standing::Resting(rests),
                Some(pardon) => {
                    // One trial for each pardon.
                    let failed = self
                        .trial
                        .is_some_and(|trial| trial >= pardon && trial <= self.last);
                    if failed {
                        return Standing::Resting(rests);
                    }
                    pardon
                }
            }
        };
        match self.trial.filter(|trial| *trial >= since && trial + TRIAL > now) {
            Some(trial) => Standing::OnTrial(at(trial + TRIAL)),
            None => Standing::Due,
        }
    }

    fn may_be_early(&self, now: i64) -> bool {
        let near = self
            .until
            .is_some_and(|until| until != i64::MAX && until - now <= TRIAL);
        near && now - self.early.unwrap_or(self.last).max(self.last) >= 30_000
    }
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn key(asked: Asked) -> AccountKey {
    AccountKey {
        account: AccountId::new(&ProviderId::new("a"), None, &ProfileId::new("a:x")),
        generation: u64::from(asked.secret) + 1,
        lasting: 1,
    }
}

fn name(asked: Asked) -> String {
    format!("m{}", asked.model)
}

fn concerns(sheet: &Sheet, asked: Asked) -> bool {
    sheet.1.is_none_or(|secret| secret == asked.secret) && sheet.2.is_none_or(|model| model == asked.model)
}

fn weight(standing: Standing) -> (u8, End) {
    match standing {
        Standing::Clear => (0, End::None),
        Standing::Due => (1, End::None),
        Standing::OnTrial(until) => (2, End::At(until)),
        Standing::Resting(end) => (3, end),
    }
}

impl Model {
    fn standing(&self, asked: Asked, alone: bool) -> Standing {
        let rows = self.rows.iter().filter(|(sheet, _)| concerns(sheet, asked));
        let all = rows.map(|(sheet, row)| row.standing(self.now, alone && is_passing(sheet.0)));
        all.max_by_key(|standing| weight(*standing))
            .unwrap_or(Standing::Clear)
    }

    /// The row after a failure; the length of a new rest is read off the house, which has dice for it.
    fn fails(&mut self, sheet: Sheet, given: Option<i64>, drawn: Option<i64>) {
        let now = self.now;
        let row = self.rows.entry(sheet).or_default();
        if row.windows > 0 && row.is_long_ago(now) {
            *row = Row::default();
        }
        row.last = now;
        row.given = row.given.max(given);
        if row.until.is_some_and(|until| until > now) {
            row.until = row.until.max(given);
            return;
        }
        row.windows += 1;
        let until = match (step(sheet.0, row.windows), given) {
            (Some(u64::MAX), _) => Some(i64::MAX),
            (_, Some(given)) => Some(given),
            (None, None) => None,
            (Some(seconds), None) => {
                let drawn = drawn.expect("there is a rest");
                let length = drawn - now;
                let seconds = i64::try_from(seconds).expect("it is small");
                assert!(
                    (seconds * 900..=seconds * 1_100).contains(&length),
                    "{seconds} s: {length} ms"
                );
                Some(drawn)
            }
        };
        row.until = row.until.max(until);
    }
}

/// Runs beside the house, from whose dice it learns: so it is part of what is tested, and not of what is drawn.
#[derive(Debug)]
struct House {
    ledger: CooldownLedger,
    model: Model,
}

struct Nothing;

impl ReferenceStateMachine for Nothing {
    type State = ();
    type Transition = Transition;

    fn init_state() -> BoxedStrategy<()> {
        Just(()).boxed()
    }

    fn transitions((): &()) -> BoxedStrategy<Transition> {
        let times = prop::sample::select(vec![
            1,
            1_000,
            29_000,
            31_000,
            60_000,
            119_999,
            120_000,
            400_000,
            3_600_000,
            25 * 3_600_000,
        ]);
        let asked = (0..2_u8, 0..2_u8).prop_map(|(secret, model)| Asked { secret, model });
        prop_oneof![
            3 => (asked, does()).prop_map(|(asked, does)| Transition::Does(asked, does)),
            2 => times.prop_map(Transition::TimePasses),
        ]
        .boxed()
    }

    fn apply((): (), _: &Transition) {}
}

static STEPS: AtomicUsize = AtomicUsize::new(0);

impl House {
    fn carry_out(&mut self, asked: Asked, does: &Does) {
        let Self { ledger, model } = self;
        let (now, account, name) = (model.now, key(asked), name(asked));
        match does {
            Does::Fails(class, given) => {
                let retry_at = given.map(|ms| at(now + ms));
                let outcome = Outcome::Failed {
                    class: *class,
                    retry_at,
                };
                let changed = ledger.record(&account, &name, outcome, at(now), at(now));
                let Some(sheet) = sheet(*class, asked) else {
                    assert!(changed.is_empty(), "a wrong request is nobody's failure");
                    return;
                };
                let until = changed.first().and_then(|(_, cell)| cell.until.moment());
                let given = given.filter(|ms| *ms > 0).map(|ms| now + ms);
                model.fails(sheet, given, until.map(Timestamp::as_millis));
            }
            Does::Succeeds { begun_before } => {
                let begun = now - begun_before;
                ledger.record(&account, &name, Outcome::Succeeded, at(begun), at(now));
                let newer = |row: &Row| row.last > begun;
                model
                    .rows
                    .retain(|sheet, row| !concerns(sheet, asked) || newer(row));
            }
            Does::Claims(alone) => {
                let lone = *alone == Alone::Yes;
                let standing = model.standing(asked, lone);
                let claimed = ledger.claim(&account, &name, *alone, at(now));
                let free = matches!(standing, Standing::Clear | Standing::Due);
                assert_eq!(claimed.is_some(), free, "{standing:?}");
                assert_eq!(
                    claimed.is_some_and(|changed| !changed.is_empty()),
                    standing == Standing::Due
                );
                if standing == Standing::Due {
                    for (sheet, row) in model.rows.iter_mut().filter(|(sheet, _)| concerns(sheet, asked)) {
                        if row.standing(now, lone && is_passing(sheet.0)) == Standing::Due {
                            row.trial = Some(now);
                        }
                    }
                }
            }
            Does::ClaimsEarly => {
                let mut resting: Vec<&mut Row> = model
                    .rows
                    .iter_mut()
                    .filter(|(sheet, row)| {
                        concerns(sheet, asked) && row.until.is_some_and(|until| until > now)
                    })
                    .map(|(_, row)| row)
                    .collect();
                let may = !resting.is_empty() && resting.iter().all(|row| row.may_be_early(now));
                assert_eq!(ledger.claim_early(&account, &name, at(now)).is_some(), may);
                if may {
                    resting.iter_mut().for_each(|row| row.early = Some(now));
                }
            }
            Does::Pardons => {
                ledger.pardon(&account, at(now));
                let rests = |row: &&mut Row| row.until.is_some_and(|until| until > now);
                model
                    .rows
                    .values_mut()
                    .filter(rests)
                    .for_each(|row| row.pardon = Some(now));
            }
            Does::Clears => {
                ledger.clear(&account.account, at(now));
                model.rows.clear();
            }
        }
    }
}

impl StateMachineTest for House {
    type SystemUnderTest = Self;
    type Reference = Nothing;

    fn init_test((): &()) -> Self {
        assert_eq!(TRIAL_LASTS, Duration::from_millis(TRIAL.unsigned_abs()));
        Self {
            ledger: CooldownLedger::default(),
            model: Model {
                now: 1_000_000_000,
                rows: BTreeMap::new(),
            },
        }
    }

    fn apply(mut house: Self, (): &(), transition: Transition) -> Self {
        STEPS.fetch_add(1, Ordering::Relaxed);
        match transition {
            Transition::Does(asked, does) => house.carry_out(asked, &does),
            Transition::TimePasses(ms) => house.model.now += ms,
        }
        house
    }

    fn check_invariants(house: &Self, (): &()) {
        let Self { ledger, model } = house;
        for (secret, of) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let asked = Asked { secret, model: of };
            for (alone, lone) in [(Alone::No, false), (Alone::Yes, true)] {
                let (standing, _) = ledger.standing(&key(asked), &name(asked), &[], alone, at(model.now));
                assert_eq!(
                    standing,
                    model.standing(asked, lone),
                    "{asked:?}, alone: {lone}, {model:?}"
                );
            }
        }
    }
}

prop_state_machine! {
    #![proptest_config(super::config(256))]

    fn many_sequences(sequential 1..40 => House);
}

#[test]
fn an_account_stands_as_its_failures_trials_and_pardons_say() {
    many_sequences();
    super::tell(&format!(
        "ledger: {} steps in turn",
        STEPS.load(Ordering::Relaxed)
    ));
}
