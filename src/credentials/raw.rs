//! JSON objects whose values keep their text.

use indexmap::IndexMap;
use serde_json::Value;
use serde_json::value::RawValue;

/// An object: keys in their order, each value as it is written.
pub(super) type Object = IndexMap<String, Box<RawValue>>;

/// The object that a text is, if it is one.
pub(super) fn object(raw: &RawValue) -> Option<Object> {
    serde_json::from_str(raw.get()).ok()
}

/// An object as it is written at a depth, two blanks for each level.
pub(super) fn written(object: &Object, depth: usize) -> Box<RawValue> {
    let entries = object
        .iter()
        .map(|(key, raw)| format!("{}: {}", Value::from(key.as_str()), raw.get()));
    text(&enclosed('{', entries, '}', depth))
}

/// A list of texts as it is written at a depth.
pub(super) fn list<'a>(items: impl Iterator<Item = &'a str>, depth: usize) -> Box<RawValue> {
    text(&enclosed(
        '[',
        items.map(|item| Value::from(item).to_string()),
        ']',
        depth,
    ))
}

/// A text that is JSON. What we wrote ourselves always is.
pub(super) fn text(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap_or_default()
}

fn enclosed(open: char, items: impl Iterator<Item = String>, close: char, depth: usize) -> String {
    let inner = "  ".repeat(depth + 1);
    let items: Vec<String> = items.map(|item| format!("\n{inner}{item}")).collect();
    if items.is_empty() {
        return format!("{open}{close}");
    }
    format!("{open}{}\n{}{close}", items.join(","), "  ".repeat(depth))
}
