//! Forged logs: each claim is able to fail, and says nothing where all is well.

use modelpin::oauth::journal::Standing;
use serde_json::{Value, json};

use super::{Claim, judge};
use crate::storm::faults::log::{End, Entry, Refreshed, What};
use crate::storm::faults::plan::Plan;
use crate::storm::faults::world::{FENCED, Held, PRIVATE};

fn log(whats: impl IntoIterator<Item = What>) -> Vec<Entry> {
    let entries = whats.into_iter().zip(1..);
    entries
        .map(|(what, at)| Entry {
            at: at * 1_000_000,
            what,
        })
        .collect()
}

/// The claims that did not hold, each with an example.
fn broken(whats: impl IntoIterator<Item = What>) -> Vec<Claim> {
    let verdicts = judge(&log(whats));
    let broken = verdicts.into_iter().filter(|verdict| verdict.violated > 0);
    broken
        .inspect(|verdict| assert!(verdict.tested > 0 && !verdict.examples.is_empty()))
        .map(|verdict| verdict.claim)
        .collect()
}

const TOLD: &[u8] = b"an answer";

fn asked() -> What {
    What::Asked {
        request: 1,
        session: "chat:1".to_owned(),
        agent: "main",
        actor: "bob",
        before: "{\"model\":\"".to_owned(),
        after: "\",\"n\":1.00}".to_owned(),
    }
}

fn held(number: u64, profile: &str) -> Held {
    Held {
        number,
        agent: "main",
        profile: profile.to_owned(),
        gone: None,
    }
}

fn attempt(held: Held, plan: Plan) -> What {
    let provider = match held.provider() {
        "one" => "one",
        "fen" => "fen",
        _ => "acme",
    };
    What::Attempt {
        request: 1,
        provider,
        held: Some(held),
        model: format!("{provider}/big"),
        body: "{\"model\":\"big\",\"n\":1.00}".to_owned(),
        plan,
        told: TOLD.to_vec(),
    }
}

fn answered(profile: &str, body: &[u8], end: End) -> What {
    What::Ended {
        request: 1,
        status: 200,
        model: "one/big".to_owned(),
        profile: profile.to_owned(),
        decision: "d-1".to_owned(),
        body: body.to_vec(),
        end,
    }
}

fn pins(pins: Value) -> What {
    What::Pins {
        session: "chat:1".to_owned(),
        pins,
    }
}

fn pin(profile: &str, mode: &str) -> Value {
    json!({ "model": "one/big", "modelMode": "strict", "by": "bob", "until": null,
        "profiles": [{ "provider": "one", "profile": profile, "mode": mode }] })
}

fn said(may: bool, reply: Option<Value>) -> What {
    What::Said {
        session: "chat:1".to_owned(),
        actor: if may { "bob" } else { "eve" },
        may,
        text: "/model big@one:b".to_owned(),
        reply,
    }
}

/// The reply to a command that was done.
fn changed(profile: &str) -> Value {
    json!({ "reply": { "view": { "kind": "changed", "change": "pinned", "end": { "until": null },
        "pinned": { "model": { "model": "one/big" },
            "profile": { "code": "named", "profile": profile, "mode": "strict" } } } } })
}

#[test]
fn a_request_that_went_well_breaks_nothing() {
    let failed =
        json!({ "model": "one/big", "profile": "one:a", "outcome": "failed", "class": "rate_limit" });
    let well = json!({ "model": "one/big", "profile": "one:b", "outcome": "answered" });
    let whole = [
        asked(),
        attempt(held(1, "one:a"), Plan::RateLimit),
        attempt(held(2, "one:b"), Plan::Whole),
        answered("one:b", TOLD, End::Whole),
        What::Audit(json!({ "id": "d-1", "attempts": [failed, well] })),
    ];
    assert_eq!(broken(whole), []);
}

