//! Dice that can be thrown again.

/// A stream of throws: `SplitMix64` (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 1 to `most`.
    pub(super) fn to(&mut self, most: u64) -> u64 {
        1 + self.throw() % most.max(1)
    }

    /// One of several; there is one at least.
    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let count = u64::try_from(of.len()).ok()?.max(1);
        of.get(usize::try_from(self.throw() % count).ok()?)
    }

    /// Some of many, at most so many, spread over all of them; the first is among them.
    pub(super) fn some<'a, T>(&mut self, of: &'a [T], most: usize) -> Vec<&'a T> {
        let step = of.len().div_ceil(most.max(1)).max(1);
        of.iter().step_by(step).collect()
    }
}
