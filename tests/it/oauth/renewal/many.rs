//! Many at once.

use modelpin::credentials::AuthStore;
use modelpin::oauth::journal::Standing;
use modelpin::provide::{RefreshToken, Renewal};

use super::gate::{Pass, Seen, held};
use super::process::Process;
use super::{World, run, secret};

#[test]
fn a_hundred_and_twenty_callers_in_eight_processes_cause_one_renewal_and_all_go_on() {
    let Some(world) = World::new(&["acme:a"]) else {
        return;
    };
    let (_, old) = world.stored("acme:a");
    let (go, hold) = held();
    world.gate.then(Pass::HoldRequest(hold));
    let mut processes: Vec<_> = (0..8).map(|_| Process::start(&world, "acme:a", 15, 0)).collect();
    // The first request waits at the gate until all of them have asked.
    for process in &mut processes {
        process.says("asking");
    }
    world.gate.wait_for(Seen::Came);
    assert!(matches!(world.standing("acme:a"), Standing::UnderWay(_)));
    go.send(()).expect("it waits");
    let told: Vec<String> = processes.into_iter().flat_map(Process::told).collect();
    let (access, refresh) = world.stored("acme:a");
    assert_eq!(told.len(), 120);
    assert!(told.iter().all(|told| *told == access), "{told:?}");
    assert_eq!(world.provider.asked("refresh_token"), (1, 1));
    assert_eq!(world.standing("acme:a"), Standing::Quiet);
    assert_ne!(old, refresh);
    for token in [&old, &refresh, &access] {
        world.nothing_but_the_store_holds(token);
    }
}

#[test]
fn two_profiles_renew_at_once_and_the_store_can_be_written_meanwhile() {
    let Some(world) = World::new(&["acme:a", "acme:b"]) else {
        return;
    };
    let (go, hold) = held();
    world.gate.then(Pass::HoldAnswer(hold));
    run(async {
        let refresher = world.refresher();
        let (slow, wanted) = (refresher.clone(), world.wanted("acme:a"));
        let slow = tokio::spawn(async move { slow.refresh(&wanted, Renewal::Due).await });
        tokio::task::block_in_place(|| world.gate.wait_for(Seen::Answered));
        let quick = refresher.refresh(&world.wanted("acme:b"), Renewal::Due).await;
        assert_eq!(
            quick.expect("renewed").secret().expose(),
            world.stored("acme:b").0
        );
        let locked = modelpin::files::Lock::take_within(&world.store(), std::time::Duration::ZERO);
        drop(locked.expect("nobody holds the store"));
        go.send(()).expect("it waits");
        let slow = slow.await.expect("it does not panic").expect("renewed");
        assert_eq!(slow.secret().expose(), world.stored("acme:a").0);
    });
    assert_eq!(world.no_token_came_twice(), 2);
}

#[test]
fn a_caller_that_goes_away_loses_nothing() {
    let Some(world) = World::new(&["acme:a"]) else {
        return;
    };
    let (_, old) = world.stored("acme:a");
    let (go, hold) = held();
    world.gate.then(Pass::HoldAnswer(hold));
    run(async {
        let refresher = world.refresher();
        let (asked, wanted) = (refresher.clone(), world.wanted("acme:a"));
        let caller = tokio::spawn(async move { asked.refresh(&wanted, Renewal::Due).await });
        tokio::task::block_in_place(|| world.gate.wait_for(Seen::Answered));
        caller.abort();
        assert!(caller.await.expect_err("it is gone").is_cancelled());
        go.send(()).expect("it waits");
        refresher.finished().await;
    });
    assert_ne!(world.stored("acme:a").1, old);
    assert_eq!(world.standing("acme:a"), Standing::Quiet);
    assert_eq!(world.no_token_came_twice(), 1);
}

#[test]
fn a_token_that_was_refused_is_renewed_and_one_that_was_not_is_used() {
    let Some(world) = World::new(&["acme:a"]) else {
        return;
    };
    run(async {
        let refresher = world.refresher();
        let wanted = world.wanted("acme:a");
        let first = refresher.refresh(&wanted, Renewal::Due).await.expect("renewed");
        // It is good for an hour: nobody needs another one.
        let again = refresher.refresh(&wanted, Renewal::Due).await.expect("adopted");
        assert_eq!(again.secret().expose(), first.secret().expose());
        tokio::task::block_in_place(|| assert_eq!(world.provider.asked("refresh_token").0, 1));
        let refused = Renewal::Rejected(secret(first.secret().expose()));
        let second = refresher
            .refresh(&wanted, refused.clone())
            .await
            .expect("renewed");
        assert_ne!(second.secret().expose(), first.secret().expose());
        // Whoever still has the old one gets the new one, and no third.
        let late = refresher.refresh(&wanted, refused).await.expect("adopted");
        assert_eq!(late.secret().expose(), second.secret().expose());
    });
    assert_eq!(world.no_token_came_twice(), 2);
    assert!(AuthStore::read(&world.store()).expect("whole").is_some());
}