#[test]
fn a_credential_where_it_does_not_belong_is_seen() {
    let with = |change: &dyn Fn(&mut Held)| {
        let mut one = held(1, "one:a");
        change(&mut one);
        broken([asked(), attempt(one, Plan::Whole)])
    };
    assert_eq!(with(&|_| {}), []);
    assert_eq!(with(&|one| one.agent = "ops"), [Claim::RightCredential]);
    assert_eq!(
        with(&|one| one.profile = PRIVATE.to_owned()),
        [Claim::RightCredential]
    );
    let mut gone = held(1, "one:a");
    gone.gone = Some(1_000_000);
    let later: Vec<What> = std::iter::repeat_n(What::Started, 6)
        .chain([asked(), attempt(gone, Plan::Whole)])
        .collect();
    assert_eq!(broken(later), [Claim::RightCredential]);
    for wrong in [None, Some(held(1, "two:c"))] {
        let mut attempt = attempt(held(1, "one:a"), Plan::Whole);
        let What::Attempt { held, .. } = &mut attempt else {
            unreachable!("it is one")
        };
        *held = wrong;
        assert_eq!(broken([asked(), attempt]), [Claim::RightCredential]);
    }
}

#[test]
fn what_costs_is_seen_unless_somebody_pinned_it() {
    let spent = || attempt(held(1, FENCED), Plan::Whole);
    assert_eq!(broken([pins(json!([])), asked(), spent()]), [Claim::Fence]);
    let pinned =
        json!([{ "until": null, "profiles": [{ "provider": "fen", "profile": FENCED, "mode": "prefer" }] }]);
    assert_eq!(broken([pins(pinned), asked(), spent()]), []);
}

#[test]
fn a_strict_pin_that_another_serves_is_seen() {
    let served = |by: &str, mode| {
        broken([
            pins(json!([pin("one:b", mode)])),
            asked(),
            attempt(held(1, by), Plan::Whole),
        ])
    };
    assert_eq!(served("one:a", "strict"), [Claim::StrictPin]);
    assert_eq!(served("one:a", "prefer"), []);
    assert_eq!(served("one:b", "strict"), []);
    // The model is strict too.
    let other = [
        pins(json!([pin("one:b", "prefer")])),
        asked(),
        attempt(held(1, "acme:x"), Plan::Whole),
    ];
    assert_eq!(broken(other), [Claim::StrictPin]);
}

#[test]
fn a_credential_that_is_asked_twice_is_seen() {
    let twice = [
        asked(),
        attempt(held(1, "one:a"), Plan::RateLimit),
        attempt(held(1, "one:a"), Plan::Whole),
    ];
    assert_eq!(broken(twice), [Claim::OnceEach]);
}

#[test]
fn another_body_is_seen() {
    for other in [
        "{\"model\":\"big\",\"n\":1.0}",
        "{\"model\":\"small\",\"n\":1.00}",
        "",
    ] {
        let mut attempt = attempt(held(1, "one:a"), Plan::Whole);
        let What::Attempt { body, .. } = &mut attempt else {
            unreachable!("it is one")
        };
        *body = other.to_owned();
        assert_eq!(broken([asked(), attempt]), [Claim::BodyIsUntouched], "{other}");
    }
}

#[test]
fn an_answer_of_two_or_by_halves_is_seen() {
    let got = |plan, profile: &str, body: &[u8], end| {
        broken([
            asked(),
            attempt(held(1, "one:a"), plan),
            answered(profile, body, end),
        ])
    };
    assert_eq!(got(Plan::Whole, "one:a", TOLD, End::Whole), []);
    assert_eq!(got(Plan::CutBody, "one:a", &TOLD[..4], End::Broken), []);
    assert_eq!(got(Plan::Whole, "one:b", TOLD, End::Whole), [Claim::NotMixed]);
    assert_eq!(
        got(Plan::Whole, "one:a", b"an answer STRAY", End::Whole),
        [Claim::NotMixed]
    );
    assert_eq!(
        got(Plan::Whole, "one:a", &TOLD[..4], End::Whole),
        [Claim::NotMixed]
    );
    assert_eq!(got(Plan::CutBody, "one:a", TOLD, End::Whole), [Claim::NotMixed]);
    assert_eq!(
        got(Plan::Whole, "one:a", b"another", End::Left),
        [Claim::NotMixed]
    );
    // Somebody else was asked after the answer had begun.
    let switched = [
        asked(),
        attempt(held(1, "one:a"), Plan::Whole),
        answered("one:a", TOLD, End::Whole),
        attempt(held(2, "one:b"), Plan::Whole),
    ];
    assert_eq!(broken(switched.clone()), [Claim::NotMixed]);
    // Unless it had been waited for in vain, and read what was sent to it only then.
    let late =
        |class: &str| json!({ "model": "one/big", "profile": "one:b", "outcome": "failed", "class": class });
    let well = json!({ "model": "one/big", "profile": "one:a", "outcome": "answered" });
    for (class, claims) in [
        ("timeout", vec![]),
        ("server_error", vec![Claim::OwnOutcome, Claim::NotMixed]),
    ] {
        let record = json!({ "id": "d-1", "attempts": [late(class), well] });
        let told = switched.iter().cloned().chain([What::Audit(record)]);
        assert_eq!(broken(told), claims, "{class}");
    }
}

