//! Asks the model that is pinned, with the credential that is pinned.

use std::collections::HashMap;
use std::sync::Mutex;

use bytes::Bytes;
use modelpin::resolver::FillError;
use modelpin::wire::{self, AnswerStream, Failure, Piece, Role, Turn};
use modelpin::{Lease, ResolveError, SessionKey};

use crate::place::Place;
use crate::{Outcome, Shared, send};

/// The longest answer that is asked for, in tokens.
const MOST_TOKENS: u32 = 2_048;

/// How many turns of a chat are remembered: pairs of a question and its answer.
const MOST_TURNS: usize = 20;

/// What was said in each chat since the bot was started.
#[derive(Default)]
pub(crate) struct Talks(Mutex<HashMap<SessionKey, Vec<Turn>>>);

/// Answers a text, or says kindly why not.
pub(crate) async fn answer(at: &Place, text: &str, shared: &Shared) -> Outcome {
    // What shows that something is being written may fail: nothing depends on it.
    let _shown = at.room.typing_notice(true).await;
    let said = shared.asked(at, text.trim()).await.unwrap_or_else(|why| why);
    let _hidden = at.room.typing_notice(false).await;
    send::say_plain(at, &said).await
}

impl Shared {
    async fn asked(&self, at: &Place, text: &str) -> Result<String, String> {
        let mut turns = self.said(&at.session);
        let turn = |role, text: &str| Turn { role, text: text.to_owned() };
        turns.push(turn(Role::User, text));
        let answer = self.answered(at, &turns).await?;
        turns.push(turn(Role::Assistant, &answer));
        turns.drain(..turns.len().saturating_sub(MOST_TURNS));
        if let Ok(mut said) = self.talks.0.lock() {
            said.insert(at.session.clone(), turns);
        }
        Ok(answer)
    }

    fn said(&self, session: &SessionKey) -> Vec<Turn> {
        let said = self.talks.0.lock().ok();
        said.and_then(|said| said.get(session).cloned()).unwrap_or_default()
    }

    /// One credential after the other, until one answers or nobody is left.
    async fn answered(&self, at: &Place, turns: &[Turn]) -> Result<String, String> {
        let mut attempts = self.modelpin.attempts(&at.session, &at.actor);
        loop {
            let lease = match attempts.next().await {
                Ok(lease) => lease,
                Err(ResolveError::Refused(refusal)) => return Err(format!("{refusal}; {}", refusal.hint())),
                Err(other) => return Err(other.to_string()),
            };
            match self.sent(&lease, turns).await {
                Ok(stream) => return read(lease, stream).await,
                Err(failure) => {
                    let now = self.modelpin.resolver().now();
                    if let Some(verdict) = failure.verdict(lease.model().provider(), now) {
                        lease.judged(&verdict);
                    }
                }
            }
        }
    }

    async fn sent(&self, lease: &Lease, turns: &[Turn]) -> Result<AnswerStream, Failure> {
        let request = wire::request(lease.endpoint(), lease.model().model(), turns, MOST_TOKENS)
            .map_err(FillError::from)
            .and_then(|request| lease.fill(request.map(Bytes::from)))
            .map_err(|error| Failure::Unsent { source: Box::new(error) })?;
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
