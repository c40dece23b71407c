//! `modelpin help`.

use std::io::Write;
use std::process::ExitCode;

use crate::similar;

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
            None => return Err(unknown(topic, name)),
        };
    }
    write!(out, "{}", found.render_long_help())?;
    Ok(ExitCode::SUCCESS)
}

/// What somebody is told who gave no command at all.
pub(super) const SHORT: &str = "\
modelpin: choose which model and which credential a chat uses

  modelpin chat             talk in the terminal; no account is needed
  modelpin models status    which credentials there are, and which is next
  modelpin help             every command
  modelpin help model       how /model is written in a chat
";

fn unknown(topic: &[String], name: &str) -> Wrong {
    let root = args::command();
    let mut near = "try `modelpin help`".to_owned();
    // A name is looked for among its neighbours.
    let mut around = Some(&root);
    for known in topic.iter().take_while(|part| *part != name) {
        around = around.and_then(|command| command.find_subcommand(known));
    }
    let names: Vec<&str> = around
        .into_iter()
        .flat_map(|command| command.get_subcommands().map(clap::Command::get_name))
        .collect();
    if let [first, ..] = similar::nearest(name, names, 1)[..] {
        near = format!("did you mean `{first}`?");
    }
    Wrong::Usage(format!("there is no help for `{}`; {near}", topic.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::super::man::{every, path_of};
    use super::*;

    /// What a terminal of the usual width shows without breaking a line.
    const WIDTH: usize = 80;

    /// Every command, with `wrong` for what is wrong with it.
    fn all_are_right(wrong: impl Fn(&mut clap::Command) -> Vec<String>) {
        let mut root = args::command();
        root.build();
        let told: Vec<String> = every(&root)
            .into_iter()
            .flat_map(|command| {
                let told = wrong(&mut command.clone());
                let path = path_of(command).to_owned();
                told.into_iter().map(move |told| format!("{path}: {told}"))
            })
            .collect();
        assert!(told.is_empty(), "\n{}", told.join("\n"));
    }

    #[test]
    fn every_command_says_what_it_does_and_shows_examples_of_itself() {
        all_are_right(|command| {
            let mut wrong = Vec::new();
            if command.get_about().is_none() {
                wrong.push("does not say what it does".to_owned());
            }
            let after = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            let examples = || after.lines().filter(|line| line.starts_with("  "));
            if !after.starts_with("Example") || !examples().any(|line| line.contains(path_of(command))) {
                wrong.push("`after_help` does not begin with `Examples:` of this command".to_owned());
            }
            let wide = examples().filter(|line| line.chars().count() > WIDTH);
            wrong.extend(wide.map(|line| format!("an example over {WIDTH} columns: {line}")));
            wrong
        });
    }

    /// The words of the first modelpin command in a line that people type: quotes hold, pipes and comments end it.
    fn words(line: &str) -> Option<Vec<String>> {
        let at = line.find("modelpin ").filter(|at| {
            let before = line[..*at].trim_end();
            before.is_empty() || before.ends_with(['|', '(', '\'']) || before.ends_with("ssh -t home")
        });
        let at = at.filter(|_| !line.contains('…') && !line.starts_with("alias "))?;
        let mut words = Vec::new();
        let mut word = String::new();
        let mut quote = None;
        let line = line[at..].split("  ").next().unwrap_or_default();
        for c in line.chars() {
            match c {
                _ if quote == Some(c) => quote = None,
                '\'' | '"' if quote.is_none() => quote = Some(c),
                '|' | '<' | '>' | '#' | ';' | ')' | '&' if quote.is_none() => break,
                ' ' if quote.is_none() => words.push(std::mem::take(&mut word)),
                _ => word.push(c),
            }
        }
        words.push(word);
        words.retain(|word| !word.is_empty());
        Some(words)
    }

    #[test]
    fn every_example_of_help_and_docs_is_understood() {
        let docs = [
            include_str!("../../docs/fleet.md"),
            include_str!("../../docs/languages.md"),
            include_str!("../../docs/monitoring.md"),
            include_str!("../../docs/phone.md"),
            include_str!("../../README.md"),
        ];
        let mut root = args::command();
        root.build();
        let helps = every(&root).into_iter().filter_map(clap::Command::get_after_help);
        let texts = helps.map(ToString::to_string).chain(docs.map(str::to_owned));
        let lines: Vec<String> = texts
            .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        let examples: Vec<Vec<String>> = lines.iter().filter_map(|line| words(line)).collect();
        assert!(examples.len() > 60, "{} examples are found", examples.len());
        let wrong: Vec<String> = examples
            .iter()
            // Named by the docs as what is not there yet.
            .filter(|example| example.get(1).is_none_or(|command| command != "gateway"))
            .filter_map(|example| args::command().try_get_matches_from(example).err())
            .filter(clap::Error::use_stderr)
            .map(|wrong| wrong.to_string())
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn every_option_says_what_it_is_for() {
        all_are_right(|command| {
            let silent = command
                .get_arguments()
                .filter(|argument| argument.get_help().is_none());
            silent
                .map(|argument| format!("`{}` has no help", argument.get_id()))
                .collect()
        });
    }

    #[test]
    fn help_fits_80_columns() {
        all_are_right(|command| {
            let help = command.render_long_help().to_string();
            let wide = help.lines().filter(|line| line.chars().count() > WIDTH);
            wide.map(|line| format!("over {WIDTH} columns: {line}")).collect()
        });
    }

    #[test]
    fn short_help_is_short() {
        assert!(SHORT.lines().count() <= 8);
        assert!(SHORT.lines().all(|line| line.chars().count() <= WIDTH));
    }
}
