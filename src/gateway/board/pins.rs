//! The pins of the board: who pinned what, where, since when and until when.

use serde_json::{Value, json};

use crate::echo::discreet;
use crate::gateway::callers::Caller;
use crate::pin::{End, OwnWay, Pin, ProfileChoice, ScopeKey, ScopeName};
use crate::profile::ProfileId;
use crate::resolver::Resolver;

/// The most scopes on a board.
const MOST: usize = 50;

/// What is pinned, as far as the caller may know.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) pins: Vec<Value>,
    /// How many scopes hold more.
    pub(super) more: usize,
}

/// The pins that hold: those of the chat first, then those of all chats, then the newest.
///
/// A caller with a token sees those of its own chats, and of the wider ones not who made them: that is somebody of
/// another caller.
pub(super) fn held(
    resolver: &Resolver,
    caller: &Caller,
    chat: &str,
    may_see: &dyn Fn(&ProfileId) -> bool,
) -> Held {
    let now = resolver.now();
    let rank = |key: ScopeName<'_>| match key {
        ScopeName::Session(_, of) if of == chat => Some(0),
        ScopeName::Agent(_) | ScopeName::Global => Some(1),
        ScopeName::Session(_, of) => caller.own(of).map(|_| 2),
    };
    let (records, count) = resolver.pins().table().first(now, MOST, rank);
    let more = count - records.len();
    let pins = records.iter().flat_map(|(key, record)| {
        let pins = record.holding(now).filter(|pin| !pin.is_empty());
        pins.map(move |pin| told(key, pin, caller, may_see))
    });
    Held {
        pins: pins.collect(),
        more,
    }
}

fn told(key: &ScopeKey, pin: &Pin, caller: &Caller, may_see: &dyn Fn(&ProfileId) -> bool) -> Value {
    let (agent, session) = match key {
        ScopeKey::Session(agent, chat) => (Some(agent.as_str()), caller.own(chat)),
        ScopeKey::Agent(agent) => (Some(agent.as_str()), None),
        ScopeKey::Global => (None, None),
    };
    let by = pin.by.as_deref();
    let by = by.filter(|_| session.is_some() || *caller == Caller::LOCAL);
    let profiles: Vec<Value> = pin
        .profiles
        .iter()
        .map(|choice| match choice {
            ProfileChoice::Pinned(pinned) => json!({
                "provider": pinned.provider.as_str(),
                "profile": may_see(&pinned.id).then(|| discreet(pinned.id.as_str())),
                "mode": pinned.mode.as_str(),
            }),
            ProfileChoice::Auto(provider) => {
                json!({ "provider": provider.as_str(), "profile": null, "mode": "auto" })
            }
        })
        .collect();
    let model = pin.model.as_ref();
    json!({
        "scope": key.scope().as_str(),
        "agent": agent,
        "session": session,
        "model": model.map(|pinned| discreet(&pinned.model.to_string()).into_owned()),
        "modelMode": model.map(|pinned| pinned.mode.as_str()),
        "profiles": profiles,
        "until": match pin.end {
            End::At(at) => Some(at.as_millis()),
            End::Never | End::NextRequest => None,
        },
        "once": pin.end == End::NextRequest,
        "by": by.map(discreet),
        "at": pin.at.map(|at| at.as_millis()),
        "stopsInheriting": pin.own_way == OwnWay::Stops,
    })
}
