//! Any body, however it is spaced and whatever else is in it: what is changed, and that nothing else is.

use bytes::Bytes;
use modelpin::retention::Retention;
use modelpin::wire::body::Outline;
use proptest::prelude::*;
use serde_json::{Value, json};

const NEW: &str = "new \"model\"";

/// JSON with every byte of its spelling.
#[derive(Debug, Clone)]
enum Tree {
    /// As it is written: a string with its quotes, a number, a word.
    Plain(String),
    List(Vec<(String, Tree, String)>),
    /// The space before, the key with its quotes, what stands between, the value, the space behind.
    Object(Vec<(String, String, String, Tree, String)>),
}

impl Tree {
    fn print(&self, out: &mut String) {
        match self {
            Self::Plain(text) => out.push_str(text),
            Self::List(items) => {
                out.push('[');
                for (at, (before, item, behind)) in items.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { "," });
                    out.push_str(before);
                    item.print(out);
                    out.push_str(behind);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (at, (before, key, colon, value, behind)) in members.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { "," });
                    for part in [before, key, colon] {
                        out.push_str(part);
                    }
                    value.print(out);
                    out.push_str(behind);
                }
                out.push('}');
            }
        }
    }

    fn text(&self) -> Option<String> {
        match self {
            Self::Plain(text) => serde_json::from_str(text).ok(),
            _ => None,
        }
    }

    /// The last value of a key.
    fn member(&mut self, wanted: &str) -> Option<&mut Tree> {
        let Self::Object(members) = self else { return None };
        let named = |key: &str| serde_json::from_str::<String>(key).is_ok_and(|key| key == wanted);
        let last = members.iter_mut().rev().find(|(_, key, ..)| named(key));
        last.map(|(.., value, _)| value)
    }

    fn has_key(&self, wanted: &str) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::List(items) => items.iter().any(|(_, item, _)| item.has_key(wanted)),
            Self::Object(members) => members.iter().any(|(_, key, _, value, _)| {
                serde_json::from_str::<String>(key).is_ok_and(|key| key == wanted) || value.has_key(wanted)
            }),
        }
    }

    /// Writes the mark as the page has it.
    fn mark(&mut self, mark: &str) {
        match self {
            Self::Plain(text)
                if serde_json::from_str::<String>(text).is_ok_and(|text| !text.trim().is_empty()) =>
            {
                *text = format!(r#"[{{"type":"text","text":{text},"cache_control":{mark}}}]"#);
            }
            Self::List(items) => {
                let Some((_, block, _)) = items.last_mut() else {
                    return;
                };
                let kind = block.member("type").and_then(|kind| kind.text());
                let has_text = block
                    .member("text")
                    .and_then(|text| text.text())
                    .is_some_and(|text| !text.trim().is_empty());
                let may = match kind.as_deref() {
                    None | Some("thinking" | "redacted_thinking") => false,
                    Some("text") => has_text,
                    Some(_) => true,
                };
                if let (true, Self::Object(members)) = (may, block)
                    && let Some((.., behind)) = members.last_mut()
                {
                    behind.push_str(&format!(r#","cache_control":{mark}"#));
                }
            }
            _ => {}
        }
    }
}

/// What should come of a body, worked out on the tree.
fn expected(mut body: Tree, mark: Option<&str>) -> Tree {
    let mark = mark.filter(|_| !body.has_key("cache_control"));
    if let Some(mark) = mark {
        if let Some(system) = body.member("system") {
            system.mark(mark);
        }
        if let Some(Tree::List(messages)) = body.member("messages") {
            let last = messages.iter_mut().rev().find_map(|(_, message, _)| {
                let role = message.member("role").and_then(|role| role.text());
                (role.as_deref() == Some("user")).then_some(message)
            });
            if let Some(content) = last.and_then(|message| message.member("content")) {
                content.mark(mark);
            }
        }
    }
    let new = Value::from(NEW).to_string();
    match body.member("model") {
        Some(model) => *model = Tree::Plain(new),
        None => {
            let Tree::Object(members) = &mut body else {
                return body;
            };
            members.insert(
                0,
                (
                    String::new(),
                    "\"model\"".into(),
                    ":".into(),
                    Tree::Plain(new),
                    String::new(),
                ),
            );
        }
    }
    body
}

/// The same, worked out on what serde_json reads: it knows neither spaces nor spellings, nor what stands under a key that
/// comes again.
fn meant(body: &mut Value, mark: Option<&Value>) {
    fn put(content: &mut Value, mark: &Value) {
        if let Some(text) = content.as_str().filter(|text| !text.trim().is_empty()) {
            *content = json!([{ "type": "text", "text": text, "cache_control": mark }]);
        } else if let Some(block) = content.as_array_mut().and_then(|blocks| blocks.last_mut()) {
            let blank = block["text"].as_str().is_none_or(|text| text.trim().is_empty());
            match block["type"].as_str() {
                None | Some("thinking" | "redacted_thinking") => {}
                Some("text") if blank => {}
                Some(_) => block["cache_control"] = mark.clone(),
            }
        }
    }
    if let Some(mark) = mark {
        if let Some(system) = body.get_mut("system") {
            put(system, mark);
        }
        let messages = body.get_mut("messages").and_then(Value::as_array_mut);
        let last = messages.and_then(|all| all.iter_mut().rev().find(|message| message["role"] == "user"));
        if let Some(content) = last.and_then(|message| message.get_mut("content")) {
            put(content, mark);
        }
    }
    body["model"] = Value::from(NEW);
}

fn space() -> impl Strategy<Value = String> {
    prop_oneof![4 => Just(String::new()), 1 => "[ \t\r\n]{0,3}"]
}

/// A string as somebody might write it.
fn string() -> impl Strategy<Value = String> {
    prop_oneof![
        r#""([a-z ,:{}\[\]]|é|你|🦀|\\n|\\"|\\\\|\\u00e9|\\ud83e\\udd80|\\/|\\u0020){0,12}""#,
        Just(r#""cache_control""#.to_owned()),
        Just(r#"",\"cache_control\":{}""#.to_owned()),
        Just(r#"" \n\t\u00a0""#.to_owned()),
        Just(r#""""#.to_owned()),
    ]
}

fn plain() -> impl Strategy<Value = Tree> {
    prop_oneof![
        3 => string(),
        1 => prop::sample::select(vec!["1e400", "-0", "0.10", "123456789012345678901234567890", "-1.5E+3"]).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["true", "false", "null"]).prop_map(str::to_owned),
    ]
    .prop_map(Tree::Plain)
}

fn key(names: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(names).prop_map(|name| format!("\"{name}\"")),
        1 => prop::sample::select(names).prop_map(|name| {
            let mut name = name.chars();
            let first = name.next().map_or(0, u32::from);
            format!("\"\\u{first:04x}{}\"", name.as_str())
        }),
    ]
}

fn list(item: impl Strategy<Value = Tree>) -> impl Strategy<Value = Tree> {
    prop::collection::vec((space(), item, space()), 0..4).prop_map(Tree::List)
}

fn member(
    key: impl Strategy<Value = String>,
    value: impl Strategy<Value = Tree>,
) -> impl Strategy<Value = (String, String, String, Tree, String)> {
    (space(), key, space(), space(), value, space()).prop_map(|(before, key, one, two, value, behind)| {
        (before, key, format!("{one}:{two}"), value, behind)
    })
}

/// Anything, keys twice and the words of this page in it.
fn anything() -> impl Strategy<Value = Tree> {
    plain().prop_recursive(3, 12, 3, |inner| {
        let names = key(&[
            "a", "model", "stream", "system", "messages", "type", "text", "role", "é",
        ]);
        prop_oneof![
            list(inner.clone()),
            prop::collection::vec(member(names, inner), 0..3).prop_map(Tree::Object),
        ]
    })
}

fn words(words: &'static [&'static str]) -> impl Strategy<Value = Tree> {
    prop::sample::select(words).prop_map(|word| Tree::Plain(format!("\"{word}\"")))
}

fn block() -> impl Strategy<Value = Tree> {
    let marked = prop_oneof![30 => Just("other"), 1 => Just("cache_control")];
    let one = prop_oneof![
        3 => member(key(&["type"]), words(&["text", "te\\u0078t", "image", "tool_result", "thinking", "redacted_thinking"])),
        3 => member(key(&["text"]), string().prop_map(Tree::Plain)),
        1 => member(key(&["type", "text", "source"]), anything()),
        1 => member(marked.prop_map(|name| format!("\"{name}\"")), anything()),
    ];
    prop_oneof![6 => prop::collection::vec(one, 0..5).prop_map(Tree::Object), 1 => anything()]
}

fn content() -> impl Strategy<Value = Tree> {
    prop_oneof![2 => string().prop_map(Tree::Plain), 4 => list(block()), 1 => anything()]
}

fn message() -> impl Strategy<Value = Tree> {
    let one = prop_oneof![
        4 => member(key(&["role"]), words(&["user", "assistant", "us\\u0065r"])),
        4 => member(key(&["content"]), content()),
        1 => member(key(&["role", "content", "name"]), anything()),
    ];
    prop_oneof![8 => prop::collection::vec(one, 0..4).prop_map(Tree::Object), 1 => anything()]
}

fn body() -> impl Strategy<Value = Tree> {
    let model = prop::option::weighted(0.8, member(key(&["model"]), string().prop_map(Tree::Plain)));
    let other = prop_oneof![
        3 => member(key(&["messages"]), list(message())),
        2 => member(key(&["system"]), content()),
        2 => member(key(&["stream", "tools", "messages", "system", "metadata"]), anything()),
    ];
    let others = prop::collection::vec(other, 0..6);
    (model, others, any::<prop::sample::Index>()).prop_map(|(model, mut members, at)| {
        if let Some(model) = model {
            members.insert(at.index(members.len() + 1), model);
        }
        Tree::Object(members)
    })
}

proptest! {
    #[test]
    fn exactly_what_should_change_changes_and_all_else_stays_byte_for_byte(
        tree in body(), (before, behind) in (space(), space()),
    ) {
        let print = |tree: &Tree| {
            let mut text = before.clone();
            tree.print(&mut text);
            text + &behind
        };
        let text = print(&tree);
        let outline = Outline::read(&Bytes::from(text.clone())).expect("JSON");
        prop_assert_eq!(outline.steers_cache(), tree.has_key("cache_control"));
        let short = r#"{"type":"ephemeral"}"#;
        let long = r#"{"type":"ephemeral","ttl":"1h"}"#;
        for (retention, mark) in [(Retention::None, None), (Retention::Short, Some(short)), (Retention::Long, Some(long))] {
            let filled = outline.fill(NEW, retention);
            let now = std::str::from_utf8(&filled.body).expect("UTF-8");
            let should = expected(tree.clone(), mark);
            let should = print(&should);
            prop_assert_eq!(now, &should, "{}", text);
            let marks = |text: &str| text.matches(r#""cache_control":{"type":"ephemeral""#).count();
            prop_assert_eq!(filled.added != Retention::None, marks(now) > marks(&text));

            // Numbers that no machine holds are no values of serde_json.
            if let Ok(mut value) = serde_json::from_str::<Value>(&text) {
                let mark = mark.filter(|_| !outline.steers_cache());
                let mark = mark.map(|mark| serde_json::from_str::<Value>(mark).expect("JSON"));
                meant(&mut value, mark.as_ref());
                prop_assert_eq!(serde_json::from_str::<Value>(now).expect("JSON"), value, "{}", text);
            }
        }
    }
}
