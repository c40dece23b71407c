//! Everything that is offered can be reached by presses, and the counts that are told are true.

use std::collections::BTreeSet;

use modelpin::picker::{ChoiceToken, PAGE, PROVIDERS_PAGE, Pressers, ProviderButton, TOKEN_BYTES};
use modelpin::render::data::{BodyData, PickerData, ReplyData};
use modelpin::view::{Body, Change, Occasion, PickerView, PinnedProfile, View};
use modelpin::{Actor, SessionKey};
use proptest::prelude::*;

use super::world::{Shape, World, picker};

fn run<T>(task: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(task)
}

fn is_fit(token: &ChoiceToken) {
    let text = token.as_str();
    assert!(text.len() <= TOKEN_BYTES, "{text}");
    assert!(
        text.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'),
        "{text}"
    );
}

fn data(shown: &PickerView) -> PickerData {
    let view = View {
        body: Body::Picker(Box::new(shown.clone())),
        prompt: modelpin::view::Prompt::None,
        at: modelpin::clock::Timestamp::from_millis(0),
        to: modelpin::view::Audience::Sender,
        words: modelpin::words::Words::english(),
    };
    match ReplyData::of(&view).body {
        BodyData::Picker(data) => *data,
        other => panic!("a picker: {other:?}"),
    }
}

/// Every page from this one on, by its buttons.
async fn pages(world: &World, session: &SessionKey, actor: &Actor, first: PickerView) -> Vec<PickerView> {
    let mut pages = vec![first];
    loop {
        let last = pages.last().expect("one at least");
        assert_eq!(last.page, pages.len(), "pages follow each other");
        assert_eq!(last.turns.previous.is_some(), pages.len() > 1);
        let Some(next) = &last.turns.next else { break };
        is_fit(next);
        let next = picker(world.press(session, actor, next.as_str()).await);
        let back = next.turns.previous.as_ref().expect("a way back");
        if pages.len() % 8 != 1 {
            pages.push(next);
            continue;
        }
        let back = picker(world.press(session, actor, back.as_str()).await);
        assert_eq!(back.page, pages.len());
        pages.push(next);
    }
    pages
}

/// Presses every button of every page, and looks at what was committed.
async fn everything(shape: &Shape) {
    let world = World::of(shape).await;
    let (session, ann) = (SessionKey::new("c"), Actor::member("ann"));
    let first = picker(world.say(&session, &ann, "/model list 1", Pressers::Sender).await);
    let (announced, of) = (data(&first).count, data(&first).pages);
    let offered: BTreeSet<_> = first
        .picker
        .choices()
        .iter()
        .map(|choice| choice.model.clone())
        .collect();
    assert_eq!(announced, offered.len());
    let providers = provider_buttons(&world, &session, &ann, first.clone()).await;
    let all = pages(&world, &session, &ann, first).await;
    assert_eq!(all.len(), of);
    let mut chosen = BTreeSet::new();
    for page in &all {
        let told = data(page);
        assert_eq!((told.count, told.pages), (announced, of));
        assert!(told.choices.len() <= PAGE);
        for choice in page.picker.page(page.page).expect("there").choices {
            let token = choice.token.as_ref().expect("a button");
            is_fit(token);
            let Body::Changed(changed) = world.press(&session, &ann, token.as_str()).await.body else {
                panic!("{choice:?}");
            };
            assert_eq!(changed.change, Change::Pinned);
            let pinned = changed.pinned.model.expect("a model");
            assert_eq!(pinned.model, choice.model);
            assert_eq!(changed.model.expect("one holds").model.model, choice.model);
            chosen.insert(pinned.model);
        }
    }
    assert_eq!(chosen, offered);
    let mut of_providers = 0;
    for button in &providers {
        is_fit(&button.token);
        let first = picker(world.press(&session, &ann, button.token.as_str()).await);
        assert_eq!(first.provider.as_ref(), Some(&button.provider));
        let all = first.all.as_ref().expect("a way back to all models");
        is_fit(all);
        let all = picker(world.press(&session, &ann, all.as_str()).await);
        assert_eq!((data(&all).count, all.provider, all.all), (announced, None, None));
        assert_eq!(data(&first).count, button.models);
        let pages = pages(&world, &session, &ann, first).await;
        of_providers += pages.iter().map(|page| data(page).choices.len()).sum::<usize>();
    }
    assert!(providers.is_empty() || of_providers == announced);
    every_profile(&world, &session, &ann, &all).await;
    let default = all[0].default.as_ref().expect("a way back");
    is_fit(default);
    let cleared = world.press(&session, &ann, default.as_str()).await;
    assert!(matches!(cleared.body, Body::Changed(changed) if changed.change == Change::Cleared));
}

/// The providers of all pages of them, by their buttons; the models stay where they are.
async fn provider_buttons(
    world: &World,
    session: &SessionKey,
    actor: &Actor,
    first: PickerView,
) -> Vec<ProviderButton> {
    let (at, announced) = (first.page, first.providers.count);
    let mut buttons = Vec::new();
    let mut shown = first;
    for page in 1.. {
        let list = &shown.providers;
        assert_eq!((list.page, list.count, shown.page), (page, announced, at));
        assert!(list.buttons.len() <= PROVIDERS_PAGE);
        buttons.extend(list.buttons.clone());
        if let Some(previous) = &list.turns.previous {
            is_fit(previous);
            let before = picker(world.press(session, actor, previous.as_str()).await);
            assert_eq!((before.providers.page, before.page), (page - 1, at));
        }
        let Some(next) = list.turns.next.clone() else {
            assert_eq!(list.pages, page);
            break;
        };
        is_fit(&next);
        shown = picker(world.press(session, actor, next.as_str()).await);
    }
    let names: BTreeSet<_> = buttons.iter().map(|button| button.provider.clone()).collect();
    assert_eq!((names.len(), buttons.len()), (announced, announced));
    buttons
}

