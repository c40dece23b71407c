//! The server is stopped, frozen, killed, emptied and full.

use std::sync::Arc;
use std::time::Duration;

use modelpin::clock::Timestamp;
use modelpin::model::{ModelRef, ProviderId};
use modelpin::pin::{Change, End, PinnedModel, Record, ScopeKey, Set, Version};
use modelpin::resolver::{Committed, Pins, freely};
use modelpin::store::redis::{Health, Redis};
use modelpin::store::{PinStore, PinStoreError};
use modelpin::terms::Mode;

use super::between::Between;
use super::law::{chat, pinned};
use super::server::{KEY, Server, join_at};

fn set(model: &str) -> Change {
    Change::Set(Set {
        model: Some(PinnedModel {
            model: ModelRef::new(ProviderId::new("anthropic"), model),
            mode: Mode::Strict,
        }),
        profile: None,
        end: End::Never,
        by: Arc::from("ann"),
    })
}

/// One gateway's pins.
pub(super) async fn front(redis: &Redis) -> Pins {
    let pins = Pins::load(Arc::new(redis.pins()))
        .await
        .expect("the pins are loaded");
    pins.follow();
    pins
}

pub(super) async fn pin(pins: &Pins, name: &str, model: &str) -> Result<Committed, PinStoreError> {
    pins.commit(chat(name), set(model), freely(), Timestamp::from_millis(5))
        .await
}

pub(super) fn model(pins: &Pins, key: &ScopeKey) -> Option<String> {
    let record = pins.table().record(key)?;
    let pin = record.layers.lasting.as_ref()?;
    Some(pin.model.as_ref()?.model.model().to_owned())
}

fn version_of(pins: &Pins, name: &str) -> Option<Version> {
    pins.table().record(&chat(name)).map(|record| record.version)
}

