//! Answering in time: what is ready is said at once, what waits for a store comes later.
//!
//! A platform hangs up on a bot that says nothing for some seconds, and a store can take longer. Only changes wait for it:
//! pickers, `list`, `status`, `why` and `help` are told from memory.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::apply::Reader;
use crate::command::ModelCommand;
use crate::config::UnknownAgent;
use crate::view::{Prompt, View};
use crate::words::Words;

use super::press::Pressed;
use super::{Handled, Message, ModelPin, Press, Sorted};

/// How long an answer is waited for before the bot is told to acknowledge.
///
/// Discord, Slack and Mattermost want a first response within 3 s of the event
/// (<https://docs.discord.com/developers/interactions/receiving-and-responding>); a person takes what comes within 250 ms for
/// an answer. This leaves 50 ms of them to say it.
pub const PATIENCE: Duration = Duration::from_millis(200);

/// An answer, or the promise of one.
#[derive(Debug)]
pub enum Promptly<T, L> {
    /// It is here.
    Now(T),
    /// It takes longer than [`PATIENCE`]: acknowledge first (defer, show that something is being typed, answer with an
    /// empty 200), then await this, then write the answer over the acknowledgement.
    Later(L),
}

/// What is said when a change is committed, or was not.
///
/// The change goes on by itself in a task of its own: dropping this loses the answer, and the change is committed or
/// not, whole. If the Tokio runtime in which it was begun is shut down before, this never ends. A panic in there is
/// carried on to the one who waits.
#[derive(Debug)]
pub struct LaterView(JoinHandle<View>);

impl Future for LaterView {
    type Output = View;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<View> {
        match ready!(Pin::new(&mut self.0).poll(context)) {
            Ok(view) => Poll::Ready(view),
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // Whether the change was committed is not known, and nothing untrue is said.
                Err(_shut_down) => Poll::Pending,
            },
        }
    }
}

/// What to do with a message, when its command was carried out.
#[derive(Debug)]
pub struct LaterHandled<'m> {
    view: LaterView,
    rest: Option<&'m str>,
}

impl<'m> LaterHandled<'m> {
    /// The reply, which borrows nothing and can be awaited in a task of its own, and the text behind the command line: it
    /// goes to the model if the reply's `prompt` is [`Prompt::Sent`].
    #[must_use]
    pub fn into_parts(self) -> (LaterView, Option<&'m str>) {
        (self.view, self.rest)
    }
}

impl<'m> Future for LaterHandled<'m> {
    type Output = Handled<'m>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Handled<'m>> {
        let view = ready!(Pin::new(&mut self.view).poll(context));
        Poll::Ready(Handled::of(view, self.rest))
    }
}

impl<'m> Handled<'m> {
    /// The reply, and what goes with it.
    pub(super) fn of(view: View, rest: Option<&'m str>) -> Self {
        match rest {
            Some(rest) if view.prompt == Prompt::Sent => Self::ReplyAndSend(view, rest),
            _ => Self::Reply(view),
        }
    }
}

impl ModelPin {
    /// Does what [`handle`](Self::handle) does, and has something to return within [`PATIENCE`], however long the store
    /// takes.
    ///
    /// ```
    /// # use modelpin::{Handled, Message, ModelPin, middleware::Promptly};
    /// # async fn acknowledge() {}
    /// # async fn answer(modelpin: &ModelPin, message: &Message<'_>) -> Result<(), Box<dyn std::error::Error>> {
    /// let handled = match modelpin.promptly(message).await? {
    ///     Promptly::Now(handled) => handled,
    ///     Promptly::Later(later) => { acknowledge().await; later.await }
    /// };
    /// # Ok(()) }
    /// ```
    ///
    /// A message that is no command costs as little as there: nothing. A later reply tells what was committed by then.
    /// Cancelling this call leaves a pin changed or not, never half; what was begun later goes on by itself.
    ///
    /// A command has to be given within a Tokio runtime that has a timer.
    ///
    /// # Errors
    /// [`UnknownAgent`] if the session names an agent that the configuration does not have.
    pub async fn promptly<'m>(
        &self,
        message: &Message<'m>,
    ) -> Result<Promptly<Handled<'m>, LaterHandled<'m>>, UnknownAgent> {
        match self.sort(message)? {
            Sorted::Done(handled) => Ok(Promptly::Now(handled)),
            Sorted::Command(command, rest, words) => {
                let answer = self.clone().answer_owned(message, command, words, rest.is_some());
                Ok(match soon(answer).await {
                    Promptly::Now(view) => Promptly::Now(Handled::of(view, rest)),
                    Promptly::Later(view) => Promptly::Later(LaterHandled { view, rest }),
                })
            }
        }
    }

    /// Does what [`press`](Self::press) does, and has something to return within [`PATIENCE`], however long the store
    /// takes.
    ///
    /// # Errors
    /// [`UnknownAgent`] if the session names an agent that the configuration does not have.
    pub async fn press_promptly(
        &self,
        press: &Press<'_>,
    ) -> Result<Promptly<Option<View>, LaterView>, UnknownAgent> {
        match self.may_press(press)? {
            Pressed::Done(view) => Ok(Promptly::Now(view)),
            Pressed::Open(words) => {
                let answer = self.clone().pressed_owned(press, words);
                Ok(match soon(answer).await {
                    Promptly::Now(view) => Promptly::Now(Some(view)),
                    Promptly::Later(view) => Promptly::Later(view),
                })
            }
        }
    }

    /// The answer to a command, out of nothing that is borrowed.
    fn answer_owned(
        self,
        message: &Message<'_>,
        command: ModelCommand,
        words: Words,
        has_rest: bool,
    ) -> impl Future<Output = View> + Send + use<> {
        let (session, actor, pressers) = (message.session.clone(), message.actor.clone(), message.pressers);
        async move {
            let rest = if has_rest { Prompt::Sent } else { Prompt::None };
            let reader = Reader {
                pressers,
                words: &words,
            };
            self.answer(&session, &actor, reader, &command, rest).await
        }
    }

    /// The answer to a press, out of nothing that is borrowed.
    fn pressed_owned(self, press: &Press<'_>, words: Words) -> impl Future<Output = View> + Send + use<> {
        let (session, actor, token) = (press.session.clone(), press.actor.clone(), press.token.to_owned());
        async move { self.pressed(&Press::new(&session, &actor, &token), &words).await }
    }
}

/// What is there within [`PATIENCE`], or what is to come; that goes on by itself.
async fn soon(answer: impl Future<Output = View> + Send + 'static) -> Promptly<View, LaterView> {
    let mut answer = Box::pin(answer);
    match timeout(PATIENCE, &mut answer).await {
        Ok(view) => Promptly::Now(view),
        Err(_elapsed) => Promptly::Later(LaterView(tokio::spawn(answer))),
    }
}