/// Presses every profile of the first model that has the most.
async fn every_profile(world: &World, session: &SessionKey, ann: &Actor, all: &[PickerView]) {
    let looked = all
        .iter()
        .flat_map(|page| page.picker.page(page.page).expect("there").choices);
    let count = |choice: &&modelpin::picker::Choice| {
        choice
            .serving
            .as_ref()
            .map_or(0, |serving| serving.profiles.len())
    };
    let Some(choice) = looked.max_by_key(count).filter(|choice| count(choice) > 0) else {
        return;
    };
    let offered: BTreeSet<_> = choice
        .serving
        .iter()
        .flat_map(|serving| &serving.profiles)
        .map(|one| one.id.clone())
        .collect();
    let mut token = choice.profiles_token.clone();
    let mut reached = BTreeSet::new();
    let mut pages = 0;
    while let Some(turn) = token {
        is_fit(&turn);
        pages += 1;
        let shown = picker(world.press(session, ann, turn.as_str()).await);
        let told = data(&shown).chosen.expect("a model was chosen");
        assert_eq!((told.page, told.count), (pages, offered.len()));
        assert!(told.profiles.len() <= PAGE);
        let of = shown.chosen.as_ref().expect("chosen");
        let choice = &shown.picker.choices()[of.number - 1];
        for option in choice.serving.iter().flat_map(|serving| &serving.profiles) {
            // Those of the first page have buttons beside the model, too.
            let Some(token) = &option.token else { continue };
            is_fit(token);
            let Body::Changed(changed) = world.press(session, ann, token.as_str()).await.body else {
                panic!("{option:?}");
            };
            let pinned = changed.pinned;
            assert_eq!(pinned.model.expect("a model").model, choice.model);
            assert!(
                matches!(&pinned.profile, Some(PinnedProfile::Named(id, _)) if *id == option.id),
                "{pinned:?}",
                pinned = pinned.profile
            );
            reached.insert(option.id.clone());
        }
        let back = picker(
            world
                .press(session, ann, of.back.as_ref().expect("a way back").as_str())
                .await,
        );
        assert_eq!((back.page, back.chosen), (shown.page, None));
        let auto = world
            .press(session, ann, of.auto.as_ref().expect("automatic").as_str())
            .await;
        assert!(
            matches!(auto.body, Body::Changed(changed) if changed.pinned.profile == Some(PinnedProfile::Auto))
        );
        token = of.turns.next.clone();
    }
    assert_eq!(pages, offered.len().div_ceil(PAGE));
    assert_eq!(reached, offered);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn every_choice_is_reached_by_presses_alone_and_the_count_is_true(
        models in 1_usize..60, providers in 1_usize..12, profiles in 0_usize..20, seed in 0_usize..8,
    ) {
        run(everything(&Shape { models, providers, profiles, seed }));
    }
}

#[test]
fn two_thousand_models_of_sixty_providers_are_reached_too() {
    run(everything(&Shape {
        models: 2_000,
        providers: 60,
        profiles: 2,
        seed: 0,
    }));
}

#[test]
fn every_meaning_of_a_name_is_reached() {
    run(async {
        let shape = Shape {
            models: 45 * 11,
            providers: 60,
            profiles: 1,
            seed: 0,
        };
        let mut config = shape.config();
        let mut store = shape.credentials();
        let world = World::of(&shape).await;
        for provider in 0..40 {
            let letters = if provider < 20 { "Same" } else { "same" };
            config["agents"]["defaults"]["models"][format!("q{provider}/{letters}")] = serde_json::json!({});
            store["profiles"][format!("q{provider}:key")] = serde_json::json!({ "type": "api_key", "provider": format!("q{provider}"), "key": "sk-CANARY-q-EXAMPLE-Zq7VtRw9Kx" });
        }
        world.rewrite("agents/main/agent/auth-profiles.json", &store);
        world.rewrite("modelpin.json", &config);
        let (session, ann) = (SessionKey::new("c"), Actor::member("ann"));
        for (written, count) in [("Same", 20), ("same", 20), ("SAME", 40)] {
            let first = picker(
                world
                    .say(&session, &ann, &format!("/model {written}"), Pressers::Sender)
                    .await,
            );
            assert_eq!(first.occasion, Occasion::Ambiguous(written.to_owned()));
            let pages = pages(&world, &session, &ann, first).await;
            assert_eq!(pages.len(), usize::div_ceil(count, PAGE));
            let mut reached = BTreeSet::new();
            for page in &pages {
                assert_eq!(data(page).count, count);
                for choice in page.picker.page(page.page).expect("there").choices {
                    let token = choice.token.as_ref().expect("a button");
                    let Body::Changed(changed) = world.press(&session, &ann, token.as_str()).await.body
                    else {
                        panic!("{choice:?}");
                    };
                    reached.insert(changed.pinned.model.expect("a model").model);
                }
            }
            assert_eq!(reached.len(), count);
            world
                .say(&session, &ann, "/model default", Pressers::Sender)
                .await;
        }
    });
}
