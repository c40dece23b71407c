//! The configuration's text, changed in place.
//!
//! A change puts a new piece of text in the place of an old one; a library says where things stand. Beside the text
//! stands the tree of values that is asked for. [`ConfigEdit::finish`] reads the new text with the reader of every other
//! text and compares: a text that would say anything else than what was asked never leaves this folder.
//!
//! A comment stays when the key below it is removed: it may be about more than that key. Read `splice.rs` first.

mod layout;
mod splice;
mod tree;

use serde_json::Value;
use thiserror::Error;

use super::error::ConfigError;
use super::node::Node;
use super::path::Step;
use super::text;
use layout::{Group, NoGroup};

/// A configuration's text that is being changed. Paths are steps from the top.
pub struct ConfigEdit {
    text: String,
    wanted: Node,
    changed: bool,
    mark: &'static str,
    file: String,
}

/// Why a text was not changed.
#[derive(Debug, Error)]
pub enum EditError {
    /// It is no JSON5 as it stands.
    #[error(transparent)]
    Syntax(#[from] ConfigError),
    /// It is JSON5, in a form that cannot be edited in place.
    #[error("{file}:{line}:{column}: this cannot be edited in place; change the file by hand")]
    ByHand {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// Something else than an object or a list stands where the change belongs.
    #[error("{file}: `{path}` is not {expected}; change the file by hand")]
    Otherwise {
        /// The file.
        file: String,
        /// The path.
        path: String,
        /// What was expected there.
        expected: &'static str,
    },
    /// A key of the path is there twice.
    #[error("{file}: `{path}` is there more than once; take one out first")]
    Repeated {
        /// The file.
        file: String,
        /// The path.
        path: String,
    },
    /// The new text would not say what was asked.
    #[error("{file}: the change cannot be made without changing more; change the file by hand")]
    Differs {
        /// The file.
        file: String,
    },
}

type Edited<T> = Result<T, EditError>;

impl ConfigEdit {
    /// Begins with a text; a blank one is an empty configuration. A byte order mark stays.
    ///
    /// # Errors
    /// [`EditError::Syntax`] if it cannot be read, [`EditError::ByHand`] if it cannot be edited.
    pub fn new(text: &str, file: &str) -> Edited<Self> {
        let (mark, text) = match text.strip_prefix('\u{feff}') {
            Some(rest) => ("\u{feff}", rest),
            None => ("", text),
        };
        let text = if text.trim().is_empty() { "{}\n" } else { text };
        let wanted = text::tree(text, file)?;
        layout::check(text).map_err(|wrong| EditError::ByHand {
            file: file.to_owned(),
            line: wrong.line_display(),
            column: wrong.column_display(),
        })?;
        Ok(Self {
            text: text.to_owned(),
            wanted,
            changed: false,
            mark,
            file: file.to_owned(),
        })
    }

    /// The value at a path.
    #[must_use]
    pub fn get(&self, path: &[Step<'_>]) -> Option<Value> {
        self.wanted.at(path).map(Node::to_json)
    }

    /// The keys of the object at a path, in their order; none if there is no object.
    #[must_use]
    pub fn keys(&self, path: &[Step<'_>]) -> Vec<String> {
        match self.wanted.at(path) {
            Some(Node::Object(entries)) => entries.map.keys().cloned().collect(),
            _ => Vec::new(),
        }
    }

    /// How many items the list at a path has; none if there is no list.
    #[must_use]
    pub fn len(&self, path: &[Step<'_>]) -> usize {
        match self.wanted.at(path) {
            Some(Node::List(items)) => items.len(),
            _ => 0,
        }
    }

    /// Puts a value at a path, whose last step is a key. Objects on the way that are missing are made; a new key goes to
    /// the end of its object.
    ///
    /// # Errors
    /// [`EditError`] if something else than an object is on the way, or a key of the path is there twice.
    pub fn set(&mut self, path: &[Step<'_>], value: &Value) -> Edited<()> {
        if self.get(path).as_ref() == Some(value) {
            return Ok(());
        }
        let Some((Step::Key(key), above)) = path.split_last() else {
            return Err(self.otherwise(path, "a key"));
        };
        self.make_objects(above)?;
        let group = self.group(above)?;
        let new = match self.only(&group, key, path)? {
            Some(which) => {
                let new = splice::in_place(&self.text, &group, which, value);
                splice::replaced(&self.text, group.entries[which].value.clone(), &new)
            }
            None => splice::appended(&self.text, &group, Some(key), value),
        };
        self.put(new);
        self.wanted.set(path, Node::from_json(value));
        Ok(())
    }

    /// Takes out what is at a path. `false` if there is nothing.
    ///
    /// # Errors
    /// [`EditError::Repeated`] if a key of the path is there twice.
    pub fn remove(&mut self, path: &[Step<'_>]) -> Edited<bool> {
        let Some((last, above)) = path.split_last() else {
            return Ok(false);
        };
        if self.wanted.at(path).is_none() {
            return Ok(false);
        }
        let group = self.group(above)?;
        let which = match last {
            Step::Key(key) => self.only(&group, key, path)?,
            Step::Index(index) => Some(*index),
        };
        if let Some(which) = which {
            self.put(splice::removed(&self.text, &group, which));
        }
        self.wanted.remove(path);
        Ok(true)
    }

    /// Puts an item into the list at a path, before the item of that number; past the end, at the end. A list that is
    /// not there is made.
    ///
    /// # Errors
    /// [`EditError::Otherwise`] if something else than a list is there.
    pub fn insert(&mut self, path: &[Step<'_>], index: usize, value: &Value) -> Edited<()> {
        if self.wanted.at(path).is_none() {
            return self.set(path, &Value::from(vec![value.clone()]));
        }
        let group = self.list(path)?;
        let index = index.min(group.entries.len());
        self.put(splice::inserted(&self.text, &group, index, value));
        self.wanted.insert(path, index, Node::from_json(value));
        Ok(())
    }

    /// Puts another value in the place of an item of a list.
    ///
    /// # Errors
    /// [`EditError::Otherwise`] if there is no such item.
    pub fn set_item(&mut self, path: &[Step<'_>], index: usize, value: &Value) -> Edited<()> {
        let group = self.list(path)?;
        let Some(item) = group.entries.get(index) else {
            return Err(self.otherwise(path, "so long a list"));
        };
        let new = splice::in_place(&self.text, &group, index, value);
        self.put(splice::replaced(&self.text, item.value.clone(), &new));
        let mut path = path.to_vec();
        path.push(Step::Index(index));
        self.wanted.set(&path, Node::from_json(value));
        Ok(())
    }

    /// Gives the key at the end of a path another name. It keeps its place and its value. `false` if it is not there.
    ///
    /// # Errors
    /// [`EditError::Repeated`] if one of both is there already.
    pub fn rename(&mut self, path: &[Step<'_>], new: &str) -> Edited<bool> {
        let Some((Step::Key(key), above)) = path.split_last() else {
            return Ok(false);
        };
        if self.wanted.at(path).is_none() {
            return Ok(false);
        }
        let group = self.group(above)?;
        let mut target = above.to_vec();
        target.push(Step::Key(new));
        if self.wanted.at(&target).is_some() {
            return Err(self.repeated(&target));
        }
        let which = self.only(&group, key, path)?;
        if let Some((_, name)) = which.and_then(|which| group.entries[which].key.as_ref()) {
            let quoted = Value::from(new).to_string();
            self.put(splice::replaced(&self.text, name.clone(), &quoted));
        }
        self.wanted.rename(path, new);
        Ok(true)
    }

    /// The new text; `None` if nothing was changed.
    ///
    /// # Errors
    /// [`EditError::Differs`] if the text would not say what was asked.
    pub fn finish(self) -> Edited<Option<String>> {
        if !self.changed {
            return Ok(None);
        }
        let says = text::tree(&self.text, &self.file);
        if !says.is_ok_and(|says| says.same(&self.wanted)) {
            return Err(EditError::Differs { file: self.file });
        }
        Ok(Some(format!("{}{}", self.mark, self.text)))
    }

    fn put(&mut self, text: String) {
        self.changed |= text != self.text;
        self.text = text;
    }

    /// Makes the objects of a path that are missing.
    fn make_objects(&mut self, path: &[Step<'_>]) -> Edited<()> {
        for end in 1..=path.len() {
            let here = &path[..end];
            let Some((Step::Key(key), above)) = here.split_last() else {
                continue;
            };
            if self.wanted.at(here).is_none() {
                let group = self.group(above)?;
                let empty = Value::Object(serde_json::Map::new());
                self.put(splice::appended(&self.text, &group, Some(key), &empty));
                self.wanted.set(here, Node::from_json(&empty));
            }
        }
        Ok(())
    }

    /// The object or list at a path.
    fn group(&self, path: &[Step<'_>]) -> Edited<Group> {
        let group = layout::group(&self.text, path).map_err(|none| match none {
            NoGroup::Missing(steps) | NoGroup::Otherwise(steps) => {
                self.otherwise(&path[..steps], "an object")
            }
            NoGroup::Repeated(steps) => self.repeated(&path[..steps]),
        })?;
        Ok(group)
    }

    fn list(&self, path: &[Step<'_>]) -> Edited<Group> {
        let group = self.group(path)?;
        if group.keyed {
            return Err(self.otherwise(path, "a list"));
        }
        Ok(group)
    }

    /// The number of the entry of a key, which may be there once.
    fn only(&self, group: &Group, key: &str, path: &[Step<'_>]) -> Edited<Option<usize>> {
        if !group.keyed {
            return Err(self.otherwise(&path[..path.len() - 1], "an object"));
        }
        let is = |at: &usize| {
            group.entries[*at]
                .key
                .as_ref()
                .is_some_and(|(name, _)| name == key)
        };
        let mut found = (0..group.entries.len()).filter(is);
        match (found.next(), found.next()) {
            (_, Some(_)) => Err(self.repeated(path)),
            (found, None) => Ok(found),
        }
    }

    fn otherwise(&self, path: &[Step<'_>], expected: &'static str) -> EditError {
        EditError::Otherwise {
            file: self.file.clone(),
            path: super::path::shown(path),
            expected,
        }
    }

    fn repeated(&self, path: &[Step<'_>]) -> EditError {
        EditError::Repeated {
            file: self.file.clone(),
            path: super::path::shown(path),
        }
    }
}

impl std::fmt::Debug for ConfigEdit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfigEdit")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