#[test]
fn an_outcome_of_another_attempt_is_seen() {
    let told = |attempts: Value, then: What| {
        broken([
            asked(),
            attempt(held(1, "one:a"), Plan::Unauthorised),
            attempt(held(2, "one:b"), Plan::Whole),
            answered("one:b", TOLD, End::Whole),
            then,
            What::Audit(json!({ "id": "d-1", "attempts": attempts })),
            What::Audited,
        ])
    };
    let recorded = |attempts: Value| told(attempts, What::DiskFree);
    let one = |profile: &str, outcome: &str, class: &str| json!({ "model": "one/big", "profile": profile, "outcome": outcome, "class": class });
    let passed = json!({ "model": "one/big", "profile": "one:c", "outcome": "passed-over" });
    let (a, b) = (one("one:a", "failed", "auth"), one("one:b", "answered", ""));
    assert_eq!(recorded(json!([a, passed, b])), []);
    for wrong in [
        json!([a]),
        json!([b, a]),
        json!([one("one:a", "failed", "billing"), b]),
        json!([one("one:a", "answered", ""), b]),
        json!([one("one:b", "failed", "auth"), b]),
        json!([a, b, b]),
    ] {
        assert_eq!(recorded(wrong.clone()), [Claim::OwnOutcome], "{wrong}");
    }
    // What was not waited for may not have been seen; but the waiting took its time.
    let late = |profile: &str| one(profile, "failed", "timeout");
    assert_eq!(recorded(json!([late("one:c"), a, b])), []);
    assert_eq!(recorded(json!([late("one:a"), b])), []);
    let many = ["one:c", "one:d", "one:e", "one:f"].map(late);
    let longer = many.iter().chain([&a, &b]).collect::<Vec<_>>();
    assert_eq!(recorded(json!(longer)), [Claim::OwnOutcome]);
    // Of what was written down last, the end may have gone with the process, or with a full disk; and nothing else.
    for gone in [What::Killed, What::DiskFull] {
        for well in [json!([]), json!([a]), json!([a, b])] {
            assert_eq!(told(well, gone.clone()), []);
        }
        for wrong in [json!([b]), json!([b, a]), json!([one("one:a", "answered", "")])] {
            assert_eq!(told(wrong, gone.clone()), [Claim::OwnOutcome]);
        }
    }
}

#[test]
fn a_reply_that_tells_what_is_not_is_seen() {
    let told = |profile: &str| {
        broken([
            said(true, Some(changed(profile))),
            pins(json!([pin("one:b", "strict")])),
        ])
    };
    assert_eq!(told("one:b"), []);
    assert_eq!(told("one:a"), [Claim::ReplyIsCommitted]);
    assert_eq!(
        broken([said(true, Some(changed("one:b"))), pins(json!([]))]),
        [Claim::ReplyIsCommitted]
    );
}

#[test]
fn a_pin_that_is_lost_or_changed_or_comes_by_itself_is_seen() {
    let (one, other) = (json!([pin("one:b", "strict")]), json!([pin("one:a", "strict")]));
    let then = |now: Value| broken([pins(one.clone()), What::Killed, pins(now)]);
    assert_eq!(then(one.clone()), []);
    assert_eq!(then(other.clone()), [Claim::PinsKept]);
    assert_eq!(then(json!([])), [Claim::PinsKept]);
    let came = broken([pins(json!([])), pins(one.clone())]);
    assert_eq!(came, [Claim::PinsByCommand, Claim::PinsKept]);
    // Of a command that nobody answered nobody knows.
    assert_eq!(
        broken([pins(one.clone()), said(true, None), What::Killed, pins(other)]),
        []
    );
    assert_eq!(broken([pins(one), What::Damaged, pins(json!([]))]), []);
}

