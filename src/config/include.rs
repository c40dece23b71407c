//! `$include`: a configuration in several files.

use std::fmt;

use super::error::ConfigError;
use super::locate::locate;
use super::node::{Entries, Node};
use super::origin::{Origin, OwnStep, Trail};
use super::path::{Step, shown};
use super::text::{LONGEST, tree};

/// The key that names files.
pub(super) const KEY: &str = "$include";
/// How many files deep, as in OpenClaw.
const MOST_DEEP: usize = 10;
/// How many files in all; one that is included twice counts twice.
const MOST: usize = 256;
/// The deepest nesting of all files together: whatever reads the whole calls itself for each level.
const DEEPEST: usize = 128;

/// A file that was found for an `$include`.
#[derive(Clone)]
pub struct Included {
    /// Its name, which errors give, and by which a file that includes itself is known.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl fmt::Debug for Included {
    // The text may hold keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Included")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Finds a file: by what is written, and the name of the file that it is written in.
///
/// An error says what is wrong, and not what was written: that might be a key in the wrong place.
pub type Load<'l> = dyn FnMut(&str, &str) -> Result<Included, String> + 'l;

/// The texts of a configuration, and which of them says what.
pub(super) struct Sources {
    files: Vec<Source>,
    origin: Origin,
}

struct Source {
    file: String,
    text: String,
}

/// A text without its byte order mark.
pub(super) fn bare(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

impl Sources {
    pub(super) fn alone(text: &str, file: &str) -> Self {
        let (file, text) = (file.to_owned(), bare(text).to_owned());
        Self {
            files: vec![Source { file, text }],
            origin: Origin::default(),
        }
    }

    /// Whether other files are included.
    #[cfg(feature = "setup")]
    pub(super) fn is_several(&self) -> bool {
        self.files.len() > 1
    }

    /// The file that says what stands at a path of the whole, and where in it.
    pub(super) fn locate(&self, steps: &[Step<'_>]) -> (&str, (usize, usize)) {
        let (file, trail) = self.origin.find(steps);
        self.place(file, &trail)
    }

    /// The included file that says what stands at a path of the whole; `None` if the first file does.
    pub(super) fn included(&self, steps: &[Step<'_>]) -> Option<&str> {
        match self.origin.find(steps) {
            (0, _) => None,
            (file, _) => self.files.get(file).map(|source| source.file.as_str()),
        }
    }

    fn place(&self, file: usize, trail: &Trail) -> (&str, (usize, usize)) {
        self.files.get(file).map_or(("", (1, 1)), |source| {
            (&source.file, locate(&source.text, &trail.steps()))
        })
    }
}

/// Puts the files in that the tree includes.
pub(super) fn expand(node: Node, sources: &mut Sources, load: &mut Load<'_>) -> Result<Node, ConfigError> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    /// Reads `main` with these other files.
    fn read(main: &str, files: &[(&str, &str)]) -> Result<Config, String> {
        let mut load = |written: &str, _: &str| {
            let found = files.iter().find(|(name, _)| *name == written);
            let (name, text) = found.ok_or_else(|| format!("there is no {written}"))?;
            Ok(Included {
                name: (*name).to_owned(),
                text: (*text).to_owned(),
            })
        };
        let read = Config::parse_with(main, "main", &mut load);
        read.map(|(config, _)| config).map_err(|wrong| wrong.to_string())
    }

    #[test]
    fn files_are_joined_and_what_stands_beside_goes_over_them() {
        let files = [
            ("a", "{ auth: { fence: 'ask', order: { x: ['x:1'] } } }"),
            ("b", "{ auth: { order: { x: ['x:2'], y: [] }, $include: 'c' } }"),
            ("c", "{ fence: 'block' }"),
        ];
        let config = read("{ $include: ['a', 'b'], auth: { inherit: true } }", &files).unwrap();
        assert!(config.auth.inherit);
        assert_eq!(config.auth.fence, Some(crate::config::Fence::Block));
        let order: Vec<_> = config.auth.order.values().map(Vec::len).collect();
        assert_eq!(order, [2, 0]);
    }

    #[test]
    fn errors_in_lists_name_the_file_and_the_place_there() {
        let files = [
            ("a", "{ agents: { list: [\n { id: 'one' },\n { id: 5 } ] } }"),
            ("b", "{ id: 'two', model: 7 }"),
            (
                "c",
                "{ agents: { list: [{ id: 'three' }, { $include: ['b', 'none'] }] } }",
            ),
        ];
        let told = |main| read(main, &files).unwrap_err();
        let main = "{ $include: 'a', agents: { list: [{ id: 'x' }] } }";
        assert!(
            told(main).starts_with("a:3:8: `agents.list[1].id`"),
            "{}",
            told(main)
        );
        let main = "{ agents: { list: [{ id: 'x' },\n { $include: 'b' }] } }";
        assert!(
            told(main).starts_with("b:1:21: `agents.list[1].model`"),
            "{}",
            told(main)
        );
        let main = "{ $include: 'c', agents: { list: [{ id: 9 }] } }";
        assert!(
            told(main).starts_with("c:1:55: `agents.list[1].$include[1]`: there is no none"),
            "{}",
            told(main)
        );
    }

    #[test]
    fn files_cannot_grow_without_end() {
        let deep: Vec<(String, String)> = (0..11)
            .map(|at| (format!("f{at}"), format!("{{ $include: 'f{}' }}", at + 1)))
            .chain([("f11".to_owned(), "{}".to_owned())])
            .collect();
        let lent = |files: &'static [(String, String)]| -> Vec<(&'static str, &'static str)> {
            files
                .iter()
                .map(|(name, text)| (name.as_str(), text.as_str()))
                .collect()
        };
        let deep = lent(Vec::leak(deep));
        assert!(read("{ $include: 'f2' }", &deep).is_ok());
        let told = read("{ $include: 'f1' }", &deep).unwrap_err();
        assert!(
            told.starts_with("f10:1:13: `$include`: files include each other more than 10"),
            "{told}"
        );
        let wide: Vec<(String, String)> = (0..10)
            .map(|at| {
                (
                    format!("f{at}"),
                    format!("{{ $include: ['f{0}', 'f{0}', 'f{0}'] }}", at + 1),
                )
            })
            .chain([("f10".to_owned(), "{}".to_owned())])
            .collect();
        let told = read("{ $include: 'f2' }", &lent(Vec::leak(wide))).unwrap_err();
        assert!(told.contains("more than 256 files"), "{told}");
        let nest = |inner: &str| format!("{{ x: {}{inner}{} }}", "[".repeat(100), "]".repeat(100));
        let told = read(&nest("{ $include: 'a' }"), &[("a", &nest(""))]).unwrap_err();
        assert!(told.starts_with("a:1:") && told.contains("128 levels"), "{told}");
        let big = format!("[\"{}\"]", "x".repeat(9_000_000));
        let told = read("{ x: { $include: ['a', 'a'] } }", &[("a", &big)]).unwrap_err();
        assert!(told.contains("over 16 MiB"), "{told}");
    }

    #[test]
    fn errors_name_the_file_that_is_wrong() {
        let told = |main, files: &[(&str, &str)]| read(main, files).unwrap_err();
        let files = [
            ("a", "{\n  fence: 'sometimes' }"),
            ("loop", "{ $include: 'loop' }"),
            ("list", "[]"),
            ("torn", "{ x: "),
        ];
        assert!(
            told("{ auth: { $include: 'a' } }", &files).starts_with("a:2:"),
            "{}",
            told("{ auth: { $include: 'a' } }", &files)
        );
        assert!(
            told("{ auth:\n { $include: 'none' } }", &files)
                .starts_with("main:2:14: `auth.$include`: there is no none")
        );
        assert!(
            told("{ $include: 'loop' }", &files)
                .starts_with("loop:1:13: `$include`: this file includes itself")
        );
        assert!(told("{ $include: 'list', auth: {} }", &files).contains("no object"));
        assert!(told("{ $include: 'torn' }", &files).starts_with("torn:1:"));
        assert!(told("{ $include: 5 }", &files).starts_with("main:1:13: `$include`: expected"));
    }
}
