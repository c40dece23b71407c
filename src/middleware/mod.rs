//! The front: a message in, what to do with it out.
//!
//! [`ModelPin::handle`] is what a bot calls for each message, [`ModelPin::resolve`] what it calls for each model
//! request. Everything else is in the floors below: `command` parses, `apply` carries out, `resolver` chooses.

mod build;
mod handled;
mod press;

use std::sync::Arc;

use crate::access::Act;
use crate::apply::{Desk, Names, Reader};
use crate::command::{ModelCommand, Parsed};
use crate::config::{Unauthorised, UnknownAgent};
use crate::events::Events;
use crate::picker::Pressers;
use crate::resolver::{Attempts, Lease, LoadError, ResolveError, Resolver};
use crate::session::{Actor, Scope, SessionKey};
use crate::view::{Audience, Body, Prompt, Refusal, View};
use crate::words::Words;

pub use build::{BuildError, Builder};
pub use handled::{Handled, Message};
pub use press::Press;

/// The middleware. Cheap to share behind an [`Arc`]; all methods take `&self`.
#[derive(Debug)]
pub struct ModelPin {
    resolver: Arc<Resolver>,
    desk: Desk,
}

impl ModelPin {
    /// Begins to set one up.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Says what to do with a message, and carries it out if it is a command.
    ///
    /// A message that is no command does no I/O, takes no lock, allocates nothing, and goes on byte for byte.
    /// Cancelling the call leaves a pin changed or not, never half.
    ///
    /// # Errors
    /// [`UnknownAgent`] if the session names an agent that the configuration does not have.
    pub async fn handle<'m>(&self, message: &Message<'m>) -> Result<Handled<'m>, UnknownAgent> {
        let snapshot = self.resolver.snapshot_guard();
        let syntax = snapshot.syntax(message.session.agent())?;
        let parsed = syntax.parse(message.text);
        let unauthorised = match &parsed {
            Parsed::Text => return Ok(Handled::Text),
            Parsed::Ignored => return Ok(Handled::Ignored),
            Parsed::Command { .. } | Parsed::Invalid(_) => {
                let may = snapshot
                    .rules()
                    .may(message.actor, Act::See, Scope::Session, None);
                (!may).then(|| snapshot.unauthorised())
            }
        };
        let words = snapshot.languages().of(message.locale);
        drop(snapshot);
        match unauthorised {
            None => Ok(self.answer(message, parsed, &words).await),
            Some(Unauthorised::Pass) => Ok(Handled::Text),
            Some(Unauthorised::Drop) => Ok(Handled::Ignored),
            Some(Unauthorised::Refuse) => {
                let rest = match parsed {
                    Parsed::Command { rest, .. } => rest,
                    Parsed::Invalid(fault) => fault.rest(),
                    Parsed::Text | Parsed::Ignored => None,
                };
                let prompt = rest.map_or(Prompt::None, |_| Prompt::NotSent);
                let body = Body::Refused(Refusal::NoCommands);
                let to = Audience::of(&body, message.session, message.actor, message.pressers);
                Ok(Handled::Reply(self.view(body, prompt, to, &words)))
            }
        }
    }

    async fn answer<'m>(&self, message: &Message<'m>, parsed: Parsed<'m>, words: &Words) -> Handled<'m> {
        let reader = Reader {
            pressers: message.pressers,
            words,
        };
        let (body, rest) = match parsed {
            Parsed::Text => return Handled::Text,
            Parsed::Ignored => return Handled::Ignored,
            Parsed::Invalid(fault) => (Body::Faults(fault.draw_in(words)), fault.rest()),
            Parsed::Command { command, rest } => {
                tracing::debug!(command = %kind(&command), "command");
                let body = self
                    .desk
                    .carry_out(message.session, message.actor, reader, &command)
                    .await;
                (body, rest)
            }
        };
        let to = Audience::of(&body, message.session, message.actor, message.pressers);
        match rest {
            None => Handled::Reply(self.view(body, Prompt::None, to, words)),
            Some(rest) if body.was_done() => {
                Handled::ReplyAndSend(self.view(body, Prompt::Sent, to, words), rest)
            }
            Some(_) => Handled::Reply(self.view(body, Prompt::NotSent, to, words)),
        }
    }

    /// Carries out a command that did not come as text, and returns what to say.
    pub async fn answer_command(&self, session: &SessionKey, actor: &Actor, command: &ModelCommand) -> View {
        let words = self.resolver.snapshot_guard().languages().of(None);
        let reader = Reader {
            pressers: Pressers::Sender,
            words: &words,
        };
        let body = self.desk.carry_out(session, actor, reader, command).await;
        let to = Audience::of(&body, session, actor, Pressers::Sender);
        self.view(body, Prompt::None, to, &words)
    }

    fn view(&self, body: Body, prompt: Prompt, to: Audience, words: &Words) -> View {
        View {
            body,
            prompt,
            at: self.resolver.now(),
            to,
            words: words.clone(),
        }
    }

    /// Model and credential for the next request of a chat, paid as `actor` may spend.
    ///
    /// # Errors
    /// [`ResolveError::Refused`] if nobody can serve; the refusal has the reason, the time and the remedy.
    pub async fn resolve(&self, session: &SessionKey, actor: &Actor) -> Result<Lease, ResolveError> {
        self.resolver.resolve(session, actor).await
    }

    /// The same for a request that may be tried with one credential after another.
    #[must_use]
    pub fn attempts(&self, session: &SessionKey, actor: &Actor) -> Attempts<'_> {
        self.resolver.attempts(session, actor)
    }

    /// The names that mean something to `actor` in `session`, for completion.
    #[must_use]
    pub fn names(&self, session: &SessionKey, actor: &Actor) -> Names {
        self.desk.names(session, actor)
    }

    /// Where it is heard what an operator should know: a sign-in that ended, profiles that all rest, a request that costs.
    #[must_use]
    pub fn events(&self) -> &Events {
        self.resolver.events()
    }

    /// Returns when nothing is under way that would be lost if the process ended: a sign-in that is being renewed.
    pub async fn finished(&self) {
        self.resolver.finished().await;
    }

    /// The resolver, for questions.
    #[must_use]
    pub fn resolver(&self) -> &Resolver {
        &self.resolver
    }

    /// Reads configuration and credentials again. Pins, affinities and rests stay.
    ///
    /// # Errors
    /// [`LoadError`] if they are wrong; then the ones read before stay in use.
    pub fn reload(&self) -> Result<(), LoadError> {
        self.resolver.replace(self.resolver.snapshot().again()?);
        Ok(())
    }
}

/// The verb, for logs: what people write into the others is their own.
fn kind(command: &ModelCommand) -> &'static str {
    match command {
        ModelCommand::Picker => "picker",
        ModelCommand::List { .. } => "list",
        ModelCommand::Status => "status",
        ModelCommand::Default { .. } => "default",
        ModelCommand::Why => "why",
        ModelCommand::Undo { .. } => "undo",
        ModelCommand::Help => "help",
        ModelCommand::Choose(_) => "choose",
    }
}
