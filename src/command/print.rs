//! Writes a command so that it parses back to the same command.

use std::fmt::{self, Write as _};

use super::ast::{Choose, ModelCommand, Wanted};
use super::blank::{is_at, is_colon, is_dash, is_gap, is_quote};
use super::limits::TEXT_LIMIT;
use super::reference::{self, Reference};
use super::{duration, quote, spec};
use crate::session::Scope;
use crate::terms::{Lifetime, Mode};

impl fmt::Display for ModelCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Picker => f.write_str("/model"),
            Self::List { provider, page } => {
                // Not `/model list`: a long provider that was read behind `/models` has to fit on the line again.
                f.write_str("/models")?;
                if let Some(provider) = provider {
                    write_behind_name(f, &provider_text(provider))?;
                }
                page.map_or(Ok(()), |page| write!(f, " {page}"))
            }
            Self::Status => f.write_str("/model status"),
            Self::Default { scope } => {
                f.write_str("/model default")?;
                write_scope(f, *scope)
            }
            Self::Why => f.write_str("/model why"),
            Self::Undo { scope } => {
                f.write_str("/model undo")?;
                write_scope(f, *scope)
            }
            Self::Help => f.write_str("/model help"),
            Self::Choose(choose) => choose.fmt(f),
        }
    }
}

impl fmt::Display for Choose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("/model")?;
        write_behind_name(f, &self.what.to_string())?;
        write_scope(f, self.scope)?;
        match self.mode {
            Some(Mode::Strict) => f.write_str(" --strict")?,
            Some(Mode::Prefer) => f.write_str(" --prefer")?,
            None => {}
        }
        match self.lifetime {
            Some(Lifetime::For(time)) => write!(f, " --for {}", duration::written(time)),
            Some(Lifetime::Once) => f.write_str(" --once"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model(reference) => reference.fmt(f),
            Self::Number { index, profile: None } => write!(f, "{index}"),
            Self::Number {
                index,
                profile: Some(profile),
            } => {
                write!(f, "{index}")?;
                write_profile(f, profile, &quote::written(profile))
            }
            Self::Profile(profile) if is_run(profile) && !profile.starts_with(is_quote) => {
                write!(f, "@{profile}")
            }
            Self::Profile(profile) => write!(f, "@{}", quote::written(profile)),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bare(text) => f.write_str(text),
            Self::Exact { model, profile: None } if is_atom(model) && !model.contains('@') => {
                f.write_str(model)
            }
            Self::Exact { model, profile: None } => f.write_str(&quote::written(model)),
            Self::Exact {
                model,
                profile: Some(profile),
            } => {
                let quoted = quote::written(profile);
                let splits = quoted.len() > TEXT_LIMIT && reference::split(model).is_some();
                if is_atom(model) && !splits {
                    f.write_str(model)?;
                } else {
                    f.write_str(&quote::written(model))?;
                }
                write_profile(f, profile, &quoted)
            }
        }
    }
}

/// Writes a profile behind a model or a number: quoted, or as an option where the quotes would make it too long.
fn write_profile(f: &mut fmt::Formatter<'_>, profile: &str, quoted: &str) -> fmt::Result {
    if quoted.len() <= TEXT_LIMIT {
        f.write_char('@')?;
        f.write_str(quoted)
    } else {
        write!(f, " --profile={profile}")
    }
}

/// Writes what follows the name; a colon that it begins with needs one before it, which the name swallows.
fn write_behind_name(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char(if text.starts_with(is_colon) { ':' } else { ' ' })?;
    f.write_str(text)
}

fn write_scope(f: &mut fmt::Formatter<'_>, scope: Option<Scope>) -> fmt::Result {
    match scope {
        Some(scope) => write!(f, " --{scope}"),
        None => Ok(()),
    }
}

fn provider_text(provider: &str) -> String {
    let plain = is_run(provider)
        && !provider.starts_with(|c| is_quote(c) || is_dash(c))
        && !provider.bytes().all(|b| b.is_ascii_digit());
    if plain {
        provider.to_owned()
    } else {
        quote::written(provider)
    }
}

/// Reports whether `text` reads as itself without quotes, as far as its characters go.
fn is_run(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c| is_gap(c) || c == '＠')
}

/// Reports whether `model` reads as a model of that name without quotes, with an `@` and a quote behind it.
fn is_atom(model: &str) -> bool {
    let begins_otherwise = |c| is_quote(c) || is_dash(c) || is_at(c);
    let quote_inside = || {
        model
            .match_indices('@')
            .any(|(at, found)| model[at + found.len()..].starts_with(is_quote))
    };
    let number = model.bytes().all(|b| b.is_ascii_digit());
    is_run(model)
        && !model.starts_with(begins_otherwise)
        && !number
        && spec::find_verb(model).is_none()
        && !quote_inside()
}
