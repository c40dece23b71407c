//! What goes in and what comes out.

use crate::picker::Pressers;
use crate::session::{Actor, SessionKey};
use crate::view::View;

/// A message from a chat.
#[derive(Debug, Clone, Copy)]
pub struct Message<'m> {
    pub(super) session: &'m SessionKey,
    pub(super) actor: &'m Actor,
    pub(super) text: &'m str,
    pub(super) pressers: Pressers,
    pub(super) locale: Option<&'m str>,
}

impl<'m> Message<'m> {
    /// A message of `actor` in `session`, as the platform delivered it.
    #[must_use]
    pub fn new(session: &'m SessionKey, actor: &'m Actor, text: &'m str) -> Self {
        Self {
            session,
            actor,
            text,
            pressers: Pressers::Sender,
            locale: None,
        }
    }

    /// The same; the buttons of the reply are for `pressers`. By default they are for the sender: everybody else who
    /// presses one gets a picker of their own.
    #[must_use]
    pub fn with_buttons_for(self, pressers: Pressers) -> Self {
        Self { pressers, ..self }
    }

    /// The same, answered in this language (BCP 47, as platforms tell it: `vi`, `zh-CN`), if there is one like it.
    #[must_use]
    pub fn in_language(self, tag: &'m str) -> Self {
        Self {
            locale: Some(tag),
            ..self
        }
    }
}

/// What to do with a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Handled<'m> {
    /// It is no command: send it to the model, untouched.
    Text,
    /// It is a command for another bot, or one that is to be passed over in silence.
    Ignored,
    /// Say this.
    Reply(View),
    /// Say this, then send the text behind the command line to the model.
    ReplyAndSend(View, &'m str),
}
