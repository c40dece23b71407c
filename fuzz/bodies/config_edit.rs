//! Any configuration and any changes of it: it then says what was asked and nothing else, and comments stay.

use arbitrary::{Result, Unstructured};
use modelpin::config::{ConfigEdit, EditError, Included, Step};
use serde_json::{Value, json};

use super::fields::{fields, text};
use super::json5_comments::comments;

/// Fields: the changes, as bytes that choices are made of; the text; the text of every file that it includes.
pub(crate) fn check(data: &[u8]) {
    let [choices, own, included] = fields(data);
    let (own, included) = (text(own), text(included));
    let mut choices = Unstructured::new(choices);
    let Ok(before) = ConfigEdit::new(&own, "f") else {
        return;
    };
    let Some(says) = before.get(&[]) else { return };
    let mut changes = Vec::new();
    while changes.len() < 4 && !choices.is_empty() {
        let Ok(change) = change(&mut choices, &says) else {
            break;
        };
        changes.push(change);
    }
    alone(&own, before, &changes);
    if own.contains("include") {
        within(&own, &included, &changes);
    }
}

/// A step that is owned.
#[derive(Debug, Clone, PartialEq)]
enum Way {
    Key(String),
    Index(usize),
}

#[derive(Debug, Clone)]
enum Change {
    Set(Vec<Way>, Value),
    Remove(Vec<Way>),
    Insert(Vec<Way>, usize, Value),
    SetItem(Vec<Way>, usize, Value),
    Rename(Vec<Way>, String),
}

fn alone(text: &str, mut edit: ConfigEdit, changes: &[Change]) {
    let mut wanted = edit.get(&[]).unwrap_or(Value::Null);
    let mut kept = true;
    for change in changes {
        kept &= keeps_comments(change, &wanted);
        if made(&mut edit, change).is_err() {
            return;
        }
        model(&mut wanted, change);
    }
    let new = match edit.finish() {
        Ok(Some(new)) => new,
        Ok(None) => return,
        Err(wrong) => panic!("{changes:?} of {text:?}: {wrong}"),
    };
    let Ok(again) = ConfigEdit::new(&new, "f") else {
        panic!("{changes:?} of {text:?} wrote {new:?}, which is not read");
    };
    assert_eq!(
        again.get(&[]),
        Some(wanted),
        "{changes:?} of {text:?} wrote {new:?}"
    );
    assert_eq!(new.starts_with('\u{feff}'), text.starts_with('\u{feff}'));
    if kept {
        assert_eq!(
            comments(&new),
            comments(text),
            "{changes:?} of {text:?} wrote {new:?}"
        );
    }
}

/// The same where files are included: what is read in the end is what was asked, or it is refused.
fn within(text: &str, included: &str, changes: &[Change]) {
    let mut load = |_: &str, _: &str| -> std::result::Result<Included, String> {
        let (name, text) = ("i".to_owned(), included.to_owned());
        Ok(Included { name, text })
    };
    let Ok(mut edit) = ConfigEdit::within(text, "f", &mut load) else {
        return;
    };
    let mut wanted = edit.get(&[]).unwrap_or(Value::Null);
    for change in changes {
        // Items of included lists come first: what a number means there is told elsewhere.
        let numbered = matches!(change, Change::Insert(..) | Change::SetItem(..));
        let path = path_of(change);
        let named = |way: &Way| matches!(way, Way::Key(key) if key != "$include");
        let to_include = |value: &Value| value.to_string().contains("$include");
        let steers = match change {
            Change::Set(_, value) => to_include(value),
            Change::Rename(_, new) => new == "$include",
            _ => false,
        };
        if numbered || steers || path.is_empty() || !path.iter().all(named) {
            return;
        }
        if made(&mut edit, change).is_err() {
            return;
        }
        model(&mut wanted, change);
    }
    let Ok(Some(new)) = edit.finish_within(&mut load) else {
        return;
    };
    let Ok(again) = ConfigEdit::within(&new, "f", &mut load) else {
        panic!("{changes:?} of {text:?} with {included:?} wrote {new:?}, which is not read");
    };
    assert_eq!(
        again.get(&[]),
        Some(wanted),
        "{changes:?} of {text:?} with {included:?} wrote {new:?}"
    );
}

fn path_of(change: &Change) -> &[Way] {
    match change {
        Change::Set(path, _)
        | Change::Remove(path)
        | Change::Insert(path, ..)
        | Change::SetItem(path, ..)
        | Change::Rename(path, _) => path,
    }
}

fn made(edit: &mut ConfigEdit, change: &Change) -> std::result::Result<(), EditError> {
    let steps: Vec<Step<'_>> = path_of(change)
        .iter()
        .map(|way| match way {
            Way::Key(key) => Step::Key(key),
            Way::Index(index) => Step::Index(*index),
        })
        .collect();
    match change {
        Change::Set(_, value) => edit.set(&steps, value),
        Change::Remove(_) => edit.remove(&steps).map(drop),
        Change::Insert(_, index, value) => edit.insert(&steps, *index, value),
        Change::SetItem(_, index, value) => edit.set_item(&steps, *index, value),
        Change::Rename(_, new) => edit.rename(&steps, new).map(drop),
    }
}

