//! Messages and presses.

use serde_json::{Value, json};

use super::world::{A, World, fits, message};
use crate::gateway::served::Told;

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_no_command_comes_back_byte_for_byte() {
    let world = World::open().await;
    for text in [
        "hello",
        "",
        "  two  spaces\r\n\u{0}\u{202e}",
        "/modelling is fun",
        "/start",
    ] {
        let told = world.says("", "t:1", text).await;
        assert_eq!(
            told,
            json!({ "outcome": "text", "send": text, "reply": null }),
            "{text:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_pins_and_the_next_request_is_served_so() {
    let world = World::open().await;
    let told = world.says("", "t:1", "/model small@one:b").await;
    assert_eq!((&told["outcome"], &told["send"]), (&json!("reply"), &Value::Null));
    assert_eq!(told["reply"]["view"]["kind"], "changed");
    let text = told["reply"]["text"].as_str().expect("a text");
    assert!(text.contains("one/small") && text.contains("one:b"), "{text}");
    let served = world.serves("", "t:1").await;
    assert_eq!(served, ("one/small".to_owned(), "one:b".to_owned()));
    assert_eq!(world.provider.asked().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_behind_a_command_is_to_be_sent() {
    let world = World::open().await;
    let told = world.says("", "t:1", "/model small -- what now?").await;
    assert_eq!(
        (&told["outcome"], &told["send"]),
        (&json!("reply-and-send"), &json!("what now?"))
    );
    assert_eq!(told["reply"]["view"]["prompt"], "sent");
    let told = world.says("", "t:1", "/model nobody -- what now?").await;
    assert_eq!((&told["outcome"], &told["send"]), (&json!("reply"), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn markdown_is_written_where_it_is_asked_for() {
    let world = World::open().await;
    let mut texts = Vec::new();
    for surface in ["text", "markdown"] {
        let mut body = message("t:1", "/model status");
        body["surface"] = surface.into();
        body["locale"] = "vi".into();
        let told = world.post("/v1/chat/handle", &body).await.json();
        fits("Answer", &told);
        let reply = &told["reply"];
        let messages: Vec<&str> = reply["messages"]
            .as_array()
            .expect("messages")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        assert_eq!(reply["text"], messages.join("\n\n"));
        texts.push(reply["text"].as_str().expect("a text").to_owned());
    }
    assert!(!texts[0].contains("**") && texts[1].contains("**"), "{texts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_cut_into_messages_and_is_whole_in_the_text() {
    let world = World::with(|config| {
        for number in 0..90 {
            config["agents"]["defaults"]["models"][format!("one/{}-{number}", "m".repeat(60))] = json!({});
        }
    })
    .await;
    let told = world.says("", "t:1", "/model help").await;
    assert_eq!(told["reply"]["messages"].as_array().map(Vec::len), Some(1));
    for kind in [
        "",
        " list",
        " status",
        " why",
        " help",
        " nobody",
        " small --strict",
    ] {
        let told = world.says("", "t:1", &format!("/model{kind}")).await;
        let messages = told["reply"]["messages"].as_array().expect("messages");
        for one in messages {
            assert!(one.as_str().is_some_and(|text| text.chars().count() <= 4000));
        }
    }
}

/// The first button of a reply that pins a model.
fn button(view: &Value) -> String {
    fn tokens(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("token").and_then(Value::as_str).map(str::to_owned));
                map.values().for_each(|value| tokens(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| tokens(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    tokens(&view["choices"], &mut found);
    found.into_iter().next().expect("a button")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_does_what_it_says_and_nothing_elsewhere() {
    let world = World::open().await;
    let picker = world.says("", "t:1", "/model").await;
    let token = button(&picker["reply"]["view"]);
    let press = async |session: &str, token: &str| {
        let body = json!({ "session": session, "actor": { "id": "ann" }, "surface": "text", "token": token });
        let told = world.post("/v1/chat/press", &body).await;
        assert_eq!(told.status, 200, "{}", told.text);
        fits("Answer", &told.json());
        told.json()
    };
    for (session, token) in [("t:2", token.as_str()), ("t:1", "forged"), ("t:1", "")] {
        let told = press(session, token).await;
        assert_eq!(told["reply"]["view"]["kind"], "picker", "{told}");
    }
    assert_eq!(world.get("/v1/sessions/t:1").await.json()["pins"], json!([]));
    let told = press("t:1", &token).await;
    assert_eq!(
        (&told["outcome"], &told["reply"]["view"]["kind"]),
        (&json!("reply"), &json!("changed"))
    );
    let pins = &world.get("/v1/sessions/t:1").await.json()["pins"];
    assert_eq!(pins[0]["by"], "ann", "{pins}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_give_no_commands_is_passed_dropped_or_refused() {
    for (unauthorised, outcome, press) in [
        ("pass", "text", "ignored"),
        ("drop", "ignored", "ignored"),
        ("refuse", "reply", "reply"),
    ] {
        let world = World::with(|config| {
            config["commands"] = json!({ "allow": { "senders": ["ann"] }, "unauthorised": unauthorised });
        })
        .await;
        let mut body = message("t:1", "/model small");
        body["actor"] = json!({ "id": "eve", "room": "den", "roles": ["staff"] });
        let told = world.post("/v1/chat/handle", &body).await.json();
        fits("Answer", &told);
        assert_eq!(told["outcome"], outcome, "{unauthorised}: {told}");
        let send = if outcome == "text" {
            json!("/model small")
        } else {
            Value::Null
        };
        assert_eq!(told["send"], send);
        let body = json!({ "session": "t:1", "actor": "eve", "surface": "text", "token": "x" });
        assert_eq!(world.post("/v1/chat/press", &body).await.json()["outcome"], press);
        // What eve may not do by a command, she may not by any other way either.
        for path in [
            "/v1/sessions/t:1",
            "/v1/explain?provider=one",
            "/v1/status",
            "/v1/decisions",
        ] {
            let asked = world.served.get(path).header("x-modelpin-actor", "eve");
            let told = Told::of(asked.send().await.expect("an answer")).await;
            super::world::refused(&told, 403, "not-permitted", Some("x-modelpin-actor"));
            let asked = world.served.get(path).header("x-modelpin-actor", "ann");
            assert_eq!(asked.send().await.expect("an answer").status(), 200, "{path}");
        }
        assert_eq!(world.says("", "t:1", "/model small").await["outcome"], "reply");
        let clear = world
            .served
            .client
            .delete(format!("http://{}/v1/sessions/t:1/pin", world.served.address))
            .header("x-modelpin-actor", "eve");
        let told = Told::of(clear.send().await.expect("an answer")).await;
        super::world::refused(&told, 403, "not-permitted", Some("x-modelpin-actor"));
        assert_eq!(world.serves("", "t:1").await.0, "one/small");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_by_name_is_a_member() {
    let world = World::open().await;
    let mut body = message("t:1", "/model small --global");
    body["actor"] = "operator".into();
    let told = world.post("/v1/chat/handle", &body).await.json();
    assert_eq!(told["reply"]["view"]["kind"], "refused", "{told}");
    assert_eq!(world.serves("", "t:2").await.0, "one/big");
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_at_once_are_each_carried_out() {
    let world = World::open().await;
    let said = (0..40).map(|number| {
        let session = format!("t:{}", number % 4);
        let model = ["small", "big"][number % 2];
        let body = message(&session, &format!("/model {model}")).to_string();
        tokio::spawn(world.served.post("/v1/chat/handle").body(body).send())
    });
    for told in said.collect::<Vec<_>>() {
        let told = Told::of(told.await.expect("no panic").expect("an answer")).await;
        assert_eq!(told.json()["reply"]["view"]["kind"], "changed", "{}", told.text);
    }
    for number in 0..4 {
        let model = ["one/small", "one/big"][number % 2];
        assert_eq!(world.serves("", &format!("t:{number}")).await.0, model);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_takes_over_what_is_pinned_in_its_chat_and_so_do_its_requests() {
    let world = World::with_tokens().await;
    let says = async |thread: Option<&str>, session: &str, text: &str| {
        let mut body = message(session, text);
        body["thread"] = thread.into();
        let request = world.served.post("/v1/chat/handle").bearer_auth(A);
        let told = Told::of(request.body(body.to_string()).send().await.expect("an answer")).await;
        assert_eq!(told.status, 200, "{}", told.text);
        fits("Answer", &told.json());
        told.json()
    };
    let serves = async |thread: &str| {
        let body = json!({ "model": "x", "max_tokens": 1, "messages": [] }).to_string();
        let request = world
            .served
            .post("/v1/messages")
            .bearer_auth(A)
            .header("x-modelpin-session", "t:1")
            .header("x-modelpin-thread", thread);
        let told = Told::of(request.body(body).send().await.expect("an answer")).await;
        told.header("x-modelpin-model").to_owned()
    };
    says(None, "t:1", "/model small@one:b").await;
    let told = says(Some("t:1/7"), "t:1", "/model status").await;
    assert_eq!(told["reply"]["view"]["selection"]["model"]["model"], "one/small");
    assert_eq!(serves("t:1/7").await, "one/small");
    says(Some("t:1/7"), "t:1", "/model big").await;
    assert_eq!(
        (serves("t:1/7").await, serves("t:1/8").await),
        ("one/big".to_owned(), "one/small".to_owned())
    );
    // The text of a room says itself what it is a part of.
    says(None, "telegram:group:-1", "/model big").await;
    let topic = "telegram:group:-1:topic:42";
    let told = says(None, topic, "/model status").await;
    assert_eq!(told["reply"]["view"]["selection"]["model"]["model"], "one/big");
    assert_eq!(world.serves(A, topic).await.0, "one/big");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_being_typed_is_completed_with_what_the_sender_may_see() {
    let world = World::with(|config| {
        config["auth"]["profiles"] = json!({
            "one:b": { "provider": "one", "mode": "api_key", "allow": { "senders": ["boss"] } },
        });
    })
    .await;
    let types = async |actor: &str, text: &str| {
        let mut body = message("t:1", text);
        body["actor"] = actor.into();
        let told = world.post("/v1/chat/autocomplete", &body).await;
        assert_eq!(told.status, 200, "{}", told.text);
        fits("Completed", &told.json());
        told.json()
    };
    let lines = |told: &Value| -> Vec<String> {
        let all = told["suggestions"].as_array().expect("a list");
        all.iter()
            .filter_map(|one| one["line"].as_str().map(str::to_owned))
            .collect()
    };
    let told = types("ann", "sm").await;
    assert_eq!(lines(&told)[0], "small");
    let choices = told["discord"]["data"]["choices"].as_array().expect("choices");
    assert_eq!(
        (&told["discord"]["type"], &choices[choices.len() - 1]["value"]),
        (&json!(8), &json!("sm"))
    );
    assert!(lines(&types("boss", "small@").await).contains(&"small@one:b".to_owned()));
    let told = types("ann", "small@").await;
    assert!(!told.to_string().contains("one:b"), "{told}");
    assert_eq!(world.get("/v1/sessions/t:1").await.json()["pins"], json!([]));
    let mut body = message("t:1", "sm");
    body["agent"] = "nobody".into();
    assert_eq!(world.post("/v1/chat/autocomplete", &body).await.status, 404);
}
