//! What the ledger holds to.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::clock::Timestamp;
use crate::model::ProviderId;
use crate::outcome::{FailureClass, Outcome, RestKind};
use crate::profile::{AccountId, ProfileId};

fn account() -> AccountKey {
    AccountKey {
        account: AccountId::new(&ProviderId::new("a"), None, &ProfileId::new("a:x")),
        generation: 1,
        lasting: 1,
    }
}

fn failed(class: FailureClass) -> Outcome {
    Outcome::Failed {
        class,
        retry_at: None,
    }
}

fn given(ms: i64) -> Outcome {
    Outcome::Failed {
        class: FailureClass::RateLimit,
        retry_at: Some(Timestamp::from_millis(ms)),
    }
}

const START: Timestamp = Timestamp::from_millis(1_000_000);

fn later(seconds: u64) -> Timestamp {
    START.after(Duration::from_secs(seconds))
}

fn standing(ledger: &CooldownLedger, model: &str, now: Timestamp) -> Standing {
    ledger.standing(&account(), model, &[], Alone::No, now).0
}

/// The end of the rest for model `m`.
fn until(ledger: &CooldownLedger, now: Timestamp) -> Option<Timestamp> {
    ledger.rest(&account(), "m", &[], Alone::No, now)?.until
}

fn record(ledger: &CooldownLedger, outcome: Outcome, begun: Timestamp, now: Timestamp) {
    ledger.record(&account(), "m", outcome, begun, now);
}

#[test]
fn a_rate_limit_rests_one_model_and_steps_up() {
    let ledger = CooldownLedger::default();
    let mut now = START;
    for seconds in [30_u64, 60, 300] {
        record(&ledger, failed(FailureClass::RateLimit), now, now);
        let end = until(&ledger, now).expect("it rests");
        // A second failure inside the window changes nothing.
        record(&ledger, failed(FailureClass::RateLimit), now, now);
        assert_eq!(until(&ledger, now), Some(end));
        let length = end.since(now).as_millis() as u64;
        assert!(
            (seconds * 900..=seconds * 1100).contains(&length),
            "{seconds}: {length}"
        );
        assert_eq!(standing(&ledger, "other", now), Standing::Clear);
        assert_eq!(standing(&ledger, "m", end), Standing::Due);
        now = end;
    }
    record(&ledger, Outcome::Succeeded, now, now);
    assert_eq!(standing(&ledger, "m", now), Standing::Clear);
    record(&ledger, failed(FailureClass::RateLimit), now, now);
    let length = until(&ledger, now).expect("it rests").since(now);
    assert!(length <= Duration::from_secs(33), "{length:?}");
}

#[test]
fn a_sweep_drops_what_counts_for_nothing_and_no_more() {
    let ledger = CooldownLedger::default();
    record(&ledger, failed(FailureClass::RateLimit), START, START);
    let other = AccountKey {
        account: AccountId::kept("a|other"),
        ..account()
    };
    let week = later(7 * 24 * 3_600);
    ledger.record(&other, "m", failed(FailureClass::RateLimit), week, week);
    assert_eq!(ledger.sweep(later(60)), 0);
    let before = standing(&ledger, "m", week);
    assert_eq!(ledger.sweep(week), 1);
    assert_eq!(standing(&ledger, "m", week), before);
    assert_eq!(ledger.cells().len(), 1, "the failure of just now is still known");
    assert_eq!(ledger.sweep(later(30 * 24 * 3_600)), 1);
    assert!(ledger.cells().is_empty());
}

#[test]
fn auth_and_billing_rest_the_whole_account() {
    for class in [
        FailureClass::Auth,
        FailureClass::Billing,
        FailureClass::AuthPermanent,
    ] {
        let ledger = CooldownLedger::default();
        record(&ledger, failed(class), START, START);
        let rests = standing(&ledger, "other", START);
        assert!(matches!(rests, Standing::Resting(_)), "{class}: {rests:?}");
    }
}

#[test]
fn the_providers_own_time_wins_and_a_later_one_lengthens() {
    let ledger = CooldownLedger::default();
    for (at, end) in [
        (1_005_000, 1_005_000),
        (1_003_000, 1_005_000),
        (1_009_000, 1_009_000),
    ] {
        record(&ledger, given(at), START, START);
        assert_eq!(until(&ledger, START), Some(Timestamp::from_millis(end)));
    }
}

