//! What the model found: a server that loses things, and processes that know different parts of them.

use std::sync::Arc;

use modelpin::clock::{Clock, Timestamp};
use modelpin::pin::{Change, End, PinnedModel, Record, ScopeKey, Set, Version};
use modelpin::resolver::{Committed, Pins, freely};
use modelpin::store::PinStore;
use modelpin::store::redis::Health;

use super::between::Between;
use super::faults::{front, model, pin, until};
use super::law::{chat, pinned};
use super::server::{KEY, Server, join_at};

fn at_version(record: Record, version: u64) -> Record {
    Record {
        version: Version(version),
        ..record
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_who_bring_a_record_back_the_newest_wins_in_any_order() {
    let Some(server) = Server::start() else { return };
    let one = server.join("a").await.pins();
    let old = at_version(pinned(&Record::default(), "opus", End::Never), 5);
    let new = at_version(pinned(&old, "sonnet", End::Never), 9);
    for order in [[&old, &new], [&new, &old]] {
        let _gone: i64 = server.ask(&["DEL", "a:main:pin:{session/main/c}"]).await;
        for known in order {
            let lost = [(chat("c"), known.clone())];
            one.bring_back(&lost).await.expect("there is room");
        }
        let there = one.load(&chat("c")).await.expect("it answers");
        assert_eq!(there.as_ref(), Some(&new));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_brought_back_and_nobody_answered_is_not_taken_back() {
    let Some(server) = Server::start() else { return };
    let wire = Between::before(server.at());
    let one = join_at(wire.at(), "a", KEY).await.expect("the server lets us in");
    let store = one.pins();
    let known = at_version(pinned(&Record::default(), "opus", End::Never), 5);
    wire.lose_answers();
    let unanswered = store.bring_back(&[(chat("c"), known.clone())]).await;
    assert!(unanswered.is_err(), "nobody knows");
    until(|| matches!(one.health(), Health::Away { .. })).await;
    wire.mend();
    until(|| matches!(one.health(), Health::Well { .. })).await;
    // The question settles first whatever is in doubt.
    let there = store.load(&chat("c")).await.expect("it answers");
    assert_eq!(there, Some(known));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_by_a_newcomer_is_not_undone_by_those_who_know_what_was_lost_before() {
    let Some(server) = Server::start() else { return };
    let wire = Between::before(server.at());
    let one = join_at(wire.at(), "a", KEY).await.expect("the server lets us in");
    let here = front(&one).await;
    for name in ["opus", "haiku", "opus"] {
        pin(&here, "c", name).await.expect("it is kept");
    }
    wire.cut();
    let _gone: String = server.ask(&["FLUSHALL"]).await;
    let newcomer = front(&server.join("a").await).await;
    pin(&newcomer, "c", "sonnet").await.expect("it is kept");
    wire.mend();
    until(|| model(&here, &chat("c")).as_deref() == Some("sonnet")).await;
    let there = one.pins().load(&chat("c")).await.expect("it answers");
    assert_eq!(there.map(|record| record.version), version(&newcomer));
}

fn version(pins: &Pins) -> Option<Version> {
    pins.table().record(&chat("c")).map(|record| record.version)
}

fn until_then(end: Timestamp) -> Change {
    Change::Set(Set {
        model: Some(PinnedModel {
            model: modelpin::model::ModelRef::new(modelpin::model::ProviderId::new("anthropic"), "opus"),
            mode: modelpin::terms::Mode::Strict,
        }),
        profile: None,
        end: End::At(end),
        by: Arc::from("ann"),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_whose_record_the_server_dropped_when_it_was_over_can_be_pinned_again() {
    let Some(server) = Server::start() else { return };
    let (one, other) = (server.join("a").await, server.join("a").await);
    let (here, newcomer) = (front(&one).await, front(&other).await);
    let now = one.clock().now();
    // It was over so long ago that the server keeps it no more.
    let long_ago = Timestamp::from_millis(10);
    let key: ScopeKey = chat("c");
    for _ in 0..2 {
        let kept = here
            .commit(key.clone(), until_then(long_ago), freely(), now)
            .await;
        assert!(matches!(kept, Ok(Committed::Changed(_))), "{kept:?}");
    }
    assert_eq!(one.pins().load(&key).await.expect("it answers"), None);
    // By those who do not know it, and by those who do.
    pin(&newcomer, "c", "sonnet").await.expect("it is kept");
    until(|| model(&here, &key).as_deref() == Some("sonnet")).await;
    pin(&here, "c", "haiku").await.expect("it is kept");
    until(|| model(&newcomer, &key).as_deref() == Some("haiku")).await;
}
