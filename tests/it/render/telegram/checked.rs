//! What Telegram takes, read again from the JSON that goes out.

use modelpin::render::telegram::{
    BUTTONS, CALLBACK_BYTES, ENTITIES, LABEL_UNITS, MARKUP_BYTES, NOTICE_UNITS, ROW_BUTTONS, TEXT_UNITS,
};
use serde_json::Value;

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The limit that a payload passes, in words.
pub(crate) fn checked(payload: &Value) -> Result<(), String> {
    let text = payload["text"].as_str().ok_or("no text")?;
    at_most("text", units(text), TEXT_UNITS)?;
    if text.trim().is_empty() {
        return Err("message text is empty".to_owned());
    }
    if payload.get("parse_mode").is_some() {
        return Err("there are entities, so there is no parse_mode".to_owned());
    }
    if payload["link_preview_options"]["is_disabled"] != true {
        return Err("links are previewed".to_owned());
    }
    entities(text, payload["entities"].as_array().map_or(&[], Vec::as_slice))?;
    payload.get("reply_markup").map_or(Ok(()), keyboard)
}

/// The text of an answer to a press.
pub(crate) fn notice(text: &str) -> Result<(), String> {
    at_most("notice", units(text), NOTICE_UNITS)
}

fn at_most(what: &str, length: usize, limit: usize) -> Result<(), String> {
    if length <= limit {
        Ok(())
    } else {
        Err(format!("{what}: {length} of {limit}"))
    }
}

/// Each begins and ends between characters, behind the one before, and has something in it.
fn entities(text: &str, entities: &[Value]) -> Result<(), String> {
    at_most("entities", entities.len(), ENTITIES)?;
    let text: Vec<u16> = text.encode_utf16().collect();
    let mut end = 0;
    for entity in entities {
        let part = |name: &str| entity[name].as_u64().and_then(|part| usize::try_from(part).ok());
        let (Some(offset), Some(length)) = (part("offset"), part("length")) else {
            return Err(format!("no place: {entity}"));
        };
        let styled = text.get(offset..offset + length).unwrap_or_default();
        if styled.is_empty() || offset < end || String::from_utf16(styled).is_err() {
            return Err(format!("no good place: {entity}"));
        }
        if !["bold", "code", "pre"].contains(&entity["type"].as_str().unwrap_or_default()) {
            return Err(format!("no style of ours: {entity}"));
        }
        end = offset + length;
    }
    Ok(())
}

fn keyboard(markup: &Value) -> Result<(), String> {
    at_most("reply_markup", markup.to_string().len(), MARKUP_BYTES)?;
    let rows = markup["inline_keyboard"].as_array().ok_or("no inline_keyboard")?;
    let count = rows.iter().filter_map(Value::as_array).map(Vec::len).sum();
    at_most("buttons", count, BUTTONS)?;
    for row in rows {
        let row = row.as_array().ok_or("no row")?;
        if row.is_empty() {
            return Err("an empty row".to_owned());
        }
        at_most("buttons of a row", row.len(), ROW_BUTTONS)?;
        for button in row {
            let text = button["text"].as_str().unwrap_or_default();
            if text.trim().is_empty() {
                return Err(format!("a button says nothing: {button}"));
            }
            at_most("label", units(text), LABEL_UNITS)?;
            let data = button["callback_data"].as_str().unwrap_or_default();
            if data.is_empty() {
                return Err(format!("a button does nothing: {button}"));
            }
            at_most("callback_data", data.len(), CALLBACK_BYTES)?;
        }
    }
    Ok(())
}

#[test]
fn each_limit_can_be_passed() {
    let whole = serde_json::json!({
        "text": "a 👩 b",
        "entities": [{ "type": "code", "offset": 2, "length": 2 }],
        "link_preview_options": { "is_disabled": true },
        "reply_markup": { "inline_keyboard": [[{ "text": "x", "callback_data": "t" }]] },
    });
    assert_eq!(checked(&whole), Ok(()));
    let button = &whole["reply_markup"]["inline_keyboard"][0][0];
    let broken = [
        ("/text", Value::from("x".repeat(TEXT_UNITS + 1))),
        ("/text", Value::from("👩".repeat(TEXT_UNITS / 2 + 1))),
        ("/text", Value::from(" \n")),
        ("/entities/0/offset", 3.into()),
        ("/entities/0/length", 0.into()),
        ("/entities/0/length", 9.into()),
        ("/entities", vec![whole["entities"][0].clone(); 2].into()),
        ("/link_preview_options/is_disabled", false.into()),
        ("/reply_markup/inline_keyboard/0", Value::Array(Vec::new())),
        ("/reply_markup/inline_keyboard/0", vec![button.clone(); 9].into()),
        (
            "/reply_markup/inline_keyboard",
            vec![vec![button.clone()]; 101].into(),
        ),
        ("/reply_markup/inline_keyboard/0/0/text", " ".into()),
        ("/reply_markup/inline_keyboard/0/0/text", "x".repeat(65).into()),
        (
            "/reply_markup/inline_keyboard/0/0/callback_data",
            "x".repeat(65).into(),
        ),
        ("/reply_markup/padding", "x".repeat(MARKUP_BYTES).into()),
    ];
    for (path, value) in broken {
        let mut payload = whole.clone();
        match payload.pointer_mut(path) {
            Some(place) => *place = value,
            None => payload["reply_markup"]["padding"] = value,
        }
        assert!(checked(&payload).is_err(), "{path}: {payload}");
    }
}
