//! What people write and what they press.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use http::{Request, Response, StatusCode};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::asked;
use super::body;
use super::document::{NotFound, NotJson, TooLong, TooSlow};
use super::fault::{Fault, answer};
use super::fields::Fields;
use super::surface::Surface;
use crate::gateway::callers::Caller;
use crate::gateway::gate::Gate;
use crate::middleware::{Handled, Message, Press};
use crate::render::Render;
use crate::render::data::{Data, ReplyData};
use crate::render::text::Text;
use crate::session::{Actor, SessionKey};
use crate::view::View;

/// The longest name of a language.
const LOCALE: usize = 64;

/// What to do with a message, or what a button did.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Answer {
    pub(super) outcome: Outcome,
    /// What goes to the model, byte for byte.
    pub(super) send: Option<String>,
    /// What to say in the chat.
    pub(super) reply: Option<Reply>,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Outcome {
    /// It is no command: send it to the model.
    Text,
    /// It is for another bot, or to be passed over in silence.
    Ignored,
    /// Say the reply.
    Reply,
    /// Say the reply, then send the text behind the command to the model.
    ReplyAndSend,
}

/// What to say.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Reply {
    /// The reply as data, with the tokens of its buttons.
    pub(super) view: ReplyData,
    /// The reply as text, whole.
    pub(super) text: String,
    /// The same in messages of at most 4,000 characters, cut between items.
    pub(super) messages: Vec<String>,
    /// The reply as the platform of the surface takes it, under its name: `telegram`, `discord`, `slack` or `matrix`.
    #[serde(flatten)]
    pub(super) payload: Map<String, Value>,
}

impl Reply {
    pub(super) fn of(view: &View, surface: Surface) -> Self {
        let text = match surface {
            Surface::Text | Surface::Platform(..) => Text::plain(),
            Surface::Markdown => Text::markdown(),
        };
        let messages = text.render(view);
        Self {
            view: Data.render(view),
            text: messages.join("\n\n"),
            messages,
            payload: surface.payload(view),
        }
    }
}

/// A message from a chat.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "it is read field by field, and described from here")]
pub(super) struct ChatMessage {
    /// The chat, as its platform names it: `telegram:42`. Blanks at its ends do not count.
    #[schemars(length(min = 1, max = 1024), regex(pattern = r"\S"))]
    session: String,
    /// The thread of the chat, by a name of its own: it takes over what is pinned in the chat until it has a pin of its own.
    /// Requests to models say it in `x-modelpin-thread`. A `session` that is the text of a room with its topic or
    /// thread, such as `telegram:group:-100123:topic:42`, needs none.
    #[schemars(length(min = 1, max = 1024), regex(pattern = r"\S"))]
    thread: Option<String>,
    actor: ChatActor,
    surface: Surface,
    /// What was written, as the platform delivered it.
    text: String,
    /// The language of the sender (BCP 47), as the platform tells it: `vi`, `zh-CN`. Replies are in it, if there is one like it.
    #[schemars(length(max = 64))]
    locale: Option<String>,
    /// The agent that answers in the chat, if it is not the default one.
    #[schemars(regex(pattern = "^[a-z0-9][a-z0-9_-]{0,63}$"))]
    agent: Option<String>,
}

/// A button that was pressed in a chat.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "it is read field by field, and described from here")]
pub(super) struct ChatPress {
    /// The chat in which it was pressed. Blanks at its ends do not count.
    #[schemars(length(min = 1, max = 1024), regex(pattern = r"\S"))]
    session: String,
    /// The thread of the chat, by a name of its own: it takes over what is pinned in the chat until it has a pin of its own.
    /// Requests to models say it in `x-modelpin-thread`. A `session` that is the text of a room with its topic or
    /// thread, such as `telegram:group:-100123:topic:42`, needs none.
    #[schemars(length(min = 1, max = 1024), regex(pattern = r"\S"))]
    thread: Option<String>,
    actor: ChatActor,
    surface: Surface,
    /// The token of the button. One that does not hold changes nothing and brings a fresh picker.
    token: String,
    /// The language of the sender (BCP 47), as the platform tells it: `vi`, `zh-CN`. Replies are in it, if there is one like it.
    #[schemars(length(max = 64))]
    locale: Option<String>,
    /// The agent that answers in the chat, if it is not the default one.
    #[schemars(regex(pattern = "^[a-z0-9][a-z0-9_-]{0,63}$"))]
    agent: Option<String>,
}

