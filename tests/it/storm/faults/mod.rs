//! A storm of faults over real gateways: providers that fail in every way, clients that leave, people who give commands,
//! files that others edit, a disk that is full, `kill -9`, a damaged database; and what must hold all the same.
//!
//! Everybody writes what they saw into one [`log`], and the [`oracles`] judge that list afterwards: one claim for each
//! sentence of the contract and some of their own, each with the number of times that it was put to the test. A claim
//! that was never tested fails the storm as one that was broken does.
//!
//! `world.rs` is the state directory and its secrets; `plan.rs`, `provider.rs` and `sign_in.rs` are those behind the
//! gateway, `clients.rs` and `chats.rs` those before it, `edits.rs` and `disk.rs` what happens to the files, `process.rs`
//! the gateways, `calm.rs` the questions that have one right answer. The dice are seeded; the order in which processes
//! come to their turn is not. `./storm faults 300 7` runs it for five minutes with the seed 7.

mod calm;
mod chats;
mod clients;
pub(crate) mod disk;
mod edits;
mod log;
mod oracles;
mod plan;
mod process;
mod provider;
mod sign_in;
mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fastrand::Rng;
use modelpin::files::Lock;
use serde_json::json;

use calm::Calm;
use clients::{Chat, Desk};
use disk::Disk;
use edits::Editor;
use log::{Log, What};
use process::{Ears, Gateway};
use provider::{Script, listen, serve};
use sign_in::SignIns;
use world::{AGENTS, Addresses, PROFILES, PROVIDERS, Place, Secrets, config};

/// How long, and by which dice.
#[derive(Debug, Clone, Copy)]
struct Size {
    seconds: u64,
    seed: u64,
    chats: usize,
    /// Every gateway lives for at most so many rounds of storm and calm.
    rounds: u32,
    /// So long is a round of storm.
    round: Duration,
}

struct Storm {
    size: Size,
    disk: Disk,
    script: Arc<Script>,
    desk: Desk,
    editor: Editor,
    chats: Vec<Chat>,
    dice: Rng,
}

impl Storm {
    async fn new(size: Size) -> Self {
        let (log, disk, mut dice) = (Log::new(), Disk::new(), Rng::with_seed(size.seed));
        let secrets = Secrets::new(&log);
        let ears = Ears::new(&log, &secrets);
        let (trap, trap_at) = listen().await;
        let script = Arc::new(Script {
            seed: size.seed,
            log: log.clone(),
            secrets: secrets.clone(),
            calm: AtomicBool::new(false),
            told: std::sync::Mutex::default(),
            trap: trap_at,
        });
        serve("trap", trap, &script);
        let mut addresses = Vec::new();
        for name in PROVIDERS {
            let (listener, at) = listen().await;
            serve(name, listener, &script);
            addresses.push(at);
        }
        let (listener, sign_in) = listen().await;
        let sign_ins = SignIns::new(size.seed, &secrets, &log);
        sign_ins.serve(listener);
        let at = Addresses {
            providers: addresses.try_into().expect("four"),
            sign_in,
        };
        let place = Place {
            dir: disk.path().to_owned(),
        };
        let editor = Editor {
            place,
            at,
            ears: ears.clone(),
            sign_ins,
            kept: Arc::default(),
        };
        editor.first(&mut dice);
        let own_key = secrets.make("nobody", "client:own", "sk-ant-api03-", &mut dice);
        let desk = Desk::new(&ears, own_key);
        let chats = (0..size.chats)
            .map(|n| Chat {
                session: format!("chat:{n}"),
                agent: AGENTS[n % 2],
                actor: world::ALLOWED[n / 2 % 2],
                gateway: usize::from(n % 5 == 4),
                begins: [
                    None,
                    Some("/model pro"),
                    Some("/model fenm"),
                    None,
                    Some("/model pro"),
                ][n % 5],
            })
            .collect();
        Self {
            size,
            disk,
            script,
            desk,
            editor,
            chats,
            dice,
        }
    }

