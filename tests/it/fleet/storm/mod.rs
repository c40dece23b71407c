//! A storm over a fleet: real gateways behind a real nginx, a Redis that is stopped, frozen, killed, emptied, slow, full,
//! cut off and locked, and people who pin and ask all the while.
//!
//! Everybody writes what they saw into one [`log`], and the [`oracles`] judge that list afterwards: each claim with the
//! number of times that it was put to the test. A claim that was never tested fails the storm as one that was broken does.
//!
//! `world.rs` is what the gateways are given, `provider.rs` who is behind them, `gateway.rs` the processes and the nginx
//! before them; `chats.rs` are the people, `fault.rs` what befalls Redis, `rests.rs` the questions about rests and trials.
//! The dice are seeded; the order in which processes come to their turn is not. `./storm fleet 300 7` runs it for five
//! minutes with the seed 7.

mod chats;
mod fault;
mod gateway;
mod log;
mod oracles;
mod provider;
mod rests;
mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fastrand::Rng;

use self::chats::{Chat, Desk};
use self::fault::{Fault, Field};
use self::gateway::{Balancer, Gateway};
use self::log::{Log, What};
use self::provider::Script;
use self::world::{CHATS, PROBES, World};
use super::server::Server;
use super::way::Way;
use crate::storm::faults::disk::Disk;

/// How many gateways there are.
const GATEWAYS: usize = 3;

/// How long, and by which dice.
#[derive(Debug, Clone, Copy)]
struct Size {
    seconds: u64,
    seed: u64,
    /// How long a fault lasts, in milliseconds.
    fault: (u64, u64),
    /// After how many faults rests are asked about.
    rests: usize,
    clock: Clock,
}

/// Whether what takes too long is wrong: not on a machine that does other things beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Clock {
    Told,
    Judged,
}

struct Storm {
    size: Size,
    field: Field,
    script: Arc<Script>,
    desk: Desk,
    chats: Vec<Chat>,
    gateways: Vec<Gateway>,
    _balancer: Balancer,
    dice: Rng,
}

impl Storm {
    /// Nothing, with a word, where Redis or nginx is not installed.
    async fn new(size: Size) -> Option<Self> {
        let disk = Disk::new();
        let folder = disk.path().join("redis");
        std::fs::create_dir_all(&folder).expect("a folder");
        let server = Server::start_with(&["--dir", &folder.display().to_string()])?;
        if !Balancer::is_here() {
            return None;
        }
        let (log, mut dice) = (Log::new(), Rng::with_seed(size.seed));
        let world = World::new(&log, &mut dice);
        let script = Arc::new(Script::new(&log, &world));
        let provider = provider::serve(&script).await;
        let (mut gateways, mut ways) = (Vec::new(), Vec::new());
        for _ in 0..GATEWAYS {
            let way = Way::to(server.at()).await;
            gateways.push(Gateway::start(&world, provider, way.at).await);
            ways.push(way);
        }
        let addresses: Vec<_> = gateways.iter().map(|gateway| gateway.at).collect();
        let balancer = Balancer::start(&addresses).await;
        let desk = Desk::new(&log, &world, balancer.at, addresses);
        let chats = (0..CHATS).map(Chat::number).collect();
        Some(Self {
            size,
            field: Field { server, ways, disk },
            script,
            desk,
            chats,
            gateways,
            _balancer: balancer,
            dice,
        })
    }

    async fn run(&mut self) {
        self.begin().await;
        let (begun, mut deck, mut round) = (Instant::now(), Vec::new(), 0);
        let faults = self.field.faults();
        while round < faults.len() || begun.elapsed() < Duration::from_secs(self.size.seconds) {
            if deck.is_empty() {
                deck.clone_from(&faults);
                self.dice.shuffle(&mut deck);
            }
            if let Some(fault) = deck.pop() {
                self.round(round, fault).await;
            }
            if round % self.size.rests == 0 {
                rests::once(&self.desk, &self.script).await;
            }
            round += 1;
        }
        assert!(
            self.gateways.iter_mut().all(Gateway::runs),
            "a gateway ended by itself"
        );
    }

