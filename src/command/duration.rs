//! Durations as people type them: `90m`, `1h30m`, `2d`.

use std::time::Duration;

use nom::bytes::complete::take_while_m_n;
use nom::character::complete::one_of;
use nom::combinator::{all_consuming, map_res, opt};
use nom::sequence::terminated;
use nom::{IResult, Parser};

/// The shortest duration, in minutes.
const SHORTEST: u64 = 1;

/// The longest duration, in minutes: 30 days.
const LONGEST: u64 = 30 * DAY;

const HOUR: u64 = 60;
const DAY: u64 = 24 * HOUR;

/// Reads days, hours and minutes, in this order and each at most once; `None` for anything else, and for less than 1
/// minute or more than 30 days.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let parts = (part("dD"), part("hH"), part("mM"));
    let (_, (days, hours, minutes)) = all_consuming(parts).parse(text).ok()?;
    if text.is_empty() {
        return None;
    }
    let total = days * DAY + hours * HOUR + minutes;
    (SHORTEST..=LONGEST)
        .contains(&total)
        .then(|| Duration::from_secs(total * 60))
}

/// Takes a number of 1 to 6 digits and its unit; 0 where there is none.
fn part(unit: &'static str) -> impl FnMut(&str) -> IResult<&str, u64> {
    move |input| {
        let digits = take_while_m_n(1, 6, |c: char| c.is_ascii_digit());
        let number = map_res(digits, str::parse::<u64>);
        opt(terminated(number, one_of(unit)))
            .map(Option::unwrap_or_default)
            .parse(input)
    }
}

/// Writes a duration so that it reads as the same, to the minute.
pub(super) fn written(duration: Duration) -> String {
    let minutes = duration.as_secs() / 60;
    let parts = [
        (minutes / DAY, 'd'),
        (minutes % DAY / HOUR, 'h'),
        (minutes % HOUR, 'm'),
    ];
    parts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, unit)| format!("{n}{unit}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_run_from_a_minute_to_thirty_days() {
        for (text, minutes) in [
            ("1m", 1),
            ("90M", 90),
            ("1h30m", 90),
            ("2d", 2880),
            ("0d0h1m", 1),
            ("30d", 43200),
        ] {
            assert_eq!(duration(text), Some(Duration::from_secs(minutes * 60)), "{text}");
        }
        for text in [
            "", "0m", "30d1m", "1m1h", "1h1h", "1", "h", "1 h", "1w", "0000001m", "-1m", "１m", "1hm",
        ] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn a_written_duration_reads_as_the_same() {
        for minutes in 1..=LONGEST {
            let time = Duration::from_secs(minutes * 60);
            assert_eq!(duration(&written(time)), Some(time));
        }
    }
}
