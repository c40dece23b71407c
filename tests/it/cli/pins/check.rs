//! `modelpin pins check`: could every pinned chat be served right now?

use serde_json::{Value, json};

use super::world::{HOME, WORK, World};

fn key() -> Value {
    json!({ "type": "api_key", "provider": "anthropic", "key": WORK })
}

fn token(expires: i64) -> Value {
    json!({ "type": "token", "provider": "anthropic", "token": HOME, "expires": expires })
}

#[test]
fn pins_that_can_be_served_are_no_finding_and_nothing_is_written() {
    let world = World::new();
    assert!(
        world
            .run(&["pins", "check"])
            .succeeded()
            .out
            .contains("All 0 pinned scopes")
    );
    world.says("a", &["/model haiku@work --strict"]);
    world.says_to("other", "b", &["/model opus@only"]);
    let before = world.home.listing();
    let told = world.run(&["pins", "check"]).succeeded();
    assert_eq!(told.out, "All 2 pinned scopes can be served.\n");
    let told = world.run(&["pins", "check", "--json"]).succeeded().json();
    assert_eq!((&told["ok"], &told["checked"]), (&json!(true), &json!(2)));
    assert_eq!(world.home.listing(), before);
    world.leaks_nothing();
}

#[test]
fn a_pin_that_cannot_be_served_is_told_with_its_reason() {
    let expired =
        json!({ "profiles": { "anthropic:work": key(), "anthropic:home": token(1_700_000_000_000) } });
    let gone = json!({ "profiles": { "anthropic:work": key() } });
    let rests = json!({ "profiles": { "anthropic:work": key(), "anthropic:home": token(9_770_724_800_000) },
                        "usageStats": { "anthropic:home": { "cooldownUntil": 9_000_000_000_000_i64 } } });
    for (store, why) in [
        (expired, "expired"),
        (gone, "anthropic:home"),
        (rests, "anthropic:home"),
    ] {
        let world = World::new();
        world.says("good", &["/model haiku@work --strict"]);
        world.says("bad", &["/model opus@home --strict"]);
        world.run(&["pins", "check"]).succeeded();
        world.rewrite_store(&store);
        let before = world.home.listing();
        let told = world.run(&["pins", "check"]).failed(1);
        assert!(told.out.contains("chat bad of agent main: "), "{}", told.out);
        assert!(told.out.contains(why), "{why}: {}", told.out);
        assert!(!told.out.contains("chat good"), "{}", told.out);
        assert!(
            told.out
                .ends_with("1 of 2 pinned scopes cannot be served right now.\n"),
            "{}",
            told.out
        );
        let data = world.run(&["pins", "check", "--json"]).failed(1).json();
        assert_eq!(data["ok"], false);
        let bad: Vec<&Value> = data["pins"]
            .as_array()
            .expect("a list")
            .iter()
            .filter(|pin| pin["ok"] == false)
            .collect();
        assert_eq!(bad.len(), 1);
        assert_eq!(bad[0]["session"], "bad");
        assert!(
            bad[0]["why"].as_str().is_some_and(|why| !why.is_empty()),
            "{bad:?}"
        );
        assert_eq!(world.home.listing(), before, "a check writes nothing");
        world.leaks_nothing();
    }
}

#[test]
fn a_preferred_profile_that_is_gone_is_no_finding_while_others_serve() {
    let world = World::new();
    world.says("a", &["/model opus@home --prefer"]);
    world.rewrite_store(
        &json!({ "profiles": { "anthropic:work": key(), "anthropic:home": token(1_700_000_000_000) } }),
    );
    world.run(&["pins", "check"]).succeeded();
    world.leaks_nothing();
}
