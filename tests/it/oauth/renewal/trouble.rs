//! Providers in trouble, lost answers, and neighbours.

use modelpin::oauth::journal::Standing;
use modelpin::oauth::refresh;
use modelpin::provide::{RefreshError, RefreshToken, Renewal};

use super::gate::{Pass, Seen, held};
use super::{World, refresher, run, secret, wanted};

fn renewed(world: &World) -> Result<String, RefreshError> {
    let refresher = world.refresher();
    run(refresher.refresh(&world.wanted("acme:a"), Renewal::Due))
        .map(|credential| credential.secret().expose().to_owned())
}

#[test]
fn trouble_is_tried_three_times_and_leaves_everything_as_it_was() {
    let Some(world) = World::new(&["acme:a"]) else {
        return;
    };
    for status in [500, 503] {
        world.gate.then(Pass::Status(status));
    }
    assert_eq!(renewed(&world).expect("the third try"), world.stored("acme:a").0);
    world.sign_in("acme:a");
    let before = world.stored("acme:a");
    for status in [500, 502, 503] {
        world.gate.then(Pass::Status(status));
    }
    let told = renewed(&world).expect_err("three times");
    assert!(matches!(told, RefreshError::Transient { .. }), "{told}");
    assert!(told.to_string().contains("503"), "{told}");
    assert_eq!(
        (world.stored("acme:a"), world.standing("acme:a")),
        (before, Standing::Quiet)
    );
    renewed(&world).expect("later it works");
    assert_eq!(world.no_token_came_twice(), 2);
}

#[test]
fn a_provider_that_is_not_there_costs_nothing() {
    let Some(world) = World::new(&["acme:a"]) else {
        return;
    };
    let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = gone.local_addr().expect("an address");
    drop(gone);
    let nobody = refresher(&format!("http://{address}/token"));
    let told = run(nobody.refresh(&world.wanted("acme:a"), Renewal::Due)).expect_err("nobody is there");
    assert!(matches!(told, RefreshError::Transient { .. }), "{told}");
    assert_eq!(world.standing("acme:a"), Standing::Quiet);
    assert_eq!(
        renewed(&world).expect("it was never sent"),
        world.stored("acme:a").0
    );
}

#[test]
fn a_lost_answer_is_never_replayed_and_signing_in_again_settles_it() {
    let Some(world) = World::new(&["acme:a"]) else {
        return;
    };
    let before = std::fs::read(world.store()).expect("a store");
    world.gate.then(Pass::LoseAnswer);
    for _ in 0..3 {
        let told = renewed(&world).expect_err("nobody knows");
        assert!(matches!(told, RefreshError::Ambiguous { .. }), "{told}");
    }
    assert_eq!(world.standing("acme:a"), Standing::Unclear);
    assert_eq!(std::fs::read(world.store()).expect("a store"), before);
    assert_eq!(world.no_token_came_twice(), 1);
    world.sign_in("acme:a");
    assert_eq!(world.standing("acme:a"), Standing::Quiet);
    renewed(&world).expect("it is settled");
    assert_eq!(world.no_token_came_twice(), 2);
}

#[test]
fn what_is_refused_for_good_is_not_asked_again() {
    let Some(world) = World::new(&["acme:a"]) else {
        return;
    };
    let token = secret(&world.stored("acme:a").1);
    run(refresh(&world.direct(), &token)).expect("somebody used it");
    for _ in 0..3 {
        let told = renewed(&world).expect_err("refused");
        assert!(matches!(told, RefreshError::Permanent { .. }), "{told}");
        assert!(!told.to_string().contains(&token.expose()[..8]), "{told}");
    }
    assert_eq!(world.standing("acme:a"), Standing::Refused);
    assert_eq!(world.provider.asked("refresh_token").0, 2);
    world.sign_in("acme:a");
    renewed(&world).expect("signed in again");
}

/// A neighbour that does not know our lock is quicker, while our request waits at the gate.
fn a_neighbour_is_quicker(theirs_first: impl FnOnce(std::sync::mpsc::Sender<()>)) {
    let Some(world) = World::new(&["acme:a"]) else {
        return;
    };
    let (go, hold) = held();
    world.gate.then(Pass::HoldRequest(hold));
    let (_, old) = world.stored("acme:a");
    let refresher = world.refresher();
    run(async {
        let (ours, wanted) = (refresher.clone(), world.wanted("acme:a"));
        let ours = tokio::spawn(async move { ours.refresh(&wanted, Renewal::Due).await });
        tokio::task::block_in_place(|| world.gate.wait_for(Seen::Came));
        let theirs = refresh(&world.direct(), &secret(&old)).await.expect("renewed");
        tokio::task::block_in_place(|| world.put("acme:a", &theirs, theirs.expires));
        theirs_first(go);
        let adopted = ours.await.expect("it does not panic").expect("theirs is used");
        assert_eq!(adopted.secret().expose(), theirs.access.expose());
    });
    assert_eq!(world.standing("acme:a"), Standing::Quiet);
}

#[test]
fn the_tokens_of_a_neighbour_are_used_after_a_refusal() {
    a_neighbour_is_quicker(|go| go.send(()).expect("it waits"));
}

#[test]
fn the_tokens_of_a_neighbour_are_used_after_a_lost_answer() {
    a_neighbour_is_quicker(drop);
}

