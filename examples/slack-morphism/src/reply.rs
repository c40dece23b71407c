//! Sends what is to be said: where a command or a press came from, or into a channel.

use modelpin::render::slack::{Message, ResponseType};
use serde::Serialize;
use serde_json::Value;
use slack_morphism::prelude::*;
use url::Url;

use crate::{Bot, Outcome};

/// Where answers go.
pub(crate) struct Reply {
    pub(crate) channel: String,
    pub(crate) user: String,
    pub(crate) thread: Option<String>,
    /// Where a command or a press is answered.
    pub(crate) response_url: Option<Url>,
}

/// A message with what `chat.postMessage` and `chat.postEphemeral` want besides.
#[derive(Serialize)]
struct Posted<'a> {
    channel: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_ts: Option<&'a str>,
    #[serde(flatten)]
    message: &'a Message,
}

/// A body for a `response_url`.
#[derive(Serialize)]
struct Response<'a, B> {
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_ts: Option<&'a str>,
    #[serde(flatten)]
    body: &'a B,
}

impl Bot {
    /// Says it where the question was asked.
    pub(crate) async fn send_all(&self, reply: &Reply, messages: Vec<Message>) -> Outcome {
        if reply.response_url.is_some() {
            return self.respond(reply, &messages).await;
        }
        for message in messages {
            let to = message.response_type;
            self.post(reply, to.unwrap_or(ResponseType::InChannel), message)
                .await?;
        }
        Ok(())
    }

    /// To the `response_url`, one after the other: their order is what is read.
    pub(crate) async fn respond(&self, reply: &Reply, bodies: &[impl Serialize + Send + Sync]) -> Outcome {
        let Some(url) = &reply.response_url else {
            return Ok(());
        };
        for body in bodies {
            let span = tracing::debug_span!("response_url");
            let context = SlackClientApiCallContext {
                rate_control_params: None,
                token: None,
                tracing_span: &span,
                is_sensitive_url: true,
            };
            let thread_ts = reply.thread.as_deref();
            let body = Response { thread_ts, body };
            let connector = &self.slack.http_api.connector;
            connector
                .http_post_uri::<_, Value>(url.clone(), &body, context)
                .await?;
        }
        Ok(())
    }

    /// Into the channel; for one person alone where that is asked for.
    pub(crate) async fn post(&self, reply: &Reply, to: ResponseType, message: Message) -> Outcome {
        let message = &Message {
            response_type: None,
            ..message
        };
        let alone = to == ResponseType::Ephemeral;
        let posted = Posted {
            channel: &reply.channel,
            user: alone.then_some(reply.user.as_str()),
            thread_ts: reply.thread.as_deref(),
            message,
        };
        let method = if alone {
            "chat.postEphemeral"
        } else {
            "chat.postMessage"
        };
        let session = self.slack.open_session(&self.token);
        session
            .http_session_api
            .http_post::<_, Value>(method, &posted, None)
            .await?;
        Ok(())
    }
}
