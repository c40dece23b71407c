//! A pressed button.

use crate::access::Act;
use crate::config::{Unauthorised, UnknownAgent};
use crate::picker::Pressers;
use crate::session::{Actor, Scope, SessionKey};
use crate::view::{Audience, Body, Prompt, Refusal, View};

use super::ModelPin;

/// A button that was pressed in a chat.
#[derive(Debug, Clone, Copy)]
pub struct Press<'p> {
    session: &'p SessionKey,
    actor: &'p Actor,
    token: &'p str,
    locale: Option<&'p str>,
}

impl<'p> Press<'p> {
    /// A press by `actor` in `session`; `token` is the text of the button as the platform delivered it, whatever it is.
    #[must_use]
    pub fn new(session: &'p SessionKey, actor: &'p Actor, token: &'p str) -> Self {
        Self {
            session,
            actor,
            token,
            locale: None,
        }
    }

    /// The same, answered in this language (BCP 47), if there is one like it.
    #[must_use]
    pub fn in_language(self, tag: &'p str) -> Self {
        Self {
            locale: Some(tag),
            ..self
        }
    }
}

impl ModelPin {
    /// Does what a button says, and says what to answer to the one who pressed it.
    ///
    /// A token that does not hold changes nothing and brings a fresh picker. Whether the presser may is asked now, as for
    /// the typed command, and the reply tells what was committed. [`View::to`] says whether the others in the chat may read it. `None` if the presser may not give commands and
    /// is to hear nothing, as `commands.unauthorised` says. Cancelling the call leaves a pin changed or not, never half.
    ///
    /// # Errors
    /// [`UnknownAgent`] if the session names an agent that the configuration does not have.
    pub async fn press(&self, press: &Press<'_>) -> Result<Option<View>, UnknownAgent> {
        let snapshot = self.resolver.snapshot_guard();
        snapshot.syntax(press.session.agent())?;
        let rules = snapshot.rules();
        let may = rules.may(press.actor, Act::See, Scope::Session, None);
        let unauthorised = (!may).then(|| snapshot.unauthorised());
        let words = snapshot.languages().of(press.locale);
        drop(snapshot);
        let (body, pressers) = match unauthorised {
            None => {
                self.desk
                    .press(press.session, press.actor, press.token, &words)
                    .await
            }
            // A press has no text that could go on to a model.
            Some(Unauthorised::Pass | Unauthorised::Drop) => return Ok(None),
            Some(Unauthorised::Refuse) => (Body::Refused(Refusal::NoCommands), Pressers::Sender),
        };
        let to = Audience::of(&body, press.session, press.actor, pressers);
        Ok(Some(self.view(body, Prompt::None, to, &words)))
    }
}
