//! A model of the pins of a fleet: what becomes of changes when links are cut, answers are lost, processes die, and the
//! server is emptied, set back or full, in every order in which that can happen.
//!
//! It refuses to know how anything is written: a record is the set of changes that are in it. `world.rs` has what there
//! is, `moves.rs` what may happen and what comes of it, `rules.rs` the rules of the code, each of which can be broken;
//! `oracle.rs` what must hold. `claim.rs` and `renewal.rs` are models of their own, of the one trial that one process gets
//! and of the right to renew a sign-in. `truth.rs` holds the model's server beside the scripts on a real one.
//!
//! `stateright` (<https://docs.rs/stateright>) goes through all worlds, the nearest first, so that what it finds is told in
//! the fewest steps.

mod claim;
mod moves;
mod oracle;
mod renewal;
mod rules;
mod truth;
mod world;

use std::collections::BTreeMap;
use std::io::Write as _;

use stateright::{Checker as _, HasDiscoveries, Model as _, Path};

use self::rules::{Broken, Without};
use self::world::{Fleet, Luck};

/// Each property that does not hold, with the fewest steps to where it does not.
type Found = BTreeMap<&'static str, Vec<String>>;

/// Goes through all that can happen, says how much that is, and tells what is wrong.
fn found(name: &str, fleet: Fleet, until: HasDiscoveries) -> Found {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let checker = fleet
        .checker()
        .threads(threads)
        .finish_when(until)
        .spawn_bfs()
        .join();
    let steps = |path: Path<_, _>| {
        path.into_actions()
            .iter()
            .map(|made| format!("{made:?}"))
            .collect()
    };
    let wrong = checker.discoveries().into_iter();
    let found: Found = wrong.map(|(property, path)| (property, steps(path))).collect();
    // The runner shows it with `--nocapture`.
    let (count, depth) = (checker.unique_state_count(), checker.max_depth());
    let told = format!("{name}: {count} worlds, {depth} steps deep");
    writeln!(std::io::stderr(), "{told}").expect("standard error is there");
    found
}

fn holds(name: &str, fleet: Fleet) {
    let wrong = found(name, fleet, HasDiscoveries::AnyFailures).into_iter().next();
    let told = wrong.map(|(property, steps)| format!("{property}, after\n  {}", steps.join("\n  ")));
    assert_eq!(told, None, "{name}: it is not so that");
}

/// No bad luck.
const CALM: Luck = Luck {
    cuts: 0,
    losses: 0,
    crashes: 0,
    empties: 0,
    set_backs: 0,
    refusals: 0,
    expiries: 0,
};

fn of(changes: &[u8], luck: Luck) -> Fleet {
    Fleet {
        changes: changes.to_vec(),
        luck,
        broken: &[],
    }
}

#[test]
fn cuts_and_lost_answers_lose_nothing_and_leave_nothing_refused() {
    holds("cut", of(&[2, 1], Luck { cuts: 1, ..CALM }));
    holds("unanswered", of(&[2, 1], Luck { losses: 1, ..CALM }));
    holds(
        "both",
        of(
            &[1, 1],
            Luck {
                cuts: 1,
                losses: 1,
                crashes: 1,
                refusals: 1,
                ..CALM
            },
        ),
    );
}

#[test]
fn what_an_emptied_server_lost_is_there_again_while_anybody_knows_it() {
    holds(
        "emptied",
        of(
            &[1, 1],
            Luck {
                empties: 1,
                losses: 1,
                ..CALM
            },
        ),
    );
    holds(
        "emptied, with a newcomer",
        of(
            &[1, 1],
            Luck {
                empties: 1,
                crashes: 1,
                ..CALM
            },
        ),
    );
    holds(
        "emptied, and a third",
        of(&[1, 1, 0], Luck { empties: 1, ..CALM }),
    );
}

#[test]
fn an_older_copy_and_a_record_that_was_over_are_no_news() {
    holds(
        "set back",
        of(
            &[1, 1],
            Luck {
                set_backs: 1,
                losses: 1,
                ..CALM
            },
        ),
    );
    holds(
        "over",
        of(
            &[1, 1],
            Luck {
                expiries: 1,
                crashes: 1,
                cuts: 1,
                ..CALM
            },
        ),
    );
}

