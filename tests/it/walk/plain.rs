//! What walks came by, as single steps.

use modelpin::credentials::{AuthStore, ChangeError, DraftError, Replace};
use modelpin::middleware::Message;
use modelpin::session::Actor;
use modelpin::setup::{self, Import, RemovalError, Run};

use super::proof::served;
use super::world::{Kind, World, configure, place};

/// `c0` is pinned to `p2`, which is stored and which the configuration does not name.
async fn pinned() -> World {
    let mut world = World::new(1);
    let new = world.credential(Kind::Anthropic, "ann");
    let put = AuthStore::change(&world.place().store(), |draft| {
        draft.put(&Kind::Anthropic.id("p2"), &new, Replace::No)
    });
    put.expect("kept");
    let chat = World::chats().next().expect("a chat");
    let modelpin = world.modelpin().await;
    let actor = Actor::operator();
    let message = Message::new(&chat, &actor, "/model opus@p2");
    modelpin.handle(&message).await.expect("pinned");
    assert_eq!(served(&world).await[0].as_deref(), Some("ann"));
    world
}

#[tokio::test]
async fn what_is_signed_in_takes_nothing_out_of_use() {
    let mut world = pinned().await;
    let new = world.credential(Kind::Anthropic, "bob");
    let id = Kind::Anthropic.id("p0");
    setup::keep(&world.place(), &id, &new, Replace::No).expect("kept");
    assert_eq!(served(&world).await[0].as_deref(), Some("ann"));
    // What somebody left out on purpose stays out.
    let left_out = world.credential(Kind::Anthropic, "cid");
    let put = AuthStore::change(&world.place().store(), |draft| {
        draft.put(&Kind::Anthropic.id("p3"), &left_out, Replace::No)
    });
    put.expect("kept");
    let again = world.credential(Kind::Anthropic, "bob");
    setup::keep(&world.place(), &id, &again, Replace::No).expect("kept");
    let place = world.place();
    let named = &place.snapshot().config().auth.profiles;
    let named: Vec<&str> = named.keys().map(|id| id.as_str()).collect();
    assert_eq!(named, ["anthropic:p2", "anthropic:p0"]);
}

#[tokio::test]
async fn what_is_taken_over_has_its_turn_beside_what_the_configuration_names() {
    let mut world = pinned().await;
    let bob = world.credential(Kind::Anthropic, "bob");
    setup::keep(&world.place(), &Kind::Anthropic.id("p0"), &bob, Replace::No).expect("kept");
    setup::remove(&world.place(), &Kind::Anthropic.id("p2")).expect("taken away");
    assert_eq!(served(&world).await[0], None, "a strict pin is nobody else's");
    let theirs = tempfile::tempdir().expect("a folder");
    configure(theirs.path());
    let ann = world.credential(Kind::Anthropic, "ann");
    setup::keep(
        &place(theirs.path()),
        &Kind::Anthropic.id("p1"),
        &ann,
        Replace::No,
    )
    .expect("kept");
    let done = setup::import(&Import {
        from: theirs.path().to_owned(),
        to: world.path().to_owned(),
        replace: Replace::No,
        run: Run::Real,
    });
    assert!(done.expect("imported").failed.is_empty());
    assert_eq!(served(&world).await[0].as_deref(), Some("ann"));
}

#[tokio::test]
async fn a_rename_to_itself_is_nothing_and_one_to_another_profile_is_refused() {
    let mut world = pinned().await;
    let bob = world.credential(Kind::Anthropic, "bob");
    let (p0, p2) = (Kind::Anthropic.id("p0"), Kind::Anthropic.id("p2"));
    setup::keep(&world.place(), &p0, &bob, Replace::No).expect("kept");
    setup::rename(&world.place(), &p2, &p2).expect("nothing to do");
    let taken = setup::rename(&world.place(), &p2, &p0).expect_err("taken");
    assert!(
        matches!(taken, RemovalError::Store(ChangeError::Refused(DraftError::Taken(id))) if id == p0),
        "it says what is wrong"
    );
    assert_eq!(served(&world).await[0].as_deref(), Some("ann"));
}
