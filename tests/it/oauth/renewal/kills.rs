//! `kill -9` at each state of a renewal: the next start goes on, or says "sign in again", and never sends a token twice.

use modelpin::oauth::journal::Standing;

use super::World;
use super::gate::{Pass, Seen, held};
use super::process::Process;

/// The state in the journal; empty if there is none.
fn noted(world: &World) -> String {
    let entries = std::fs::read_dir(world.dir.path()).expect("a folder").flatten();
    let journal = entries.map(|entry| entry.path()).find(|path| {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        name.starts_with("auth-profiles.json.refresh-") && path.extension().is_some_and(|end| end.len() > 12)
    });
    let text = journal.map(|path| std::fs::read(path).expect("a journal"));
    let value: serde_json::Value = text.map_or_else(Default::default, |text| {
        serde_json::from_slice(&text).expect("JSON")
    });
    value["state"].as_str().unwrap_or_default().to_owned()
}

/// One caller in a process of its own that nobody stops: what it is told.
fn next_start(world: &World) -> String {
    let told = Process::start(world, "acme:a", 1, 0).told();
    told.into_iter().next().expect("it is told something")
}

/// The next start goes on: it has what the store has.
fn goes_on(world: &World) {
    assert_eq!(world.standing("acme:a"), Standing::Quiet);
    let told = next_start(world);
    assert_eq!(told, world.stored("acme:a").0);
    world.no_token_came_twice();
}

/// The next start says "sign in again", and what was sent is never sent again; signing in again settles it.
fn says_sign_in_again(world: &World, standing: Standing) {
    let before = std::fs::read(world.store()).expect("a store");
    let asked = world.provider.asked("refresh_token").0;
    assert_eq!(world.standing("acme:a"), standing);
    for _ in 0..3 {
        let told = next_start(world);
        assert!(told.contains("sign in again"), "{told}");
    }
    assert_eq!(std::fs::read(world.store()).expect("a store"), before);
    assert_eq!(world.provider.asked("refresh_token").0, asked, "nothing was sent");
    world.sign_in("acme:a");
    goes_on(world);
}

#[test]
fn killed_while_idle_or_claimed_the_next_start_goes_on() {
    // Before the first note; before *claimed* is on disk; before *posted* is on disk.
    for (stop, state) in [(1, ""), (2, ""), (3, "claimed")] {
        let Some(world) = World::new(&["acme:a"]) else {
            return;
        };
        let mut process = Process::start(&world, "acme:a", 1, stop);
        process.says("stopped");
        process.kill();
        assert_eq!(noted(&world), state);
        goes_on(&world);
        assert_eq!(world.provider.asked("refresh_token"), (1, 1));
    }
}

#[test]
fn killed_after_trouble_the_next_start_goes_on() {
    let Some(world) = World::new(&["acme:a"]) else {
        return;
    };
    world.gate.then(Pass::Status(503));
    let mut process = Process::start(&world, "acme:a", 1, 5);
    process.says("stopped");
    process.kill();
    assert_eq!(noted(&world), "claimed");
    goes_on(&world);
}

#[test]
fn killed_while_the_token_is_on_its_way_it_is_never_sent_again() {
    let Some(world) = World::new(&["acme:a"]) else {
        return;
    };
    let (go, hold) = held();
    world.gate.then(Pass::HoldRequest(hold));
    let process = Process::start(&world, "acme:a", 1, 0);
    world.gate.wait_for(Seen::Came);
    process.kill();
    assert_eq!(noted(&world), "posted");
    drop(go);
    says_sign_in_again(&world, Standing::Unclear);
}

#[test]
fn killed_before_the_answer_came_the_token_is_never_sent_again() {
    let Some(world) = World::new(&["acme:a"]) else {
        return;
    };
    let (_never, hold) = held();
    world.gate.then(Pass::HoldAnswer(hold));
    let process = Process::start(&world, "acme:a", 1, 0);
    world.gate.wait_for(Seen::Answered);
    process.kill();
    assert_eq!(noted(&world), "posted");
    says_sign_in_again(&world, Standing::Unclear);
}

#[test]
fn killed_before_the_store_had_the_new_tokens_the_old_one_is_never_sent_again() {
    let Some(world) = World::new(&["acme:a"]) else {
        return;
    };
    let (go, hold) = held();
    world.gate.then(Pass::HoldAnswer(hold));
    let process = Process::start(&world, "acme:a", 1, 0);
    world.gate.wait_for(Seen::Answered);
    let store = modelpin::files::Lock::take(&world.store()).expect("the store is ours");
    go.send(()).expect("it waits");
    process.kill();
    drop(store);
    assert_eq!(noted(&world), "posted");
    says_sign_in_again(&world, Standing::Unclear);
}

#[test]
fn killed_after_the_store_had_them_the_next_start_goes_on() {
    let Some(world) = World::new(&["acme:a"]) else {
        return;
    };
    let (go, hold) = held();
    world.gate.then(Pass::HoldAnswer(hold));
    let process = Process::start(&world, "acme:a", 1, 0);
    world.gate.wait_for(Seen::Answered);
    // The journal of this moment, put back, is what a kill between the store and the journal leaves.
    let journal = std::fs::read_dir(world.dir.path())
        .expect("a folder")
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|end| end.len() == 20))
        .expect("a journal");
    let left = std::fs::read(&journal).expect("a note");
    go.send(()).expect("it waits");
    assert_eq!(process.told(), [world.stored("acme:a").0]);
    std::fs::write(&journal, left).expect("put back");
    assert_eq!(noted(&world), "posted");
    goes_on(&world);
    assert_eq!(world.provider.asked("refresh_token"), (1, 1));
}

#[test]
fn killed_when_it_was_ambiguous_or_refused_it_stays_so() {
    let Some(world) = World::new(&["acme:a"]) else {
        return;
    };
    world.gate.then(Pass::LoseAnswer);
    let mut process = Process::start(&world, "acme:a", 1, 5);
    process.says("stopped");
    process.kill();
    assert_eq!(noted(&world), "ambiguous");
    says_sign_in_again(&world, Standing::Unclear);

    let Some(world) = World::new(&["acme:a"]) else {
        return;
    };
    super::run(modelpin::oauth::refresh(
        &world.direct(),
        &super::secret(&world.stored("acme:a").1),
    ))
    .expect("somebody else used it");
    // Before *refused* is on disk: what is on disk says no less.
    let mut process = Process::start(&world, "acme:a", 1, 5);
    process.says("stopped");
    process.kill();
    assert_eq!(noted(&world), "posted");
    says_sign_in_again_after_theft(&world);
}

/// Somebody else used the token first, so that the provider has it twice; ours stands there once.
fn says_sign_in_again_after_theft(world: &World) {
    let asked = world.provider.asked("refresh_token").0;
    assert_eq!(world.standing("acme:a"), Standing::Unclear);
    assert!(next_start(world).contains("sign in again"));
    assert_eq!(world.provider.asked("refresh_token").0, asked);
}
