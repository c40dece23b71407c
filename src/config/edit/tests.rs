//! What an edit leaves alone.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use Step::{Index, Key};

const TEXT: &str = "\u{feff}// who we are\r
{\r
  agents: { /* all */ defaults: {\r
    'model': \"old\", // the default\r
\r
    models: {}\r
  } },\r
  $include: './more.json5',\r
  auth: {\r
    order: { Anthropic: ['a', \"b\"], },\r
    // the last one\r
    profiles: { \"a\": { provider: 'anthropic', mode: 'token' } },\r
  },\r
  key: '${NAME}', hex: 0xFF, far: +Infinity, esc: '\\x41\\\r
b',\r
}\r
";

fn edited(change: impl FnOnce(&mut ConfigEdit)) -> String {
    let mut edit = ConfigEdit::new(TEXT, "f").unwrap();
    change(&mut edit);
    edit.finish().unwrap().expect("changed")
}

/// The lines that are in one text only.
fn lines_of(one: &str, other: &str) -> Vec<String> {
    let there: Vec<&str> = other.lines().collect();
    one.lines()
        .filter(|line| !there.contains(line))
        .map(str::to_owned)
        .collect()
}

#[test]
fn one_line_changes_and_all_others_stay() {
    let new = edited(|edit| {
        let path = [Key("agents"), Key("defaults"), Key("model")];
        edit.set(&path, &json!("new")).unwrap();
    });
    assert_eq!(lines_of(&new, TEXT), ["    'model': \"new\", // the default"]);
    assert_eq!(new.lines().count(), TEXT.lines().count());
    assert!(new.starts_with('\u{feff}') && !new.replace("\r\n", "").contains('\n'));
}

#[test]
fn lists_and_keys_keep_what_stands_beside_them() {
    let new = edited(|edit| {
        let order = [Key("auth"), Key("order"), Key("Anthropic")];
        edit.insert(&order, 0, &json!("c")).unwrap();
        edit.set_item(&order, 2, &json!("d")).unwrap();
        assert!(
            edit.rename(&[Key("auth"), Key("profiles"), Key("a")], "e")
                .unwrap()
        );
    });
    let changed = lines_of(&new, TEXT);
    assert_eq!(
        changed,
        [
            "    order: { Anthropic: [\"c\", 'a', \"d\"], },",
            "    profiles: { \"e\": { provider: 'anthropic', mode: 'token' } },"
        ]
    );
    let new = edited(|edit| {
        assert!(
            edit.remove(&[Key("auth"), Key("order"), Key("Anthropic"), Index(0)])
                .unwrap()
        );
        assert!(edit.remove(&[Key("auth"), Key("profiles")]).unwrap());
        assert!(!edit.remove(&[Key("auth"), Key("none")]).unwrap());
    });
    assert!(
        new.contains("// the last one") && new.contains("[\"b\"]"),
        "{new}"
    );
}

#[test]
fn what_is_missing_is_made_and_the_same_again_is_no_change() {
    let mut edit = ConfigEdit::new("", "f").unwrap();
    let path = [Key("auth"), Key("profiles"), Key("x:y")];
    edit.set(&path, &json!({ "mode": "token" })).unwrap();
    let text = edit.finish().unwrap().unwrap();
    let mut again = ConfigEdit::new(&text, "f").unwrap();
    assert_eq!(again.get(&path), Some(json!({ "mode": "token" })));
    again.set(&path, &json!({ "mode": "token" })).unwrap();
    assert_eq!(again.finish().unwrap(), None);
}

#[test]
fn what_cannot_be_done_is_told_and_shows_no_value() {
    let told = |text: &str, path: &[Step<'_>]| {
        let edit = ConfigEdit::new(text, "f");
        let done = edit.and_then(|mut edit| edit.set(path, &json!(1)));
        done.unwrap_err().to_string()
    };
    let deep = [Key("a"), Key("b")];
    assert_eq!(
        told("{a: 'sk-EXAMPLE'}", &deep),
        "f: `a` is not an object; change the file by hand"
    );
    assert_eq!(
        told("{a: {}, a: {}}", &deep),
        "f: `a` is there more than once; take one out first"
    );
    assert!(told("{a: ", &deep).contains("ends too early"));
    assert!(told("{a/* so */: 1}", &deep).contains("this cannot be edited in place"));
}

/// Odd ways of writing, one after the other.
struct Style(std::vec::IntoIter<u8>);

impl Style {
    fn one_of(&mut self, ways: &[&'static str]) -> &'static str {
        ways[usize::from(self.0.next().unwrap_or(0)) % ways.len()]
    }

    fn gap(&mut self) -> &'static str {
        self.one_of(&[
            "",
            " ",
            "\n  ",
            " // so, {it} [is], \"x\"\n",
            "/* 'a': { */",
            "\r\n\t",
            "\n\n",
        ])
    }

    fn key(&mut self, key: &str) -> String {
        match self.one_of(&["bare", "'", "\""]) {
            "bare" if key.chars().all(|c| c.is_ascii_alphabetic()) => key.to_owned(),
            "'" => format!("'{key}'"),
            _ => format!("{key:?}"),
        }
    }

    fn value(&mut self, value: &Value) -> String {
        match value {
            Value::Object(entries) => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| self.entry(key, value).concat())
                    .collect();
                format!("{{{}{}}}", entries.join(","), self.gap())
            }
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.value(item) + self.gap()).collect();
                format!("[{}]", items.join(","))
            }
            Value::String(text) if !text.contains(['\'', '\\']) => format!("'{text}'"),
            value => value.to_string(),
        }
    }

    /// What comes before the value, and the value.
    fn entry(&mut self, key: &str, value: &Value) -> [String; 2] {
        // A comment between a key and its colon cannot be edited around: such a file is told to be changed by hand.
        let colon = self.one_of(&[":", " :", "\n:"]);
        let before = format!("{}{}{colon}{}", self.gap(), self.key(key), self.gap());
        [before, self.value(value)]
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z${}'\"\\\\ é\u{1f600}]{0,8}".prop_map(Value::from),
        Just(Value::Null),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-zA-Z/:]{1,6}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn an_edit_makes_just_the_asked_change(
        entries in prop::collection::btree_map("[a-zA-Z/:]{1,6}", any_value(), 1..6),
        style in prop::collection::vec(any::<u8>(), 0..60),
        which in any::<prop::sample::Index>(),
        new in any_value(),
    ) {
        let which = which.index(entries.len());
        let mut style = Style(style.into_iter());
        let parts: Vec<(&String, [String; 2])> =
            entries.iter().map(|(key, value)| (key, style.entry(key, value))).collect();
        let end = format!("{}{}}}{}", style.one_of(&["", ","]), style.gap(), style.gap());
        let texts: Vec<String> = parts.iter().map(|(_, part)| part.concat()).collect();
        let text = format!("{{{}{end}", texts.join(","));
        let key = parts[which].0;
        let says = |text: &str| ConfigEdit::new(text, "f").map(|edit| edit.get(&[])).expect("JSON5");

        // Another value: all before it and all after it stays.
        let mut edit = ConfigEdit::new(&text, "f").expect("JSON5");
        edit.set(&[Key(key)], &new).expect("set");
        let after = edit.finish().expect("it says what was asked").unwrap_or_else(|| text.clone());
        let mut wanted = entries.clone();
        wanted.insert(key.clone(), new);
        prop_assert_eq!(says(&after), says(&json!(wanted).to_string()));
        let mut head: String = texts[..which].iter().flat_map(|text| [text, ","]).collect();
        head.insert(0, '{');
        head += &parts[which].1[0];
        let tail: String = texts[which + 1..].iter().flat_map(|text| [",", text]).collect();
        prop_assert!(after.starts_with(&head), "{:?} in {:?}", head, after);
        prop_assert!(after.ends_with(&(tail + &end)), "{:?}", after);

        // Without the key: all other entries stay, letter by letter.
        let mut edit = ConfigEdit::new(&text, "f").expect("JSON5");
        prop_assert!(edit.remove(&[Key(key)]).expect("removed"));
        let after = edit.finish().expect("it says what was asked").expect("changed");
        wanted.remove(key);
        prop_assert_eq!(says(&after), says(&json!(wanted).to_string()));
        let mut rest = after.as_str();
        for (at, (_, [before, value])) in parts.iter().enumerate() {
            if at != which {
                let entry = format!("{}{value}", before.trim_start());
                let found = rest.find(&entry);
                prop_assert!(found.is_some(), "{:?} in {:?}", entry, rest);
                rest = &rest[found.unwrap_or(0) + entry.len()..];
            }
        }

        // A key more.
        let mut edit = ConfigEdit::new(&text, "f").expect("JSON5");
        edit.set(&[Key("new-one"), Key("in it")], &json!(1)).expect("set");
        let after = edit.finish().expect("it says what was asked").expect("changed");
        wanted = entries.clone();
        wanted.insert("new-one".to_owned(), json!({ "in it": 1 }));
        let joined: String = texts.join(",");
        prop_assert!(after.starts_with(&format!("{{{joined}")), "{:?} {:?}", text, after);
        let mut left = after.chars();
        let kept = text.chars().filter(|c| *c != '}' && !c.is_whitespace()).all(|c| left.any(|other| other == c));
        prop_assert!(kept, "{:?} {:?}", text, after);
        prop_assert_eq!(says(&after), says(&json!(wanted).to_string()));
    }
}