#[test]
fn a_wrong_request_and_a_first_timeout_rest_nobody() {
    let ledger = CooldownLedger::default();
    for class in [
        FailureClass::Format,
        FailureClass::ContextOverflow,
        FailureClass::ModelNotFound,
    ] {
        record(&ledger, failed(class), START, START);
        assert_eq!(standing(&ledger, "m", START), Standing::Clear);
        assert!(ledger.cells().is_empty());
    }
    record(&ledger, failed(FailureClass::Timeout), START, START);
    assert_eq!(standing(&ledger, "m", START), Standing::Clear);
    record(&ledger, failed(FailureClass::Timeout), START, START);
    assert!(until(&ledger, START).is_some());
}

#[test]
fn a_late_success_does_not_clear_a_newer_failure() {
    let ledger = CooldownLedger::default();
    record(&ledger, failed(FailureClass::Billing), START, later(5));
    record(&ledger, Outcome::Succeeded, START, later(5));
    assert!(until(&ledger, later(5)).is_some());
    record(&ledger, Outcome::Succeeded, later(5), later(5));
    assert_eq!(standing(&ledger, "m", later(5)), Standing::Clear);
}

#[test]
fn a_new_secret_is_a_new_generation_and_a_sign_in_keeps_its_limits() {
    let ledger = CooldownLedger::default();
    record(&ledger, failed(FailureClass::Auth), START, START);
    record(&ledger, failed(FailureClass::AuthPermanent), START, START);
    let rest = ledger
        .rest(&account(), "m", &[], Alone::No, START)
        .expect("it rests");
    assert_eq!((rest.kind, rest.until), (RestKind::Disabled, None));
    let renewed = AccountKey {
        generation: 2,
        ..account()
    };
    assert_eq!(ledger.rest(&renewed, "m", &[], Alone::No, START), None);
    record(&ledger, failed(FailureClass::RateLimit), START, START);
    assert!(ledger.rest(&renewed, "m", &[], Alone::No, START).is_some());
}

#[test]
fn each_window_has_one_trial() {
    let ledger = CooldownLedger::default();
    record(&ledger, failed(FailureClass::RateLimit), START, START);
    let end = until(&ledger, START).expect("it rests");
    assert_eq!(ledger.claim(&account(), "m", Alone::No, START), None);
    assert!(ledger.claim(&account(), "m", Alone::No, end).is_some());
    assert_eq!(ledger.claim(&account(), "m", Alone::No, end), None);
    assert_eq!(
        standing(&ledger, "m", end),
        Standing::OnTrial(end.after(TRIAL_LASTS))
    );
    // Whoever had it may have gone away.
    let much_later = end.after(TRIAL_LASTS);
    assert!(ledger.claim(&account(), "m", Alone::No, much_later).is_some());
    record(&ledger, failed(FailureClass::RateLimit), much_later, much_later);
    assert!(until(&ledger, much_later).is_some());
    let end = until(&ledger, much_later).expect("it rests");
    assert!(ledger.claim(&account(), "m", Alone::No, end).is_some());
    record(&ledger, Outcome::Succeeded, end, end);
    assert_eq!(standing(&ledger, "m", end), Standing::Clear);
}

#[test]
fn a_person_may_ask_for_one_trial() {
    for class in [FailureClass::RateLimit, FailureClass::AuthPermanent] {
        let ledger = CooldownLedger::default();
        record(&ledger, failed(class), START, START);
        ledger.pardon(&account(), START);
        assert_eq!(standing(&ledger, "m", START), Standing::Due);
        assert!(ledger.claim(&account(), "m", Alone::No, START).is_some());
        record(&ledger, failed(class), START, START);
        assert!(
            matches!(standing(&ledger, "m", START), Standing::Resting(_)),
            "{class}"
        );
        ledger.pardon(&account(), later(1));
        ledger
            .claim(&account(), "m", Alone::No, later(1))
            .expect("a trial");
        assert!(
            matches!(standing(&ledger, "m", later(2)), Standing::OnTrial(_)),
            "{class}"
        );
        record(&ledger, Outcome::Succeeded, later(1), later(2));
        assert_eq!(standing(&ledger, "m", later(2)), Standing::Clear);
    }
}

