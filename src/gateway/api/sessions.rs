//! The pin of a chat: what holds, and taking it back.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use http::{HeaderMap, Response, StatusCode};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::asked::{self, Head};
use super::document::{Broken, NotFound, NotKept};
use super::fault::{Fault, answer};
use super::query::Query;
use super::told::{Asker, explained};
use crate::command::ModelCommand;
use crate::gateway::callers::Caller;
use crate::gateway::gate::Gate;
use crate::pin::scopes;
use crate::report::{Explained, pin_data};
use crate::resolver::Question;
use crate::session::{Scope, SessionKey};
use crate::view::{self, Refusal};

/// What is pinned where.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SessionTold {
    session: String,
    agent: String,
    /// The pins that reach the chat, the one that goes first, first.
    #[schemars(with = "Vec<PinTold>")]
    pins: Vec<Value>,
    /// What the next request would get, if the asker sent it. Nothing if there is no model.
    next: Option<Explained>,
}

/// A pin.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[expect(
    dead_code,
    reason = "it is described from here, and written where the command line's is"
)]
struct PinTold {
    /// How far it reaches: `session`, `agent` or `global`.
    scope: String,
    agent: Option<String>,
    session: Option<String>,
    model: Option<String>,
    /// `prefer` or `strict`.
    model_mode: Option<String>,
    profiles: Vec<PinnedTold>,
    until: Option<UntilTold>,
    /// Who made it. Of a pin that reaches further than the chat it is told to the machine's own people only.
    by: Option<String>,
    /// When it was made, in milliseconds since the Unix epoch.
    at: Option<i64>,
    /// Whether a thread goes its own way here.
    stops_inheriting: bool,
}

/// What is pinned among the profiles of one provider.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is described from here")]
struct PinnedTold {
    provider: String,
    /// Nothing where the choice is automatic, or is not the asker's to see.
    profile: Option<String>,
    /// `prefer`, `strict` or `auto`.
    mode: String,
}

/// When a pin ends: in milliseconds since the Unix epoch, or `next request`.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "it is described from here")]
enum UntilTold {
    At(i64),
    Word(String),
}

/// What became of the pin.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Cleared {
    /// Whether there was one.
    cleared: bool,
    /// What holds now.
    now: SessionTold,
}

