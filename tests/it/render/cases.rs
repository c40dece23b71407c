//! The views of the golden files: every kind of reply, and its variants.

use modelpin::credential::CredentialKind;
use modelpin::model::ProviderId;
use modelpin::outcome::FailureClass;
use modelpin::picker::{Choice, ProfileOption, Standing, Turns, Usability};
use modelpin::pin::End;
use modelpin::session::{AgentId, Scope};
use modelpin::terms::Mode;
use modelpin::view::{
    Body, Candidate, Change, Changed, Chosen, Kept, Mark, ModelNow, Next, Occasion, Origin, PickerView,
    Pinned, PinnedProfile, ProfileNow, Prompt, ProviderStatus, Refusal, SelectedProfile, Selection, State,
    Status, View, Why,
};

use super::build::*;

/// Each case with its views.
pub(crate) fn all() -> Vec<(&'static str, Vec<View>)> {
    let mut all = pickers();
    all.extend(answers());
    all.extend(changes());
    all.extend(refusals());
    all.extend(super::hostile::cases());
    all
}

fn usual_choices() -> Vec<Choice> {
    let both = [
        ProfileOption {
            standing: Standing::Current,
            ..option("anthropic:work", Usability::Ok)
        },
        option("anthropic:home", Usability::Resting(Some(minutes(4)))),
    ];
    let key = [option("openai:default", Usability::Ok)];
    vec![
        choice("opus=anthropic/claude-opus-4-6", &both),
        Choice {
            standing: Standing::Current,
            ..choice("sonnet=anthropic/claude-sonnet-4-5", &both)
        },
        choice("gpt=openai/gpt-5.2", &key),
        choice("openai/gpt-5-mini", &key),
        choice("openrouter/moonshotai/kimi-k2", &[]),
    ]
}

fn profiles_of(number: usize, page: usize, shown: PickerView) -> View {
    picked(PickerView {
        chosen: Some(Chosen {
            number,
            page,
            turns: Turns::default(),
            auto: None,
            back: None,
        }),
        ..shown
    })
}

fn pickers() -> Vec<(&'static str, Vec<View>)> {
    let numbered = |provider: &str, count: usize| -> Vec<Choice> {
        (1..=count)
            .map(|n| {
                choice(
                    &format!("{provider}/model-{n}"),
                    &[option(&format!("{provider}:key"), Usability::Ok)],
                )
            })
            .collect()
    };
    let unlike = vec![
        serving(
            Usability::Resting(Some(minutes(3))),
            choice(
                "opus=anthropic/claude-opus-4-6",
                &[option("anthropic:work", Usability::Resting(Some(minutes(3))))],
            ),
        ),
        choice(
            "haiku=anthropic/claude-haiku-4-5",
            &[
                option("anthropic:work", Usability::Ok),
                option("work", Usability::Resting(None)),
            ],
        ),
        serving(
            Usability::Resting(None),
            choice("lab/one", &[option("lab:k", Usability::Resting(None))]),
        ),
    ];
    vec![
        ("picker", vec![picked(picker(usual_choices()))]),
        (
            "picker-of-models-with-profiles-of-their-own",
            vec![picked(picker(unlike))],
        ),
        (
            "picker-empty",
            vec![picked(PickerView {
                selection: None,
                ..picker(Vec::new())
            })],
        ),
        (
            "picker-pages",
            (1..=3)
                .map(|page| {
                    picked(PickerView {
                        page,
                        ..picker(numbered("openrouter", 20))
                    })
                })
                .collect(),
        ),
        (
            "picker-pages-of-one-provider",
            (1..=2)
                .map(|page| {
                    let provider = Some(ProviderId::new("openrouter"));
                    picked(PickerView {
                        page,
                        provider,
                        ..picker(numbered("openrouter", 9))
                    })
                })
                .collect(),
        ),
        (
            "picker-nobody-asked-for",
            vec![
                View {
                    prompt: Prompt::NotSent,
                    ..picked(PickerView {
                        occasion: Occasion::Ambiguous("kimi-k2".to_owned()),
                        ..picker(
                            (1..=10)
                                .flat_map(|n| numbered(&format!("provider-{n}"), 1))
                                .collect(),
                        )
                    })
                },
                picked(PickerView {
                    occasion: Occasion::StaleNumber(12),
                    ..picker(usual_choices())
                }),
                picked(PickerView {
                    occasion: Occasion::StaleButton,
                    ..picker(usual_choices())
                }),
            ],
        ),
        (
            "picker-profiles-of-a-model",
            vec![
                profiles_of(1, 1, picker(usual_choices())),
                profiles_of(5, 1, picker(usual_choices())),
                profiles_of(
                    1,
                    2,
                    picker(vec![choice(
                        "anthropic/claude-opus-4-6",
                        &(1..=20)
                            .map(|n| option(&format!("anthropic:key-{n}"), Usability::Ok))
                            .collect::<Vec<_>>(),
                    )]),
                ),
            ],
        ),
    ]
}

