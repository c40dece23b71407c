//! Asks the model that is pinned, with the credential that is pinned.

use std::collections::HashMap;
use std::sync::Mutex;

use bytes::Bytes;
use modelpin::render::discord::Message;
use modelpin::resolver::FillError;
use modelpin::view::Audience;
use modelpin::wire::{self, AnswerStream, Failure, Piece, Role, Turn};
use modelpin::{Lease, ResolveError, SessionKey};

use crate::place::Place;
use crate::reply::Reply;
use crate::{Bot, Outcome};

/// The longest answer that is asked for, in tokens.
const MOST_TOKENS: u32 = 2_048;

/// How many turns of a chat are remembered.
const MOST_TURNS: usize = 20;

/// What was said in each chat since the bot was started.
#[derive(Default)]
pub(crate) struct Talks {
    said: Mutex<HashMap<SessionKey, Vec<Turn>>>,
}

impl Talks {
    fn with(&self, session: &SessionKey, prompt: &str) -> Vec<Turn> {
        let said = self.said.lock().ok();
        let mut turns = said
            .and_then(|said| said.get(session).cloned())
            .unwrap_or_default();
        turns.push(Turn {
            role: Role::User,
            text: prompt.to_owned(),
        });
        turns
    }

    fn remember(&self, session: &SessionKey, mut turns: Vec<Turn>, answer: &str) {
        turns.push(Turn {
            role: Role::Assistant,
            text: answer.to_owned(),
        });
        turns.drain(..turns.len().saturating_sub(MOST_TURNS));
        if let Ok(mut said) = self.said.lock() {
            said.insert(session.clone(), turns);
        }
    }
}

impl Bot {
    /// Answers a text with a model, or says kindly why not.
    pub(crate) async fn ask(&self, at: &Place, text: &str, reply: &mut Reply) -> Outcome {
        let mention = format!("<@{}>", self.user);
        let prompt = text.trim().trim_start_matches(&mention).trim();
        if prompt.is_empty() {
            return reply.nothing(self).await;
        }
        reply.later(self, Audience::Chat).await?;
        let turns = self.talks.with(&at.session, prompt);
        match self.answered(at, &turns).await {
            Ok(answer) => {
                for message in Message::written(&answer) {
                    reply.message(self, &message).await?;
                }
                self.talks.remember(&at.session, turns, &answer);
                Ok(())
            }
            Err(why) => reply.message(self, &Message::said(&why)).await,
        }
    }

    /// One credential after the other, until one answers or nobody is left.
    async fn answered(&self, at: &Place, turns: &[Turn]) -> Result<String, String> {
        let mut attempts = self.modelpin.attempts(&at.session, &at.actor);
        loop {
            let lease = match attempts.next().await {
                Ok(lease) => lease,
                Err(ResolveError::Refused(refusal)) => return Err(format!("{refusal}; {}", refusal.hint())),
                Err(other) => {
                    tracing::warn!(error = %other, "no credential");
                    return Err(other.to_string());
                }
            };
            match self.send(&lease, turns).await {
                Ok(stream) => return read(lease, stream).await,
                Err(failure) => {
                    let now = self.modelpin.resolver().now();
                    let verdict = failure.verdict(lease.model().provider(), now);
                    tracing::info!(profile = %lease.profile(), error = %failure, "an attempt failed");
                    if let Some(verdict) = verdict {
                        lease.judged(&verdict);
                    }
                }
            }
        }
    }

    async fn send(&self, lease: &Lease, turns: &[Turn]) -> Result<AnswerStream, Failure> {
        let request = wire::request(lease.endpoint(), lease.model().model(), turns, MOST_TOKENS)
            .map_err(FillError::from)
            .and_then(|request| lease.fill(request.map(Bytes::from)))
            .map_err(|error| Failure::Unsent {
                source: Box::new(error),
            })?;
        self.providers.ask(request, lease.endpoint().api).await
    }
}

/// Reads an answer to its end. After its first piece there is no other attempt.
async fn read(lease: Lease, mut stream: AnswerStream) -> Result<String, String> {
    lease.answering();
    let mut answer = String::new();
    loop {
        match stream.next().await {
            Some(Ok(Piece::Text(text))) => answer.push_str(&text),
            Some(Ok(Piece::Done { .. })) | None => {
                lease.succeeded();
                return Ok(answer);
            }
            // The provider had begun: that says nothing against the credential.
            Some(Err(failure)) => return Err(format!("The answer broke off: {failure}. Ask again.")),
        }
    }
}
