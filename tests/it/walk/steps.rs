//! What people do. Each step says what it did, for the log of a walk that fails.

use modelpin::credentials::{AuthStore, NewSecret, Replace};
use modelpin::middleware::{Handled, Message};
use modelpin::session::Actor;
use modelpin::setup::{self, Import, Run};

use super::proof::served;
use super::world::{Kind, World, configure, place};

pub(super) async fn random(world: &mut World) -> String {
    match world.below(16) {
        0..4 => sign_in(world).await,
        4 => sign_out(world),
        5 => take_away(world),
        6..8 => rename(world).await,
        8 => import(world),
        9 => export(world),
        10..14 => pin(world).await,
        14 => say(world, "/model undo").await,
        _ => {
            let text = world.pick(&["/model default", "/model gpt", "/model opus"]);
            say(world, text).await
        }
    }
}

fn replace(world: &mut World) -> Replace {
    world.pick(&[Replace::No, Replace::No, Replace::Yes])
}

async fn sign_in(world: &mut World) -> String {
    let kind = world.pick(&Kind::ALL);
    let id = kind.id(world.pick(kind.ids()));
    let held = world.held.get(&id).cloned();
    let account = match kind.accounts() {
        // A key over a key is the next key of the same account.
        [] => held.clone().unwrap_or_else(|| world.nobody()),
        accounts => world.pick(accounts).to_owned(),
    };
    let leave = replace(world);
    let new = world.credential(kind, &account);
    let before = served(world).await;
    let kept = setup::keep(&world.place(), &id, &new, leave);
    let foreign = held.is_some_and(|held| held != account);
    match &kept {
        Ok(_) => {
            assert!(
                !foreign || leave == Replace::Yes,
                "another account took {id} unasked"
            );
            world.held.insert(id.clone(), account.clone());
            if !foreign {
                alive(world, &before, &format!("signing in to {id}")).await;
            }
        }
        Err(wrong) => assert!(foreign && leave == Replace::No, "{id}: {wrong}"),
    }
    format!("sign in {id} as {account}, {leave:?}: {}", kept.is_ok())
}

fn sign_out(world: &mut World) -> String {
    let kind = world.pick(&Kind::ALL);
    let id = kind.id(world.pick(kind.ids()));
    let gone = setup::logout(&world.place(), &id);
    assert_eq!(gone.is_ok(), world.held.remove(&id).is_some(), "{id}: {gone:?}");
    format!("sign out {id}: {}", gone.is_ok())
}

fn take_away(world: &mut World) -> String {
    let kind = world.pick(&Kind::ALL);
    let id = kind.id(world.pick(kind.ids()));
    let gone = setup::remove(&world.place(), &id);
    let held = world.held.remove(&id).is_some();
    // What only the configuration names can be taken away as well.
    assert!(gone.is_ok() || !held, "{id}: {gone:?}");
    format!("take away {id}: {}", gone.is_ok())
}

async fn rename(world: &mut World) -> String {
    let kind = world.pick(&Kind::ALL);
    let (old, new) = (kind.id(world.pick(kind.ids())), kind.id(world.pick(kind.ids())));
    let before = served(world).await;
    let place = world.place();
    let renamed = setup::rename(&place, &old, &new);
    if renamed.is_ok() {
        let followed = setup::rename_in_pins(&place, &old, &new).await;
        followed.expect("the pins follow");
        if old != new {
            assert!(!world.held.contains_key(&new), "{new} was there already");
            let account = world.held.remove(&old);
            world.held.insert(new.clone(), account.expect("it was there"));
        }
        alive(world, &before, &format!("renaming {old} to {new}")).await;
    }
    format!("rename {old} to {new}: {renamed:?}")
}

/// Takes over what another directory has.
fn import(world: &mut World) -> String {
    let theirs = tempfile::tempdir().expect("a folder");
    configure(theirs.path());
    let mut told = Vec::new();
    let mut there = Vec::new();
    for _ in 0..=world.below(3) {
        let kind = world.pick(&[Kind::Anthropic, Kind::OpenAi]);
        let id = kind.id(world.pick(kind.ids()));
        let account = world.pick(kind.accounts());
        let new = world.credential(kind, account);
        setup::keep(&place(theirs.path()), &id, &new, Replace::Yes).expect("kept there");
        told.push(format!("{id} as {account}"));
        there.push((id, account));
    }
    let leave = replace(world);
    let import = Import {
        from: theirs.path().to_owned(),
        to: world.path().to_owned(),
        replace: leave,
        run: Run::Real,
    };
    let done = setup::import(&import).expect("imported");
    assert!(done.failed.is_empty(), "{:?}", done.failed);
    let mut last = std::collections::BTreeMap::new();
    last.extend(there);
    for (id, account) in last {
        if leave == Replace::Yes || !world.held.contains_key(&id) {
            world.held.insert(id, account.to_owned());
        }
    }
    format!("import {}, {leave:?}", told.join(", "))
}

/// Lets another directory take over what this one has, which changes nothing here.
fn export(world: &mut World) -> String {
    let other = tempfile::tempdir().expect("a folder");
    let import = Import {
        from: world.path().to_owned(),
        to: other.path().to_owned(),
        replace: Replace::No,
        run: Run::Real,
    };
    let done = setup::import(&import).expect("imported");
    assert!(done.failed.is_empty(), "{:?}", done.failed);
    let store = AuthStore::read(&place(other.path()).store()).expect("readable");
    let there: Vec<_> = store
        .iter()
        .flat_map(|store| store.profiles().keys().cloned())
        .collect();
    assert_eq!(there.len(), world.held.len(), "all is there");
    assert!(there.iter().all(|id| world.held.contains_key(id)));
    "export".to_owned()
}

async fn pin(world: &mut World) -> String {
    let kind = world.pick(&Kind::ALL);
    let name = world.pick(kind.ids());
    let mode = world.pick(&["", "", " --prefer"]);
    say(world, &format!("/model {}@{name}{mode}", kind.model())).await
}

async fn say(world: &mut World, text: &str) -> String {
    let chat = world.chat();
    let modelpin = world.modelpin().await;
    let actor = Actor::operator();
    let handled = modelpin.handle(&Message::new(&chat, &actor, text)).await;
    let Ok(Handled::Reply(view)) = handled else {
        panic!("{text} is a command");
    };
    format!("{}: {text}: {}", chat.chat(), view.body.was_done())
}

/// Nobody who was served is served by somebody else, or not at all.
async fn alive(world: &World, before: &[Option<String>], what: &str) {
    for ((chat, before), now) in World::chats().zip(before).zip(served(world).await) {
        assert!(
            before.is_none() || *before == now,
            "{what}: {} was served by {before:?} and is by {now:?}\n{}",
            chat.chat(),
            world.log.join("\n")
        );
    }
}

#[test]
fn a_credential_of_a_walk_shows_nothing() {
    let new = World::new(1).credential(Kind::Key, "nobody");
    assert!(matches!(new.secret, NewSecret::ApiKey(_)));
    assert!(!format!("{new:?}").contains("EXAMPLE"));
}
