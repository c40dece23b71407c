//! `modelpin man`: the manual, in the language of man pages.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::wrong::Wrong;

#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// Write a page for each command into this folder, instead of one page for all to standard output
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(super) fn run(args: &ManArgs, mut root: clap::Command, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    root.build();
    let Some(dir) = &args.dir else {
        out.write_all(&whole(&root)?)?;
        return Ok(ExitCode::SUCCESS);
    };
    std::fs::create_dir_all(dir).map_err(|source| Wrong::File(dir.clone(), source))?;
    for command in every(&root) {
        let path = dir.join(format!("{}.1", path_of(command).replace(' ', "-")));
        let text = page(command)?;
        std::fs::write(&path, text).map_err(|source| Wrong::File(path, source))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A command and all below it, in the order of the help.
pub(super) fn every(root: &clap::Command) -> Vec<&clap::Command> {
    let below = root.get_subcommands().filter(|command| !command.is_hide_set());
    std::iter::once(root).chain(below.flat_map(every)).collect()
}

/// `modelpin models status`.
pub(super) fn path_of(command: &clap::Command) -> &str {
    command.get_bin_name().unwrap_or_else(|| command.get_name())
}

/// One page for everything.
fn whole(root: &clap::Command) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let man = Man::new(root.clone()).manual("modelpin");
    man.render_title(&mut out)?;
    man.render_name_section(&mut out)?;
    man.render_synopsis_section(&mut out)?;
    out.extend_from_slice(OVERVIEW.as_bytes());
    man.render_options_section(&mut out)?;
    heading("COMMANDS").to_writer(&mut out)?;
    for command in every(root).into_iter().skip(1) {
        let mut roff = Roff::new();
        roff.control("SS", [path_of(command)]);
        let about = command.get_long_about().or_else(|| command.get_about());
        roff.text([roman(format!(
            "{}.",
            about.map(ToString::to_string).unwrap_or_default()
        ))]);
        roff.control("PP", []);
        roff.to_writer(&mut out)?;
        out.extend_from_slice(&without_headings(&own(command))?);
        examples(command, "Examples").to_writer(&mut out)?;
    }
    out.extend_from_slice(BEHAVIOUR.as_bytes());
    examples(root, "EXAMPLES").to_writer(&mut out)?;
    Ok(out)
}

/// The page of one command.
fn page(command: &clap::Command) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let man = Man::new(command.clone())
        .title(path_of(command).replace(' ', "-"))
        .manual("modelpin");
    man.render_title(&mut out)?;
    man.render_name_section(&mut out)?;
    man.render_synopsis_section(&mut out)?;
    man.render_description_section(&mut out)?;
    man.render_options_section(&mut out)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut out)?;
    }
    examples(command, "EXAMPLES").to_writer(&mut out)?;
    out.extend_from_slice(BEHAVIOUR.as_bytes());
    Ok(out)
}

/// A command without the options that stand with every command.
fn own(command: &clap::Command) -> clap::Command {
    command.clone().mut_args(|argument| {
        let everywhere = argument.is_global_set() || matches!(argument.get_id().as_str(), "help" | "version");
        let hidden = everywhere || argument.is_hide_set();
        argument.hide(hidden)
    })
}

/// Synopsis and options as they stand below a heading that is already there.
fn without_headings(command: &clap::Command) -> std::io::Result<Vec<u8>> {
    let man = Man::new(command.clone());
    let mut text = Vec::new();
    man.render_synopsis_section(&mut text)?;
    if command.get_arguments().any(|argument| !argument.is_hide_set()) {
        man.render_options_section(&mut text)?;
    }
    let text = String::from_utf8_lossy(&text);
    let lines = text.lines().filter(|line| !line.starts_with(".SH"));
    Ok(lines
        .flat_map(|line| [line, "\n"])
        .collect::<String>()
        .into_bytes())
}

/// The help's examples, line by line as they stand; what is said below them, as running text.
fn examples(command: &clap::Command, title: &str) -> Roff {
    let mut roff = Roff::new();
    let Some(text) = command.get_after_long_help().or_else(|| command.get_after_help()) else {
        return roff;
    };
    for line in text.to_string().lines() {
        match line.strip_prefix("  ") {
            _ if line.starts_with("Example") => {
                if title == "EXAMPLES" {
                    roff.control("SH", [title]);
                } else {
                    roff.control("PP", []).text([bold(title)]);
                }
            }
            Some(example) => {
                // Four more columns than the text, and no filling.
                roff.control("RS", ["4"]).control("nf", []);
                roff.text([roman(example)]);
                roff.control("fi", []).control("RE", []);
            }
            None if line.is_empty() => {
                roff.control("PP", []);
            }
            None => {
                roff.text([roman(line)]);
            }
        }
    }
    roff
}

fn heading(title: &str) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", [title]);
    roff
}

const OVERVIEW: &str = "\
.SH DESCRIPTION
Puts a person in charge of which model and which credential a chat uses. Chat users type
.BR /model ;
operators set credentials up with the commands below. How
.B /model
is written:
.BR \"modelpin help model\" .
";

const BEHAVIOUR: &str = "\
.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
Failed; of a check: a credential is missing or has expired.
.TP
.B 2
A check found a credential that expires soon.
.TP
.B 64
Wrong usage.
.TP
.B 130
Interrupted; nothing was changed.
.PP
Results go to standard output, diagnostics and logs to standard error.
.SH ENVIRONMENT
.TP
.B MODELPIN_STATE_DIR
The state directory.
.TP
.B MODELPIN_CONFIG
The configuration file.
.TP
.B NO_COLOR
No colour.
.TP
.B RUST_LOG
What is logged, for example
.BR modelpin=debug .
.TP
.B ANTHROPIC_API_KEY, OPENAI_API_KEY, ...
Credentials of providers. They are looked for in the process, then in
.B .env
of the state directory, then in
.B env
of the configuration, then, if
.B env.shellEnv.enabled
is true and no key was found, in a login shell. A
.B .env
in the working directory is not read.
.TP
.B HTTPS_PROXY
A proxy for providers at https addresses; it carries what it cannot read. For http
addresses no proxy is used.
.SH FILES
.TP
.I ~/.modelpin
The state directory, else one of
.IR ~/.openclaw ,
.IR ~/.clawdbot ,
.IR ~/.moltbot .
.TP
.I modelpin.json
In it: the configuration, in JSON5.
.TP
.I .env
In it: environment for a daemon, NAME=value.
.TP
.I agents/ID/agent/auth-profiles.json
In it: the credentials of an agent.
";
