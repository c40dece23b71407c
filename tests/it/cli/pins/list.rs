//! `modelpin pins list`.

use serde_json::{Value, json};

use super::world::World;

#[test]
fn nothing_is_pinned_and_asking_leaves_no_file() {
    let world = World::new();
    let before = world.home.listing();
    assert_eq!(
        world.run(&["pins", "list"]).succeeded().out,
        "Nothing is pinned.\n"
    );
    assert!(world.pins().is_empty());
    assert_eq!(world.home.listing(), before);
    world.leaks_nothing();
}

#[test]
fn every_pin_is_told_with_place_model_profile_terms_and_who() {
    let world = World::new();
    world.says("telegram:42", &["/model haiku@work --strict"]);
    world.says("until", &["/model opus@home --for 2h"]);
    world.says("next", &["/model haiku --once"]);
    world.says("auto", &["/model @auto"]);
    world.says("x", &["/model haiku -g"]);
    world.says_to("other", "y", &["/model opus@only -a"]);
    let before = world.home.listing();
    let pins = world.pins();
    let of = |session: &str| -> Value {
        let is = |pin: &&Value| pin["session"] == session;
        pins.iter()
            .find(is)
            .unwrap_or_else(|| panic!("no {session} in {pins:?}"))
            .clone()
    };
    let strict = of("telegram:42");
    let expected = json!({
        "scope": "session", "agent": "main", "session": "telegram:42",
        "model": "anthropic/claude-haiku-4-5", "modelMode": strict["modelMode"],
        "profiles": [{ "provider": "anthropic", "profile": "anthropic:work", "mode": "strict" }],
        "until": null, "by": strict["by"], "at": strict["at"], "stopsInheriting": false,
    });
    assert_eq!(strict, expected);
    assert!(strict["by"].is_string() && strict["at"].as_i64().is_some_and(|at| at > 1_700_000_000_000));
    let until = of("until");
    let lasts = until["until"].as_i64().expect("a moment") - until["at"].as_i64().expect("a moment");
    assert_eq!(lasts, 2 * 3_600_000);
    assert_eq!(of("next")["until"], "next request");
    assert_eq!(of("auto")["profiles"][0]["mode"], "auto");
    let scopes: Vec<&Value> = pins.iter().map(|pin| &pin["scope"]).collect();
    assert_eq!(scopes.iter().filter(|scope| **scope == "agent").count(), 1);
    assert_eq!(scopes.iter().filter(|scope| **scope == "global").count(), 1);
    assert_eq!(pins.len(), 6);
    assert_eq!(world.home.listing(), before, "asking changes nothing");

    let table = world.run(&["pins", "list"]).succeeded().out;
    for part in [
        "Where",
        "What",
        "Until",
        "By",
        "Since",
        "telegram:42",
        "all chats",
        "(strict)",
    ] {
        assert!(table.contains(part), "{part}: {table}");
    }
    for line in table.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let only = world
        .run(&["pins", "list", "--json", "--agent", "other"])
        .succeeded()
        .json();
    assert_eq!(only["count"], 2, "its own, and those of all agents: {only}");
    let mistyped = world.run(&["pins", "list", "--agent", "otter"]).failed(1);
    assert!(mistyped.err.contains("no agent `otter`"), "{}", mistyped.err);
    world.leaks_nothing();
}

#[test]
fn a_pin_that_is_over_is_not_listed() {
    let world = World::new();
    world.says("a", &["/model haiku --for 1m"]);
    world.says("b", &["/model haiku"]);
    assert_eq!(world.pins().len(), 2);
    // Nobody waits a minute: the moment of its end is put into the past.
    let open = rusqlite::Connection::open(world.home.state().join("modelpin.sqlite")).expect("it opens");
    let record: String = open
        .query_row("SELECT record FROM pins WHERE session = 'a'", [], |row| {
            row.get(0)
        })
        .expect("it is there");
    let mut record: Value = serde_json::from_str(&record).expect("JSON");
    record["passing"][0]["end"] = json!(1_700_000_000_000_i64);
    open.execute(
        "UPDATE pins SET record = ?1 WHERE session = 'a'",
        [record.to_string()],
    )
    .expect("changed");
    drop(open);
    let left = world.pins();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["session"], "b");
    let nothing = world.run_once(&["pins", "clear", "--session", "a"]).succeeded();
    assert!(nothing.out.contains("nothing was changed"), "{}", nothing.out);
    world.leaks_nothing();
}

#[test]
fn what_a_chat_is_named_cannot_command_the_terminal() {
    let world = World::new();
    world.says("a\u{1b}]0;owned\u{7}\u{202e}b", &["/model haiku"]);
    let table = world.run(&["pins", "list"]).succeeded().out;
    let dangerous = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!table.contains(dangerous), "{table:?}");
    for args in [
        &["pins", "check"][..],
        &["pins", "clear", "--all", "--dry-run"],
        &["pins", "clear", "--all", "--yes"],
    ] {
        let told = world.run_once(args).succeeded().out;
        assert!(!told.contains(dangerous), "{args:?}: {told:?}");
    }
    world.leaks_nothing();
}
