//! The configuration's text, changed in place.
//!
//! A change puts a new piece of text in the place of an old one; a library says where things stand. Beside the text
//! stands the tree of values that is asked for. [`ConfigEdit::finish`] reads the new text with the reader of every other
//! text and compares: a text that would say anything else than what was asked never leaves this folder.
//!
//! Where the text includes other files, what is asked for is asked of the whole: [`ConfigEdit::get`] answers what is read,
//! and a change that an included file would undo, or that would hide what one says, is refused with the name of that file.
//! Only the one text is ever changed.
//!
//! A comment stays when the key below it is removed: it may be about more than that key. Read `splice.rs` first.

mod error;
mod layout;
mod splice;
mod tree;
mod whole;

pub use error::EditError;

use serde_json::Value;

use super::include::Load;
use super::node::Node;
use super::path::Step;
use super::text;
use layout::{Group, NoGroup};
use whole::Whole;

/// A configuration's text that is being changed. Paths are steps from the top.
pub struct ConfigEdit {
    text: String,
    wanted: Node,
    /// What is read with all included files, if there are any.
    whole: Option<Whole>,
    changed: bool,
    mark: &'static str,
    file: String,
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
            whole: None,
            changed: false,
            mark,
            file: file.to_owned(),
        })
    }

    /// Begins with a text and the files that it includes.
    ///
    /// # Errors
    /// As of [`ConfigEdit::new`]; also of an included file.
    pub fn within(text: &str, file: &str, load: &mut Load<'_>) -> Edited<Self> {
        let mut edit = Self::new(text, file)?;
        edit.whole = Whole::read(&edit.text, file, load)?;
        Ok(edit)
    }

    /// The value at a path, as it is read: with what included files say.
    #[must_use]
    pub fn get(&self, path: &[Step<'_>]) -> Option<Value> {
        self.read(path).map(Node::to_json)
    }

    /// The value at a path in this text alone.
    #[must_use]
    pub fn own(&self, path: &[Step<'_>]) -> Option<Value> {
        self.wanted.at(path).map(Node::to_json)
    }

    /// The keys of the object at a path, as it is read; none if there is no object.
    #[must_use]
    pub fn keys(&self, path: &[Step<'_>]) -> Vec<String> {
        match self.read(path) {
            Some(Node::Object(entries)) => entries.map.keys().cloned().collect(),
            _ => Vec::new(),
        }
    }

    fn read(&self, path: &[Step<'_>]) -> Option<&Node> {
        match &self.whole {
            Some(whole) => whole.node.at(&whole.path(&self.wanted, path)),
            None => self.wanted.at(path),
        }
    }

    /// How many items the list at a path has in this text; those of included files come before them.
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
        self.expect_room(above)?;
        self.in_whole(path, |whole, path| {
            whole.make_objects(&path[..path.len() - 1]);
            whole.set(path, Node::from_json(value));
        });
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
            return match self.read(path) {
                Some(_) => Err(self.elsewhere(path)),
                None => Ok(false),
            };
        }
        let group = self.group(above)?;
        self.in_whole(path, Node::remove);
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
            return self.begin_list(path, value);
        }
        let group = self.list(path)?;
        let index = index.min(group.entries.len());
        let from_end = group.entries.len() - index;
        self.in_whole(path, |whole, path| {
            if let Some(Node::List(items)) = whole.at(path) {
                whole.insert(path, items.len().saturating_sub(from_end), Node::from_json(value));
            }
        });
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
        let range = item.value.clone();
        let mut path = path.to_vec();
        path.push(Step::Index(index));
        self.in_whole(&path, |whole, path| whole.set(path, Node::from_json(value)));
        self.put(splice::replaced(&self.text, range, &new));
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
            return match self.read(path) {
                Some(_) => Err(self.elsewhere(path)),
                None => Ok(false),
            };
        }
        let group = self.group(above)?;
        let mut target = above.to_vec();
        target.push(Step::Key(new));
        if self.wanted.at(&target).is_some() {
            return Err(self.repeated(&target));
        }
        if self.read(&target).is_some() {
            return Err(self.elsewhere(&target));
        }
        self.in_whole(path, |whole, path| whole.rename(path, new));
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

    /// The new text, where other files are included; `None` if nothing was changed.
    ///
    /// # Errors
    /// [`EditError::Elsewhere`] if what is read in the end is not what was asked, because an included file says otherwise.
    pub fn finish_within(mut self, load: &mut Load<'_>) -> Edited<Option<String>> {
        let (wanted, file) = (self.whole.take(), self.file.clone());
        let text = self.text.clone();
        let new = self.finish()?;
        let Some(wanted) = wanted else {
            return Ok(new);
        };
        // Also where this text says all that was asked already: an included file may say more.
        let Some(now) = Whole::read(&text, &file, load)? else {
            return Err(EditError::Differs { file });
        };
        let Some(path) = now.difference(&wanted.node) else {
            return Ok(new);
        };
        match now.included(&path).or_else(|| wanted.included(&path)) {
            Some(other) => Err(EditError::Elsewhere {
                other: other.to_owned(),
                path: super::path::shown(&path),
                file,
            }),
            None => Err(EditError::Differs { file }),
        }
    }

    /// The refusal of a change that has to be made in an included file: of what is read at a path, or at its nearest part
    /// that is there. Items of lists are counted as in this text; [`ConfigEdit::elsewhere_in_whole`] counts all.
    #[must_use]
    pub fn elsewhere(&self, path: &[Step<'_>]) -> EditError {
        match &self.whole {
            Some(whole) => self.elsewhere_in_whole(&whole.path(&self.wanted, path)),
            None => self.elsewhere_in_whole(path),
        }
    }

    /// The same for a path as it is read, in which included items come first.
    #[must_use]
    pub fn elsewhere_in_whole(&self, path: &[Step<'_>]) -> EditError {
        let includes = |whole: &Whole| {
            (0..=path.len())
                .rev()
                .find_map(|end| whole.included(&path[..end]).map(str::to_owned))
        };
        match self.whole.as_ref().and_then(includes) {
            Some(other) => EditError::Elsewhere {
                file: self.file.clone(),
                path: super::path::shown(path),
                other,
            },
            None => self.otherwise(path, "in this file"),
        }
    }

    /// Refuses to put an object over something else that an included file says.
    fn expect_room(&self, path: &[Step<'_>]) -> Edited<()> {
        for end in 1..=path.len() {
            let here = &path[..end];
            let taken = !matches!(self.read(here), None | Some(Node::Object(_) | Node::List(_)));
            if taken && self.wanted.at(here).is_none() {
                return Err(self.elsewhere(here));
            }
        }
        Ok(())
    }

    /// Begins a list, which in the whole may be there already.
    fn begin_list(&mut self, path: &[Step<'_>], value: &Value) -> Edited<()> {
        let mut all = match self.get(path) {
            None => return self.set(path, &Value::from(vec![value.clone()])),
            Some(Value::Array(all)) => all,
            Some(_) => return Err(self.elsewhere(path)),
        };
        let whole = self.whole.take();
        let done = self.set(path, &Value::from(vec![value.clone()]));
        self.whole = whole;
        all.push(value.clone());
        self.in_whole(path, |whole, path| {
            whole.set(path, Node::from_json(&Value::from(all)))
        });
        done
    }

    /// Makes a change to the whole, before it is made to this text: the path is that of the whole.
    fn in_whole(&mut self, path: &[Step<'_>], change: impl FnOnce(&mut Node, &[Step<'_>])) {
        if let Some(whole) = &mut self.whole {
            let path = whole.path(&self.wanted, path);
            change(&mut whole.node, &path);
        }
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
