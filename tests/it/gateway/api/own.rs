//! Callers are kept apart by their tokens.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::world::{A, B, World, fits, refused};
use crate::gateway::served::Told;

/// The answer to a request whose path is sent as it is written, below `/v1`.
pub(super) async fn raw(world: &World, line: &str) -> String {
    let (method, path) = line.split_once(' ').expect("a method and a path");
    let mut stream = TcpStream::connect(world.served.address).await.expect("connected");
    let head = format!(
        "{method} /v1{path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
        world.served.address
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut told = String::new();
    stream.read_to_string(&mut told).await.expect("read");
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn two_callers_with_one_name_of_a_chat_have_two_pins() {
    let world = World::with_tokens().await;
    world.says(A, "t:1", "/model small@one:a").await;
    world.says(B, "t:1", "/model big@one:b").await;
    assert_eq!(world.serves(A, "t:1").await, ("one/small".into(), "one:a".into()));
    assert_eq!(world.serves(B, "t:1").await, ("one/big".into(), "one:b".into()));
    for (token, model) in [(A, "one/small"), (B, "one/big")] {
        let told = world.get_as(token, "/v1/sessions/t:1").await.json();
        fits("SessionTold", &told);
        assert_eq!(told["pins"][0]["model"], model);
        assert_eq!(
            (&told["session"], &told["pins"][0]["session"]),
            (&json!("t:1"), &json!("t:1"))
        );
        let status = world.get_as(token, "/v1/status").await.json();
        fits("StatusTold", &status);
        assert_eq!(status["modelpin"]["pins"]["session"], 1);
        let explained = world
            .get_as(token, "/v1/explain?provider=one&session=t:1")
            .await
            .json();
        let profile = if token == A { "one:a" } else { "one:b" };
        assert_eq!(explained["chosen"], profile);
    }
    // The name under which the other's chat is kept leads to no chat of theirs.
    let told = world.get_as(A, "/v1/sessions/bot-b%2Ft:1").await.json();
    assert_eq!(told["pins"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_sees_its_own_decisions_only() {
    let world = World::with_tokens().await;
    world.says(A, "t:1", "/model small").await;
    world.serves(A, "t:1").await;
    world.says(B, "t:1", "/model big").await;
    let told = world.get_as(A, "/v1/decisions").await.json();
    fits("Decisions", &told);
    assert_eq!(told["count"], 2, "{told}");
    for record in told["records"].as_array().expect("records") {
        assert_eq!(record["session"], "t:1");
        let id = record["id"].as_str().expect("an id");
        let found = world.get_as(B, &format!("/v1/decisions?id={id}")).await;
        refused(&found, 404, "no-such-record", Some("id"));
    }
    let text = world.get_as(B, "/v1/decisions?session=t:1").await.text;
    assert!(!text.contains("one/small") && !text.contains("bot-"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_of_one_caller_is_none_of_another() {
    let world = World::with_tokens().await;
    let picker = world.says(A, "t:1", "/model").await.to_string();
    let token = picker.split_once("\"token\":\"").expect("a button").1;
    let token = token.split_once('"').expect("its end").0;
    let body = json!({ "session": "t:1", "actor": "ann", "surface": "text", "token": token }).to_string();
    let press = async |caller: &str| {
        let request = world.served.post("/v1/chat/press").bearer_auth(caller);
        let told = request.body(body.clone()).send().await.expect("an answer");
        Told::of(told).await.json()
    };
    assert_eq!(press(B).await["reply"]["view"]["kind"], "picker");
    assert_eq!(
        world.get_as(B, "/v1/sessions/t:1").await.json()["pins"],
        json!([])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_there_is_the_description_and_nothing_else() {
    let world = World::with_tokens().await;
    for path in [
        "/v1/sessions/t:1",
        "/v1/explain?provider=one",
        "/v1/status",
        "/v1/decisions",
        "/v1/chat/handle",
        "/nothing",
    ] {
        refused(&world.get(path).await, 401, "no-token", None);
        let told = world.get_as("EXAMPLE-token-of-nobody", path).await;
        refused(&told, 401, "no-token", None);
    }
    assert_eq!(world.get("/openapi.json").await.status, 200);
}