#[test]
fn near_its_end_a_passing_rest_may_be_tried_every_half_minute() {
    let ledger = CooldownLedger::default();
    let at = |seconds: i64| Timestamp::from_millis(1_000_000 + seconds * 1000);
    record(&ledger, given(at(300).as_millis()), START, START);
    let may = |seconds| ledger.may_be_tried_early(&account(), "m", &[], at(seconds));
    assert!(!may(179) && may(180));
    assert!(ledger.claim_early(&account(), "m", at(180)).is_some());
    assert_eq!(ledger.claim_early(&account(), "m", at(181)), None);
    assert!(!may(209) && may(210));
    record(&ledger, failed(FailureClass::Billing), at(210), at(210));
    assert!(!may(250));
}

#[test]
fn who_may_not_try_early_has_used_up_no_early_try() {
    let ledger = CooldownLedger::default();
    // One of the two ends near enough, the other does not.
    let ends_at = |seconds, class| Outcome::Failed {
        class,
        retry_at: Some(later(seconds)),
    };
    record(&ledger, ends_at(150, FailureClass::Overloaded), START, START);
    record(&ledger, ends_at(160, FailureClass::RateLimit), START, START);
    let before = ledger.cells();
    assert_eq!(ledger.claim_early(&account(), "m", later(35)), None);
    assert_eq!(ledger.cells(), before, "a refusal changes nothing");
    let claimed = ledger.claim_early(&account(), "m", later(45));
    assert_eq!(claimed.map(|cells| cells.len()), Some(2));
}

#[test]
fn who_is_alone_rests_no_longer_than_asked_for() {
    let ledger = CooldownLedger::default();
    let alone = |now| ledger.standing(&account(), "m", &[], Alone::Yes, now).0;
    record(&ledger, failed(FailureClass::RateLimit), START, START);
    assert_eq!(alone(START), Standing::Clear);
    record(&ledger, given(later(9).as_millis()), START, START);
    assert_eq!(alone(START), Standing::Resting(End::At(later(9))));
    record(&ledger, failed(FailureClass::Billing), START, START);
    let Standing::Resting(End::At(end)) = alone(START) else {
        panic!("it rests")
    };
    assert!(end > later(9), "a missing payment is no passing thing");
}

#[test]
fn what_is_long_ago_counts_for_nothing() {
    let ledger = CooldownLedger::default();
    for _ in 0..3 {
        record(&ledger, failed(FailureClass::RateLimit), START, START);
    }
    let day_after = later(25 * 3600);
    assert_eq!(standing(&ledger, "m", day_after), Standing::Clear);
    record(&ledger, failed(FailureClass::RateLimit), day_after, day_after);
    let length = until(&ledger, day_after).expect("it rests").since(day_after);
    assert!(length <= Duration::from_secs(33), "{length:?}");
}

#[test]
fn what_a_file_tells_is_a_fact_like_others() {
    let ledger = CooldownLedger::default();
    let cell = Cell {
        count: 1,
        failed_at: Some(Timestamp::from_millis(0)),
        until: End::At(later(60)),
        ..Cell::default()
    };
    let told = [(FailureClass::RateLimit, cell)];
    let rest = |now| ledger.rest(&account(), "m", &told, Alone::No, now);
    let first = rest(START).expect("it rests");
    assert_eq!((first.until, first.class), (Some(later(60)), None));
    ledger.take_in(&account(), &told);
    ledger.pardon(&account(), START);
    assert_eq!(rest(START), None);
    record(&ledger, Outcome::Succeeded, START, later(1));
    assert_eq!(
        ledger.standing(&account(), "m", &told, Alone::No, later(1)).0,
        Standing::Clear
    );
}