#[test]
fn a_profile_that_is_removed_meanwhile_does_not_come_back() {
    let Some(world) = World::new(&["acme:a", "acme:b"]) else {
        return;
    };
    let (go, hold) = held();
    world.gate.then(Pass::HoldAnswer(hold));
    let refresher = world.refresher();
    run(async {
        let (ours, wanted) = (refresher.clone(), world.wanted("acme:a"));
        let ours = tokio::spawn(async move { ours.refresh(&wanted, Renewal::Due).await });
        tokio::task::block_in_place(|| {
            world.gate.wait_for(Seen::Answered);
            modelpin::credentials::AuthStore::change(&world.store(), |draft| {
                Ok::<_, std::convert::Infallible>(draft.remove(&modelpin::profile::ProfileId::new("acme:a")))
            })
            .expect("removed");
        });
        go.send(()).expect("it waits");
        let told = ours.await.expect("it does not panic").expect_err("it is gone");
        assert!(matches!(told, RefreshError::Impossible { .. }), "{told}");
    });
    let left = std::fs::read_to_string(world.store()).expect("a store");
    assert!(!left.contains("acme:a") && left.contains("acme:b"));
}

#[test]
fn a_token_goes_to_its_own_provider_and_nowhere_else() {
    let Some(world) = World::new(&["acme:a"]) else {
        return;
    };
    let mut foreign = wanted(&world.store(), "acme:a");
    foreign.provider = modelpin::ProviderId::new("other");
    let told = run(world.refresher().refresh(&foreign, Renewal::Due)).expect_err("not theirs");
    assert!(matches!(told, RefreshError::Impossible { .. }), "{told}");
    assert_eq!(world.provider.asked("refresh_token").0, 0);
}

#[test]
fn tokens_that_the_store_does_not_take_wait_in_hand_and_are_not_asked_for_again() {
    let Some(world) = World::new(&["acme:a"]) else {
        return;
    };
    let (go, hold) = held();
    world.gate.then(Pass::HoldAnswer(hold));
    let whole = std::fs::read(world.store()).expect("a store");
    let refresher = world.refresher();
    let wanted = world.wanted("acme:a");
    run(async {
        let (ours, asked) = (refresher.clone(), wanted.clone());
        let ours = tokio::spawn(async move { ours.refresh(&asked, Renewal::Due).await });
        tokio::task::block_in_place(|| world.gate.wait_for(Seen::Answered));
        std::fs::write(world.store(), "{ torn").expect("torn");
        go.send(()).expect("it waits");
        let told = ours
            .await
            .expect("it does not panic")
            .expect_err("it cannot be kept");
        assert!(matches!(told, RefreshError::Transient { .. }), "{told}");
        assert!(told.to_string().contains("wait in memory"), "{told}");
        assert_eq!(std::fs::read(world.store()).expect("there"), b"{ torn");
        std::fs::write(world.store(), whole).expect("mended");
        let kept = refresher.refresh(&wanted, Renewal::Due).await.expect("kept");
        assert_eq!(kept.secret().expose(), world.stored("acme:a").0);
    });
    assert_eq!(world.standing("acme:a"), Standing::Quiet);
    assert_eq!(world.provider.asked("refresh_token"), (1, 1));
    run(refresher.refresh(&wanted, Renewal::Rejected(secret(&world.stored("acme:a").0))))
        .expect("the new one lives");
}

#[test]
fn tokens_that_wait_in_hand_are_written_when_the_disk_takes_them_though_nobody_asks() {
    let Some(world) = World::new(&["acme:a"]) else {
        return;
    };
    let (go, hold) = held();
    world.gate.then(Pass::HoldAnswer(hold));
    let before = world.stored("acme:a");
    let whole = std::fs::read(world.store()).expect("a store");
    let refresher = world.refresher();
    let wanted = world.wanted("acme:a");
    run(async {
        let (ours, asked) = (refresher.clone(), wanted.clone());
        let ours = tokio::spawn(async move { ours.refresh(&asked, Renewal::Due).await });
        tokio::task::block_in_place(|| world.gate.wait_for(Seen::Answered));
        std::fs::write(world.store(), "{ torn").expect("torn");
        go.send(()).expect("it waits");
        let told = ours.await.expect("it does not panic").expect_err("not kept");
        assert!(told.to_string().contains("wait in memory"), "{told}");
        std::fs::write(world.store(), whole).expect("mended");
        // What is on disk says that the old token may be used up: nobody who goes by that asks.
        assert_eq!(world.standing("acme:a"), Standing::Unclear);
        let begun = std::time::Instant::now();
        while world.standing("acme:a") != Standing::Quiet {
            assert!(
                begun.elapsed() < std::time::Duration::from_secs(30),
                "nobody came again"
            );
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    });
    assert_ne!(world.stored("acme:a"), before);
    assert_eq!(world.provider.asked("refresh_token"), (1, 1));
}

#[test]
fn a_profile_that_is_renamed_takes_with_it_that_its_token_must_not_be_sent() {
    let Some(world) = World::new(&["acme:a"]) else {
        return;
    };
    world.gate.then(Pass::LoseAnswer);
    renewed(&world).expect_err("nobody knows");
    let (old, new) = ("acme:a", "acme:z");
    let [from, to] = [old, new].map(modelpin::profile::ProfileId::new);
    let renaming = modelpin::oauth::journal::rename(&world.store(), &from, &to).expect("noted");
    modelpin::credentials::AuthStore::change(&world.store(), |draft| draft.rename(&from, &to))
        .expect("renamed");
    drop(renaming);
    let told = run(world.refresher().refresh(&world.wanted(new), Renewal::Due)).expect_err("nobody knows");
    assert!(matches!(told, RefreshError::Ambiguous { .. }), "{told}");
    assert_eq!(world.standing(new), Standing::Unclear);
    assert_eq!(world.no_token_came_twice(), 1);
}
