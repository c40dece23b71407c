//! Quoted text: finding where it ends, taking its meaning, and writing it.

use std::ops::Range;

use nom::bytes::complete::{tag, take_while, take_while_m_n};
use nom::character::complete::{anychar, satisfy};
use nom::combinator::{opt, recognize};
use nom::{IResult, Parser};

use super::blank::{is_curly, is_line_break};

/// A quote that has been looked through: lengths in bytes from its opening quote on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Quoted {
    /// The text between the quotes.
    pub(super) inner: Range<usize>,
    /// Whether the closing quote was there.
    pub(super) end: End,
    /// The escapes that are none.
    pub(super) bad_escapes: Vec<Range<usize>>,
}

/// How a quote ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With its closing quote.
    Closed,
    /// With the line.
    Open,
}

/// Reports whether `c` closes a quote that `open` opened.
fn closes(open: char, c: char) -> bool {
    c == open || (is_curly(open) && is_curly(c))
}

/// Takes one quoted text, from its opening quote to its closing quote or to the end of the line.
///
/// Escapes that begin at `limit` bytes or later are passed over unjudged, so that the list of bad ones is bounded.
pub(super) fn quoted(input: &str, limit: usize) -> IResult<&str, Quoted> {
    let at = |rest: &str| input.len() - rest.len();
    let (mut rest, open) = anychar(input)?;
    let begin = at(rest);
    let mut bad_escapes = Vec::new();
    loop {
        let plain = |c| !is_line_break(c) && c != '\\' && !closes(open, c);
        rest = take_while(plain).parse(rest)?.0;
        let here = at(rest);
        match rest.chars().next() {
            Some('\\') => {
                let (after, sound) = escape(rest)?;
                if sound == Sound::No && here < limit {
                    bad_escapes.push(here..at(after));
                }
                rest = after;
            }
            Some(c) if closes(open, c) => {
                let quoted = Quoted {
                    inner: begin..here,
                    end: End::Closed,
                    bad_escapes,
                };
                return Ok((&rest[c.len_utf8()..], quoted));
            }
            _ => {
                return Ok((
                    rest,
                    Quoted {
                        inner: begin..here,
                        end: End::Open,
                        bad_escapes,
                    },
                ));
            }
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Sound {
    Yes,
    No,
}

/// Takes one escape, from its backslash on: a JSON escape, else what a diagnostic points at.
fn escape(input: &str) -> IResult<&str, Sound> {
    let (rest, _) = tag("\\").parse(input)?;
    let (rest, kind) = opt(satisfy(|c| !is_line_break(c))).parse(rest)?;
    match kind {
        Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => Ok((rest, Sound::Yes)),
        Some('u') => {
            let (rest, digits) = hex(rest)?;
            match unit(digits) {
                Some(0xD800..=0xDBFF) => match low_half(rest) {
                    Ok((rest, _)) => Ok((rest, Sound::Yes)),
                    Err(_) => Ok((rest, Sound::No)),
                },
                Some(0xDC00..=0xDFFF) | None => Ok((rest, Sound::No)),
                Some(_) => Ok((rest, Sound::Yes)),
            }
        }
        _ => Ok((rest, Sound::No)),
    }
}

/// Takes up to four hex digits.
fn hex(input: &str) -> IResult<&str, &str> {
    take_while_m_n(0, 4, |c: char| c.is_ascii_hexdigit()).parse(input)
}

/// Takes the second half of a surrogate pair.
fn low_half(input: &str) -> IResult<&str, &str> {
    let digits = take_while_m_n(2, 2, |c: char| c.is_ascii_hexdigit());
    recognize((
        tag("\\u"),
        satisfy(|c| matches!(c, 'd' | 'D')),
        satisfy(|c| matches!(c, 'c'..='f' | 'C'..='F')),
        digits,
    ))
    .parse(input)
}

/// The UTF-16 unit that four hex digits write.
fn unit(digits: &str) -> Option<u16> {
    (digits.len() == 4)
        .then(|| u16::from_str_radix(digits, 16).ok())
        .flatten()
}

/// What the text between sound quotes means.
pub(super) fn meaning(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        out.push(match chars.next() {
            Some('b') => '\u{8}',
            Some('f') => '\u{C}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => code_point(&mut chars),
            Some(itself) => itself,
            None => break,
        });
    }
    out
}

/// The character behind `\u`, taking the second half of a pair where there is one.
fn code_point(chars: &mut std::str::Chars<'_>) -> char {
    let first = take_unit(chars);
    let second = match first {
        // Over the `\u` between the halves.
        Some(0xD800..=0xDBFF) => chars.nth(1).and_then(|_| take_unit(chars)),
        _ => None,
    };
    char::decode_utf16([first, second].into_iter().flatten())
        .next()
        .and_then(Result::ok)
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn take_unit(chars: &mut std::str::Chars<'_>) -> Option<u16> {
    let found = chars.as_str().get(..4).and_then(unit)?;
    *chars = chars.as_str()[4..].chars();
    Some(found)
}

/// Writes `text` in quotes, in the shorter of the two kinds.
///
/// So what was read from quotes is never written longer than it was read, and stays within its limit.
pub(super) fn written(text: &str) -> String {
    let straight = within('"', '"', text);
    if !text.contains('"') {
        return straight;
    }
    let curly = within('“', '”', text);
    if curly.len() < straight.len() {
        curly
    } else {
        straight
    }
}

fn within(open: char, close: char, text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 6);
    out.push(open);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\\' => out.push_str("\\\\"),
            '"' if closes(open, c) => out.push_str("\\\""),
            c if closes(open, c) || is_line_break(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push(close);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_surrogate_pair_is_no_escape() {
        for (text, bad) in [
            (r#""\ud83d\ude00""#, &[][..]),
            (r#""\ud83dx""#, &[(1, 7)]),
            (r#""\ud83d\u0041""#, &[(1, 7)]),
            (r#""\ud83d\u12""#, &[(1, 7), (7, 11)]),
        ] {
            let (_, quoted) = quoted(text, 99).expect("is a quote");
            let found: Vec<_> = quoted
                .bad_escapes
                .iter()
                .map(|bad| (bad.start, bad.end))
                .collect();
            assert_eq!(found, bad, "{text}");
        }
    }

    #[test]
    fn what_is_written_means_the_same_again() {
        for text in [
            "",
            "a\"b\\c",
            "“x”",
            "\"\"\"\"\"\"",
            "“\"",
            "a\u{2028}\u{85}\n\r",
            "\u{0}\t🦀",
        ] {
            let written = written(text);
            let (rest, quoted) = quoted(&written, usize::MAX).expect("is a quote");
            assert_eq!((rest, quoted.end), ("", End::Closed), "{written}");
            assert!(quoted.bad_escapes.is_empty());
            assert_eq!(meaning(&written[quoted.inner]), text);
        }
    }
}
