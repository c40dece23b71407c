//! What becomes of pins when a profile is renamed or removed.

use serde_json::Value;

use super::world::{WORK, World};

fn profile(pin: &Value) -> &str {
    pin["profiles"][0]["profile"].as_str().unwrap_or("none")
}

#[test]
fn pins_follow_a_rename_and_so_does_what_undo_goes_back_to() {
    let world = World::new();
    world.says("a", &["/model haiku@work --strict"]);
    world.says("b", &["/model opus@work", "/model opus@home"]);
    world.says("c", &["/model opus@work -g"]);
    let dry = world
        .run(&[
            "models",
            "auth",
            "rename",
            "anthropic:work",
            "anthropic:office",
            "--dry-run",
        ])
        .succeeded();
    assert!(
        dry.out.contains("chat a of agent main") && dry.out.contains("  all chats\n"),
        "{}",
        dry.out
    );
    assert!(!dry.out.contains("chat b"), "{}", dry.out);
    assert_eq!(
        profile(&world.pins()[0]),
        "anthropic:work",
        "a dry run changes nothing"
    );

    // A chat that runs all the while.
    let mut chat = world.chat("a");
    assert_eq!(chat.say("hello")["profile"], "anthropic:work");
    let told = world
        .run_once(&["models", "auth", "rename", "anthropic:work", "anthropic:office"])
        .succeeded();
    assert!(
        told.out.contains("These pins follow:") && told.out.contains("chat a of agent main"),
        "{}",
        told.out
    );
    chat.status_until(|status| status.contains("office"));
    drop(chat);

    assert_eq!(
        world
            .pins()
            .iter()
            .map(profile)
            .filter(|id| *id == "anthropic:office")
            .count(),
        2
    );
    world.says("a", &["hello"]);
    assert_eq!(world.last_key(), WORK);
    let undone = world.says("b", &["/model undo", "hello"]);
    assert_eq!(undone[1]["profile"], "anthropic:office", "{undone:?}");
    world.run(&["pins", "check"]).succeeded();
    world.leaks_nothing();
}

#[test]
fn a_rename_that_ended_before_the_pins_followed_is_finished_by_the_same_command() {
    let world = World::new();
    world.says("a", &["/model haiku@work --strict"]);
    // As a crash between the credentials and the pins leaves it.
    let store = world.home.root().join(super::super::home::STORE);
    let text = std::fs::read_to_string(&store).expect("read");
    std::fs::write(&store, text.replace("anthropic:work", "anthropic:office")).expect("written");
    world.run(&["pins", "check"]).failed(1);
    world
        .run_once(&["models", "auth", "rename", "anthropic:work", "anthropic:office"])
        .succeeded();
    assert_eq!(profile(&world.pins()[0]), "anthropic:office");
    world.run(&["pins", "check"]).succeeded();
    world.leaks_nothing();
}

#[test]
fn a_removal_tells_the_pins_that_it_breaks_and_leaves_them() {
    let world = World::new();
    world.says("a", &["/model haiku@work --strict"]);
    world.says("b", &["/model opus@home"]);
    // The other agent's profile of that name is another profile.
    world.says_to("other", "z", &["/model opus@only"]);
    let before = world.home.listing();
    let dry = world
        .run(&["models", "auth", "remove", "anthropic:work", "--dry-run"])
        .succeeded();
    assert!(
        dry.out
            .contains("These pins would break:\n  chat a of agent main\n"),
        "{}",
        dry.out
    );
    assert!(
        !dry.out.contains("chat b") && !dry.out.contains("chat z"),
        "{}",
        dry.out
    );
    assert_eq!(world.home.listing(), before);
    let told = world
        .run_once(&["models", "auth", "remove", "anthropic:work"])
        .succeeded();
    assert!(told.out.contains("chat a of agent main"), "{}", told.out);
    assert_eq!(world.pins().len(), 3);
    let check = world.run(&["pins", "check"]).failed(1);
    assert!(check.out.contains("chat a of agent main: "), "{}", check.out);
    world.leaks_nothing();
}
