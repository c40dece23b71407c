//! Character classes of the command language, each named once.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while};
use nom::character::complete::satisfy;
use nom::combinator::{eof, peek, recognize};
use nom::{IResult, Parser};

/// Reports whether `c` is a blank: it parts tokens and stays on the line.
pub(super) fn is_blank(c: char) -> bool {
    work::count();
    matches!(
        c,
        '\t' | '\u{B}' | '\u{C}' | ' ' | '\u{A0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' | '\u{FEFF}'
    )
}

/// Reports whether `c` ends a line; CRLF is one line break, see [`line_break`].
pub(super) fn is_line_break(c: char) -> bool {
    work::count();
    matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{85}')
}

/// Reports whether `c` ends an unquoted token.
pub(super) fn is_gap(c: char) -> bool {
    is_blank(c) || is_line_break(c)
}

/// Reports whether `c` is `@` or its full-width form.
pub(super) fn is_at(c: char) -> bool {
    work::count();
    matches!(c, '@' | '＠')
}

/// Reports whether `c` is a colon or its full-width form.
pub(super) fn is_colon(c: char) -> bool {
    work::count();
    matches!(c, ':' | '：')
}

/// Reports whether `c` may part a mention from the command.
pub(super) fn is_separator(c: char) -> bool {
    is_colon(c) || matches!(c, ',' | '，')
}

/// Reports whether `c` opens a quote; phones curl quotes either way.
pub(super) fn is_quote(c: char) -> bool {
    c == '"' || is_curly(c)
}

/// Reports whether `c` is a curly quote; one that was opened by either is closed by either.
pub(super) fn is_curly(c: char) -> bool {
    work::count();
    matches!(c, '“' | '”')
}

/// Reports whether `c` is a hyphen or a dash that a phone made of two.
pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '—' | '–')
}

/// Skips blanks.
pub(super) fn blanks(input: &str) -> IResult<&str, &str> {
    // Mostly there is none, or one.
    let behind = input.strip_prefix(' ').unwrap_or(input);
    match behind.as_bytes().first() {
        Some(b'!'..=b'~') => {
            work::count();
            Ok((behind, &input[..input.len() - behind.len()]))
        }
        _ => take_while(is_blank).parse(input),
    }
}

/// Skips blanks and line breaks.
pub(super) fn gaps(input: &str) -> IResult<&str, &str> {
    take_while(is_gap).parse(input)
}

/// Takes one line break.
pub(super) fn line_break(input: &str) -> IResult<&str, &str> {
    alt((tag("\r\n"), recognize(satisfy(is_line_break)))).parse(input)
}

/// Takes the unquoted token that begins here, up to the next blank or line break; it may be empty.
pub(super) fn run(input: &str) -> IResult<&str, &str> {
    // Byte by byte as far as it is plain ASCII.
    let plain = |b: &u8| {
        work::count();
        matches!(b, b'!'..=b'~')
    };
    let end = input.bytes().position(|b| !plain(&b)).unwrap_or(input.len());
    let (begin, rest) = input.split_at(end);
    match rest.as_bytes().first() {
        None | Some(b' ') => Ok((rest, begin)),
        Some(_) => {
            let (rest, more) = take_while(|c| !is_gap(c)).parse(rest)?;
            Ok((rest, &input[..begin.len() + more.len()]))
        }
    }
}

/// Succeeds, taking nothing, where a token may end: before a blank or a line break, or at the end of the message.
pub(super) fn boundary(input: &str) -> IResult<&str, &str> {
    peek(alt((eof, recognize(satisfy(is_gap))))).parse(input)
}

/// Counts the characters that the parser looked at, so that tests can hold it to linear work without a clock.
pub(super) mod work {
    #[cfg(test)]
    std::thread_local! {
        static LOOKS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
    }

    #[cfg(test)]
    pub(in crate::command) fn count() {
        LOOKS.with(|looks| looks.set(looks.get() + 1));
    }

    #[cfg(not(test))]
    #[inline]
    pub(in crate::command) fn count() {}

    /// The looks that `task` took on this thread.
    #[cfg(test)]
    pub(in crate::command) fn of(task: impl FnOnce()) -> u64 {
        LOOKS.with(|looks| looks.set(0));
        task();
        LOOKS.with(std::cell::Cell::get)
    }
}
