//! Ledgers of several processes, which tell each other what changed: twice, late, and in any order.

use std::collections::BTreeMap;

use modelpin::clock::Timestamp;
use modelpin::cooldown::{AccountKey, Alone, Cell, CellKey, Changed, CooldownLedger};
use modelpin::model::ProviderId;
use modelpin::outcome::{FailureClass, Outcome};
use modelpin::profile::{AccountId, ProfileId};
use proptest::prelude::*;
use proptest::sample::Index;

const REPLICAS: usize = 3;

#[derive(Debug, Clone)]
pub(super) enum Does {
    Fails(FailureClass, Option<i64>),
    Succeeds { begun_before: i64 },
    Claims(Alone),
    ClaimsEarly,
    Pardons,
    Clears,
}

#[derive(Debug, Clone)]
enum Step {
    At(usize, u8, Does),
    /// A message comes to a replica; it stays on its way, and may come again.
    Comes(usize, Index),
    /// Clocks differ: a replica's own goes on, or is set back.
    Clock(usize, i64),
}

pub(super) fn does() -> impl Strategy<Value = Does> {
    prop_oneof![
        6 => (prop::sample::select(FailureClass::ALL.to_vec()), prop::option::of(0..200_000_i64))
            .prop_map(|(class, given)| Does::Fails(class, given)),
        3 => (0..100_000_i64).prop_map(|begun_before| Does::Succeeds { begun_before }),
        3 => prop_oneof![Just(Alone::No), Just(Alone::Yes)].prop_map(Does::Claims),
        1 => Just(Does::ClaimsEarly),
        1 => Just(Does::Pardons),
        1 => Just(Does::Clears),
    ]
}

fn account(model: u8) -> AccountKey {
    AccountKey {
        account: AccountId::new(&ProviderId::new("a"), None, &ProfileId::new("a:x")),
        generation: u64::from(model % 2),
        lasting: 7,
    }
}

fn sorted(ledger: &CooldownLedger) -> BTreeMap<CellKey, Cell> {
    ledger.cells().into_iter().collect()
}

fn carry_out(ledger: &CooldownLedger, model: u8, does: &Does, now: Timestamp) -> Changed {
    let (account, name) = (account(model), format!("m{model}"));
    let earlier = |ms: i64| Timestamp::from_millis(now.as_millis() - ms);
    match does {
        Does::Fails(class, given) => {
            let retry_at = given.map(|ms| Timestamp::from_millis(now.as_millis() + ms));
            let outcome = Outcome::Failed {
                class: *class,
                retry_at,
            };
            ledger.record(&account, &name, outcome, now, now)
        }
        Does::Succeeds { begun_before } => {
            ledger.record(&account, &name, Outcome::Succeeded, earlier(*begun_before), now)
        }
        Does::Claims(alone) => ledger.claim(&account, &name, *alone, now).unwrap_or_default(),
        Does::ClaimsEarly => ledger.claim_early(&account, &name, now).unwrap_or_default(),
        Does::Pardons => ledger.pardon(&account, now),
        Does::Clears => ledger.clear(&account.account, now),
    }
}

proptest! {
    #![proptest_config(super::config(400))]

    #[test]
    fn processes_that_heard_all_of_each_other_know_the_same(
        steps in prop::collection::vec(prop_oneof![
            4 => (0..REPLICAS, 0..2_u8, does()).prop_map(|(at, model, does)| Step::At(at, model, does)),
            3 => (0..REPLICAS, any::<Index>()).prop_map(|(at, which)| Step::Comes(at, which)),
            2 => (0..REPLICAS, -5_000..400_000_i64).prop_map(|(at, ms)| Step::Clock(at, ms)),
        ], 1..60),
        last in prop::collection::vec(any::<Index>(), REPLICAS),
    ) {
        let ledgers: [CooldownLedger; REPLICAS] = Default::default();
        let mut clocks = [1_000_000_000_i64; REPLICAS];
        let mut told: Vec<Changed> = Vec::new();
        for step in steps {
            match step {
                Step::At(at, model, does) => {
                    let before = sorted(&ledgers[at]);
                    let changed = carry_out(&ledgers[at], model, &does, Timestamp::from_millis(clocks[at]));
                    for (key, cell) in &changed {
                        let old = before.get(key).copied().unwrap_or_default();
                        prop_assert_eq!(old.join(*cell), *cell, "what is known only grows: {:?}", does);
                    }
                    let mut expected = before;
                    expected.extend(changed.iter().cloned());
                    prop_assert_eq!(sorted(&ledgers[at]), expected, "what changed is told: {:?}", does);
                    told.push(changed);
                }
                Step::Comes(at, which) => {
                    if !told.is_empty() {
                        ledgers[at].join(told[which.index(told.len())].clone());
                    }
                }
                Step::Clock(at, ms) => clocks[at] += ms,
            }
        }
        for (ledger, from) in ledgers.iter().zip(last) {
            let (one, other) = told.split_at(from.index(told.len() + 1));
            for changed in other.iter().chain(one).rev() {
                ledger.join(changed.clone());
            }
        }
        // A store hears the same, and so does whoever begins with what it kept.
        let mut kept = BTreeMap::<CellKey, Cell>::new();
        for (key, cell) in told.into_iter().flatten() {
            let place = kept.entry(key).or_default();
            *place = place.join(cell);
        }
        for ledger in &ledgers {
            prop_assert_eq!(sorted(ledger), kept.clone());
        }
    }
}
