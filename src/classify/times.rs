//! When may it be tried again? Every way in which providers write a deadline.
//!
//! Sources: RFC 9110, sections 5.6.7 and 10.2.3 (`retry-after`); `docs.claude.com/en/api/rate-limits`
//! (`anthropic-ratelimit-*-reset`); `platform.openai.com/docs/guides/rate-limits` (`x-ratelimit-reset-*`).

use std::time::Duration;

use http::{HeaderMap, HeaderName};
use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Span, SpanRelativeTo};

use crate::clock::Timestamp;

/// The longest wait that a provider can impose. A later time is taken for this one: to come back once a week is
/// cheap, and a slip in a header does not lock an account out for years.
pub const LONGEST_WAIT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// A number of at least this many seconds is no wait but a moment: 2001-09-09 as epoch seconds.
const EPOCH_SECONDS: f64 = 1e9;
/// A number of at least this is a moment in milliseconds: 1973-03-03; as seconds it would be the year 5138.
const EPOCH_MILLIS: f64 = 1e11;

/// A deadline as an error's body gives it: seconds, a duration or a moment.
#[derive(Debug)]
pub(super) struct Wait(pub(super) String);

/// The latest of all deadlines that limit this request, if any is still to come.
///
/// Junk and what has passed are ignored. A reset header that tells of a window with room left (`…-remaining` over
/// 0, or `…-status` other than `rejected`) limits nothing: providers send them along with every answer. But if an
/// answer says 429 and no other deadline, some window must be full after all, and the latest of them is taken.
pub(super) fn retry_at(
    headers: &HeaderMap,
    waits: &[Wait],
    status: u16,
    now: Timestamp,
) -> Option<Timestamp> {
    let told = waits.iter().map(|Wait(text)| moment(text, now));
    let written = headers.iter().filter_map(|(name, value)| {
        let text = value.to_str().ok()?;
        match name.as_str() {
            "retry-after-ms" => Some(number(text).and_then(|ms| later(now, ms))),
            "retry-after" => Some(moment(text, now)),
            _ if limits(headers, name) => Some(moment(text, now)),
            _ => None,
        }
    });
    let longest = now.after(LONGEST_WAIT);
    let ahead = |at: &Timestamp| *at > now;
    let latest = told.chain(written).flatten().filter(ahead).max();
    let latest = latest.or_else(|| {
        let resets = headers.iter().filter(|(name, _)| status == 429 && is_reset(name));
        let moments = resets.filter_map(|(_, value)| moment(value.to_str().ok()?, now));
        moments.filter(ahead).max()
    });
    latest.map(|at| at.min(longest))
}

/// Whether `name` tells when some window ends.
fn is_reset(name: &HeaderName) -> bool {
    let name = name.as_str();
    name.starts_with("x-ratelimit-reset")
        || (name.starts_with("anthropic-ratelimit-") && name.ends_with("-reset"))
}

/// Whether `name` tells when a window ends that has no room left.
fn limits(headers: &HeaderMap, name: &HeaderName) -> bool {
    let name = name.as_str();
    let beside = |name: String| headers.get(name)?.to_str().ok().map(str::trim);
    if let Some(which) = name.strip_prefix("x-ratelimit-reset") {
        spent(beside(format!("x-ratelimit-remaining{which}")))
    } else if let Some(which) = name
        .strip_prefix("anthropic-ratelimit-")
        .and_then(|rest| rest.strip_suffix("-reset"))
    {
        let status = beside(format!("anthropic-ratelimit-{which}-status"));
        spent(beside(format!("anthropic-ratelimit-{which}-remaining")))
            && status.is_none_or(|status| status.eq_ignore_ascii_case("rejected"))
    } else {
        false
    }
}

fn spent(remaining: Option<&str>) -> bool {
    remaining.and_then(number).is_none_or(|left| left <= 0.0)
}

/// Reads seconds from now, epoch seconds or milliseconds, a duration such as `6m0s`, RFC 3339, or an HTTP date.
fn moment(text: &str, now: Timestamp) -> Option<Timestamp> {
    let text = text.trim();
    if let Some(number) = number(text) {
        return match number {
            ms if ms >= EPOCH_MILLIS => later(Timestamp::from_millis(0), ms),
            s if s >= EPOCH_SECONDS => later(Timestamp::from_millis(0), s * 1000.0),
            s => later(now, s * 1000.0),
        };
    }
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(Timestamp::from_millis(at.as_millisecond()));
    }
    if let Some(at) = http_date(text) {
        return Some(at);
    }
    let span: Span = text.parse().ok()?;
    let wait: SignedDuration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    Some(now.after(Duration::try_from(wait).ok()?))
}

/// The three forms of an HTTP date, all in GMT.
fn http_date(text: &str) -> Option<Timestamp> {
    let millis = |at: jiff::Timestamp| Timestamp::from_millis(at.as_millisecond());
    if let Ok(at) = rfc2822::DateTimeParser::new().parse_timestamp(text) {
        return Some(millis(at));
    }
    ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"]
        .iter()
        .find_map(|form| DateTime::strptime(form, text).ok())
        .and_then(|civil| civil.to_zoned(jiff::tz::TimeZone::UTC).ok())
        .map(|zoned| millis(zoned.timestamp()))
}

/// A number without sign and exponent; everything else is not how a header says a number.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (plain && !text.is_empty())
        .then(|| text.parse::<f64>().ok())
        .flatten()
}

