//! Pins on their way to memory and to the disk, and back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::pin::{Record, ScopeKey};
use crate::resolver::Pins;
use crate::session::{AgentId, Scope};
use crate::store::PinStore;
use crate::store::sqlite::SqlitePins;

use super::BenchError;
use super::figure::{Figure, Spread, Target, Unit};
use super::race::{Case, Effort, race};
use super::world::{World, chat, pinned};

/// How many callers save at once, beside one alone.
const CALLERS: usize = 64;

/// How many pins are put into the database at once before they are read again.
const BATCH: usize = 20_000;

/// A pin in memory; pins that are acknowledged when they are on the disk, from one caller and from many.
///
/// # Errors
/// [`BenchError`] if the database cannot be written.
pub async fn measure(effort: Effort) -> Result<Vec<Figure>, BenchError> {
    let world = World::with(10).await?;
    let mut at = 0;
    let in_memory = Case::new("pin written in memory", || {
        at = (at + 1) % 1_000;
        world.pin(&chat(at), at % 10);
    });
    let mut figures = race("pins", vec![in_memory], effort);
    let lasting = effort.turn * u32::try_from(effort.rounds).unwrap_or(1);
    for (callers, least) in [(1, 5_000.0), (CALLERS, 50_000.0)] {
        let mut rates = Vec::new();
        for _ in 0..3 {
            rates.push(saves(callers, lasting).await?);
        }
        let name = match callers {
            1 => "durable pins, one caller".to_owned(),
            many => format!("durable pins, {many} callers"),
        };
        let figure = Figure::new("pins", name, Unit::PerSecond, Spread::of(rates));
        figures.push(figure.should_be(Target::AtLeast(least)));
    }
    Ok(figures)
}

fn failed(broken: &impl std::error::Error) -> BenchError {
    BenchError::Failed(crate::echo::causes(broken))
}

/// Saves a second; each caller waits for its own.
async fn saves(callers: usize, lasting: Duration) -> Result<f64, BenchError> {
    let files = tempfile::tempdir()?;
    let store = Arc::new(SqlitePins::new(files.path().join("modelpin.sqlite")));
    let begun = Instant::now();
    let mut saving = tokio::task::JoinSet::new();
    for caller in 0..callers {
        let store = Arc::clone(&store);
        saving.spawn(async move {
            let key = ScopeKey::of(Scope::Session, &chat(caller), &AgentId::main());
            let mut record = Record::default();
            while begun.elapsed() < lasting {
                let mut next = pinned(caller % 10);
                next.version.0 = record.version.0 + 1;
                store.save(&key, &record, &next).await?;
                record = next;
            }
            Ok::<_, crate::store::PinStoreError>(record.version.0)
        });
    }
    let mut count = 0;
    for saved in saving.join_all().await {
        count += saved.map_err(|broken| failed(&broken))?;
    }
    Ok(count as f64 / begun.elapsed().as_secs_f64())
}

/// The time in which so many durable pins are read again when a process starts.
///
/// # Errors
/// [`BenchError`] if the database cannot be written or read.
pub async fn reload(pins: usize) -> Result<Figure, BenchError> {
    let files = tempfile::tempdir()?;
    let path = files.path().join("modelpin.sqlite");
    let store = Arc::new(SqlitePins::new(path.clone()));
    let mut from = 0;
    while from < pins {
        let to = (from + BATCH).min(pins);
        let mut saving = tokio::task::JoinSet::new();
        for at in from..to {
            let store = Arc::clone(&store);
            saving.spawn(async move {
                let key = ScopeKey::of(Scope::Session, &chat(at), &AgentId::main());
                store.save(&key, &Record::default(), &pinned(at % 10)).await
            });
        }
        for saved in saving.join_all().await {
            saved.map_err(|broken| failed(&broken))?;
        }
        from = to;
    }
    drop(store);
    let begun = Instant::now();
    let read = Pins::load(Arc::new(SqlitePins::new(path))).await;
    let took = begun.elapsed().as_secs_f64() * 1e3;
    drop(read.map_err(|broken| failed(&broken))?);
    let name = format!("{pins} pins read again");
    let figure = Figure::new("start", name, Unit::Milliseconds, Spread::one(took));
    Ok(figure.should_be(Target::AtMost(1_500.0 * pins as f64 / 1e6)))
}
