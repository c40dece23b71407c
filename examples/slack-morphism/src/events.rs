//! What Slack tells: a command, a press, or that something was written.
//!
//! Each is acknowledged at once, which Slack wants within three seconds, and answered later.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use modelpin::picker::ChoiceToken;
use modelpin::render::slack::Original;
use serde_json::Value;
use slack_morphism::prelude::*;
use url::form_urlencoded;

use crate::place::Place;
use crate::reply::Reply;
use crate::{Bot, Outcome};

/// A request that Slack has signed.
pub(crate) async fn hear(State(bot): State<Arc<Bot>>, headers: HeaderMap, body: String) -> Response {
    let form = headers
        .get("content-type")
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    if form {
        later(async move { bot.form(&body).await });
        return StatusCode::OK.into_response();
    }
    match serde_json::from_str(&body) {
        Ok(SlackPushEvent::UrlVerification(asked)) => asked.challenge.into_response(),
        // What was acknowledged is answered: it is not told again because of us.
        Ok(SlackPushEvent::EventCallback(told)) if !headers.contains_key("x-slack-retry-num") => {
            later(async move { bot.event(told.event).await });
            StatusCode::OK.into_response()
        }
        Ok(_) => StatusCode::OK.into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Does it in a task of its own: a slow model keeps nobody waiting.
fn later(work: impl Future<Output = Outcome> + Send + 'static) {
    tokio::spawn(async move {
        if let Err(error) = work.await {
            tracing::warn!(%error, "what Slack told was not handled");
        }
    });
}

impl Bot {
    /// A slash command or a press.
    async fn form(&self, body: &str) -> Outcome {
        let fields: HashMap<_, _> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        if let Some(payload) = fields.get("payload") {
            return self.pressed(&serde_json::from_str(payload)?).await;
        }
        let field = |name| fields.get(name).map_or("", String::as_str);
        let reply = Reply {
            channel: field("channel_id").to_owned(),
            user: field("user_id").to_owned(),
            // Slack has no slash commands in threads.
            thread: None,
            response_url: Some(field("response_url").parse()?),
        };
        let at = Place::of(&reply.channel, None, &reply.user)?;
        let text = format!("{} {}", field("command"), unescape(field("text")));
        self.text(&at, text.trim_end(), &reply).await
    }

    /// A press. It is read as far as it is needed: a private message has no `message`, and the type that slack-morphism has
    /// for `container` knows no thread.
    async fn pressed(&self, payload: &Value) -> Outcome {
        let text = |path| payload.pointer(path).and_then(Value::as_str);
        let action = text("/actions/0/value").or(text("/actions/0/selected_option/value"));
        // A button of another part of the bot would go there.
        let Some(token) = action.filter(|value| ChoiceToken::looks_like(value)) else {
            return Ok(());
        };
        let thread = text("/container/thread_ts").or(text("/message/thread_ts"));
        let reply = Reply {
            channel: text("/channel/id").unwrap_or_default().to_owned(),
            user: text("/user/id").unwrap_or_default().to_owned(),
            thread: thread.map(str::to_owned),
            response_url: text("/response_url").map(str::parse).transpose()?,
        };
        let on = match payload.pointer("/container/is_ephemeral") {
            Some(Value::Bool(true)) => Original::Private,
            _ => Original::Public,
        };
        let at = Place::of(&reply.channel, thread, &reply.user)?;
        self.press(&at, token, on, &reply).await
    }

    /// Something was written: to the bot alone, or with its name in a channel.
    async fn event(&self, event: SlackEventCallbackBody) -> Outcome {
        let (user, channel, origin, content) = match event {
            SlackEventCallbackBody::AppMention(told) => {
                (told.user, Some(told.channel), told.origin, Some(told.content))
            }
            SlackEventCallbackBody::Message(told)
                if told.subtype.is_none() && told.sender.bot_id.is_none() =>
            {
                let Some(user) = told.sender.user else {
                    return Ok(());
                };
                let alone = told
                    .origin
                    .channel
                    .as_ref()
                    .is_some_and(|id| id.0.starts_with('D'));
                if !alone {
                    // With the bot's name in it, it is told as a mention too.
                    return Ok(());
                }
                (user, told.origin.channel.clone(), told.origin, told.content)
            }
            _ => return Ok(()),
        };
        let (Some(channel), Some(text)) = (channel, content.and_then(|content| content.text)) else {
            return Ok(());
        };
        let reply = Reply {
            channel: channel.0,
            user: user.0,
            thread: origin.thread_ts.map(|thread| thread.0),
            response_url: None,
        };
        let at = Place::of(&reply.channel, reply.thread.as_deref(), &reply.user)?;
        let text = text.trim().strip_prefix(&self.mention).unwrap_or(&text);
        self.text(&at, unescape(text).trim(), &reply).await
    }
}

/// As it was typed: <https://docs.slack.dev/messaging/formatting-message-text#escaping>.
fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}
