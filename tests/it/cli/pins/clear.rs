//! `modelpin pins clear`: what is named, and nothing else.

use serde_json::Value;

use rexpect::session::spawn_command;

use super::super::home::run;
use super::world::World;

/// A pin in each kind of scope.
fn pinned() -> World {
    let world = World::new();
    world.says("a", &["/model haiku@work"]);
    world.says("b", &["/model opus@home"]);
    world.says_to("other", "a", &["/model haiku@only"]);
    world.says("c", &["/model haiku -a", "/model haiku -g"]);
    assert_eq!(world.pins().len(), 5);
    world
}

fn places(world: &World) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let place = |pin: &Value| {
        format!(
            "{} {} {}",
            text(&pin["scope"]),
            text(&pin["agent"]),
            text(&pin["session"])
        )
    };
    world.pins().iter().map(place).collect()
}

#[test]
fn only_what_is_named_is_cleared() {
    for (args, gone) in [
        (&["--session", "a"][..], "session main a"),
        (&["--session", "a", "--agent", "other"], "session other a"),
        (&["--scope", "agent"], "agent main -"),
        (&["--scope", "global"], "global - -"),
    ] {
        let world = pinned();
        let mut wanted = places(&world);
        wanted.retain(|place| place != gone);
        assert_eq!(wanted.len(), 4);
        let dry = [&["pins", "clear", "--dry-run"], args].concat();
        let told = world.run(&dry).succeeded();
        assert!(told.out.starts_with("Would take back"), "{}", told.out);
        assert_eq!(places(&world).len(), 5, "{args:?}: a dry run changes nothing");
        world.run_once(&[&["pins", "clear"], args].concat()).succeeded();
        assert_eq!(places(&world), wanted, "{args:?}");
        let again = world.run_once(&[&["pins", "clear"], args].concat()).succeeded();
        assert!(again.out.contains("nothing was changed"), "{}", again.out);
        world.leaks_nothing();
    }
}

#[test]
fn what_is_not_named_well_clears_nothing() {
    let world = pinned();
    for args in [
        &["pins", "clear"][..],
        &["pins", "clear", "--all", "--session", "a"],
        &["pins", "clear", "--yes"],
        &["pins", "clear", "--dry-run"],
        &["pins", "clear", "--yes", "--dry-run"],
        &["pins", "clear", "--scope", "session"],
        &["pins", "clear", "--all"],
        &["pins"],
    ] {
        let told = world.run(args).failed(64);
        assert_eq!(told.out, "", "{args:?}");
        assert!(!told.err.is_empty(), "{args:?}");
    }
    let mistyped = world
        .run(&["pins", "clear", "--session", "a", "--agent", "otter"])
        .failed(1);
    assert!(mistyped.err.contains("no agent `otter`"), "{}", mistyped.err);
    assert_eq!(places(&world).len(), 5);
    world.leaks_nothing();
}

#[test]
fn all_are_cleared_by_yes_alone() {
    let world = pinned();
    let dry = world.run(&["pins", "clear", "--all", "--dry-run"]).succeeded();
    assert_eq!(dry.out.lines().count(), 6, "{}", dry.out);
    assert_eq!(places(&world).len(), 5);
    let told = world.run_once(&["pins", "clear", "--all", "--yes"]).succeeded();
    assert_eq!(told.out.lines().count(), 5, "{}", told.out);
    assert!(places(&world).is_empty());
    world.leaks_nothing();
}

#[test]
fn at_a_terminal_all_are_cleared_only_after_a_yes() {
    let world = pinned();
    for (answer, left, code) in [
        ("n\r", 5, 1),
        ("\r", 5, 1),
        ("\u{3}", 5, 130),
        ("\u{4}", 5, 1),
        ("y\r", 0, 0),
    ] {
        let command = world.home.modelpin(&["pins", "clear", "--all"]);
        let mut screen = spawn_command(command, Some(20_000)).expect("a terminal");
        screen.exp_string("5 scopes? [y/N]").expect("it asks");
        screen.send(answer).expect("sent");
        screen.flush().expect("sent");
        screen.exp_eof().expect("it ends");
        let ended = format!("{:?}", screen.process().wait().expect("it ended"));
        assert!(ended.ends_with(&format!(", {code})")), "{answer:?}: {ended}");
        assert_eq!(places(&world).len(), left, "{answer:?}");
    }
    world.leaks_nothing();
}

#[test]
fn pins_of_an_agent_that_is_in_no_configuration_any_more_can_be_cleared() {
    let world = pinned();
    let config = world.home.state().join("openclaw.json");
    let mut text: Value =
        serde_json::from_str(&std::fs::read_to_string(&config).expect("read")).expect("JSON");
    text["agents"]["list"] = serde_json::json!([{ "id": "main" }]);
    std::fs::write(&config, text.to_string()).expect("written");
    let told = world.run(&["pins", "check", "--json"]).failed(1).json();
    let bad: Vec<&Value> = told["pins"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|pin| pin["ok"] == false)
        .collect();
    assert_eq!(bad.len(), 1);
    assert!(
        bad[0]["why"]
            .as_str()
            .is_some_and(|why| why.contains("no agent `other`")),
        "{bad:?}"
    );
    world
        .run_once(&["pins", "clear", "--session", "a", "--agent", "other"])
        .succeeded();
    assert_eq!(places(&world).len(), 4);
    run(&mut world.home.modelpin(&["pins", "check"]), b"").succeeded();
    world.leaks_nothing();
}
