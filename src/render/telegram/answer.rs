//! Which requests answer a command, and which a press.

use super::Telegram;
use super::call::{
    AnswerCallbackQuery, Call, EditEphemeralMessageText, EditMessageText, EphemeralMessageParameters,
    ReplyParameters, SendMessage,
};
use super::limits::NOTICE_UNITS;
use super::payload::{Payload, units};
use crate::render::Render as _;
use crate::render::prose::{Block, Labels, Prose, cut};
use crate::view::{Audience, Body, Occasion, View};

/// A message with a command in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The chat.
    pub chat_id: i64,
    /// The topic, if the chat is a forum and the message has one.
    pub message_thread_id: Option<i64>,
    /// The message; `None` if it should not be shown as answered.
    pub message_id: Option<i64>,
    /// Who sent it.
    pub from: i64,
    /// Its number if only the bot saw it: the command was registered with `is_ephemeral`.
    pub ephemeral_message_id: Option<i64>,
}

/// A button that was pressed: a callback query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pressed {
    /// The query.
    pub callback_query_id: String,
    /// Who pressed.
    pub from: i64,
    /// The chat of the message.
    pub chat_id: i64,
    /// The topic of the message.
    pub message_thread_id: Option<i64>,
    /// The message below which the button is.
    pub message: PressedMessage,
}

/// The message below which a pressed button is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PressedMessage {
    /// One of the chat: its `message_id`.
    InChat(i64),
    /// One that only the presser sees: its `ephemeral_message_id`.
    Ephemeral(i64),
}

impl Telegram {
    /// The requests that answer a command, in order.
    ///
    /// What only the sender should read is an ephemeral message if that was asked for
    /// ([`ephemeral`](Self::ephemeral)) and the command was one. Else it is said in the chat, as an answer to the sender
    /// and without the names of accounts. If Telegram refuses an ephemeral message, send what
    /// [`Telegram::new`] gives for the same view.
    #[must_use]
    pub fn reply(&self, view: &View, asked: &Asked) -> Vec<Call> {
        let ephemeral = asked.ephemeral_message_id.filter(|_| self.may_be_ephemeral(view));
        let payloads = match ephemeral {
            Some(_) => self.render(view),
            None => self.render(&for_all_to_read(view)),
        };
        let send = |(payload, number): (Payload, usize)| {
            let reply_parameters = match (ephemeral, asked.message_id) {
                (Some(ephemeral_message_id), _) => Some(ReplyParameters::Ephemeral { ephemeral_message_id }),
                (None, Some(message_id)) if number == 0 && view.to == Audience::Sender => {
                    Some(ReplyParameters::Message {
                        message_id,
                        allow_sending_without_reply: true,
                    })
                }
                _ => None,
            };
            Call::SendMessage(SendMessage {
                chat_id: asked.chat_id,
                message_thread_id: asked.message_thread_id,
                payload,
                ephemeral_message_parameters: ephemeral.map(|_| EphemeralMessageParameters {
                    receiver_user_id: asked.from,
                    callback_query_id: None,
                }),
                reply_parameters,
            })
        };
        payloads.into_iter().zip(0..).map(send).collect()
    }

    /// The requests that answer a press, in order; the query is answered in every case. `None` is a press that is passed
    /// over in silence ([`ModelPin::press`](crate::ModelPin::press)).
    ///
    /// The message is edited in place. Only what came of a mistake, where others read along, leaves it as it is: the
    /// presser alone reads it, in a window, or where ephemeral messages were asked for with a picker of their own.
    #[must_use]
    pub fn press(&self, view: Option<&View>, pressed: &Pressed) -> Vec<Call> {
        let Some(view) = view else {
            return vec![pressed.answered(None)];
        };
        if let PressedMessage::Ephemeral(number) = pressed.message {
            return self.edited(view, pressed, |payload| {
                Call::EditEphemeralMessageText(EditEphemeralMessageText {
                    chat_id: pressed.chat_id,
                    receiver_user_id: pressed.from,
                    ephemeral_message_id: number,
                    payload,
                })
            });
        }
        let PressedMessage::InChat(message_id) = pressed.message else {
            return vec![pressed.answered(None)];
        };
        if view.to == Audience::Sender && !is_of_the_presser(view) {
            if self.may_be_ephemeral(view) {
                let sent = self
                    .render(view)
                    .into_iter()
                    .map(|it| pressed.sent(it, EphemeralTo::Presser));
                return sent.chain([pressed.answered(None)]).collect();
            }
            return vec![pressed.answered(Some(notice(view)))];
        }
        self.edited(&for_all_to_read(view), pressed, |payload| {
            Call::EditMessageText(EditMessageText {
                chat_id: pressed.chat_id,
                message_id,
                payload,
            })
        })
    }

