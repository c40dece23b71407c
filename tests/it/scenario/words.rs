//! The small words of a transcript: lengths, classes of failure, quoted arguments.

use std::time::Duration;

use modelpin::outcome::FailureClass;

pub(super) fn length(written: &str) -> Result<Duration, String> {
    let (number, unit) = written.split_at(written.len().saturating_sub(1));
    let number: u64 = number.parse().map_err(|_| format!("`{written}` is no length"))?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(format!("`{written}` is no length")),
    };
    Ok(Duration::from_secs(number * seconds))
}

pub(super) fn class_of(word: &str) -> Result<FailureClass, String> {
    use FailureClass as Is;
    let all = [
        Is::RateLimit,
        Is::Overloaded,
        Is::ServerError,
        Is::Timeout,
        Is::Auth,
        Is::AuthPermanent,
        Is::Billing,
        Is::ModelNotFound,
        Is::Format,
        Is::ContextOverflow,
    ];
    let found = all.into_iter().find(|class| class.as_str() == word);
    found.ok_or_else(|| format!("`{word}` is no class of failure"))
}

/// `word "a" word "b" word c`: the three arguments behind their words.
pub(super) fn quoted<'t>(text: &'t str, [first, second, third]: [&str; 3]) -> Option<[&'t str; 3]> {
    let (_, text) = text.split_once(&format!("{first} \""))?;
    let (a, text) = text.split_once(&format!("\" {second} \""))?;
    if third.is_empty() {
        return Some([a, text.strip_suffix('"')?, ""]);
    }
    let (b, c) = text.split_once(&format!("\" {third} "))?;
    Some([a, b, c])
}