/// Minutes; with `MODELPIN_MODEL_LARGE=1`.
#[test]
fn with_more_changes_and_more_bad_luck_it_is_the_same() {
    if std::env::var_os("MODELPIN_MODEL_LARGE").is_none() {
        return;
    }
    holds(
        "two, cut",
        of(
            &[2, 1],
            Luck {
                cuts: 2,
                losses: 1,
                crashes: 1,
                ..CALM
            },
        ),
    );
    holds(
        "two, unanswered",
        of(
            &[2, 2],
            Luck {
                losses: 2,
                refusals: 1,
                ..CALM
            },
        ),
    );
    holds(
        "two, emptied",
        of(
            &[2, 1],
            Luck {
                cuts: 1,
                empties: 1,
                crashes: 1,
                ..CALM
            },
        ),
    );
    holds(
        "two, emptied and full",
        of(
            &[1, 1],
            Luck {
                cuts: 1,
                losses: 1,
                empties: 1,
                refusals: 1,
                ..CALM
            },
        ),
    );
    holds(
        "two, emptied twice",
        of(
            &[1, 1],
            Luck {
                empties: 2,
                crashes: 1,
                losses: 1,
                ..CALM
            },
        ),
    );
    holds(
        "two, set back",
        of(
            &[2, 1],
            Luck {
                set_backs: 1,
                losses: 1,
                crashes: 1,
                ..CALM
            },
        ),
    );
    holds(
        "two, over",
        of(
            &[2, 1],
            Luck {
                expiries: 1,
                crashes: 1,
                cuts: 1,
                losses: 1,
                ..CALM
            },
        ),
    );
    holds(
        "three, cut",
        of(
            &[1, 1, 1],
            Luck {
                cuts: 1,
                losses: 1,
                ..CALM
            },
        ),
    );
    holds("three, emptied", of(&[1, 1, 1], Luck { empties: 1, ..CALM }));
}

/// Each rule is needed: without it the model finds what goes wrong.
#[test]
fn a_rule_that_is_broken_is_found_out() {
    const KEPT: &str = "what was acknowledged is not lost";
    const REFUSED: &str = "what was refused is not in effect";
    const AGREED: &str = "all agree with the server";
    let cut = Luck { cuts: 1, ..CALM };
    let lost = Luck { losses: 1, ..CALM };
    let emptied = Luck { empties: 1, ..CALM };
    let cases: [(Without, Luck, &'static str); 17] = [
        (&[Broken::BlindSave], CALM, KEPT),
        (&[Broken::NoDeadline], lost, REFUSED),
        (&[Broken::NoTakingBack], lost, REFUSED),
        (&[Broken::TakesBackAnything], lost, KEPT),
        (&[Broken::TakesBackToNothing], lost, KEPT),
        (&[Broken::DeafToItself], Luck { losses: 1, ..cut }, AGREED),
        (&[Broken::NoReadingAfterCuts], cut, AGREED),
        (&[Broken::NoReadingAfterEmptying], emptied, AGREED),
        (&[Broken::OlderNewsWin], CALM, "no front goes back"),
        (&[Broken::NoBringingBack], emptied, AGREED),
        (
            &[Broken::CountedVersions, Broken::TwoOfOneVersion],
            Luck {
                crashes: 1,
                ..emptied
            },
            AGREED,
        ),
        (
            &[Broken::CountedVersions],
            Luck {
                crashes: 1,
                ..emptied
            },
            KEPT,
        ),
        (
            &[Broken::CountedVersions],
            Luck {
                expiries: 1,
                crashes: 1,
                ..CALM
            },
            AGREED,
        ),
        (
            &[Broken::OneTryToBringBack],
            Luck {
                refusals: 1,
                ..emptied
            },
            AGREED,
        ),
        (&[Broken::FasterIsEnough], Luck { cuts: 1, ..emptied }, AGREED),
        (
            &[Broken::BringingBackIsDoubted],
            Luck { losses: 1, ..emptied },
            KEPT,
        ),
        (&[Broken::EmptyServerIsRight], emptied, KEPT),
    ];
    for (broken, luck, property) in cases {
        let fleet = Fleet {
            broken,
            ..of(&[2, 1], luck)
        };
        let until = HasDiscoveries::AnyOf([property].into());
        let found = found(&format!("{broken:?}"), fleet, until);
        let Some(steps) = found.get(property) else {
            panic!("{broken:?} is not found out")
        };
        writeln!(std::io::stderr(), "    {property}: {}", steps.join(", ")).expect("standard error is there");
    }
}