/// The change, made to a tree of values: what it has to mean.
fn model(tree: &mut Value, change: &Change) {
    match change {
        Change::Set(path, value) => {
            if let Some(there) = place(tree, path) {
                *there = value.clone();
            }
        }
        Change::Remove(path) => {
            let Some((last, above)) = path.split_last() else {
                return;
            };
            match (at(tree, above), last) {
                (Some(Value::Object(entries)), Way::Key(key)) => drop(entries.remove(key)),
                (Some(Value::Array(items)), Way::Index(index)) if *index < items.len() => {
                    items.remove(*index);
                }
                _ => {}
            }
        }
        Change::Insert(path, index, value) => match at(tree, path) {
            Some(Value::Array(items)) => items.insert((*index).min(items.len()), value.clone()),
            _ => {
                if let Some(there) = place(tree, path) {
                    *there = json!([value]);
                }
            }
        },
        Change::SetItem(path, index, value) => {
            if let Some(Value::Array(items)) = at(tree, path)
                && let Some(item) = items.get_mut(*index)
            {
                *item = value.clone();
            }
        }
        Change::Rename(path, new) => {
            let Some((Way::Key(key), above)) = path.split_last() else {
                return;
            };
            if let Some(Value::Object(entries)) = at(tree, above)
                && let Some(value) = entries.remove(key)
            {
                entries.insert(new.clone(), value);
            }
        }
    }
}

fn at<'t>(tree: &'t mut Value, path: &[Way]) -> Option<&'t mut Value> {
    path.iter().try_fold(tree, |here, way| match way {
        Way::Key(key) => here.get_mut(key),
        Way::Index(index) => here.get_mut(index),
    })
}

/// The same, but objects on the way that are missing are made.
fn place<'t>(tree: &'t mut Value, path: &[Way]) -> Option<&'t mut Value> {
    path.iter().try_fold(tree, |here, way| match way {
        Way::Key(key) => {
            if here.is_null() {
                *here = json!({});
            }
            Some(here.as_object_mut()?.entry(key.as_str()).or_insert(Value::Null))
        }
        Way::Index(index) => here.get_mut(index),
    })
}

/// Whether no comment can be in what is taken out or replaced.
fn keeps_comments(change: &Change, tree: &Value) -> bool {
    let replaced = |path: &[Way]| {
        let mut tree = tree.clone();
        at(&mut tree, path).is_some_and(|there| there.is_object() || there.is_array())
    };
    match change {
        Change::Set(path, _) => !replaced(path),
        Change::SetItem(path, index, _) => {
            let mut path = path.clone();
            path.push(Way::Index(*index));
            !replaced(&path)
        }
        Change::Insert(..) | Change::Rename(..) => true,
        // Between a key and its value may be one.
        Change::Remove(_) => false,
    }
}

const KEYS: [&str; 12] = [
    "a", "b", "", "a b", "models", "agents", "defaults", "model", "auth", "order", "$include", "é\"\\\n",
];

fn change(choices: &mut Unstructured<'_>, tree: &Value) -> Result<Change> {
    let mut path = Vec::new();
    let mut here = Some(tree);
    for _ in 0..choices.int_in_range(0..=4_usize)? {
        let way = match here {
            // Most of the time to what is there.
            Some(Value::Object(entries)) if !entries.is_empty() && choices.ratio(4, 5)? => {
                let keys: Vec<&String> = entries.keys().collect();
                Way::Key((*choices.choose(&keys)?).clone())
            }
            Some(Value::Array(items)) if choices.ratio(4, 5)? => {
                Way::Index(choices.int_in_range(0..=items.len())?)
            }
            _ => Way::Key((*choices.choose(&KEYS)?).to_owned()),
        };
        here = match &way {
            Way::Key(key) => here.and_then(|here| here.get(key)),
            Way::Index(index) => here.and_then(|here| here.get(index)),
        };
        path.push(way);
    }
    Ok(match choices.int_in_range(0..=5_u8)? {
        0 | 1 => Change::Set(path, value(choices, 2)?),
        2 => Change::Remove(path),
        3 => Change::Insert(path, choices.int_in_range(0..=5)?, value(choices, 1)?),
        4 => Change::SetItem(path, choices.int_in_range(0..=5)?, value(choices, 1)?),
        _ => Change::Rename(path, (*choices.choose(&KEYS)?).to_owned()),
    })
}

fn value(choices: &mut Unstructured<'_>, deep: usize) -> Result<Value> {
    Ok(match choices.int_in_range(0..=7_u8)? {
        0 => json!("new"),
        1 => json!(-1.5),
        2 => json!(true),
        3 => json!("// é \"'\\\n\u{2028}*/"),
        4 => json!({}),
        5 => json!([]),
        6 if deep > 0 => json!([value(choices, deep - 1)?, value(choices, deep - 1)?]),
        7 if deep > 0 => {
            let key = *choices.choose(&KEYS)?;
            json!({ key: value(choices, deep - 1)? })
        }
        _ => json!("x"),
    })
}
