//! The `.env` file of the state directory: `NAME=value`, and no more than that.
//!
//! Values are taken as they stand: nothing is expanded and nothing runs over lines. A line that is not
//! understood is an error, because a key that is half read is worse than none.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::secret::Secret;

/// The largest `.env` that is read, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// The variables of a `.env` file. `Debug` shows their names and no value.
#[derive(Debug, Clone, Default)]
pub struct DotEnv(HashMap<String, Secret>);

/// A `.env` file that cannot be used.
#[derive(Debug, Error)]
pub enum DotEnvError {
    /// It is there but cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// A line is not understood. The line itself is not shown.
    #[error("{}:{line}: {problem}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        problem: &'static str,
    },
}

impl DotEnv {
    /// Reads the file; nothing if it is not there.
    ///
    /// # Errors
    /// [`DotEnvError`] if it is there and cannot be read, is over 1 MiB, is not UTF-8, or has a line that is
    /// not understood.
    pub fn read(path: &Path) -> Result<Self, DotEnvError> {
        let unreadable = |source| DotEnvError::Unreadable {
            path: path.to_owned(),
            source,
        };
        let file = match std::fs::File::open(path) {
            Ok(file) => file,
            Err(absent) if absent.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(unreadable(source)),
        };
        let mut text = String::new();
        let read = file
            .take(LONGEST + 1)
            .read_to_string(&mut text)
            .map_err(unreadable)?;
        if read as u64 > LONGEST {
            return Err(unreadable(std::io::Error::other("the file is over 1 MiB")));
        }
        Self::parse(&text, path)
    }

    /// Reads `NAME=value` lines: blank lines and `#` comments are skipped, `export ` may stand in front, and
    /// values may stand in single quotes (as they are) or double quotes (`\n`, `\r`, `\t`, `\"`, `\\`, `\$`).
    /// Of a name that is there twice, the last one counts.
    ///
    /// # Errors
    /// [`DotEnvError::Line`] for the first line that is anything else.
    pub fn parse(text: &str, path: &Path) -> Result<Self, DotEnvError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut variables = HashMap::new();
        for (index, line) in text.lines().enumerate() {
            match variable(line.trim()) {
                Ok(None) => {}
                Ok(Some((name, value))) => {
                    variables.insert(name.to_owned(), Secret::new(value));
                }
                Err(problem) => {
                    return Err(DotEnvError::Line {
                        path: path.to_owned(),
                        line: index + 1,
                        problem,
                    });
                }
            }
        }
        Ok(Self(variables))
    }

    pub(super) fn value(&self, name: &str) -> Option<&Secret> {
        self.0.get(name)
    }
}

fn variable(line: &str) -> Result<Option<(&str, String)>, &'static str> {
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let exported = line
        .strip_prefix("export")
        .filter(|rest| rest.starts_with([' ', '\t']));
    let (name, rest) = exported
        .unwrap_or(line)
        .split_once('=')
        .ok_or("expected `NAME=value`")?;
    let name = name.trim();
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.starts_with(|c: char| inner(c) && !c.is_ascii_digit()) || !name.chars().all(inner) {
        return Err("a name takes letters, digits and `_`, and begins with no digit");
    }
    let rest = rest.trim();
    let value = match rest.chars().next() {
        Some('\'') => {
            let (value, after) = rest[1..].split_once('\'').ok_or("the quote is not closed")?;
            nothing_but_comment(after)?;
            value.to_owned()
        }
        Some('"') => double_quoted(&rest[1..])?,
        Some('#') | None => String::new(),
        Some(_) => {
            let end = rest.find(" #").or_else(|| rest.find("\t#")).unwrap_or(rest.len());
            rest[..end].trim_end().to_owned()
        }
    };
    Ok(Some((name, value)))
}

fn double_quoted(text: &str) -> Result<String, &'static str> {
    let mut value = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                nothing_but_comment(chars.as_str())?;
                return Ok(value);
            }
            '\\' => value.push(match chars.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some(same @ ('"' | '\\' | '$')) => same,
                _ => return Err("an unknown escape; a backslash is written `\\\\`"),
            }),
            _ => value.push(c),
        }
    }
    Err("the quote is not closed")
}

fn nothing_but_comment(after: &str) -> Result<(), &'static str> {
    let after = after.trim_start();
    if after.is_empty() || after.starts_with('#') {
        return Ok(());
    }
    Err("there is text after the closing quote")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> Result<String, String> {
        let read = DotEnv::parse(line, Path::new(".env")).map_err(|wrong| wrong.to_string())?;
        Ok(read.value("A").expect("A is set").expose().to_owned())
    }

    #[test]
    fn values_are_taken_as_they_stand() {
        for (line, value) in [
            ("A=b", "b"),
            ("\u{feff}export A = b # c", "b"),
            ("A=b#c", "b#c"),
            ("A='b # $c' # d", "b # $c"),
            (r#"A="b\"\\\n""#, "b\"\\\n"),
            ("A=", ""),
            ("# x\n\nA=1\nA=2", "2"),
            ("A=$B", "$B"),
            ("A=x=y", "x=y"),
        ] {
            assert_eq!(one(line).as_deref(), Ok(value), "{line}");
        }
    }

    #[test]
    fn a_line_that_is_not_understood_is_told_by_number_and_not_shown() {
        for line in [
            "sk-EXAMPLE",
            "1A=sk-EXAMPLE",
            "A='sk-EXAMPLE",
            "A=\"x\" sk-EXAMPLE",
            "A=\"\\q\"",
        ] {
            let told = one(&format!("# x\n{line}")).expect_err("is wrong");
            assert!(told.starts_with(".env:2: "), "{told}");
            assert!(!told.contains("EXAMPLE"), "{told}");
        }
    }
}
