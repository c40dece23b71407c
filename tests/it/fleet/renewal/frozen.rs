//! A machine dies, or is held, while a token is on its way: nobody sends it again, and what was given for it is not lost.

use std::sync::Arc;
use std::time::Duration;

use modelpin::clock::SystemClock;
use modelpin::oauth::{Refresher, Reuse};
use modelpin::store::{Claiming, SignInStore};

use super::between::Between;
use super::{World, renewed, run, sends_nothing};
use crate::oauth::renewal::gate::{Pass, Seen, held};

#[test]
fn a_machine_that_dies_between_sending_and_keeping_leaves_a_question_and_no_second_request() {
    let Some(world) = World::new(&["one", "two", "three"]) else {
        return;
    };
    let (_never, hold) = held();
    world.gate.then(Pass::HoldAnswer(hold));
    let dies = world.process("one", 15);
    world.gate.wait_for(Seen::Answered);
    dies.kill();
    // Its claim stands for a while; nobody goes on before it is over.
    let mut waits = world.process("two", 1);
    waits.says("asking");
    world.claim_is_over();
    let mut told = waits.told();
    told.extend([world.asks("three"), world.asks("two"), world.asks("one")]);
    for told in told {
        assert!(told.contains("sign in again"), "{told}");
    }
    assert_eq!(world.provider.asked("refresh_token"), (1, 1));
    // A person signs in on one machine: that settles it for all.
    world.put("two", &world.signs_in());
    let access = world.asks("two");
    for host in ["one", "three"] {
        assert_eq!(world.asks(host), access);
    }
    assert_eq!(world.stored("one"), world.stored("two"));
    assert_eq!(world.no_token_came_twice(), 2);
}

#[test]
fn a_machine_that_was_held_beyond_its_claim_keeps_what_it_was_given() {
    let Some(world) = World::new(&["one", "two"]) else {
        return;
    };
    let (go, hold) = held();
    world.gate.then(Pass::HoldAnswer(hold));
    let held_up = world.process("one", 1);
    world.gate.wait_for(Seen::Answered);
    held_up.freeze();
    go.send(()).expect("it waits");
    world.claim_is_over();
    let told = world.asks("two");
    assert!(told.contains("sign in again"), "{told}");
    held_up.thaw();
    let told = held_up.told();
    let (access, _) = world.stored("one");
    assert_eq!(
        told,
        std::slice::from_ref(&access),
        "its tokens are the only good ones"
    );
    assert_eq!(world.asks("two"), access, "and all have them");
    assert_eq!(world.provider.asked("refresh_token"), (1, 1));
}

#[test]
fn a_machine_that_was_held_before_it_sent_does_not_send_what_another_one_renewed() {
    let Some(world) = World::new(&["one", "two"]) else {
        return;
    };
    // The first one is told to try again, and is held while it waits for that.
    let (go, hold) = held();
    world.gate.then(Pass::HoldThenStatus(hold, 503));
    let held_up = world.process("one", 1);
    world.gate.wait_for(Seen::Came);
    held_up.freeze();
    go.send(()).expect("it waits");
    // It noted that the token may have left: until it says otherwise, nobody sends it.
    world.claim_is_over();
    let told = world.asks("two");
    assert!(told.contains("sign in again"), "{told}");
    world.put("two", &world.signs_in());
    let access = world.asks("two");
    held_up.thaw();
    let told = held_up.told();
    assert!(
        told[0].contains("another machine has taken the renewal over"),
        "{told:?}"
    );
    assert_eq!(world.asks("one"), access, "it has what the other one was given");
    assert_eq!(world.stored("one"), world.stored("two"));
    assert_eq!(
        world.no_token_came_twice(),
        1,
        "the old one never came to the provider"
    );
}

#[test]
fn a_late_answer_to_a_sign_in_that_was_replaced_changes_nothing() {
    let Some(world) = World::new(&["one", "two"]) else {
        return;
    };
    let (go, hold) = held();
    world.gate.then(Pass::HoldAnswer(hold));
    let held_up = world.process("one", 1);
    world.gate.wait_for(Seen::Answered);
    held_up.freeze();
    go.send(()).expect("it waits");
    world.claim_is_over();
    world.put("two", &world.signs_in());
    let access = world.asks("two");
    let (_, refresh) = world.stored("two");
    held_up.thaw();
    assert_eq!(held_up.told(), std::slice::from_ref(&access));
    for host in ["one", "two"] {
        assert_eq!(world.stored(host), (access.clone(), refresh.clone()), "{host}");
    }
    run(async {
        let key = world.key().await;
        let version: String = world.server.ask(&["HGET", &key, "version"]).await;
        assert_eq!(version, "3", "brought, brought anew, renewed, and no more");
    });
}

#[test]
fn where_the_provider_lets_a_token_be_used_again_the_next_machine_goes_on() {
    let Some(world) = World::new(&["one", "two"]) else {
        return;
    };
    let (never, hold) = held();
    world.gate.then(Pass::HoldRequest(hold));
    let dies = world.process("one", 1);
    world.gate.wait_for(Seen::Came);
    dies.kill();
    drop(never);
    world.claim_is_over();
    run(async {
        let redis = world.server.join("a").await;
        let mut at = world.direct();
        at.reuse = Reuse::Safe;
        let store: Arc<dyn SignInStore> = Arc::new(redis.sign_ins());
        let refresher = Refresher::new(move |_| Ok(Some(at.clone())), Arc::new(SystemClock))
            .sharing(move || Some(Arc::clone(&store)));
        renewed(&refresher, &world.wanted("two")).await.expect("renewed");
    });
    assert_eq!(world.asks("one"), world.stored("two").0);
    assert_eq!(world.provider.asked("refresh_token"), (1, 1));
}

#[test]
fn a_machine_whose_claim_is_lost_before_it_sends_does_not_send() {
    let Some(world) = World::new(&["one"]) else { return };
    run(async {
        let store = world.server.join("a").await.sign_ins();
        // The claim is another machine's by the time that a token is about to leave.
        let store = Between::notes_of_posted(store, |store, name, fence| async move {
            store.extend(&name, fence, Duration::ZERO).await.expect("it ends");
            let other = store.claim(&name, "another machine", Duration::from_secs(60));
            let other = other.await.expect("asked");
            assert!(matches!(other, Claiming::Granted(..)));
        });
        let refresher = world.refresher(Arc::new(store));
        let told = renewed(&refresher, &world.wanted("one"))
            .await
            .unwrap_err()
            .to_string();
        sends_nothing(&told);
        assert!(
            told.contains("another machine has taken the renewal over"),
            "{told}"
        );
    });
    assert_eq!(world.provider.asked("refresh_token"), (0, 0));
}
