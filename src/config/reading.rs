//! From tree to values: a place in the tree, and the questions that a section asks there.

use std::cell::{Cell, RefCell};

use super::error::Warning;
use super::include::{KEY, Sources};
use super::node::{Entries, Node, whole};
use super::path::{Path, Step};
use crate::echo::discreet;
use crate::model::ProviderId;
use crate::similar;

/// The most warnings that are kept: more would not be read.
const MOST_WARNINGS: usize = 100;

/// A value that cannot be used, before it is known in which file and line.
pub(super) struct Wrong<'a> {
    pub(super) path: Path<'a>,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

pub(super) type Read<'a, T> = Result<T, Box<Wrong<'a>>>;

/// What is noted on the way.
pub(super) struct Notes<'s> {
    kept: RefCell<Vec<Warning>>,
    more: Cell<usize>,
    sources: &'s Sources,
}

impl<'s> Notes<'s> {
    pub(super) fn of(sources: &'s Sources) -> Self {
        Self {
            kept: RefCell::default(),
            more: Cell::default(),
            sources,
        }
    }

    fn add(&self, path: &Path<'_>, message: String) {
        let mut kept = self.kept.borrow_mut();
        if kept.len() < MOST_WARNINGS {
            kept.push(Warning {
                file: self.sources.included(&path.steps()).map(str::to_owned),
                path: path.to_string(),
                // It may name a key of the file, and that may be a credential in the wrong place.
                message: discreet(&message).into_owned(),
            });
        } else {
            self.more.set(self.more.get() + 1);
        }
    }

    pub(super) fn into_warnings(self) -> Vec<Warning> {
        let mut kept = self.kept.into_inner();
        let more = self.more.get();
        if more > 0 {
            kept.push(Warning {
                file: None,
                path: String::new(),
                message: format!("{more} more warnings are not shown"),
            });
        }
        kept
    }
}

/// A place in the tree.
#[derive(Clone)]
pub(super) struct At<'a> {
    node: &'a Node,
    path: Path<'a>,
    notes: &'a Notes<'a>,
}

impl<'a> At<'a> {
    pub(super) fn top(node: &'a Node, notes: &'a Notes<'a>) -> Self {
        let path = Path::default();
        Self { node, path, notes }
    }

    fn child(&self, step: Step<'a>, node: &'a Node) -> Self {
        Self {
            node,
            path: self.path.then(step),
            notes: self.notes,
        }
    }

    pub(super) fn node(&self) -> &'a Node {
        self.node
    }

    /// Refuses the value here.
    pub(super) fn wrong(&self, message: impl Into<String>) -> Box<Wrong<'a>> {
        Box::new(Wrong {
            path: self.path.clone(),
            message: message.into(),
            hint: None,
        })
    }

    /// Refuses the value here, and says what to do.
    pub(super) fn wrong_with_hint(&self, message: &str, hint: impl Into<String>) -> Box<Wrong<'a>> {
        let mut wrong = self.wrong(message);
        wrong.hint = Some(hint.into());
        wrong
    }

    pub(super) fn warn(&self, message: impl Into<String>) {
        self.notes.add(&self.path, message.into());
    }

    pub(super) fn object(&self) -> Read<'a, Object<'a>> {
        match self.node {
            Node::Object(entries) => Ok(Object {
                at: self.clone(),
                entries,
            }),
            _ => Err(self.wrong("expected an object, `{ … }`")),
        }
    }

    pub(super) fn list(&self) -> Read<'a, Vec<At<'a>>> {
        match self.node {
            Node::List(items) => Ok(items
                .iter()
                .enumerate()
                .map(|(index, node)| self.child(Step::Index(index), node))
                .collect()),
            _ => Err(self.wrong("expected a list, `[ … ]`")),
        }
    }

    /// A text that is not blank, without the blanks around it.
    pub(super) fn text(&self) -> Read<'a, &'a str> {
        match self.node {
            Node::Text(text) if !text.trim().is_empty() => Ok(text.trim()),
            Node::Text(_) => Err(self.wrong("expected a text that is not blank")),
            _ => Err(self.wrong("expected a text in quotes")),
        }
    }

    /// A name: a text, or a whole number as ids of chats and people often are.
    pub(super) fn name(&self) -> Read<'a, String> {
        match self.node {
            Node::Number(number) => whole(*number)
                .map(|number| number.to_string())
                .ok_or_else(|| self.wrong("a number this large loses digits; put it in quotes")),
            _ => Ok(self.text()?.to_owned()),
        }
    }

    pub(super) fn flag(&self) -> Read<'a, bool> {
        match self.node {
            Node::Flag(flag) => Ok(*flag),
            _ => Err(self.wrong("expected true or false")),
        }
    }

    pub(super) fn number(&self) -> Read<'a, f64> {
        match self.node {
            Node::Number(number) if number.is_finite() => Ok(*number),
            _ => Err(self.wrong("expected a number")),
        }
    }

    /// A list of names; one name alone stands for a list of one.
    pub(super) fn names(&self) -> Read<'a, Vec<String>> {
        match self.node {
            Node::List(_) => self.list()?.iter().map(At::name).collect(),
            _ => Ok(vec![self.name()?]),
        }
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&self, words: &[(&str, T)]) -> Read<'a, T> {
        let written = self.text()?;
        if let Some((_, meant)) = words.iter().find(|(word, _)| *word == written) {
            return Ok(*meant);
        }
        let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let mut wrong = self.wrong(format!("expected one of {}", all.join(", ")));
        wrong.hint = nearest(written, all);
        Err(wrong)
    }
}

