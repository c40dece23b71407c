//! Contents of events, as Matrix writes them. Keys stand in the order of the alphabet, as in canonical JSON.

use serde::Serialize;

use super::press::Presses;

/// The content of an `m.room.message`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Content {
    /// The text without markup.
    pub body: String,
    /// What [`formatted_body`](Self::formatted_body) is written in: `org.matrix.custom.html`.
    pub format: &'static str,
    /// The text as HTML.
    pub formatted_body: String,
    /// Whom it notifies: nobody.
    #[serde(rename = "m.mentions")]
    pub mentions: Nobody,
    /// What the edited message says now.
    #[serde(rename = "m.new_content", skip_serializing_if = "Option::is_none")]
    pub new_content: Option<Box<Self>>,
    /// What it belongs to.
    #[serde(rename = "m.relates_to", skip_serializing_if = "Option::is_none")]
    pub relates_to: Option<Relation>,
    /// What each reaction to it does; a bot reads it from its own message when somebody reacts.
    #[serde(rename = "modelpin.presses", skip_serializing_if = "Presses::is_empty")]
    pub presses: Presses,
    /// `m.notice`, which the specification has for bots: no other bot answers it, so that two of them do not talk for ever.
    pub msgtype: &'static str,
}

/// An empty `m.mentions`: with it no client looks for names in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Nobody {}

/// What a message belongs to: `m.relates_to`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Relation {
    /// It answers a message.
    Reply {
        /// The message.
        #[serde(rename = "m.in_reply_to")]
        in_reply_to: Event,
    },
    /// It stands in a thread, or takes the place of a message, or is a reaction to one.
    To {
        /// The root of the thread, the message that is replaced or reacted to.
        event_id: String,
        /// That it answers another message only for clients that know no threads.
        #[serde(skip_serializing_if = "Option::is_none")]
        is_falling_back: Option<bool>,
        /// The reaction.
        #[serde(skip_serializing_if = "Option::is_none")]
        key: Option<String>,
        /// The message that it stands behind, for clients that know no threads.
        #[serde(rename = "m.in_reply_to", skip_serializing_if = "Option::is_none")]
        in_reply_to: Option<Event>,
        /// `m.thread`, `m.replace`, `m.annotation`.
        rel_type: &'static str,
    },
}

/// A message, by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// The id.
    pub event_id: String,
}

/// The content of an `m.reaction`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reaction {
    /// What it reacts to, and how.
    #[serde(rename = "m.relates_to")]
    pub relates_to: Relation,
}

impl Content {
    /// A message of its own.
    pub(super) fn notice(body: String, formatted_body: String) -> Self {
        Self {
            body,
            format: "org.matrix.custom.html",
            formatted_body,
            mentions: Nobody {},
            new_content: None,
            relates_to: None,
            presses: Presses::default(),
            msgtype: "m.notice",
        }
    }

    /// The same as an answer to the message `event_id`.
    #[must_use]
    pub fn replying_to(self, event_id: &str) -> Self {
        Self {
            relates_to: Some(Relation::Reply {
                in_reply_to: event(event_id),
            }),
            ..self
        }
    }

    /// The same in the thread that begins with the message `root`, as an answer to `event_id` in it.
    ///
    /// Clients that know no threads show it as an answer
    /// (<https://spec.matrix.org/v1.19/client-server-api/#fallback-for-unthreaded-clients>).
    #[must_use]
    pub fn in_thread(self, root: &str, event_id: &str) -> Self {
        Self {
            relates_to: Some(Relation::To {
                event_id: root.to_owned(),
                is_falling_back: Some(true),
                key: None,
                in_reply_to: Some(event(event_id)),
                rel_type: "m.thread",
            }),
            ..self
        }
    }

    /// The same in place of the message `event_id`, which has to be the bot's own. What that belonged to stays
    /// (<https://spec.matrix.org/v1.19/client-server-api/#applying-mnew_content>).
    #[must_use]
    pub fn replacing(self, event_id: &str) -> Self {
        let now = Self {
            relates_to: None,
            ..self
        };
        Self {
            body: format!("* {}", now.body),
            formatted_body: format!("* {}", now.formatted_body),
            relates_to: Some(Relation::To {
                event_id: event_id.to_owned(),
                is_falling_back: None,
                key: None,
                in_reply_to: None,
                rel_type: "m.replace",
            }),
            presses: Presses::default(),
            new_content: Some(Box::new(now)),
            ..Self::notice(String::new(), String::new())
        }
    }
}

impl Reaction {
    /// The reaction `key` to the message `event_id`.
    #[must_use]
    pub fn to(event_id: &str, key: &str) -> Self {
        Self {
            relates_to: Relation::To {
                event_id: event_id.to_owned(),
                is_falling_back: None,
                key: Some(key.to_owned()),
                in_reply_to: None,
                rel_type: "m.annotation",
            },
        }
    }
}

fn event(id: &str) -> Event {
    Event {
        event_id: id.to_owned(),
    }
}
