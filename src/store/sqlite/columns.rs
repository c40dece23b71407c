//! A scope as the tables have it: three columns.

use std::sync::Arc;

use crate::pin::ScopeKey;
use crate::session::{AgentId, Scope};
use crate::store::stored::Unreadable;

/// The columns of a scope.
pub(super) fn columns(key: &ScopeKey) -> (&'static str, String, String) {
    let scope = key.scope().as_str();
    match key {
        ScopeKey::Session(agent, chat) => (scope, agent.to_string(), chat.to_string()),
        ScopeKey::Agent(agent) => (scope, agent.to_string(), String::new()),
        ScopeKey::Global => (scope, String::new(), String::new()),
    }
}

/// The scope of its columns.
pub(super) fn scope_of(scope: &str, agent: &str, session: &str) -> Result<ScopeKey, Unreadable> {
    let agent = || AgentId::new(agent).map_err(|_| Unreadable("the agent's id"));
    Ok(match scope {
        scope if scope == Scope::Session.as_str() => ScopeKey::Session(agent()?, Arc::from(session)),
        scope if scope == Scope::Agent.as_str() => ScopeKey::Agent(agent()?),
        scope if scope == Scope::Global.as_str() => ScopeKey::Global,
        _ => return Err(Unreadable("its scope")),
    })
}