/// An object in the tree.
pub(super) struct Object<'a> {
    at: At<'a>,
    entries: &'a Entries,
}

impl<'a> Object<'a> {
    pub(super) fn at(&self) -> &At<'a> {
        &self.at
    }

    /// The value of a key; one that is `null` counts as absent.
    pub(super) fn find(&self, key: &'static str) -> Option<At<'a>> {
        let node = self.entries.map.get(key)?;
        (!matches!(node, Node::Null)).then(|| self.at.child(Step::Key(key), node))
    }

    /// The value of a key, read; `None` if it is absent.
    pub(super) fn read<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(&At<'a>) -> Read<'a, T>,
    ) -> Read<'a, Option<T>> {
        self.find(key).map(|at| read(&at)).transpose()
    }

    /// All entries, in file order.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a str, At<'a>)> {
        self.entries
            .map
            .iter()
            .map(|(key, node)| (key.as_str(), self.at.child(Step::Key(key), node)))
    }

    /// All entries by provider; of two spellings of one provider the first counts, and a warning says so.
    pub(super) fn by_provider(&self) -> Vec<(ProviderId, At<'a>)> {
        let mut seen = std::collections::HashSet::new();
        self.entries()
            .map(|(key, at)| (ProviderId::new(key), at))
            .filter(|(provider, at)| {
                let new = seen.insert(provider.clone());
                if !new {
                    at.warn(format!(
                        "another spelling of `{provider}`, which stands above; this one is ignored"
                    ));
                }
                new
            })
            .collect()
    }

    /// Warns of keys that are not among `known`.
    pub(super) fn expect_keys(&self, known: &[&str]) {
        self.expect_keys_beside(known, &[]);
    }

    /// Warns of keys that are neither `known` nor `foreign`, which are those of other programs.
    pub(super) fn expect_keys_beside(&self, known: &[&str], foreign: &[&str]) {
        for (key, at) in self.entries() {
            if !known.contains(&key) && !foreign.contains(&key) {
                let hint = nearest(key, known.iter().copied())
                    .unwrap_or_else(|| format!("known here: {}", known.join(", ")));
                at.warn(format!("unknown key, ignored; {hint}"));
            }
        }
    }
}

fn nearest<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let near = similar::nearest(written, names, 1);
    near.first().map(|name| format!("did you mean `{name}`?"))
}

/// Warns, anywhere in the file, of what reads otherwise than it looks: repeated keys, and `$include`.
pub(super) fn look_for_traps(at: &At<'_>) {
    match at.node {
        Node::List(items) => {
            for (index, node) in items.iter().enumerate() {
                look_for_traps(&at.child(Step::Index(index), node));
            }
        }
        Node::Object(entries) => {
            for key in &entries.repeated {
                at.warn(format!("`{key}` is here more than once; the last one counts"));
            }
            for (key, node) in &entries.map {
                let below = at.child(Step::Key(key), node);
                if key == KEY {
                    below.warn("includes are not followed; what the other file says is not known here");
                }
                look_for_traps(&below);
            }
        }
        _ => {}
    }
}
