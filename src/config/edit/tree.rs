//! Changes of the tree of values: what the new text has to say.

use serde_json::Value;

use crate::config::node::{Entries, Node};
use crate::config::path::Step;

impl Node {
    pub(super) fn from_json(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Flag(*flag),
            Value::Number(number) => Self::Number(number.as_f64().unwrap_or(f64::NAN)),
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(items) => Self::List(items.iter().map(Self::from_json).collect()),
            Value::Object(entries) => Self::Object(Entries {
                map: entries
                    .iter()
                    .map(|(key, value)| (key.clone(), Self::from_json(value)))
                    .collect(),
                repeated: Vec::new(),
            }),
        }
    }

    /// What stands at the end of a path.
    pub(super) fn at(&self, path: &[Step<'_>]) -> Option<&Self> {
        path.iter().try_fold(self, |node, step| match (node, step) {
            (Self::Object(entries), Step::Key(key)) => entries.map.get(*key),
            (Self::List(items), Step::Index(index)) => items.get(*index),
            _ => None,
        })
    }

    fn at_mut(&mut self, path: &[Step<'_>]) -> Option<&mut Self> {
        path.iter().try_fold(self, |node, step| match (node, step) {
            (Self::Object(entries), Step::Key(key)) => entries.map.get_mut(*key),
            (Self::List(items), Step::Index(index)) => items.get_mut(*index),
            _ => None,
        })
    }

    /// Puts a value at a path; the object or list that holds it is there.
    pub(super) fn set(&mut self, path: &[Step<'_>], value: Self) {
        let Some((last, above)) = path.split_last() else {
            return;
        };
        match (self.at_mut(above), last) {
            (Some(Self::Object(entries)), Step::Key(key)) => {
                entries.map.insert((*key).to_owned(), value);
            }
            (Some(Self::List(items)), Step::Index(index)) => {
                if let Some(item) = items.get_mut(*index) {
                    *item = value;
                }
            }
            _ => {}
        }
    }

    /// Makes the objects of a path that are missing.
    pub(super) fn make_objects(&mut self, path: &[Step<'_>]) {
        for end in 1..=path.len() {
            if self.at(&path[..end]).is_none() {
                self.set(&path[..end], Self::Object(Entries::default()));
            }
        }
    }

    pub(super) fn remove(&mut self, path: &[Step<'_>]) {
        let Some((last, above)) = path.split_last() else {
            return;
        };
        match (self.at_mut(above), last) {
            (Some(Self::Object(entries)), Step::Key(key)) => {
                entries.map.shift_remove(*key);
            }
            (Some(Self::List(items)), Step::Index(index)) if *index < items.len() => {
                items.remove(*index);
            }
            _ => {}
        }
    }

    pub(super) fn insert(&mut self, path: &[Step<'_>], index: usize, value: Self) {
        if let Some(Self::List(items)) = self.at_mut(path) {
            items.insert(index.min(items.len()), value);
        }
    }

    pub(super) fn rename(&mut self, path: &[Step<'_>], new: &str) {
        let Some((Step::Key(old), above)) = path.split_last() else {
            return;
        };
        if let Some(Self::Object(entries)) = self.at_mut(above) {
            let map = std::mem::take(&mut entries.map);
            let renamed = |key: String| if key == *old { new.to_owned() } else { key };
            entries.map = map.into_iter().map(|(key, node)| (renamed(key), node)).collect();
        }
    }

    /// Whether both say the same, in the same order.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Flag(one), Self::Flag(other)) => one == other,
            (Self::Number(one), Self::Number(other)) => one == other || (one.is_nan() && other.is_nan()),
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::List(one), Self::List(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.same(other))
            }
            (Self::Object(one), Self::Object(other)) => {
                let mut pairs = one.map.iter().zip(&other.map);
                one.map.len() == other.map.len()
                    && pairs.all(|((key, one), (named, other))| key == named && one.same(other))
            }
            _ => false,
        }
    }
}
