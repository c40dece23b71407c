//! The front: a message in, what to do with it out.
//!
//! [`ModelPin::handle`] is what a bot calls for each message, [`ModelPin::resolve`] what it calls for each model
//! request. Everything else is in the floors below: `command` parses, `apply` carries out, `resolver` chooses.

mod build;
mod handled;
mod press;
mod promptly;

use std::sync::Arc;

use crate::access::Act;
use crate::apply::{Desk, Reader};
use crate::command::{ModelCommand, Parsed};
use crate::config::{Unauthorised, UnknownAgent};
use crate::events::Events;
use crate::picker::Pressers;
use crate::resolver::{Attempts, Lease, LoadError, ResolveError, Resolver};
use crate::session::{Actor, Scope, SessionKey};
use crate::view::{Audience, Body, Names, Prompt, Refusal, View};
use crate::words::Words;

pub use build::{BuildError, Builder};
pub use handled::{Handled, Message};
pub use press::Press;
pub use promptly::{LaterHandled, LaterView, PATIENCE, Promptly};

/// The middleware. A clone is the same one and costs two counters; all methods take `&self`.
#[derive(Debug, Clone)]
pub struct ModelPin {
    resolver: Arc<Resolver>,
    desk: Arc<Desk>,
    #[cfg(feature = "redis")]
    shared: Option<crate::store::redis::Redis>,
}

/// What a message turned out to be, before anything was done.
enum Sorted<'m> {
    /// There is nothing to carry out.
    Done(Handled<'m>),
    /// A command of somebody who may give commands, and the text behind it.
    Command(ModelCommand, Option<&'m str>, Words),
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
    /// Cancelling the call leaves a pin changed or not, never half. Where a platform does not wait for a slow store, see
    /// [`promptly`](Self::promptly).
    ///
    /// # Errors
    /// [`UnknownAgent`] if the session names an agent that the configuration does not have.
    pub async fn handle<'m>(&self, message: &Message<'m>) -> Result<Handled<'m>, UnknownAgent> {
        match self.sort(message)? {
            Sorted::Done(handled) => Ok(handled),
            Sorted::Command(command, rest, words) => {
                let reader = Reader {
                    pressers: message.pressers,
                    words: &words,
                };
                let sent = rest.map_or(Prompt::None, |_| Prompt::Sent);
                let view = self
                    .answer(message.session, message.actor, reader, &command, sent)
                    .await;
                Ok(Handled::of(view, rest))
            }
        }
    }

    /// Finds out what a message is, and whether its sender is heard.
    fn sort<'m>(&self, message: &Message<'m>) -> Result<Sorted<'m>, UnknownAgent> {
        let snapshot = self.resolver.snapshot_guard();
        let syntax = snapshot.syntax(message.session.agent())?;
        let parsed = syntax.parse(message.text);
        let unauthorised = match &parsed {
            Parsed::Text => return Ok(Sorted::Done(Handled::Text)),
            Parsed::Ignored => return Ok(Sorted::Done(Handled::Ignored)),
            Parsed::Command { .. } | Parsed::Invalid(_) => {
                let may = snapshot
                    .rules()
                    .may(message.actor, Act::See, Scope::Session, None);
                (!may).then(|| snapshot.unauthorised())
            }
        };
        let words = snapshot.languages().of(message.locale);
        drop(snapshot);
        let not_sent = |rest: Option<&str>| rest.map_or(Prompt::None, |_| Prompt::NotSent);
        let (body, prompt) = match (unauthorised, parsed) {
            (Some(Unauthorised::Pass), _) | (_, Parsed::Text) => return Ok(Sorted::Done(Handled::Text)),
            (Some(Unauthorised::Drop), _) | (_, Parsed::Ignored) => {
                return Ok(Sorted::Done(Handled::Ignored));
            }
            (None, Parsed::Command { command, rest }) => return Ok(Sorted::Command(command, rest, words)),
            (None, Parsed::Invalid(fault)) => (Body::Faults(fault.draw_in(&words)), not_sent(fault.rest())),
            (Some(Unauthorised::Refuse), Parsed::Command { rest, .. }) => {
                (Body::Refused(Refusal::NoCommands), not_sent(rest))
            }
            (Some(Unauthorised::Refuse), Parsed::Invalid(fault)) => {
                (Body::Refused(Refusal::NoCommands), not_sent(fault.rest()))
            }
        };
        let to = Audience::of(&body, message.session, message.actor, message.pressers);
        Ok(Sorted::Done(Handled::Reply(self.view(body, prompt, to, &words))))
    }

    /// Carries a command out, and says what came of it. `rest` is what becomes of the text behind it, if it was done.
    async fn answer(
        &self,
        session: &SessionKey,
        actor: &Actor,
        reader: Reader<'_>,
        command: &ModelCommand,
        rest: Prompt,
    ) -> View {
        tracing::debug!(command = %kind(command), "command");
        let body = self.desk.carry_out(session, actor, reader, command).await;
        let prompt = match rest {
            Prompt::Sent if !body.was_done() => Prompt::NotSent,
            rest => rest,
        };
        let to = Audience::of(&body, session, actor, reader.pressers);
        self.view(body, prompt, to, reader.words)
    }

    /// Carries out a command that did not come as text, and returns what to say.
    pub async fn answer_command(&self, session: &SessionKey, actor: &Actor, command: &ModelCommand) -> View {
        let words = self.resolver.snapshot_guard().languages().of(None);
        let reader = Reader {
            pressers: Pressers::Sender,
            words: &words,
        };
        self.answer(session, actor, reader, command, Prompt::None).await
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

    /// The server that several machines share, if the configuration names one: to ask how it is.
    #[cfg(feature = "redis")]
    #[must_use]
    pub fn shared(&self) -> Option<&crate::store::redis::Redis> {
        self.shared.as_ref()
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