#[test]
fn what_a_file_tells_of_an_account_is_joined_with_what_is_known_of_the_same_and_with_nothing_else() {
    let ends = |class, seconds| Outcome::Failed {
        class,
        retry_at: Some(later(seconds)),
    };
    let told = |class, seconds| {
        let cell = Cell {
            count: 1,
            failed_at: Some(START),
            until: End::At(later(seconds)),
            ..Cell::default()
        };
        [(class, cell)]
    };
    let rest = |ledger: &CooldownLedger, told: &[Told]| {
        let rest = ledger.rest(&account(), "m", told, Alone::No, START);
        rest.map(|rest| (rest.until, rest.class))
    };
    // A limit of one model is none of the whole account, nor the other way round.
    let ledger = CooldownLedger::default();
    record(&ledger, ends(FailureClass::RateLimit, 30), START, START);
    let limit = told(FailureClass::RateLimit, 60);
    assert_eq!(rest(&ledger, &limit), Some((Some(later(60)), None)));

    // Money that is missing does not make a key a wrong one.
    let ledger = CooldownLedger::default();
    record(&ledger, ends(FailureClass::Auth, 30), START, START);
    let unpaid = Some((Some(later(60)), Some(FailureClass::Billing)));
    assert_eq!(rest(&ledger, &told(FailureClass::Billing, 60)), unpaid);

    // The same failure, heard of twice: what ends later counts.
    let refused = |seconds| Some((Some(later(seconds)), Some(FailureClass::Auth)));
    assert_eq!(rest(&ledger, &told(FailureClass::Auth, 60)), refused(60));
    assert_eq!(rest(&ledger, &told(FailureClass::Auth, 20)), refused(30));
}

fn cells() -> impl Strategy<Value = Cell> {
    let moment = || proptest::option::of((0..6_i64).prop_map(Timestamp::from_millis));
    let end = prop_oneof![
        Just(End::None),
        (0..6_i64).prop_map(|ms| End::At(Timestamp::from_millis(ms))),
        Just(End::Person),
    ];
    (
        0..3_i64,
        0..3_u32,
        moment(),
        end,
        moment(),
        moment(),
        moment(),
        moment(),
    )
        .prop_map(
            |(epoch, count, failed_at, until, given, trial, early, pardon)| Cell {
                epoch,
                count,
                failed_at,
                until,
                given,
                trial,
                early,
                pardon,
            },
        )
}

#[test]
fn a_failure_counts_to_the_last_moment_of_its_window() {
    let ledger = CooldownLedger::default();
    record(&ledger, given(later(60).as_millis()), START, START);
    let last = later(60).after(ledger.failure_window());
    assert_eq!(standing(&ledger, "m", last), Standing::Due);
    let after = Timestamp::from_millis(last.as_millis() + 1);
    assert_eq!(standing(&ledger, "m", after), Standing::Clear);
}

#[test]
fn a_success_forgets_what_is_known_and_has_nothing_to_say_where_nothing_is() {
    let ledger = CooldownLedger::default();
    let counted = Cell {
        count: 3,
        ..Cell::default()
    };
    // A file may count failures without saying when they were.
    ledger.take_in(&account(), &[(FailureClass::RateLimit, counted)]);
    let success = || ledger.record(&account(), "m", Outcome::Succeeded, START, START);
    let changed = success();
    assert_eq!(changed.first().map(|(_, cell)| cell.count), Some(0));
    assert!(success().is_empty());
}

#[test]
fn who_does_not_rest_is_not_tried_before_the_end_of_a_rest() {
    let ledger = CooldownLedger::default();
    assert!(!ledger.may_be_tried_early(&account(), "m", &[], START));
    assert_eq!(ledger.claim_early(&account(), "m", START), None);
}

#[test]
fn of_two_rests_with_one_end_the_first_failure_is_named() {
    let ends = |class| Outcome::Failed {
        class,
        retry_at: Some(later(60)),
    };
    let ledger = CooldownLedger::default();
    record(&ledger, ends(FailureClass::Overloaded), START, START);
    record(&ledger, ends(FailureClass::RateLimit), START, START);
    let (_, named) = ledger.standing(&account(), "m", &[], Alone::No, START);
    assert_eq!(named, Some(FailureClass::Overloaded));
}

#[test]
fn a_person_clears_a_failure_that_led_to_no_rest_too() {
    let ledger = CooldownLedger::default();
    record(&ledger, failed(FailureClass::Timeout), START, START);
    assert_eq!(ledger.clear(&account().account, later(1)).len(), 1);
    record(&ledger, failed(FailureClass::Timeout), later(1), later(1));
    assert_eq!(until(&ledger, later(1)), None, "it is the first again");
}

#[test]
fn steps_that_are_set_hold_for_the_failures_to_come() {
    let ledger = CooldownLedger::default();
    record(&ledger, failed(FailureClass::RateLimit), START, START);
    let begun = until(&ledger, START);
    let hour = Duration::from_secs(3600);
    ledger.set_policy(Policy {
        transient: vec![hour],
        failure_window: 2 * hour,
        ..Policy::default()
    });
    assert_eq!(ledger.failure_window(), 2 * hour);
    assert_eq!(until(&ledger, START), begun, "what has begun stays as it is");
    record(&ledger, failed(FailureClass::RateLimit), later(60), later(60));
    assert!(until(&ledger, later(60)) > Some(later(50 * 60)));
}

