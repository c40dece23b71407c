//! The pins of the board: who pinned what, where, since when and until when.

use serde_json::{Value, json};

use crate::echo::discreet;
use crate::gateway::callers::Caller;
use crate::pin::{End, OwnWay, Pin, ProfileChoice, ScopeKey};
use crate::profile::ProfileId;
use crate::resolver::Resolver;

/// The most pins on a board.
const MOST: usize = 50;

/// What is pinned, as far as the caller may know.
pub(super) struct Held {
    pub(super) pins: Vec<Value>,
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
    let mut records = resolver.pins().table().holding(now);
    records.retain(|(key, _)| match key {
        ScopeKey::Session(_, of) => caller.own(of).is_some(),
        ScopeKey::Agent(_) | ScopeKey::Global => true,
    });
    let mut all: Vec<(&ScopeKey, &Pin)> = records
        .iter()
        .flat_map(|(key, record)| {
            let pins = record.holding(now).filter(|pin| !pin.is_empty());
            pins.map(move |pin| (key, pin))
        })
        .collect();
    let place = |key: &ScopeKey| match key {
        ScopeKey::Session(_, of) if **of == *chat => 0,
        ScopeKey::Agent(_) | ScopeKey::Global => 1,
        ScopeKey::Session(..) => 2,
    };
    // Stable, so that of several pins of one chat the one that goes first stays first; the key makes it one order.
    all.sort_by(|(one, first), (other, second)| {
        let by_place = place(one).cmp(&place(other));
        by_place.then(second.at.cmp(&first.at)).then(one.cmp(other))
    });
    let more = all.len().saturating_sub(MOST);
    all.truncate(MOST);
    let pins = all.into_iter().map(|(key, pin)| told(key, pin, caller, may_see));
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
