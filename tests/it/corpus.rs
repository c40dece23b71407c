//! What a fuzzer once found worth keeping holds on stable Rust too: every input of `fuzz/corpus` goes through the same
//! checks as under `./fuzz/run`.

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

#[path = "../../fuzz/bodies/mod.rs"]
mod bodies;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus")
}

fn names(folder: &Path, ending: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries
        .map(|entry| entry.expect("an entry").file_name())
        .filter_map(|name| Some(name.to_string_lossy().strip_suffix(ending)?.to_owned()))
        .collect()
}

/// Inputs that broke a claim have names that say what was wrong; the others have the names that the fuzzer gives.
fn replay(subject: &str) {
    let (_, check) = bodies::ALL
        .iter()
        .find(|(name, _)| *name == subject)
        .expect("a subject");
    let folder = corpus().join(subject);
    let inputs = names(&folder, "");
    assert!(!inputs.is_empty(), "there is no input of {subject}");
    for name in inputs {
        let input = fs::read(folder.join(&name)).expect("an input");
        let held = catch_unwind(|| check(&input));
        assert!(held.is_ok(), "fuzz/corpus/{subject}/{name} breaks a claim");
    }
}

macro_rules! subjects {
    ($($subject:ident),* $(,)?) => {
        $(
            #[test]
            fn $subject() {
                replay(stringify!($subject));
            }
        )*

        const REPLAYED: &[&str] = &[$(stringify!($subject)),*];
    };
}

subjects!(
    audit,
    body,
    choice_token,
    classify,
    command,
    config_edit,
    config_read,
    dotenv,
    room,
    sse,
    store_read,
    words,
);

#[test]
fn every_subject_is_fuzzed_has_a_dictionary_and_is_replayed() {
    let subjects: BTreeSet<String> = bodies::ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    let replayed: BTreeSet<String> = REPLAYED.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(replayed, subjects);
    let fuzz = corpus().with_file_name("");
    assert_eq!(names(&fuzz.join("targets"), ".rs"), subjects);
    assert_eq!(names(&fuzz.join("dict"), ".dict"), subjects);
    assert_eq!(names(&fuzz.join("corpus"), ""), subjects);
}

#[test]
fn the_corpus_stays_small() {
    let mut bytes = 0;
    for subject in names(&corpus(), "") {
        for input in fs::read_dir(corpus().join(subject)).expect("a folder") {
            bytes += input.and_then(|input| input.metadata()).expect("an input").len();
        }
    }
    assert!(
        bytes <= 2 * 1024 * 1024,
        "fuzz/corpus has {bytes} bytes: KEPT=200 ./fuzz/run"
    );
}