    async fn run(&mut self) {
        let begun = Instant::now();
        let lasts = Duration::from_secs(self.size.seconds);
        let mut life = 0;
        loop {
            life += 1;
            let mut gateways = self.start().await;
            for chat in &self.chats {
                let at = gateways[chat.gateway].address.to_string();
                chats::look(&self.desk, &at, chat).await;
                if let Some(command) = chat.begins {
                    chats::say(&self.desk, &at, chat, chat.actor, command).await;
                }
            }
            for _ in 0..self.dice.u32(1..=self.size.rounds) {
                self.wave(&gateways, None).await;
                self.calm(&gateways).await;
                self.measure(life, &gateways).await;
            }
            assert!(
                gateways.iter_mut().all(Gateway::runs),
                "a gateway ended by itself"
            );
            let over = life > 1 && begun.elapsed() >= lasts;
            let gentle = over || (life > 1 && self.dice.u8(..3) == 0);
            if gentle {
                let stopped = gateways.into_iter().map(Gateway::stop);
                futures_util::future::join_all(stopped).await;
            } else {
                self.wave(&[], Some(gateways)).await;
            }
            if over {
                return;
            }
            if life > 1 && self.dice.bool() {
                self.damage();
            }
        }
    }

    async fn start(&mut self) -> Vec<Gateway> {
        let mut gateways = Vec::new();
        for _ in 0..2 {
            let started = Gateway::start(&self.editor.place.dir, &self.desk.ears).await;
            let Some(started) = started else {
                let last = self.desk.ears.last(&[]);
                panic!(
                    "seed {}: a gateway does not start: {:#?}",
                    self.size.seed,
                    last.last()
                );
            };
            gateways.push(started);
        }
        gateways
    }

    /// Everything at once, for a while. Gateways that are given away are killed in the middle of it.
    async fn wave(&mut self, gateways: &[Gateway], killed: Option<Vec<Gateway>>) {
        let dying = killed.as_deref().unwrap_or(gateways);
        let addresses: Vec<String> = dying.iter().map(|gateway| gateway.address.to_string()).collect();
        let over = Arc::new(AtomicBool::new(false));
        let mut work = tokio::task::JoinSet::new();
        for chat in &self.chats {
            let (chat, desk, over) = (chat.clone(), self.desk.clone(), Arc::clone(&over));
            let (at, mut dice) = (addresses[chat.gateway].clone(), self.dice.fork());
            work.spawn(async move {
                while !over.load(Ordering::SeqCst) {
                    chats::turn(&desk, &at, &chat, &mut dice).await;
                }
            });
        }
        let (editor, mut dice, done) = (self.editor.clone(), self.dice.fork(), Arc::clone(&over));
        work.spawn(async move {
            while !done.load(Ordering::SeqCst) {
                editor.edit(&mut dice).await;
                tokio::time::sleep(Duration::from_millis(dice.u64(..300))).await;
            }
            // The last one lets the configuration whole.
            let _ = world::replace(&editor.place.config(), &config(&editor.at, 0).to_string());
        });
        let round = self.size.round;
        if killed.is_none() {
            if self.disk.can_be_full() && self.dice.u8(..3) == 0 {
                tokio::time::sleep(round / 3).await;
                self.disk.fill();
                self.desk.ears.log.add(What::DiskFull);
                tokio::time::sleep(round / 3).await;
                self.disk.empty();
                self.desk.ears.log.add(What::DiskFree);
                tokio::time::sleep(round / 3).await;
            } else {
                tokio::time::sleep(round).await;
            }
        } else {
            tokio::time::sleep(Duration::from_millis(self.dice.u64(200..1500))).await;
        }
        if let Some(gateways) = killed {
            for gateway in gateways {
                gateway.kill().await;
            }
        }
        over.store(true, Ordering::SeqCst);
        while let Some(done) = work.join_next().await {
            done.expect("nobody of the storm panics");
        }
    }

    async fn calm(&mut self, gateways: &[Gateway]) {
        self.editor.sign_in_again(&mut self.dice);
        // A renewal that began before is over, and what was edited last has been read.
        tokio::time::sleep(Duration::from_millis(900)).await;
        let mut calm = Calm {
            desk: &self.desk,
            script: &self.script,
            editor: &self.editor,
            chats: &self.chats,
            dice: self.dice.fork(),
        };
        calm.all(gateways).await;
    }

    async fn measure(&self, life: u32, gateways: &[Gateway]) {
        tokio::time::sleep(Duration::from_millis(300)).await;
        for (gateway, process) in gateways.iter().enumerate() {
            if let Some((bytes, files)) = process.size() {
                self.desk.ears.log.add(What::Process {
                    life,
                    gateway,
                    bytes,
                    files,
                });
            }
        }
    }

