//! `$include`: a configuration in several files.

use super::error::ConfigError;
use super::locate::locate;
use super::node::{Entries, Node};
use super::path::Step;
use super::text::tree;

/// The key that names files.
const KEY: &str = "$include";
/// How many files deep.
const DEEPEST: usize = 10;
/// How many files in all.
const MOST: usize = 256;

/// A file that was found for an `$include`.
#[derive(Debug, Clone)]
pub struct Included {
    /// Its name, which errors give, and by which a file that includes itself is known.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Finds a file: by what is written, and the name of the file that it is written in. An error says what is wrong.
pub type Load<'l> = dyn FnMut(&str, &str) -> Result<Included, String> + 'l;

/// The texts of a configuration, and where each was put in.
pub(super) struct Sources(Vec<Source>);

struct Source {
    file: String,
    text: String,
    mount: Vec<String>,
}

/// A text without its byte order mark.
pub(super) fn bare(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

impl Sources {
    pub(super) fn alone(text: &str, file: &str) -> Self {
        Self(vec![Source {
            file: file.to_owned(),
            text: bare(text).to_owned(),
            mount: Vec::new(),
        }])
    }

    /// The file that says what stands at a path, and where in it; the first file, if none can be found.
    pub(super) fn locate(&self, steps: &[Step<'_>]) -> (&str, (usize, usize)) {
        let first = self.0.first().map_or("", |source| source.file.as_str());
        if let [only] = self.0.as_slice() {
            return (first, locate(&only.text, steps));
        }
        // The first file goes over all others, and of those a later one over an earlier one.
        let (first_one, others) = self.0.split_at(1);
        for source in first_one.iter().chain(others.iter().rev()) {
            let mount = &source.mount;
            let inside = steps.len() >= mount.len()
                && mount.iter().zip(steps).all(|(key, step)| *step == Step::Key(key));
            let rest = if inside { &steps[mount.len()..] } else { continue };
            let says = tree(&source.text, &source.file).is_ok_and(|node| node.at(rest).is_some());
            if says {
                return (&source.file, locate(&source.text, rest));
            }
        }
        (first, (1, 1))
    }
}

/// Puts the files in that the tree includes.
pub(super) fn expand(node: Node, sources: &mut Sources, load: &mut Load<'_>) -> Result<Node, ConfigError> {
    let name = sources
        .0
        .first()
        .map_or_else(String::new, |source| source.file.clone());
    let mut walk = Walk {
        sources,
        load,
        chain: vec![name],
        path: Vec::new(),
    };
    walk.expand(node)
}

struct Walk<'w, 'l> {
    sources: &'w mut Sources,
    load: &'w mut Load<'l>,
    /// The files that include each other down to here.
    chain: Vec<String>,
    path: Vec<String>,
}

impl Walk<'_, '_> {
    fn expand(&mut self, node: Node) -> Result<Node, ConfigError> {
        match node {
            Node::Object(entries) => self.object(entries),
            // OpenClaw looks into lists too; where in a list a file was put in cannot be told by a path of keys.
            Node::List(items) => {
                let items: Result<Vec<Node>, ConfigError> =
                    items.into_iter().map(|item| self.expand(item)).collect();
                Ok(Node::List(items?))
            }
            other => Ok(other),
        }
    }

    fn object(&mut self, mut entries: Entries) -> Result<Node, ConfigError> {
        let files = entries.map.shift_remove(KEY);
        let mut own = Entries {
            map: indexmap::IndexMap::with_capacity(entries.map.len()),
            repeated: entries.repeated,
        };
        for (key, node) in entries.map {
            self.path.push(key.clone());
            let node = self.expand(node);
            self.path.pop();
            own.map.insert(key, node?);
        }
        let Some(files) = files else {
            return Ok(Node::Object(own));
        };
        let mut whole: Option<Node> = None;
        for written in self.names(files)? {
            let included = self.file(&written)?;
            whole = Some(match whole {
                None => included,
                Some(before) => joined(before, included),
            });
        }
        Ok(match whole {
            None => Node::Object(own),
            Some(whole) if own.map.is_empty() => whole,
            Some(whole @ Node::Object(_)) => joined(whole, Node::Object(own)),
            Some(_) => {
                return Err(self.wrong("the included file is no object, and other keys stand beside it"));
            }
        })
    }

    fn names(&self, files: Node) -> Result<Vec<String>, ConfigError> {
        let expected = || self.wrong("expected the name of a file, or a list of names");
        let text = |node| match node {
            Node::Text(text) => Ok(text),
            _ => Err(expected()),
        };
        match files {
            Node::List(items) => items.into_iter().map(text).collect(),
            one => Ok(vec![text(one)?]),
        }
    }

    fn file(&mut self, written: &str) -> Result<Node, ConfigError> {
        if self.chain.len() > DEEPEST || self.sources.0.len() > MOST {
            return Err(self.wrong("files include each other more than 10 deep, or are more than 256"));
        }
        let from = self.chain.last().cloned().unwrap_or_default();
        let included = (self.load)(written, &from).map_err(|why| self.wrong(&why))?;
        if self.chain.contains(&included.name) {
            return Err(self.wrong("this file includes itself"));
        }
        let node = tree(bare(&included.text), &included.name)?;
        self.sources.0.push(Source {
            file: included.name.clone(),
            text: bare(&included.text).to_owned(),
            mount: self.path.clone(),
        });
        self.chain.push(included.name);
        let node = self.expand(node);
        self.chain.pop();
        node
    }

    /// An error at the `$include` of this object, in the file where it is written.
    fn wrong(&self, message: &str) -> ConfigError {
        let file = self.chain.last().cloned().unwrap_or_default();
        let source = self.sources.0.iter().rev().find(|source| source.file == file);
        let mount = source.map_or(0, |source| source.mount.len());
        let mut steps: Vec<Step<'_>> = self.path.iter().skip(mount).map(|key| Step::Key(key)).collect();
        steps.push(Step::Key(KEY));
        let (line, column) = source.map_or((1, 1), |source| locate(&source.text, &steps));
        let path: Vec<&str> = self.path.iter().map(String::as_str).chain([KEY]).collect();
        ConfigError {
            file,
            line,
            column,
            path: path.join("."),
            message: message.to_owned(),
            hint: None,
        }
    }
}

/// Two values as one: objects are joined, lists follow each other, of anything else the second counts.
fn joined(one: Node, other: Node) -> Node {
    match (one, other) {
        (Node::Object(mut one), Node::Object(other)) => {
            for (key, node) in other.map {
                match one.map.get_mut(&key) {
                    Some(there) => {
                        let before = std::mem::replace(there, Node::Null);
                        *there = joined(before, node);
                    }
                    None => drop(one.map.insert(key, node)),
                }
            }
            one.repeated.extend(other.repeated);
            Node::Object(one)
        }
        (Node::List(mut one), Node::List(other)) => {
            one.extend(other);
            Node::List(one)
        }
        (_, other) => other,
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
