//! Scenarios are played with the real resolver, and the claims hold.

mod forged;
#[cfg(unix)]
mod told;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use modelpin::simulate::{Claim, Entry, Played, Scenario, Span, What, judge, play};

fn scenario(name: &str) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/simulate")
        .join(name);
    let text = fs::read_to_string(&path).expect("a scenario");
    Scenario::read(&text, name).expect("it can be read")
}

async fn played(scenario: &Scenario) -> Played {
    play(scenario, scenario.seed).await.expect("it can be played")
}

/// How often each claim was tested; none was violated.
fn held(played: &Played) -> BTreeMap<&'static str, u64> {
    let verdicts = judge(&played.facts, &played.weather, &played.log);
    for verdict in &verdicts {
        assert_eq!(
            verdict.violated,
            0,
            "{}: {:#?}",
            verdict.claim.as_str(),
            verdict.examples
        );
    }
    verdicts
        .iter()
        .map(|verdict| (verdict.claim.as_str(), verdict.tested))
        .collect()
}

fn all_tested(tested: &BTreeMap<&'static str, u64>, claims: &[Claim]) {
    for claim in claims {
        assert!(tested[claim.as_str()] > 0, "{} was never tested", claim.as_str());
    }
}

#[tokio::test]
async fn bursts_and_an_outage_leave_every_chat_in_its_place() {
    let played = played(&scenario("bursts.json")).await;
    let tested = held(&played);
    all_tested(
        &tested,
        &[
            Claim::Return,
            Claim::OneTrial,
            Claim::Fence,
            Claim::Once,
            Claim::OwnFault,
        ],
    );
}

#[tokio::test]
async fn nothing_begins_to_cost_and_strict_pins_stay_strict_through_a_revoked_key_and_a_top_up() {
    let played = played(&scenario("money.json")).await;
    let tested = held(&played);
    all_tested(
        &tested,
        &[
            Claim::OneTrial,
            Claim::Fence,
            Claim::PinsByCommand,
            Claim::StrictPin,
        ],
    );
}

#[tokio::test]
async fn the_same_seed_gives_the_same_run_and_another_gives_another() {
    let scenario = scenario("bursts.json");
    let told = |log: &[Entry]| -> Vec<String> { log.iter().map(|entry| format!("{entry:?}")).collect() };
    let first = played(&scenario).await;
    assert_eq!(told(&first.log), told(&played(&scenario).await.log));
    let other = play(&scenario, 99).await.expect("it can be played");
    assert_ne!(told(&first.log), told(&other.log));
    let asked = |played: &Played| {
        let asked = |entry: &&Entry| matches!(entry.what, What::Asked(_));
        played.log.iter().filter(asked).count()
    };
    assert!(asked(&first) > 1000);
}

#[tokio::test]
async fn a_thousand_chats_come_through_ten_days_of_weather() {
    // A tenth of the requests of the whole scenario, which `modelpin simulate` plays in a few seconds more.
    let mut scenario = scenario("ten-days.json");
    scenario.sessions.every = Span::seconds(20 * 3600);
    let played = played(&scenario).await;
    let tested = held(&played);
    all_tested(&tested, &Claim::ALL);
}
