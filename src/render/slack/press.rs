//! What a press is answered with, on its `response_url`.

use serde::Serialize;

use super::{Message, Slack};
use crate::render::Render as _;
use crate::view::{Audience, View};

/// Who sees the message whose button was pressed: `container.is_ephemeral` in what Slack sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Original {
    /// Everybody in the channel.
    Public,
    /// The one who pressed.
    Private,
}

/// A body for the `response_url` of a press.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// A message, which may take the place of the one that was pressed.
    Message(Message),
    /// The message that was pressed goes.
    Discard(Discard),
}

/// Takes the message that was pressed away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Discard {
    /// It goes.
    pub delete_original: bool,
}

impl Slack {
    /// What a press is answered with, to be sent in this order to its `response_url`, at most
    /// [`RESPONSES`](super::limits::RESPONSES) of them.
    ///
    /// The answer takes the place of the message that was pressed, if the same people may read both. An answer for the
    /// presser alone leaves a public message to the others; one for the chat is sent to the chat, and the private message
    /// goes.
    #[must_use]
    pub fn answer_to_press(&self, view: &View, pressed: Original) -> Vec<Answer> {
        let replaces = matches!(
            (pressed, view.to),
            (Original::Public, Audience::Chat) | (Original::Private, Audience::Sender)
        );
        let answer = |(message, number): (Message, usize)| {
            let first = replaces && number == 0;
            Answer::Message(Message {
                response_type: message.response_type.filter(|_| !first),
                replace_original: Some(first),
                ..message
            })
        };
        let mut answers: Vec<Answer> = self.render(view).into_iter().zip(0..).map(answer).collect();
        if (pressed, view.to) == (Original::Private, Audience::Chat) {
            answers.push(Answer::Discard(Discard {
                delete_original: true,
            }));
        }
        answers
    }
}