/// `start` and so many milliseconds more, to the nearest whole one; a number too great to tell is the end of time.
fn later(start: Timestamp, ms: f64) -> Option<Timestamp> {
    // The cast takes what is too great for the greatest number there is.
    Some(start.after(Duration::from_millis(ms.round() as u64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_770_724_800_000);

    fn wait(headers: &[(&'static str, &str)]) -> Option<u128> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().expect("a header value"));
        }
        retry_at(&map, &[], 503, NOW).map(|at| at.since(NOW).as_millis())
    }

    #[test]
    fn every_way_of_writing_a_deadline_is_read() {
        for (text, ms) in [
            ("30", 30_000),
            ("0.25", 250),
            ("0.07", 70),
            ("8.2", 8_200),
            ("120ms", 120),
            ("6m0s", 360_000),
            ("1h2m", 3_720_000),
            ("2m59.56s", 179_560),
            ("1d2h", 93_600_000),
            ("1770724860", 60_000),
            ("1770724860000", 60_000),
            ("1770724860.5", 60_500),
            ("2026-02-10T12:05:00Z", 300_000),
            ("2026-02-10T13:05:00.5+01:00", 300_500),
            ("Tue, 10 Feb 2026 12:01:30 GMT", 90_000),
            ("Tuesday, 10-Feb-26 12:01:30 GMT", 90_000),
            ("Tue Feb 10 12:01:30 2026", 90_000),
        ] {
            assert_eq!(wait(&[("x-ratelimit-reset", text)]), Some(ms), "{text}");
            assert_eq!(wait(&[("retry-after", text)]), Some(ms), "{text}");
        }
        assert_eq!(wait(&[("retry-after-ms", "1500")]), Some(1_500));
    }

    #[test]
    fn junk_and_what_has_passed_are_ignored() {
        for text in [
            "",
            " ",
            "banana",
            "-5",
            "-5s",
            "0",
            "NaN",
            "inf",
            "1e3",
            "1.2.3",
            ".",
            "soon",
            "1000000000",
            "2020-01-01T00:00:00Z",
            "Tue, 10 Feb 2015 12:01:30 GMT",
            "3 months",
            "30 seconds ago",
        ] {
            assert_eq!(wait(&[("retry-after", text)]), None, "{text}");
        }
    }

    #[test]
    fn no_wait_is_longer_than_seven_days() {
        let week = Some(LONGEST_WAIT.as_millis());
        for text in [
            "604801",
            "99999999999",
            "4102444800",
            "2100-01-01T00:00:00Z",
            "1000h",
            &"9".repeat(400),
        ] {
            assert_eq!(wait(&[("retry-after", text)]), week, "{text}");
            assert_eq!(wait(&[("x-ratelimit-reset", text)]), week, "{text}");
        }
        assert_eq!(wait(&[("retry-after", "604800")]), week);
    }

    #[test]
    fn the_later_deadline_wins() {
        let both = [
            ("retry-after", "2"),
            ("retry-after-ms", "1500"),
            ("x-ratelimit-reset-tokens", "7s"),
        ];
        assert_eq!(wait(&both), Some(7_000));
        assert_eq!(wait(&both[..2]), Some(2_000));
    }

    #[test]
    fn a_moment_in_milliseconds_is_kept_to_the_millisecond() {
        for ms in [1_770_724_860_123_i64, 1_770_724_860_001, 1_770_724_860_999] {
            let text = ms.to_string();
            let after = u128::try_from(ms - NOW.as_millis()).ok();
            assert_eq!(wait(&[("x-ratelimit-reset", text.as_str())]), after);
        }
        assert_eq!(wait(&[("x-ratelimit-reset", "1770724860.221")]), Some(60_221));
    }

    #[test]
    fn a_429_whose_windows_all_have_room_is_told_by_the_latest_of_them() {
        let mut headers = HeaderMap::new();
        headers.insert("x-ratelimit-reset", "60".parse().expect("a value"));
        headers.insert("x-ratelimit-remaining", "5".parse().expect("a value"));
        assert_eq!(
            retry_at(&headers, &[], 429, NOW),
            Some(NOW.after(Duration::from_secs(60)))
        );
        assert_eq!(retry_at(&headers, &[], 503, NOW), None);
    }

    #[test]
    fn a_window_with_room_left_limits_nothing() {
        assert_eq!(
            wait(&[
                ("x-ratelimit-reset-tokens", "6m0s"),
                ("x-ratelimit-remaining-tokens", "17")
            ]),
            None
        );
        assert_eq!(
            wait(&[
                ("x-ratelimit-reset-tokens", "6m0s"),
                ("x-ratelimit-remaining-tokens", "0")
            ]),
            Some(360_000)
        );
        assert_eq!(
            wait(&[
                ("anthropic-ratelimit-requests-reset", "2026-02-10T12:05:00Z"),
                ("anthropic-ratelimit-requests-remaining", "999"),
                ("anthropic-ratelimit-unified-5h-reset", "1770724860"),
                ("anthropic-ratelimit-unified-5h-status", "rejected"),
                ("anthropic-ratelimit-unified-7d-reset", "1771000000"),
                ("anthropic-ratelimit-unified-7d-status", "allowed_warning"),
            ]),
            Some(60_000)
        );
    }
}
