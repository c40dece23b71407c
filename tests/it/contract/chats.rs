//! What is said, and what it does.

use std::sync::Arc;

use async_trait::async_trait;
use modelpin::pin::{Record, ScopeKey};
use modelpin::store::memory::MemoryPins;
use modelpin::store::{PinStore, PinStoreError};
use modelpin::{Actor, Handled, Message};
use proptest::prelude::*;

use super::world::{World, wait};

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn s01_a_message_that_is_no_command_reaches_the_model_byte_for_byte(
        texts in proptest::collection::vec("(?s)[^/／]\\PC{0,60}|.{0,40} /model x|hello /model\n.*", 1..20),
    ) {
        wait(async {
            let world = World::new().await;
            for text in &texts {
                let opens = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
                prop_assume!(!opens.starts_with(['/', '／']));
                let message = Message::new(&world.session, &world.ann, text);
                let handled = world.modelpin.handle(&message).await.expect("the agent exists");
                // Nothing is handed back: the caller sends what it has.
                prop_assert_eq!(handled, Handled::Text, "{:?}", text);
            }
            Ok(())
        })?;
    }

    #[test]
    fn s04_nothing_but_a_command_by_a_sender_who_may_give_it_makes_a_pin(
        texts in proptest::collection::vec(prop_oneof![
            Just("/model sonnet@b --strict".to_owned()), Just("/model gpt".to_owned()), Just("/opus@c".to_owned()),
            Just("/model @a -g".to_owned()), Just("/model 1".to_owned()), ".{0,30}",
        ], 1..12),
        outcomes in proptest::collection::vec(proptest::option::of(super::world::classes()), 0..12),
    ) {
        wait(async {
            let world = World::new().await;
            let stranger = Actor::member("stranger");
            for text in &texts {
                prop_assert_eq!(world.say(&stranger, text).await, None, "{:?}", text);
            }
            for outcome in &outcomes {
                let Ok(lease) = world.lease().await else { continue };
                match outcome {
                    Some(class) => lease.failed(*class, None),
                    None => lease.succeeded(),
                }
            }
            prop_assert_eq!(world.pins(), 0);
            world.say(&world.ann, "/model sonnet@b").await;
            prop_assert_eq!(world.pins(), 1);
            Ok(())
        })?;
    }
}

/// A store that keeps nothing more.
#[derive(Debug, Default)]
struct Full(MemoryPins);

#[async_trait]
impl PinStore for Full {
    async fn load(&self, key: &ScopeKey) -> Result<Option<Record>, PinStoreError> {
        self.0.load(key).await
    }
    async fn load_all(&self) -> Result<Vec<(ScopeKey, Record)>, PinStoreError> {
        self.0.load_all().await
    }
    async fn save(&self, _: &ScopeKey, _: &Record, _: &Record) -> Result<(), PinStoreError> {
        Err(PinStoreError::Unavailable("the disk is full".into()))
    }
}

#[tokio::test]
async fn s02_a_reply_tells_what_was_committed_never_what_was_asked() {
    let world = World::keeping(Arc::new(Full::default())).await;
    let reply = world.say(&world.ann, "/model gpt").await.expect("a reply");
    assert!(
        reply.contains("could not be kept") && reply.contains("the disk is full"),
        "{reply}"
    );
    assert!(!reply.contains("Pinned"), "{reply}");
    assert_eq!(world.pins(), 0);
    assert_eq!(world.lease().await.expect("a lease").model().model(), "opus");
}

#[tokio::test]
async fn s11_a_write_either_happened_or_did_not() {
    let world = World::keeping(Arc::new(Full::default())).await;
    for text in [
        "/model gpt",
        "/model sonnet@b --once",
        "/model @a -g",
        "/model default",
        "/model undo",
    ] {
        world.say(&world.ann, text).await;
        assert_eq!(world.pins(), 0, "{text}");
    }
    // What was not kept is not used either, not even by this process.
    assert_eq!(world.lease().await.expect("a lease").model().model(), "opus");
}

#[tokio::test]
async fn s12_nothing_shows_any_part_of_a_secret() {
    let world = World::new().await;
    let mut heard = String::new();
    for text in [
        "/model",
        "/model list",
        "/model status",
        "/model why",
        "/model sonnet@b",
        "/model nobody@CANARY-key-b-EXAMPLE",
    ] {
        heard.push_str(&world.say(&world.ann, text).await.unwrap_or_default());
    }
    let lease = world.lease().await.expect("a lease");
    heard.push_str(&format!(
        "{lease:?} {:?} {:?}",
        lease.credential(),
        world.modelpin
    ));
    lease.failed(modelpin::outcome::FailureClass::AuthPermanent, None);
    heard.push_str(&format!("{:?} {:#?}", world.lease().await, world.decision()));
    for secret in ["CANARY-t", "CANARY-k", "y-b-EXAM", "EXAMPLE"] {
        assert!(!heard.contains(secret), "{secret}");
    }
}
