//! A request that gets what the one before it got, and one that is decided anew.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use dashmap::DashMap;

use crate::clock::{Clock, SystemClock};
use crate::order::{self, Ask, ProfileFacts};
use crate::resolver::{Book, Question};
use crate::session::SessionKey;

use super::BenchError;
use super::figure::{Figure, Spread, Target, Unit};
use super::race::{Case, Effort, race};
use super::world::{World, chat};

/// What a lease of a pinned chat may cost, in times of what it cannot do without: 150 ns where that takes 58.
const PINNED: f64 = 2.6;
/// The same of a chat that nobody pinned: 200 ns.
const SERVED: f64 = 3.4;

/// The names of the floors.
const GET: &str = "dashmap get, ArcSwap load, clock";
const ADD: &str = "atomic add";

/// How many chats stand beside the one that is asked for.
const CHATS: usize = 1_000;

/// A world with a pinned chat and one that has been served before, among a thousand others.
#[derive(Debug)]
pub struct Hot {
    world: World,
    profiles: usize,
    pinned: SessionKey,
    served: SessionKey,
    table: DashMap<Box<str>, [u8; 32]>,
    swap: ArcSwap<u64>,
    count: AtomicU64,
}

impl Hot {
    /// The world, with so many profiles.
    ///
    /// # Errors
    /// [`BenchError`] if it cannot be made.
    pub async fn with(profiles: usize) -> Result<Self, BenchError> {
        let world = World::with(profiles).await?;
        let table = DashMap::new();
        for at in 0..CHATS {
            world.pin(&chat(at), at % profiles);
            table.insert(Box::from(chat(at).chat()), [0; 32]);
        }
        let (pinned, served) = (chat(7), SessionKey::new("telegram:served"));
        // The first success makes the affinity, the second request is decided by it, and the third is the first hit.
        for _ in 0..3 {
            for session in [&pinned, &served] {
                world.modelpin.resolve(session, &world.actor).await?.succeeded();
            }
        }
        Ok(Self {
            world,
            profiles,
            pinned,
            served,
            table,
            swap: ArcSwap::from_pointee(1),
            count: AtomicU64::new(0),
        })
    }

    /// The agent's book.
    ///
    /// # Errors
    /// [`BenchError`] if it cannot be opened.
    pub fn book(&self) -> Result<Arc<Book>, BenchError> {
        let book = self.world.modelpin.resolver().snapshot().book(None);
        book.map_err(|broken| BenchError::Failed(broken.to_string()))
    }

    /// The cases: floors, a hit, a fresh ranking, a fresh decision, and what is recorded.
    pub fn cases<'w>(&'w self, book: &'w Book) -> Vec<Case<'w>> {
        let World { modelpin, actor, .. } = &self.world;
        let among = |what: &str| format!("{what}, {} profiles", self.profiles);
        let facts: &[ProfileFacts] = book.facts();
        let provider = facts.first().map(|facts| &facts.provider);
        let fresh = match self.profiles {
            ..=2 => 500.0,
            3..=10 => 1_000.0,
            11..=100 => 8_000.0,
            _ => 100_000.0,
        };
        let mut cases = vec![
            Case::new(GET, || {
                let table = self
                    .table
                    .get(black_box(self.pinned.chat()))
                    .map(|found| found[0]);
                black_box((table, **self.swap.load(), SystemClock.now()));
            }),
            Case::new(ADD, || {
                black_box(self.count.fetch_add(1, Ordering::Relaxed));
            }),
            Case::new(among("pinned chat to lease"), || {
                black_box(self.world.lease(black_box(&self.pinned)));
            })
            .beside(GET)
            .should_be(Target::AtMostTimes(PINNED)),
            Case::new(among("served chat to lease"), || {
                black_box(self.world.lease(black_box(&self.served)));
            })
            .beside(GET)
            .should_be(Target::AtMostTimes(SERVED)),
        ];
        if let Some(provider) = provider {
            cases.push(
                Case::new(among("fresh ranking"), move || {
                    black_box(order::rank(black_box(&Ask {
                        provider,
                        profiles: facts,
                        stored_order: None,
                        config_order: None,
                        config_profiles: book.declared(),
                        preferred: &[],
                        allowed: &|_| true,
                        now: crate::clock::Timestamp::from_millis(1),
                    })));
                })
                .should_be(Target::AtMost(fresh)),
            );
        }
        cases.push(Case::new(among("decision, explained"), || {
            let question = Question::new(&self.served, actor);
            black_box(modelpin.resolver().explain(question)).ok();
        }));
        cases.push(
            Case::new(among("lease and success"), || {
                if let Some(lease) = self.world.lease(black_box(&self.served)) {
                    lease.succeeded();
                }
            })
            .beside(ADD),
        );
        cases
    }

    /// How much more two threads do than one, on the same pinned chat: in times of one.
    #[must_use]
    pub fn together(&self, effort: Effort) -> Figure {
        let times = u64::try_from(effort.turn.as_nanos() / 100)
            .unwrap_or(u64::MAX)
            .max(1);
        let some = || {
            for _ in 0..times {
                black_box(self.world.lease(black_box(&self.pinned)));
            }
        };
        let seconds = |work: &dyn Fn()| {
            let begun = std::time::Instant::now();
            work();
            begun.elapsed().as_secs_f64()
        };
        let both = || {
            std::thread::scope(|scope| {
                // The end of the scope waits for both.
                let _ = (scope.spawn(some), scope.spawn(some));
            });
        };
        let alone = || {
            std::thread::scope(|scope| {
                let _ = scope.spawn(some);
            });
        };
        // Warm first.
        alone();
        both();
        let rounds = (0..effort.rounds).map(|_| 2.0 * seconds(&alone) / seconds(&both));
        Figure::new(
            "resolve",
            "two threads on one pinned chat",
            Unit::Times,
            Spread::of(rounds.collect()),
        )
        .should_be(Target::AtLeast(1.6))
    }
}

/// All of it, with so many profiles.
///
/// # Errors
/// [`BenchError`] if a world cannot be made.
pub async fn measure(profiles: &[usize], effort: Effort) -> Result<Vec<Figure>, BenchError> {
    let mut figures = Vec::new();
    for (at, profiles) in profiles.iter().enumerate() {
        let hot = Hot::with(*profiles).await?;
        let book = hot.book()?;
        figures.extend(race("resolve", hot.cases(&book), effort));
        if at == 0 {
            figures.push(hot.together(effort));
        }
    }
    Ok(figures)
}