/// Shows what is pinned for a chat, and what its next request would get
///
/// A chat that nobody has named before is one where nothing is pinned.
#[utoipa::path(
    get, path = "/v1/sessions/{session}", operation_id = "session", tag = "sessions",
    params(
        ("session" = String, Path, min_length = 1, max_length = 1024, pattern = r"\S", description = "The chat, percent-encoded."),
        ("x-modelpin-agent" = Option<String>, Header, pattern = "^([a-z0-9][a-z0-9_-]{0,63})?$", description = "The agent that answers in the chat, if it is not the default one."),
        ("x-modelpin-actor" = Option<String>, Header, max_length = 1024, description = "Who asks; without it, the caller."),
    ),
    responses(
        (status = 200, description = "What holds.", body = ref("#/components/schemas/SessionTold")),
        (status = 404, response = NotFound),
        (status = 500, response = Broken),
    )
)]
pub(super) async fn show(
    State(gate): State<Arc<Gate>>,
    Extension(caller): Extension<Caller>,
    path: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response<Body>, Fault> {
    Query::read(query.as_deref(), &[])?;
    let chat = chat(path)?;
    let asker = Asker::of(&gate, Head::of(&caller, &headers)?)?;
    let session = asked::own(&caller, &chat, None, asker.agent.clone());
    Ok(answer(
        StatusCode::OK,
        &told(&gate, &caller, &asker, &session, chat)?,
    ))
}

/// Takes back the pin of a chat
///
/// As `/model default` does, by whoever asks. Where nothing is pinned nothing is changed, and that is no error.
#[utoipa::path(
    delete, path = "/v1/sessions/{session}/pin", operation_id = "clear_session_pin", tag = "sessions",
    params(
        ("session" = String, Path, min_length = 1, max_length = 1024, pattern = r"\S", description = "The chat, percent-encoded."),
        ("x-modelpin-agent" = Option<String>, Header, pattern = "^([a-z0-9][a-z0-9_-]{0,63})?$", description = "The agent that answers in the chat, if it is not the default one."),
        ("x-modelpin-actor" = Option<String>, Header, max_length = 1024, description = "Who asks; without it, the caller."),
    ),
    responses(
        (status = 200, description = "What became of it, and what holds now.", body = ref("#/components/schemas/Cleared")),
        (status = 404, response = NotFound),
        (status = 500, response = Broken),
        (status = 503, response = NotKept),
    )
)]
pub(super) async fn clear(
    State(gate): State<Arc<Gate>>,
    Extension(caller): Extension<Caller>,
    path: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response<Body>, Fault> {
    Query::read(query.as_deref(), &[])?;
    let chat = chat(path)?;
    let asker = Asker::of(&gate, Head::of(&caller, &headers)?)?;
    let session = asked::own(&caller, &chat, None, asker.agent.clone());
    let command = ModelCommand::Default { scope: None };
    let view = gate
        .modelpin
        .answer_command(&session, &asker.actor, &command)
        .await;
    let cleared = match view.body {
        view::Body::Changed(changed) => changed.change != view::Change::Nothing,
        view::Body::Refused(refusal) => return Err(refused(&refusal)),
        _ => false,
    };
    let now = told(&gate, &caller, &asker, &session, chat)?;
    Ok(answer(StatusCode::OK, &Cleared { cleared, now }))
}

/// The chat that the path names.
fn chat(path: Result<Path<String>, PathRejection>) -> Result<String, Fault> {
    let Path(chat) = path.map_err(|_| {
        let message = "the chat in the path is not readable: percent-encode it as UTF-8";
        Fault::bad("bad-path", message).at("session")
    })?;
    asked::name("session", &chat)
}

fn told(
    gate: &Gate,
    caller: &Caller,
    asker: &Asker,
    session: &SessionKey,
    chat: String,
) -> Result<SessionTold, Fault> {
    let resolver = gate.modelpin.resolver();
    let (agent, now) = (asker.book.agent(), resolver.now());
    let mut pins = Vec::new();
    for key in scopes(session, agent) {
        let Some(record) = resolver.pins().table().record(&key) else {
            continue;
        };
        for pin in record.holding(now).filter(|pin| !pin.is_empty()) {
            let mut told = pin_data(&key, pin);
            if key.scope() == Scope::Session {
                told["session"] = chat.as_str().into();
            } else if *caller != Caller::LOCAL {
                told["by"] = Value::Null;
            }
            for (told, choice) in told["profiles"]
                .as_array_mut()
                .into_iter()
                .flatten()
                .zip(&pin.profiles)
            {
                if let crate::pin::ProfileChoice::Pinned(pinned) = choice
                    && !asker.sees(&pinned.id)
                {
                    told["profile"] = Value::Null;
                }
            }
            pins.push(told);
        }
    }
    let decision = resolver.explain(Question::new(session, &asker.actor));
    let decision = decision.map_err(|broken| super::told::broken(&broken))?;
    let model = decision.selected.as_ref().map(|selected| &selected.model);
    let next = decision
        .provider()
        .map(|provider| explained(asker, provider, model, &decision));
    Ok(SessionTold {
        session: chat,
        agent: agent.to_string(),
        pins,
        next,
    })
}

fn refused(refusal: &Refusal) -> Fault {
    match refusal {
        Refusal::NotPermitted { .. } | Refusal::NoCommands => super::told::forbidden(),
        Refusal::NotKept { cause } => {
            let message =
                format!("the pin is as it was: the store did not take the change ({cause}); try again");
            Fault::new(StatusCode::SERVICE_UNAVAILABLE, "not-kept", message)
        }
        Refusal::Broken { cause, .. } => Fault::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "unreadable-credentials",
            cause.as_str(),
        ),
        _ => Fault::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "not-cleared",
            "the pin was not taken back; try `/model default` in the chat, and it will say why",
        ),
    }
}
