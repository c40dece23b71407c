//! `modelpin help`.

use std::io::Write;
use std::process::ExitCode;

use super::args;
use super::wrong::Wrong;

/// Prints the help of a command, or the page of a topic.
pub(super) fn run(topic: &[String], out: &mut impl Write) -> Result<ExitCode, Wrong> {
    if topic.len() == 1 && topic[0] == "model" {
        writeln!(out, "{}", crate::command::help::page().trim_end())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut command = args::command();
    command.build();
    let mut found = &mut command;
    for name in topic {
        found = match found.find_subcommand_mut(name) {
            Some(inner) => inner,
            None => {
                return Err(Wrong::Usage(format!(
                    "there is no help for `{}`; try `modelpin help`",
                    topic.join(" ")
                )));
            }
        };
    }
    write!(out, "{}", found.render_long_help())?;
    Ok(ExitCode::SUCCESS)
}
