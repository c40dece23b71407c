//! A gateway whose store is a server: what is told of it, and that it is served without.

use std::time::Duration;

use serde_json::{Value, json};

use super::served::{Served, config};
use super::upstream::{Upstream, whole};
use crate::fleet::server::{KEY, Server};

async fn figures(served: &Served) -> String {
    let answer = served.get("/metrics").send().await.expect("an answer");
    answer.text().await.expect("a body")
}

fn figure(text: &str, name: &str) -> Option<f64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.map(|value| value.parse().expect("a number"))
}

async fn ready(served: &Served) -> Value {
    let answer = served.get("/readyz").send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON")
}

/// The board of a chat as it is now.
async fn board(served: &Served) -> Value {
    let request = served.get("/v1/events").header("x-modelpin-session", "web");
    let mut answer = request
        .header("x-modelpin-actor", "web")
        .send()
        .await
        .expect("an answer");
    let mut text = String::new();
    loop {
        let chunk = answer.chunk().await.expect("it goes on").expect("it goes on");
        text.push_str(std::str::from_utf8(&chunk).expect("UTF-8"));
        if let Some((event, _)) = text.split_once("\n\n") {
            let data = event.strip_prefix("event: board\ndata: ").expect("a board");
            return serde_json::from_str(data).expect("JSON");
        }
    }
}

/// Waits until a figure is so; a test that hangs is ended by its runner.
async fn until(served: &Served, is: impl Fn(&str) -> bool) -> String {
    loop {
        let text = figures(served).await;
        if is(&text) {
            return text;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_is_in_the_figures_on_the_board_and_no_reason_not_to_serve() {
    let Some(mut server) = Server::start() else { return };
    let one = Upstream::start(|_| whole("hello")).await;
    let mut config = config(one.address, one.address);
    config["store"] = json!({ "kind": "redis", "url": server.url(), "key": KEY });
    let served = Served::start(&config).await;
    served.command("c", "/model small").await;
    let text = until(&served, |text| {
        figure(text, "modelpin_store_news_lag_seconds").is_some()
    })
    .await;
    assert_eq!(figure(&text, "modelpin_store_up"), Some(1.0));
    assert_eq!(figure(&text, "modelpin_store_doubts"), Some(0.0));
    assert_eq!(figure(&text, "modelpin_store_changes_refused_total"), Some(0.0));
    assert!(
        figure(&text, "modelpin_store_resyncs_total") >= Some(1.0),
        "{text}"
    );
    for name in ["round_trip_seconds", "clock_ahead_seconds"] {
        assert!(
            figure(&text, &format!("modelpin_store_{name}")).is_some(),
            "{name} in {text}"
        );
    }
    assert_eq!(
        ready(&served).await,
        json!({ "status": "ready", "store": "well" })
    );
    assert_eq!(board(&served).await["store"], json!({ "state": "well" }));

    server.kill();
    let text = until(&served, |text| figure(text, "modelpin_store_up") == Some(0.0)).await;
    assert_eq!(
        figure(&text, "modelpin_store_round_trip_seconds"),
        None,
        "it was not measured"
    );
    assert_eq!(
        ready(&served).await,
        json!({ "status": "ready", "store": "away" })
    );
    let board = board(&served).await;
    assert_eq!(board["store"]["state"], "away");
    assert!(board["store"]["since"].is_i64());
    assert_eq!(served.ask("c", "big").await.status, 200, "requests go on");
    for private in [&server.at().to_string(), KEY, "127.0.0.1:"] {
        assert!(!text.contains(private), "{private} in {text}");
        assert!(!board["store"].to_string().contains(private));
    }

    server.run();
    let resyncs = |text: &str| figure(text, "modelpin_store_resyncs_total");
    until(&served, |new| {
        resyncs(new) > resyncs(&text) && figure(new, "modelpin_store_up") == Some(1.0)
    })
    .await;
}
