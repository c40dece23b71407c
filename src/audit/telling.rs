//! Records in words: short lines, of which a face makes text, Markdown or anything else.

use std::borrow::Cow;
use std::fmt;

use super::code::Code;
use super::record::{Attempt, Became, Change, Decision, Kind, Operator, Record, Requested, Setting};
use crate::clock::Timestamp;
use crate::echo::{discreet, legible};
use crate::model::ModelRef;
use crate::outcome::Cause;
use crate::profile::ProfileId;
use crate::session::Scope;
use crate::terms::Mode;

/// A line of what is told.
///
/// It is made of pieces, so that a face can write names and moments in its own way; `Display` writes it as plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What the line is about, for example `Asked`.
    pub head: &'static str,
    /// What it says.
    pub pieces: Vec<Piece>,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words of ours; they stand as they are.
    Words(Cow<'static, str>),
    /// A name, which others have given: a face has to write it so that it cannot act. A pasted key in it is blotted
    /// out already.
    Name(String),
    /// A moment. `Display` tells its time of day, and its date if that is not the date of the record.
    Moment {
        /// The moment.
        at: Timestamp,
        /// When the record was made.
        from: Timestamp,
    },
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(words) => f.write_str(words),
            Self::Name(name) => f.write_str(&legible(name)),
            Self::Moment { at, from } => {
                let read = |at: &Timestamp| jiff::Timestamp::from_millisecond(at.as_millis()).ok();
                let date = |at: jiff::Timestamp| at.strftime("%F").to_string();
                match (read(at), read(from)) {
                    (Some(at), Some(from)) if date(at) == date(from) => {
                        write!(f, "{}", at.strftime("%H:%M UTC"))
                    }
                    (Some(at), _) => write!(f, "{}", at.strftime("%Y-%m-%d %H:%M UTC")),
                    (None, _) => f.write_str("a time that is no date"),
                }
            }
        }
    }
}

impl Line {
    /// What it says, as plain text and without its head.
    #[must_use]
    pub fn said(&self) -> String {
        self.pieces.iter().map(ToString::to_string).collect()
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.head)?;
        self.pieces.iter().try_for_each(|piece| piece.fmt(f))
    }
}

fn words(words: impl Into<Cow<'static, str>>) -> Piece {
    Piece::Words(words.into())
}

fn name(name: &str) -> Piece {
    Piece::Name(discreet(name).into_owned())
}

fn profile(id: &ProfileId) -> Piece {
    name(id.as_str())
}

fn model(model: &ModelRef) -> Piece {
    name(&model.to_string())
}

/// The record in a few lines, all that there is in it.
#[must_use]
pub fn told(record: &Record) -> Vec<Line> {
    let at = record.at;
    let line = |head, pieces| Line { head, pieces };
    match &record.kind {
        Kind::Decision(decision) => {
            let mut lines = vec![line("Asked", asked(&decision.requested))];
            if let Some(chosen) = &decision.chosen {
                let pieces = vec![profile(&chosen.profile), words(" for "), model(&chosen.model)];
                lines.push(line("Chosen", pieces));
            }
            for attempt in &decision.attempts {
                let mut pieces = vec![profile(&attempt.profile), words(" for "), model(&attempt.model)];
                pieces.extend(in_brackets(attempt, at));
                let head = match attempt.became {
                    Became::PassedOver => "Passed over",
                    _ => "Tried",
                };
                lines.push(line(head, pieces));
            }
            if let Some(crossing) = &decision.crossing {
                let pieces = vec![
                    profile(&crossing.to),
                    words(" costs, and stood in for "),
                    profile(&crossing.from),
                    words(format!("; {}", yes(&crossing.allowed_by))),
                ];
                lines.push(line("Fence", pieces));
            }
            lines.push(line("Outcome", ended(decision)));
            lines
        }
        Kind::Change(change) => vec![line("Change", changed(change, at))],
        Kind::Operator(operator) => vec![line("Operator", done(operator))],
    }
}

fn asked(requested: &Requested) -> Vec<Piece> {
    let mut pieces = vec![match &requested.model {
        Some(asked) => model(asked),
        None => words("no model, for none is configured"),
    }];
    if let Some(id) = &requested.profile {
        pieces.extend([words(" with "), profile(id)]);
    }
    match requested.pinned {
        Some(scope) => pieces.push(words(format!(", pinned to {}", reach(scope)))),
        None if requested.model.is_some() => pieces.push(words(", the default")),
        None => {}
    }
    pieces
}

/// ` (rate limit, until 12:05 UTC)`
fn in_brackets(attempt: &Attempt, from: Timestamp) -> Vec<Piece> {
    let became = match attempt.became {
        Became::Answered => Some("answered".to_owned()),
        Became::Failed(class) => Some(class.as_str().replace('_', " ")),
        Became::PassedOver => None,
        Became::Unknown => Some("nobody reported what became of it".to_owned()),
    };
    let in_words =
        |code: &Code| Cause::from_word(code.as_str()).map_or_else(|| code.words(), |cause| cause.to_string());
    let why = attempt.reason.as_ref().map(in_words);
    let mut said = became.into_iter().chain(why).collect::<Vec<_>>().join(", ");
    if said.is_empty() {
        said = "no reason was given".to_owned();
    }
    let mut pieces = vec![words(format!(" ({said}"))];
    if let Some(at) = attempt.retry_at {
        pieces.extend([words(", until "), Piece::Moment { at, from }]);
    }
    pieces.push(words(")"));
    pieces
}

