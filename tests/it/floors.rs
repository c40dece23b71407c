//! The floors of the house: code uses its own folder and lower floors, never a higher one.

use std::fs;
use std::path::{Path, PathBuf};

/// Rooms by floor, the ground first. A room is a file or a folder of `src`, or a folder within one.
const FLOORS: &[&[&str]] = &[
    &[
        "model",
        "session",
        "profile",
        "credential",
        "outcome",
        "secret",
        "clock",
        "similar",
        "terms",
        "endpoint",
        "retention",
        "echo",
        "event",
        "recent",
        "words",
    ],
    &[
        "command", "catalog", "access", "pin", "order", "cooldown", "classify", "picker", "config", "audit",
    ],
    &["store", "provide", "view", "render", "registration"],
    &[
        "store::memory",
        "store::sqlite",
        "credentials",
        "places",
        "files",
        "oauth",
        "wire",
        "events",
    ],
    &[
        "resolver",
        "apply",
        "middleware",
        "conformance",
        "report",
        "setup",
    ],
    &["cli", "chat", "demo", "gateway", "simulate", "bench", "bin"],
];

/// The arrows that are drawn between rooms of one floor.
const ARROWS: &[(&str, &str)] = &[
    ("outcome", "clock"),
    ("words", "echo"),
    ("words", "similar"),
    ("credential", "clock"),
    ("credential", "secret"),
    ("profile", "model"),
    ("endpoint", "model"),
    ("event", "clock"),
    ("event", "echo"),
    ("event", "model"),
    ("event", "profile"),
    ("event", "session"),
    ("picker", "catalog"),
    ("registration", "render"),
    ("registration", "view"),
    ("render", "view"),
    ("credentials", "places"),
    ("credentials", "files"),
    ("events", "credentials"),
    ("oauth", "credentials"),
    ("oauth", "files"),
    ("setup", "resolver"),
    ("report", "middleware"),
    ("report", "resolver"),
    ("conformance", "middleware"),
    ("middleware", "apply"),
    ("middleware", "resolver"),
    ("apply", "resolver"),
    ("chat", "demo"),
    ("gateway", "demo"),
    ("cli", "bench"),
    ("cli", "chat"),
    ("cli", "gateway"),
    ("cli", "simulate"),
    ("bin", "cli"),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// The room of a path such as `store::memory::MemoryPins`: the longest one that has a floor.
fn room(path: &str) -> Option<&'static str> {
    let parts: Vec<&str> = path.split("::").take(2).collect();
    let rooms = || FLOORS.iter().flat_map(|rooms| rooms.iter().copied());
    (1..=parts.len())
        .rev()
        .map(|length| parts[..length].join("::"))
        .find_map(|path| rooms().find(|room| *room == path))
}

/// The paths behind `crate::` in a source, each with its line.
fn uses(source: &str) -> Vec<(usize, String)> {
    let code = source
        .lines()
        .zip(1..)
        .filter(|(line, _)| !line.trim_start().starts_with("//"));
    code.flat_map(|(line, number)| {
        line.match_indices("crate::").map(move |(at, _)| {
            let path: String = line[at + "crate::".len()..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':'))
                .collect();
            (number, path)
        })
    })
    .collect()
}

#[test]
fn code_uses_only_its_own_room_and_lower_floors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 20, "the sources are found");
    let mut wrong = Vec::new();
    for file in files {
        let inside = file
            .strip_prefix(&root)
            .expect("a source is below src")
            .with_extension("");
        let inside = inside.to_string_lossy().replace(['/', '\\'], "::");
        if inside == "lib" {
            continue;
        }
        let Some(from) = room(&inside) else {
            wrong.push(format!("{inside} stands on no floor"));
            continue;
        };
        let source = fs::read_to_string(&file).expect("a source can be read");
        for (line, path) in uses(&source) {
            // Names that `lib.rs` hands on are for users; inside, paths say where a thing lives.
            let Some(to) = room(&path) else {
                wrong.push(format!(
                    "{inside}:{line} uses crate::{path}, which stands on no floor"
                ));
                continue;
            };
            if from == to || ARROWS.contains(&(from, to)) {
                continue;
            }
            if floor(to) >= floor(from) {
                wrong.push(format!(
                    "{inside}:{line} uses crate::{path}: {from} may not use {to}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_rules_know_no_clock_no_files_and_no_tasks() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for rule in FLOORS[1] {
        let mut files = Vec::new();
        let folder = root.join(rule);
        if folder.is_dir() {
            sources(&folder, &mut files);
        }
        for file in files {
            let source = fs::read_to_string(&file).expect("a source can be read");
            let code = source.split("#[cfg(test)]").next().unwrap_or_default();
            for banned in [
                "std::fs",
                "std::env",
                "std::net",
                "tokio::",
                "async fn",
                "SystemTime::now",
                "Instant::now",
            ] {
                let found = code
                    .lines()
                    .any(|line| !line.trim_start().starts_with("//") && line.contains(banned));
                if found {
                    wrong.push(format!("{}: {banned}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
