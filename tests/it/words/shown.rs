//! Replies in each language, as people see them.

use modelpin::command::{Parsed, Syntax};
use modelpin::render::Render;
use modelpin::render::text::{COLUMNS, Text};
use modelpin::view::View;
use modelpin::words::{Languages, Words};
use unicode_width::UnicodeWidthStr as _;

use crate::render::cases;

fn languages() -> Vec<Words> {
    let languages = Languages::default();
    let others = ["vi", "zh-CN", "th"];
    others.iter().map(|tag| languages.of(Some(tag))).collect()
}

fn shown(words: &Words, views: Vec<View>) -> String {
    let said = views.into_iter().map(|view| {
        let view = View {
            words: words.clone(),
            ..view
        };
        Text::plain().render(&view).join("\n=====\n")
    });
    said.collect::<Vec<_>>().join("\n-----\n") + "\n"
}

#[test]
fn nothing_is_said_in_english_where_another_language_is_asked_for() {
    let said = |words: &Words| -> Vec<(&str, Vec<String>)> {
        let cases = cases::all().into_iter();
        let lines = cases.map(|(name, views)| {
            let lines = shown(words, views).lines().map(str::to_owned).collect();
            (name, lines)
        });
        lines.collect()
    };
    let english = said(&Words::english());
    for words in languages() {
        for ((name, lines), (_, in_english)) in said(&words).iter().zip(&english) {
            for line in lines.iter().filter(|line| in_english.contains(line)) {
                // Such lines are drawings, names, and lists of them.
                let plain = |word: &&str| word.len() > 2 && word.chars().all(char::is_alphabetic);
                let sentence = line.split_whitespace().filter(plain).count() > 2;
                let drawn = matches!(*name, "faults" | "help") || name.starts_with("hostile");
                assert!(!sentence || drawn, "{} {name}: {line}", words.tag());
            }
        }
    }
}

#[test]
fn lines_fit_a_terminal_in_every_language() {
    for words in languages() {
        for (name, views) in cases::all() {
            if name.starts_with("hostile") || name == "faults" {
                continue;
            }
            for line in shown(&words, views).lines() {
                let one_word = line
                    .trim_start()
                    .split(' ')
                    .any(|word| word.width() > COLUMNS - 4);
                assert!(
                    line.width() <= COLUMNS || one_word,
                    "{} {name}: {} columns: {line}",
                    words.tag(),
                    line.width()
                );
            }
        }
    }
}

#[test]
fn what_is_to_be_typed_is_the_same_in_every_language() {
    let commands = |text: &str| -> Vec<String> {
        let starts = text.match_indices("/model").map(|(at, _)| at);
        let typed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '@' | '-' | '_' | '.');
        let mut found: Vec<String> = starts
            .map(|at| {
                let rest = &text[at + "/model".len()..];
                let word = rest.strip_prefix(' ').unwrap_or_default();
                let end = word.find(|c| !typed(c)).unwrap_or(word.len());
                word[..end].trim_end_matches('.').to_owned()
            })
            .collect();
        found.sort();
        found
    };
    for words in languages() {
        for (name, views) in cases::all() {
            if name.starts_with("hostile") {
                continue;
            }
            let english = shown(&Words::english(), views.clone());
            let own = shown(&words, views);
            assert_eq!(commands(&own), commands(&english), "{} {name}", words.tag());
        }
    }
}

#[test]
fn a_fault_is_drawn_in_the_language_with_the_same_place_pointed_at() {
    for message in [
        "/model opus --sesion",
        "/model opus --for",
        "/model opus --for 3weeks",
        "/model list anthropic 0",
        "/model opus --once --for 1h",
        "/model opus@",
        "/model \"\"",
        "/model \"opus",
        "/model \"o\\pus\"",
        "/model status --once",
        "/model opus please",
        "/model --once",
        "/model -x -y -z -w -v -u -t",
    ] {
        let Parsed::Invalid(fault) = Syntax::new().parse(message) else {
            panic!("{message} is a fault");
        };
        let english: Vec<String> = fault.draw().lines().map(str::to_owned).collect();
        for words in languages() {
            let drawn: Vec<String> = fault.draw_in(&words).lines().map(str::to_owned).collect();
            assert_eq!(drawn.len(), english.len(), "{drawn:?}");
            assert_eq!(drawn[..2], english[..2]);
            assert_ne!(drawn[2], english[2], "{} {message}", words.tag());
            for line in &drawn {
                assert!(line.chars().count() <= 120 && !line.ends_with('…'), "{line}");
            }
        }
    }
}

#[test]
fn words_on_buttons_are_short() {
    let cases = cases::all();
    let view = &cases.first().expect("a case").1[0];
    for words in languages() {
        let view = View {
            words: words.clone(),
            ..view.clone()
        };
        let labels = modelpin::render::prose::Labels::of(&view);
        for label in [
            labels.previous(),
            labels.next(),
            labels.back(),
            labels.all(),
            labels.auto(),
            labels.default(),
            labels.profiles(2_000),
            labels.choose_model(),
            labels.choose_profile(),
            labels.choose_provider(),
        ] {
            assert!(label.width() <= 24, "{}: {label}", words.tag());
        }
    }
}
