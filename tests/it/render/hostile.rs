//! Names that would like to be something else.

use modelpin::model::{ModelRef, ProviderId};
use modelpin::picker::{Choice, Turns, Usability};
use modelpin::pin::End;
use modelpin::render::Render;
use modelpin::render::text::Text;
use modelpin::session::{AgentId, Scope};
use modelpin::terms::Mode;
use modelpin::view::{
    Body, Candidate, Changed, Kept, NamedModel, Next, Occasion, PickerView, ProfileNow, ProviderStatus,
    Refusal, State, Status, View, Why,
};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::build::{self, *};

pub(super) const NAMES: &[&str] = &[
    "`code` and ``more``",
    "**bold** _it_ ~~gone~~ ||spoiler||",
    "[link](https://evil.example) <b>html</b> &amp; ![x](y)",
    "line\nbreak\r\n# heading\n> quote\n- item\n1. one\n```\nfence",
    "right\u{202e}to left\u{2066}\u{7}\u{1b}[31m",
    "👩\u{200d}💻 ไทย 模型 e\u{301} \u{301}",
    "@everyone <@1234> <!channel> $x^2$ {{a}} | table |",
    "  blanks at both ends  ",
    "",
    "`",
    "\\",
    "*",
];

/// A name as any field takes it: everywhere at once.
pub(super) fn everywhere(name: &str) -> Vec<View> {
    let provider = ProviderId::new(name);
    let model = ModelRef::new(provider.clone(), name);
    let named = NamedModel {
        alias: Some(name.to_owned()),
        model: model.clone(),
    };
    let option = |usability| option(name, usability);
    let a_choice = Choice {
        model: model.clone(),
        alias: Some(name.to_owned()),
        ..choice(
            "a/b",
            &[
                option(Usability::Ok),
                option(Usability::Resting(Some(minutes(3)))),
            ],
        )
    };
    let a_selection = || modelpin::view::Selection {
        model: named.clone(),
        profile: Some(modelpin::view::SelectedProfile {
            id: Some(profile(name)),
            mode: Mode::Strict,
            origin: modelpin::view::Origin::Pin(Scope::Session),
            end: End::Never,
        }),
        ..selection("a/b")
    };
    let a_candidate = || Candidate {
        profile: profile(name),
        account: Some(name.to_owned()),
        source: Some(name.to_owned()),
        ..candidate("a:b", State::Ready)
    };
    let picked = |occasion| {
        build::picked(PickerView {
            selection: Some(a_selection()),
            occasion,
            ..picker(vec![
                a_choice.clone(),
                Choice {
                    alias: None,
                    ..a_choice.clone()
                },
            ])
        })
    };
    let near = vec![name.to_owned(), name.to_owned()];
    vec![
        picked(Occasion::Asked),
        picked(Occasion::Ambiguous(name.to_owned())),
        build::picked(PickerView {
            chosen: Some(modelpin::view::Chosen {
                number: 1,
                page: 1,
                turns: Turns::default(),
                auto: None,
                back: None,
            }),
            ..picker(vec![a_choice.clone()])
        }),
        view(Body::Status(Box::new(Status {
            selection: Some(a_selection()),
            default: Some(named.clone()),
            agent: AgentId::main(),
            store: name.to_owned(),
            providers: vec![ProviderStatus {
                provider: provider.clone(),
                endpoint: endpoint(),
                candidates: vec![a_candidate(), a_candidate()],
            }],
            next: Some(Next::Refused("fenced", name.to_owned(), name.to_owned())),
        }))),
        view(Body::Why(Box::new(Why {
            selection: Some(a_selection()),
            basis: modelpin::order::Basis::ConfigOrder,
            candidates: vec![a_candidate()],
            last: None,
            next: Next::OtherServes(State::Missing, profile(name)),
        }))),
        change(Changed {
            profile: Some(ProfileNow::Pinned {
                id: Some(profile(name)),
                mode: Mode::Strict,
                end: End::Never,
                kept: Kept::Named,
            }),
            profile_before: Some(profile(name)),
            ..changed()
        }),
        refused(Refusal::UnknownModel {
            written: name.to_owned(),
            near: near.clone(),
        }),
        refused(Refusal::ModelNotAllowed {
            model,
            rule: name.to_owned(),
        }),
        refused(Refusal::SeveralProfiles {
            written: name.to_owned(),
            profiles: vec![profile(name); 3],
        }),
        refused(Refusal::OtherProvider {
            profile: profile(name),
            provider,
            model: named,
        }),
        refused(Refusal::UnknownProvider {
            written: name.to_owned(),
            near,
        }),
        refused(Refusal::NotKept {
            cause: name.to_owned(),
        }),
        refused(Refusal::Broken {
            cause: name.to_owned(),
            at: NOW,
        }),
    ]
}

