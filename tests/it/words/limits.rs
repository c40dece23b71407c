//! What replies keep to in every language: widths, lengths, columns, markup, and no language besides their own.

use modelpin::command::help::short_in;
use modelpin::command::{Parsed, Syntax};
use modelpin::picker::Usability;
use modelpin::render::Render;
use modelpin::render::prose::Labels;
use modelpin::render::text::{COLUMNS, Text};
use modelpin::view::View;
use modelpin::words::Words;
use pulldown_cmark::{Event, Parser};
use unicode_width::UnicodeWidthStr as _;

use super::replies::{TAGS, cases_in, words};
use crate::render::build::{choice, minutes, option, picked, picker, serving};

#[test]
fn no_line_is_wider_than_a_terminal() {
    for tag in TAGS {
        for (case, views) in cases_in(tag) {
            let messages: Vec<String> = views.iter().flat_map(|view| Text::plain().render(view)).collect();
            for line in messages.iter().flat_map(|message| message.lines()) {
                let one_word = line.split_whitespace().count() == 1;
                assert!(line.width() <= COLUMNS || one_word, "{tag} {case}: {line}");
                assert_eq!(line, line.trim_end(), "{tag} {case}");
                let closes = |c: char| "，。；：！？、）”".contains(c);
                assert!(
                    !line
                        .strip_prefix("    ")
                        .is_some_and(|rest| rest.starts_with(closes)),
                    "{tag} {case}: {line}"
                );
                assert!(
                    !line.contains(['\u{1}', '\u{2}', '{', '}']),
                    "{tag} {case}: {line}"
                );
            }
        }
    }
}