#[test]
fn whatever_changes_is_counted_and_what_changes_nothing_is_not() {
    let ledger = CooldownLedger::default();
    let counts = |what: &dyn Fn()| {
        let before = ledger.generation();
        what();
        ledger.generation() > before
    };
    let end = later(3600);
    let rest = Cell {
        count: 1,
        failed_at: Some(START),
        until: End::At(end),
        ..Cell::default()
    };
    let told = [(FailureClass::Auth, rest)];
    assert!(counts(&|| record(&ledger, given(end.as_millis()), START, START)));
    assert!(counts(&|| drop(ledger.take_in(&account(), &told))));
    assert!(
        !counts(&|| drop(ledger.take_in(&account(), &told))),
        "it is known"
    );
    assert!(!counts(&|| drop(ledger.claim(&account(), "m", Alone::No, START))));
    assert!(counts(&|| drop(ledger.pardon(&account(), later(1)))));
    assert!(counts(&|| drop(ledger.claim(
        &account(),
        "m",
        Alone::No,
        later(1)
    ))));
    assert!(counts(&|| drop(ledger.clear(&account().account, later(2)))));
    assert!(!counts(&|| drop(ledger.clear(&account().account, later(3)))));
    assert!(!counts(&|| record(
        &ledger,
        Outcome::Succeeded,
        later(3),
        later(3)
    )));
    assert!(counts(&|| record(
        &ledger,
        given(later(60).as_millis()),
        later(3),
        later(3)
    )));
    let early = |seconds| drop(ledger.claim_early(&account(), "m", later(seconds)));
    assert!(!counts(&|| early(4)), "it is too soon");
    assert!(counts(&|| early(40)));
    assert!(counts(&|| ledger.set_policy(Policy::default())));
}

#[test]
fn a_moment_that_is_there_already_is_no_end_of_a_rest() {
    let ledger = CooldownLedger::default();
    record(&ledger, given(START.as_millis()), START, START);
    assert!(until(&ledger, START) >= Some(later(27)));
}

proptest! {
    #[test]
    fn cells_join_in_any_order_and_any_number_of_times(one in cells(), two in cells(), three in cells()) {
        prop_assert_eq!(one.join(two), two.join(one));
        prop_assert_eq!(one.join(two).join(three), one.join(two.join(three)));
        prop_assert_eq!(one.join(one), one);
        prop_assert_eq!(one.join(two).join(two), one.join(two));
    }

    #[test]
    fn ledgers_that_heard_the_same_in_any_order_are_equal(
        heard in proptest::collection::vec((0..4_u64, cells()), 0..20),
        order in proptest::collection::vec(any::<prop::sample::Index>(), 0..30),
    ) {
        let cell = |(generation, cell): &(u64, Cell)| {
            let key = CellKey { account: account().account, generation: *generation, model: None, class: FailureClass::Auth };
            (key, *cell)
        };
        let (one, other) = (CooldownLedger::default(), CooldownLedger::default());
        one.join(heard.iter().map(cell).collect());
        if !heard.is_empty() {
            for index in order {
                other.join(vec![cell(index.get(&heard))]);
            }
        }
        for each in heard.iter().rev() {
            other.join(vec![cell(each)]);
        }
        let sorted = |ledger: &CooldownLedger| {
            let mut cells = ledger.cells();
            cells.sort_by(|(one, _), (other, _)| one.cmp(other));
            cells
        };
        prop_assert_eq!(sorted(&one), sorted(&other));
    }

    #[test]
    fn local_refusals_and_wrong_requests_never_lengthen_a_rest(
        classes in proptest::collection::vec(prop_oneof![
            Just(FailureClass::Format), Just(FailureClass::ContextOverflow), Just(FailureClass::ModelNotFound)
        ], 0..10),
    ) {
        let ledger = CooldownLedger::default();
        record(&ledger, failed(FailureClass::RateLimit), START, START);
        let before = ledger.cells();
        for class in classes {
            record(&ledger, failed(class), START, later(1));
        }
        prop_assert_eq!(ledger.cells(), before);
    }
}
