//! Every backend is held to the law of its port, and the database to what only a file can break.
//!
//! [`killed`] ends writers in the middle of their work, [`strange`] puts other files in the database's place, [`kept`]
//! reads what earlier versions wrote.

#[cfg(feature = "sqlite")]
mod kept;
#[cfg(all(feature = "sqlite", feature = "setup", unix))]
mod killed;
#[cfg(feature = "sqlite")]
mod news;
#[cfg(feature = "sqlite")]
mod strange;

use modelpin::store::{conformance, memory::MemoryPins};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pins_in_memory_keep_the_law() {
    conformance::pin_store(async || MemoryPins::default()).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pins_in_a_database_keep_the_law() {
    use modelpin::store::sqlite::SqliteStore;
    let dir = tempfile::tempdir().expect("a directory");
    let count = std::sync::atomic::AtomicUsize::new(0);
    let fresh = || {
        let name = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        SqliteStore::new(dir.path().join(format!("{name}.sqlite")))
    };
    conformance::pin_store(async || fresh()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ledgers_keep_the_law() {
    conformance::ledger_store(async || modelpin::store::memory::MemoryLedger::default()).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ledgers_in_a_database_keep_the_law() {
    use modelpin::store::sqlite::SqliteStore;
    let dir = tempfile::tempdir().expect("a directory");
    let count = std::sync::atomic::AtomicUsize::new(0);
    let fresh = || {
        let name = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        SqliteStore::new(dir.path().join(format!("{name}.sqlite")))
    };
    conformance::ledger_store(async || fresh()).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn audits_in_a_database_keep_the_law() {
    use modelpin::store::sqlite::SqliteStore;
    let dir = tempfile::tempdir().expect("a directory");
    let count = std::sync::atomic::AtomicUsize::new(0);
    let fresh = |most| {
        let name = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        SqliteStore::new(dir.path().join(format!("{name}.sqlite"))).auditing(most)
    };
    conformance::audit_store(async |most| fresh(most)).await;
}

/// The record after somebody chose `model` in it.
#[cfg(feature = "sqlite")]
fn chosen(record: &modelpin::pin::Record, model: &str) -> modelpin::pin::Record {
    use modelpin::model::{ModelRef, ProviderId};
    use modelpin::pin::{Change, End, PinnedModel, Set};
    let set = Set {
        model: Some(PinnedModel {
            model: ModelRef::new(ProviderId::new("demo"), model),
            mode: modelpin::terms::Mode::Strict,
        }),
        profile: None,
        end: End::Never,
        by: std::sync::Arc::from("ann"),
    };
    Change::Set(set)
        .apply(
            record,
            modelpin::session::Scope::Session,
            modelpin::clock::Timestamp::from_millis(1),
        )
        .expect("choosing changes the record")
}

#[cfg(feature = "sqlite")]
fn chat(name: &str) -> modelpin::pin::ScopeKey {
    modelpin::pin::ScopeKey::Session(modelpin::session::AgentId::main(), std::sync::Arc::from(name))
}

/// The model that a record names.
#[cfg(feature = "sqlite")]
fn model(record: &modelpin::pin::Record) -> Option<String> {
    let pin = record.layers.lasting.as_ref()?;
    Some(pin.model.as_ref()?.model.model().to_owned())
}
