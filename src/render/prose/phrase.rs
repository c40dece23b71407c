//! Phrases that several replies use.

use super::pen::Pen;
use super::time::moment;
use crate::clock::Timestamp;
use crate::pin::End;
use crate::profile::ProfileId;
use crate::session::Scope;
use crate::terms::Mode;
use crate::view::NamedModel;

/// `sonnet (demo/sonnet)`
pub(super) fn model(pen: Pen, named: &NamedModel) -> String {
    match &named.alias {
        Some(alias) => format!("{} ({})", pen.strong(alias), pen.name(&named.model.to_string())),
        None => pen.name(&named.model.to_string()),
    }
}

/// `this chat`
pub(super) fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Session => "this chat",
        Scope::Agent => "this agent",
        Scope::Global => "all agents",
    }
}

/// `, until 14:05 UTC (in 2h)`
pub(super) fn end(end: End, now: Timestamp) -> String {
    match end {
        End::Never => String::new(),
        End::At(at) => format!(", until {}", moment(at, now)),
        End::NextRequest => ", for the next request only".to_owned(),
    }
}

/// `demo:work, only this one`
pub(super) fn pinned_profile(pen: Pen, id: Option<&ProfileId>, mode: Mode) -> String {
    let id = id.map_or("one that you may not see".to_owned(), |id| pen.name(id.as_str()));
    match mode {
        Mode::Strict => format!("{id}, only this one"),
        Mode::Prefer => format!("{id} first, others may follow"),
    }
}
