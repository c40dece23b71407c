//! Who may read a reply.

use super::{Body, Change, Occasion};
use crate::picker::Pressers;
use crate::session::{Actor, Company, SessionKey};

/// Who may read a reply.
///
/// A renderer shows a reply to the sender alone in the way that its platform has for it: an ephemeral message, an answer
/// to the press that only the presser sees, a direct message. Where there is no such way, it is shown in the chat: no
/// reply holds a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Audience {
    /// Everybody in the chat.
    #[default]
    Chat,
    /// The one who sent the command or pressed the button.
    Sender,
}

impl Audience {
    /// Who may read `body`, an answer to `actor` in `session`, whose buttons are for `pressers`.
    ///
    /// In a chat of one person everything is for the chat. Where others read along, they should know what was changed for
    /// all of them, and how commands are written; a picker is for those who may press it; what names accounts, and what
    /// came of a mistake, is for the one who asked.
    #[must_use]
    pub fn of(body: &Body, session: &SessionKey, actor: &Actor, pressers: Pressers) -> Self {
        if session.company_of(actor) == Company::Alone {
            return Self::Chat;
        }
        match body {
            Body::Changed(changed) if changed.change == Change::Nothing => Self::Sender,
            Body::Changed(_) | Body::Help => Self::Chat,
            Body::Picker(shown) if shown.occasion == Occasion::StaleButton => Self::Sender,
            Body::Picker(_) => match pressers {
                Pressers::Sender => Self::Sender,
                Pressers::Everybody => Self::Chat,
            },
            Body::Status(_) | Body::Why(_) | Body::Faults(_) | Body::Refused(_) => Self::Sender,
        }
    }
}
