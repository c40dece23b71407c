//! Every backend is held to the law of its port.

use modelpin::store::{conformance, memory::MemoryPins};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pins_in_memory_keep_the_law() {
    conformance::pin_store(async || MemoryPins::default()).await;
}
