//! Another credential steps in before the first byte, and never after it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use serde_json::json;

use super::served::{KEYS, Served, Told, config};
use super::upstream::{Upstream, error, event, events, whole};

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_fails_is_asked_once_and_no_client_sees_it() {
    for (status, kind) in [
        (429, "rate_limit_error"),
        (401, "authentication_error"),
        (529, "overloaded_error"),
    ] {
        let one = Upstream::start(move |asked| {
            if asked.key() == KEYS[0] {
                error(status, kind, "no")
            } else {
                whole("hello")
            }
        })
        .await;
        let served = Arc::new(Served::start(&config(one.address, one.address)).await);
        let told = served.ask("first", "big").await;
        assert_eq!((told.status, told.header("x-modelpin-profile")), (200, "one:b"));
        let mut asking = tokio::task::JoinSet::new();
        for at in 0..40 {
            let served = Arc::clone(&served);
            asking.spawn(async move { served.ask(&format!("chat-{at}"), "big").await.status });
        }
        assert!(asking.join_all().await.into_iter().all(|status| status == 200));
        let failed = one.keys().iter().filter(|key| *key == KEYS[0]).count();
        assert_eq!(failed, 1, "{status}");
    }
}

/// Forty requests of as many chats, `together` of them at a time, to a gateway that has used neither key before; how often
/// the bad key was asked.
async fn forty(status: u16, kind: &'static str, together: usize) -> usize {
    let one = Upstream::start(move |asked| {
        if asked.key() == KEYS[0] {
            error(status, kind, "no")
        } else {
            whole("hello")
        }
    })
    .await;
    let served = Arc::new(Served::start(&config(one.address, one.address)).await);
    let mut asking = tokio::task::JoinSet::new();
    for lane in 0..together {
        let served = Arc::clone(&served);
        asking.spawn(async move {
            for at in (lane..40).step_by(together) {
                let told = served.ask(&format!("chat-{at}"), "big").await;
                assert_eq!((told.status, told.header("x-modelpin-profile")), (200, "one:b"));
            }
        });
    }
    asking.join_all().await;
    one.keys().iter().filter(|key| *key == KEYS[0]).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_key_that_nobody_knows_yet_is_asked_by_those_of_the_first_moment_at_most() {
    for (status, kind) in [(429, "rate_limit_error"), (401, "authentication_error")] {
        assert_eq!(forty(status, kind, 1).await, 1, "{status}");
        for together in [8, 32] {
            let asked = forty(status, kind, together).await;
            assert!((1..=together).contains(&asked), "{status}: {asked} of {together}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_at_the_start_of_a_stream_is_a_failed_answer() {
    let one = Upstream::start(|asked| {
        if asked.key() == KEYS[0] {
            let overloaded = json!({ "type": "error", "error": { "type": "overloaded_error", "message": "Overloaded" } });
            let ping = event(&json!({ "type": "ping" }));
            events(Body::from(format!(": hello\n\n{ping}{}", event(&overloaded))))
        } else {
            let start = json!({ "type": "message_start", "message": { "id": "m" } });
            let delta = json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "text_delta", "text": "hello" } });
            events(Body::from(format!("{}{}", event(&start), event(&delta))))
        }
    })
    .await;
    let served = Served::start(&config(one.address, one.address)).await;
    let told = served.ask("a", "big").await;
    assert_eq!((told.status, told.header("x-modelpin-profile")), (200, "one:b"));
    assert!(
        told.text.starts_with("event: message_start\n") && told.text.contains("hello"),
        "{}",
        told.text
    );
    assert_eq!(one.keys(), [KEYS[0], KEYS[1]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_after_the_first_event_passes_and_nobody_rests() {
    let one = Upstream::start(|_| {
        let start = json!({ "type": "message_start", "message": { "id": "m" } });
        let overloaded =
            json!({ "type": "error", "error": { "type": "overloaded_error", "message": "Overloaded" } });
        events(Body::from(format!("{}{}", event(&start), event(&overloaded))))
    })
    .await;
    let served = Served::start(&config(one.address, one.address)).await;
    for _ in 0..2 {
        let told = served.ask("a", "big").await;
        assert_eq!((told.status, told.header("x-modelpin-profile")), (200, "one:a"));
        assert!(told.text.contains("overloaded_error"));
    }
    assert_eq!(one.keys(), [KEYS[0], KEYS[0]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strict_pin_is_served_or_refused() {
    let one = Upstream::start(|_| error(429, "rate_limit_error", "no")).await;
    let served = Served::start(&config(one.address, one.address)).await;
    served.command("pinned", "/model big@one:a --strict").await;
    let told = served.ask("pinned", "big").await;
    assert_eq!(told.status, 429, "{}", told.text);
    assert_eq!(told.json()["error"]["type"], "rate_limit_error");
    assert_eq!(one.keys(), [KEYS[0]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_body_is_sent_once_only() {
    let times = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&times);
    let one = Upstream::start(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        error(529, "overloaded_error", "no")
    })
    .await;
    let served = Served::start(&config(one.address, one.address)).await;
    let long = "x".repeat(5 << 20);
    let body = json!({ "model": "big", "max_tokens": 1, "messages": [{ "role": "user", "content": long }] });
    let request = served.post("/v1/messages").body(body.to_string());
    let told = Told::of(request.send().await.expect("an answer")).await;
    assert_eq!(told.status, 529, "{}", told.text);
    assert!(
        told.text.contains("too long to be sent a second time"),
        "{}",
        told.text
    );
    assert_eq!(times.load(Ordering::Relaxed), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_does_not_begin_in_its_time_is_left() {
    let one = Upstream::start(|asked| {
        if asked.key() == KEYS[0] {
            // The head comes with the first piece, which never does.
            let silence = futures_util::stream::pending::<Result<String, std::io::Error>>();
            events(Body::from_stream(silence))
        } else {
            whole("hello")
        }
    })
    .await;
    let mut config = config(one.address, one.address);
    config["models"]["providers"]["one"]["timeoutSeconds"] = json!(0.3);
    let served = Served::start(&config).await;
    let told = served.ask("a", "big").await;
    assert_eq!(
        (told.status, told.header("x-modelpin-profile")),
        (200, "one:b"),
        "{}",
        told.text
    );
}
