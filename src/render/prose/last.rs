//! What became of the last request.

use super::pen::Pen;
use super::rich::Rich;
use crate::audit::{Attempt, Became, Code};
use crate::clock::Timestamp;
use crate::outcome::{Cause, FailureClass};
use crate::view::LastRequest;
use crate::words::{Words, say};

/// The line in plain words.
pub(in crate::render) fn in_words(words: &Words, last: &LastRequest) -> String {
    Rich::read(&last_line(Pen { words }, last)).quoted()
}

/// `Last request: asked demo/opus with demo:work, tried demo:work (rate limit, until 12:05 UTC), served by demo:home`
pub(super) fn last_line(pen: Pen<'_>, last: &LastRequest) -> String {
    let words = pen.words;
    let asked = &last.told.requested;
    let model = match &asked.model {
        Some(model) => pen.name(&model.to_string()),
        None => say!(words, "last-no-model"),
    };
    let asked_for = match &asked.profile {
        Some(id) => say!(
            words,
            "choice-with",
            model = model,
            profile = pen.name(id.as_str())
        ),
        None => model,
    };
    let tried = last
        .told
        .attempts
        .iter()
        .filter_map(|attempt| Some((attempt, failed(attempt)?)))
        .map(|(attempt, class)| {
            let profile = pen.name(attempt.profile.as_str());
            let what = if Some(&attempt.model) == asked.model.as_ref() {
                profile
            } else {
                let model = pen.name(&attempt.model.to_string());
                say!(words, "last-for", profile = profile, model = model)
            };
            let why = why(pen, attempt, class, last.at);
            say!(words, "last-tried", what = what, why = why)
        });
    say!(
        words,
        "last-request",
        asked = asked_for,
        tried = tried.collect::<String>(),
        ended = ended(pen, last),
    )
}

/// The class of an attempt that failed.
fn failed(attempt: &Attempt) -> Option<FailureClass> {
    match attempt.became {
        Became::Failed(class) => Some(class),
        Became::Answered | Became::PassedOver | Became::Unknown => None,
    }
}

/// `rate limit, until 12:05 UTC`
fn why(pen: Pen<'_>, attempt: &Attempt, class: FailureClass, from: Timestamp) -> String {
    let words = pen.words;
    let mut parts = vec![class.as_str().replace('_', " ")];
    parts.extend(attempt.reason.as_ref().map(|code| reason(pen, code)));
    let told = super::phrase::all(pen, &parts);
    match attempt.retry_at {
        Some(at) => say!(words, "last-until", why = told, time = time_of_day(at, from)),
        None => told,
    }
}

fn reason(pen: Pen<'_>, code: &Code) -> String {
    match Cause::from_word(code.as_str()) {
        Some(Cause::ClaudeCodeOnly) => say!(pen.words, "cause-claude-code-only"),
        None => code.words(),
    }
}

fn ended(pen: Pen<'_>, last: &LastRequest) -> String {
    let words = pen.words;
    match (&last.told.served, &last.told.refusal) {
        (Some(served), _) => {
            let profile = pen.name(served.profile.as_str());
            if Some(&served.model) == last.told.requested.model.as_ref() {
                return say!(words, "served-by", profile = profile);
            }
            let model = pen.name(&served.model.to_string());
            say!(words, "last-served-with", profile = profile, model = model)
        }
        (None, Some(refusal)) => say!(words, "last-refused", why = refusal.words()),
        (None, None) => say!(words, "last-unknown"),
    }
}

/// The time of day, and the date if it is not that of the request.
fn time_of_day(at: Timestamp, from: Timestamp) -> String {
    let read = |at: Timestamp| jiff::Timestamp::from_millisecond(at.as_millis()).ok();
    let date = |at: jiff::Timestamp| at.strftime("%F").to_string();
    match (read(at), read(from)) {
        (Some(at), Some(from)) if date(at) == date(from) => at.strftime("%H:%M UTC").to_string(),
        (Some(at), _) => at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        (None, _) => "?".to_owned(),
    }
}
