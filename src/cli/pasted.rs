//! An address that is pasted at the terminal while something else is waited for.
//!
//! It holds a code, so it is not echoed. Reading is a thread of its own, which ends, and leaves the terminal as it was, as
//! soon as the other side of a pipe is closed.

use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::mpsc;

use crate::oauth::{AnswerError, Authorization};
use crate::secret::Secret;

use super::ask::{self, NoAnswer};

type Answer = Result<Result<Secret, AnswerError>, NoAnswer>;

/// A question at the terminal that can be taken back.
pub(super) struct Pasted {
    answers: mpsc::Receiver<Answer>,
    asking: Option<(ask::TakeBack, JoinHandle<()>)>,
}

impl Pasted {
    /// Invites a person to paste, if there is a terminal.
    pub(super) fn begin(authorization: &Arc<Authorization>) -> Result<Self, NoAnswer> {
        let (tell, answers) = mpsc::channel(1);
        if !ask::is_terminal() {
            return Ok(Self {
                answers,
                asking: None,
            });
        }
        let Some((take_back, question)) = ask::hidden_until_taken_back()? else {
            return Ok(Self {
                answers,
                asking: None,
            });
        };
        // Said before the terminal goes quiet, never after.
        ask::say(
            "If the browser cannot come back to this machine, paste the address that it\nends at here (hidden), and press Enter.",
        );
        let authorization = Arc::clone(authorization);
        let thread = std::thread::spawn(move || {
            loop {
                let answer = question.ask().map(|typed| authorization.answer(typed.expose()));
                if let Ok(Err(wrong @ AnswerError::NoAnswer)) = &answer {
                    ask::say(&format!("That is not it: {wrong}."));
                    continue;
                }
                // Whoever took the question back does not wait for the answer.
                let _ = tell.blocking_send(answer);
                return;
            }
        });
        Ok(Self {
            answers,
            asking: Some((take_back, thread)),
        })
    }

    /// Whether somebody is asked.
    pub(super) fn is_asking(&self) -> bool {
        self.asking.is_some()
    }

    /// The answer; never, if nobody is asked. The end of input is no answer: the browser may still come.
    pub(super) async fn answer(&mut self) -> Answer {
        match self.answers.recv().await {
            Some(Err(NoAnswer::Ended)) | None => std::future::pending().await,
            Some(answer) => answer,
        }
    }

    /// Takes the question back, and waits until the terminal is as it was.
    pub(super) fn end(&mut self) {
        if let Some((take_back, thread)) = self.asking.take() {
            drop(take_back);
            self.answers.close();
            let _ = thread.join();
        }
    }
}

impl Drop for Pasted {
    fn drop(&mut self) {
        self.end();
    }
}
