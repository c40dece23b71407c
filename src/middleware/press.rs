//! A pressed button.

use crate::access::Act;
use crate::config::{Unauthorised, UnknownAgent};
use crate::picker::Pressers;
use crate::session::{Actor, Scope, SessionKey};
use crate::view::{Audience, Body, Prompt, Refusal, View};
use crate::words::Words;

use super::ModelPin;

/// A button that was pressed in a chat.
#[derive(Debug, Clone, Copy)]
pub struct Press<'p> {
    pub(super) session: &'p SessionKey,
    pub(super) actor: &'p Actor,
    pub(super) token: &'p str,
    pub(super) locale: Option<&'p str>,
}

/// What a press turned out to be, before its token was looked at.
pub(super) enum Pressed {
    /// Its answer is there: somebody presses who may give no commands.
    Done(Option<View>),
    /// The token is to be opened.
    Open(Words),
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
        match self.may_press(press)? {
            Pressed::Done(view) => Ok(view),
            Pressed::Open(words) => Ok(Some(self.pressed(press, &words).await)),
        }
    }

    /// Finds out whether the presser is heard.
    pub(super) fn may_press(&self, press: &Press<'_>) -> Result<Pressed, UnknownAgent> {
        let snapshot = self.resolver.snapshot_guard();
        snapshot.syntax(press.session.agent())?;
        let rules = snapshot.rules();
        let may = rules.may(press.actor, Act::See, Scope::Session, None);
        let unauthorised = (!may).then(|| snapshot.unauthorised());
        let words = snapshot.languages().of(press.locale);
        drop(snapshot);
        Ok(match unauthorised {
            None => Pressed::Open(words),
            // A press has no text that could go on to a model.
            Some(Unauthorised::Pass | Unauthorised::Drop) => Pressed::Done(None),
            Some(Unauthorised::Refuse) => {
                let body = Body::Refused(Refusal::NoCommands);
                Pressed::Done(Some(self.said(press, body, Pressers::Sender, &words)))
            }
        })
    }

    /// Does what the token says.
    pub(super) async fn pressed(&self, press: &Press<'_>, words: &Words) -> View {
        let (body, pressers) = self
            .desk
            .press(press.session, press.actor, press.token, words)
            .await;
        self.said(press, body, pressers, words)
    }

    fn said(&self, press: &Press<'_>, body: Body, pressers: Pressers, words: &Words) -> View {
        let to = Audience::of(&body, press.session, press.actor, pressers);
        self.view(body, Prompt::None, to, words)
    }
}