    /// A database that was hurt while nobody had it open.
    fn damage(&mut self) {
        let file = self.editor.place.database();
        let Ok(mut bytes) = std::fs::read(&file) else {
            return;
        };
        if bytes.len() <= 100 {
            return;
        }
        match self.dice.u8(..3) {
            0 => bytes.truncate(self.dice.usize(..bytes.len())),
            1 => {
                // Behind the head: a number there would make it one of a newer program, which is left alone.
                for _ in 0..2_000 {
                    let at = self.dice.usize(100..bytes.len());
                    bytes[at] = self.dice.u8(..);
                }
            }
            _ => bytes[..16].fill(0xff),
        }
        std::fs::write(&file, bytes).expect("the disk has room");
        self.desk.ears.log.add(What::Damaged);
    }
}

impl Editor {
    /// The files, before anybody has used them.
    fn first(&self, dice: &mut Rng) {
        for agent in AGENTS {
            let mut profiles = serde_json::Map::new();
            for (id, provider, kind) in PROFILES {
                let mut secret =
                    |beginning: &str| self.ears.secrets.make(agent, id, beginning, &mut dice.fork());
                let profile = match kind {
                    "api_key" => {
                        json!({ "type": kind, "provider": provider, "key": secret("sk-ant-api03-") })
                    }
                    "token" => {
                        json!({ "type": kind, "provider": provider, "token": secret("sk-ant-oat01-") })
                    }
                    _ => {
                        let tokens = self.sign_ins.give(agent, id, &mut dice.fork());
                        json!({ "type": kind, "provider": provider, "access": tokens.access,
                            "refresh": tokens.refresh, "expires": 1 })
                    }
                };
                profiles.insert(id.to_owned(), profile);
            }
            let store = self.place.store(agent);
            std::fs::create_dir_all(store.parent().expect("a folder")).expect("a folder");
            let whole = json!({ "version": 1, "profiles": profiles });
            world::replace(&store, &whole.to_string()).expect("written");
            drop(Lock::take_within(&store, Duration::from_secs(1)).expect("nobody has it"));
        }
        world::replace(&self.place.config(), &config(&self.at, 0).to_string()).expect("written");
    }
}

#[cfg_attr(
    not(feature = "storm"),
    expect(
        dead_code,
        reason = "`./storm faults` runs it, and `./test` the oracles alone"
    )
)]
#[expect(
    clippy::print_stderr,
    reason = "the seed and the counts are what a storm shows"
)]
async fn storm(size: Size) {
    eprintln!("a storm of {} s, seed {}", size.seconds, size.seed);
    let mut storm = Storm::new(size).await;
    storm.run().await;
    let log = &storm.desk.ears.log;
    if !storm.disk.can_be_full() {
        eprintln!("no disk could be mounted here, so none was full");
    }
    eprintln!("{}", log.with(oracles::summary));
    let verdicts = log.with(oracles::judge);
    for verdict in &verdicts {
        eprintln!("{verdict}");
    }
    let broken: Vec<String> = verdicts
        .iter()
        .filter(|verdict| verdict.violated > 0 || verdict.tested == 0)
        .map(ToString::to_string)
        .collect();
    if !broken.is_empty() {
        let told = storm.desk.ears.last(&["WARN".to_owned(), "ERROR".to_owned()]);
        for line in &told[told.len().saturating_sub(40)..] {
            eprintln!("{line}");
        }
    }
    assert!(broken.is_empty(), "seed {}:\n{}", size.seed, broken.join("\n"));
}

/// What becomes of real processes is for a command, which tells its seed and can be run again; the oracles are for the suite.
#[cfg(feature = "storm")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_a_storm_of_faults_the_contract_holds() {
    let seed = super::number("MODELPIN_STORM_SEED", 7) as u64;
    let size = match super::number("MODELPIN_STORM_SECONDS", 0) as u64 {
        0 => Size {
            seconds: 6,
            seed,
            chats: 6,
            rounds: 1,
            round: Duration::from_millis(1800),
        },
        seconds => Size {
            seconds,
            seed,
            chats: 20,
            rounds: 4,
            round: Duration::from_secs(6),
        },
    };
    storm(size).await;
}
