//! Where in the tree of keys something stands.

use std::fmt;
use std::rc::Rc;

use crate::echo::discreet;

/// One step down: into an object by key, or into a list by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// Into an object.
    Key(&'a str),
    /// Into a list, from 0.
    Index(usize),
}

/// A path from the top, shared with the paths beside it: a child costs one small allocation at any depth.
#[derive(Debug, Clone, Default)]
pub(super) struct Path<'a>(Option<Rc<(Path<'a>, Step<'a>)>>);

impl<'a> Path<'a> {
    /// The path one step further down.
    pub(super) fn then(&self, step: Step<'a>) -> Self {
        Self(Some(Rc::new((self.clone(), step))))
    }

    /// The steps from the top.
    pub(super) fn steps(&self) -> Vec<Step<'a>> {
        let mut steps = Vec::new();
        let mut rest = self;
        while let Some(link) = &rest.0 {
            steps.push(link.1);
            rest = &link.0;
        }
        steps.reverse();
        steps
    }
}

/// A path of steps as people read it.
pub(super) fn shown(steps: &[Step<'_>]) -> String {
    let path = steps.iter().fold(Path::default(), |path, step| path.then(*step));
    path.to_string()
}

impl fmt::Display for Path<'_> {
    /// Writes `agents.list[2].id`; a key that is no identifier is put in brackets: `models["a/b"]`. A credential that
    /// somebody pasted as the name of something is blotted out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.steps().into_iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) if is_plain(key) => {
                    write!(f, "{}{}", if at == 0 { "" } else { "." }, discreet(key))?;
                }
                Step::Key(key) => write!(f, "[{:?}]", discreet(key))?,
            }
        }
        Ok(())
    }
}

fn is_plain(key: &str) -> bool {
    !key.is_empty()
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_it_would_be_written_in_code() {
        let path = Path::default()
            .then(Step::Key("agents"))
            .then(Step::Key("list"))
            .then(Step::Index(2))
            .then(Step::Key("a/b"));
        assert_eq!(path.to_string(), r#"agents.list[2]["a/b"]"#);
    }
}
