//! `modelpin words`: the sentences of replies, for whoever writes them in another language.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::echo::{causes, legible};
use crate::words::{Checked, LARGEST, Languages, built_in, check};

use super::wrong::Wrong;

#[derive(Debug, Args)]
pub(super) struct WordsArgs {
    #[command(subcommand)]
    command: WordsCommand,
}

#[derive(Debug, Subcommand)]
enum WordsCommand {
    /// Look through a file of sentences (exit code 1 if there is a fault in it)
    #[command(
        after_help = "Examples:\n  modelpin words check ~/.modelpin/words/de.ftl\n  modelpin words check pt-BR.ftl\n\nSentences that are missing are no faults: they are said in English."
    )]
    Check {
        /// The file, named by its language: de.ftl, pt-BR.ftl
        file: PathBuf,
    },
    /// Print the sentences of a language that is built in
    #[command(
        after_help = "Examples:\n  modelpin words show en > ~/.modelpin/words/de.ftl\n  modelpin words show vi"
    )]
    Show {
        /// The language: en, vi, zh-CN, th
        tag: String,
    },
}

pub(super) fn run(args: &WordsArgs, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    match &args.command {
        WordsCommand::Show { tag } => {
            let Some(file) = built_in(tag) else {
                let known = Languages::default().tags().join(", ");
                return Err(Wrong::Usage(format!(
                    "there is no language `{}` built in; there are {known}",
                    legible(tag)
                )));
            };
            out.write_all(file.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        WordsCommand::Check { file } => {
            let (tag, text) = read(file)?;
            tell(&tag, &check(&text), out)
        }
    }
}

/// The language and the text of a file.
fn read(file: &Path) -> Result<(String, String), Wrong> {
    let shown = file.display().to_string();
    let shown = legible(&shown);
    let failed = |why: &str| Wrong::Failed(format!("{shown}: {why}"));
    let tag = file
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default();
    if Languages::default().add(tag, "").is_err() || file.extension().is_none_or(|ending| ending != "ftl") {
        return Err(failed(
            "a file is named by its language (BCP 47), as in vi.ftl, pt-BR.ftl or zh-TW.ftl",
        ));
    }
    let about = fs::metadata(file).map_err(|wrong| failed(&causes(&wrong)))?;
    if !about.is_file() {
        return Err(failed("it is no file"));
    }
    if about.len() > LARGEST {
        return Err(failed("it has more than 256 KiB, and is not read"));
    }
    let text = fs::read_to_string(file).map_err(|wrong| failed(&causes(&wrong)))?;
    Ok((tag.to_owned(), text))
}

fn tell(tag: &str, told: &Checked, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    for fault in &told.faults {
        writeln!(out, "{}", legible(&fault.to_string()))?;
    }
    let all = told.has + told.missing.len();
    writeln!(
        out,
        "{tag}: {} of {all} sentences, {}",
        told.has,
        faults(told.faults.len())
    )?;
    if !told.missing.is_empty() {
        let meanwhile = match built_in(tag) {
            Some(_) => "as they are built in",
            None => "in English",
        };
        writeln!(out, "these are said {meanwhile}:")?;
        for key in &told.missing {
            writeln!(out, "  {key}")?;
        }
    }
    Ok(if told.faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn faults(count: usize) -> String {
    match count {
        0 => "no fault".to_owned(),
        1 => "1 fault".to_owned(),
        _ => format!("{count} faults"),
    }
}
