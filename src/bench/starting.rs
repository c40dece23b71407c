//! From nothing to the first lease.

use std::sync::Arc;
use std::time::Instant;

use crate::middleware::ModelPin;
use crate::session::{Actor, SessionKey};
use crate::store::memory::MemoryPins;

use super::BenchError;
use super::figure::{Figure, Spread, Target, Unit};
use super::world::write;

/// How many profiles each agent has.
const PROFILES: usize = 10;

/// The time until a process with so many agents is ready, and until the first request of one of them has its lease.
///
/// # Errors
/// [`BenchError`] if the files cannot be made, or it does not start.
pub async fn measure(agents: usize, rounds: usize) -> Result<Vec<Figure>, BenchError> {
    let files = tempfile::tempdir()?;
    let names: Vec<String> = (0..agents).map(|at| format!("agent-{at}")).collect();
    write(files.path(), &names, PROFILES)?;
    let (mut ready, mut first) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let begun = Instant::now();
        let modelpin = ModelPin::builder()
            .state_dir(files.path())
            .without_environment()
            .pin_store(Arc::new(MemoryPins::default()))
            .build()
            .await?;
        ready.push(begun.elapsed().as_secs_f64() * 1e3);
        modelpin
            .resolve(&SessionKey::new("chat"), &Actor::member("ann"))
            .await?;
        first.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    let figure = |what: &str, took| {
        let name = format!("{what}, {agents} agents of {PROFILES} profiles");
        Figure::new("start", name, Unit::Milliseconds, Spread::of(took)).should_be(Target::AtMost(200.0))
    };
    Ok(vec![figure("ready", ready), figure("first lease", first)])
}
