//! Dice that can be thrown again: the same seeds give the same throws.

use std::time::Duration;

/// A stream of throws.
#[derive(Debug)]
pub(super) struct Dice(fastrand::Rng);

impl Dice {
    /// The dice of one thing in the scenario: the seed of the whole, and the numbers that name the thing. What one thing
    /// throws does not change what another does.
    pub(super) fn new(seeds: &[u64]) -> Self {
        let seed = seeds.iter().fold(0, |mixed, seed| {
            fastrand::Rng::with_seed(mixed ^ seed.wrapping_add(0x9e37_79b9_7f4a_7c15)).u64(..)
        });
        Self(fastrand::Rng::with_seed(seed))
    }

    /// A seed for other dice.
    pub(super) fn seed(&mut self) -> u64 {
        self.0.u64(..)
    }

    /// From 0 to 1, without 1.
    pub(super) fn share(&mut self) -> f64 {
        self.0.f64()
    }

    /// An exponentially distributed time with this mean, in seconds.
    pub(super) fn exponential(&mut self, mean: f64) -> Duration {
        let seconds = -mean * (1.0 - self.share()).ln();
        // Nothing waits longer than a scenario may last.
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::from_secs(u32::MAX.into()))
    }

    /// A time between two others.
    pub(super) fn between(&mut self, [low, high]: [Duration; 2]) -> Duration {
        low + high.saturating_sub(low).mul_f64(self.share())
    }

    /// One of several.
    pub(super) fn pick<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        self.0.choice(of).copied()
    }
}
