//! What machines share of a sign-in opens with their key, under its own name, and not otherwise.

use std::sync::Arc;

use modelpin::secret::Secret;
use modelpin::store::redis::{Address, Fleet, Redis};
use modelpin::store::{SignInName, SignInRecord, SignInStore, SignInsError};

use super::super::server::{KEY, Server};
use super::{PREFIX, World, renewed, run};

async fn join(server: &Server, key: &str, earlier: &[&str]) -> Redis {
    let secret = |text: &str| Secret::new(text.to_owned());
    let earlier: Vec<_> = earlier.iter().map(|key| secret(key)).collect();
    let address = Address::new(&secret(&server.url()), Some(PREFIX)).expect("an address");
    let fleet = Fleet::new("main", &secret(key), &earlier).expect("a fleet");
    Redis::connect(address, fleet).await.expect("it lets us in")
}

fn record(refresh: &str) -> SignInRecord {
    SignInRecord {
        access: Secret::new("EXAMPLE-access".to_owned()),
        refresh: Secret::new(refresh.to_owned()),
        expires: None,
        before: Vec::new(),
    }
}

fn refused(loaded: Result<modelpin::store::SharedSignIn, SignInsError>) -> String {
    let Err(SignInsError::Unavailable(cause)) = loaded else {
        panic!("it is refused")
    };
    cause.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_changed_or_moved_is_refused_and_left_alone() {
    let Some(server) = Server::start() else { return };
    let store = server.join(PREFIX).await.sign_ins();
    let (one, other) = (SignInName::kept("one"), SignInName::kept("other"));
    store.keep(&one, 0, &record("r1"), None).await.expect("kept");
    let sealed: String = server.ask(&["HGET", "a:main:sign-in:{one}", "record"]).await;
    let _moved: i64 = server
        .ask(&[
            "HSET",
            "a:main:sign-in:{other}",
            "record",
            &sealed,
            "version",
            "1",
        ])
        .await;
    let told = refused(store.load(&other).await);
    assert!(told.contains("put under another name"), "{told}");
    assert!(told.contains("a:main:sign-in:{other}"), "where: {told}");
    assert!(told.contains("`store.earlierKeys`"), "what to do: {told}");
    // Not in the last letters, whose bits are not all used.
    let (begins, rest) = sealed.split_at(sealed.len() - 8);
    let flipped = if rest.starts_with('A') { "B" } else { "A" };
    let changed = format!("{begins}{flipped}{}", &rest[1..]);
    let _set: i64 = server
        .ask(&["HSET", "a:main:sign-in:{one}", "record", &changed])
        .await;
    let told = refused(store.load(&one).await);
    assert!(told.contains("changed"), "{told}");
    let still: String = server.ask(&["HGET", "a:main:sign-in:{one}", "record"]).await;
    assert_eq!(still, changed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_exchanged_machine_by_machine() {
    let Some(server) = Server::start() else { return };
    let new_key = KEY.replace("EXAMPLE", "ANOTHER");
    let name = SignInName::kept("one");
    let old = join(&server, KEY, &[&new_key]).await.sign_ins();
    old.keep(&name, 0, &record("r1"), None).await.expect("kept");
    let new = join(&server, &new_key, &[KEY]).await.sign_ins();
    let found = new.load(&name).await.expect("opened with the earlier key");
    assert_eq!(found.record.expect("a record").refresh.expose(), "r1");
    new.keep(&name, 1, &record("r2"), None).await.expect("kept");
    let found = old.load(&name).await.expect("opened with the key that comes");
    assert_eq!(found.record.expect("a record").refresh.expose(), "r2");
    let behind = join(&server, KEY, &[]).await.sign_ins();
    let told = refused(behind.load(&name).await);
    assert!(
        told.contains("neither `store.key` nor `store.earlierKeys`"),
        "{told}"
    );
    assert!(!told.contains("ANOTHER"), "{told}");
}

#[test]
fn a_machine_that_cannot_open_a_record_sends_nothing() {
    let Some(world) = World::new(&["one", "two"]) else {
        return;
    };
    run(async {
        let new_key = KEY.replace("EXAMPLE", "ANOTHER");
        let new = join(&world.server, KEY, &[&new_key]).await;
        renewed(&world.refresher(Arc::new(new.sign_ins())), &world.wanted("one"))
            .await
            .expect("renewed");
        let key = world.key().await;
        let _set: i64 = world.server.ask(&["HSET", &key, "record", "s1:AAAA"]).await;
        let other = world.refresher(Arc::new(world.server.join(PREFIX).await.sign_ins()));
        let told = renewed(&other, &world.wanted("two"))
            .await
            .unwrap_err()
            .to_string();
        super::sends_nothing(&told);
        assert!(told.contains("cannot be used"), "{told}");
    });
    assert_eq!(world.provider.asked("refresh_token"), (1, 1));
}
