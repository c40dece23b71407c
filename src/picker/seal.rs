//! Where, for whom and as long as what a button holds.

use crate::secret::{SEAL_BYTES, SealKey};
use crate::session::{Actor, AgentId, Standing};

use super::token::{Action, ChoiceToken, Open, Pressers};

/// What a token belongs to, beside the key.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'s> {
    /// The agent that answers.
    pub agent: &'s AgentId,
    /// The chat as its platform names it.
    pub chat: &'s str,
    /// The person for whom the buttons are made, or who pressed.
    pub actor: &'s Actor,
    /// The generation of the catalogue: what numbers of models, providers and pages mean.
    pub models: u64,
    /// The profiles that the person may see: what numbers of profiles mean.
    pub profiles: Numbered,
}

/// Stands for a list of names in its order: other names, or another order, have another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbered([u8; SEAL_BYTES]);

impl Numbered {
    /// The list of these names.
    #[must_use]
    pub fn of<'n>(key: &SealKey, names: impl IntoIterator<Item = &'n str>) -> Self {
        let names = names.into_iter().map(str::as_bytes);
        let parts: Vec<&[u8]> = [b"names".as_slice()].into_iter().chain(names).collect();
        Self(key.seal(&parts))
    }
}

/// Makes tokens for a scene, and opens those that were made for it.
#[derive(Debug, Clone, Copy)]
pub struct Seal<'s> {
    key: &'s SealKey,
    scene: Scene<'s>,
}

impl<'s> Seal<'s> {
    /// For this scene.
    #[must_use]
    pub fn new(key: &'s SealKey, scene: Scene<'s>) -> Self {
        Self { key, scene }
    }

    /// The token that does this, for those who may press it.
    #[must_use]
    pub fn token(&self, action: Action, pressers: Pressers) -> ChoiceToken {
        let open = Open { action, pressers };
        let seal = self.with_parts(&open, |parts| self.key.seal(parts));
        ChoiceToken::write(&open, &seal)
    }

    /// What a token does, and who may press it; `None` if it was not made for this scene, or by nobody of us. Which of
    /// both it is is not told.
    #[must_use]
    pub fn open(&self, token: &str) -> Option<(Action, Pressers)> {
        let (open, seal) = Open::read(token)?;
        let holds = self.with_parts(&open, |parts| self.key.holds(parts, &seal));
        holds.then_some((open.action, open.pressers))
    }