pub(super) fn cases() -> Vec<(&'static str, Vec<View>)> {
    // The cases of the golden files are shown to people: a few names are enough there.
    vec![
        ("hostile-markup", everywhere(NAMES[1])),
        ("hostile-lines", everywhere(NAMES[3])),
        ("hostile-direction", everywhere(NAMES[4])),
    ]
}

/// The markup of a message, without its text.
fn structure(markdown: &str) -> Vec<String> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM
        | Options::ENABLE_SUPERSCRIPT
        | Options::ENABLE_SUBSCRIPT;
    Parser::new_ext(markdown, options)
        .filter_map(|event| match event {
            Event::Text(_) => None,
            Event::Code(_) => Some("code".to_owned()),
            Event::Start(Tag::List(_)) | Event::End(TagEnd::List(_)) => Some("list".to_owned()),
            other => Some(format!("{other:?}")),
        })
        .collect()
}

#[test]
fn no_name_becomes_markup() {
    for (harmless, number) in everywhere("harmless").iter().zip(0..) {
        let wanted: Vec<_> = Text::markdown()
            .render(harmless)
            .iter()
            .map(|message| structure(message))
            .collect();
        for name in NAMES {
            let view = &everywhere(name)[number];
            let messages = Text::markdown().render(view);
            let got: Vec<_> = messages.iter().map(|message| structure(message)).collect();
            // An empty name has nothing that could be bold.
            if !name.is_empty() {
                assert_eq!(
                    got,
                    wanted,
                    "{name:?} in view {number}:\n{}",
                    messages.join("\n----\n")
                );
            }
        }
    }
}

#[test]
fn an_empty_name_opens_nothing() {
    for view in everywhere("") {
        for message in Text::markdown().render(&view) {
            let strange = structure(&message)
                .into_iter()
                .find(|tag| tag.contains("Html") || tag.contains("Link"));
            assert_eq!(strange, None, "{message}");
            for span in Parser::new(&message).filter_map(|event| match event {
                Event::Code(span) => Some(span),
                _ => None,
            }) {
                let span = span.trim();
                let ours = span.is_empty() || span.starts_with("/model") || span.starts_with("https:");
                let ours = ours || ["/", "main"].contains(&span) || span.starts_with("anthropic");
                assert!(ours, "{span:?} in {message}");
            }
        }
    }
}

#[test]
fn nothing_acts_on_a_display() {
    for name in NAMES {
        for view in everywhere(name) {
            for message in [Text::plain(), Text::markdown()]
                .into_iter()
                .flat_map(|text| text.render(&view))
            {
                let acts = |c: char| {
                    (c.is_control() && c != '\n')
                        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
                };
                assert!(!message.contains(acts), "{message:?}");
            }
        }
    }
}

#[test]
fn a_name_of_any_length_stays_in_its_place() {
    for piece in ["x", "`", "*", "模", "e\u{301}", "\u{301}", "👩\u{200d}💻", "a b "] {
        for length in [300, 20_000] {
            let long = piece.repeat(length);
            for (view, harmless) in everywhere(&long).iter().zip(everywhere("harmless")) {
                for message in Text::plain().render(view) {
                    assert!(message.chars().count() <= modelpin::render::text::MESSAGE_CHARS);
                }
                let all = |view: &View| -> Vec<String> {
                    let messages = Text::markdown().render(view);
                    for message in &messages {
                        assert!(message.chars().count() <= modelpin::render::text::MESSAGE_CHARS);
                    }
                    messages
                        .iter()
                        .flat_map(|message| structure(message))
                        .filter(|tag| tag == "code")
                        .collect()
                };
                assert_eq!(all(view), all(&harmless), "{piece:?} × {length}");
            }
        }
    }
}
