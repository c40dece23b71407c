//! One message: to the middleware, then to a model under a lease.

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;

use crate::classify::Verdict;
use crate::echo::causes;
use crate::middleware::{Handled, Message, ModelPin};
use crate::resolver::{FillError, Lease, Question, ResolveError};
use crate::session::{Actor, SessionKey};
use crate::view::Names;
use crate::wire::{self, AnswerStream, Client, Failure, Piece, Role, Turn};

use super::ChatError;
use super::events::{Attempt, Ending, Events};

/// The longest answer that is asked for, in tokens.
const MOST_TOKENS: u32 = 4_096;

/// One chat: its middleware, its client, and what was said so far.
pub(super) struct Talk {
    modelpin: ModelPin,
    client: Client,
    session: SessionKey,
    actor: Actor,
    locale: Option<String>,
    said: Vec<Turn>,
}

/// Comes when the person wants no more of an answer.
pub(super) type Stop<'a> = Pin<&'a mut dyn Future<Output = ()>>;

/// Whether a message did what it was meant to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Went {
    Well,
    Wrong,
}

/// The language of a terminal, as POSIX has it: the first of its variables that says anything (Base Definitions, section
/// 8.2). `C` and `POSIX` are no language: then the configuration says it.
fn of_terminal(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut said = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable);
    let said = said.find(|locale| !locale.is_empty())?;
    let language = said.split(['.', '@']).next().unwrap_or_default();
    (!matches!(language, "C" | "POSIX")).then_some(said)
}

impl Talk {
    /// Returns when nothing is under way that would be lost.
    pub(super) async fn finished(&self) {
        self.modelpin.finished().await;
    }

    pub(super) fn new(modelpin: ModelPin, client: Client, session: SessionKey, actor: Actor) -> Self {
        Self {
            modelpin,
            client,
            session,
            actor,
            locale: of_terminal(|name| std::env::var(name).ok()),
            said: Vec::new(),
        }
    }

    /// Forgets what was said. Pins stay: they belong to the chat.
    pub(super) fn begin_anew(&mut self) {
        self.said.clear();
    }

    /// The names that can be completed.
    pub(super) fn names(&self) -> Names {
        self.modelpin.names(&self.session, &self.actor)
    }

    /// The model in force, and the profile if one is pinned: `sonnet@demo:work`.
    pub(super) fn selection(&self) -> Option<String> {
        let resolver = self.modelpin.resolver();
        let decision = resolver.explain(Question::new(&self.session, &self.actor)).ok()?;
        let model = decision.selected?.model;
        let snapshot = resolver.snapshot();
        let book = snapshot.book(self.session.agent()).ok()?;
        let name = book
            .catalog()
            .alias(&model)
            .map_or_else(|| model.to_string(), str::to_owned);
        Some(match decision.pinned {
            Some(pinned) => format!("{name}@{}", pinned.setting.value.id),
            None => name,
        })
    }

    /// Takes one message. `stop` ends an answer that is being written.
    pub(super) async fn hear(
        &mut self,
        text: &str,
        events: &mut dyn Events,
        stop: Stop<'_>,
    ) -> Result<Went, ChatError> {
        let (session, actor) = (self.session.clone(), self.actor.clone());
        let locale = self.locale.clone();
        let mut message = Message::new(&session, &actor, text);
        if let Some(locale) = &locale {
            message = message.in_language(locale);
        }
        let prompt = match self.modelpin.handle(&message).await? {
            Handled::Text => text,
            Handled::Ignored => {
                events.ignored()?;
                return Ok(Went::Well);
            }
            Handled::Reply(view) => {
                events.reply(&view)?;
                return Ok(if view.body.was_done() {
                    Went::Well
                } else {
                    Went::Wrong
                });
            }
            Handled::ReplyAndSend(view, rest) => {
                events.reply(&view)?;
                rest
            }
        };
        self.ask(prompt, events, stop).await
    }

    async fn ask(
        &mut self,
        prompt: &str,
        events: &mut dyn Events,
        stop: Stop<'_>,
    ) -> Result<Went, ChatError> {
        self.said.push(Turn {
            role: Role::User,
            text: prompt.to_owned(),
        });
        let mut answer = String::new();
        let went = self.attempts(events, stop, &mut answer).await;
        if answer.is_empty() {
            // Nobody answered: the question is not part of the conversation.
            self.said.pop();
        } else {
            self.said.push(Turn {
                role: Role::Assistant,
                text: answer,
            });
        }
        went
    }