    fn with_parts<T>(&self, open: &Open, then: impl FnOnce(&[&[u8]]) -> T) -> T {
        let scene = &self.scene;
        // An id of a platform may be the word that stands for the person at the machine.
        let (who, id) = match (open.pressers, scene.actor.standing()) {
            (Pressers::Everybody, _) => ("everybody", ""),
            (Pressers::Sender, Standing::Member) => ("member", scene.actor.id()),
            (Pressers::Sender, Standing::Operator) => ("operator", scene.actor.id()),
        };
        let profiles: &[u8] = if open.action.names_a_profile() {
            &scene.profiles.0
        } else {
            b""
        };
        then(&[
            b"choice",
            &open.bytes(),
            scene.agent.as_str().as_bytes(),
            scene.chat.as_bytes(),
            who.as_bytes(),
            id.as_bytes(),
            &scene.models.to_be_bytes(),
            profiles,
        ])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalog::Letters;
    use crate::picker::TOKEN_BYTES;
    use crate::secret::HandleKey;

    fn action() -> impl Strategy<Value = Action> {
        let letters = prop_oneof![Just(Letters::Same), Just(Letters::AnyCase)];
        prop_oneof![
            any::<u32>().prop_map(Action::Model),
            any::<(u32, u32)>().prop_map(|(model, profile)| Action::ModelWith { model, profile }),
            any::<u32>().prop_map(Action::ModelAuto),
            any::<u32>().prop_map(Action::Page),
            any::<(u32, u32)>().prop_map(|(provider, page)| Action::ProviderPage { provider, page }),
            (any::<u32>(), letters, any::<u32>())
                .prop_map(|(model, letters, page)| { Action::NamesakesPage { model, letters, page } }),
            any::<(u32, u32)>().prop_map(|(model, page)| Action::Profiles { model, page }),
            Just(Action::Default),
            any::<(u32, u32)>().prop_map(|(page, models)| Action::Providers { page, models }),
        ]
    }

    fn pressers() -> impl Strategy<Value = Pressers> {
        prop_oneof![Just(Pressers::Sender), Just(Pressers::Everybody)]
    }

    /// Opens in a scene of these names.
    fn in_scene<T>(
        chat: &str,
        actor: &Actor,
        models: u64,
        profiles: &[&str],
        then: impl FnOnce(Seal<'_>) -> T,
    ) -> T {
        let key = HandleKey::derive(b"here").seal_key();
        let agent = AgentId::main();
        then(Seal::new(
            &key,
            Scene {
                agent: &agent,
                chat,
                actor,
                models,
                profiles: Numbered::of(&key, profiles.iter().copied()),
            },
        ))
    }

    proptest! {
        #[test]
        fn a_token_opens_where_it_was_made_and_says_what_was_said(
            action in action(), pressers in pressers(), chat in ".{0,40}", id in ".{0,40}", models in any::<u64>(),
        ) {
            in_scene(&chat, &Actor::member(&id), models, &["a"], |seal| {
                let token = seal.token(action, pressers);
                let text = token.as_str();
                prop_assert!(text.len() <= TOKEN_BYTES, "{} bytes", text.len());
                prop_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{text}");
                prop_assert!(ChoiceToken::looks_like(text));
                prop_assert_eq!(seal.open(text), Some((action, pressers)));
                Ok(())
            })?;
        }

        #[test]
        fn any_other_text_opens_nothing(
            action in action(), pressers in pressers(), at in any::<prop::sample::Index>(), other in any::<char>(), text in ".*",
        ) {
            in_scene("c", &Actor::member("ann"), 1, &["a"], |seal| {
                prop_assert_eq!(seal.open(&text), None);
                let token = seal.token(action, pressers).to_string();
                let at = at.index(token.len());
                let changed = format!("{}{other}{}", &token[..at], &token[at + 1..]);
                prop_assert!(changed == token || seal.open(&changed).is_none(), "{changed}");
                for wrong in [format!("{token}="), format!(" {token}"), format!("{token}A"), token[..token.len() - 1].to_owned()] {
                    prop_assert_eq!(seal.open(&wrong), None);
                }
                Ok(())
            })?;
        }

        #[test]
        fn a_token_of_one_scene_opens_in_no_other(action in action(), pressers in pressers()) {
            let (ann, bob) = (Actor::member("ann"), Actor::member("bob"));
            let token = in_scene("c1", &ann, 1, &["a", "b"], |seal| seal.token(action, pressers));
            let open = |chat, actor, models, profiles: &[&str]| {
                in_scene(chat, actor, models, profiles, |seal| seal.open(token.as_str()))
            };
            prop_assert_eq!(open("c2", &ann, 1, &["a", "b"]), None);
            prop_assert_eq!(open("c1", &ann, 2, &["a", "b"]), None);
            let for_all = pressers == Pressers::Everybody;
            prop_assert_eq!(open("c1", &bob, 1, &["a", "b"]).is_some(), for_all);
            for other in [&["b", "a"][..], &["ab"], &["a"], &["a", "b", ""]] {
                prop_assert_eq!(open("c1", &ann, 1, other).is_none(), action.names_a_profile());
            }
        }
    }

    #[test]
    fn a_member_called_operator_is_not_the_operator() {
        let made = in_scene("c", &Actor::operator(), 1, &[], |seal| {
            seal.token(Action::Default, Pressers::Sender)
        });
        let called = Actor::member(Actor::operator().id());
        let opened = in_scene("c", &called, 1, &[], |seal| seal.open(made.as_str()));
        assert_eq!(opened, None);
    }
}
