//! What holds in a chat, what would be decided, and what is set up.

use serde_json::{Value, json};

use super::world::{World, fits};
use crate::gateway::served::Told;

async fn clear(world: &World, path: &str) -> Value {
    let url = format!("http://{}/v1/sessions/{path}/pin", world.served.address);
    let told = Told::of(world.served.client.delete(url).send().await.expect("an answer")).await;
    assert_eq!(told.status, 200, "{}", told.text);
    fits("Cleared", &told.json());
    told.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_tells_what_is_pinned_by_whom_and_what_comes_next() {
    let world = World::open().await;
    let before = world.get("/v1/sessions/t:1").await.json();
    fits("SessionTold", &before);
    assert_eq!(
        (&before["pins"], &before["next"]["chosen"]),
        (&json!([]), &json!("one:a"))
    );
    world
        .says("", "t:1", "/model small@one:b --strict --for 2h")
        .await;
    let told = world.get("/v1/sessions/t:1").await.json();
    fits("SessionTold", &told);
    let pin = &told["pins"][0];
    assert_eq!(pin["scope"], "session");
    assert_eq!(
        (&pin["model"], &pin["modelMode"]),
        (&json!("one/small"), &json!("strict"))
    );
    assert_eq!(
        pin["profiles"],
        json!([{ "provider": "one", "profile": "one:b", "mode": "strict" }])
    );
    assert_eq!(pin["by"], "ann");
    let lasts = pin["until"]
        .as_i64()
        .zip(pin["at"].as_i64())
        .map(|(end, at)| end - at);
    assert_eq!(lasts, Some(2 * 3_600_000));
    assert_eq!(
        (&told["next"]["model"], &told["next"]["chosen"]),
        (&json!("one/small"), &json!("one:b"))
    );
    let cleared = clear(&world, "t:1").await;
    assert_eq!(
        (&cleared["cleared"], &cleared["now"]["pins"]),
        (&json!(true), &json!([]))
    );
    assert_eq!(clear(&world, "t:1").await["cleared"], false);
    assert_eq!(world.serves("", "t:1").await.0, "one/big");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_of_any_name_has_a_path() {
    let world = World::open().await;
    for (name, path) in [
        ("slack:C1/thread#7", "slack%3AC1%2Fthread%237"),
        ("phòng 1?", "ph%C3%B2ng%201%3F"),
        ("100%", "100%25"),
        ("a+b", "a+b"),
        ("..", "%2E%2E"),
    ] {
        world.says("", name, "/model small").await;
        let url = format!("http://{}/v1/sessions/{path}", world.served.address);
        // A client's library would tidy the path up.
        let told = super::own::raw(
            &world,
            &format!("GET {}", url.split_once("/v1").expect("a path").1),
        )
        .await;
        assert!(told.contains("one/small"), "{name}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn explain_is_what_the_resolver_would_decide_and_changes_nothing() {
    let world = World::open().await;
    world.says("", "t:1", "/model @one:b").await;
    for (query, chosen, model) in [
        ("provider=one", Some("one:a"), None),
        ("provider=one&session=t%3A1", Some("one:b"), None),
        (
            "provider=one&session=t:1&model=small",
            Some("one:b"),
            Some("one/small"),
        ),
        (
            "provider=one&model=one%2Fbig&profile=one:b",
            Some("one:b"),
            Some("one/big"),
        ),
        ("provider=two&now=0", Some("two:c"), None),
        ("provider=nobody", None, None),
    ] {
        let told = world.get(&format!("/v1/explain?{query}")).await;
        assert_eq!(told.status, 200, "{query}: {}", told.text);
        let told = told.json();
        fits("Explained", &told);
        assert_eq!(
            (told["chosen"].as_str(), told["model"].as_str()),
            (chosen, model),
            "{query}: {told}"
        );
        assert_eq!(told["refusal"].is_null(), chosen.is_some());
    }
    assert!(world.provider.asked().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn status_tells_what_is_set_up_and_what_runs() {
    let world = World::open().await;
    world.says("", "t:1", "/model small").await;
    let told = world.get("/v1/status").await;
    assert_eq!(told.header("cache-control"), "no-store");
    let told = told.json();
    fits("StatusTold", &told);
    assert_eq!(told["resolvedDefault"], "one/big");
    assert_eq!(told["modelpin"]["pins"]["session"], 1);
    assert_eq!(told["gateway"]["wantsTokens"], false);
    assert_eq!(told["gateway"]["inFlight"], 0);
    let label = told["auth"]["providers"][0]["profiles"]["labels"][0].as_str();
    assert!(
        label.is_some_and(|label| label.starts_with("one:a=key:")),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_somebody_may_not_see_is_told_to_them_nowhere() {
    let world = World::with(|config| {
        config["auth"]["profiles"] = json!({
            "one:b": { "provider": "one", "mode": "api_key", "allow": { "senders": ["bob"] } },
        });
    })
    .await;
    let mut body = super::world::message("t:1", "/model small@one:b");
    body["actor"] = "bob".into();
    let told = world.post("/v1/chat/handle", &body).await.json();
    assert_eq!(told["reply"]["view"]["kind"], "changed", "{told}");
    for path in [
        "/v1/sessions/t:1",
        "/v1/explain?provider=one&session=t:1",
        "/v1/status",
        "/v1/decisions?session=t:1",
    ] {
        for (actor, sees) in [("ann", false), ("bob", true)] {
            let asked = world.served.get(path).header("x-modelpin-actor", actor);
            let told = Told::of(asked.send().await.expect("an answer")).await;
            assert_eq!(told.text.contains("one:b"), sees, "{actor} {path}: {}", told.text);
        }
    }
}
