//! Lengths of time and moments, as a scenario writes them.

use std::fmt;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

use crate::clock::Timestamp;

/// A length of time: `30s`, `90m`, `1h30m`, `10d`. A day has 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Span(Duration);

/// The longest length that a scenario may name.
const LONGEST: Duration = Duration::from_secs(3660 * 24 * 3600);

impl Span {
    /// So many seconds.
    #[must_use]
    pub const fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// The length.
    #[must_use]
    pub const fn length(self) -> Duration {
        self.0
    }

    fn read(text: &str) -> Option<Self> {
        let span: jiff::Span = text.parse().ok()?;
        let days = jiff::SpanRelativeTo::days_are_24_hours();
        let length = Duration::try_from(span.to_duration(days).ok()?).ok()?;
        (length <= LONGEST).then_some(Self(length))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Read;
        impl Visitor<'_> for Read {
            type Value = Span;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a length of time up to 10 years, such as \"30s\", \"1h30m\" or \"10d\"")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Span, E> {
                Span::read(text).ok_or_else(|| E::invalid_value(Unexpected::Other("another text"), &self))
            }
        }
        from.deserialize_str(Read)
    }
}

/// Reads an RFC 3339 moment.
pub(super) fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(from)?;
    let at: jiff::Timestamp = text
        .parse()
        .map_err(|_| D::Error::custom("expected a moment such as \"2026-02-10T12:00:00Z\""))?;
    Ok(Timestamp::from_millis(at.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_with_their_units_and_never_without() {
        let read = |text| Span::read(text).map(|span| span.length().as_secs());
        assert_eq!(read("30s"), Some(30));
        assert_eq!(read("1h30m"), Some(5400));
        assert_eq!(read("10d"), Some(864_000));
        assert_eq!(read("1d 2h"), Some(93_600));
        for wrong in ["", "30", "-5m", "4000000d", "soon", "1y"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
