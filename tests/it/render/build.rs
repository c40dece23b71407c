//! Short words to build views with.

use modelpin::clock::Timestamp;
use modelpin::credential::CredentialKind;
use modelpin::endpoint::{Api, Endpoint};
use modelpin::model::ModelRef;
use modelpin::picker::{Choice, Picker, ProfileOption, ProviderList, Serving, Standing, Turns, Usability};
use modelpin::pin::End;
use modelpin::profile::ProfileId;
use modelpin::secret::{Handle, HandleKey, Secret};
use modelpin::session::Scope;
use modelpin::terms::Mode;
use modelpin::view::{
    Audience, Body, Candidate, Change, Changed, Mark, ModelNow, NamedModel, Next, Occasion, Origin,
    PickerView, Pinned, ProfileNow, Prompt, Refusal, Selection, State, View,
};
use modelpin::words::Words;

/// 2026-02-10T12:00:00Z.
pub(super) const NOW: Timestamp = Timestamp::from_millis(1_770_724_800_000);

pub(crate) fn minutes(count: i64) -> Timestamp {
    Timestamp::from_millis(NOW.as_millis() + count * 60_000)
}

pub(crate) fn view(body: Body) -> View {
    View {
        body,
        prompt: Prompt::None,
        at: NOW,
        to: Audience::Chat,
        words: Words::english(),
    }
}

pub(crate) fn refused(refusal: Refusal) -> View {
    view(Body::Refused(refusal))
}

pub(crate) fn profile(id: &str) -> ProfileId {
    ProfileId::new(id)
}

pub(crate) fn model(reference: &str) -> ModelRef {
    ModelRef::parse(reference).expect("a reference")
}

/// `alias=provider/model`, or the reference alone.
pub(crate) fn named(written: &str) -> NamedModel {
    match written.split_once('=') {
        Some((alias, reference)) => NamedModel {
            alias: Some(alias.to_owned()),
            model: model(reference),
        },
        None => NamedModel {
            alias: None,
            model: model(written),
        },
    }
}

pub(crate) fn selection(written: &str) -> Selection {
    Selection {
        model: named(written),
        origin: Origin::Default,
        end: End::Never,
        profile: None,
    }
}

pub(crate) fn option(id: &str, usability: Usability) -> ProfileOption {
    ProfileOption {
        id: profile(id),
        usability,
        standing: Standing::Other,
        token: None,
    }
}

pub(crate) fn choice(written: &str, profiles: &[ProfileOption]) -> Choice {
    let NamedModel { alias, model } = named(written);
    Choice {
        number: 0,
        model,
        alias,
        standing: Standing::Other,
        serving: Some(Serving {
            usability: if profiles.is_empty() {
                Usability::NoCredential
            } else {
                Usability::Ok
            },
            profiles: profiles.to_vec(),
        }),
        token: None,
        profiles_token: None,
    }
}

/// The same choice, which can be served so.
pub(crate) fn serving(usability: Usability, choice: Choice) -> Choice {
    let profiles = choice.serving.map(|serving| serving.profiles).unwrap_or_default();
    Choice {
        serving: Some(Serving { usability, profiles }),
        ..choice
    }
}

pub(crate) fn picker(choices: Vec<Choice>) -> PickerView {
    PickerView {
        picker: Picker::new(choices, 1),
        page: 1,
        selection: Some(selection("sonnet=anthropic/claude-sonnet-4-5")),
        provider: None,
        occasion: Occasion::Asked,
        chosen: None,
        turns: Turns::default(),
        providers: ProviderList::default(),
        all: None,
        default: None,
    }
}

pub(crate) fn picked(shown: PickerView) -> View {
    view(Body::Picker(Box::new(shown)))
}

pub(crate) fn endpoint() -> Option<Endpoint> {
    Some(Endpoint::new("https://api.anthropic.com", Api::AnthropicMessages))
}

pub(crate) fn handle(of: &str) -> Option<Handle> {
    let secret = Secret::new(format!("sk-ant-api03-EXAMPLE-{of}"));
    Some(secret.handle(&HandleKey::derive(b"here")))
}

pub(crate) fn candidate(id: &str, state: State) -> Candidate {
    let (reason, until) = match state {
        State::Ready => ("ok", None),
        State::Cooling(until) => ("cooldown", until),
        State::Disabled(_, until) => ("disabled", until),
        State::Expired => ("expired", None),
        State::Missing => ("missing", None),
        State::NotInOrder => ("not-in-order", None),
        State::Unusable(reason) => (reason, None),
    };
    let there = state != State::Missing;
    Candidate {
        profile: profile(id),
        kind: there.then_some(CredentialKind::ApiKey),
        account: None,
        expires: None,
        state,
        marks: Vec::new(),
        handle: there.then(|| handle(id)).flatten(),
        source: None,
        reason,
        until,
    }
}

pub(crate) fn marked(id: &str, marks: &[Mark]) -> Candidate {
    Candidate {
        marks: marks.to_vec(),
        ..candidate(id, State::Ready)
    }
}

/// Opus was pinned in this chat; sonnet was used before.
pub(crate) fn changed() -> Changed {
    Changed {
        change: Change::Pinned,
        scope: Scope::Session,
        pinned: Pinned {
            model: Some(named("opus=anthropic/claude-opus-4-6")),
            profile: None,
        },
        model: Some(ModelNow {
            model: named("opus=anthropic/claude-opus-4-6"),
            before: Some(named("sonnet=anthropic/claude-sonnet-4-5")),
            mode: Mode::Prefer,
            end: End::Never,
        }),
        profile: Some(ProfileNow::Auto),
        profile_before: None,
        end: End::Never,
        next: Next::Served(profile("anthropic:work")),
        model_hidden_by: None,
        profile_hidden_by: None,
        pays_for: None,
    }
}

pub(crate) fn change(changed: Changed) -> View {
    view(Body::Changed(Box::new(changed)))
}
