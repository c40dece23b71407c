//! Times for people.

use std::time::Duration;

use super::pen::Pen;
use crate::clock::Timestamp;
use crate::words::say;

/// A length in its two largest units, rounded up to the next minute below a day: `4m`, `1h 30m`, `2d 5h`.
pub(super) fn length(pen: Pen<'_>, wait: Duration) -> String {
    let unit = |key, count: u128| {
        say!(
            pen.words,
            key,
            count = usize::try_from(count).unwrap_or(usize::MAX)
        )
    };
    let seconds = wait.as_millis().div_ceil(1_000);
    if seconds < 60 {
        return unit("length-seconds", seconds);
    }
    let minutes = seconds.div_ceil(60);
    let (days, hours, rest) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    let two = |large, small: u128, key| match small {
        0 => large,
        small => say!(pen.words, "length-two", large = large, small = unit(key, small)),
    };
    match (days, hours) {
        (0, 0) => unit("length-minutes", rest),
        (0, _) => two(unit("length-hours", hours), rest, "length-minutes"),
        _ => two(unit("length-days", days), hours, "length-hours"),
    }
}

/// A moment in UTC, and how far off it is: `14:05 UTC (in 2h)`, with the date when it is over a day away.
pub(super) fn moment(pen: Pen<'_>, at: Timestamp, now: Timestamp) -> String {
    let wait = at.since(now);
    let pattern = if wait < Duration::from_secs(24 * 3600) {
        "%H:%M"
    } else {
        "%Y-%m-%d %H:%M"
    };
    let length = length(pen, wait);
    match jiff::Timestamp::from_millisecond(at.as_millis()) {
        Ok(moment) => {
            let time = moment.strftime(pattern).to_string();
            say!(pen.words, "moment", time = time, length = length)
        }
        Err(_) => say!(pen.words, "moment-in", length = length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Words;

    #[test]
    fn lengths_have_two_units_at_most() {
        let words = Words::english();
        let pen = Pen { words: &words };
        let say = |seconds| length(pen, Duration::from_secs(seconds));
        assert_eq!(say(5), "5s");
        assert_eq!(say(61), "2m");
        assert_eq!(say(3_600), "1h");
        assert_eq!(say(5_400), "1h 30m");
        assert_eq!(say(12 * 3_600), "12h");
        assert_eq!(say(53 * 3_600), "2d 5h");
    }

    #[test]
    fn a_moment_tells_the_date_only_when_it_is_far() {
        let words = Words::english();
        let pen = Pen { words: &words };
        let now = Timestamp::from_millis(1_770_724_800_000);
        assert_eq!(
            moment(pen, now.after(Duration::from_secs(7_200)), now),
            "14:00 UTC (in 2h)"
        );
        assert_eq!(
            moment(pen, now.after(Duration::from_secs(90_000)), now),
            "2026-02-11 13:00 UTC (in 1d 1h)"
        );
    }
}