/// Who sends, as the platform names them. What they may is what the configuration says.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "it is read field by field, and described from here")]
pub(super) enum ChatActor {
    /// The id alone.
    Id(#[schemars(length(min = 1, max = 1024), regex(pattern = r"\S"))] String),
    /// With what the platform tells of them.
    About(ChatSender),
}

/// A sender.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "it is read field by field, and described from here")]
pub(super) struct ChatSender {
    /// The id.
    #[schemars(length(min = 1, max = 1024), regex(pattern = r"\S"))]
    id: String,
    /// The room in which they speak.
    #[schemars(length(min = 1, max = 1024), regex(pattern = r"\S"))]
    room: Option<String>,
    /// Their roles there.
    #[schemars(length(max = 100), inner(length(min = 1, max = 1024), regex(pattern = r"\S")))]
    roles: Option<Vec<String>>,
}

/// What all of them take.
pub(super) struct Said {
    pub(super) session: SessionKey,
    pub(super) actor: Actor,
    pub(super) surface: Surface,
    /// What was written, or the token of the button.
    pub(super) said: String,
    /// The language of the sender.
    locale: Option<String>,
}

impl Said {
    pub(super) async fn read(
        gate: &Gate,
        caller: &Caller,
        request: Request<Body>,
        what: &'static str,
    ) -> Result<Self, Fault> {
        let mut fields = Fields::of(body::read(request, gate.limits).await?)?;
        let session = asked::name("session", &fields.needed_text("session")?)?;
        let thread = fields.text("thread")?;
        let thread = thread.map(|name| asked::name("thread", &name)).transpose()?;
        let actor = asked::actor(&mut fields)?;
        let surface = Surface::read(&mut fields)?;
        let said = fields.needed_text(what)?;
        let locale = fields.text("locale")?;
        let too_long = |locale: &String| locale.chars().count() > LOCALE;
        if locale.as_ref().is_some_and(too_long) {
            let message = format!("`locale` is over {LOCALE} characters: give a language tag, such as `en`");
            return Err(Fault::bad("long-name", message).at("locale"));
        }
        let agent = asked::agent("agent", fields.text("agent")?.as_deref())?;
        fields.end()?;
        Ok(Self {
            session: asked::own(caller, &session, thread.as_deref(), agent),
            actor,
            surface,
            said,
            locale,
        })
    }
}

/// Says what to do with a message, and carries it out if it is a command
///
/// Call it for each message of a chat. A message that is no command comes back in `send`, byte for byte.
#[utoipa::path(
    post, path = "/v1/chat/handle", operation_id = "chat_handle", tag = "chat",
    request_body(content = ref("#/components/schemas/ChatMessage"), content_type = "application/json"),
    responses(
        (status = 200, description = "What to do.", body = ref("#/components/schemas/Answer")),
        (status = 404, response = NotFound),
        (status = 408, response = TooSlow),
        (status = 413, response = TooLong),
        (status = 415, response = NotJson),
    )
)]
pub(super) async fn handle(
    State(gate): State<Arc<Gate>>,
    Extension(caller): Extension<Caller>,
    request: Request<Body>,
) -> Result<Response<Body>, Fault> {
    let said = Said::read(&gate, &caller, request, "text").await?;
    let mut message = Message::new(&said.session, &said.actor, &said.said);
    if let Some(locale) = &said.locale {
        message = message.in_language(locale);
    }
    let handled = gate.modelpin.handle(&message).await;
    let handled = handled.map_err(|unknown| asked::unknown_agent(&unknown))?;
    let told = |outcome, send: Option<&str>, view: Option<&View>| Answer {
        outcome,
        send: send.map(str::to_owned),
        reply: view.map(|view| Reply::of(view, said.surface)),
    };
    let told = match &handled {
        Handled::Text => told(Outcome::Text, Some(&said.said), None),
        Handled::Ignored => told(Outcome::Ignored, None, None),
        Handled::Reply(view) => told(Outcome::Reply, None, Some(view)),
        Handled::ReplyAndSend(view, rest) => told(Outcome::ReplyAndSend, Some(rest), Some(view)),
    };
    Ok(answer(StatusCode::OK, &told))
}

/// Does what a pressed button says
///
/// Whether the presser may is asked now, as for the typed command.
#[utoipa::path(
    post, path = "/v1/chat/press", operation_id = "chat_press", tag = "chat",
    request_body(content = ref("#/components/schemas/ChatPress"), content_type = "application/json"),
    responses(
        (status = 200, description = "What to say to the presser, if anything.", body = ref("#/components/schemas/Answer")),
        (status = 404, response = NotFound),
        (status = 408, response = TooSlow),
        (status = 413, response = TooLong),
        (status = 415, response = NotJson),
    )
)]
pub(super) async fn press(
    State(gate): State<Arc<Gate>>,
    Extension(caller): Extension<Caller>,
    request: Request<Body>,
) -> Result<Response<Body>, Fault> {
    let said = Said::read(&gate, &caller, request, "token").await?;
    let mut press = Press::new(&said.session, &said.actor, &said.said);
    if let Some(locale) = &said.locale {
        press = press.in_language(locale);
    }
    let pressed = gate.modelpin.press(&press).await;
    let view = pressed.map_err(|unknown| asked::unknown_agent(&unknown))?;
    let told = Answer {
        outcome: if view.is_some() {
            Outcome::Reply
        } else {
            Outcome::Ignored
        },
        send: None,
        reply: view.map(|view| Reply::of(&view, said.surface)),
    };
    Ok(answer(StatusCode::OK, &told))
}
