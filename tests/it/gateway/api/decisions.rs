//! Looking back.

use serde_json::{Value, json};

use super::world::{World, fits, refused};
use crate::gateway::served::{Served, Told, config};
use crate::gateway::upstream::{Upstream, whole};

fn ids(told: &Value) -> Vec<&str> {
    let records = told["records"].as_array().expect("records");
    records
        .iter()
        .filter_map(|record| record["id"].as_str())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_id_of_an_answer_leads_to_its_decision() {
    let world = World::open().await;
    let told = world.served.ask("t:1", "big").await;
    let id = told.header("x-modelpin-decision");
    let found = world.get(&format!("/v1/decisions?id={id}")).await.json();
    fits("Decisions", &found);
    assert_eq!(found["count"], 1);
    let record = &found["records"][0];
    assert_eq!((&record["id"], &record["kind"]), (&json!(id), &json!("decision")));
    assert_eq!(
        record["served"],
        json!({ "model": "one/big", "profile": "one:a" })
    );
    refused(
        &world.get("/v1/decisions?id=d0-0").await,
        404,
        "no-such-record",
        Some("id"),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_has_its_own_records_the_newest_first() {
    let world = World::open().await;
    world.says("", "t:1", "/model small").await;
    world.served.ask("t:2", "big").await;
    let last = world.served.ask("t:1", "big").await;
    let told = world.get("/v1/decisions?session=t:1").await.json();
    fits("Decisions", &told);
    assert_eq!(told["count"], 2);
    assert_eq!(ids(&told)[0], last.header("x-modelpin-decision"));
    assert_eq!(told["records"][1]["who"], "ann");
    let one = world.get("/v1/decisions?session=t:1&last=1").await.json();
    assert_eq!(ids(&one), ids(&told)[..1]);
    assert_eq!(world.get("/v1/decisions").await.json()["count"], 3);
    assert_eq!(
        world.get("/v1/decisions?session=t:9").await.json(),
        json!({ "count": 0, "records": [] })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_id_of_an_error_leads_to_its_decision() {
    let world = World::open().await;
    world.says("", "t:1", "/model gpt").await;
    let told = world.served.ask("t:1", "big").await;
    let error = told.json();
    let id = error["error"]["decision"].as_str().expect("an id");
    let found = world.get(&format!("/v1/decisions?id={id}")).await.json();
    assert_eq!(found["records"][0]["refusal"], error["error"]["code"], "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_decided_is_there_after_a_restart() {
    let provider = Upstream::start(|_| whole("hello")).await;
    let config = config(provider.address, provider.address);
    let kept = tempfile::tempdir().expect("a directory");
    let state = kept.path().join("state");
    let mut first = Served::with(&config, |options, files| {
        std::fs::rename(files.path(), &state).expect("moved");
        options.state_dir = Some(state.clone());
    })
    .await;
    first.ask("t:1", "big").await;
    first.stop();
    first.ended().await;
    let second = Served::with(&config, |options, _| options.state_dir = Some(state.clone())).await;
    let told = second
        .get("/v1/decisions?session=t:1")
        .send()
        .await
        .expect("an answer");
    assert_eq!(Told::of(told).await.json()["count"], 1);
}
