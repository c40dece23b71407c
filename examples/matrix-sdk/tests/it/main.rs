//! The bot on a real homeserver on loopback, with a provider on loopback.

mod homeserver;
mod provider;

use homeserver::{Homeserver, PATIENCE, Person};
use matrix_sdk::Client;
use modelpin::ModelPin;
use provider::Provider;
use reqwest::Method;
use ruma_html::{Html, SanitizerConfig};
use serde_json::{Value, json};

/// The keys of the profiles.
const WORK: &str = "sk-ant-api03-EXAMPLE-CANARY-work-Zq7VtRw9Kx";
const HOME: &str = "sk-ant-api03-EXAMPLE-CANARY-home-Bn4MsLp2Hy";
/// The password of the bot.
const PASSWORD: &str = "EXAMPLE-CANARY-Fj6DcXz8Wa";

fn files(provider: &Provider) -> tempfile::TempDir {
    let files = tempfile::tempdir().expect("a folder");
    let config = json!({
        "agents": { "defaults": {
            "model": "demo/one",
            "models": { "demo/one": { "alias": "first" }, "demo/two": { "alias": "second" } },
        } },
        "models": { "providers": { "demo": { "baseUrl": provider.url(), "api": "anthropic-messages" } } },
        "commands": { "allow": { "senders": ["matrix:@ann:loopback.test"] } },
    });
    let key = |key: &str| json!({ "type": "api_key", "provider": "demo", "key": key });
    let store = json!({ "version": 1, "profiles": { "demo:work": key(WORK), "demo:home": key(HOME) } });
    let agent = files.path().join("agents/main/agent");
    std::fs::create_dir_all(&agent).expect("a folder");
    std::fs::write(files.path().join("modelpin.json"), config.to_string()).expect("written");
    std::fs::write(agent.join("auth-profiles.json"), store.to_string()).expect("written");
    files
}

fn begins(event: &Value, words: &str) -> bool {
    event["type"] == "m.room.message" && event["content"]["body"].as_str().is_some_and(|it| it.starts_with(words))
}

async fn in_room(ann: &Person, bot: &Person, direct: bool) -> String {
    let wanted = json!({ "invite": [bot.id], "is_direct": direct, "preset": "trusted_private_chat" });
    let made = ann.asks(Method::POST, "/createRoom", Some(wanted)).await;
    let room = made["room_id"].as_str().expect("an id").to_owned();
    let joined = |event: &Value| event["state_key"] == bot.id && event["content"]["membership"] == "join";
    ann.sees(&room, joined).await;
    room
}

