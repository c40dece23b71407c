//! A press that is not ours, not here, not for this person, or not any more, changes nothing.

use modelpin::picker::{ChoiceToken, Pressers};
use modelpin::session::AgentId;
use modelpin::view::{Body, Occasion, PickerView};
use modelpin::{Actor, SessionKey};
use proptest::prelude::*;
use serde_json::json;

use super::world::{Shape, World, picker};

const SHAPE: Shape = Shape {
    models: 20,
    providers: 3,
    profiles: 10,
    seed: 1,
};

fn run<T>(task: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(task)
}

/// The buttons of a picker: those that name no profile, and those that do.
fn buttons(shown: &PickerView) -> (Vec<ChoiceToken>, Vec<ChoiceToken>) {
    let choices = shown.picker.choices();
    let profiles = choices
        .iter()
        .flat_map(|choice| &choice.serving)
        .flat_map(|serving| &serving.profiles);
    let with_profile = profiles.filter_map(|option| option.token.clone()).collect();
    let mut others: Vec<ChoiceToken> = choices
        .iter()
        .flat_map(|choice| [choice.token.clone(), choice.profiles_token.clone()])
        .flatten()
        .collect();
    others.extend(
        [&shown.turns.previous, &shown.turns.next, &shown.default]
            .into_iter()
            .flatten()
            .cloned(),
    );
    others.extend(shown.providers.buttons.iter().map(|button| button.token.clone()));
    if let Some(chosen) = &shown.chosen {
        let of_chosen = [
            &chosen.turns.previous,
            &chosen.turns.next,
            &chosen.auto,
            &chosen.back,
        ];
        others.extend(of_chosen.into_iter().flatten().cloned());
    }
    (others, with_profile)
}

/// All buttons that were made for ann in `session`.
async fn made(
    world: &World,
    session: &SessionKey,
    ann: &Actor,
    pressers: Pressers,
) -> (Vec<ChoiceToken>, Vec<ChoiceToken>) {
    let first = picker(world.say(session, ann, "/model list 1", pressers).await);
    let of_first = first
        .picker
        .choices()
        .iter()
        .find_map(|choice| choice.profiles_token.clone());
    let profiles = picker(
        world
            .press(session, ann, of_first.expect("one has profiles").as_str())
            .await,
    );
    let (mut others, mut with_profile) = buttons(&first);
    let (more, named) = buttons(&profiles);
    others.extend(more);
    with_profile.extend(named);
    assert!(others.len() > 15 && with_profile.len() > 8);
    (others, with_profile)
}

/// Presses them all: each brings a fresh picker, and nothing is pinned.
async fn dead(world: &World, session: &SessionKey, actor: &Actor, tokens: &[ChoiceToken]) {
    for token in tokens {
        let shown = picker(world.press(session, actor, token.as_str()).await);
        assert_eq!(shown.occasion, Occasion::StaleButton);
        let fresh = shown.picker.choices()[0].token.as_ref().expect("a button");
        assert!(
            !tokens.contains(fresh),
            "the buttons of the fresh picker are for the presser"
        );
    }
    assert_eq!(world.pinned().await, 0);
}

#[test]
fn a_button_of_one_chat_person_agent_or_place_is_dead_in_another() {
    run(async {
        let world = World::of(&SHAPE).await;
        let (session, ann) = (SessionKey::new("c1"), Actor::member("ann"));
        let (others, named) = made(&world, &session, &ann, Pressers::Sender).await;
        let all = [others, named].concat();
        dead(&world, &SessionKey::new("c2"), &ann, &all).await;
        dead(&world, &SessionKey::new("c1").thread("c1/t1"), &ann, &all).await;
        dead(&world, &session, &Actor::member("bob"), &all).await;
        dead(&world, &session, &Actor::operator(), &all).await;
        dead(&World::of(&SHAPE).await, &session, &ann, &all).await;
        let mut config = SHAPE.config();
        config["agents"]["list"] = json!([{ "id": "main", "default": true }, { "id": "work" }]);
        let two = World::of(&SHAPE).await;
        two.rewrite("modelpin.json", &config);
        let (others, named) = made(&two, &session, &ann, Pressers::Sender).await;
        let at_work = SessionKey::new("c1").with_agent(AgentId::new("work").expect("an id"));
        dead(&two, &at_work, &ann, &[others, named].concat()).await;
    });
}

#[test]
fn a_button_for_everybody_holds_for_everybody_in_its_chat_alone() {
    run(async {
        let world = World::of(&SHAPE).await;
        let (session, ann, bob) = (SessionKey::new("c1"), Actor::member("ann"), Actor::member("bob"));
        let (others, named) = made(&world, &session, &ann, Pressers::Everybody).await;
        let all = [others, named].concat();
        dead(&world, &SessionKey::new("c2"), &bob, &all).await;
        for token in &all {
            let body = world.press(&session, &bob, token.as_str()).await.body;
            let stale = matches!(&body, Body::Picker(shown) if shown.occasion == Occasion::StaleButton);
            assert!(!stale && !matches!(body, Body::Refused(_)), "{body:?}");
        }
    });
}

