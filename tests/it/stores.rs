//! Every backend is held to the law of its port.

use modelpin::store::{conformance, memory::MemoryPins};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pins_in_memory_keep_the_law() {
    conformance::pin_store(async || MemoryPins::default()).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pins_in_a_database_keep_the_law() {
    use modelpin::store::sqlite::SqlitePins;
    let dir = tempfile::tempdir().expect("a directory");
    let count = std::sync::atomic::AtomicUsize::new(0);
    let fresh = || {
        let name = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        SqlitePins::new(dir.path().join(format!("{name}.sqlite")))
    };
    conformance::pin_store(async || fresh()).await;
}

/// `UPDATE_FIXTURES=1` makes the file, if it is not there: one that is there is never made anew.
#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_database_of_the_first_form_loads_for_ever() {
    use modelpin::pin::{Change, ScopeKey};
    use modelpin::session::AgentId;
    use modelpin::store::PinStore;
    use modelpin::store::sqlite::SqlitePins;
    let kept = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/store/pins-1.sqlite");
    if std::env::var_os("UPDATE_FIXTURES").is_some() && !kept.exists() {
        let store = SqlitePins::new(&kept);
        for (key, record) in first_form() {
            store
                .save(&key, Default::default(), &record)
                .await
                .expect("saved");
        }
    }
    let dir = tempfile::tempdir().expect("a directory");
    let copy = dir.path().join("modelpin.sqlite");
    std::fs::copy(&kept, &copy).expect("a copy");
    let store = SqlitePins::new(&copy);
    let mut all = store.load_all().await.expect("it loads");
    let mut wanted = first_form();
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    wanted.sort_by(|(one, _), (other, _)| one.cmp(other));
    assert_eq!(all, wanted);
    let key = ScopeKey::Agent(AgentId::main());
    let record = store.load(&key).await.expect("it loads").expect("there");
    let next = Change::Undo.apply(&record, key.scope(), modelpin::clock::Timestamp::from_millis(9));
    store
        .save(&key, record.version, &next.expect("there is something to undo"))
        .await
        .expect("and it is written on");
}

/// What the first form holds: every kind of pin.
#[cfg(feature = "sqlite")]
fn first_form() -> Vec<(modelpin::pin::ScopeKey, modelpin::pin::Record)> {
    use modelpin::clock::Timestamp;
    use modelpin::pin::{
        Change, End, PinnedModel, PinnedProfile, ProfileChoice, Record, ScopeKey, Set, Thread,
    };
    use modelpin::profile::{Identity, ProfileId};
    use modelpin::session::AgentId;
    use modelpin::terms::Mode;
    use modelpin::{ModelRef, ProviderId};
    let provider = ProviderId::new("anthropic");
    let set = |model: Option<&str>, profile, end| {
        Change::Set(Set {
            model: model.map(|model| PinnedModel {
                model: ModelRef::new(provider.clone(), model),
                mode: Mode::Strict,
            }),
            profile,
            end,
            by: std::sync::Arc::from("ann"),
        })
    };
    let pinned = ProfileChoice::Pinned(PinnedProfile {
        id: ProfileId::new("anthropic:wörk @x"),
        identity: Identity::new(Some("acc-1"), Some("me@x.org")),
        provider: provider.clone(),
        mode: Mode::Prefer,
    });
    let auto = ProfileChoice::Auto(provider.clone());
    let changes = [
        (
            ScopeKey::Session(AgentId::main(), std::sync::Arc::from("telegram:42")),
            vec![
                set(Some("opus"), Some(pinned), End::Never),
                set(
                    Some("haiku"),
                    None,
                    End::At(Timestamp::from_millis(9_000_000_000_000)),
                ),
            ],
        ),
        (
            ScopeKey::Agent(AgentId::main()),
            vec![
                set(None, Some(auto), End::Never),
                set(Some("opus"), None, End::NextRequest),
            ],
        ),
        (
            ScopeKey::Session(AgentId::main(), std::sync::Arc::from("thread")),
            vec![
                set(Some("opus"), None, End::Never),
                Change::Clear {
                    by: std::sync::Arc::from("ben"),
                    thread: Thread::Yes,
                },
            ],
        ),
        (ScopeKey::Global, vec![set(Some("sonnet"), None, End::Never)]),
    ];
    let made = changes.into_iter().map(|(key, changes)| {
        let mut at = 0;
        let record = changes.iter().fold(Record::default(), |record, change| {
            at += 1;
            change
                .apply(&record, key.scope(), Timestamp::from_millis(at))
                .expect("it changes")
        });
        // A store keeps each first record from version 0 on.
        (key, record)
    });
    made.collect()
}
