//! The server loses everything: what machines know of a sign-in is there again, and no used token is taken for a good one.

use std::sync::Arc;

use modelpin::provide::{Adopted, RefreshToken};

use super::{World, renewed, run};
use crate::oauth::renewal::gate::{Pass, Seen, held};

#[test]
fn what_an_emptied_server_lost_of_a_sign_in_is_brought_back() {
    let Some(world) = World::new(&["one", "two"]) else {
        return;
    };
    run(async {
        let (here, there) = (world.server.join("a").await, world.server.join("a").await);
        let one = world.refresher(Arc::new(here.sign_ins()));
        let access = renewed(&one, &world.wanted("one")).await.expect("renewed");
        let key = world.key().await;
        let before: String = world.server.ask(&["HGET", &key, "record"]).await;
        let _gone: String = world.server.ask(&["FLUSHALL"]).await;
        let adopted = one.adopt(&world.wanted("one"), &|_| true).await.expect("looked");
        assert_eq!(adopted, Adopted::Same);
        let again: String = world.server.ask(&["HGET", &key, "record"]).await;
        assert_eq!(again, before, "with the tokens that came before");
        // The other one has an old copy, and nothing but the record tells it so.
        let two = world.refresher(Arc::new(there.sign_ins()));
        let told = renewed(&two, &world.wanted("two")).await.expect("adopted");
        assert_eq!(told.secret().expose(), access.secret().expose());
    });
    assert_eq!(world.provider.asked("refresh_token"), (1, 1));
}

#[test]
fn a_server_that_is_emptied_while_a_token_is_on_its_way_knows_of_it_again() {
    let Some(world) = World::new(&["one", "two"]) else {
        return;
    };
    let (go, hold) = held();
    world.gate.then(Pass::HoldAnswer(hold));
    let mut sends = world.process("one", 1);
    sends.says("asking");
    world.gate.wait_for(Seen::Answered);
    run(async {
        let _gone: String = world.server.ask(&["FLUSHALL"]).await;
        // Its holder shows that it is alive, and finds that nobody knows of it.
        loop {
            let keys: Vec<String> = world.server.ask(&["KEYS", "*sign-in:{*"]).await;
            if !keys.is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    });
    let mut waits = world.process("two", 1);
    waits.says("asking");
    go.send(()).expect("it waits");
    let told = sends.told();
    assert_eq!(waits.told(), told);
    assert_eq!(told, [world.stored("two").0]);
    assert_eq!(world.provider.asked("refresh_token"), (1, 1));
}