#[test]
fn a_command_of_somebody_who_may_not_is_seen() {
    let passed = json!({ "outcome": "text", "send": "/model big@one:b", "reply": null });
    assert_eq!(broken([said(false, Some(passed))]), []);
    assert_eq!(
        broken([said(false, Some(changed("one:b")))]),
        [Claim::PinsByCommand]
    );
    let mut of_eve = pin("one:b", "strict");
    of_eve["by"] = "eve".into();
    assert_eq!(broken([What::AllPins(json!([of_eve]))]), [Claim::PinsByCommand]);
    let text = |back: &str| What::Text {
        sent: " hello".to_owned(),
        back: Some(back.to_owned()),
    };
    assert_eq!(broken([text(" hello")]), []);
    assert_eq!(broken([text("hello")]), [Claim::TextIsUntouched]);
}

#[test]
fn calm_questions_with_wrong_answers_are_seen() {
    let next = |chosen: &str, profiles: &[&str]| {
        let candidates: Vec<_> = profiles.iter().map(|id| json!({ "profile": id })).collect();
        json!({ "chosen": chosen, "candidates": candidates, "excluded": [] })
    };
    let twice = |one: Value, two: Value| {
        let profiles = vec!["one:a".to_owned(), "one:b".to_owned()];
        broken([What::Twice { one, two, profiles }])
    };
    let well = next("one:a", &["one:a", "one:b"]);
    assert_eq!(twice(well.clone(), well.clone()), []);
    assert_eq!(
        twice(well, next("one:b", &["one:a", "one:b"])),
        [Claim::PureSelection]
    );
    for wrong in [
        next("one:a", &["one:a"]),
        next("one:a", &["one:a", "one:b", "one:a"]),
    ] {
        assert_eq!(twice(wrong.clone(), wrong), [Claim::PureSelection]);
    }
    let local = |before, after, attempts| {
        broken([What::Local {
            before,
            after,
            refused: 4,
            attempts,
        }])
    };
    assert_eq!(local(Some(1), Some(1), 0), []);
    assert_eq!(local(Some(1), Some(2), 0), [Claim::LocalRefusals]);
    assert_eq!(local(Some(1), Some(1), 1), [Claim::LocalRefusals]);
    let other = |of_account, asked| broken([What::OtherModel { of_account, asked }]);
    assert_eq!((other(false, true), other(true, false)), (vec![], vec![]));
    assert_eq!(other(false, false), [Claim::OneModel]);
    assert_eq!(other(true, true), [Claim::OneModel]);
    let who = |profile: &str| Some(("one/big".to_owned(), profile.to_owned()));
    let (told, asked) = (who("one:a"), who("one:b"));
    assert_eq!(broken([What::Next { told, asked }]), [Claim::StatusIsNext]);
    let (told, asked) = (who("one:a"), None);
    assert_eq!(broken([What::Next { told, asked }]), [Claim::StatusIsNext]);
}

#[test]
fn a_refresh_token_that_comes_twice_or_is_not_stored_is_seen() {
    let came = |token, became| What::Refresh {
        profile: "acme:x".to_owned(),
        token,
        became,
    };
    let well = [
        came(1, Refreshed::Trouble),
        came(1, Refreshed::Granted),
        came(2, Refreshed::Lost),
    ];
    assert_eq!(broken(well), []);
    for became in [Refreshed::Granted, Refreshed::Lost, Refreshed::Refused] {
        assert_eq!(
            broken([came(1, Refreshed::Granted), came(1, became)]),
            [Claim::OneRefresh],
            "{became:?}"
        );
    }
    let replayed = [came(1, Refreshed::Lost), came(1, Refreshed::Trouble)];
    assert_eq!(broken(replayed), [Claim::OneRefresh]);
    let stored = |token, good| {
        let profile = "acme:x".to_owned();
        broken([What::Stored {
            profile,
            token,
            standing: Some(Standing::Quiet),
            good,
        }])
    };
    assert_eq!(stored(Some(1), Some(1)), []);
    assert_eq!(stored(Some(1), None), [Claim::StoredAsItWas]);
    assert_eq!(stored(Some(1), Some(2)), [Claim::StoredAsItWas]);
    assert_eq!(stored(None, Some(2)), [Claim::StoredAsItWas]);
}

