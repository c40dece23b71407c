//! Every claim is able to fail: logs in which one thing is wrong, beside the same ones in which it is right.

use std::time::Duration;

use super::{Claim, judge};
use crate::fleet::storm::Clock;
use crate::fleet::storm::log::{Entry, Held, Question, Reply, What};

const SOON: Duration = Duration::from_millis(20);

fn said(profile: &'static str, reply: Reply) -> What {
    What::Said {
        chat: 0,
        profile,
        reply,
        took: SOON,
    }
}

fn asked(request: u32) -> What {
    What::Asked {
        request,
        chat: Some(0),
        agent: "main",
    }
}

fn attempt(request: u32, profile: &str) -> What {
    let held = Held {
        agent: "main",
        profile: profile.to_owned(),
    };
    What::Attempt {
        request,
        provider: "one",
        held: Some(held),
    }
}

fn ended(request: u32, gateway: &str) -> What {
    What::Ended {
        request,
        status: 200,
        gateway: gateway.to_owned(),
        took: SOON,
    }
}

fn pinned(profile: &str) -> What {
    What::Pinned {
        chat: 0,
        gateway: 1,
        profile: Some(profile.to_owned()),
    }
}

fn agreed(took: Duration, wrong: Option<&str>) -> What {
    What::Agreed {
        fault: "frozen",
        took,
        wrong: wrong.map(str::to_owned),
    }
}

fn expected(question: Question, times: usize) -> What {
    What::Expected {
        question,
        profile: "one:b".to_owned(),
        requests: vec![3, 4],
        times,
    }
}

fn heard(leaks: &[&str]) -> What {
    What::Heard {
        bytes: 10,
        leaks: leaks.iter().map(|&leak| leak.to_owned()).collect(),
    }
}

/// A storm in which everything is as it should be: one entry a second.
fn good() -> Vec<What> {
    vec![
        said("one:a", Reply::Kept),
        asked(1),
        attempt(1, "one:a"),
        ended(1, "first"),
        said("one:b", Reply::Kept),
        What::Fault("frozen"),
        said("one:c", Reply::Refused),
        asked(2),
        attempt(2, "one:b"),
        ended(2, "second"),
        What::Back,
        agreed(SOON, None),
        pinned("one:b"),
        asked(3),
        attempt(3, "one:b"),
        ended(3, "first"),
        expected(Question::Trial, 1),
        expected(Question::Spared, 1),
        expected(Question::Learned, 1),
        heard(&[]),
    ]
}

/// The claims that do not hold, or were not tested.
fn broken(log: Vec<What>) -> Vec<Claim> {
    let entries = (1..).zip(log);
    let entries: Vec<Entry> = entries
        .map(|(at, what)| Entry {
            at: Duration::from_secs(at),
            what,
        })
        .collect();
    let verdicts = judge(&entries, Clock::Judged).into_iter();
    let broken = verdicts.filter(|verdict| verdict.violated > 0 || verdict.tested == 0);
    broken.map(|verdict| verdict.claim).collect()
}

/// The good storm with other things in the place of one.
fn with(at: usize, instead: &[What]) -> Vec<What> {
    let mut log = good();
    log.splice(at..=at, instead.iter().cloned());
    log
}

#[test]
fn in_a_good_storm_every_claim_is_tested_and_holds() {
    assert_eq!(broken(good()), []);
}

#[test]
fn an_empty_storm_tests_nothing_and_is_no_good_one() {
    assert_eq!(broken(Vec::new()), Claim::ALL);
}

#[test]
fn each_claim_is_broken_by_what_breaks_it() {
    let refused_late = What::Said {
        chat: 0,
        profile: "one:c",
        reply: Reply::Refused,
        took: Duration::from_millis(300),
    };
    let not_answered = What::Ended {
        request: 2,
        status: 503,
        gateway: "second".to_owned(),
        took: SOON,
    };
    let other_agent = What::Attempt {
        request: 3,
        provider: "one",
        held: Some(Held {
            agent: "ops",
            profile: "one:b".to_owned(),
        }),
    };
    let nobody = What::Attempt {
        request: 3,
        provider: "one",
        held: None,
    };
    let cases = [
        ("a request fails", 9, vec![not_answered], vec![Claim::GoesOn]),
        (
            "a foreign credential",
            2,
            vec![What::Attempt {
                request: 1,
                provider: "rest",
                held: Some(Held {
                    agent: "main",
                    profile: "one:a".to_owned(),
                }),
            }],
            vec![Claim::RightCredential],
        ),
        (
            "another agent's credential",
            14,
            vec![other_agent],
            vec![Claim::RightCredential],
        ),
        (
            "nobody's credential",
            14,
            vec![nobody],
            vec![
                Claim::RightCredential,
                Claim::Spared,
                Claim::OneTrial,
                Claim::Learned,
            ],
        ),
        (
            "a refused pin is used",
            8,
            vec![attempt(2, "one:c")],
            vec![Claim::PinIsUsed],
        ),
        (
            "what may have been made is used when the fault is over",
            13,
            vec![
                What::Fault("slow"),
                said("one:d", Reply::Refused),
                agreed(SOON, None),
                pinned("one:b"),
                asked(3),
                attempt(3, "one:d"),
            ],
            vec![Claim::PinIsUsed],
        ),
        (
            "an old pin is used in calm",
            14,
            vec![attempt(3, "one:b"), attempt(3, "one:a")],
            vec![Claim::PinIsUsed],
        ),
        (
            "an acknowledged pin is lost",
            12,
            vec![pinned("one:a")],
            vec![Claim::Kept],
        ),
        (
            "a refused pin is made later",
            12,
            vec![pinned("one:c")],
            vec![Claim::Kept, Claim::Refused],
        ),
        (
            "nobody knows what was done",
            0,
            vec![said("one:a", Reply::Unknown("502".to_owned()))],
            vec![Claim::Truthful],
        ),
        (
            "they do not agree",
            11,
            vec![agreed(SOON, None), agreed(SOON, Some("this"))],
            vec![Claim::Agrees],
        ),
        (
            "they agree late",
            11,
            vec![agreed(Duration::from_millis(1_001), None)],
            vec![Claim::AgreesInTime],
        ),
        (
            "it is refused late",
            6,
            vec![refused_late],
            vec![Claim::RefusedInTime],
        ),
        (
            "a rest spares nobody",
            17,
            vec![expected(Question::Spared, 0)],
            vec![Claim::Spared],
        ),
        (
            "two try at once",
            14,
            vec![attempt(3, "one:b"), attempt(4, "one:b")],
            vec![
                Claim::RightCredential,
                Claim::Spared,
                Claim::OneTrial,
                Claim::Learned,
            ],
        ),
        (
            "it is not learned",
            18,
            vec![expected(Question::Learned, 0)],
            vec![Claim::Learned],
        ),
        (
            "one gateway does it all",
            9,
            vec![ended(2, "first")],
            vec![Claim::Neighbours],
        ),
        (
            "a secret is told",
            19,
            vec![heard(&["log"])],
            vec![Claim::NoSecret],
        ),
        (
            "something panics",
            19,
            vec![heard(&[]), What::Panicked("panicked at".to_owned())],
            vec![Claim::NoPanic],
        ),
    ];
    let mut fired = Vec::new();
    for (name, at, instead, claims) in cases {
        assert_eq!(broken(with(at, &instead)), claims, "{name}");
        fired.extend(claims);
    }
    for claim in Claim::ALL {
        assert!(fired.contains(&claim), "{claim:?} never fails");
    }
}
