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
