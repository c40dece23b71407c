//! What a request asks for, in the words of the engine.

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::fault::Fault;
use super::fields::{Fields, text, wrong_type};
use crate::config::UnknownAgent;
use crate::echo::discreet;
use crate::gateway::asking::{ACTOR, AGENT, one};
use crate::gateway::callers::Caller;
use crate::session::{Actor, AgentId, SessionKey};

/// The longest name, in characters.
pub(super) const LONGEST: usize = 1024;
/// The most roles of a sender.
const ROLES: usize = 100;
/// How much of a name is repeated in an error, in characters.
const REPEATED: usize = 80;

/// A name of a chat, a sender, a model, as somebody else gives it: without blanks at its ends, as in a header field.
pub(super) fn name(place: &str, written: &str) -> Result<String, Fault> {
    // What `\S` of the description takes for a blank (ECMA-262, section 12.2): U+0085 is none.
    let name = written.trim_matches(|c: char| c.is_whitespace() && c != '\u{85}');
    if name.is_empty() {
        return Err(Fault::bad("empty-name", format!("`{place}` is empty: give a name")).at(place));
    }
    if written.chars().count() > LONGEST {
        let message = format!("`{place}` is over {LONGEST} characters: give a shorter name");
        return Err(Fault::bad("long-name", message).at(place));
    }
    if discreet(name) != name {
        let message = format!("what stands in `{place}` looks like a key, and a name belongs there");
        return Err(Fault::bad("key-as-name", message).at(place));
    }
    Ok(name.to_owned())
}

/// The sender of a message: a text, or an object with `id`, `room` and `roles`. A member, whatever the id is.
pub(super) fn actor(fields: &mut Fields) -> Result<Actor, Fault> {
    let place = fields.at("actor");
    let mut about = match fields.needed("actor")? {
        Value::String(id) => return Ok(Actor::member(&name(&place, &id)?)),
        object => Fields::under(place.clone(), object)?,
    };
    let mut actor = Actor::member(&name(&about.at("id"), &about.needed_text("id")?)?);
    if let Some(room) = about.text("room")? {
        actor = actor.in_room(&name(&about.at("room"), &room)?);
    }
    let at = about.at("roles");
    match about.take("roles") {
        None => {}
        Some(Value::Array(roles)) if roles.len() <= ROLES => {
            for (role, number) in roles.into_iter().zip(0..) {
                let place = format!("{at}[{number}]");
                actor = actor.with_role(&name(&place, &text(&place, role)?)?);
            }
        }
        Some(_) => return Err(wrong_type(&at, &format!("a list of at most {ROLES} texts"))),
    }
    about.end()?;
    Ok(actor)
}

/// The agent, where one is named.
pub(super) fn agent(place: &str, id: Option<&str>) -> Result<Option<AgentId>, Fault> {
    let agent = id.map(AgentId::new).transpose();
    agent.map_err(|_| {
        let message = format!(
            "`{place}` is no agent id: it takes 1 to 64 of a-z, 0-9, `_` and `-`, and begins with a letter or a digit"
        );
        Fault::bad("bad-agent", message).at(place)
    })
}

/// The chat that a caller means by a name, or a thread of it.
pub(super) fn own(
    caller: &Caller,
    session: &str,
    thread: Option<&str>,
    agent: Option<AgentId>,
) -> SessionKey {
    let session = caller.key(session, thread);
    match agent {
        Some(agent) => session.with_agent(agent),
        None => session,
    }
}

/// No agent has that id.
pub(super) fn unknown_agent(unknown: &UnknownAgent) -> Fault {
    Fault::new(StatusCode::NOT_FOUND, "unknown-agent", unknown.to_string()).at("agent")
}

/// Who asks, and for which agent, where that stands in header fields.
pub(super) struct Head {
    pub(super) actor: Actor,
    pub(super) agent: Option<AgentId>,
}

impl Head {
    pub(super) fn of(caller: &Caller, headers: &HeaderMap) -> Result<Self, Fault> {
        let value = |header: http::HeaderName| {
            let place = header.to_string();
            one(headers, header).map_err(|wrong| Fault::bad("bad-header", wrong.to_string()).at(place))
        };
        let actor = match value(ACTOR)? {
            Some(id) => Actor::member(&name(ACTOR.as_str(), &id)?),
            None => Actor::member(&caller.actor()),
        };
        let agent = agent(AGENT.as_str(), value(AGENT)?.as_deref())?;
        Ok(Self { actor, agent })
    }
}

/// A name that somebody made up, short enough to be repeated.
pub(super) fn short(name: &str) -> String {
    match name.char_indices().nth(REPEATED) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::session::Standing;

    fn read(value: Value) -> Result<Actor, Fault> {
        actor(&mut Fields::of(json!({ "actor": value }))?)
    }

    #[test]
    fn a_sender_is_a_text_or_an_object_and_never_the_operator() {
        let ann = read(json!("operator")).expect("a sender");
        assert_eq!((ann.id(), ann.standing()), ("operator", Standing::Member));
        let ann = json!({ "id": " ann ", "room": "den", "roles": ["staff", "night"] });
        let ann = read(ann).expect("a sender");
        assert_eq!((ann.id(), ann.room()), ("ann", Some("den")));
        assert_eq!(ann.roles().collect::<Vec<_>>(), ["staff", "night"]);
    }

    #[test]
    fn a_wrong_sender_is_told_by_its_place() {
        for (actor, place, code) in [
            (json!(7), "actor", "wrong-type"),
            (json!(null), "actor", "missing-field"),
            (json!("  "), "actor", "empty-name"),
            (json!({}), "actor.id", "missing-field"),
            (json!({ "id": "a", "room": 1 }), "actor.room", "wrong-type"),
            (json!({ "id": "a", "roles": "x" }), "actor.roles", "wrong-type"),
            (
                json!({ "id": "a", "roles": ["x", []] }),
                "actor.roles[1]",
                "wrong-type",
            ),
            (json!({ "id": "a", "rooms": "x" }), "actor.rooms", "unknown-field"),
            (json!("x".repeat(1025)), "actor", "long-name"),
            (json!("sk-ant-api03-EXAMPLE0123456789"), "actor", "key-as-name"),
        ] {
            let fault = read(actor.clone()).expect_err("a fault");
            assert_eq!(
                (fault.param.as_deref(), fault.code),
                (Some(place), code),
                "{actor}"
            );
            assert!(!fault.message.contains("EXAMPLE"), "{}", fault.message);
        }
    }
}
