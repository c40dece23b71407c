//! Forged logs: in a broken world each oracle speaks up, and says nothing of a world that is whole.

use std::time::Duration;

use modelpin::clock::Timestamp;
use modelpin::config::{Cost, Fence};
use modelpin::model::{ModelRef, ProviderId};
use modelpin::outcome::FailureClass;
use modelpin::profile::ProfileId;
use modelpin::simulate::{
    Asked, By, Claim, Entry, Facts, Known, PinKept, Pins, Rest, Scenario, Touched, Weather, What, judge,
};
use modelpin::terms::Mode;

const WORLD: &str = r#"{
    lasts: "1d", sessions: { count: 1, every: "1h" },
    profiles: { "p:sub": { type: "token" }, "p:key": { type: "api_key" } },
    weather: [{ sky: "burst", from: "1h", for: "10m", profiles: ["p:sub"] }],
}"#;

fn at(seconds: u64) -> Timestamp {
    let scenario = Scenario::read(WORLD, "world").expect("a scenario");
    scenario.start.after(Duration::from_secs(seconds))
}

fn facts() -> Facts {
    let known = |id: &str, cost| Known {
        id: ProfileId::new(id),
        provider: ProviderId::new("p"),
        cost,
    };
    Facts {
        profiles: vec![known("p:sub", Cost::Subscription), known("p:key", Cost::Metered)],
        failures_count: Duration::from_secs(24 * 3600),
        ..Facts::default()
    }
}

fn allowed() -> Facts {
    Facts {
        fence: Some(Fence::Allow),
        ..facts()
    }
}

fn model(name: &str) -> ModelRef {
    ModelRef::new(ProviderId::new("p"), name)
}

/// What is asked: with the explicit order of the two profiles, nothing pinned.
fn ordered() -> Asked {
    Asked {
        model: Some(model("m")),
        mode: Some(Mode::Prefer),
        order: Some(vec![ProfileId::new("p:sub"), ProfileId::new("p:key")]),
        pinned: None,
    }
}

fn entry(seconds: u64, request: u32, what: What) -> Entry {
    Entry {
        at: at(seconds),
        session: 0,
        request,
        what,
    }
}

fn asked(seconds: u64, request: u32, asked: Asked) -> Entry {
    entry(seconds, request, What::Asked(asked))
}

fn sent(seconds: u64, request: u32, profile: &str) -> Entry {
    let (model, profile) = (model("m"), ProfileId::new(profile));
    entry(seconds, request, What::Sent { model, profile })
}

fn answered(seconds: u64, request: u32, profile: &str, failed: Option<FailureClass>, rest: Rest) -> Entry {
    let what = What::Answered {
        model: model("m"),
        profile: ProfileId::new(profile),
        failed,
        rest,
        touched: Touched::No,
    };
    entry(seconds, request, what)
}

/// The claims that did not hold.
fn broken(facts: &Facts, log: &[Entry]) -> Vec<Claim> {
    let scenario = Scenario::read(WORLD, "world").expect("a scenario");
    let weather = Weather::new(&scenario, 0);
    judge(facts, &weather, log)
        .into_iter()
        .filter(|verdict| verdict.violated > 0)
        .inspect(|verdict| assert!(!verdict.examples.is_empty() && verdict.tested > 0))
        .map(|verdict| verdict.claim)
        .collect()
}

#[test]
fn a_chat_that_stays_off_its_place_is_seen_from_its_second_request_on() {
    let strays = |times: u64, from: u64| -> Vec<Entry> {
        (0..times)
            .flat_map(|n| {
                let (second, request) = (from + 60 * n, u32::try_from(n).expect("small") + 1);
                [
                    asked(second, request, ordered()),
                    sent(second, request, "p:key"),
                    answered(second + 5, request, "p:key", None, Rest::None),
                ]
            })
            .collect()
    };
    assert_eq!(broken(&allowed(), &strays(1, 0)), []);
    assert_eq!(broken(&allowed(), &strays(2, 0)), [Claim::Return]);
    // While its weather is bad the second profile is the place.
    assert_eq!(broken(&allowed(), &strays(2, 3600)), []);
}

#[test]
fn a_chat_that_is_refused_though_its_place_is_free_is_off_its_place() {
    let refused = |request| {
        [
            asked(60, request, ordered()),
            entry(60, request, What::Refused("no-available-profile")),
        ]
    };
    let log = [refused(1), refused(2)].concat();
    assert_eq!(broken(&allowed(), &log), [Claim::Return]);
}

/// A failure with a rest of a minute, and a request for each of `seconds` after it, none of which is answered.
fn after_a_rest(seconds: &[u64]) -> Vec<Entry> {
    let mut log = vec![
        asked(0, 1, Asked::default()),
        sent(0, 1, "p:sub"),
        answered(5, 1, "p:sub", Some(FailureClass::RateLimit), Rest::Until(at(65))),
    ];
    for (second, request) in seconds.iter().zip(2..) {
        log.push(asked(*second, request, Asked::default()));
        log.push(sent(*second, request, "p:sub"));
    }
    log
}

#[test]
fn two_trials_at_once_are_seen_and_one_after_the_other_is_right() {
    assert_eq!(broken(&facts(), &after_a_rest(&[66])), []);
    assert_eq!(broken(&facts(), &after_a_rest(&[66, 67])), [Claim::OneTrial]);
    let mut proven = after_a_rest(&[66]);
    proven.push(answered(70, 2, "p:sub", None, Rest::None));
    for request in [3, 4, 5] {
        proven.push(asked(71, request, Asked::default()));
        proven.push(sent(71, request, "p:sub"));
    }
    assert_eq!(broken(&facts(), &proven), [], "after a success there is no trial");
}

