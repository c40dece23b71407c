//! Where a secret is: here, or somewhere else.

use std::path::{Path, PathBuf};

use crate::secret::Secret;

/// How a file gives a secret. Nothing is looked up here; whoever uses it resolves it.
///
/// `Debug` shows names of variables and paths, never the secret.
#[derive(Debug, Clone)]
pub enum SecretInput {
    /// The secret itself.
    Plain(Secret),
    /// `${NAME}`, or a reference with `source: "env"`.
    Env(String),
    /// A text with `${NAME}` in it, for example `Bearer ${TOKEN}`.
    Mixed(Vec<Piece>),
    /// The content of a file (`source: "file"`).
    File(PathBuf),
    /// What a command prints (`source: "exec"`). Commands are not run: it stays unresolved.
    Exec(String),
}

/// A part of a [`SecretInput::Mixed`].
#[derive(Debug, Clone)]
pub enum Piece {
    /// Text as written.
    Text(Secret),
    /// The value of an environment variable.
    Env(String),
}

impl SecretInput {
    /// Reads a text: `${NAME}` stands for the variable, `$${` for the two characters `${`.
    ///
    /// A name is `[A-Za-z_][A-Za-z0-9_]*`; anything else after `${` is ordinary text.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            let (before, from) = rest.split_at(at);
            if let Some(before) = before.strip_suffix('$') {
                plain.push_str(before);
                plain.push_str("${");
                rest = &from[2..];
            } else if let Some((name, after)) = leading_name(&from[2..]) {
                plain.push_str(before);
                if !plain.is_empty() {
                    pieces.push(Piece::Text(Secret::new(std::mem::take(&mut plain))));
                }
                pieces.push(Piece::Env(name.to_owned()));
                rest = after;
            } else {
                plain.push_str(before);
                plain.push_str("${");
                rest = &from[2..];
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() || pieces.is_empty() {
            pieces.push(Piece::Text(Secret::new(plain)));
        }
        match <[Piece; 1]>::try_from(pieces) {
            Ok([Piece::Text(text)]) => Self::Plain(text),
            Ok([Piece::Env(name)]) => Self::Env(name),
            Err(pieces) => Self::Mixed(pieces),
        }
    }

    /// Reads a reference `{source, id}`; `None` for a source that is not `env`, `file` or `exec`, or a name
    /// that no variable can have.
    #[must_use]
    pub fn from_reference(source: &str, id: &str) -> Option<Self> {
        match source {
            "env" if is_name(id) => Some(Self::Env(id.to_owned())),
            "file" => Some(Self::File(Path::new(id).to_owned())),
            "exec" => Some(Self::Exec(id.to_owned())),
            _ => None,
        }
    }

    /// The text as it stands in the file, for values that are no secrets, such as a base URL.
    #[must_use]
    pub fn as_written(&self) -> String {
        match self {
            Self::Plain(text) => text.expose().to_owned(),
            Self::Env(name) => format!("${{{name}}}"),
            Self::Mixed(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => text.expose().to_owned(),
                    Piece::Env(name) => format!("${{{name}}}"),
                })
                .collect(),
            Self::File(path) => path.display().to_string(),
            Self::Exec(command) => command.clone(),
        }
    }
}

/// The name before the first `}`, and what follows; it looks no further than a name goes.
fn leading_name(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
    let (name, after) = text.split_at(end);
    Some((name, after.strip_prefix('}')?)).filter(|_| is_name(name))
}

fn is_name(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.chars().all(inner) && name.starts_with(|c: char| inner(c) && !c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_seen_and_everything_else_is_text() {
        let read = |text: &str| format!("{:?}", SecretInput::from_text(text));
        assert_eq!(read("${A_1}"), "Env(\"A_1\")");
        assert_eq!(read("Bearer ${A}"), "Mixed([Text(Secret(…)), Env(\"A\")])");
        for plain in ["", "sk-EXAMPLE", "${", "${}", "${1}", "${a b}", "a$b", "$${A}"] {
            assert_eq!(read(plain), "Plain(Secret(…))", "{plain}");
        }
        assert_eq!(SecretInput::from_text("x$${A}y").as_written(), "x${A}y");
        assert_eq!(SecretInput::from_text("${${A}").as_written(), "${${A}");
    }
}
