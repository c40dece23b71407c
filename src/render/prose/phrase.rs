//! Phrases that several replies use.

use super::pen::Pen;
use super::time::moment;
use crate::clock::Timestamp;
use crate::pin::End;
use crate::profile::ProfileId;
use crate::session::Scope;
use crate::terms::Mode;
use crate::view::NamedModel;
use crate::words::say;

/// `sonnet (demo/sonnet)`
pub(super) fn model(pen: Pen<'_>, named: &NamedModel) -> String {
    let reference = pen.name(&named.model.to_string());
    match &named.alias {
        Some(alias) => say!(
            pen.words,
            "model-with-alias",
            alias = pen.strong(alias),
            model = reference
        ),
        None => reference,
    }
}

/// `this chat`
pub(super) fn scope(pen: Pen<'_>, scope: Scope) -> String {
    let key = match scope {
        Scope::Session => "scope-session",
        Scope::Agent => "scope-agent",
        Scope::Global => "scope-global",
    };
    say!(pen.words, key)
}

/// `, until 14:05 UTC (in 2h)`
pub(super) fn end(pen: Pen<'_>, end: End, now: Timestamp) -> String {
    match end {
        End::Never => String::new(),
        End::At(at) => say!(pen.words, "end-at", moment = moment(pen, at, now)),
        End::NextRequest => say!(pen.words, "end-once"),
    }
}

/// `demo:work, only this one`
pub(super) fn pinned_profile(pen: Pen<'_>, id: Option<&ProfileId>, mode: Mode) -> String {
    let profile = match id {
        Some(id) => pen.name(id.as_str()),
        None => say!(pen.words, "profile-unseen"),
    };
    match mode {
        Mode::Strict => say!(pen.words, "profile-only", profile = profile),
        Mode::Prefer => say!(pen.words, "profile-first", profile = profile),
    }
}

/// `a, b`
pub(super) fn all(pen: Pen<'_>, names: &[String]) -> String {
    names.join(&say!(pen.words, "list-comma"))
}

/// `a`, `a or b`, `a, b or c`
pub(super) fn either(pen: Pen<'_>, names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<String> = names.collect();
    match names.pop() {
        Some(last) if !names.is_empty() => say!(pen.words, "list-or", some = all(pen, &names), last = last),
        last => last.unwrap_or_default(),
    }
}

/// `work (rests 4m, pinned)`, or the name alone.
pub(super) fn noted(pen: Pen<'_>, name: String, notes: &[String]) -> String {
    if notes.is_empty() {
        return name;
    }
    say!(pen.words, "in-brackets", what = name, note = all(pen, notes))
}
