//! `modelpin import`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use crate::credentials::Replace;
use crate::places::{Surroundings, state_dir};
use crate::setup::{Import, ImportError, Run, found_source, import};

use super::global::Global;
use super::wrong::Wrong;

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// The other program's state directory [default: ~/.openclaw, ~/.clawdbot or ~/.moltbot]
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
    /// Only show what would be taken over
    #[arg(long)]
    dry_run: bool,
    /// Take theirs where a profile is another one here
    #[arg(long)]
    replace: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &ImportArgs, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let to = target(global)?;
    let from = args.from.clone().or_else(|| found_source(&to));
    let from = from.ok_or(ImportError::NothingFound).map_err(Wrong::setup)?;
    let done = import(&Import {
        from: from.clone(),
        to: to.clone(),
        replace: if args.replace { Replace::Yes } else { Replace::No },
        run: if args.dry_run { Run::Dry } else { Run::Real },
    });
    let done = done.map_err(Wrong::setup)?;
    if args.json {
        let whole = json!({
            "from": from.display().to_string(), "to": to.display().to_string(), "dryRun": args.dry_run,
            "taken": done.taken, "kept": done.kept, "failed": done.failed, "notes": done.notes,
        });
        let text = serde_json::to_string_pretty(&whole).map_err(std::io::Error::from)?;
        writeln!(out, "{text}")?;
    } else {
        let verb = if args.dry_run {
            "Would take over"
        } else {
            "Took over"
        };
        if done.taken.is_empty() {
            writeln!(out, "Nothing new in {}.", from.display())?;
        } else {
            writeln!(out, "{verb} from {} into {}:", from.display(), to.display())?;
        }
        for what in &done.taken {
            writeln!(out, "  {what}")?;
        }
        for (heading, all) in [("Left as it is:", &done.kept), ("Not taken over:", &done.failed)] {
            if !all.is_empty() {
                writeln!(out, "{heading}")?;
            }
            for what in all {
                writeln!(out, "  {what}")?;
            }
        }
        for note in &done.notes {
            writeln!(out, "Note: {note}.")?;
        }
    }
    Ok(if done.failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Where to: what is named, else `~/.modelpin`. The directory of another program, which every other command would use in
/// place, is where things come from.
fn target(global: &Global) -> Result<PathBuf, Wrong> {
    Surroundings::with_real(|around| {
        let named = global.state_dir.clone();
        let variable = || {
            (around.variable)("MODELPIN_STATE_DIR")
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        match named.or_else(variable) {
            Some(named) => Ok(named),
            None => match around.home {
                Some(home) => Ok(home.join(".modelpin")),
                None => state_dir(None, around)
                    .map(|state| state.path)
                    .map_err(Wrong::setup),
            },
        }
    })
}
