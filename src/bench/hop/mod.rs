//! What does the gateway add between a client and a provider, beside a bare proxy of the same library?
//!
//! Three processes and a client: the provider and the client share a core, what is measured has the other one. The floor is
//! hyper on both sides and nothing in between. The two others are the own program, started with a word that only this knows
//! ([`Part`]). Figures are medians of interleaved rounds.
//!
//! `client.rs` asks, `process.rs` starts what is asked and tells its memory and its time, `servers.rs` are the provider and
//! the floor.

mod client;
mod process;
mod servers;

use std::path::Path;

use super::BenchError;
use super::figure::{Figure, Spread, Target, Unit};
use client::Load;
use process::Hop;

pub use servers::Part;

/// The group of all figures here.
const GROUP: &str = "gateway";

/// How much is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traffic {
    /// How many rounds.
    pub rounds: usize,
    /// How many small requests one after the other in each; of others, fewer.
    pub requests: usize,
}

impl Traffic {
    /// Enough for a comparison: about ten seconds a round.
    #[must_use]
    pub fn usual() -> Self {
        Self {
            rounds: 3,
            requests: 3_000,
        }
    }

    /// Enough to see whether anything is out of place.
    #[must_use]
    pub fn quick() -> Self {
        Self {
            rounds: 3,
            requests: 300,
        }
    }
}

/// Programs that are started: the one that has the [`Part`]s, with the words before them, and `modelpin`.
#[derive(Debug, Clone, Copy)]
pub struct Programs<'a> {
    /// What is the provider and the floor.
    pub parts: &'a Path,
    /// The words before a part's name.
    pub before: &'a [&'a str],
    /// The program whose `gateway` is measured.
    pub modelpin: &'a Path,
}

/// What one hop came to.
#[derive(Debug, Default)]
struct Seen {
    p50: Vec<f64>,
    p99: Vec<f64>,
    large: Vec<f64>,
    stream: Vec<f64>,
    rate: Vec<f64>,
    own: Vec<f64>,
}

/// Measures the gateway between the direct way and the floor. It takes ports of its own on 127.0.0.1.
///
/// # Errors
/// [`BenchError`] if a process does not start, or an answer is not what it should be.
pub async fn measure(programs: Programs<'_>, traffic: Traffic) -> Result<Vec<Figure>, BenchError> {
    let files = tempfile::tempdir()?;
    let parts = programs.parts.display().to_string();
    let part = |words: &[&str]| {
        let before = programs.before.iter().map(|word| (*word).to_owned());
        let words = words.iter().map(|word| (*word).to_owned());
        std::iter::once(parts.clone())
            .chain(before)
            .chain(words)
            .collect::<Vec<_>>()
    };
    let upstream = Hop::begin(Hop::CLIENT, &part(&[Part::PROVIDER])).await?;
    config(files.path(), &upstream)?;
    let to = upstream.address.to_string();
    let floor = Hop::begin(Hop::MEASURED, &part(&[Part::FLOOR, &to])).await?;
    let gateway = [
        programs.modelpin.display().to_string(),
        "gateway".to_owned(),
        "--bind".to_owned(),
        "127.0.0.1:0".to_owned(),
        "--state-dir".to_owned(),
        files.path().display().to_string(),
    ];
    let gateway = Hop::begin(Hop::MEASURED, &gateway).await?;
    let hops = [upstream, floor, gateway];
    let mut seen = [Seen::default(), Seen::default(), Seen::default()];
    let load = Load::default();
    for _ in 0..traffic.rounds {
        for (hop, seen) in hops.iter().zip(&mut seen) {
            let took = client::one_by_one(hop.address, &load.small, traffic.requests).await?;
            seen.p50.push(client::at(&took, 0.5));
            seen.p99.push(client::at(&took, 0.99));
            let large = client::one_by_one(hop.address, &load.large, traffic.requests / 3).await?;
            seen.large.push(client::at(&large, 0.5));
            let stream = client::one_by_one(hop.address, &load.streamed, traffic.requests / 6).await?;
            seen.stream.push(client::at(&stream, 0.5));
            let (rate, own) = client::together(hop, &load.small, traffic.requests / 3).await?;
            seen.rate.push(rate);
            seen.own.push(own);
        }
    }
    Ok(figures(&hops, &seen))
}

/// A provider with one key, and no prompt kept.
fn config(state: &Path, upstream: &Hop) -> Result<(), BenchError> {
    let agent = state.join("agents/main/agent");
    std::fs::create_dir_all(&agent)?;
    let profiles = r#"{"version":1,"profiles":{"one:a":{"type":"api_key","provider":"one","key":"sk-EXAMPLE-bench-key"}}}"#;
    std::fs::write(agent.join("auth-profiles.json"), profiles)?;
    let config = format!(
        r#"{{agents:{{defaults:{{model:"one/big",models:{{"one/big":{{params:{{cacheRetention:"none"}}}}}}}}}},models:{{providers:{{one:{{baseUrl:"http://{}",api:"anthropic-messages"}}}}}}}}"#,
        upstream.address
    );
    Ok(std::fs::write(state.join("modelpin.json"), config)?)
}

fn figures(hops: &[Hop; 3], seen: &[Seen; 3]) -> Vec<Figure> {
    const FLOOR: &str = "bare hyper proxy";
    let [direct, floor, gateway] = seen;
    let [_, floor_hop, gateway_hop] = hops;
    // Of each round, what it took more than the direct way in the same round.
    let added = |of: fn(&Seen) -> &Vec<f64>| {
        let more = |hop: &Seen| {
            let rounds = of(hop).iter().zip(of(direct));
            Spread::of(rounds.map(|(hop, direct)| hop - direct).collect())
        };
        (more(gateway), more(floor))
    };
    let row = |name: &str, unit, (value, beside): (Spread, Spread), target| {
        Figure::new(GROUP, name, unit, value)
            .beside(FLOOR, beside)
            .should_be(target)
    };
    let each = |of: fn(&Seen) -> &Vec<f64>| (Spread::of(of(gateway).clone()), Spread::of(of(floor).clone()));
    let one = |of: fn(&Hop) -> f64| (Spread::one(of(gateway_hop)), Spread::one(of(floor_hop)));
    let micro = Unit::Microseconds;
    vec![
        row(
            "added, median",
            micro,
            added(|seen| &seen.p50),
            Target::AtMostTimes(1.25),
        ),
        row(
            "added, 99 of 100",
            micro,
            added(|seen| &seen.p99),
            Target::AtMostTimes(1.5),
        ),
        row(
            "added, body of 64 KiB",
            micro,
            added(|seen| &seen.large),
            Target::AtMostTimes(1.5),
        ),
        row(
            "added, to the last of 20 events",
            micro,
            added(|seen| &seen.stream),
            Target::AtMostTimes(1.5),
        ),
        row(
            "requests, 32 at once",
            Unit::PerSecond,
            each(|seen| &seen.rate),
            Target::AtLeastTimes(0.8),
        ),
        row(
            "own time of a request",
            micro,
            each(|seen| &seen.own),
            Target::AtMostTimes(1.3),
        ),
        row(
            "memory when idle",
            Unit::Mebibytes,
            one(|hop| hop.rss),
            Target::AtMost(8.0),
        ),
        row(
            "cold start",
            Unit::Milliseconds,
            one(|hop| hop.start.as_secs_f64() * 1e3),
            Target::AtMost(40.0),
        ),
    ]
}
