//! Keeping a credential, and telling what was done.

use std::io::Write;

use crate::cli::moment;
use crate::clock::{Clock, SystemClock, Timestamp};
use crate::credentials::{NewProfile, NewSecret, Placed, Replace, known_providers};
use crate::model::ProviderId;
use crate::profile::ProfileId;
use crate::setup::{Place, keep};
use crate::similar;

use super::super::super::ask;
use super::super::super::global::Global;
use super::super::super::place;
use super::super::super::wrong::Wrong;

/// Reads the provider that was named, and tells if no provider of that name is known.
pub(in crate::cli) fn provider(written: &str, place: &Place) -> Result<ProviderId, Wrong> {
    Wrong::if_a_key("--provider", written)?;
    let provider = ProviderId::new(written);
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if provider.as_str().is_empty() || !provider.as_str().chars().all(fits) {
        let what = "--provider takes letters, digits, `-`, `_` and `.`, for example anthropic";
        return Err(Wrong::Usage(what.to_owned()));
    }
    let config = place.snapshot().config();
    let known: Vec<ProviderId> = known_providers()
        .chain(config.providers.keys().cloned())
        .collect();
    if !known.contains(&provider) {
        let near = similar::nearest(provider.as_str(), known.iter().map(ProviderId::as_str), 1);
        let near = near.first().map(|near| format!("; did you mean {near}?"));
        ask::say(&format!(
            "warning: {provider} is no provider that modelpin knows{}",
            near.unwrap_or_default()
        ));
    }
    Ok(provider)
}

/// The id that was asked for, else one of a name, else the usual one.
pub(in crate::cli) fn profile_id(
    id: Option<&str>,
    name: Option<&str>,
    provider: &ProviderId,
    usual: &str,
) -> Result<ProfileId, Wrong> {
    if let Some(id) = id {
        let id = id.trim();
        if id.is_empty() || id.chars().any(char::is_control) || id.len() > 200 {
            let what = "--profile-id takes up to 200 visible characters, for example anthropic:work";
            return Err(Wrong::Usage(what.to_owned()));
        }
        return Ok(ProfileId::new(id));
    }
    let name = match name.map(crate::setup::profile_name) {
        Some(name) if name.trim_matches('-').is_empty() => {
            return Err(Wrong::Usage("--name has no letter and no digit in it".to_owned()));
        }
        Some(name) => name,
        None => usual.to_owned(),
    };
    Ok(ProfileId::new(&format!("{provider}:{name}")))
}

/// Keeps it, and prints what was done and what can be done next.
pub(in crate::cli) fn keep_and_tell(
    global: &Global,
    place: &Place,
    id: &ProfileId,
    new: &NewProfile,
    replace: Replace,
    out: &mut impl Write,
) -> Result<(), Wrong> {
    let kept = keep(place, id, new, replace).map_err(Wrong::setup)?;
    let done = match kept.placed {
        Placed::Added => "Kept",
        Placed::Updated => "Updated",
        Placed::Unchanged => "Already there:",
    };
    // What was written is read again, as every other command would.
    let again = place::operate(global)?;
    let book = again.snapshot().book(Some(again.agent()))?;
    let handle = book.handle(id).map(|handle| format!(", {handle}"));
    writeln!(out, "{done} {id} ({}{})", new.kind(), handle.unwrap_or_default())?;
    writeln!(out, "  in {}", kept.store.display())?;
    writeln!(out, "  and auth.profiles of {}", kept.config.display())?;
    if !kept.first_in.is_empty() {
        writeln!(out, "  first in {}", kept.first_in.join(" and in "))?;
    }
    if let NewSecret::Token(_, expires) = &new.secret {
        match expires {
            Some(expires) => writeln!(out, "  ends {}", moment(*expires))?,
            None => writeln!(out, "  no end is known; --expires-in tells one")?,
        }
    }
    let name = id.short_name(&new.provider).unwrap_or(id.as_str());
    writeln!(
        out,
        "\nNext: `modelpin models status`, or `/model <model>@{name}` in a chat."
    )?;
    Ok(())
}

/// The moment so much later than now.
pub(in crate::cli) fn in_future(span: std::time::Duration) -> Timestamp {
    SystemClock.now().after(span)
}