    /// Everybody has pinned something.
    async fn begin(&mut self) {
        for chat in &self.chats {
            chats::say(&self.desk, chat, chat.profiles[0]).await;
        }
        for number in 0..PROBES {
            chats::pin_probe(&self.desk, number).await;
        }
        let all = chats::agreed(&self.desk, &self.chats, Duration::from_secs(20)).await;
        assert_eq!(all, None, "the storm does not begin well");
    }

    async fn round(&mut self, round: usize, fault: Fault) {
        let (from, to) = self.size.fault;
        let lasts = Duration::from_millis(self.dice.u64(from..=to));
        let over = Arc::new(AtomicBool::new(false));
        let mut work = tokio::task::JoinSet::new();
        for chat in &self.chats {
            let (desk, chat, over, mut dice) = (
                self.desk.clone(),
                chat.clone(),
                Arc::clone(&over),
                self.dice.fork(),
            );
            work.spawn(async move {
                while !over.load(Ordering::SeqCst) {
                    chats::turn(&desk, &chat, &mut dice).await;
                }
            });
        }
        // Some of it is under way when it begins.
        tokio::time::sleep(Duration::from_millis(60)).await;
        self.desk.log.add(What::Fault(fault.word()));
        let locked = self.field.begin(fault).await;
        tokio::time::sleep(lasts / 2).await;
        // One gateway learns of a rest while it cannot tell the others.
        let probe = (round < PROBES).then_some(round);
        if let Some(number) = probe {
            rests::learn(&self.desk, &self.script, number).await;
        }
        tokio::time::sleep(lasts / 2).await;
        over.store(true, Ordering::SeqCst);
        while let Some(done) = work.join_next().await {
            done.expect("nobody of the storm panics");
        }
        self.field.end(fault, locked).await;
        self.desk.log.add(What::Back);
        let back = Instant::now();
        let wrong = chats::agreed(&self.desk, &self.chats, Duration::from_secs(20)).await;
        self.desk.log.add(What::Agreed {
            fault: fault.word(),
            took: back.elapsed(),
            wrong,
        });
        for chat in &self.chats {
            chats::look(&self.desk, chat).await;
            chats::ask(&self.desk, chat).await;
        }
        if let Some(number) = probe {
            tokio::time::sleep(Duration::from_secs(1).saturating_sub(back.elapsed())).await;
            rests::is_known(&self.desk, number).await;
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "the seed and the counts are what a storm shows"
)]
async fn storm(size: Size) {
    eprintln!(
        "a storm over a fleet of {GATEWAYS}: {} s, seed {}",
        size.seconds, size.seed
    );
    let Some(mut storm) = Storm::new(size).await else {
        return;
    };
    storm.run().await;
    for gateway in storm.gateways.drain(..) {
        gateway.stop().await;
    }
    let log = &storm.desk.log;
    eprintln!("{}", log.with(oracles::summary));
    let verdicts = log.with(|log| oracles::judge(log, size.clock));
    for verdict in &verdicts {
        eprintln!("{verdict}");
    }
    let broken: Vec<String> = verdicts
        .iter()
        .filter(|verdict| verdict.violated > 0 || verdict.tested == 0)
        .map(ToString::to_string)
        .collect();
    if !broken.is_empty() {
        storm
            .desk
            .world
            .warned()
            .iter()
            .for_each(|line| eprintln!("{line}"));
    }
    assert!(broken.is_empty(), "seed {}:\n{}", size.seed, broken.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_storm_the_fleet_is_of_one_mind() {
    let seed = crate::storm::number("MODELPIN_STORM_SEED", 7) as u64;
    let size = match crate::storm::number("MODELPIN_STORM_SECONDS", 0) as u64 {
        0 => Size {
            seconds: 0,
            seed,
            fault: (300, 500),
            rests: 4,
            clock: Clock::Told,
        },
        seconds => Size {
            seconds,
            seed,
            fault: (300, 3_000),
            rests: 2,
            clock: Clock::Judged,
        },
    };
    storm(size).await;
}
