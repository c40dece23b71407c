//! Views rendered as text: golden files for every kind of reply, and what holds for all of them.
//!
//! `fixtures/render/text/<case>.txt` and `.md` show the views of `cases.rs`; where a case has several, or a reply
//! several messages, a line `----` stands between them. `UPDATE_FIXTURES=1 cargo test --test it render` writes them
//! anew: read each one that changed.

pub(crate) mod build;
pub(crate) mod cases;
mod data;
pub(crate) mod discord;
mod goldens;
mod hostile;
mod last;
pub(crate) mod matrix;
mod pages;
mod pressable;
mod slack;
mod telegram;

use std::path::{Path, PathBuf};

use modelpin::render::Render;
use modelpin::render::text::{COLUMNS, MESSAGE_CHARS, Text};
use modelpin::view::View;
use unicode_width::UnicodeWidthStr as _;

fn file(case: &str, ending: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/render/text");
    folder.join(format!("{case}.{ending}"))
}

pub(crate) fn shown(text: Text, views: &[View]) -> String {
    let messages: Vec<String> = views.iter().flat_map(|view| text.render(view)).collect();
    messages.join("\n----\n") + "\n"
}

/// What differs from the golden file, if anything does.
pub(crate) fn compare(path: &Path, text: &str) -> Option<String> {
    let golden = std::fs::read_to_string(path).unwrap_or_default();
    if golden == text {
        return None;
    }
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        let folder = path.parent().expect("a golden file has its folder");
        std::fs::create_dir_all(folder).expect("the folder is made");
        std::fs::write(path, text).expect("the golden file is written");
        return None;
    }
    Some(format!("{}:\n{text}", path.display()))
}

#[test]
fn every_kind_of_reply_looks_as_its_golden_file() {
    let different: Vec<String> = cases::all()
        .iter()
        .flat_map(|(case, views)| {
            let both = [("txt", Text::plain()), ("md", Text::markdown())];
            both.map(|(ending, text)| compare(&file(case, ending), &shown(text, views)))
        })
        .flatten()
        .collect();
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn every_golden_file_has_its_case() {
    let cases = cases::all();
    let files = std::fs::read_dir(file("x", "txt").parent().unwrap()).unwrap();
    // The folders are those of the languages.
    let files = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.is_file());
    for path in files {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        assert!(cases.iter().any(|(case, _)| *case == stem), "{}", path.display());
    }
}

#[test]
fn lines_fit_a_terminal_and_messages_a_chat() {
    for (case, views) in cases::all() {
        for view in &views {
            for text in [Text::plain(), Text::markdown()] {
                let messages = text.render(view);
                assert!(!messages.is_empty(), "{case}");
                assert_eq!(
                    messages,
                    text.render(view),
                    "{case}: the same view gives the same bytes"
                );
                for message in &messages {
                    assert!(message.chars().count() <= MESSAGE_CHARS, "{case}");
                    assert!(!message.trim().is_empty(), "{case}");
                }
            }
            for line in Text::plain()
                .render(view)
                .iter()
                .flat_map(|message| message.lines())
            {
                assert!(line.width() <= COLUMNS, "{case}: {line}");
                assert_eq!(line, line.trim_end(), "{case}: {line:?} ends with blanks");
            }
        }
    }
}
