//! What others wrote, as it may be shown again.

use std::borrow::Cow;

/// Replaces what would act on a display instead of showing: control characters, line breaks, and the characters that
/// switch the writing direction (Unicode Standard Annex #9, explicit formatting characters).
#[must_use]
pub fn legible(text: &str) -> Cow<'_, str> {
    let acts = |c: char| {
        c.is_control()
            || matches!(
                c,
                '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{feff}'
            )
            || ('\u{202a}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
    };
    if text.contains(acts) {
        Cow::Owned(text.replace(acts, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// An error and its causes on one line.
#[must_use]
pub fn causes(error: &dyn std::error::Error) -> String {
    let inner = std::iter::successors(error.source(), |cause| cause.source());
    let all: Vec<String> = std::iter::once(error)
        .chain(inner)
        .map(ToString::to_string)
        .collect();
    all.join(": ")
}

/// How keys and tokens begin, as their vendors issue them.
const KEYS: &[&str] = &[
    "sk-",
    "sk_",
    "pk_",
    "rk_",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "xoxb-",
    "xoxp-",
    "xapp-",
    "AIza",
    "gsk_",
    "xai-",
    "hf_",
    "nvapi-",
    "pplx-",
    "r8_",
    "eyJ",
];

/// From how many characters on it is a key and no word.
const SHORTEST_KEY: usize = 20;

/// How much of a key is left, so that people see what they typed.
const LEFT: usize = 3;

/// Blots out what looks like a key or a token, all but its first three characters: people paste into the wrong place.
///
/// Every byte of a key becomes one `*`, so that positions in the text stay what they were.
#[must_use]
pub fn discreet(text: &str) -> Cow<'_, str> {
    let mut out: Option<String> = None;
    let of_key =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'+' | b'/' | b'=');
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let begins = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        let key = begins && KEYS.iter().any(|key| bytes[at..].starts_with(key.as_bytes()));
        let length = if key {
            bytes[at..].iter().take_while(|byte| of_key(**byte)).count()
        } else {
            0
        };
        if length >= SHORTEST_KEY {
            let whole = out.get_or_insert_with(|| text.to_owned());
            whole.replace_range(at + LEFT..at + length, &"*".repeat(length - LEFT));
        }
        at += length.max(1);
    }
    out.map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_key_is_blotted_out_where_it_stands() {
        let pasted = "/model opus@sk-ant-api03-EXAMPLE-0123456789 please";
        let shown = discreet(pasted);
        assert_eq!(shown, format!("/model opus@sk-{} please", "*".repeat(28)));
        assert_eq!(shown.len(), pasted.len());
    }

    #[test]
    fn names_are_left_alone() {
        for name in [
            "openrouter/task-runner-large-2026",
            "sk-short",
            "anthropic:me@x.org",
            "hf_model",
            "模型",
        ] {
            assert!(matches!(discreet(name), Cow::Borrowed(_)), "{name}");
        }
    }

    #[test]
    fn what_acts_on_a_display_is_replaced() {
        assert_eq!(legible("a\u{202e}b\n"), "a\u{fffd}b\u{fffd}");
        assert_eq!(legible("👩\u{200d}💻"), "👩\u{200d}💻");
    }
}
