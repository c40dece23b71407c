//! What is on the board.

use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use super::store::{Store, store};
use super::{decisions, pins};
use crate::access::Act;
use crate::command::ModelCommand;
use crate::gateway::asking::Asking;
use crate::gateway::callers::Caller;
use crate::gateway::gate::Gate;
use crate::profile::ProfileId;
use crate::render::Render;
use crate::render::data::{BodyData, Data};
use crate::session::Scope;

/// The board of one chat, as one person sees it. Its moments are milliseconds since the Unix epoch.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Board {
    /// The chat, by the caller's name for it.
    session: String,
    /// The reply to `/model status` in that chat, as `docs/replies.md` has it; `null` for who may not give commands.
    status: Option<BodyData>,
    /// The pins that hold, those of the chat first, then the newest.
    pins: Vec<Value>,
    /// How many more there are.
    more_pins: usize,
    /// The last decisions of the caller's chats, the newest first, in the form of `modelpin why --json`.
    decisions: Vec<Value>,
    /// How the store is that several machines share, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    store: Option<Store>,
}

impl Board {
    /// Asks the engine for everything.
    pub(super) async fn look(gate: &Arc<Gate>, caller: &Caller, asking: &Asking) -> Self {
        let modelpin = &gate.modelpin;
        let Asking { session, actor } = asking;
        let own = |chat: &str| caller.own(chat).map(str::to_owned);
        let snapshot = modelpin.resolver().snapshot();
        let rules = snapshot.rules();
        let may_look = rules.may(actor, Act::See, Scope::Session, None);
        if !may_look {
            return Self {
                session: own(session.chat()).unwrap_or_default(),
                status: None,
                pins: Vec::new(),
                more_pins: 0,
                decisions: Vec::new(),
                store: None,
            };
        }
        let may_see = |id: &ProfileId| rules.may(actor, Act::See, Scope::Session, Some(id));
        let view = modelpin
            .answer_command(session, actor, &ModelCommand::Status)
            .await;
        let pins::Held { pins, more } = pins(gate, caller, asking).await;
        Self {
            session: own(session.chat()).unwrap_or_default(),
            status: Some(Data.render(&view).body),
            pins,
            more_pins: more,
            decisions: decisions::last(modelpin.resolver(), caller, &may_see),
            store: store(gate),
        }
    }

    /// It as an event. The moment is told so that a watcher whose clock is another can count down.
    pub(super) fn event(&self, now: i64) -> Bytes {
        #[derive(Serialize)]
        struct At<'b> {
            at: i64,
            #[serde(flatten)]
            board: &'b Board,
        }
        match serde_json::to_string(&At { at: now, board: self }) {
            // JSON has no line breaks but escaped ones, so that it is one `data` field.
            Ok(json) => Bytes::from(format!("event: board\ndata: {json}\n\n")),
            Err(broken) => {
                tracing::error!(error = %broken, "the board cannot be written");
                Bytes::from_static(b": the board cannot be written\n\n")
            }
        }
    }
}

/// The pins, gathered where nobody waits for it: with very many it takes a while.
async fn pins(gate: &Arc<Gate>, caller: &Caller, asking: &Asking) -> pins::Held {
    let (gate, caller, asking) = (Arc::clone(gate), caller.clone(), asking.clone());
    let gather = move || {
        let resolver = gate.modelpin.resolver();
        let snapshot = resolver.snapshot();
        let may_see = |id: &ProfileId| {
            let rules = snapshot.rules();
            rules.may(&asking.actor, Act::See, Scope::Session, Some(id))
        };
        pins::held(resolver, &caller, asking.session.chat(), &may_see)
    };
    tokio::task::spawn_blocking(gather).await.unwrap_or_default()
}