/// Waits until `is` holds; a test that hangs is ended by its runner.
pub(super) async fn until(is: impl Fn() -> bool) {
    while !is() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_server_refuses_in_time_and_nothing_refused_happens_later() {
    let Some(server) = Server::start() else { return };
    let (one, other) = (server.join("a").await, server.join("a").await);
    let (here, there) = (front(&one).await, front(&other).await);
    pin(&here, "c", "opus").await.expect("it is kept");
    until(|| model(&there, &chat("c")).as_deref() == Some("opus")).await;
    let version = version_of(&here, "c");

    server.freeze();
    // Some are sent before anybody knows, some after it.
    for turn in 0..4 {
        let refused = pin(&here, "c", &format!("late-{turn}")).await;
        assert!(
            matches!(refused, Err(PinStoreError::Unavailable(_))),
            "{refused:?}"
        );
        assert_eq!(
            model(&here, &chat("c")).as_deref(),
            Some("opus"),
            "what is in memory goes on"
        );
    }
    until(|| matches!(one.health(), Health::Away { .. })).await;
    server.thaw();
    until(|| matches!(one.health(), Health::Well { .. })).await;
    let kept = one
        .pins()
        .load(&chat("c"))
        .await
        .expect("it answers")
        .expect("a record");
    assert_eq!(Some(kept.version), version, "nothing that was refused was made");
    pin(&here, "c", "sonnet").await.expect("it is kept");
    until(|| model(&there, &chat("c")).as_deref() == Some("sonnet")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_answer_was_lost_is_taken_back_to_what_was_before_it() {
    let Some(server) = Server::start() else { return };
    let wire = Between::before(server.at());
    let one = join_at(wire.at(), "a", KEY).await.expect("the server lets us in");
    let other = server.join("a").await;
    let (here, there) = (front(&one).await, front(&other).await);
    pin(&here, "c", "opus").await.expect("it is kept");
    until(|| model(&there, &chat("c")).as_deref() == Some("opus")).await;

    let version = version_of(&here, "c");
    wire.lose_answers();
    let refused = pin(&here, "c", "haiku").await;
    assert!(
        matches!(refused, Err(PinStoreError::Unavailable(_))),
        "{refused:?}"
    );
    until(|| model(&there, &chat("c")).as_deref() == Some("haiku")).await;
    wire.cut();
    until(|| matches!(one.health(), Health::Away { .. })).await;
    wire.mend();
    until(|| model(&there, &chat("c")).as_deref() == Some("opus")).await;
    let kept = one.pins().load(&chat("c")).await;
    let kept = kept.expect("it answers").expect("a record");
    assert!(Some(kept.version) > version, "it was made, and taken back");
    until(|| model(&here, &chat("c")).as_deref() == Some("opus")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_that_comes_back_agrees_with_all() {
    let Some(mut server) = Server::start() else { return };
    let (one, other) = (server.join("a").await, server.join("a").await);
    let (here, there) = (front(&one).await, front(&other).await);
    pin(&here, "c", "opus").await.expect("it is kept");
    server.kill();
    until(|| matches!(one.health(), Health::Away { .. })).await;
    let refused = pin(&here, "c", "lost").await.expect_err("nobody keeps it");
    assert!(matches!(refused, PinStoreError::Unavailable(_)));
    server.run();
    // What one process learns while the other's messages are lost is there all the same.
    until(|| matches!(one.health(), Health::Well { .. })).await;
    pin(&here, "d", "haiku").await.expect("it is kept");
    until(|| model(&there, &chat("d")).as_deref() == Some("haiku")).await;
    assert_eq!(model(&there, &chat("c")).as_deref(), Some("opus"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_emptied_server_lost_is_brought_back_by_those_who_know_it() {
    let Some(server) = Server::start() else { return };
    let one = server.join("a").await;
    let here = front(&one).await;
    for name in ["c", "d", "e"] {
        pin(&here, name, "opus").await.expect("it is kept");
    }
    pin(&here, "c", "sonnet").await.expect("it is kept");
    let _gone: String = server.ask(&["FLUSHALL"]).await;
    let fresh = loop {
        // A machine that begins now.
        let fresh = front(&server.join("a").await).await;
        until(|| !matches!(one.health(), Health::Away { .. })).await;
        if model(&fresh, &chat("e")).is_some() {
            break fresh;
        }
    };
    until(|| model(&fresh, &chat("c")).as_deref() == Some("sonnet")).await;
    assert_eq!(model(&fresh, &chat("d")).as_deref(), Some("opus"));
    let kept = one
        .pins()
        .load(&chat("c"))
        .await
        .expect("it answers")
        .expect("a record");
    assert_eq!(Some(kept.version), version_of(&here, "c"), "with its version");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_server_says_that_the_pin_was_not_kept() {
    let Some(server) = Server::start() else { return };
    let one = server.join("a").await;
    let store = one.pins();
    let _set: String = server.ask(&["CONFIG", "SET", "maxmemory", "1"]).await;
    let record = pinned(&Record::default(), "opus", End::Never);
    let refused = store
        .save(&chat("c"), &Record::default(), &record)
        .await
        .unwrap_err();
    let PinStoreError::Unavailable(cause) = refused else {
        panic!("{refused}")
    };
    let told = cause.to_string();
    assert!(told.contains("does not take changes now"), "{told}");
    let _set: String = server.ask(&["CONFIG", "SET", "maxmemory", "0"]).await;
    store
        .save(&chat("c"), &Record::default(), &record)
        .await
        .expect("there is room again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_that_is_made_right_after_the_server_lost_everything_is_not_lost_to_an_older_one() {
    let Some(server) = Server::start() else { return };
    let (one, other) = (server.join("a").await, server.join("a").await);
    let (here, there) = (front(&one).await, front(&other).await);
    for model in ["opus", "sonnet", "haiku"] {
        pin(&here, "c", model).await.expect("it is kept");
    }
    until(|| model(&there, &chat("c")).as_deref() == Some("haiku")).await;
    let _gone: String = server.ask(&["FLUSHALL"]).await;
    // Nobody has found out yet.
    pin(&here, "c", "opus").await.expect("it is kept");
    pin(&there, "d", "opus").await.expect("it is kept");
    let marker = "a:main:fleet";
    while server.ask::<Option<String>>(&["GET", marker]).await.is_none() {
        tokio::task::yield_now().await;
    }
    until(|| {
        [&here, &there]
            .iter()
            .all(|pins| model(pins, &chat("c")).as_deref() == Some("opus"))
    })
    .await;
    let kept = one.pins().load(&chat("c")).await.expect("it answers");
    assert_eq!(kept.map(|record| record.version), version_of(&here, "c"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_could_not_listen_on_a_new_connection_listens_as_soon_as_it_may() {
    let Some(server) = Server::start() else { return };
    let (one, other) = (server.join("a").await, server.join("a").await);
    let (here, there) = (front(&one).await, front(&other).await);
    // The server ends the connections of those who listen; new ones may ask, and not listen.
    let _set: String = server.ask(&["ACL", "SETUSER", "default", "resetchannels"]).await;
    until(|| {
        [&one, &other]
            .iter()
            .all(|redis| matches!(redis.health(), Health::Away { .. }))
    })
    .await;
    let refused = pin(&here, "c", "opus").await.expect_err("nobody would hear it");
    assert!(matches!(refused, PinStoreError::Unavailable(_)), "{refused}");
    let _set: String = server.ask(&["ACL", "SETUSER", "default", "allchannels"]).await;
    until(|| {
        [&one, &other]
            .iter()
            .all(|redis| matches!(redis.health(), Health::Well { .. }))
    })
    .await;
    pin(&here, "c", "sonnet").await.expect("it is kept");
    until(|| model(&there, &chat("c")).as_deref() == Some("sonnet")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_did_not_let_us_in_for_a_while_is_used_again_when_it_does() {
    let Some(server) = Server::start() else { return };
    let one = server.join("a").await;
    let here = front(&one).await;
    let client = redis::Client::open(server.url()).expect("an address");
    let mut inside = client
        .get_multiplexed_async_connection()
        .await
        .expect("a connection");
    for words in [
        &["CONFIG", "SET", "requirepass", "EXAMPLE-another-one"][..],
        &["CLIENT", "KILL", "TYPE", "pubsub"],
    ] {
        let _done: redis::Value = redis::cmd(words[0])
            .arg(&words[1..])
            .query_async(&mut inside)
            .await
            .expect("an answer");
    }
    until(|| matches!(one.health(), Health::Away { why, .. } if why.contains("let us in"))).await;
    pin(&here, "c", "opus").await.expect_err("nobody keeps it");
    let _open: String = redis::cmd("CONFIG")
        .arg(&["SET", "requirepass", ""])
        .query_async(&mut inside)
        .await
        .expect("an answer");
    until(|| matches!(one.health(), Health::Well { .. })).await;
    pin(&here, "c", "opus").await.expect("it is kept");
}
