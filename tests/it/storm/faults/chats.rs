//! People in chats: one after the other they give commands, look what is pinned, and ask.

use fastrand::Rng;
use serde_json::{Value, json};

use super::clients::{Chat, Desk, Leaves};
use super::log::What;
use super::world::{EVE, FENCED};

const COMMANDS: [&str; 14] = [
    "/model big@one:b",
    "/model small@one:a --strict",
    "/model big@one:a --prefer",
    "/model @one:b --prefer --for 5m",
    "/model @auto",
    "/model gpt@two:c --strict",
    "/model gpt",
    "/model pro@acme:x",
    "/model pro --strict",
    "/model fenm",
    "/model default",
    "/model undo",
    "/model small --once",
    "/model nobody@nothing",
];

/// A turn of a chat: a command or a press, and requests.
pub(super) async fn turn(desk: &Desk, at: &str, chat: &Chat, dice: &mut Rng) {
    match dice.u8(..10) {
        0..=2 => {
            let usual = COMMANDS[dice.usize(..COMMANDS.len())];
            // A chat that begins somewhere comes back there.
            let command = chat.begins.filter(|_| dice.bool()).unwrap_or(usual);
            say(desk, at, chat, chat.actor, command).await;
        }
        3 => press(desk, at, chat, dice).await,
        4 => {
            say(desk, at, chat, EVE, COMMANDS[dice.usize(..COMMANDS.len())]).await;
        }
        5 => {
            let words = ["/model list", "/model status", "/model why", "/model help"];
            say(desk, at, chat, chat.actor, words[dice.usize(..words.len())]).await;
        }
        6 => text(desk, at, chat, dice).await,
        _ => {}
    }
    let Some(pins) = look(desk, at, chat).await else {
        return;
    };
    let openai = if pins.to_string().contains("\"two/gpt\"") {
        dice.u8(..8) > 0
    } else {
        dice.u8(..20) == 0
    };
    let mut throws: Vec<Rng> = (0..dice.usize(1..4)).map(|_| dice.fork()).collect();
    let asked = throws.iter_mut().map(|dice| {
        let leaves = Leaves::thrown(dice);
        desk.ask(at, chat, openai, leaves, dice)
    });
    futures_util::future::join_all(asked).await;
}

/// What is pinned for a chat now.
pub(super) async fn look(desk: &Desk, at: &str, chat: &Chat) -> Option<Value> {
    let told = desk
        .get(at, chat, &format!("/v1/sessions/{}", chat.session))
        .await?;
    let pins = told.get("pins")?.clone();
    desk.ears.log.add(What::Pins {
        session: chat.session.clone(),
        pins: pins.clone(),
    });
    Some(told)
}

fn message(chat: &Chat, actor: &str) -> Value {
    json!({ "session": chat.session, "agent": chat.agent, "actor": actor, "surface": "text" })
}

/// A command of somebody.
pub(super) async fn say(
    desk: &Desk,
    at: &str,
    chat: &Chat,
    actor: &'static str,
    text: &str,
) -> Option<Value> {
    let mut body = message(chat, actor);
    body["text"] = text.into();
    let reply = desk.post(at, "/v1/chat/handle", &body).await;
    said(desk, chat, actor, text, reply.clone());
    reply
}

fn said(desk: &Desk, chat: &Chat, actor: &'static str, text: &str, reply: Option<Value>) {
    desk.ears.log.add(What::Said {
        session: chat.session.clone(),
        actor,
        may: actor != EVE,
        text: text.to_owned(),
        reply,
    });
}

/// A button of the picker, by the person or by one who may not.
async fn press(desk: &Desk, at: &str, chat: &Chat, dice: &mut Rng) {
    let Some(picker) = say(desk, at, chat, chat.actor, "/model").await else {
        return;
    };
    let mut tokens = Vec::new();
    for choice in picker["reply"]["view"]["choices"]
        .as_array()
        .into_iter()
        .flatten()
    {
        // What is fenced is pinned by a press as well; it is enough that the commands leave it alone.
        tokens.extend(choice["token"].as_str());
        let profiles = choice["profiles"].as_array().into_iter().flatten();
        let profiles = profiles.filter(|profile| profile["profile"] != FENCED);
        tokens.extend(profiles.filter_map(|profile| profile["token"].as_str()));
    }
    if tokens.is_empty() {
        return;
    }
    let token = tokens[dice.usize(..tokens.len())];
    let actor = if dice.u8(..4) == 0 { EVE } else { chat.actor };
    let mut body = message(chat, actor);
    body["token"] = token.into();
    let reply = desk.post(at, "/v1/chat/press", &body).await;
    said(desk, chat, actor, "a press", reply);
}

/// Something that is no command.
pub(super) async fn text(desk: &Desk, at: &str, chat: &Chat, dice: &mut Rng) {
    let pieces = [
        "hello",
        "/modelling",
        " ",
        "\r\n",
        "\u{202e}",
        "é",
        "\u{0}",
        " /model big",
        "👍",
        "@one:b",
    ];
    // A word of its own goes first: what begins with a command may be one.
    let mut text = String::from("say");
    for _ in 0..dice.usize(1..8) {
        text.push_str(pieces[dice.usize(..pieces.len())]);
    }
    let mut body = message(chat, chat.actor);
    body["text"] = text.clone().into();
    let Some(told) = desk.post(at, "/v1/chat/handle", &body).await else {
        return;
    };
    let back = told["send"].as_str().map(str::to_owned);
    desk.ears.log.add(What::Text { sent: text, back });
}
