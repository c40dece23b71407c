//! Taking the time: many rounds, in which every case has its turn.

use std::fmt;
use std::time::{Duration, Instant};

use super::figure::{Figure, Spread, Target, Unit};

/// How much is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// How many rounds.
    pub rounds: usize,
    /// How long a case has its turn in a round.
    pub turn: Duration,
}

impl Effort {
    /// Enough for a comparison: about a third of a second for each case.
    #[must_use]
    pub fn usual() -> Self {
        Self {
            rounds: 15,
            turn: Duration::from_millis(20),
        }
    }

    /// Enough to see whether anything is out of place.
    #[must_use]
    pub fn quick() -> Self {
        Self {
            rounds: 5,
            turn: Duration::from_millis(4),
        }
    }
}

/// Work that is done again and again.
pub struct Case<'w> {
    /// Its name.
    pub name: String,
    /// Does it so many times.
    pub work: Box<dyn FnMut(u64) + 'w>,
    /// The case that is its floor, by name; a case that is a floor has none.
    pub floor: Option<&'static str>,
    /// What it should take.
    pub target: Option<Target>,
}

impl fmt::Debug for Case<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl<'w> Case<'w> {
    /// Work that is done once for each call of `once`.
    #[must_use]
    pub fn new(name: impl Into<String>, mut once: impl FnMut() + 'w) -> Self {
        Self {
            name: name.into(),
            work: Box::new(move |times| (0..times).for_each(|_| once())),
            floor: None,
            target: None,
        }
    }

    /// The same beside this floor.
    #[must_use]
    pub fn beside(mut self, floor: &'static str) -> Self {
        self.floor = Some(floor);
        self
    }

    /// The same with what it should take.
    #[must_use]
    pub fn should_be(mut self, target: Target) -> Self {
        self.target = Some(target);
        self
    }
}

/// Measures all cases of a group against each other: nanoseconds for each time.
pub fn race(group: &'static str, mut cases: Vec<Case<'_>>, effort: Effort) -> Vec<Figure> {
    let times: Vec<u64> = cases.iter_mut().map(|case| fitting(case, effort.turn)).collect();
    let mut took = vec![Vec::with_capacity(effort.rounds); cases.len()];
    for _ in 0..effort.rounds {
        for ((case, times), took) in cases.iter_mut().zip(&times).zip(&mut took) {
            let begun = Instant::now();
            (case.work)(*times);
            took.push(begun.elapsed().as_nanos() as f64 / *times as f64);
        }
    }
    let spreads: Vec<Spread> = took.into_iter().map(Spread::of).collect();
    let of = |name: &str| {
        let at = cases.iter().position(|case| case.name == name)?;
        spreads.get(at).copied()
    };
    let figure = |(case, value): (&Case<'_>, &Spread)| {
        let mut figure = Figure::new(group, case.name.clone(), Unit::Nanoseconds, *value);
        if let Some((name, floor)) = case.floor.and_then(|name| Some((name, of(name)?))) {
            figure = figure.beside(name, floor);
        }
        match case.target {
            Some(target) => figure.should_be(target),
            None => figure,
        }
    };
    cases.iter().zip(&spreads).map(figure).collect()
}

/// How many times fill a turn; finding it out warms everything up.
fn fitting(case: &mut Case<'_>, turn: Duration) -> u64 {
    let mut times = 1_u64;
    loop {
        let begun = Instant::now();
        (case.work)(times);
        let took = begun.elapsed();
        if took >= turn / 2 || times >= 1 << 30 {
            let each = took.as_nanos().max(1) / u128::from(times);
            let fit = turn.as_nanos() / each.max(1);
            return u64::try_from(fit).unwrap_or(times).max(1);
        }
        times *= 2;
    }
}
