//! Through a tree, into the files that it includes.

use super::sources::{Source, Sources, bare};
use super::{KEY, Load};
use crate::config::error::ConfigError;
use crate::config::locate::locate;
use crate::config::node::{Entries, Node};
use crate::config::origin::{Origin, OwnStep, Trail};
use crate::config::path::{Step, shown};
use crate::config::text::{LONGEST, tree};

/// How many files deep, as in OpenClaw.
const MOST_DEEP: usize = 10;
/// How many files in all; one that is included twice counts twice.
const MOST: usize = 256;
/// The deepest nesting of all files together: whatever reads the whole calls itself for each level.
const DEEPEST: usize = 128;

/// Puts the files in that the tree includes.
pub(in crate::config) fn expand(
    node: Node,
    sources: &mut Sources,
    load: &mut Load<'_>,
) -> Result<Node, ConfigError> {
    let name = sources.files.first();
    let mut walk = Walk {
        chain: vec![name.map_or_else(String::new, |source| source.file.clone())],
        file: 0,
        here: Trail::default(),
        path: Trail::default(),
        level: 0,
        sources,
        load,
    };
    let (node, origin) = walk.expand(node)?;
    sources.origin = origin.unwrap_or_default();
    Ok(node)
}

struct Walk<'w, 'l> {
    sources: &'w mut Sources,
    load: &'w mut Load<'l>,
    /// The files that include each other down to here.
    chain: Vec<String>,
    /// The number of the file here.
    file: usize,
    /// The path in that file.
    here: Trail,
    /// The path in the whole.
    path: Trail,
    level: usize,
}

/// A value; and where it was read, unless all of it was read where it stands.
type Found = (Node, Option<Origin>);

impl Walk<'_, '_> {
    fn expand(&mut self, node: Node) -> Result<Found, ConfigError> {
        if !matches!(node, Node::Object(_) | Node::List(_)) {
            return Ok((node, None));
        }
        self.level += 1;
        if self.level > DEEPEST {
            return Err(self.wrong("with the files around it, this is more than 128 levels deep", &[]));
        }
        let found = match node {
            Node::Object(entries) => self.object(entries),
            Node::List(items) => self.list(items),
            other => Ok((other, None)),
        };
        self.level -= 1;
        found
    }

    fn below(&mut self, step: &OwnStep, node: Node) -> Result<Found, ConfigError> {
        let (here, path) = (self.here.then(step.clone()), self.path.then(step.clone()));
        let above = (
            std::mem::replace(&mut self.here, here),
            std::mem::replace(&mut self.path, path),
        );
        let found = self.expand(node);
        (self.here, self.path) = above;
        found
    }

    fn list(&mut self, items: Vec<Node>) -> Result<Found, ConfigError> {
        let mut own = Vec::with_capacity(items.len());
        let mut origin = None;
        for (index, item) in items.into_iter().enumerate() {
            let step = OwnStep::Index(index);
            let (item, from) = self.below(&step, item)?;
            own.push(item);
            self.note(&mut origin, step, from);
        }
        Ok((Node::List(own), origin))
    }

    fn object(&mut self, mut entries: Entries) -> Result<Found, ConfigError> {
        let files = entries.map.shift_remove(KEY);
        let mut own = Entries {
            map: indexmap::IndexMap::with_capacity(entries.map.len()),
            repeated: entries.repeated,
        };
        let mut origin = None;
        for (key, node) in entries.map {
            let step = OwnStep::Key(key.as_str().into());
            let (node, from) = self.below(&step, node)?;
            own.map.insert(key, node);
            self.note(&mut origin, step, from);
        }
        let Some(files) = files else {
            return Ok((Node::Object(own), origin));
        };
        let mut whole: Option<(Node, Origin)> = None;
        let (names, listed) = self.names(files)?;
        for (index, written) in names.iter().enumerate() {
            let at = listed.then_some(Step::Index(index));
            let included = self.file(written, at.as_slice())?;
            whole = Some(match whole {
                None => included,
                Some(before) => joined(before, included),
            });
        }
        Ok(match whole {
            None => (Node::Object(own), origin),
            Some((whole, from)) if own.map.is_empty() => (whole, Some(from)),
            Some((whole @ Node::Object(_), from)) => {
                let origin = origin.unwrap_or_else(|| self.origin());
                let (whole, from) = joined((whole, from), (Node::Object(own), origin));
                (whole, Some(from))
            }
            Some(_) => {
                let message = "the included file is no object, and other keys stand beside it";
                return Err(self.wrong(message, &[Step::Key(KEY)]));
            }
        })
    }

