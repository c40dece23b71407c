//! `models auth clear-cooldown`, `logout`, `remove`, `rename`.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;

use crate::clock::{Clock, SystemClock};
use crate::credentials::AuthStore;
use crate::echo::causes;
use crate::pin::ScopeKey;
use crate::profile::ProfileId;
use crate::setup::{self, Named, Place};

use super::super::super::global::Global;
use super::super::super::place;
use super::super::super::wrong::Wrong;

#[derive(Debug, Args)]
pub(super) struct IdArgs {
    /// The profile
    #[arg(value_name = "ID")]
    id: String,
}

#[derive(Debug, Args)]
pub(super) struct RemoveArgs {
    /// The profile
    #[arg(value_name = "ID")]
    id: String,
    /// Only show what would break
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
pub(super) struct RenameArgs {
    /// The profile
    #[arg(value_name = "OLD")]
    old: String,
    /// Its new id
    #[arg(value_name = "NEW")]
    new: String,
    /// Only show what would change
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn clear_cooldown(
    args: &IdArgs,
    global: &Global,
    out: &mut impl Write,
) -> Result<ExitCode, Wrong> {
    let place = place::operate(global)?;
    let id = ProfileId::new(args.id.trim());
    setup::named(&place, &id).map_err(Wrong::setup)?;
    let now = SystemClock.now();
    let tasks = place::tasks()?;
    let forgotten = tasks
        .block_on(setup::forget_rests(&place, &id, now))
        .map_err(Wrong::setup)?;
    if forgotten.in_file || forgotten.learned > 0 {
        writeln!(out, "{id} rests no more.")?;
        // That it could not be written down undoes nothing.
        if let Err(broken) = tasks.block_on(setup::note_rest_ended(&place, &id, now)) {
            tracing::warn!("this was not written down: {}", causes(&broken));
        }
    } else {
        writeln!(
            out,
            "Nothing is written of failures of {id}; nothing was changed."
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn logout(args: &RemoveArgs, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let place = place::operate(global)?;
    let id = ProfileId::new(args.id.trim());
    let named = setup::named(&place, &id).map_err(Wrong::setup)?;
    if args.dry_run {
        writeln!(
            out,
            "Would take the credential of {id} out of {}.",
            place.store().display()
        )?;
        tell(
            &named,
            &place,
            "These name it, and wait for it to come back:",
            out,
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    setup::logout(&place, &id).map_err(Wrong::setup)?;
    writeln!(
        out,
        "The credential of {id} is out of {}.",
        place.store().display()
    )?;
    tell(&named, &place, "These still name it:", out)?;
    tell_pins(&pins_of(&place, &id)?, "These pins wait for it:", out)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn remove(args: &RemoveArgs, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let place = place::operate(global)?;
    let id = ProfileId::new(args.id.trim());
    let pins = pins_of(&place, &id)?;
    if args.dry_run {
        let named = setup::named(&place, &id).map_err(Wrong::setup)?;
        writeln!(out, "Would remove {id} from {}.", place.store().display())?;
        tell(&named, &place, "These name it, and would be changed:", out)?;
        tell_pins(&pins, "These pins would break:", out)?;
        return Ok(ExitCode::SUCCESS);
    }
    let named = setup::remove(&place, &id).map_err(Wrong::setup)?;
    writeln!(out, "Removed {id} from {}.", place.store().display())?;
    tell(&named, &place, "These named it:", out)?;
    tell_pins(&pins, "These pins have no profile now:", out)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn rename(args: &RenameArgs, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let place = place::operate(global)?;
    let (old, new) = (ProfileId::new(args.old.trim()), ProfileId::new(args.new.trim()));
    if new.as_str().is_empty() || new.as_str().chars().any(char::is_control) || new.as_str().len() > 200 {
        let what = "a profile id takes up to 200 visible characters, for example anthropic:work";
        return Err(Wrong::Usage(what.to_owned()));
    }
    // Asked first: where pins cannot be read they could not follow, and nothing is renamed.
    let pins = pins_of(&place, &old)?;
    if args.dry_run {
        let named = setup::named(&place, &old).map_err(Wrong::setup)?;
        writeln!(out, "Would rename {old} to {new} in {}.", place.store().display())?;
        tell(&named, &place, "These name it, and would follow:", out)?;
        tell_pins(&pins, "These pins would follow:", out)?;
        return Ok(ExitCode::SUCCESS);
    }
    // A rename that ended before the pins followed goes on there.
    let there = |id: &ProfileId| {
        AuthStore::read(&place.store())
            .ok()
            .flatten()
            .is_some_and(|store| store.profiles().contains_key(id))
    };
    let unfinished = there(&new) && !there(&old) && !pins.is_empty();
    let named = if unfinished {
        Named::default()
    } else {
        setup::rename(&place, &old, &new).map_err(Wrong::setup)?
    };
    writeln!(out, "{old} is {new} now.")?;
    tell(&named, &place, "These named it, and follow:", out)?;
    let followed = place::tasks()?.block_on(setup::rename_in_pins(&place, &old, &new));
    let followed = followed.map_err(|broken| {
        Wrong::Failed(format!(
            "not all pins follow; give the same command again: {}",
            causes(&broken)
        ))
    })?;
    tell_pins(&followed, "These pins follow:", out)?;
    Ok(ExitCode::SUCCESS)
}

/// Whatever names the profile, one a line.
fn tell(named: &Named, place: &Place, heading: &str, out: &mut impl Write) -> Result<(), Wrong> {
    if named.config.is_empty() && !named.agent_order {
        return Ok(());
    }
    writeln!(out, "{heading}")?;
    if named.agent_order {
        writeln!(out, "  the order of agent {}", place.agent())?;
    }
    for path in &named.config {
        writeln!(out, "  {path} in the configuration")?;
    }
    Ok(())
}

fn pins_of(place: &Place, id: &ProfileId) -> Result<Vec<ScopeKey>, Wrong> {
    let pins = place::tasks()?.block_on(setup::pins_of(place, id));
    pins.map_err(|broken| Wrong::Failed(causes(&broken)))
}

fn tell_pins(pins: &[ScopeKey], heading: &str, out: &mut impl Write) -> Result<(), Wrong> {
    if !pins.is_empty() {
        writeln!(out, "{heading}")?;
    }
    for key in pins {
        writeln!(out, "  {}", setup::scope_in_words(key))?;
    }
    Ok(())
}
