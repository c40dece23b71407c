//! What Discord would say to a message, from its documentation and not from the renderer.

use std::collections::BTreeSet;

use serde_json::Value;

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn words<'v>(of: &'v Value, key: &str, most: usize) -> Result<&'v str, String> {
    let text = of[key]
        .as_str()
        .ok_or_else(|| format!("{key} is missing in {of}"))?;
    match units(text) {
        _ if text.trim().is_empty() => Err(format!("{key} shows nothing in {of}")),
        long if long > most => Err(format!("{key} has {long} of {most} characters: {text}")),
        _ => Ok(text),
    }
}

/// Nothing if Discord takes it. The tokens that can be pressed, in order.
pub(crate) fn checked(message: &Value) -> Result<Vec<String>, String> {
    words(message, "content", 2_000)?;
    let flags = message["flags"].as_u64().ok_or("flags are missing")?;
    if flags & !(1 << 6 | 1 << 2) != 0 {
        return Err(format!("flags {flags}"));
    }
    if message["allowed_mentions"] != serde_json::json!({ "parse": [] }) {
        return Err("somebody would be notified".to_owned());
    }
    let rows = message["components"].as_array().ok_or("no components")?;
    if rows.len() > 5 {
        return Err(format!("{} rows", rows.len()));
    }
    let mut ids = BTreeSet::new();
    let mut tokens = Vec::new();
    for row in rows {
        let components = row["components"].as_array().ok_or("a row without components")?;
        if row["type"] != 1 || components.is_empty() || components.len() > 5 {
            return Err(format!("no row: {row}"));
        }
        for component in components {
            let id = words(component, "custom_id", 100)?;
            if !ids.insert(id) {
                return Err(format!("{id} is there twice"));
            }
            match component["type"].as_u64() {
                Some(2) => {
                    words(component, "label", 80)?;
                    tokens.push(id.to_owned());
                }
                Some(3) if components.len() == 1 => tokens.extend(options(component)?),
                _ => return Err(format!("no component for here: {component}")),
            }
        }
    }
    Ok(tokens)
}

fn options(select: &Value) -> Result<Vec<String>, String> {
    words(select, "placeholder", 150)?;
    let options = select["options"].as_array().ok_or("no options")?;
    if options.is_empty() || options.len() > 25 {
        return Err(format!("{} options", options.len()));
    }
    let mut values = BTreeSet::new();
    let mut chosen = 0;
    for option in options {
        words(option, "label", 100)?;
        if !values.insert(words(option, "value", 100)?) {
            return Err(format!("a value twice: {option}"));
        }
        if option.get("description").is_some() {
            words(option, "description", 100)?;
        }
        chosen += usize::from(option["default"] == true);
    }
    if chosen > 1 {
        return Err("two are chosen in a list of which one can be".to_owned());
    }
    Ok(values.into_iter().map(str::to_owned).collect())
}