    fn origin(&self) -> Origin {
        Origin::whole(self.file, self.here.clone())
    }

    fn note(&self, origin: &mut Option<Origin>, step: OwnStep, from: Option<Origin>) {
        if let Some(from) = from {
            origin.get_or_insert_with(|| self.origin()).put(step, from);
        }
    }

    /// The names, and whether they stand in a list.
    fn names(&self, files: Node) -> Result<(Vec<String>, bool), ConfigError> {
        let expected = || {
            self.wrong(
                "expected the name of a file, or a list of names",
                &[Step::Key(KEY)],
            )
        };
        let text = |node| match node {
            Node::Text(text) => Ok(text),
            _ => Err(expected()),
        };
        match files {
            Node::List(items) => Ok((items.into_iter().map(text).collect::<Result<_, _>>()?, true)),
            one => Ok((vec![text(one)?], false)),
        }
    }

    /// Reads a file, with those that it includes. `at` is the place of its name under `$include`.
    fn file(&mut self, written: &str, at: &[Step<'_>]) -> Result<(Node, Origin), ConfigError> {
        let at = [&[Step::Key(KEY)], at].concat();
        if self.chain.len() > MOST_DEEP {
            return Err(self.wrong("files include each other more than 10 deep", &at));
        }
        if self.sources.files.len() > MOST {
            return Err(self.wrong("more than 256 files are included", &at));
        }
        let from = self.chain.last().map_or("", String::as_str);
        let included = (self.load)(written, from).map_err(|why| self.wrong(&why, &at))?;
        if self.chain.contains(&included.name) {
            return Err(self.wrong("this file includes itself", &at));
        }
        let so_far: usize = self.sources.files.iter().map(|source| source.text.len()).sum();
        if so_far + included.text.len() > LONGEST {
            return Err(self.wrong("with this file, the configuration is over 16 MiB", &at));
        }
        let text = bare(&included.text).to_owned();
        let node = tree(&text, &included.name)?;
        let number = self.sources.files.len();
        self.sources.files.push(Source {
            file: included.name.clone(),
            text,
        });
        self.chain.push(included.name);
        let here = std::mem::take(&mut self.here);
        let outer = std::mem::replace(&mut self.file, number);
        let found = self.expand(node);
        self.file = outer;
        self.here = here;
        self.chain.pop();
        let (node, origin) = found?;
        let origin = origin.unwrap_or_else(|| Origin::whole(number, Trail::default()));
        Ok((node, origin))
    }

    /// An error at or below this value, in the file where it is written.
    fn wrong(&self, message: &str, below: &[Step<'_>]) -> ConfigError {
        let source = &self.sources.files[self.file];
        let (line, column) = locate(&source.text, &[&self.here.steps(), below].concat());
        ConfigError {
            file: source.file.clone(),
            line,
            column,
            path: shown(&[&self.path.steps(), below].concat()),
            message: message.to_owned(),
            hint: None,
        }
    }
}

/// Two values as one: objects are joined, lists follow each other, of anything else the second counts.
fn joined((one, mut from): (Node, Origin), (other, mut with): (Node, Origin)) -> (Node, Origin) {
    match (one, other) {
        (Node::Object(mut one), Node::Object(other)) => {
            for (key, node) in other.map {
                let step = OwnStep::Key(key.as_str().into());
                let mut entry = (node, with.take(&step));
                if let Some(there) = one.map.get_mut(&key) {
                    let before = std::mem::replace(there, Node::Null);
                    entry = joined((before, from.take(&step)), entry);
                    *there = entry.0;
                } else {
                    one.map.insert(key, entry.0);
                }
                from.put(step, entry.1);
            }
            one.repeated.extend(other.repeated);
            (Node::Object(one), from)
        }
        (Node::List(mut one), Node::List(other)) => {
            for (index, item) in other.into_iter().enumerate() {
                from.put(OwnStep::Index(one.len()), with.take(&OwnStep::Index(index)));
                one.push(item);
            }
            (Node::List(one), from)
        }
        (_, other) => (other, with),
    }
}