/// The plain text of a reply without folds, in one piece.
fn flat(view: &View) -> String {
    Text::plain()
        .render(view)
        .join(" ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_reply_has_no_english_sentence_in_it() {
    // What others say stands in English: the causes of errors.
    let foreign = [
        "the pin store is not available",
        "no JSON (key must be a string)",
        "the fence is longer than any run of",
    ];
    let english_words = [
        " the ",
        " is ",
        " for ",
        " with ",
        " of ",
        " and ",
        " or ",
        " not ",
        " are ",
        " to ",
        "more follows",
    ];
    for tag in TAGS {
        for (case, views) in cases_in(tag)
            .iter()
            .filter(|(case, _)| !case.starts_with("hostile"))
        {
            for view in views {
                let mut said = flat(view);
                for words in foreign {
                    said = said.replace(words, "");
                }
                let found: Vec<_> = english_words.iter().filter(|word| said.contains(*word)).collect();
                assert!(found.is_empty(), "{tag} {case}: {found:?} in {said}");
            }
        }
    }
}

/// The commands in a text, with their arguments in Latin letters.
fn typed(text: &str) -> Vec<String> {
    let part = |c: char| c.is_ascii_alphanumeric() || "/@:._-".contains(c);
    let mut found: Vec<String> = text
        .split("/model")
        .skip(1)
        .map(|behind| {
            let end = behind
                .find(|c: char| !part(c) && c != ' ')
                .unwrap_or(behind.len());
            behind[..end].trim().trim_end_matches('.').to_owned()
        })
        .collect();
    found.sort();
    found
}

#[test]
fn what_is_to_be_typed_is_the_same_in_every_language() {
    let cases = [
        "picker",
        "picker-pages",
        "picker-pages-of-one-provider",
        "picker-profiles-of-a-model",
        "refused-names",
        "refused-otherwise",
        "changed-and-what-comes-next",
        "status-of-nothing",
    ];
    let english = cases_in("en");
    for tag in TAGS {
        let own = cases_in(tag);
        for (case, views) in english.iter().filter(|(case, _)| cases.contains(case)) {
            let (_, said) = own.iter().find(|(name, _)| name == case).expect("the case");
            for (view, own) in views.iter().zip(said) {
                let first_words = |view: &View| -> Vec<String> {
                    let typed = typed(&flat(view)).into_iter();
                    // English has words of its own behind a command.
                    let word =
                        |command: String| command.split(' ').take(3).map(str::to_owned).collect::<Vec<_>>();
                    typed
                        .map(|command| {
                            word(command)
                                .into_iter()
                                .take_while(|word| is_argument(word))
                                .collect::<Vec<_>>()
                                .join(" ")
                        })
                        .collect()
                };
                let (mut theirs, mut ours) = (first_words(view), first_words(own));
                theirs.sort();
                ours.sort();
                assert_eq!(theirs, ours, "{tag} {case}: {}", flat(own));
            }
        }
    }
}

/// Whether a word behind `/model` belongs to the command.
fn is_argument(word: &str) -> bool {
    let known = [
        "list",
        "status",
        "default",
        "anthropic",
        "openrouter",
        "provider/model",
        "/provider",
    ];
    known.contains(&word) || word.starts_with('@') || word.starts_with(|c: char| c.is_ascii_digit())
}

#[test]
fn words_on_buttons_are_short() {
    for tag in TAGS.into_iter().chain(["en"]) {
        let view = View {
            words: words(tag),
            ..picked(picker(Vec::new()))
        };
        let labels = Labels::of(&view);
        let own = [
            labels.previous(),
            labels.next(),
            labels.auto(),
            labels.back(),
            labels.all(),
            labels.default(),
            labels.choose_model(),
            labels.choose_profile(),
            labels.choose_provider(),
            labels.profiles(100),
        ];
        for label in own {
            assert!((1..=24).contains(&label.width()), "{tag}: {label}");
        }
        for usability in [
            Usability::Resting(Some(minutes(90))),
            Usability::Resting(None),
            Usability::Costs,
            Usability::NoCredential,
            Usability::NoEndpoint,
        ] {
            let shown = serving(usability, choice("a/b", &[option("a:k", Usability::Ok)]));
            let note = labels
                .choice(&shown)
                .note
                .expect("something keeps it from serving");
            assert!(note.width() <= 30, "{tag}: {note}");
        }
    }
}

#[test]
fn the_help_has_the_same_commands_in_the_same_columns() {
    let left = |help: &str| -> Vec<String> {
        let lines = help.lines().filter(|line| line.starts_with(['/', '-']));
        let forms = lines.map(|line| line.split("  ").next().unwrap_or_default().to_owned());
        forms.filter(|form| !form.contains("--once -- ")).collect()
    };
    let column = |line: &str| {
        let behind = line
            .find("  ")
            .map(|at| at + line[at..].len() - line[at..].trim_start().len());
        behind.map(|at| line[..at].width())
    };
    let english = short_in(&Words::english());
    for tag in TAGS {
        let help = short_in(&words(tag));
        assert_ne!(help, english);
        assert_eq!(left(&help), left(&english), "{tag}");
        assert_eq!(help.lines().count(), english.lines().count(), "{tag}");
        assert!(help.lines().count() <= 25);
        for (line, like) in help.lines().zip(english.lines()) {
            assert!(line.width() <= 78, "{tag}: {line}");
            assert_eq!(column(line), column(like), "{tag}: {line}");
        }
        for whole in [
            "/model \"my model\"@\"me@example.org\"",
            "/model opus --once -- ",
            "--:",
        ] {
            assert!(help.contains(whole) || whole == "--:", "{tag}: {whole}");
        }
    }
}

#[test]
fn faults_are_short_in_every_language_and_point_at_the_place() {
    let long = "x".repeat(300);
    let lines = [
        "/model opus please".to_owned(),
        "/model opus --sesion".to_owned(),
        "/model opus --nothing-like-it".to_owned(),
        "/model opus --once=1".to_owned(),
        "/model opus --for".to_owned(),
        "/model opus --profile".to_owned(),
        "/model opus --for 3weeks".to_owned(),
        "/model list anthropic 0".to_owned(),
        "/model opus --once --for 1h".to_owned(),
        "/model opus -g -a".to_owned(),
        "/model opus --strict --prefer".to_owned(),
        "/model opus@a --profile b".to_owned(),
        "/model opus@".to_owned(),
        "/model \"\"".to_owned(),
        "/model \"opus".to_owned(),
        "/model \"o\\pus\"".to_owned(),
        "/model --once".to_owned(),
        "/model status --once".to_owned(),
        format!("/model {long}"),
        format!("/model {}", "opus ".repeat(1_000)),
        "/model a b c d e f g h i j k l".to_owned(),
        "/model 模型 请 --for".to_owned(),
    ];
    for line in &lines {
        let Parsed::Invalid(fault) = Syntax::new().parse(line) else {
            panic!("{line} is understood");
        };
        let carets = |drawing: &str| -> Vec<String> {
            let lines = drawing
                .lines()
                .filter(|line| line.contains('^') && line.trim().chars().all(|c| c == '^'));
            lines.map(str::to_owned).collect()
        };
        let english = fault.draw_in(&Words::english());
        for tag in TAGS {
            let drawing = fault.draw_in(&words(tag));
            assert_eq!(carets(&drawing), carets(&english), "{tag}: {drawing}");
            assert_eq!(
                drawing.lines().count(),
                english.lines().count(),
                "{tag}: {drawing}"
            );
            for (told, english) in drawing.lines().zip(english.lines()) {
                assert!(told.chars().count() <= 120, "{tag}: {told}");
                assert!(
                    !told.ends_with('…') || english.ends_with('…'),
                    "{tag}: cut: {told}"
                );
            }
        }
    }
}

#[test]
fn no_name_becomes_markup_among_wide_or_thai_words() {
    for tag in TAGS {
        for (case, views) in cases_in(tag)
            .iter()
            .filter(|(case, _)| case.starts_with("hostile"))
        {
            for view in views {
                for message in Text::markdown().render(view) {
                    for event in Parser::new(&message) {
                        let markup = matches!(
                            &event,
                            Event::Html(_) | Event::InlineHtml(_) | Event::FootnoteReference(_) | Event::Rule
                        );
                        assert!(!markup, "{tag} {case}: {event:?} in {message}");
                        if let Event::Start(start) = &event {
                            use pulldown_cmark::Tag;
                            let ours = matches!(
                                start,
                                Tag::Paragraph
                                    | Tag::Strong
                                    | Tag::List(None)
                                    | Tag::Item
                                    | Tag::CodeBlock(_)
                            );
                            assert!(ours, "{tag} {case}: {start:?} in {message}");
                        }
                    }
                }
            }
        }
    }
}
