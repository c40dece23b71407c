//! A parsed message as data: what `modelpin parse` prints.

use serde::Serialize;

use super::ast::{Choose, ModelCommand, Wanted};
use super::parsed::Parsed;
use crate::terms::Lifetime;

/// A parsed message in its serialised form; all keys are always present, in this order.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Data<'p>(Kind<'p>);

#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Kind<'p> {
    Text,
    Ignored,
    Command(Fields<'p>),
    Invalid {
        diagnostics: Vec<Fault<'p>>,
        rest: Option<&'p str>,
    },
}

#[derive(Debug, Default, Serialize)]
struct Fields<'p> {
    verb: &'static str,
    model: Option<&'p str>,
    index: Option<u16>,
    profile: Option<&'p str>,
    provider: Option<&'p str>,
    page: Option<u16>,
    scope: Option<&'static str>,
    mode: Option<&'static str>,
    for_ms: Option<u64>,
    once: bool,
    rest: Option<&'p str>,
}

#[derive(Debug, Serialize)]
struct Fault<'p> {
    code: &'static str,
    span: [usize; 2],
    message: &'p str,
    help: Option<&'p str>,
}

impl<'p> From<&'p Parsed<'_>> for Data<'p> {
    fn from(parsed: &'p Parsed<'_>) -> Self {
        Self(match parsed {
            Parsed::Text => Kind::Text,
            Parsed::Ignored => Kind::Ignored,
            Parsed::Command { command, rest } => Kind::Command(Fields {
                rest: *rest,
                ..fields(command)
            }),
            Parsed::Invalid(fault) => Kind::Invalid {
                diagnostics: fault
                    .diagnostics()
                    .iter()
                    .map(|told| Fault {
                        code: told.code.as_str(),
                        span: [told.span.start, told.span.end],
                        message: &told.message,
                        help: told.help.as_deref(),
                    })
                    .collect(),
                rest: fault.rest(),
            },
        })
    }
}

fn fields(command: &ModelCommand) -> Fields<'_> {
    let verb = |verb| Fields {
        verb,
        ..Fields::default()
    };
    match command {
        ModelCommand::Picker => verb("picker"),
        ModelCommand::List { provider, page } => Fields {
            provider: provider.as_deref(),
            page: *page,
            ..verb("list")
        },
        ModelCommand::Status => verb("status"),
        ModelCommand::Default { scope } => Fields {
            scope: scope.map(|s| s.as_str()),
            ..verb("default")
        },
        ModelCommand::Why => verb("why"),
        ModelCommand::Undo { scope } => Fields {
            scope: scope.map(|s| s.as_str()),
            ..verb("undo")
        },
        ModelCommand::Help => verb("help"),
        ModelCommand::Choose(choose) => chosen(choose),
    }
}

fn chosen(choose: &Choose) -> Fields<'_> {
    let (verb, model, index, profile) = match &choose.what {
        Wanted::Model(reference) => {
            let (model, profile) = reference.written();
            ("select", Some(model), None, profile)
        }
        Wanted::Number { index, profile } => ("pick", None, Some(*index), profile.as_deref()),
        Wanted::Profile(profile) => ("profile", None, None, Some(profile.as_str())),
    };
    Fields {
        verb,
        model,
        index,
        profile,
        scope: choose.scope.map(|scope| scope.as_str()),
        mode: choose.mode.map(|mode| mode.as_str()),
        for_ms: choose.lifetime.and_then(|lifetime| match lifetime {
            Lifetime::For(time) => u64::try_from(time.as_millis()).ok(),
            Lifetime::Once => None,
        }),
        once: choose.lifetime == Some(Lifetime::Once),
        ..Fields::default()
    }
}
