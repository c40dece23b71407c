//! Times for people.

use std::time::Duration;

use crate::clock::Timestamp;

/// A length in its two largest units, rounded up to the next minute below a day: `4m`, `1h 30m`, `2d 5h`.
pub(super) fn length(wait: Duration) -> String {
    let seconds = wait.as_millis().div_ceil(1_000);
    if seconds < 60 {
        return format!("{seconds}s");
    }
    let minutes = seconds.div_ceil(60);
    let (days, hours, rest) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    let two = |a: u128, unit_a, b: u128, unit_b| {
        if b == 0 {
            format!("{a}{unit_a}")
        } else {
            format!("{a}{unit_a} {b}{unit_b}")
        }
    };
    match (days, hours) {
        (0, 0) => format!("{rest}m"),
        (0, _) => two(hours, "h", rest, "m"),
        _ => two(days, "d", hours, "h"),
    }
}

/// A moment in UTC, and how far off it is: `14:05 UTC (in 2h)`, with the date when it is over a day away.
pub(super) fn moment(at: Timestamp, now: Timestamp) -> String {
    let wait = at.since(now);
    let pattern = if wait < Duration::from_secs(24 * 3600) {
        "%H:%M UTC"
    } else {
        "%Y-%m-%d %H:%M UTC"
    };
    match jiff::Timestamp::from_millisecond(at.as_millis()) {
        Ok(moment) => format!("{} (in {})", moment.strftime(pattern), length(wait)),
        Err(_) => format!("in {}", length(wait)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_two_units_at_most() {
        let say = |seconds| length(Duration::from_secs(seconds));
        assert_eq!(say(5), "5s");
        assert_eq!(say(61), "2m");
        assert_eq!(say(3_600), "1h");
        assert_eq!(say(5_400), "1h 30m");
        assert_eq!(say(12 * 3_600), "12h");
        assert_eq!(say(53 * 3_600), "2d 5h");
    }

    #[test]
    fn a_moment_tells_the_date_only_when_it_is_far() {
        let now = Timestamp::from_millis(1_770_724_800_000);
        assert_eq!(
            moment(now.after(Duration::from_secs(7_200)), now),
            "14:00 UTC (in 2h)"
        );
        assert_eq!(
            moment(now.after(Duration::from_secs(90_000)), now),
            "2026-02-11 13:00 UTC (in 1d 1h)"
        );
    }
}
