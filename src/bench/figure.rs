//! What was measured, as a value.

use serde::Serialize;

/// The median of some rounds, with the quarters below and above it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// A quarter of the rounds were below.
    pub low: f64,
    /// Half of the rounds were below.
    pub median: f64,
    /// A quarter of the rounds were above.
    pub high: f64,
}

impl Spread {
    /// The spread of some rounds; of none, nothing but zeros.
    #[must_use]
    pub fn of(mut rounds: Vec<f64>) -> Self {
        rounds.sort_by(f64::total_cmp);
        let last = rounds.len().saturating_sub(1);
        let at = |part: usize| rounds.get(last * part / 4).copied().unwrap_or(0.0);
        Self {
            low: at(1),
            median: at(2),
            high: at(3),
        }
    }

    /// The same of one value.
    #[must_use]
    pub fn one(value: f64) -> Self {
        Self::of(vec![value])
    }
}

/// In what it was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Unit {
    /// Nanoseconds for each time.
    #[serde(rename = "ns")]
    Nanoseconds,
    /// Microseconds for each time.
    #[serde(rename = "µs")]
    Microseconds,
    /// Milliseconds in all.
    #[serde(rename = "ms")]
    Milliseconds,
    /// Times a second.
    #[serde(rename = "/s")]
    PerSecond,
    /// Bytes for each.
    #[serde(rename = "B")]
    Bytes,
    /// MiB in all.
    #[serde(rename = "MiB")]
    Mebibytes,
    /// Times the floor.
    #[serde(rename = "×")]
    Times,
}

impl Unit {
    /// As it is written behind a number.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nanoseconds => "ns",
            Self::Microseconds => "µs",
            Self::Milliseconds => "ms",
            Self::PerSecond => "/s",
            Self::Bytes => "B",
            Self::Mebibytes => "MiB",
            Self::Times => "×",
        }
    }
}

/// What a figure should be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// At most this, in the figure's own unit.
    AtMost(f64),
    /// At least this, in the figure's own unit.
    AtLeast(f64),
    /// At most so many times the floor.
    AtMostTimes(f64),
    /// At least so many times the floor.
    AtLeastTimes(f64),
}

impl Target {
    fn is_met(self, value: f64, floor: Option<f64>) -> Option<bool> {
        match self {
            Self::AtMost(most) => Some(value <= most),
            Self::AtLeast(least) => Some(value >= least),
            Self::AtMostTimes(times) => Some(value <= floor? * times),
            Self::AtLeastTimes(times) => Some(value >= floor? * times),
        }
    }
}

/// The least that the work cannot do without, measured beside it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Floor {
    /// What it is.
    pub name: String,
    /// What it was.
    pub value: Spread,
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// The group that it was measured in.
    pub group: &'static str,
    /// What was done.
    pub name: String,
    /// In what it is measured.
    pub unit: Unit,
    /// What it came to.
    pub value: Spread,
    /// What it stands beside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub floor: Option<Floor>,
    /// How many times the floor it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// What it should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// Whether it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met: Option<bool>,
}

impl Figure {
    /// A figure by itself.
    #[must_use]
    pub fn new(group: &'static str, name: impl Into<String>, unit: Unit, value: Spread) -> Self {
        Self {
            group,
            name: name.into(),
            unit,
            value,
            floor: None,
            ratio: None,
            target: None,
            met: None,
        }
    }

    /// The same beside its floor.
    #[must_use]
    pub fn beside(mut self, name: impl Into<String>, floor: Spread) -> Self {
        self.ratio = (floor.median > 0.0).then(|| self.value.median / floor.median);
        self.floor = Some(Floor {
            name: name.into(),
            value: floor,
        });
        self
    }

    /// The same with what it should be.
    #[must_use]
    pub fn should_be(mut self, target: Target) -> Self {
        let floor = self.floor.as_ref().map(|floor| floor.value.median);
        self.target = Some(target);
        self.met = target.is_met(self.value.median, floor);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_has_a_quarter_on_each_side() {
        let spread = Spread::of(vec![5.0, 1.0, 4.0, 2.0, 3.0]);
        assert_eq!((spread.low, spread.median, spread.high), (2.0, 3.0, 4.0));
        assert_eq!(Spread::of(Vec::new()).median, 0.0);
    }

    #[test]
    fn a_target_is_met_or_not() {
        let figure = |value| Figure::new("g", "n", Unit::Nanoseconds, Spread::one(value));
        let beside = |value| figure(value).beside("floor", Spread::one(10.0));
        assert_eq!(figure(9.0).should_be(Target::AtMost(10.0)).met, Some(true));
        assert_eq!(figure(9.0).should_be(Target::AtLeast(10.0)).met, Some(false));
        assert_eq!(beside(14.0).should_be(Target::AtMostTimes(1.4)).met, Some(true));
        assert_eq!(beside(15.0).should_be(Target::AtMostTimes(1.4)).met, Some(false));
        assert_eq!(beside(15.0).should_be(Target::AtLeastTimes(1.6)).met, Some(false));
        assert_eq!(figure(9.0).should_be(Target::AtMostTimes(1.4)).met, None);
    }
}
