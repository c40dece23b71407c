//! Replies as data: the schema, the page about them, and what never stands in them.

use modelpin::picker::{
    Action, ChoiceToken, Numbered, Pressers, ProviderButton, ProviderList, Scene, Seal, Standing, Turns,
};
use modelpin::picker::{Choice, ProfileOption, Usability};
use modelpin::pin::End;
use modelpin::render::data::ReplyData;
use modelpin::secret::HandleKey;
use modelpin::session::{Actor, AgentId, Scope};
use modelpin::terms::Mode;
use modelpin::view::{
    Body, Candidate, Changed, Kept, Mark, NamedModel, Next, PickerView, Pinned, PinnedProfile, ProfileNow,
    Prompt, ProviderStatus, Refusal, State, Status, View, Why,
};

use super::build::*;
use super::{cases, hostile};

fn page_of_docs() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/replies.md")
}

/// Tokens as they look; the key is nobody's.
fn token(action: Action) -> ChoiceToken {
    let key = HandleKey::derive(b"an example").seal_key();
    let (agent, actor) = (AgentId::main(), Actor::member("telegram:7"));
    let scene = Scene {
        agent: &agent,
        chat: "telegram:42",
        actor: &actor,
        models: 1,
        profiles: Numbered::of(&key, ["anthropic:home", "anthropic:work"]),
    };
    Seal::new(&key, scene).token(action, Pressers::Sender)
}

fn with_buttons(model: u32, choice: Choice) -> Choice {
    let mut choice = choice;
    choice.token = Some(token(Action::Model(model)));
    choice.profiles_token = Some(token(Action::Profiles { model, page: 1 }));
    let profiles = choice
        .serving
        .iter_mut()
        .flat_map(|serving| &mut serving.profiles);
    for (option, profile) in profiles.zip(0..) {
        option.token = Some(token(Action::ModelWith { model, profile }));
    }
    choice
}

/// One reply of each kind, as the page shows them.
fn examples() -> Vec<View> {
    let opus = || named("opus=anthropic/claude-opus-4-6");
    let profiles = [
        ProfileOption {
            standing: Standing::Current,
            ..option("anthropic:work", Usability::Ok)
        },
        option("anthropic:home", Usability::Resting(Some(minutes(4)))),
    ];
    let sonnet = Choice {
        standing: Standing::Current,
        ..choice("sonnet=anthropic/claude-sonnet-4-5", &profiles)
    };
    let of_openai = (1..=8).map(|n| choice(&format!("openai/gpt-{n}"), &[]));
    let sonnet = with_buttons(8, sonnet);
    let provider = |name: &str, models, provider| ProviderButton {
        provider: modelpin::ProviderId::new(name),
        models,
        token: token(Action::ProviderPage { provider, page: 1 }),
    };
    let shown = PickerView {
        page: 2,
        turns: Turns {
            previous: Some(token(Action::Page(1))),
            next: None,
        },
        default: Some(token(Action::Default)),
        providers: ProviderList {
            buttons: vec![provider("openai", 8, 0), provider("anthropic", 1, 1)],
            count: 2,
            ..ProviderList::default()
        },
        ..picker(of_openai.chain([sonnet]).collect())
    };
    let candidates = || {
        vec![
            Candidate {
                account: Some("me@example.org".to_owned()),
                ..marked("anthropic:work", &[Mark::Next, Mark::Pinned])
            },
            candidate("anthropic:home", State::Cooling(Some(minutes(4)))),
        ]
    };
    let work = || profile("anthropic:work");
    vec![
        picked(shown),
        View {
            prompt: Prompt::Sent,
            ..change(Changed {
                pinned: Pinned {
                    model: Some(opus()),
                    profile: Some(PinnedProfile::Named(work(), Mode::Strict)),
                },
                profile: Some(ProfileNow::Pinned {
                    id: Some(work()),
                    mode: Mode::Strict,
                    kept: Kept::Named,
                    end: End::At(minutes(120)),
                }),
                end: End::At(minutes(120)),
                ..changed()
            })
        },
        view(Body::Status(Box::new(Status {
            selection: Some(selection("sonnet=anthropic/claude-sonnet-4-5")),
            default: Some(named("sonnet=anthropic/claude-sonnet-4-5")),
            agent: AgentId::main(),
            store: "/home/me/.modelpin/agents/main/agent/auth-profiles.json".to_owned(),
            providers: vec![ProviderStatus {
                provider: modelpin::ProviderId::new("anthropic"),
                endpoint: endpoint(),
                candidates: candidates(),
            }],
            next: Some(Next::Served(work())),
        }))),
        view(Body::Why(Box::new(Why {
            selection: Some(selection("sonnet=anthropic/claude-sonnet-4-5")),
            basis: modelpin::order::Basis::ConfigOrder,
            candidates: candidates(),
            next: Next::OtherModel(
                NamedModel {
                    alias: None,
                    ..opus()
                },
                Box::new(Next::AllRest(Some(minutes(4)))),
                Box::new(Next::Served(work())),
            ),
            last: None,
        }))),
        refused(Refusal::UnknownModel {
            written: "opsu".to_owned(),
            near: vec!["opus".to_owned()],
        }),
        View {
            prompt: Prompt::NotSent,
            ..view(Body::Faults(
                "/model opus --sesion\n            ^^^^^^^^ unknown option; did you mean --session?"
                    .to_owned(),
            ))
        },
        view(Body::Help),
    ]
}

