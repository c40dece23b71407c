//! Files that change while it serves.

use serde_json::json;

use super::served::{KEYS, Served, config, profiles};
use super::upstream::{Upstream, whole};

/// Asks until the answer is as wanted: a change is taken within a second.
async fn until(served: &Served, model: &str, profile: &str) {
    loop {
        let told = served.ask("a", "").await;
        if (told.header("x-modelpin-model"), told.header("x-modelpin-profile")) == (model, profile) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_file_counts_and_a_wrong_one_does_not() {
    let one = Upstream::start(|_| whole("hello")).await;
    let mut config = config(one.address, one.address);
    let served = Served::start(&config).await;
    until(&served, "one/big", "one:a").await;

    config["agents"]["defaults"]["model"] = json!("one/small");
    let file = served.files.path().join("modelpin.json");
    std::fs::write(&file, config.to_string()).expect("written");
    until(&served, "one/small", "one:a").await;

    // A configuration that is wrong, and credentials that are torn: what was read before goes on.
    std::fs::write(&file, "{ agents: 7 }").expect("written");
    let torn = &profiles().to_string()[..40];
    std::fs::write(served.store(), torn).expect("written");
    for _ in 0..60 {
        let told = served.ask("a", "").await;
        assert_eq!((told.status, told.header("x-modelpin-model")), (200, "one/small"));
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }

    let mut right = profiles();
    right["profiles"]
        .as_object_mut()
        .expect("profiles")
        .remove("one:a");
    std::fs::write(served.store(), right.to_string()).expect("written");
    std::fs::write(&file, config.to_string()).expect("written");
    until(&served, "one/small", "one:b").await;
    assert_eq!(one.keys().last().map(String::as_str), Some(KEYS[1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_starts_with_nothing_and_takes_what_comes() {
    let one = Upstream::start(|_| whole("hello")).await;
    let served = Served::with(&config(one.address, one.address), |_, files| {
        std::fs::remove_file(files.path().join("modelpin.json")).expect("removed");
        std::fs::remove_dir_all(files.path().join("agents")).expect("removed");
    })
    .await;
    let told = served.ask("a", "").await;
    assert_eq!(told.status, 401, "{}", told.text);
    std::fs::create_dir_all(served.store().parent().expect("a folder")).expect("made");
    std::fs::write(served.store(), profiles().to_string()).expect("written");
    let file = served.files.path().join("modelpin.json");
    std::fs::write(&file, config(one.address, one.address).to_string()).expect("written");
    until(&served, "one/big", "one:a").await;
}
