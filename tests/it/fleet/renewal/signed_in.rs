//! A person signs in on one machine: the others have it, without a request to the provider.

use std::path::Path;

use modelpin::ModelPin;
use serde_json::json;

use super::super::server::KEY;
use super::{World, run};

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
    });
    assert_eq!(
        world.provider.asked("refresh_token").0,
        0,
        "nothing was asked for"
    );
}
