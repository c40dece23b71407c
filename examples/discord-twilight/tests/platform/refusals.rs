//! What Discord refuses.

use std::collections::BTreeSet;

use serde_json::Value;
use twilight_model::channel::message::Component;

/// The flag of a message that one person only sees.
pub const EPHEMERAL: u64 = 1 << 6;

const SUPPRESS_EMBEDS: u64 = 1 << 2;

/// Nothing if a message is taken that may have these flags besides.
pub fn message(body: &Value, flags: u64) -> Result<(), String> {
    let content = body["content"].as_str().ok_or("no content")?;
    if content.trim().is_empty() {
        return Err("an empty message".to_owned());
    }
    twilight_validate::message::content(content).map_err(|error| error.to_string())?;
    if body["flags"]
        .as_u64()
        .is_none_or(|has| has & !(flags | SUPPRESS_EMBEDS) != 0)
    {
        return Err(format!("flags {}", body["flags"]));
    }
    if body["allowed_mentions"]["parse"] != serde_json::json!([]) {
        return Err("somebody would be notified".to_owned());
    }
    let components: Vec<Component> =
        serde_json::from_value(body["components"].clone()).map_err(|error| error.to_string())?;
    twilight_validate::message::components(&components, false).map_err(|error| error.to_string())?;
    let ids = body["components"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|row| row["components"].as_array().into_iter().flatten())
        .map(|component| component["custom_id"].to_string());
    let mut seen = BTreeSet::new();
    match ids.into_iter().find(|id| !seen.insert(id.clone())) {
        Some(twice) => Err(format!("{twice} is there twice")),
        None => Ok(()),
    }
}

/// Nothing if a first answer is taken.
pub fn callback(body: &Value) -> Result<(), String> {
    match body["type"].as_u64() {
        Some(4) => message(&body["data"], EPHEMERAL),
        Some(5) => match body["data"]["flags"].as_u64() {
            Some(0 | EPHEMERAL) => Ok(()),
            _ => Err("only one flag may be here".to_owned()),
        },
        Some(6) => Ok(()),
        Some(7) => message(&body["data"], 0),
        Some(8) => choices(&body["data"]),
        _ => Err("no type of answer".to_owned()),
    }
}

fn choices(data: &Value) -> Result<(), String> {
    let choices = data["choices"].as_array().ok_or("no choices")?;
    let fits = |text: &Value| {
        let long = text.as_str().map_or(0, |text| text.encode_utf16().count());
        (1..=100).contains(&long)
    };
    let all_fit = choices
        .iter()
        .all(|choice| fits(&choice["name"]) && fits(&choice["value"]));
    if choices.len() <= 25 && all_fit {
        Ok(())
    } else {
        Err("the choices do not fit".to_owned())
    }
}

/// Nothing if a command can be made so.
pub fn command(body: &Value) -> Result<(), String> {
    let command: twilight_model::application::command::CommandOption =
        serde_json::from_value(body["options"][0].clone()).map_err(|error| error.to_string())?;
    let name = body["name"].as_str().ok_or("no name")?;
    twilight_validate::command::chat_input_name(name).map_err(|error| error.to_string())?;
    twilight_validate::command::description(body["description"].as_str().unwrap_or_default())
        .map_err(|error| error.to_string())?;
    twilight_validate::command::options(&[command]).map_err(|error| error.to_string())
}
