//! Requests to the Bot API, with their addresses.

use serde::Serialize;

use super::payload::Payload;

/// A method of the Bot API with its parameters. Serializing it gives the parameters, [`method`](Self::method) the name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Call {
    /// A new message.
    SendMessage(SendMessage),
    /// Another text and other buttons for a message that is there.
    EditMessageText(EditMessageText),
    /// The same for a message that only one person sees.
    EditEphemeralMessageText(EditEphemeralMessageText),
    /// Ends the waiting of the one who pressed a button.
    AnswerCallbackQuery(AnswerCallbackQuery),
}

/// `sendMessage`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SendMessage {
    /// The chat.
    pub chat_id: i64,
    /// The topic in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_thread_id: Option<i64>,
    /// What is shown.
    #[serde(flatten)]
    pub payload: Payload,
    /// The one who alone sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ephemeral_message_parameters: Option<EphemeralMessageParameters>,
    /// What it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_parameters: Option<ReplyParameters>,
}

/// Who alone sees a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EphemeralMessageParameters {
    /// The person.
    pub receiver_user_id: i64,
    /// The press that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback_query_id: Option<String>,
}

/// What a message answers: a command that only the bot saw, or a message of the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ReplyParameters {
    /// A message that only the bot saw.
    Ephemeral {
        /// Its number.
        ephemeral_message_id: i64,
    },
    /// A message of the chat; if it is gone, the answer comes all the same.
    Message {
        /// Its number.
        message_id: i64,
        /// Always true.
        allow_sending_without_reply: bool,
    },
}

/// `editMessageText`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EditMessageText {
    /// The chat.
    pub chat_id: i64,
    /// The message.
    pub message_id: i64,
    /// What it shows from now on.
    #[serde(flatten)]
    pub payload: Payload,
}

/// `editEphemeralMessageText`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EditEphemeralMessageText {
    /// The chat.
    pub chat_id: i64,
    /// The person who sees it.
    pub receiver_user_id: i64,
    /// The message.
    pub ephemeral_message_id: i64,
    /// What it shows from now on.
    #[serde(flatten)]
    pub payload: Payload,
}

/// `answerCallbackQuery`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswerCallbackQuery {
    /// The press.
    pub callback_query_id: String,
    /// What the one who pressed reads, at most [`NOTICE_UNITS`](super::NOTICE_UNITS).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Whether it stays until it is closed, instead of passing by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show_alert: Option<bool>,
}

impl Call {
    /// The name of the method, as it stands in the address: `https://api.telegram.org/bot<token>/<method>`.
    #[must_use]
    pub fn method(&self) -> &'static str {
        match self {
            Self::SendMessage(_) => "sendMessage",
            Self::EditMessageText(_) => "editMessageText",
            Self::EditEphemeralMessageText(_) => "editEphemeralMessageText",
            Self::AnswerCallbackQuery(_) => "answerCallbackQuery",
        }
    }
}