#[tokio::test]
async fn a_model_is_picked_by_a_reaction_and_answers() {
    let _picked = rustls::crypto::ring::default_provider().install_default();
    let Some(homeserver) = Homeserver::start().await else {
        return;
    };
    let provider = Provider::start().await;
    let files = files(&provider);
    let account = homeserver.person("helper", PASSWORD).await;
    let mut ann = homeserver.person("ann", "EXAMPLE-ann").await;
    let mut bob = homeserver.person("bob", "EXAMPLE-bob").await;

    let client = Client::builder().homeserver_url(homeserver.url()).build().await.expect("a client");
    client.matrix_auth().login_username("helper", PASSWORD).await.expect("signed in");
    let builder = ModelPin::builder().state_dir(files.path()).without_environment();
    let running = tokio::spawn(async move {
        let ended = modelpin_matrix_bot::run(client, builder).await;
        panic!("it ended: {ended:?}");
    });

    // In a room of two the default answers every text.
    let room = in_room(&ann, &account, true).await;
    ann.says(&room, "hello").await;
    ann.sees(&room, |event| begins(event, "demo says: hello")).await;
    assert_eq!(provider.asked().last().expect("asked").0, "one");

    // A picker, as a notice that notifies nobody, with a reaction for each choice.
    ann.says(&room, "!model").await;
    let picker = ann.sees(&room, |event| begins(event, "Model: first")).await;
    let content = &picker["content"];
    assert_eq!(content["msgtype"], "m.notice");
    assert_eq!(content["m.mentions"], json!({}));
    assert!(content["body"].as_str().expect("a text").contains("!model 1"), "{content:#}");
    let id = picker["event_id"].as_str().expect("an id").to_owned();
    let second = |event: &Value| {
        let relation = &event["content"]["m.relates_to"];
        event["type"] == "m.reaction" && relation["event_id"] == id.as_str() && relation["key"] == "2\u{fe0f}\u{20e3}"
    };
    ann.sees(&room, second).await;

    // Pressed, it is pinned, in the place of the picker; the next text is answered by it.
    ann.reacts(&room, &id, "2\u{fe0f}\u{20e3}").await;
    let edited = ann
        .sees(&room, |event| event["content"]["m.relates_to"]["rel_type"] == "m.replace")
        .await;
    assert_eq!(edited["content"]["m.relates_to"]["event_id"], id.as_str());
    let said = edited["content"]["m.new_content"]["body"].as_str().expect("a text");
    assert!(said.contains("second"), "{said}");
    ann.says(&room, "and now?").await;
    ann.sees(&room, |event| begins(event, "demo says: and now?")).await;
    assert_eq!(provider.asked().last().expect("asked").0, "two");

    // What the reaction said does not hold any more, and nothing happens; a number is typed, with a profile.
    ann.sees(&room, |event| event["type"] == "m.room.redaction").await;
    ann.says(&room, "!model").await;
    ann.sees(&room, |event| begins(event, "Model: second")).await;
    ann.says(&room, "!model 1@home --strict").await;
    ann.sees(&room, |event| begins(event, "Pinned") && event.to_string().contains("demo:home")).await;
    ann.says(&room, "who pays?").await;
    ann.sees(&room, |event| begins(event, "demo says: who pays?")).await;
    assert_eq!(provider.asked().last().expect("asked"), &("one".to_owned(), HOME.to_owned()));

    // In a thread of a room with others: told there, and only who may press can.
    let shared = in_room(&ann, &account, false).await;
    ann.asks(Method::POST, &format!("/rooms/{shared}/invite"), Some(json!({ "user_id": bob.id }))).await;
    bob.asks(Method::POST, &format!("/rooms/{shared}/join"), Some(json!({}))).await;
    let root = ann.says(&shared, "a thread begins").await;
    let thread = json!({ "rel_type": "m.thread", "event_id": root });
    let asked = json!({ "msgtype": "m.text", "body": "!model", "m.relates_to": thread });
    ann.sends(&shared, "m.room.message", asked).await;
    let picker = ann.sees(&shared, |event| begins(event, "Model: first")).await;
    assert_eq!(picker["content"]["m.relates_to"]["event_id"], root.as_str());
    let id = picker["event_id"].as_str().expect("an id").to_owned();
    bob.reacts(&shared, &id, "2\u{fe0f}\u{20e3}").await;
    ann.reacts(&shared, &id, "2\u{fe0f}\u{20e3}").await;
    let edits = |event: &Value| event["content"]["m.relates_to"]["rel_type"] == "m.replace";
    ann.sees(&shared, edits).await;
    let events = ann.reads(&shared).await;
    assert_eq!(events.iter().filter(|event| edits(event)).count(), 1, "bob's press did nothing");

    // When no key is good any more, that is said, and no part of a key is.
    provider.refuse();
    ann.says(&room, "still there?").await;
    let refused = |event: &Value| event["sender"] == account.id.as_str() && event["content"]["msgtype"] == "m.notice";
    let asked_before = provider.asked().len();
    tokio::time::timeout(PATIENCE, async {
        while provider.asked().len() == asked_before {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    })
    .await
    .expect("the provider is asked");
    ann.sees(&room, |event| refused(event) && !begins(event, "demo says") && event.to_string().contains("demo:home"))
        .await;
    for place in [&room, &shared] {
        for event in ann.reads(place).await {
            assert!(!event.to_string().contains("CANARY"), "{event:#}");
            // What the clients of Matrix take out of HTML: nothing.
            if let Some(html) = event["content"]["formatted_body"].as_str() {
                let before = Html::parse(html);
                let after = Html::parse(html);
                after.sanitize_with(&SanitizerConfig::strict());
                assert_eq!(before.to_string(), after.to_string());
            }
        }
    }
    running.abort();
}
