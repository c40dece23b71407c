//! What happens in a chat, for whoever shows it.

use crate::clock::Timestamp;
use crate::echo::legible;
use crate::model::ModelRef;
use crate::profile::ProfileId;
use crate::resolver::Refusal;
use crate::view::View;

/// Shows what happens. The order is: a reply, if the message was a command; then, if a model is asked, each attempt
/// that failed, and either the answer piece by piece, or the reason why there is none.
pub(super) trait Events {
    /// The middleware replied.
    fn reply(&mut self, view: &View) -> std::io::Result<()>;
    /// The message was for another bot.
    fn ignored(&mut self) -> std::io::Result<()>;
    /// An attempt failed before any text; another may follow.
    fn attempt_failed(&mut self, attempt: Attempt<'_>, why: &str) -> std::io::Result<()>;
    /// An answer begins.
    fn begin(&mut self, attempt: Attempt<'_>) -> std::io::Result<()>;
    /// A piece of the answer.
    fn piece(&mut self, text: &str) -> std::io::Result<()>;
    /// The answer is over, and how.
    fn end(&mut self, attempt: Attempt<'_>, ending: &Ending) -> std::io::Result<()>;
    /// No credential can serve.
    fn refused(&mut self, refusal: &Refusal, now: Timestamp) -> std::io::Result<()>;
    /// Something else went wrong.
    fn failed(&mut self, what: &str) -> std::io::Result<()>;
}

/// Who answers, or was asked to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt<'a> {
    pub(super) model: &'a ModelRef,
    pub(super) profile: &'a ProfileId,
    pub(super) decision: &'a str,
}

/// How an answer ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ending {
    /// The provider said that it is done.
    Whole,
    /// The person stopped it.
    Stopped,
    /// It broke off.
    Broken(String),
}

/// A model's text, that must not steer the terminal. Line breaks and tabs are text.
pub(super) fn harmless(text: &str) -> String {
    let safe = text.split_inclusive(['\n', '\t']).map(|part| {
        let end = part.ends_with(['\n', '\t']);
        let (words, end) = part.split_at(part.len() - usize::from(end));
        format!("{}{end}", legible(words))
    });
    safe.collect()
}
