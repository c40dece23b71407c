//! `modelpin store migrate`: moving house.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::echo::causes;
use crate::setup::doctor::Patient;
use crate::setup::{Clash, Kind, Move, MoveError, Place, Plan, Settings, Written, kind_of};

use crate::cli::doctor::{USUAL_GATEWAY, gateway};
use crate::cli::global::Global;
use crate::cli::place;
use crate::cli::wrong::Wrong;

/// The variables that are looked for where nothing else says it.
const URL: &str = "MODELPIN_STORE_URL";
const KEY: &str = "MODELPIN_STORE_KEY";
/// How long a gateway may take to take a connection.
const WAIT: Duration = Duration::from_millis(300);

#[derive(Debug, Args)]
pub(super) struct MigrateArgs {
    /// The store that they are to be in
    #[arg(long, value_name = "KIND")]
    to: Where,
    /// The store that they are in [default: the configured one]
    #[arg(long, value_name = "KIND")]
    from: Option<Where>,
    /// The server, without a password: redis://HOST:PORT/0, rediss:// for TLS
    #[arg(long, value_name = "URL", conflicts_with = "url_file")]
    url: Option<String>,
    /// A file with the server's address, for one that has a password
    #[arg(long, value_name = "FILE")]
    url_file: Option<PathBuf>,
    /// What its keys begin with [default: modelpin]
    #[arg(long, value_name = "TEXT")]
    prefix: Option<String>,
    /// Whose pins and rests they are [default: main]
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
    /// A file with the key of the fleet
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Where other pins are there already, put these in their place
    #[arg(long, conflicts_with = "keep")]
    replace: bool,
    /// Where other pins are there already, leave those
    #[arg(long)]
    keep: bool,
    /// Only show what would be done
    #[arg(long)]
    dry_run: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Where {
    Redis,
    Sqlite,
}

impl From<Where> for Kind {
    fn from(word: Where) -> Self {
        match word {
            Where::Redis => Self::Redis,
            Where::Sqlite => Self::Sqlite,
        }
    }
}

pub(super) fn migrate(
    args: &MigrateArgs,
    place: &Place,
    global: &Global,
    out: &mut impl Write,
) -> Result<ExitCode, Wrong> {
    let settings = args.settings(place)?;
    let clash = match (args.replace, args.keep) {
        (true, _) => Clash::Replace,
        (_, true) => Clash::Keep,
        _ => Clash::Refuse,
    };
    let moving = Move::new(place, args.from.map(Kind::from), settings, clash).map_err(wrong)?;
    if args.from.is_none() && kind_of(&moving.from) == Kind::from(args.to) && args.changes_nothing() {
        return told_nothing(args, out);
    }
    // Before anything of ours has the file open.
    let running = running(place, global, kind_of(&moving.from));
    let tasks = place::tasks()?;
    let plan = tasks.block_on(moving.plan(place)).map_err(wrong)?;
    if !plan.clashes.is_empty() {
        return Err(wrong(MoveError::Clash(plan.clashing())));
    }
    let moved = match args.dry_run {
        true => None,
        false => Some(tasks.block_on(moving.carry_out(place)).map_err(wrong)?),
    };
    let switched = moved
        .as_ref()
        .is_some_and(|moved| moved.switched == Written::Changed);
    let (pins, rests) = match &moved {
        Some(moved) => (moved.pins, moved.rests),
        None => (plan.pins(), plan.rests()),
    };
    let config = &place.snapshot().sources().config.path;
    if args.json {
        let whole = json!({
            "from": kind_of(&moving.from).word(),
            "to": kind_of(&moving.to).word(),
            "dryRun": args.dry_run,
            "pins": { "copied": pins, "same": plan.same, "kept": plan.kept, "over": plan.over,
                      "onlyThere": plan.only_there },
            "rests": { "joined": rests, "same": plan.rests_same },
            "switched": switched,
            "config": config.display().to_string(),
            "running": running,
        });
        let text = serde_json::to_string_pretty(&whole).map_err(std::io::Error::from)?;
        writeln!(out, "{text}")?;
        return Ok(ExitCode::SUCCESS);
    }
    told(
        &Told {
            args,
            plan: &plan,
            pins,
            rests,
        },
        out,
    )?;
    match (args.dry_run, switched) {
        (true, _) => writeln!(out, "Nothing was changed.")?,
        (false, true) => {
            writeln!(out, "Both were read again: everything is there.")?;
            writeln!(out, "{} names the new store now.", config.display())?;
            writeln!(out, "Nothing was taken away where they were.")?;
            if kind_of(&moving.from) == Kind::Redis && args.to == Where::Sqlite {
                writeln!(
                    out,
                    "Sign-ins are not shared any more: let one machine renew each of them."
                )?;
            }
        }
        (false, false) => writeln!(out, "{} names that store already.", config.display())?,
    }
    if let Some(running) = running {
        writeln!(
            out,
            "\n{running}: it uses the old store until you start it again."
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What is told of a move.
struct Told<'a> {
    args: &'a MigrateArgs,
    plan: &'a Plan,
    pins: usize,
    rests: usize,
}

fn told(told: &Told<'_>, out: &mut impl Write) -> std::io::Result<()> {
    let Told {
        args,
        plan,
        pins,
        rests,
    } = *told;
    let (would, to) = match (args.dry_run, Kind::from(args.to).word()) {
        (true, to) => ("Would copy", to),
        (false, to) => ("Copied", to),
    };
    if pins == 0 && rests == 0 {
        writeln!(out, "Nothing new: {to} has all pins and rests.")?;
    } else {
        writeln!(out, "{would} to {to}: pins {pins}, failures {rests}.")?;
    }
    for (count, what) in [
        (plan.same, "are there already"),
        (plan.kept, "are other there, and stay so (--keep)"),
        (plan.over, "ended over a month ago, and are left behind"),
        (plan.only_there, "are only there, and stay"),
    ] {
        if count > 0 {
            writeln!(out, "  {count} {what}")?;
        }
    }
    Ok(())
}

fn told_nothing(args: &MigrateArgs, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let to = Kind::from(args.to).word();
    if args.json {
        let whole = json!({ "from": to, "to": to, "dryRun": args.dry_run, "switched": false,
            "pins": { "copied": 0 }, "rests": { "joined": 0 } });
        writeln!(out, "{whole}")?;
    } else {
        writeln!(out, "Nothing new: the configuration names {to} already.")?;
        writeln!(out, "What was changed elsewhere since then is fetched by --from.")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn wrong(broken: MoveError) -> Wrong {
    match broken {
        MoveError::Missing(what) => Wrong::Usage(what.to_owned()),
        MoveError::Clash(_) => Wrong::Failed(format!(
            "{broken}; nothing was moved. --replace puts yours in their place, --keep leaves those"
        )),
        broken => Wrong::Failed(format!("{}; the configuration is as it was", causes(&broken))),
    }
}

impl MigrateArgs {
    /// Whether no option says anything of the server.
    fn changes_nothing(&self) -> bool {
        let texts = [&self.url, &self.prefix, &self.tenant];
        texts.iter().all(|text| text.is_none()) && self.url_file.is_none() && self.key_file.is_none()
    }

    fn settings(&self, place: &Place) -> Result<Settings, Wrong> {
        let kind = Kind::from(self.to);
        if kind != Kind::Redis && !self.changes_nothing() {
            let what = "--url, --url-file, --prefix, --tenant and --key-file are for `--to redis`";
            return Err(Wrong::Usage(what.to_owned()));
        }
        let url = match (&self.url, &self.url_file) {
            (Some(url), _) if has_password(url) => {
                return Err(Wrong::Usage(
                    "--url takes no password: it stays in the history of your shell, so consider it known; \
                     put the address into a file of mode 0600, and give --url-file"
                        .to_owned(),
                ));
            }
            (Some(url), _) => Some(json!(url)),
            (None, Some(file)) => Some(reference(file)?),
            (None, None) => None,
        };
        let environment = place.snapshot().environment();
        let variable = |name: &str| {
            let input = crate::config::SecretInput::Env(name.to_owned());
            let is_set = environment.resolve(&input).is_ok();
            is_set.then(|| json!(format!("${{{name}}}")))
        };
        Ok(Settings {
            kind,
            url,
            prefix: self.prefix.clone(),
            tenant: self.tenant.clone(),
            key: self.key_file.as_deref().map(reference).transpose()?,
            usual_url: variable(URL),
            usual_key: variable(KEY),
        })
    }
}

fn reference(file: &Path) -> Result<Value, Wrong> {
    let path = std::path::absolute(file)?;
    if !path.is_file() {
        return Err(Wrong::Usage(format!("there is no file {}", path.display())));
    }
    Ok(json!({ "source": "file", "id": path.display().to_string() }))
}

/// Whether something stands behind a colon before the `@`.
fn has_password(url: &str) -> bool {
    let authority = url.split_once("//").map_or(url, |(_, rest)| rest);
    let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
    user.split_once(':')
        .is_some_and(|(_, password)| !password.is_empty())
}

/// Who seems to use the old store.
fn running(place: &Place, global: &Global, from: Kind) -> Option<String> {
    let patient = Patient::find(global.state_dir.as_deref(), global.config.as_deref()).ok()?;
    let bind = gateway(&patient).unwrap_or_else(|| USUAL_GATEWAY.to_owned());
    let answers = |at: &SocketAddr| TcpStream::connect_timeout(at, WAIT).is_ok();
    if bind.parse().is_ok_and(|at| answers(&at)) {
        return Some(format!("A gateway answers at {bind}"));
    }
    let database = place.snapshot().sources().state.database();
    let mut open = database.clone().into_os_string();
    open.push("-shm");
    (from == Kind::Sqlite && Path::new(&open).exists())
        .then(|| format!("Another process has {} open", database.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_an_address_is_seen() {
        assert!(has_password("redis://:word@h/0"));
        assert!(has_password("rediss://bot:word@h:6380"));
        for free in ["redis://h:6379/0", "redis://bot@h", "redis://bot:@h", "h:6379"] {
            assert!(!has_password(free), "{free}");
        }
    }
}
