//! Words that Telegram would make a mention, a command or a link of, although no entity says so.

use std::ops::Range;

/// From so many on, one stretch is guarded from the first to the last.
const SEVERAL: usize = 8;

/// Where such words stand in a text, in bytes. Styled as code they stay what they are: words.
pub(super) fn acting(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_matches(|c: char| c.is_whitespace() || ",;:!?()[]{}<>\"'“”".contains(c));
        let word = word.trim_end_matches('.');
        if acts(word) {
            let from = at + piece.find(word).unwrap_or(0);
            found.push(from..from + word.len());
        }
        at += piece.len();
    }
    if found.len() > SEVERAL
        && let (Some(first), Some(last)) = (found.first(), found.last())
    {
        found = std::iter::once(first.start..last.end).collect();
    }
    found
}

/// `@name`, `a@b.c`, `/command`, `scheme://…`, `t.me/…`.
fn acts(word: &str) -> bool {
    let before_a_name = |sign| {
        word.match_indices(sign).any(|(at, _)| {
            let mut behind = word[at + 1..].chars();
            behind.next().is_some_and(|c| c.is_alphanumeric() || c == '_')
        })
    };
    let command = word.match_indices('/').any(|(at, _)| {
        let before = word[..at].chars().next_back();
        let behind = word[at + 1..].chars().next();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_') && behind.is_some_and(char::is_alphanumeric)
    });
    before_a_name('@') || command || word.contains("://") || word.contains("t.me/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guarded(text: &str) -> Vec<&str> {
        acting(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn words_that_would_act_are_found() {
        assert_eq!(guarded("ask @ann, or ann@b.org."), ["@ann", "ann@b.org"]);
        assert_eq!(
            guarded("see (/model list) at https://x.y/z"),
            ["/model", "https://x.y/z"]
        );
        assert_eq!(guarded("/home/ann/a.json:4:1: no JSON"), ["/home/ann/a.json:4:1"]);
        assert_eq!(guarded("1/2 and/or a @ b · c"), Vec::<&str>::new());
    }

    #[test]
    fn many_of_them_are_one_stretch() {
        let text = format!("x {}y", "@a ".repeat(20));
        assert_eq!(guarded(&text), ["@a ".repeat(20).trim_end()]);
    }
}
