//! Redis is held to the same law as memory and the database.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use modelpin::clock::Timestamp;
use modelpin::model::{ModelRef, ProviderId};
use modelpin::pin::{Change, End, PinnedModel, Record, ScopeKey, Set};
use modelpin::secret::Secret;
use modelpin::session::{AgentId, Scope};
use modelpin::store::redis::{Address, Fleet, Redis};
use modelpin::store::{Extent, PinStore, PinStoreError, conformance};
use modelpin::terms::Mode;

use super::server::{KEY, Server};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pins_on_a_server_keep_the_law() {
    let Some(server) = Server::start() else { return };
    let count = AtomicUsize::new(0);
    conformance::pin_store(async || {
        let prefix = format!("t{}", count.fetch_add(1, Ordering::Relaxed));
        server.join(&prefix).await.pins()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_ledger_on_a_server_keeps_the_law() {
    let Some(server) = Server::start() else { return };
    let count = AtomicUsize::new(0);
    conformance::ledger_store(async || {
        let prefix = format!("t{}", count.fetch_add(1, Ordering::Relaxed));
        server.join(&prefix).await.ledger()
    })
    .await;
}

pub(super) fn chat(name: &str) -> ScopeKey {
    ScopeKey::Session(AgentId::main(), Arc::from(name))
}

pub(super) fn pinned(before: &Record, model: &str, end: End) -> Record {
    let change = Change::Set(Set {
        model: Some(PinnedModel {
            model: ModelRef::new(ProviderId::new("anthropic"), model),
            mode: Mode::Strict,
        }),
        profile: None,
        end,
        by: Arc::from("ann"),
    });
    change
        .apply(before, Scope::Session, Timestamp::from_millis(1))
        .expect("it changes something")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_of_one_process_is_news_to_all_others_and_to_no_other_fleet() {
    let Some(server) = Server::start() else { return };
    let (one, other) = (server.join("a").await.pins(), server.join("a").await.pins());
    let stranger = server.join("b").await.pins();
    for store in [&one, &other, &stranger] {
        let first = store.news(0).await.unwrap();
        assert!(first.records.is_empty());
        assert_eq!(first.extent, Extent::Everything);
    }
    let record = pinned(&Record::default(), "opus", End::Never);
    one.save(&chat("c}{"), &Record::default(), &record).await.unwrap();
    let told = loop {
        let news = other.news(1).await.unwrap();
        if !news.records.is_empty() {
            break news.records;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(told, [(chat("c}{"), record)]);
    assert!(stranger.news(1).await.unwrap().records.is_empty());
    assert!(stranger.load_all().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passing_pin_is_dropped_by_the_server_and_a_lasting_one_stays() {
    let Some(server) = Server::start() else { return };
    let store = server.join("a").await.pins();
    let ends = End::At(Timestamp::from_millis(1_900_000_000_000));
    for (name, end, drops) in [
        ("passing", ends, true),
        ("lasting", End::Never, false),
        ("once", End::NextRequest, false),
    ] {
        let record = pinned(&Record::default(), "opus", end);
        store
            .save(&chat(name), &Record::default(), &record)
            .await
            .unwrap();
        let key = format!("a:main:pin:{{session/main/{name}}}");
        let when: i64 = server.ask(&["PEXPIRETIME", &key]).await;
        assert_eq!(when > 1_900_000_000_000, drops, "{name}: {when}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_exchanged_machine_by_machine_is_the_fleets_own() {
    let Some(server) = Server::start() else { return };
    let new = KEY.replace("EXAMPLE", "SECOND");
    let join = async |key: &str, others: &[&str]| {
        let secret = |text: &str| Secret::new(text.to_owned());
        let others: Vec<_> = others.iter().map(|other| secret(other)).collect();
        let fleet = Fleet::new("main", &secret(key), &others).expect("a fleet");
        let address = Address::new(&secret(&server.url()), Some("a")).expect("an address");
        Redis::connect(address, fleet).await
    };
    let first = server.join("a").await;
    let told = join(&new, &[]).await.expect_err("nobody has said who that is");
    assert!(told.to_string().contains("another fleet"), "{told}");
    let _learns = join(KEY, &[&new]).await.expect("one of us");
    let _uses = join(&new, &[KEY]).await.expect("one of us");
    let _knows_the_new_one_alone = join(&new, &[]).await.expect("one of us");
    let record = pinned(&Record::default(), "opus", End::Never);
    let kept = first.pins().save(&chat("c"), &Record::default(), &record).await;
    kept.expect("who has the first key still is one of us");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_debug_shows_has_no_password_and_no_key() {
    let Some(server) = Server::start_with(&["--requirepass", "CANARY-word"]) else {
        return;
    };
    let url = Secret::new(format!("redis://:CANARY-word@{}/0", server.at()));
    let address = Address::new(&url, None).expect("an address");
    let fleet = Fleet::new("main", &Secret::new(KEY.to_owned()), &[]).expect("a fleet");
    let redis = Redis::connect(address, fleet)
        .await
        .expect("the server lets us in");
    let shown = format!(
        "{redis:?} {:?} {:?} {:?} {:?}",
        redis.pins(),
        redis.ledger(),
        redis.sign_ins(),
        redis.clock()
    );
    assert!(!shown.contains("CANARY") && !shown.contains(KEY), "{shown}");
    assert!(shown.contains(&server.at().to_string()), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_fleet_a_newer_form_and_foreign_keys_are_refused_and_left_alone() {
    let Some(server) = Server::start() else { return };
    let mine = server.join("a").await;
    let record = pinned(&Record::default(), "opus", End::Never);
    mine.pins()
        .save(&chat("c"), &Record::default(), &record)
        .await
        .unwrap();
    let other = server.try_join("a", &KEY.replace("EXAMPLE", "ANOTHER")).await;
    let told = other.unwrap_err().to_string();
    assert!(
        told.contains("another fleet has its pins and rests under `a:main:fleet`"),
        "{told}"
    );
    assert!(told.contains("`store.key`"), "{told}");
    assert!(!told.contains("ANOTHER"), "{told}");

    let _set: String = server
        .ask(&["SET", "n:main:fleet", r#"{"form":9,"fleet":"x","made":"y"}"#])
        .await;
    let told = server.try_join("n", KEY).await.unwrap_err().to_string();
    assert!(told.contains("written by a newer modelpin (form 9"), "{told}");
    let _set: String = server.ask(&["SET", "f:main:fleet", "hello"]).await;
    let told = server.try_join("f", KEY).await.unwrap_err().to_string();
    assert!(told.contains("was not written by modelpin"), "{told}");
    let still: String = server.ask(&["GET", "f:main:fleet"]).await;
    assert_eq!(still, "hello");

    let key = "a:main:pin:{session/main/c}";
    let _set: String = server.ask(&["SET", key, "what is this"]).await;
    let told = mine.pins().save(&chat("c"), &record, &record).await.unwrap_err();
    let PinStoreError::Unavailable(cause) = told else {
        panic!("{told}")
    };
    assert!(cause.to_string().contains("cannot be read"), "{cause}");
    let still: String = server.ask(&["GET", key]).await;
    assert_eq!(still, "what is this");
}
