//! Chats that begin again, and chats side by side.

use std::fs;

use super::super::home::STORE;
use super::world::{HOME, TYPED, WORK, World};

fn text(event: &serde_json::Value) -> &str {
    event["text"].as_str().expect("a text")
}

#[test]
fn a_pin_is_there_when_the_chat_begins_again() {
    let world = World::new();
    world.says("a", &["/model haiku@work --strict", "hello"]);
    assert_eq!(world.last_key(), WORK);
    let again = world.says("a", &["/model status", "hello"]);
    assert!(text(&again[0]).contains("claude-haiku-4-5"), "{}", again[0]);
    assert_eq!(
        world.provider.asked().last().expect("asked").body["model"],
        "claude-haiku-4-5"
    );
    assert_eq!(world.last_key(), WORK);
    let undone = world.says("a", &["/model undo", "/model @home", "hello"]);
    assert_eq!(undone[0]["view"], "changed", "{undone:?}");
    assert_eq!(
        world.provider.asked().last().expect("asked").body["model"],
        "claude-opus-4-5"
    );
    assert_eq!(world.last_key(), format!("Bearer {HOME}"));
    let elsewhere = world.says("b", &["/model status"]);
    assert!(!text(&elsewhere[0]).contains("haiku"), "{}", elsewhere[0]);
    world.leaks_nothing();
}

#[test]
fn a_request_that_was_used_is_used_in_every_process() {
    let world = World::new();
    world.says("a", &["/model haiku --once"]);
    world.says("a", &["hello", "hello"]);
    let asked: Vec<String> = world
        .provider
        .asked()
        .iter()
        .map(|asked| asked.body["model"].to_string())
        .collect();
    assert_eq!(asked, ["\"claude-haiku-4-5\"", "\"claude-opus-4-5\""]);
    assert!(world.pins().is_empty());
    world.leaks_nothing();
}