    /// One credential after the other, until one answers or nobody is left.
    async fn attempts(
        &self,
        events: &mut dyn Events,
        mut stop: Stop<'_>,
        answer: &mut String,
    ) -> Result<Went, ChatError> {
        let mut attempts = self.modelpin.attempts(&self.session, &self.actor);
        loop {
            let lease = match attempts.next().await {
                Ok(lease) => lease,
                Err(ResolveError::Refused(refusal)) => {
                    let now = self.modelpin.resolver().now();
                    events.refused(&refusal, now)?;
                    return Ok(Went::Wrong);
                }
                Err(other) => {
                    events.failed(&other.to_string())?;
                    return Ok(Went::Wrong);
                }
            };
            let asked = tokio::select! {
                () = stop.as_mut() => return stopped(events, &lease),
                asked = self.send(&lease) => asked,
            };
            match asked {
                Ok(stream) => return read(lease, stream, events, stop, answer).await,
                Err(failure) => {
                    let why = causes(&failure);
                    let now = self.modelpin.resolver().now();
                    let verdict = failure.verdict(lease.model().provider(), now);
                    events.attempt_failed(attempt(&lease), &in_words(why, verdict.as_ref()))?;
                    report(lease, verdict);
                }
            }
        }
    }

    async fn send(&self, lease: &Lease) -> Result<AnswerStream, Failure> {
        let endpoint = lease.endpoint();
        let request = wire::request(endpoint, lease.model().model(), &self.said, MOST_TOKENS)
            .map_err(FillError::from)
            .and_then(|request| lease.fill(request.map(Bytes::from)))
            .map_err(|error| Failure::Unsent {
                source: Box::new(error),
            })?;
        self.client.ask(request, endpoint.api).await
    }
}

/// Reads an answer. After its first piece there is no other attempt.
async fn read(
    lease: Lease,
    mut stream: AnswerStream,
    events: &mut dyn Events,
    mut stop: Stop<'_>,
    answer: &mut String,
) -> Result<Went, ChatError> {
    lease.answering();
    events.begin(attempt(&lease))?;
    loop {
        let piece = tokio::select! {
            () = stop.as_mut() => return stopped(events, &lease),
            piece = stream.next() => piece,
        };
        match piece {
            Some(Ok(Piece::Text(text))) => {
                answer.push_str(&text);
                events.piece(&text)?;
            }
            Some(Ok(Piece::Done { .. })) | None => {
                events.end(attempt(&lease), &Ending::Whole)?;
                lease.succeeded();
                return Ok(Went::Well);
            }
            Some(Err(failure)) => {
                events.end(attempt(&lease), &Ending::Broken(failure.to_string()))?;
                // The provider had begun to answer: that says nothing against the credential.
                return Ok(Went::Wrong);
            }
        }
    }
}

fn stopped(events: &mut dyn Events, lease: &Lease) -> Result<Went, ChatError> {
    events.end(attempt(lease), &Ending::Stopped)?;
    Ok(Went::Wrong)
}

fn attempt(lease: &Lease) -> Attempt<'_> {
    Attempt {
        model: lease.model(),
        profile: lease.profile(),
        decision: lease.decision(),
    }
}

fn report(lease: Lease, verdict: Option<Verdict>) {
    if let Some(verdict) = verdict {
        lease.judged(&verdict);
    }
}

/// What went wrong, what it means, and what a person can do about it.
fn in_words(why: String, verdict: Option<&Verdict>) -> String {
    match verdict {
        None => why,
        Some(Verdict {
            class, cause: None, ..
        }) => format!("{why}: {class}"),
        Some(Verdict {
            class,
            cause: Some(cause),
            ..
        }) => format!("{why}: {class}: {cause}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_of_a_terminal_is_that_of_its_variables() {
        for (variables, language) in [
            (&[("LANG", "vi_VN.UTF-8")][..], Some("vi_VN.UTF-8")),
            (
                &[("LC_ALL", ""), ("LC_MESSAGES", "th_TH"), ("LANG", "vi")],
                Some("th_TH"),
            ),
            (&[("LC_ALL", "C.UTF-8"), ("LANG", "vi")], None),
            (&[("LANG", "POSIX")], None),
            (&[], None),
        ] {
            let found = of_terminal(|name| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            });
            assert_eq!(found.as_deref(), language, "{variables:?}");
        }
    }
}
