//! Lengths of time on the command line: `30m`, `24h`, `365d`, `1d12h`.

use std::time::Duration;

/// The longest, in seconds: ten years of 366 days.
const LONGEST: u64 = 10 * 366 * 24 * 3600;

/// Reads weeks, days, hours, minutes and seconds, each a whole number and its letter; a bare number is of days.
pub(super) fn span(text: &str) -> Result<Duration, String> {
    const EXPECTED: &str = "expected a length of time such as 30m, 24h or 365d";
    let text = text.trim();
    let mut total: u64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: u64 = rest[..digits].parse().map_err(|_| EXPECTED)?;
        let after = &rest[digits..];
        let unit = match after.chars().next().map(|unit| unit.to_ascii_lowercase()) {
            Some('w') => 7 * 24 * 3600,
            Some('d') => 24 * 3600,
            Some('h') => 3600,
            Some('m') => 60,
            Some('s') => 1,
            None if digits == text.len() => 24 * 3600,
            _ => return Err(EXPECTED.to_owned()),
        };
        total = number
            .checked_mul(unit)
            .and_then(|part| total.checked_add(part))
            .filter(|total| *total <= LONGEST)
            .ok_or("that is longer than ten years")?;
        rest = after.get(1..).unwrap_or_default();
    }
    if total == 0 {
        return Err(EXPECTED.to_owned());
    }
    Ok(Duration::from_secs(total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_and_anything_else_is_refused() {
        let seconds = |text| span(text).map(|span| span.as_secs()).ok();
        assert_eq!(seconds("365d"), Some(365 * 86_400));
        assert_eq!(seconds("1D12h"), Some(129_600));
        assert_eq!(seconds("90"), Some(90 * 86_400));
        for wrong in [
            "",
            "0",
            "0d",
            "d",
            "1x",
            "-1d",
            "1d2",
            "1.5h",
            "99999999999999999999d",
            "4000d",
            "1\u{e9}",
        ] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }
}
