//! Any button and any text in its place: a token opens where it was made, and nothing else opens.

use arbitrary::{Result, Unstructured};
use modelpin::Actor;
use modelpin::catalog::Letters;
use modelpin::picker::{Action, ChoiceToken, Numbered, Pressers, Scene, Seal, TOKEN_BYTES};
use modelpin::secret::{HandleKey, SealKey};
use modelpin::session::AgentId;

use super::fields::{fields, text};

/// Fields: the action and where it is pressed, as bytes that choices are made of; the chat; the person; the text of
/// another token.
pub(crate) fn check(data: &[u8]) {
    let [choices, chat, person, other] = fields(data);
    let (chat, person, other) = (text(chat), text(person), text(other));
    // What is too short for its choices says nothing.
    let _ = tried(&mut Unstructured::new(choices), &chat, &person, &other);
}

struct World {
    key: SealKey,
    agent: AgentId,
    chat: String,
    actor: Actor,
    models: u64,
    profiles: Vec<String>,
}

impl World {
    fn open(&self, text: &str) -> Option<(Action, Pressers)> {
        self.seal(|seal| seal.open(text))
    }

    fn seal<T>(&self, then: impl FnOnce(Seal<'_>) -> T) -> T {
        let profiles = Numbered::of(&self.key, self.profiles.iter().map(String::as_str));
        let scene = Scene {
            agent: &self.agent,
            chat: &self.chat,
            actor: &self.actor,
            models: self.models,
            profiles,
        };
        then(Seal::new(&self.key, scene))
    }
}

fn tried(choices: &mut Unstructured<'_>, chat: &str, person: &str, other: &str) -> Result<()> {
    let world = |key: &[u8], chat: &str, actor: Actor, models, profiles: &[&str]| World {
        key: HandleKey::derive(key).seal_key(),
        agent: AgentId::main(),
        chat: chat.to_owned(),
        actor,
        models,
        profiles: profiles.iter().map(|name| (*name).to_owned()).collect(),
    };
    let (action, pressers) = (action(choices)?, pressers(choices)?);
    let models = choices.arbitrary::<u64>()?;
    let here = || world(b"here", chat, Actor::member(person), models, &["a", "b"]);
    let token = here().seal(|seal| seal.token(action, pressers));
    let token = token.as_str();
    assert!(
        token.len() <= TOKEN_BYTES && ChoiceToken::looks_like(token),
        "{token}"
    );
    assert!(
        token
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')),
        "{token}"
    );
    assert_eq!(here().open(token), Some((action, pressers)));

    // What opens is what the key writes, letter by letter: a fuzzer watches the comparison and so learns seals, as nobody
    // can who presses buttons.
    if let Some((action, pressers)) = here().open(other) {
        let written = here().seal(|seal| seal.token(action, pressers));
        assert_eq!(written.as_str(), other, "{other:?} was made up");
    }
    let (at, bit) = (choices.choose_index(token.len())?, choices.int_in_range(0..=6)?);
    let mut bytes = token.as_bytes().to_vec();
    bytes[at] ^= 1 << bit;
    if let Ok(altered) = String::from_utf8(bytes) {
        assert_eq!(here().open(&altered), None, "{altered:?} was {token:?}");
    }
    assert_eq!(here().open(&token[..at]), None);

    // It holds nowhere else, and for nobody else, and no longer than its numbers mean the same.
    let member = || Actor::member(person);
    let longer = format!("{chat}x");
    for elsewhere in [
        world(b"there", chat, member(), models, &["a", "b"]),
        world(b"here", &longer, member(), models, &["a", "b"]),
        world(b"here", chat, member(), models.wrapping_add(1), &["a", "b"]),
    ] {
        assert_eq!(elsewhere.open(token), None);
    }
    let somebody = world(
        b"here",
        chat,
        Actor::member(&format!("{person}x")),
        models,
        &["a", "b"],
    );
    assert_eq!(somebody.open(token).is_some(), pressers == Pressers::Everybody);
    let others = world(b"here", chat, member(), models, &["b", "a"]);
    assert_eq!(others.open(token).is_none(), action.names_a_profile());
    // Where one name ends and the next begins counts.
    if let Some((at, _)) = person.char_indices().nth(1) {
        let chat = format!("{chat}{}", &person[..at]);
        let shifted = world(b"here", &chat, Actor::member(&person[at..]), models, &["a", "b"]);
        assert_eq!(shifted.open(token), None);
    }
    Ok(())
}

fn pressers(choices: &mut Unstructured<'_>) -> Result<Pressers> {
    Ok(*choices.choose(&[Pressers::Sender, Pressers::Everybody])?)
}

fn action(choices: &mut Unstructured<'_>) -> Result<Action> {
    let kind = choices.int_in_range(1..=10_u8)?;
    let (first, second) = (choices.arbitrary::<u32>()?, choices.arbitrary::<u32>()?);
    let namesakes = |letters| Action::NamesakesPage {
        model: first,
        letters,
        page: second,
    };
    Ok(match kind {
        1 => Action::Model(first),
        2 => Action::ModelWith {
            model: first,
            profile: second,
        },
        3 => Action::ModelAuto(first),
        4 => Action::Page(first),
        5 => Action::ProviderPage {
            provider: first,
            page: second,
        },
        6 => namesakes(Letters::Same),
        7 => namesakes(Letters::AnyCase),
        8 => Action::Profiles {
            model: first,
            page: second,
        },
        9 => Action::Providers {
            page: first,
            models: second,
        },
        _ => Action::Default,
    })
}