type Edit = fn(&mut serde_json::Value);

fn models(config: &mut serde_json::Value) -> &mut serde_json::Map<String, serde_json::Value> {
    let models = config["agents"]["defaults"]["models"].as_object_mut();
    models.expect("models")
}

#[test]
fn another_catalogue_ends_all_buttons() {
    run(async {
        let (session, ann) = (SessionKey::new("c1"), Actor::member("ann"));
        let changes: [Edit; 4] = [
            |config| config["agents"]["defaults"]["models"]["p0/new"] = json!({}),
            |config| {
                let first = models(config).values_mut().next();
                *first.expect("one") = json!({ "alias": "renamed" });
            },
            |config| config["agents"]["defaults"]["model"] = json!("p1/other"),
            |config| {
                let last = models(config).keys().next_back().expect("one").clone();
                models(config).remove(&last);
            },
        ];
        for change in changes {
            let world = World::of(&SHAPE).await;
            let (others, named) = made(&world, &session, &ann, Pressers::Sender).await;
            let mut config = SHAPE.config();
            change(&mut config);
            world.rewrite("modelpin.json", &config);
            dead(&world, &session, &ann, &[others, named].concat()).await;
        }
    });
}

#[test]
fn other_profiles_end_the_buttons_that_name_one_and_no_others() {
    run(async {
        let (session, ann) = (SessionKey::new("c1"), Actor::member("ann"));
        let world = World::of(&SHAPE).await;
        let (others, named) = made(&world, &session, &ann, Pressers::Sender).await;
        let mut store = SHAPE.credentials();
        // The same profiles in another order are the same numbers.
        let profiles = store["profiles"].as_object().expect("profiles");
        let turned: Vec<String> = profiles
            .iter()
            .rev()
            .map(|(id, one)| format!("{}: {one}", json!(id)))
            .collect();
        let turned = format!("{{ \"version\": 1, \"profiles\": {{ {} }} }}", turned.join(", "));
        world.rewrite_text("agents/main/agent/auth-profiles.json", &turned);
        let same = world.press(&session, &ann, named[0].as_str()).await;
        assert!(matches!(same.body, Body::Changed(_)), "{same:?}");
        world
            .say(&session, &ann, "/model default", Pressers::Sender)
            .await;
        let before = world.pinned().await;
        let gone = store["profiles"]
            .as_object()
            .expect("profiles")
            .keys()
            .next()
            .expect("one")
            .clone();
        store["profiles"].as_object_mut().expect("profiles").remove(&gone);
        world.rewrite("agents/main/agent/auth-profiles.json", &store);
        for token in &named {
            let shown = picker(world.press(&session, &ann, token.as_str()).await);
            assert_eq!(shown.occasion, Occasion::StaleButton);
        }
        assert_eq!(world.pinned().await, before);
        let still = world.press(&session, &ann, others[0].as_str()).await;
        assert!(matches!(still.body, Body::Changed(_)), "{still:?}");
    });
}

#[test]
fn a_profile_that_the_presser_may_not_see_any_more_is_not_pinned() {
    run(async {
        let world = World::of(&SHAPE).await;
        let (session, ann) = (SessionKey::new("c1"), Actor::member("ann"));
        let (_, named) = made(&world, &session, &ann, Pressers::Sender).await;
        let mut config = SHAPE.config();
        let hidden: serde_json::Map<_, _> = SHAPE.credentials()["profiles"]
            .as_object()
            .expect("profiles")
            .iter()
            .map(|(id, profile)| {
                let allow = json!({ "senders": ["eve"] });
                (
                    id.clone(),
                    json!({ "provider": profile["provider"], "mode": "api_key", "allow": allow }),
                )
            })
            .collect();
        config["auth"]["profiles"] = hidden.into();
        world.rewrite("modelpin.json", &config);
        dead(&world, &session, &ann, &named).await;
    });
}

/// Texts near a token, and far from all.
fn any_text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..80),
        "mp1-[A-Za-z0-9_-]{0,60}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 27).prop_map(|bytes| {
            use base64::Engine as _;
            format!(
                "mp1-{}",
                base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
            )
            .into_bytes()
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]
    #[test]
    fn whatever_is_sent_as_a_token_changes_nothing(texts in prop::collection::vec(any_text(), 30), at in any::<usize>(), bit in 0_u8..7) {
        run(async {
            let world = World::of(&SHAPE).await;
            let (session, ann) = (SessionKey::new("c1"), Actor::member("ann"));
            let (others, named) = made(&world, &session, &ann, Pressers::Sender).await;
            let mut texts = texts.clone();
            texts.extend([others, named].concat().iter().map(|token| {
                let mut bytes = token.as_str().as_bytes().to_vec();
                let at = at % bytes.len();
                bytes[at] ^= 1 << bit;
                bytes
            }));
            for text in texts {
                let shown = picker(world.press(&session, &ann, &String::from_utf8_lossy(&text)).await);
                assert_eq!(shown.occasion, Occasion::StaleButton);
            }
            assert_eq!(world.pinned().await, 0);
        });
    }
}