#[test]
fn two_chats_at_once_keep_each_its_pin_and_see_the_common_one() {
    let world = World::new();
    let (mut one, mut two) = (world.chat("one"), world.chat("two"));
    for _ in 0..5 {
        assert_eq!(one.say("/model haiku@work")["view"], "changed");
        assert_eq!(two.say("/model opus@home")["view"], "changed");
    }
    let pins = world.pins();
    let told: Vec<(&str, &str)> = pins
        .iter()
        .map(|pin| {
            (
                pin["session"].as_str().expect("a chat"),
                pin["model"].as_str().expect("a model"),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("one", "anthropic/claude-haiku-4-5"),
            ("two", "anthropic/claude-opus-4-5")
        ]
    );
    let mut three = world.chat("three");
    three.status_until(|status| !status.contains("haiku"));
    one.say("/model haiku --global");
    three.status_until(|status| status.contains("haiku"));
    // One and the same scope, changed from all sides: nobody's change is made from an old record.
    for model in ["opus", "haiku", "opus", "haiku"] {
        for chat in [&mut one, &mut two, &mut three] {
            assert_eq!(chat.say(&format!("/model {model} -g"))["view"], "changed");
        }
    }
    drop((one, two, three));
    world.leaks_nothing();
}

#[test]
fn a_running_chat_sees_that_its_pin_was_cleared() {
    let world = World::new();
    let mut chat = world.chat("telegram:42");
    chat.say("/model haiku@work --strict");
    assert!(text(&chat.say("/model status")).contains("haiku"));
    let cleared = world
        .run_once(&["pins", "clear", "--session", "telegram:42"])
        .succeeded();
    assert!(
        cleared.out.contains("chat telegram:42 of agent main"),
        "{}",
        cleared.out
    );
    chat.status_until(|status| !status.contains("haiku"));
    chat.say("hello");
    assert_eq!(
        world.provider.asked().last().expect("asked").body["model"],
        "claude-opus-4-5"
    );
    // What an operator cleared by mistake comes back by the chat's own undo.
    assert_eq!(chat.say("/model undo")["view"], "changed");
    assert_eq!(world.pins()[0]["model"], "anthropic/claude-haiku-4-5");
    drop(chat);
    world.leaks_nothing();
}

#[test]
fn what_was_typed_in_the_place_of_a_profile_is_kept_nowhere() {
    let world = World::new();
    let told = world.says(
        "a",
        &[
            "/model haiku@work",
            &format!("/model opus@{TYPED}"),
            &format!("/model {TYPED}"),
        ],
    );
    assert_eq!(told[0]["view"], "changed");
    assert_ne!(told[1]["view"], "changed");
    assert_ne!(told[2]["view"], "changed");
    assert_eq!(world.pins().len(), 1);
    world.leaks_nothing();
}

#[test]
fn pins_that_cannot_be_read_stop_what_needs_them_and_nothing_else() {
    let world = World::new();
    let garbage = "this is no database, and long enough to be none\n".repeat(100);
    let file = world.home.write("state/modelpin.sqlite", &garbage);
    let name = file.display().to_string();
    for args in [
        &["models", "status"][..],
        &["models", "status", "--json"],
        &["explain", "--provider", "anthropic"],
        &["explain", "--provider", "anthropic", "--json"],
    ] {
        let told = world.run(args).succeeded();
        assert!(
            told.err.contains("the pins cannot be read") && told.err.contains(&name),
            "{args:?}: {}",
            told.err
        );
        assert!(told.out.contains("anthropic:work"), "{args:?}: {}", told.out);
    }
    let told = world.run(&["doctor", "--offline"]).failed(1);
    assert!(told.all().contains(&name), "{}", told.all());
    for args in [
        &["pins", "list"][..],
        &["pins", "list", "--json"],
        &["pins", "check"],
        &["pins", "clear", "--all", "--yes"],
        &[
            "models",
            "auth",
            "rename",
            "anthropic:work",
            "anthropic:new",
            "--dry-run",
        ],
    ] {
        let told = world.run(args).failed(1);
        assert!(
            told.err.contains(&name) && told.err.contains("move it aside"),
            "{args:?}: {}",
            told.err
        );
        assert_eq!(told.out, "", "{args:?}");
    }
    let renamed = ["models", "auth", "rename", "anthropic:work", "anthropic:new"];
    let told = world.run_once(&renamed).failed(1);
    assert!(told.err.contains(&name), "{}", told.err);
    let store = fs::read_to_string(world.home.root().join(STORE)).expect("read");
    assert!(
        !store.contains("anthropic:new"),
        "a rename that no pin can follow is not begun"
    );
    assert_eq!(fs::read_to_string(&file).expect("read"), garbage);
    world.leaks_nothing();
}

#[test]
fn doctor_tells_of_a_database_that_is_torn_or_of_a_newer_modelpin() {
    let world = World::new();
    world.says("a", &["/model haiku@work"]);
    let file = world.home.state().join("modelpin.sqlite");
    let well = world.run(&["doctor", "--offline", "--json"]);
    assert!(!well.out.contains("modelpin.sqlite"), "{}", well.out);
    let whole = fs::read(&file).expect("read");
    let newer = || {
        let open = rusqlite::Connection::open(&file).expect("it opens");
        open.pragma_update(None, "user_version", 99).expect("set");
    };
    let torn = || fs::write(&file, &whole[..4_096]).expect("written");
    for (breaks, why) in [(&newer as &dyn Fn(), "newer modelpin"), (&torn, "malformed")] {
        breaks();
        let left = fs::read(&file).expect("read");
        let told = world.run(&["doctor", "--offline"]).failed(1);
        // It may be folded to the width of a terminal.
        let words: Vec<&str> = told.out.split_whitespace().collect();
        assert!(words.join(" ").contains(why), "{}", told.out);
        assert_eq!(fs::read(&file).expect("read"), left, "to look changes nothing");
        if why == "newer modelpin" {
            world.run_once(&["doctor", "--offline", "--fix"]);
            assert_eq!(fs::read(&file).expect("read"), left, "doctor leaves it alone");
        }
    }
    world.leaks_nothing();
}