    fn may_be_ephemeral(&self, view: &View) -> bool {
        self.ephemeral && view.to == Audience::Sender
    }

    /// The query is answered first: nobody should wait for an edit.
    fn edited(&self, view: &View, pressed: &Pressed, edit: impl FnOnce(Payload) -> Call) -> Vec<Call> {
        let to = match pressed.message {
            PressedMessage::InChat(_) => EphemeralTo::Nobody,
            PressedMessage::Ephemeral(_) => EphemeralTo::Presser,
        };
        let mut payloads = self.render(view).into_iter();
        let first = payloads.next().map(edit);
        let more = payloads.map(|payload| pressed.sent(payload, to));
        [pressed.answered(None)]
            .into_iter()
            .chain(first)
            .chain(more)
            .collect()
    }
}

/// Who alone sees a message that follows a press.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EphemeralTo {
    Nobody,
    Presser,
}

impl Pressed {
    /// Ends the waiting of the one who pressed, where the answer takes longer. Telegram takes the answer of
    /// [`Telegram::press`] besides.
    #[must_use]
    pub fn acknowledged(&self) -> Call {
        self.answered(None)
    }

    fn answered(&self, notice: Option<String>) -> Call {
        Call::AnswerCallbackQuery(AnswerCallbackQuery {
            callback_query_id: self.callback_query_id.clone(),
            show_alert: notice.is_some().then_some(true),
            text: notice,
        })
    }

    fn sent(&self, payload: Payload, to: EphemeralTo) -> Call {
        Call::SendMessage(SendMessage {
            chat_id: self.chat_id,
            message_thread_id: self.message_thread_id,
            payload,
            ephemeral_message_parameters: (to == EphemeralTo::Presser).then(|| EphemeralMessageParameters {
                receiver_user_id: self.from,
                callback_query_id: Some(self.callback_query_id.clone()),
            }),
            reply_parameters: None,
        })
    }
}

/// Whether the presser goes on in a picker of their own.
fn is_of_the_presser(view: &View) -> bool {
    matches!(&view.body, Body::Picker(shown) if shown.occasion != Occasion::StaleButton)
}

/// What a window has room for: the first sentences.
fn notice(view: &View) -> String {
    let said = match &view.body {
        Body::Picker(_) => Labels::of(view).not_yours(),
        _ => {
            let lines = Prose::of(view)
                .blocks
                .into_iter()
                .filter_map(|block| match block {
                    Block::Line(rich) => Some(rich.quoted()),
                    _ => None,
                });
            lines.collect::<Vec<_>>().join("\n")
        }
    };
    cut(&said, NOTICE_UNITS, units).into_owned()
}

/// The view as the whole chat may read it: what is for the sender alone loses the names of accounts.
fn for_all_to_read(view: &View) -> View {
    let mut view = view.clone();
    if view.to == Audience::Sender {
        match &mut view.body {
            Body::Status(status) => {
                let candidates = status.providers.iter_mut().flat_map(|it| &mut it.candidates);
                candidates.for_each(|candidate| candidate.account = None);
            }
            Body::Why(why) => why.candidates.iter_mut().for_each(|it| it.account = None),
            _ => {}
        }
    }
    view
}
