//! Every backend is held to the law of its port, and the database to what only a file can break.
//!
//! [`killed`] ends writers in the middle of their work, [`strange`] puts other files in the database's place, [`kept`]
//! reads what earlier versions wrote.

#[cfg(feature = "sqlite")]
mod audit;
#[cfg(feature = "sqlite")]
mod kept;
#[cfg(all(feature = "sqlite", feature = "setup", unix))]
mod killed;
#[cfg(feature = "sqlite")]
mod news;
#[cfg(feature = "sqlite")]
mod strange;
mod swept;

use modelpin::store::conformance;
use modelpin::store::memory::{MemoryLedger, MemoryPins};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pins_in_memory_keep_the_law() {
    conformance::pin_store(async || MemoryPins::default()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_ledger_in_memory_keeps_the_law() {
    conformance::ledger_store(async || MemoryLedger::default()).await;
}

/// Databases that are not there yet, one after the other.
#[cfg(feature = "sqlite")]
fn databases(dir: &std::path::Path) -> impl Fn() -> modelpin::store::sqlite::Database {
    let count = std::sync::atomic::AtomicUsize::new(0);
    move || {
        let name = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        modelpin::store::sqlite::Database::new(dir.join(format!("{name}.sqlite")))
    }
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pins_in_a_database_keep_the_law() {
    let dir = tempfile::tempdir().expect("a directory");
    let fresh = databases(dir.path());
    conformance::pin_store(async || fresh().pins()).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_ledger_in_a_database_keeps_the_law() {
    let dir = tempfile::tempdir().expect("a directory");
    let fresh = databases(dir.path());
    conformance::ledger_store(async || fresh().ledger()).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_record_of_decisions_in_a_database_keeps_the_law() {
    let dir = tempfile::tempdir().expect("a directory");
    let fresh = databases(dir.path());
    conformance::audit_store(async |most| fresh().audit().with_most_rows(most)).await;
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
