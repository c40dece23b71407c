//! A pin, as `modelpin pins list --json` and `GET /v1/sessions/{session}` have it.

use serde_json::{Value, json};

use crate::pin::{End, OwnWay, Pin, ProfileChoice, ScopeKey};

/// Where a pin is: its scope, and the agent and the chat that it has.
pub(crate) fn scope_data(key: &ScopeKey) -> Value {
    let (agent, session) = match key {
        ScopeKey::Session(agent, chat) => (Some(agent.as_str()), Some(&**chat)),
        ScopeKey::Agent(agent) => (Some(agent.as_str()), None),
        ScopeKey::Global => (None, None),
    };
    json!({ "scope": key.scope().as_str(), "agent": agent, "session": session })
}

/// A pin: what it says, who made it, and until when.
pub(crate) fn pin_data(key: &ScopeKey, pin: &Pin) -> Value {
    let mut whole = scope_data(key);
    whole["model"] = json!(pin.model.as_ref().map(|model| model.model.to_string()));
    whole["modelMode"] = json!(pin.model.as_ref().map(|model| model.mode.as_str()));
    whole["profiles"] = pin
        .profiles
        .iter()
        .map(|choice| match choice {
            ProfileChoice::Pinned(pinned) => json!({
                "provider": pinned.provider.as_str(), "profile": pinned.id.as_str(), "mode": pinned.mode.as_str(),
            }),
            ProfileChoice::Auto(provider) => json!({ "provider": provider.as_str(), "profile": null, "mode": "auto" }),
        })
        .collect();
    whole["until"] = match pin.end {
        End::Never => Value::Null,
        End::At(at) => json!(at),
        End::NextRequest => "next request".into(),
    };
    whole["by"] = json!(pin.by.as_deref());
    whole["at"] = json!(pin.at);
    whole["stopsInheriting"] = (pin.own_way == OwnWay::Stops).into();
    whole
}