fn pinned_selection() -> Selection {
    Selection {
        origin: Origin::Pin(Scope::Session),
        end: End::At(minutes(120)),
        profile: Some(SelectedProfile {
            id: Some(profile("anthropic:work")),
            mode: Mode::Strict,
            origin: Origin::Pin(Scope::Agent),
            end: End::NextRequest,
        }),
        ..selection("opus=anthropic/claude-opus-4-6")
    }
}

fn every_candidate() -> Vec<Candidate> {
    vec![
        Candidate {
            kind: Some(CredentialKind::OAuth),
            account: Some("ann@work.example".to_owned()),
            expires: Some(minutes(720)),
            ..marked("anthropic:work", &[Mark::Next, Mark::Pinned, Mark::LastGood])
        },
        Candidate {
            kind: Some(CredentialKind::Token),
            ..candidate("anthropic:manual", State::Ready)
        },
        Candidate {
            source: Some("env: ANTHROPIC_API_KEY".to_owned()),
            ..candidate("env:ANTHROPIC_API_KEY", State::Ready)
        },
        candidate("anthropic:resting", State::Cooling(Some(minutes(4)))),
        candidate(
            "anthropic:unpaid",
            State::Disabled(Some(FailureClass::Billing), Some(minutes(300))),
        ),
        candidate(
            "anthropic:revoked",
            State::Disabled(Some(FailureClass::AuthPermanent), None),
        ),
        Candidate {
            expires: Some(minutes(-5)),
            ..candidate("anthropic:old", State::Expired)
        },
        candidate("anthropic:gone", State::Missing),
        candidate("anthropic:spare", State::NotInOrder),
        candidate("anthropic:boss", State::Unusable("not-allowed")),
        Candidate {
            kind: None,
            ..candidate("anthropic:passkey", State::Unusable("unknown-type"))
        },
    ]
}

fn answers() -> Vec<(&'static str, Vec<View>)> {
    let status = Status {
        selection: Some(pinned_selection()),
        default: Some(named("sonnet=anthropic/claude-sonnet-4-5")),
        agent: AgentId::main(),
        store: "/home/ann/.modelpin/agents/main/agent/auth-profiles.json".to_owned(),
        providers: vec![
            ProviderStatus {
                provider: ProviderId::new("anthropic"),
                endpoint: endpoint(),
                candidates: every_candidate(),
            },
            ProviderStatus {
                provider: ProviderId::new("strange"),
                endpoint: None,
                candidates: Vec::new(),
            },
        ],
        next: Some(Next::Served(profile("anthropic:work"))),
    };
    let nothing = Status {
        selection: None,
        default: None,
        providers: Vec::new(),
        next: Some(Next::Refused(
            "no-model",
            "no model is configured".to_owned(),
            "name one: /model provider/model".to_owned(),
        )),
        ..status.clone()
    };
    let why = Why {
        selection: Some(pinned_selection()),
        basis: modelpin::order::Basis::ConfigOrder,
        candidates: every_candidate(),
        last: None,
        next: Next::Served(profile("anthropic:work")),
    };
    let after_a_failure = Why {
        last: Some(super::last::failed_over()),
        ..why.clone()
    };
    let after_nothing = Why {
        last: Some(super::last::refused_at_once()),
        ..why.clone()
    };
    let nobody = Why {
        candidates: Vec::new(),
        next: Next::NoCredential,
        selection: Some(selection("lab/one")),
        ..why.clone()
    };
    let faults =
        "/model opus --sesion\n            ^^^^^^^^\n`--sesion` is not an option\ndid you mean `--session`?";
    vec![
        ("status", vec![view(Body::Status(Box::new(status)))]),
        ("status-of-nothing", vec![view(Body::Status(Box::new(nothing)))]),
        ("why", vec![view(Body::Why(Box::new(why)))]),
        (
            "why-the-last-request",
            vec![
                view(Body::Why(Box::new(after_a_failure))),
                view(Body::Why(Box::new(after_nothing))),
            ],
        ),
        ("why-nobody", vec![view(Body::Why(Box::new(nobody)))]),
        ("help", vec![view(Body::Help)]),
        (
            "faults",
            vec![
                View {
                    prompt: Prompt::NotSent,
                    ..view(Body::Faults(faults.to_owned()))
                },
                view(Body::Faults(
                    "/model ```\n       ^^^\nthe fence is longer than any run of `".to_owned(),
                )),
            ],
        ),
    ]
}

