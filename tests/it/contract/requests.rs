//! What is leased, and what is learned from it.

use std::time::Duration;

use modelpin::outcome::FailureClass;
use modelpin::render::Render;
use modelpin::render::text::Text;
use proptest::prelude::*;

use super::world::{World, classes, wait};

/// Something that happens in a chat.
#[derive(Debug, Clone)]
enum Step {
    Ask(Vec<FailureClass>),
    Wait(u64),
    Say(&'static str),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let says = [
        "/model opus@a",
        "/model sonnet@b",
        "/model gpt",
        "/model @auto",
        "/model @c --prefer",
        "/model default",
        "/model sonnet --strict",
        "/model undo",
        "/model @b --once",
    ];
    let step = prop_oneof![
        4 => proptest::collection::vec(classes(), 0..6).prop_map(Step::Ask),
        2 => (1..4000_u64).prop_map(Step::Wait),
        1 => proptest::sample::select(says.to_vec()).prop_map(Step::Say),
    ];
    proptest::collection::vec(step, 1..30)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn s03_s09_a_strict_pin_is_never_replaced_and_no_candidate_is_tried_twice(steps in steps()) {
        wait(async {
            let world = World::new().await;
            for step in &steps {
                match step {
                    Step::Wait(seconds) => world.clock.advance(Duration::from_secs(*seconds)),
                    Step::Say(text) => drop(world.say(&world.ann, text).await),
                    Step::Ask(failures) => {
                        let effective = world.decision().effective;
                        let mut attempts = world.modelpin.attempts(&world.session, &world.ann);
                        let mut tried = Vec::new();
                        let mut outcomes = failures.iter();
                        while let Ok(lease) = attempts.next().await {
                            let provider = lease.model().provider();
                            if let Some(modelpin::pin::ProfileChoice::Pinned(pin)) = effective.profile(provider).map(|set| &set.value)
                                && pin.mode == modelpin::terms::Mode::Strict
                            {
                                prop_assert_eq!(lease.profile(), &pin.id);
                            }
                            let candidate = (lease.model().clone(), lease.profile().clone());
                            prop_assert!(!tried.contains(&candidate), "{:?} again", candidate);
                            tried.push(candidate);
                            match outcomes.next() {
                                Some(class) => lease.failed(*class, None),
                                None => {
                                    lease.succeeded();
                                    prop_assert!(attempts.next().await.is_err(), "nothing follows an answer");
                                    break;
                                }
                            }
                        }
                    }
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn s05_asking_changes_nothing_and_explains_every_candidate(steps in steps()) {
        wait(async {
            let world = World::new().await;
            for step in &steps {
                match step {
                    Step::Wait(seconds) => world.clock.advance(Duration::from_secs(*seconds)),
                    Step::Say(text) => drop(world.say(&world.ann, text).await),
                    Step::Ask(failures) => {
                        for class in failures {
                            if let Ok(lease) = world.lease().await {
                                lease.failed(*class, None);
                            }
                        }
                    }
                }
                let (one, two) = (world.decision(), world.decision());
                prop_assert_eq!(format!("{one:?}"), format!("{two:?}"));
                let provider = one.provider().expect("a model is selected");
                let told = one.ranking.candidates.iter().map(|one| &one.profile);
                let mut told: Vec<_> = told.chain(one.ranking.excluded.iter().map(|out| &out.profile)).collect();
                told.sort();
                let there = if provider.as_str() == "openai" { 1 } else { 3 };
                prop_assert_eq!(told.len(), there, "each once: {:?}", told);
            }
            Ok(())
        })?;
    }

    #[test]
    fn s13_status_asks_the_resolver(steps in steps()) {
        wait(async {
            let world = World::new().await;
            for step in &steps {
                match step {
                    Step::Wait(seconds) => world.clock.advance(Duration::from_secs(*seconds)),
                    Step::Say(text) => drop(world.say(&world.ann, text).await),
                    Step::Ask(failures) => {
                        for class in failures {
                            if let Ok(lease) = world.lease().await {
                                lease.failed(*class, None);
                            }
                        }
                    }
                }
                let status = world.say(&world.ann, "/model status").await.expect("a reply");
                let decision = world.decision();
                let line = status.lines().find(|line| line.starts_with("Next message:")).expect("a line").to_owned();
                let served = decision.serving();
                match (&served.verdict, world.lease().await) {
                    (Ok(profile), Ok(lease)) => {
                        prop_assert!(line.contains(profile.as_str()), "{}", line);
                        prop_assert_eq!(lease.profile(), profile);
                        prop_assert_eq!(Some(lease.model()), served.model());
                    }
                    (Err(_), Err(_)) => prop_assert!(line.contains("refused"), "{}", line),
                    (verdict, leased) => prop_assert!(false, "{:?} and {:?}", verdict, leased),
                }
            }
            Ok(())
        })?;
    }
}

/// The end of the rest of the profile that would be asked first, if it rests.
fn rests(world: &World, profile: &str) -> Option<modelpin::clock::Timestamp> {
    let decision = world.decision();
    let found = decision
        .ranking
        .candidates
        .iter()
        .find(|one| one.profile.as_str() == profile);
    found.and_then(|one| one.until)
}

#[tokio::test]
async fn s06_an_outcome_is_credited_to_its_own_lease() {
    let world = World::new().await;
    world.say(&world.ann, "/model opus@a").await;
    let first = world.lease().await.expect("a lease");
    world.say(&world.ann, "/model opus@b").await;
    let second = world.lease().await.expect("a lease");
    second.succeeded();
    first.failed(FailureClass::RateLimit, None);
    assert!(rests(&world, "anthropic:a").is_some());
    assert_eq!(rests(&world, "anthropic:b"), None);
    // A success of a request that began before the failure clears nothing.
    world.clock.advance(Duration::from_secs(1));
    world.say(&world.ann, "/model opus@b").await;
    let early = world.lease().await.expect("a lease");
    world.clock.advance(Duration::from_secs(1));
    let late = world.lease().await.expect("a lease");
    late.failed(FailureClass::Billing, None);
    early.succeeded();
    assert!(rests(&world, "anthropic:b").is_some());
    // Dropping reports nothing.
    world.say(&world.ann, "/model opus@c").await;
    drop(world.lease().await.expect("a lease"));
    assert_eq!(rests(&world, "anthropic:c"), None);
}

#[tokio::test]
async fn s07_local_refusals_never_lengthen_a_rest() {
    let world = World::new().await;
    world.say(&world.ann, "/model opus@a --strict").await;
    world
        .lease()
        .await
        .expect("a lease")
        .failed(FailureClass::RateLimit, None);
    let end = rests(&world, "anthropic:a").expect("it rests");
    for _ in 0..50 {
        assert!(world.lease().await.is_err());
    }
    assert_eq!(rests(&world, "anthropic:a"), Some(end));
}

#[tokio::test]
async fn s08_a_failure_of_one_model_does_not_block_another_unless_it_is_auth_or_billing() {
    for class in FailureClass::ALL {
        let world = World::new().await;
        world.say(&world.ann, "/model opus@b").await;
        // The first timeout rests nobody.
        for _ in 0..2 {
            if let Ok(lease) = world.lease().await {
                lease.failed(class, None);
            }
        }
        world.say(&world.ann, "/model sonnet").await;
        let of_account = matches!(
            class,
            FailureClass::Auth | FailureClass::AuthPermanent | FailureClass::Billing
        );
        assert_eq!(world.decision().verdict.is_err(), of_account, "{class}");
    }
}

#[tokio::test]
async fn s02_what_steps_in_is_said() {
    let world = World::new().await;
    world.say(&world.ann, "/model opus@a").await;
    world
        .lease()
        .await
        .expect("a lease")
        .failed(FailureClass::Billing, None);
    let view = world
        .modelpin
        .answer_command(
            &world.session,
            &world.ann,
            &modelpin::command::ModelCommand::Status,
        )
        .await;
    let status = Text::plain().render(&view).join("\n");
    assert!(status.contains("gpt") && status.contains("steps in"), "{status}");
    assert_eq!(world.lease().await.expect("a lease").model().model(), "gpt");
}