/// `served by anthropic:home`
fn ended(decision: &Decision) -> Vec<Piece> {
    match (&decision.served, &decision.refusal) {
        (Some(served), _) => {
            let mut pieces = vec![words("served by "), profile(&served.profile)];
            if Some(&served.model) != decision.requested.model.as_ref() {
                pieces.extend([words(" with "), model(&served.model)]);
            }
            pieces
        }
        (None, Some(refusal)) => vec![words(format!("refused: {}", refusal.words()))],
        (None, None) => vec![words("nobody reported what became of it")],
    }
}

/// Who said that it may cost.
fn yes(by: &Code) -> String {
    match by.as_str() {
        "rule" => "auth.fence allows it".to_owned(),
        "order" => "the order names both".to_owned(),
        "model" => "the configuration of the model says so".to_owned(),
        "person" => "a person said so".to_owned(),
        _ => format!("allowed by {}", by.words()),
    }
}

fn reach(scope: Scope) -> &'static str {
    match scope {
        Scope::Session => "this chat",
        Scope::Agent => "this agent",
        Scope::Global => "all agents",
    }
}

/// `telegram:7 pinned anthropic/opus with anthropic:work (strict) for this chat, where nothing was pinned`
fn changed(change: &Change, from: Timestamp) -> Vec<Piece> {
    let mut pieces = vec![name(&change.who), words(format!(" {}", change.what.words()))];
    if let Some(to) = &change.to {
        pieces.push(words(" "));
        pieces.extend(setting(to, from));
    }
    pieces.push(words(format!(" for {}", reach(change.scope))));
    match &change.from {
        Some(was) => {
            pieces.push(words("; before: "));
            pieces.extend(setting(was, from));
        }
        None => pieces.push(words("; before: nothing")),
    }
    pieces
}

fn setting(setting: &Setting, from: Timestamp) -> Vec<Piece> {
    let mut pieces = Vec::new();
    if let Some(of) = &setting.model {
        pieces.push(model(of));
    }
    if let Some(id) = &setting.profile {
        if !pieces.is_empty() {
            pieces.push(words(" with "));
        }
        pieces.push(profile(id));
    }
    if pieces.is_empty() {
        pieces.push(words("the default"));
    }
    if setting.mode == Some(Mode::Strict) {
        pieces.push(words(" (strict)"));
    }
    if let Some(at) = setting.until {
        pieces.extend([words(", until "), Piece::Moment { at, from }]);
    }
    pieces
}

fn done(operator: &Operator) -> Vec<Piece> {
    let mut pieces = vec![words(operator.what.words())];
    if let Some(id) = &operator.profile {
        pieces.extend([words(": "), profile(id)]);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::{changed, served_by_the_second};
    use super::*;

    fn lines(record: &Record) -> Vec<String> {
        told(record).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_request_is_told_with_every_attempt_and_its_reason() {
        assert_eq!(
            lines(&served_by_the_second()),
            [
                "Asked: anthropic/opus with anthropic:work, pinned to this chat",
                "Chosen: anthropic:work for anthropic/opus",
                "Tried: anthropic:work for anthropic/opus (rate limit, until 12:05 UTC)",
                "Passed over: anthropic:old for anthropic/opus (expired)",
                "Tried: anthropic:home for anthropic/opus (answered)",
                "Fence: anthropic:home costs, and stood in for anthropic:work; auth.fence allows it",
                "Outcome: served by anthropic:home",
            ]
        );
    }

    #[test]
    fn a_change_is_told_with_who_and_what_was_before() {
        assert_eq!(
            lines(&changed()),
            [
                "Change: telegram:7 pinned anthropic/opus with anthropic:work (strict), until 12:05 UTC for this chat; \
              before: nothing"
            ]
        );
    }

    #[test]
    fn another_day_is_told_with_its_date() {
        let moment = |at| Piece::Moment {
            at: Timestamp::from_millis(at),
            from: Timestamp::from_millis(1_770_724_800_000),
        };
        assert_eq!(moment(1_770_767_999_000).to_string(), "23:59 UTC");
        assert_eq!(moment(1_770_768_000_000).to_string(), "2026-02-11 00:00 UTC");
        assert_eq!(moment(i64::MAX).to_string(), "a time that is no date");
    }

    #[test]
    fn a_name_cannot_act_on_a_display() {
        let mut record = changed();
        if let Kind::Change(change) = &mut record.kind {
            change.who = "\u{1b}[2J\n".into();
        }
        assert!(!lines(&record)[0].contains(char::is_control));
    }
}