fn changes() -> Vec<(&'static str, Vec<View>)> {
    let work = |mode, kept| {
        Some(ProfileNow::Pinned {
            id: Some(profile("anthropic:work")),
            mode,
            end: End::Never,
            kept,
        })
    };
    let with_profile = Pinned {
        model: Some(named("opus=anthropic/claude-opus-4-6")),
        profile: Some(PinnedProfile::Named(profile("anthropic:work"), Mode::Strict)),
    };
    let kept_model = || ModelNow {
        before: None,
        ..changed().model.expect("a model")
    };
    let undone = Changed {
        pinned: Pinned::default(),
        change: Change::Undone,
        ..changed()
    };
    let next = |next| change(Changed { next, ..changed() });
    vec![
        (
            "changed-pinned",
            vec![
                change(changed()),
                change(Changed {
                    profile: work(Mode::Strict, Kept::Named),
                    profile_before: Some(profile("anthropic:home")),
                    pinned: with_profile.clone(),
                    end: End::At(minutes(120)),
                    model: Some(ModelNow {
                        mode: Mode::Strict,
                        end: End::At(minutes(120)),
                        ..kept_model()
                    }),
                    ..changed()
                }),
                change(Changed {
                    profile: work(Mode::Prefer, Kept::FromBefore),
                    end: End::NextRequest,
                    ..changed()
                }),
                change(Changed {
                    profile: Some(ProfileNow::Parked(profile("openai:default"))),
                    ..changed()
                }),
                change(Changed {
                    profile: Some(ProfileNow::Pinned {
                        id: None,
                        mode: Mode::Strict,
                        end: End::Never,
                        kept: Kept::FromBefore,
                    }),
                    next: Next::ServedUnseen,
                    ..changed()
                }),
                change(Changed {
                    pinned: Pinned {
                        model: None,
                        profile: Some(PinnedProfile::Auto),
                    },
                    model: Some(kept_model()),
                    profile_before: Some(profile("anthropic:work")),
                    ..changed()
                }),
            ],
        ),
        (
            "changed-wider-scope",
            vec![
                change(Changed {
                    scope: Scope::Global,
                    ..changed()
                }),
                change(Changed {
                    scope: Scope::Agent,
                    pinned: with_profile,
                    model: Some(ModelNow {
                        model: named("gpt=openai/gpt-5.2"),
                        ..kept_model()
                    }),
                    next: Next::Served(profile("openai:default")),
                    model_hidden_by: Some(Scope::Session),
                    end: End::At(minutes(2_880)),
                    ..changed()
                }),
            ],
        ),
        (
            "changed-back",
            vec![
                change(Changed {
                    change: Change::Cleared,
                    ..undone.clone()
                }),
                change(Changed {
                    change: Change::OnItsOwn,
                    ..undone.clone()
                }),
                change(Changed {
                    profile: Some(ProfileNow::Pinned {
                        id: Some(profile("anthropic:work")),
                        mode: Mode::Strict,
                        end: End::At(minutes(30)),
                        kept: Kept::FromBefore,
                    }),
                    ..undone.clone()
                }),
                change(Changed {
                    change: Change::Nothing,
                    model: Some(kept_model()),
                    scope: Scope::Agent,
                    ..undone.clone()
                }),
                change(Changed {
                    model: None,
                    profile: None,
                    next: Next::Unknown,
                    ..undone
                }),
            ],
        ),
        (
            "changed-and-what-comes-next",
            vec![
                next(Next::PinnedCannot(State::Cooling(Some(minutes(4))))),
                next(Next::PinnedNotYours),
                next(Next::OtherServes(State::Expired, profile("anthropic:home"))),
                next(Next::NoCredential),
                next(Next::AllRest(Some(minutes(5)))),
                next(Next::AllRest(None)),
                next(Next::Refused(
                    "model-gone",
                    "model lab/one is not in the catalogue any more".to_owned(),
                    "pick another: /model list, or go back: /model default".to_owned(),
                )),
                next(Next::Unknown),
            ],
        ),
    ]
}

