//! A person signs in on one machine: the others have it, without a request to the provider.

use std::path::Path;
use std::sync::Arc;

use modelpin::ModelPin;
use modelpin::profile::ProfileId;
use modelpin::provide::SignIn;
use serde_json::json;

use super::super::server::KEY;
use super::{World, renewed, run};

/// A gateway on a machine.
async fn gateway(world: &World, host: &str) -> ModelPin {
    let dir = world.dir.path().join(host);
    write_config(&dir, &world.server.url());
    let built = ModelPin::builder().state_dir(&dir).without_environment().build();
    built.await.expect("it starts")
}

fn write_config(dir: &Path, url: &str) {
    let config = json!({
        "store": {"kind": "redis", "url": url, "prefix": super::PREFIX, "key": KEY},
        "oauth": {"acme": {
            "authorizeUrl": "http://127.0.0.1:9/auth",
            "tokenUrl": "http://127.0.0.1:9/token",
            "clientId": "x",
            "scopes": ["openid"],
        }},
    });
    std::fs::write(dir.join("modelpin.json"), config.to_string()).expect("written");
}

/// One machine has renewed for a while before the fleet came to be, and the other one's copy is from before.
#[test]
fn a_copy_from_before_the_fleet_is_not_sent_and_replaces_nothing() {
    let Some(world) = World::new(&[]) else { return };
    let old = world.signs_in();
    let new = run(modelpin::oauth::refresh(
        &world.direct(),
        old.refresh.as_ref().expect("a refresh token"),
    ))
    .expect("renewed");
    world.put_as("one", super::PROFILE, &new, 2_000);
    world.put_as("two", super::PROFILE, &old, 1_000);
    let access = world.asks("one");
    assert_eq!(world.asks("two"), access);
    assert_eq!(world.stored("one"), world.stored("two"));
    assert_eq!(world.no_token_came_twice(), 2, "the second one is by the fleet");
}

#[test]
fn two_names_for_one_sign_in_are_renewed_once() {
    let Some(world) = World::new(&[]) else { return };
    let tokens = world.signs_in();
    world.put("one", &tokens);
    world.put_as("one", "acme:b", &tokens, 1);
    run(async {
        let redis = world.server.join(super::PREFIX).await;
        let refresher = world.refresher(Arc::new(redis.sign_ins()));
        let other = SignIn {
            profile: ProfileId::new("acme:b"),
            ..world.wanted("one")
        };
        let first = world.wanted("one");
        let (a, b) = tokio::join!(renewed(&refresher, &first), renewed(&refresher, &other));
        let (a, b) = (a.expect("renewed"), b.expect("renewed"));
        assert_eq!(a.secret().expose(), b.secret().expose());
    });
    assert_eq!(world.provider.asked("refresh_token"), (1, 1));
}

async fn until(mut is: impl FnMut() -> bool) {
    while !is() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[test]
fn a_sign_in_and_a_renewal_on_one_machine_are_there_on_all_though_nobody_asks() {
    let Some(world) = World::new(&["one", "two"]) else {
        return;
    };
    run(async {
        let (one, _two) = (gateway(&world, "one").await, gateway(&world, "two").await);
        // Both know of the sign-in that both have.
        loop {
            let keys: Vec<String> = world.server.ask(&["KEYS", "*sign-in:{*"]).await;
            if !keys.is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        let new = tokio::task::block_in_place(|| world.signs_in());
        tokio::task::block_in_place(|| world.put("one", &new));
        one.reload().expect("the files are read anew");
        let wanted = tokio::task::block_in_place(|| world.stored("one"));
        until(|| world.stored("two") == wanted).await;
        tokio::task::block_in_place(|| {
            assert_eq!(
                world.provider.asked("refresh_token").0,
                0,
                "nothing was asked for"
            );
        });
        // Somebody on the first machine needs it renewed; the second one hears of that.
        let redis = world.server.join(super::PREFIX).await;
        let refresher = world.refresher(Arc::new(redis.sign_ins()));
        renewed(&refresher, &world.wanted("one")).await.expect("renewed");
        let wanted = tokio::task::block_in_place(|| world.stored("one"));
        until(|| world.stored("two") == wanted).await;
    });
    assert_eq!(world.provider.asked("refresh_token"), (1, 1));
}
