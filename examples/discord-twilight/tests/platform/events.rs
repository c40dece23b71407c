//! What Discord tells a bot, as it tells it.

use serde_json::{Value, json};

pub const APPLICATION: &str = "901";
pub const BOT: &str = "900";
pub const CHANNEL: &str = "42";
/// A thread of [`CHANNEL`].
pub const THREAD: &str = "43";

pub fn user(id: &str, name: &str, bot: bool) -> Value {
    json!({
        "id": id, "username": name, "discriminator": "0", "avatar": null, "bot": bot,
        "public_flags": 0, "flags": 0, "mfa_enabled": false,
    })
}

pub fn me() -> Value {
    user(BOT, "modelbot", true)
}

pub fn application() -> Value {
    json!({
        "id": APPLICATION, "name": "modelbot", "icon": null, "description": "", "rpc_origins": [],
        "bot_public": true, "bot_require_code_grant": false, "verify_key": "0", "team": null, "flags": 0,
    })
}

pub fn channel(id: &str) -> Value {
    if id == THREAD {
        json!({ "id": id, "type": 11, "guild_id": "1", "parent_id": CHANNEL, "name": "a thread" })
    } else {
        json!({ "id": id, "type": 0, "guild_id": "1", "name": "general", "parent_id": "40" })
    }
}

pub fn ready(address: &str) -> Value {
    json!({
        "v": 10, "user": me(), "guilds": [], "session_id": "one",
        "resume_gateway_url": format!("ws://{address}"),
        "application": { "id": APPLICATION, "flags": 0 },
    })
}

fn member() -> Value {
    json!({
        "deaf": false, "mute": false, "flags": 0, "joined_at": "2026-01-01T00:00:00.000000+00:00",
        "nick": null, "roles": ["71"], "permissions": "0",
    })
}

/// A message in a channel of a server, or to the bot alone.
pub fn message(author: &str, channel: Option<&str>, content: &str) -> Value {
    let mentions = content.contains(&format!("<@{BOT}>")).then(me);
    let mut message = json!({
        "id": "5000", "channel_id": channel.unwrap_or("77"), "author": user(author, "somebody", false),
        "content": content, "timestamp": "2026-11-21T12:00:00.000000+00:00", "edited_timestamp": null,
        "tts": false, "mention_everyone": false, "mentions": mentions.into_iter().collect::<Vec<_>>(),
        "mention_roles": [], "attachments": [], "embeds": [], "pinned": false, "type": 0,
    });
    if channel.is_some() {
        message["guild_id"] = json!("1");
        message["member"] = member();
    }
    message
}

fn interaction(author: &str, kind: u8, data: Value) -> Value {
    let mut member = member();
    member["user"] = user(author, "somebody", false);
    json!({
        "application_id": APPLICATION, "type": kind, "data": data, "version": 1, "locale": "en-US",
        "guild_id": "1", "guild_locale": "en-US", "channel_id": CHANNEL, "channel": channel(CHANNEL),
        "member": member, "app_permissions": "0", "entitlements": [], "context": 0,
        "authorizing_integration_owners": { "0": "1" }, "attachment_size_limit": 524_288,
    })
}

/// `/model …`, whole.
pub fn command(author: &str, what: Option<&str>) -> Value {
    let options: Vec<Value> = what
        .map(|what| json!({ "name": "what", "type": 3, "value": what }))
        .into_iter()
        .collect();
    interaction(
        author,
        2,
        json!({ "id": "6", "name": "model", "type": 1, "options": options }),
    )
}

/// `/model …`, as far as it was typed.
pub fn typing(author: &str, so_far: &str) -> Value {
    let option = json!({ "name": "what", "type": 3, "value": so_far, "focused": true });
    interaction(
        author,
        4,
        json!({ "id": "6", "name": "model", "type": 1, "options": [option] }),
    )
}

/// A press on a message with these flags: a button, or one option of a select.
pub fn press(author: &str, custom_id: &str, value: Option<&str>, flags: u64) -> Value {
    let kind = if value.is_some() { 3 } else { 2 };
    let values: Vec<&str> = value.into_iter().collect();
    let data = json!({ "custom_id": custom_id, "component_type": kind, "values": values });
    let mut event = interaction(author, 3, data);
    event["message"] = message(BOT, Some(CHANNEL), "the picker");
    event["message"]["flags"] = json!(flags);
    event
}