fn refusals() -> Vec<(&'static str, Vec<View>)> {
    let near = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let anthropic = || ProviderId::new("anthropic");
    let profiles = |ids: &[&str]| ids.iter().map(|id| profile(id)).collect::<Vec<_>>();
    vec![
        (
            "refused-names",
            vec![
                refused(Refusal::UnknownModel { written: "opuss".to_owned(), near: near(&["opus", "openai/opus-x"]) }),
                View {
                    prompt: Prompt::NotSent,
                    ..refused(Refusal::UnknownModel { written: "zzz".to_owned(), near: Vec::new() })
                },
                refused(Refusal::ModelNotAllowed {
                    model: model("openai/gpt-5-mini"),
                    rule: "agents.defaults.models".to_owned(),
                }),
                refused(Refusal::UnknownProvider { written: "anthropc".to_owned(), near: near(&["anthropic"]) }),
                refused(Refusal::UnknownProvider { written: "zzz".to_owned(), near: Vec::new() }),
                refused(Refusal::NoModel),
            ],
        ),
        (
            "refused-profiles",
            vec![
                refused(Refusal::UnknownProfile {
                    written: "wrok".to_owned(),
                    provider: anthropic(),
                    near: profiles(&["anthropic:work"]),
                }),
                refused(Refusal::UnknownProfile { written: "zzz".to_owned(), provider: anthropic(), near: Vec::new() }),
                refused(Refusal::SeveralProfiles {
                    written: "me@x.org".to_owned(),
                    profiles: profiles(&["anthropic:a", "anthropic:b", "anthropic:c"]),
                }),
                refused(Refusal::SeveralProfiles {
                    written: "me@x.org".to_owned(),
                    profiles: (0..12).map(|n| profile(&format!("anthropic:{n}"))).collect(),
                }),
                refused(Refusal::OtherProvider {
                    profile: profile("openai:default"),
                    provider: ProviderId::new("openai"),
                    model: named("opus=anthropic/claude-opus-4-6"),
                }),
            ],
        ),
        (
            "refused-otherwise",
            vec![
                refused(Refusal::NotPermitted { scope: Scope::Agent }),
                refused(Refusal::NotPermitted { scope: Scope::Global }),
                refused(Refusal::NotPermitted { scope: Scope::Session }),
                refused(Refusal::NoCommands),
                refused(Refusal::NoSuchPage { list: None, page: 9, pages: 2 }),
                refused(Refusal::NoSuchPage { list: Some(anthropic()), page: 9, pages: 1 }),
                refused(Refusal::NothingToUndo { scope: Scope::Session }),
                refused(Refusal::NotKept { cause: "the pin store is not available".to_owned() }),
                refused(Refusal::Broken {
                    cause: "/srv/modelpin/agents/main/agent/auth-profiles.json:4:147: no JSON (key must be a string)".to_owned(),
                    at: NOW,
                }),
            ],
        ),
    ]
}
