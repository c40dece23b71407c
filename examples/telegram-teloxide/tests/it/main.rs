//! The bot against servers on loopback that stand in for Telegram and for a provider.

#[path = "../../../../tests/it/render/telegram/checked.rs"]
mod checked;
mod provider;
mod telegram;

use std::time::Duration;

use modelpin::ModelPin;
use provider::Provider;
use serde_json::{Value, json};
use telegram::Telegram;
use teloxide::Bot;

/// The keys of the profiles.
const WORK: &str = "sk-ant-api03-EXAMPLE-CANARY-work-Zq7VtRw9Kx";
const HOME: &str = "sk-ant-api03-EXAMPLE-CANARY-home-Bn4MsLp2Hy";
/// The token of the bot.
const TOKEN: &str = "4242:EXAMPLE-CANARY-Fj6DcXz8Wa";
/// As long as the bot may take for anything.
const PATIENCE: Duration = Duration::from_secs(30);

fn files(provider: &Provider) -> tempfile::TempDir {
    let files = tempfile::tempdir().expect("a folder");
    let config = json!({
        "agents": { "defaults": {
            "model": "demo/one",
            "models": { "demo/one": { "alias": "first" }, "demo/two": { "alias": "second" } },
        } },
        "models": { "providers": { "demo": { "baseUrl": provider.url(), "api": "anthropic-messages" } } },
        "commands": { "allow": { "senders": ["telegram:1001", "telegram:1002"] } },
    });
    let key = |key: &str| json!({ "type": "api_key", "provider": "demo", "key": key });
    let store = json!({ "version": 1, "profiles": { "demo:work": key(WORK), "demo:home": key(HOME) } });
    let agent = files.path().join("agents/main/agent");
    std::fs::create_dir_all(&agent).expect("a folder");
    std::fs::write(files.path().join("modelpin.json"), config.to_string()).expect("written");
    std::fs::write(agent.join("auth-profiles.json"), store.to_string()).expect("written");
    files
}

struct World {
    telegram: Telegram,
    provider: Provider,
    _files: tempfile::TempDir,
    bot: tokio::task::JoinHandle<()>,
}

impl Drop for World {
    fn drop(&mut self) {
        self.bot.abort();
    }
}

async fn world() -> World {
    let _picked = rustls::crypto::ring::default_provider().install_default();
    let (telegram, provider) = (Telegram::start(TOKEN).await, Provider::start().await);
    let files = files(&provider);
    let modelpin = ModelPin::builder().state_dir(files.path()).without_environment();
    let bot = Bot::new(TOKEN).set_api_url(telegram.url().parse().expect("an address"));
    let bot = tokio::spawn(async move {
        telegram_teloxide::run(bot, modelpin).await.expect("it runs");
    });
    World {
        telegram,
        provider,
        _files: files,
        bot,
    }
}

/// The token of the first button whose words begin so.
fn button(message: &Value, words: &str) -> String {
    let rows = message["reply_markup"]["inline_keyboard"]
        .as_array()
        .expect("buttons");
    let mut buttons = rows.iter().filter_map(Value::as_array).flatten();
    let found = buttons.find(|button| {
        button["text"]
            .as_str()
            .is_some_and(|text| text.starts_with(words))
    });
    let found = found.unwrap_or_else(|| panic!("no {words:?} in {message:#}"));
    found["callback_data"].as_str().expect("a token").to_owned()
}

impl World {
    async fn next(&mut self, method: &str) -> Value {
        let next = tokio::time::timeout(PATIENCE, self.telegram.next(method));
        next.await.unwrap_or_else(|_| panic!("no {method} came"))
    }

    /// No part of a secret is in anything that was sent to Telegram.
    fn no_secret_was_told(&self) {
        for (method, body) in self.telegram.all() {
            assert!(!body.to_string().contains("CANARY"), "{method}: {body}");
        }
    }
}

