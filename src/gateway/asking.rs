//! Which chat a request belongs to, and who sends: what its headers say.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName};
use thiserror::Error;

use super::callers::Caller;
use crate::session::{Actor, AgentId, BadAgentId, SessionKey};

/// The chat.
pub(super) const SESSION: HeaderName = HeaderName::from_static("x-modelpin-session");
/// The thread of the chat, where it is in one.
pub(super) const THREAD: HeaderName = HeaderName::from_static("x-modelpin-thread");
/// The agent that answers in it.
pub(super) const AGENT: HeaderName = HeaderName::from_static("x-modelpin-agent");
/// Who sends, by the id that the platform gives.
pub(super) const ACTOR: HeaderName = HeaderName::from_static("x-modelpin-actor");
const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");
/// What an API key begins with that names a chat.
const SESSION_KEY: &str = "mp-session-";
/// The chat of requests that name none.
pub(super) const UNNAMED: &str = "gateway";
/// The longest name of a chat or a sender, in bytes.
const LONGEST: usize = 1024;

/// Why it cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum AskingError {
    #[error("`{0}` stands twice")]
    Twice(HeaderName),
    #[error("`{0}` is not readable: send visible ASCII, or UTF-8, at most 1,024 bytes")]
    Unreadable(HeaderName),
    #[error("`x-modelpin-agent`: {0}")]
    Agent(#[from] BadAgentId),
}

/// The chat and the sender.
#[derive(Debug, Clone)]
pub(super) struct Asking {
    pub(super) session: SessionKey,
    pub(super) actor: Actor,
}

impl Asking {
    /// As the headers say. Where no chat is named, all requests of the caller are one; where nobody is named, the sender
    /// is the caller: a member like any other, never the operator.
    pub(super) fn of(caller: &Caller, headers: &HeaderMap) -> Result<Self, AskingError> {
        let session = match one(headers, SESSION)? {
            Some(session) => session,
            None => as_key(headers).unwrap_or(UNNAMED).to_owned(),
        };
        let thread = one(headers, THREAD)?;
        let agent = one(headers, AGENT)?;
        let actor = one(headers, ACTOR)?;
        Ok(Self {
            session: session_key(caller, &session, thread.as_deref(), agent.as_deref())?,
            actor: match actor {
                Some(actor) => Actor::member(&actor),
                None => Actor::member(&caller.actor()),
            },
        })
    }
}

/// The chat that a caller means by a name, or a thread of it.
pub(super) fn session_key(
    caller: &Caller,
    session: &str,
    thread: Option<&str>,
    agent: Option<&str>,
) -> Result<SessionKey, BadAgentId> {
    let session = caller.key(session, thread);
    Ok(match agent {
        Some(agent) => session.with_agent(AgentId::new(agent)?),
        None => session,
    })
}

/// The one value of a header; empty is absent.
pub(super) fn one(headers: &HeaderMap, name: HeaderName) -> Result<Option<String>, AskingError> {
    let mut values = headers.get_all(&name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(AskingError::Twice(name));
    }
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) if text.len() <= LONGEST => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        _ => Err(AskingError::Unreadable(name)),
    }
}

/// The chat that an API key names: for clients that can be given a key and nothing else.
fn as_key(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| {
        let (scheme, key) = value.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
    });
    let key = headers.get(X_API_KEY).and_then(|value| value.to_str().ok());
    [key, bearer]
        .into_iter()
        .flatten()
        .find_map(|key| key.strip_prefix(SESSION_KEY).filter(|name| !name.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(list: &[(&'static str, &'static str)]) -> Result<String, AskingError> {
        let mut headers = HeaderMap::new();
        for (name, value) in list {
            headers.append(
                *name,
                http::HeaderValue::from_bytes(value.as_bytes()).expect("a value"),
            );
        }
        Asking::of(&Caller::LOCAL, &headers).map(|asking| asking.session.chat().to_owned())
    }

    #[test]
    fn a_chat_is_named_by_a_header_or_by_the_key() {
        for (headers, name) in [
            (vec![], "gateway"),
            (vec![("x-modelpin-session", "telegram:42")], "telegram:42"),
            (vec![("x-modelpin-session", "phòng 1")], "phòng 1"),
            (vec![("x-api-key", "mp-session-slack:C1")], "slack:C1"),
            (vec![("authorization", "Bearer mp-session-slack:C1")], "slack:C1"),
            (
                vec![("authorization", "Bearer sk-EXAMPLE"), ("x-api-key", "x")],
                "gateway",
            ),
            (
                vec![("x-modelpin-session", "a"), ("x-api-key", "mp-session-b")],
                "a",
            ),
        ] {
            assert_eq!(session(&headers).as_deref(), Ok(name), "{headers:?}");
        }
        let twice = session(&[("x-modelpin-session", "a"), ("x-modelpin-session", "b")]);
        assert_eq!(twice, Err(AskingError::Twice(SESSION)));
        assert!(session(&[("x-modelpin-agent", "../x")]).is_err());
    }
}