#[test]
fn each_window_has_a_trial_of_its_own_and_a_day_later_none_is_needed() {
    // A request from before the rest fails while the trial is on its way: another rest, another trial.
    let mut log = vec![asked(0, 9, Asked::default()), sent(0, 9, "p:sub")];
    log.extend(after_a_rest(&[66]));
    let failed = Some(FailureClass::Overloaded);
    log.push(answered(70, 9, "p:sub", failed, Rest::Until(at(100))));
    log.push(asked(101, 10, Asked::default()));
    log.push(sent(101, 10, "p:sub"));
    assert_eq!(broken(&facts(), &log), []);
    assert_eq!(broken(&facts(), &after_a_rest(&[65 + 86_401, 65 + 86_402])), []);
}

#[test]
fn a_success_of_before_the_failure_proves_nothing() {
    let log = [
        asked(0, 1, Asked::default()),
        sent(0, 1, "p:sub"),
        asked(1, 2, Asked::default()),
        sent(1, 2, "p:sub"),
        answered(5, 1, "p:sub", Some(FailureClass::RateLimit), Rest::Until(at(10))),
        answered(8, 2, "p:sub", None, Rest::None),
        asked(20, 3, Asked::default()),
        sent(20, 3, "p:sub"),
        asked(20, 4, Asked::default()),
        sent(20, 4, "p:sub"),
    ];
    assert_eq!(broken(&facts(), &log), [Claim::OneTrial]);
}

#[test]
fn a_request_that_begins_to_cost_needs_a_yes() {
    let log = |asks: Asked| [asked(0, 1, asks), sent(0, 1, "p:key")];
    let plain = || Asked {
        order: None,
        ..ordered()
    };
    assert_eq!(broken(&facts(), &log(plain())), [Claim::Fence]);
    let pinned = Asked {
        pinned: Some((ProfileId::new("p:key"), Mode::Prefer)),
        ..plain()
    };
    assert_eq!(broken(&facts(), &log(pinned)), []);
    assert_eq!(broken(&allowed(), &log(plain())), []);
    let by_order = |fence| Facts {
        orders: [(
            ProviderId::new("p"),
            vec![ProfileId::new("p:sub"), ProfileId::new("p:key")],
        )]
        .into(),
        fence,
        ..facts()
    };
    assert_eq!(broken(&by_order(None), &log(plain())), []);
    assert_eq!(
        broken(&by_order(Some(Fence::Block)), &log(plain())),
        [Claim::Fence]
    );
    assert_eq!(broken(&by_order(Some(Fence::Ask)), &log(plain())), [Claim::Fence]);
}

#[test]
fn a_pin_that_no_command_made_is_seen_and_one_that_goes_is_none() {
    let kept = |by, pins| [entry(0, 0, What::PinKept(PinKept { by, pins }))];
    assert_eq!(
        broken(&facts(), &kept(By::Other, Pins::More)),
        [Claim::PinsByCommand]
    );
    assert_eq!(broken(&facts(), &kept(By::Command, Pins::More)), []);
    assert_eq!(broken(&facts(), &kept(By::Other, Pins::Fewer)), []);
}

#[test]
fn a_strict_pin_that_another_serves_is_seen() {
    let asks = |id: &str, profile, mode| Asked {
        pinned: Some((ProfileId::new(id), profile)),
        mode: Some(mode),
        ..ordered()
    };
    let log = |asks| [asked(0, 1, asks), sent(0, 1, "p:sub")];
    let strict = log(asks("p:key", Mode::Strict, Mode::Prefer));
    assert_eq!(broken(&facts(), &strict), [Claim::StrictPin]);
    assert_eq!(
        broken(&facts(), &log(asks("p:key", Mode::Prefer, Mode::Prefer))),
        []
    );
    assert_eq!(
        broken(&facts(), &log(asks("p:sub", Mode::Strict, Mode::Strict))),
        []
    );
    let mut other_model = asks("p:sub", Mode::Prefer, Mode::Strict);
    other_model.model = Some(model("n"));
    assert_eq!(broken(&facts(), &log(other_model)), [Claim::StrictPin]);
}

#[test]
fn a_profile_that_is_asked_twice_is_seen() {
    let twice = [
        asked(0, 1, Asked::default()),
        sent(0, 1, "p:sub"),
        answered(1, 1, "p:sub", Some(FailureClass::Timeout), Rest::None),
        sent(1, 1, "p:sub"),
    ];
    assert_eq!(broken(&facts(), &twice), [Claim::Once]);
}

#[test]
fn a_faulty_request_that_goes_on_or_touches_a_state_is_seen() {
    for class in [FailureClass::Format, FailureClass::ContextOverflow] {
        let mut log = vec![
            asked(0, 1, Asked::default()),
            sent(0, 1, "p:sub"),
            answered(1, 1, "p:sub", Some(class), Rest::None),
        ];
        assert_eq!(broken(&facts(), &log), []);
        log.push(sent(1, 1, "p:key"));
        assert!(broken(&allowed(), &log).contains(&Claim::OwnFault));
        log.pop();
        let What::Answered { touched, .. } = &mut log[2].what else {
            unreachable!("it was written so");
        };
        *touched = Touched::Yes;
        assert_eq!(broken(&facts(), &log), [Claim::OwnFault]);
    }
}
