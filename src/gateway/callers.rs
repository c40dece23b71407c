//! Who may ask: the tokens of a file, compared in constant time.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::secret::{HandleKey, Secret};
use crate::session::{Room, SessionKey};

/// A token is at least this long: shorter ones can be guessed.
const SHORTEST: usize = 16;

/// Why a token file cannot be used. None of them repeats a token.
#[derive(Debug, Error)]
pub enum TokenFileError {
    /// It cannot be read.
    #[error("cannot read the token file {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// A line of it is wrong.
    #[error("{}, line {line}: {what}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong, and what to do.
        what: &'static str,
    },
    /// It names nobody.
    #[error("{} has no token: put one on a line, at least 16 characters", .0.display())]
    Empty(PathBuf),
}

/// Somebody who may ask, by the name that their sessions are kept apart by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller(Option<Arc<str>>);

impl Caller {
    /// Whoever is on this machine, where no tokens are wanted.
    pub(crate) const LOCAL: Self = Self(None);

    /// The name of a session that belongs to this caller alone.
    pub(crate) fn session(&self, name: &str) -> String {
        match &self.0 {
            None => name.to_owned(),
            Some(caller) => format!("{caller}/{name}"),
        }
    }

    /// The chat that this caller means by a name, or a thread of it. A name that is the text of a [`Room`] is that room: a
    /// topic or a thread takes over what is pinned in its chat.
    pub(crate) fn key(&self, session: &str, thread: Option<&str>) -> SessionKey {
        let key = match session.parse::<Room>() {
            // Another way to write a room would be another chat than before.
            Ok(room) if room.to_string() == session => SessionKey::of(&room),
            _ => SessionKey::new(session),
        };
        let key = match thread {
            Some(thread) => key.thread(thread),
            None => key,
        };
        match &self.0 {
            None => key,
            Some(caller) => key.under(caller),
        }
    }

    /// The name that this caller gave to a session; `None` if it is another caller's.
    pub(crate) fn own<'s>(&self, session: &'s str) -> Option<&'s str> {
        match &self.0 {
            None => Some(session),
            Some(caller) => session.strip_prefix(&**caller)?.strip_prefix('/'),
        }
    }

    /// Who asks, where no person is named.
    pub(crate) fn actor(&self) -> String {
        self.session("gateway")
    }
}

/// Everybody who may ask.
pub(crate) struct Callers(Vec<(Secret, Caller)>);

impl fmt::Debug for Callers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Callers").field(&self.0.len()).finish()
    }
}

impl Callers {
    /// Reads a file of tokens: one a line, alone or behind a name and a blank; `#` begins a comment.
    ///
    /// Names keep their sessions when their token changes. A token without a name is named by a keyed hash of it.
    pub(crate) fn read(path: &Path, handles: &HandleKey) -> Result<Self, TokenFileError> {
        let text = std::fs::read_to_string(path).map_err(|source| TokenFileError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        warn_if_open(path);
        Self::parse(&text, path, handles)
    }

    fn parse(text: &str, path: &Path, handles: &HandleKey) -> Result<Self, TokenFileError> {
        let mut callers: Vec<(Secret, Caller)> = Vec::new();
        for (line, number) in text.lines().zip(1..) {
            let wrong = |what| TokenFileError::Line {
                path: path.to_owned(),
                line: number,
                what,
            };
            let words: Vec<&str> = line.split_whitespace().collect();
            let (name, token) = match words.as_slice() {
                [] => continue,
                [first, ..] if first.starts_with('#') => continue,
                [token] => (None, *token),
                [name, token] => (Some(*name), *token),
                _ => return Err(wrong("expected a token, or a name and a token")),
            };
            if token.len() < SHORTEST {
                return Err(wrong("a token needs at least 16 characters"));
            }
            if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(wrong("a token is of visible ASCII characters"));
            }
            let token = Secret::new(token.to_owned());
            let name = match name {
                Some(name) if plain(name) => name.to_owned(),
                Some(_) => return Err(wrong("a name is of letters, digits, `.`, `_` and `-`")),
                None => token.handle(handles).to_string().replace(':', "-"),
            };
            let taken = callers
                .iter()
                .any(|(other, caller)| same(other, token.expose()) || caller.0.as_deref() == Some(&*name));
            if taken {
                return Err(wrong("this name or token stands further up already"));
            }
            callers.push((token, Caller(Some(name.into()))));
        }
        if callers.is_empty() {
            return Err(TokenFileError::Empty(path.to_owned()));
        }
        Ok(Self(callers))
    }

    /// Whose token it is. Every token is compared, in constant time.
    pub(crate) fn whose(&self, token: &str) -> Option<&Caller> {
        let mut found = None;
        for (known, caller) in &self.0 {
            if same(known, token) {
                found = Some(caller);
            }
        }
        found
    }
}

fn same(known: &Secret, told: &str) -> bool {
    known.expose().as_bytes().ct_eq(told.as_bytes()).into()
}

fn plain(name: &str) -> bool {
    name.len() <= 64
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

#[cfg(unix)]
fn warn_if_open(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).map_or(0o600, |about| about.permissions().mode());
    if mode & 0o077 != 0 {
        let path = path.display();
        tracing::warn!("the token file {path} can be read by others: chmod 600 {path}");
    }
}

#[cfg(not(unix))]
fn warn_if_open(_: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Callers, TokenFileError> {
        Callers::parse(text, Path::new("tokens"), &HandleKey::derive(b"a test"))
    }

    #[test]
    fn a_token_is_its_callers_and_nobody_elses() {
        let callers = read("# bots\n\nbot-a  EXAMPLE-token-of-bot-a\nEXAMPLE-token-without-name\n")
            .expect("it can be read");
        let caller = callers.whose("EXAMPLE-token-of-bot-a").expect("it is known");
        assert_eq!(caller.session("telegram:1"), "bot-a/telegram:1");
        assert_eq!(caller.key("telegram:1", None).chat(), "bot-a/telegram:1");
        let topic = caller.key("telegram:group:-1:topic:7", None);
        assert_eq!(
            topic.parent().map(SessionKey::chat),
            Some("bot-a/telegram:group:-1")
        );
        let thread = caller.key("c", Some("c/7"));
        assert_eq!(
            (thread.chat(), thread.parent().map(SessionKey::chat)),
            ("bot-a/c/7", Some("bot-a/c"))
        );
        assert_eq!(caller.own("bot-a/telegram:1"), Some("telegram:1"));
        assert_eq!(caller.own("bot-ab/telegram:1"), None);
        assert!(callers.whose("EXAMPLE-token-of-bot-").is_none());
        let unnamed = callers.whose("EXAMPLE-token-without-name").expect("it is known");
        assert!(unnamed.session("x").starts_with("key-"), "{unnamed:?}");
    }

    #[test]
    fn a_wrong_file_is_told_by_line_and_no_token_is_repeated() {
        for (text, says) in [
            ("short-CANARY", "line 1: a token needs"),
            ("# x\na b EXAMPLE-CANARY-token-xx", "line 2: expected a token, or"),
            ("a/b EXAMPLE-CANARY-token-xx", "line 1: a name is of"),
            ("EXAMPLE-CANARY-tökén-xxxx", "line 1: a token is of visible"),
            (
                "a EXAMPLE-CANARY-token-xx\nb EXAMPLE-CANARY-token-xx",
                "line 2: this name or token",
            ),
            ("# nobody\n", "has no token"),
        ] {
            let wrong = read(text).expect_err(text).to_string();
            assert!(wrong.contains(says) && !wrong.contains("CANARY"), "{wrong}");
        }
    }
}
