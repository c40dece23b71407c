//! Chats as they would be read: each folder `fixtures/scenarios/<area>/<case>/` is a small world and a transcript.
//!
//! A folder holds `modelpin.json`, `agents/<agent>/agent/auth-profiles.json`, and `chat.txt`. The transcript is played
//! line by line against a real `ModelPin` on a copy of the folder, at 2026-02-10T12:00:00Z by a clock that stands.
//! Lines that begin with `<` are what came out, and are compared exactly; `script.rs` lists the other kinds of line.
//! `UPDATE_FIXTURES=1 cargo test --test it scenario` writes them anew. Read each one that changed: a transcript that
//! blesses a wrong reply is worse than none.
//!
//! Every secret of a scenario holds the word `CANARY`; no eight characters in a row of one may come out anywhere,
//! not in Markdown, `Debug` or the logs either (`canary.rs`).

mod brittle;
mod canary;
pub(crate) mod log;
mod script;
mod stage;
mod telling;
mod words;

use std::path::{Path, PathBuf};

use stage::Stage;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scenarios")
}

/// The folders that hold a transcript, in the order of their names.
fn scenarios() -> Vec<PathBuf> {
    let list = |dir: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.sort();
        paths
    };
    let areas = list(&folder()).into_iter().filter(|path| path.is_dir());
    let cases = areas.flat_map(|area| list(&area));
    cases.filter(|case| case.join("chat.txt").is_file()).collect()
}

/// Plays one scenario, and tells what is wrong with it.
fn play(case: &Path) -> Result<(), String> {
    let file = case.join("chat.txt");
    let written = std::fs::read_to_string(&file).map_err(|broken| broken.to_string())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|broken| broken.to_string())?;
    let (logs, guard) = log::capture();
    let (played, stage) = runtime.block_on(async {
        let mut stage = Stage::open(case).await;
        let mut played = String::new();
        for step in script::steps(&written)? {
            played.push_str(step.source);
            for line in stage.perform(&step).await? {
                let line = format!("< {line}");
                played.push_str(line.trim_end());
                played.push('\n');
            }
        }
        Ok::<_, String>((played, stage))
    })?;
    drop(guard);
    canary::look(case, &format!("{}\n{played}\n{}", stage.heard(), logs.text()))?;
    if played == written {
        return Ok(());
    }
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        return std::fs::write(&file, played).map_err(|broken| broken.to_string());
    }
    let mut pairs = written.lines().zip(played.lines()).zip(1..);
    Err(match pairs.find(|((old, new), _)| old != new) {
        Some(((old, new), line)) => format!("line {line}\n  written: {old}\n  played:  {new}"),
        None => "one transcript is longer than the other".to_owned(),
    })
}

#[test]
fn every_scenario_is_played_as_it_is_written() {
    let cases = scenarios();
    assert!(cases.len() >= 40, "only {} scenarios were found", cases.len());
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let wrong = play(case).err()?;
            let name = case.strip_prefix(folder()).unwrap_or(case);
            Some(format!("{}: {wrong}", name.display()))
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {} scenarios:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}
