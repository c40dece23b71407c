//! What is being typed, and what it could become: for platforms that ask a bot while somebody types.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use http::{Request, Response, StatusCode};
use schemars::JsonSchema;
use serde::Serialize;

use super::asked;
use super::chat::{ChatActor, Said};
use super::document::{NotFound, NotJson, TooLong, TooSlow};
use super::fault::{Fault, answer};
use super::surface::Surface;
use crate::command::LINE_LIMIT;
use crate::gateway::callers::Caller;
use crate::gateway::gate::Gate;
use crate::registration::discord::{Autocomplete, CHOICES};
use crate::registration::suggest;

/// What was typed so far in a chat.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "it is read field by field, and described from here")]
pub(super) struct ChatTyped {
    /// The chat, as its platform names it: `discord:channel:42`. Blanks at its ends do not count.
    #[schemars(length(min = 1, max = 1024), regex(pattern = r"\S"))]
    session: String,
    /// The thread of the chat, by a name of its own.
    #[schemars(length(min = 1, max = 1024), regex(pattern = r"\S"))]
    thread: Option<String>,
    actor: ChatActor,
    surface: Surface,
    /// What stands behind `/model` so far.
    text: String,
    /// The language of the one who types.
    #[schemars(length(max = 64))]
    locale: Option<String>,
    /// The agent that answers in the chat, if it is not the default one.
    #[schemars(regex(pattern = "^[a-z0-9][a-z0-9_-]{0,63}$"))]
    agent: Option<String>,
}

/// What it could become.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Completed {
    /// Best first, at most 25.
    #[schemars(length(max = 25))]
    suggestions: Vec<Suggested>,
    /// The same as Discord takes it, in answer to an interaction of type 4: at most 25 choices, of which the last is what was
    /// typed, unless another says the same.
    discord: Autocomplete,
}

/// A line that could be typed.
#[derive(Debug, Serialize, JsonSchema)]
struct Suggested {
    /// What to put behind `/model `.
    line: String,
    /// What it is, in a few words; empty if there is nothing to say.
    about: String,
}

/// Says what a command that is being typed could become
///
/// Nothing is changed, and nothing is named that the one who types may not see.
#[utoipa::path(
    post, path = "/v1/chat/autocomplete", operation_id = "chat_autocomplete", tag = "chat",
    request_body(content = ref("#/components/schemas/ChatTyped"), content_type = "application/json"),
    responses(
        (status = 200, description = "What it could become.", body = ref("#/components/schemas/Completed")),
        (status = 404, response = NotFound),
        (status = 408, response = TooSlow),
        (status = 413, response = TooLong),
        (status = 415, response = NotJson),
    )
)]
pub(super) async fn autocomplete(
    State(gate): State<Arc<Gate>>,
    Extension(caller): Extension<Caller>,
    request: Request<Body>,
) -> Result<Response<Body>, Fault> {
    let said = Said::read(&gate, &caller, request, "text").await?;
    let snapshot = gate.modelpin.resolver().snapshot();
    let known = snapshot.syntax(said.session.agent());
    known.map_err(|unknown| asked::unknown_agent(&unknown))?;
    let names = gate.modelpin.names(&said.session, &said.actor);
    let found = suggest(&said.said, &names, CHOICES, |line| line.len() <= LINE_LIMIT);
    let told = Completed {
        suggestions: found
            .into_iter()
            .map(|found| Suggested {
                line: found.line,
                about: found.about,
            })
            .collect(),
        discord: Autocomplete::of(&said.said, &names),
    };
    Ok(answer(StatusCode::OK, &told))
}