/// Whether a sign-in, after what happened to it, may stand as unclear, and be told to a person as such.
fn may_be_unclear(happened: impl IntoIterator<Item = What>) -> bool {
    let profile = "acme:x of main".to_owned();
    let (token, standing) = (Some(1), Standing::Unclear);
    let stored = What::Stored {
        profile: profile.clone(),
        token,
        standing: Some(standing),
        good: Some(2),
    };
    let told = What::SignedOut {
        profile,
        token,
        standing,
    };
    let happened: Vec<What> = happened.into_iter().collect();
    let [stored, told] = [stored, told].map(|last| broken(happened.iter().cloned().chain([last])));
    assert_eq!(stored, told);
    stored.is_empty()
}

#[test]
fn tokens_are_lost_with_a_process_or_an_answer_and_not_by_themselves() {
    let came = |became| What::Refresh {
        profile: "acme:x of main".to_owned(),
        token: 1,
        became,
    };
    let granted = || came(Refreshed::Granted);
    assert!(may_be_unclear([came(Refreshed::Lost)]));
    assert!(may_be_unclear([What::Started, granted(), What::Killed]));
    // It was sent before the kill, and read after it.
    assert!(may_be_unclear([What::Started, What::Killed, granted()]));
    assert!(may_be_unclear([What::DiskFull, granted(), What::DiskFree]));
    assert!(!may_be_unclear([granted()]));
    assert!(!may_be_unclear([came(Refreshed::Trouble)]));
    assert!(!may_be_unclear([What::Killed, What::Started, granted()]));
    assert!(!may_be_unclear([What::DiskFull, What::DiskFree, granted()]));
    let refused = What::SignedOut {
        profile: "acme:x of main".to_owned(),
        token: Some(1),
        standing: Standing::Refused,
    };
    assert_eq!(broken([came(Refreshed::Lost), refused]), [Claim::StoredAsItWas]);
}

#[test]
fn a_credential_that_is_gone_is_seen() {
    let store = |there: Option<Vec<String>>| {
        let kept = vec!["one:a".to_owned()];
        broken([What::Store { kept, there }])
    };
    assert_eq!(store(Some(vec!["one:a".to_owned(), "one:b".to_owned()])), []);
    assert_eq!(store(Some(vec!["one:b".to_owned()])), [Claim::CredentialsKept]);
    assert_eq!(store(None), [Claim::CredentialsKept]);
}

#[test]
fn a_secret_in_an_output_is_found_and_seen() {
    use crate::storm::faults::log::Log;
    use crate::storm::faults::world::Secrets;
    let log = Log::new();
    let secrets = Secrets::new(&log);
    let secret = secrets.make("main", "one:a", "sk-ant-api03-", &mut fastrand::Rng::with_seed(1));
    secrets.look("an output", b"nothing but sk-ant-api03- and words");
    let broken = |log: &Log| {
        let verdicts = log.with(judge);
        verdicts
            .iter()
            .any(|verdict| verdict.claim == Claim::NoSecret && verdict.violated > 0)
    };
    assert!(!broken(&log));
    let part = &secret[secret.len() - 8..];
    secrets.look("an output", format!("ends in {part}.").as_bytes());
    assert!(broken(&log));
    let told = log
        .with(judge)
        .iter()
        .map(ToString::to_string)
        .collect::<String>();
    assert!(told.contains("one:a of main") && !told.contains(part), "{told}");
}

#[test]
fn a_process_that_grows_or_panics_or_ends_badly_is_seen() {
    let size = |bytes, files| What::Process {
        life: 1,
        gateway: 0,
        bytes,
        files,
    };
    assert_eq!(broken([size(50_000_000, 20), size(60_000_000, 30)]), []);
    assert_eq!(
        broken([size(50_000_000, 20), size(90_000_000, 30)]),
        [Claim::Memory]
    );
    assert_eq!(broken([size(50_000_000, 200)]), [Claim::Files]);
    assert_eq!(
        broken([What::Panicked("panicked at".to_owned())]),
        [Claim::NoPanic]
    );
    assert_eq!(broken([What::Stopped { code: Some(0) }]), []);
    for code in [None, Some(1)] {
        assert_eq!(broken([What::Stopped { code }]), [Claim::NoPanic]);
    }
}