#[tokio::test]
async fn a_model_is_picked_by_a_button_and_answers() {
    let mut world = world().await;
    let registered = world.next("setMyCommands").await;
    assert_eq!(registered["commands"][0]["command"], "model");

    // Before anything is picked, the default answers.
    let ann = telegram::person(1001);
    let private = telegram::private(1001);
    world.telegram.says(&private, &ann, "hello");
    assert_eq!(world.next("sendMessage").await["text"], "demo says: hello");
    assert_eq!(world.provider.asked().last().expect("asked").0, "one");

    world.telegram.says(&private, &ann, "/model");
    let picker = world.next("sendMessage").await;
    assert_eq!(picker["link_preview_options"]["is_disabled"], true);
    button(&picker, "✓ first");

    // To the profiles of the other model, in place; then one of them.
    let row = picker["reply_markup"]["inline_keyboard"]
        .as_array()
        .expect("rows");
    let row = row
        .iter()
        .find(|row| row[0]["text"] == "second")
        .expect("the other model");
    world.telegram.presses(
        &private,
        &ann,
        1,
        row[1]["callback_data"].as_str().expect("a token"),
    );
    world.next("answerCallbackQuery").await;
    let profiles = world.next("editMessageText").await;
    world
        .telegram
        .presses(&private, &ann, 1, &button(&profiles, "home"));
    let pinned = world.next("editMessageText").await;
    let text = pinned["text"].as_str().expect("a text");
    assert!(
        text.contains("second (demo/two)") && text.contains("demo:home"),
        "{text}"
    );
    assert!(pinned.get("reply_markup").is_none(), "the buttons have gone");

    world.telegram.says(&private, &ann, "who are you?");
    assert_eq!(world.next("sendMessage").await["text"], "demo says: who are you?");
    let (model, key) = world.provider.asked().last().cloned().expect("asked");
    assert_eq!((model.as_str(), key.as_str()), ("two", HOME));

    // By text, with a prompt behind it.
    world.telegram.says(&private, &ann, "/model first@work\nand now?");
    let reply = world.next("sendMessage").await;
    assert!(
        reply["text"].as_str().expect("a text").contains("demo:work"),
        "{reply}"
    );
    assert_eq!(world.next("sendMessage").await["text"], "demo says: and now?");
    let (model, key) = world.provider.asked().last().cloned().expect("asked");
    assert_eq!((model.as_str(), key.as_str()), ("one", WORK));
    world.no_secret_was_told();
}

#[tokio::test]
async fn in_a_group_a_button_is_for_the_one_who_asked() {
    let mut world = world().await;
    let (group, ann, bob) = (
        telegram::group(-100_777),
        telegram::person(1001),
        telegram::person(1002),
    );
    world.telegram.says(&group, &ann, "/model@modelpin_bot");
    let picker = world.next("sendMessage").await;
    assert_eq!(picker["reply_parameters"]["message_id"], 1);

    world
        .telegram
        .presses(&group, &bob, 2, &button(&picker, "second"));
    let answer = world.next("answerCallbackQuery").await;
    assert_eq!(answer["show_alert"], true, "{answer}");

    world
        .telegram
        .presses(&group, &ann, 2, &button(&picker, "second"));
    let pinned = world.next("editMessageText").await;
    assert!(
        pinned["text"].as_str().expect("a text").contains("demo/two"),
        "{pinned}"
    );
    // The stranger's press edited nothing: this was the first edit.
    let edits = world
        .telegram
        .all()
        .iter()
        .filter(|(method, _)| method == "editMessageText")
        .count();
    assert_eq!(edits, 1);

    // What is not said to the bot is not answered; what is, is.
    world.telegram.says(&group, &bob, "good morning all");
    world.telegram.says(&group, &bob, "@modelpin_bot what is new?");
    assert_eq!(world.next("sendMessage").await["text"], "demo says: what is new?");
    assert_eq!(world.provider.asked().last().expect("asked").0, "two");
    world.no_secret_was_told();
}

#[tokio::test]
async fn what_goes_wrong_is_told_kindly() {
    let mut world = world().await;
    let (private, ann) = (telegram::private(1001), telegram::person(1001));
    world.provider.refuse();
    world.telegram.says(&private, &ann, "hello");
    let told = world.next("sendMessage").await;
    let text = told["text"].as_str().expect("a text");
    assert!(!text.is_empty() && !text.starts_with("demo says"), "{text}");
    world.telegram.presses(&private, &ann, 1, "mp1-forged");
    let fresh = world.next("editMessageText").await;
    button(&fresh, "✓ first");
    world.no_secret_was_told();
}

#[tokio::test]
async fn the_stand_in_is_strict() {
    let telegram = Telegram::start(TOKEN).await;
    let too_long = json!({
        "chat_id": 1,
        "text": "x",
        "link_preview_options": { "is_disabled": true },
        "reply_markup": { "inline_keyboard": [[{ "text": "x", "callback_data": "x".repeat(65) }]] },
    });
    let (status, why) = telegram.refusal("sendMessage", &too_long).expect("it is refused");
    assert_eq!((status, why.contains("callback_data")), (400, true), "{why}");
    let unknown = json!({ "callback_query_id": "never pressed" });
    assert!(telegram.refusal("answerCallbackQuery", &unknown).is_some());
}