fn json(view: &View) -> String {
    serde_json::to_string_pretty(&ReplyData::of(view)).expect("replies are JSON")
}

/// Every view that there is a case for.
fn every_view() -> Vec<View> {
    let mut all: Vec<View> = cases::all().into_iter().flat_map(|(_, views)| views).collect();
    all.extend(examples());
    all.push(refused(Refusal::NotPermitted { scope: Scope::Agent }));
    all
}

#[test]
fn the_page_about_replies_shows_what_is_sent() {
    let path = page_of_docs();
    let page = std::fs::read_to_string(&path).expect("docs/replies.md");
    let mut parts = page.split("```json\n");
    let mut written = parts.next().unwrap_or_default().to_owned();
    let blocks: Vec<&str> = parts.collect();
    let examples = examples();
    assert_eq!(blocks.len(), examples.len(), "an example for each kind");
    for (block, example) in blocks.iter().zip(&examples) {
        let (_, behind) = block.split_once("```").expect("the block ends");
        written.push_str(&format!("```json\n{}\n```{behind}", json(example)));
    }
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::write(&path, &written).expect("the page is written");
    } else {
        assert!(page == written, "UPDATE_FIXTURES=1 writes it anew:\n{written}");
    }
    let kinds = ["picker", "changed", "status", "why", "refused", "faults", "help"];
    for (example, kind) in examples.iter().zip(kinds) {
        assert!(json(example).contains(&format!("\"kind\": \"{kind}\"")), "{kind}");
        assert!(page.contains(&format!("\n## `{kind}`")), "{kind}");
    }
}

#[test]
fn the_same_view_gives_the_same_data() {
    for view in every_view() {
        assert_eq!(json(&view), json(&view));
    }
}

#[cfg(feature = "schema")]
#[test]
fn the_committed_schema_is_the_one_that_is_generated_and_every_reply_keeps_it() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reply.schema.json");
    let schema = serde_json::to_value(ReplyData::schema()).expect("a schema is JSON");
    let generated = serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n";
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::write(path, &generated).expect("written");
    }
    assert!(
        std::fs::read_to_string(path).expect("a schema") == generated,
        "UPDATE_FIXTURES=1 writes it anew"
    );
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for view in every_view() {
        let reply = serde_json::to_value(ReplyData::of(&view)).expect("replies are JSON");
        let wrong: Vec<String> = validator
            .iter_errors(&reply)
            .map(|wrong| wrong.to_string())
            .collect();
        assert!(wrong.is_empty(), "{}\n{reply:#}", wrong.join("\n"));
        // Of each key that stands there always, to be without it is a fault.
        let Some(object) = reply.as_object() else {
            panic!("an object")
        };
        for key in object.keys() {
            let mut less = object.clone();
            less.remove(key);
            assert!(
                !validator.is_valid(&serde_json::Value::Object(less)),
                "without {key}: {reply:#}"
            );
        }
    }
}

#[test]
fn what_looks_like_a_key_is_blotted_out_wherever_it_stands() {
    let key = "sk-ant-api03-EXAMPLE-CANARY-Zq7VtRw9Kx0123456789";
    for view in hostile::everywhere(key) {
        let json = json(&view);
        for piece in key.as_bytes()[4..].windows(8) {
            let piece = std::str::from_utf8(piece).expect("ASCII");
            assert!(!json.contains(piece), "{piece} in {json}");
        }
    }
}

#[test]
fn a_label_is_short_and_acts_on_no_display() {
    for view in hostile::everywhere(&"\u{202e}\u{7}x".repeat(2_000)) {
        let reply = serde_json::to_value(ReplyData::of(&view)).expect("replies are JSON");
        let mut labels = Vec::new();
        gather(&reply, "label", &mut labels);
        gather(&reply, "message", &mut labels);
        gather(&reply, "hint", &mut labels);
        for label in labels {
            assert!(label.chars().count() <= 1_000, "{label}");
            assert!(!label.contains(['\u{202e}', '\u{7}']), "{label:?}");
        }
    }
}

fn gather(value: &serde_json::Value, key: &str, found: &mut Vec<String>) {
    use serde_json::Value;
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                if let (true, Value::String(text)) = (name == key, value) {
                    found.push(text.clone());
                }
                gather(value, key, found);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| gather(value, key, found)),
        _ => {}
    }
}
