//! What operators see while all is well, and when the server goes away.

use serde_json::json;

use super::{home, member, ran, store};
use crate::fleet::server::Server;

#[test]
fn the_embedded_store_is_told_in_two_lines() {
    let home = home();
    let told = store(&home, &["status"]).succeeded().out;
    assert!(
        told.contains("modelpin.sqlite") && told.contains("pins 0,"),
        "{told}"
    );
    let told = store(&home, &["status", "--json"]).succeeded().json();
    assert_eq!((&told["kind"], &told["server"]), (&json!("sqlite"), &json!(null)));
    assert_eq!(told["findings"], json!([]));
    assert!(
        !ran(&mut home.modelpin(&["models", "status"]))
            .out
            .contains("Store: ")
    );
}

#[test]
fn a_shared_store_is_in_the_status_also_when_it_is_away() {
    let Some(mut server) = Server::start() else { return };
    let home = member(&server.url());
    let told = ran(&mut home.modelpin(&["models", "status"])).succeeded().out;
    let line = format!("Store: {} (well, ", server.url());
    assert!(told.contains(&line), "{told}");
    let told = store(&home, &["status", "--json"]).succeeded().json();
    assert_eq!(
        (&told["ok"], &told["server"]["program"]),
        (&json!(true), &json!("redis"))
    );
    assert!(
        told["server"]["roundTripMs"].is_number() && told["server"]["newsMs"].is_number(),
        "{told}"
    );
    server.kill();
    let told = ran(&mut home.modelpin(&["models", "status"])).succeeded();
    assert!(
        told.out.contains("Store: redis; it cannot be used"),
        "{}",
        told.out
    );
    assert!(told.err.contains("the pins cannot be read"), "{}", told.err);
}
