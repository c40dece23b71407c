//! What Slack would say to a message, from its documentation and not from the renderer.

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

/// A text object without markup.
fn plain<'v>(of: &'v Value, key: &str, most: usize) -> Result<&'v str, String> {
    if of[key]["type"] != "plain_text" || of[key]["emoji"] != false {
        return Err(format!("{key} is no plain text in {of}"));
    }
    escaped(words(&of[key], "text", most)?)
}

/// Nothing in a text calls anybody or is read as a link.
fn escaped(text: &str) -> Result<&str, String> {
    let entity = |rest: &str| ["amp;", "lt;", "gt;"].iter().any(|name| rest.starts_with(name));
    let bare = text.contains(['<', '>']) || text.split('&').skip(1).any(|rest| !entity(rest));
    if bare {
        return Err(format!("not escaped: {text}"));
    }
    Ok(text)
}

fn list<'v>(of: &'v Value, key: &str, most: usize) -> Result<&'v [Value], String> {
    let list = of[key].as_array().ok_or_else(|| format!("no {key} in {of}"))?;
    if list.is_empty() || list.len() > most {
        return Err(format!("{} of {most} {key}", list.len()));
    }
    Ok(list)
}

/// Nothing if Slack takes it. The tokens that can be pressed, in order.
pub(crate) fn taken(message: &Value) -> Result<Vec<String>, String> {
    escaped(words(message, "text", 4_000)?)?;
    if message["unfurl_links"] != false || message["unfurl_media"] != false {
        return Err("links are looked up".to_owned());
    }
    let weight = units(&message["blocks"].to_string());
    if weight > 13_200 {
        return Err(format!("the blocks have {weight} characters"));
    }
    let mut names = BTreeSet::new();
    let mut tokens = Vec::new();
    for block in list(message, "blocks", 50)? {
        match block["type"].as_str() {
            Some("section") => {
                if block["text"]["type"] != "mrkdwn" || block["text"]["verbatim"] != true {
                    return Err(format!("Slack would read into it: {block}"));
                }
                escaped(words(&block["text"], "text", 3_000)?)?;
            }
            Some("actions") => {
                if !names.insert(words(block, "block_id", 255)?) {
                    return Err(format!("two blocks of one name: {block}"));
                }
                tokens.extend(actions(block)?);
            }
            _ => return Err(format!("no block: {block}")),
        }
    }
    let distinct: BTreeSet<&String> = tokens.iter().collect();
    if distinct.len() < tokens.len() {
        return Err("a token twice".to_owned());
    }
    Ok(tokens)
}

fn actions(block: &Value) -> Result<Vec<String>, String> {
    let mut names = BTreeSet::new();
    let mut tokens = Vec::new();
    for element in list(block, "elements", 25)? {
        if !names.insert(words(element, "action_id", 255)?) {
            return Err(format!("two elements of one name: {block}"));
        }
        match element["type"].as_str() {
            Some("button") => {
                plain(element, "text", 75)?;
                tokens.push(words(element, "value", 75)?.to_owned());
            }
            Some("static_select") => {
                plain(element, "placeholder", 150)?;
                tokens.extend(options(element)?);
            }
            _ => return Err(format!("no element: {element}")),
        }
    }
    Ok(tokens)
}

fn options(menu: &Value) -> Result<Vec<String>, String> {
    let mut all = Vec::new();
    if menu.get("option_groups").is_some() {
        if menu.get("options").is_some() {
            return Err(format!("options and groups: {menu}"));
        }
        for group in list(menu, "option_groups", 100)? {
            plain(group, "label", 75)?;
            all.extend(list(group, "options", 100)?);
        }
    } else {
        all.extend(list(menu, "options", 100)?);
    }
    if let Some(chosen) = menu.get("initial_option")
        && !all.contains(&chosen)
    {
        return Err(format!("what is chosen is no option: {chosen}"));
    }
    let mut tokens = Vec::new();
    for option in all {
        plain(option, "text", 75)?;
        if option.get("description").is_some() {
            plain(option, "description", 75)?;
        }
        tokens.push(words(option, "value", 75)?.to_owned());
    }
    Ok(tokens)
}
