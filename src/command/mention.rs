//! Mentions of this bot before a command.

use nom::character::complete::{char as one, satisfy};
use nom::combinator::opt;
use nom::error::{Error, ErrorKind};
use nom::{IResult, Parser};

use super::blank::{gaps, is_at, is_separator};
use super::syntax::Syntax;

/// Skips every mention of this bot that stands here, and what parts them from the command.
pub(super) fn mentions<'m>(syntax: &Syntax, input: &'m str) -> &'m str {
    let mut rest = input;
    while let Ok((behind, ())) = mention(syntax, rest) {
        rest = behind;
    }
    rest
}

/// Takes one mention: `@name`, `name:`, `name,`, `<@id>` or `<@!id>`.
fn mention<'m>(syntax: &Syntax, input: &'m str) -> IResult<&'m str, ()> {
    let (rest, ()) = match input.chars().next() {
        Some('<') => by_id(syntax, input)?,
        Some(c) if is_at(c) => bot_name(syntax, &input[c.len_utf8()..])?,
        _ => (|name| bot_name(syntax, name), satisfy(is_separator))
            .map(|_| ())
            .parse(input)?,
    };
    (gaps, opt(satisfy(is_separator)), gaps).map(|_| ()).parse(rest)
}

/// Takes `<@id>` or `<@!id>`.
fn by_id<'m>(syntax: &Syntax, input: &'m str) -> IResult<&'m str, ()> {
    let (rest, _) = (one('<'), satisfy(is_at), opt(one('!'))).parse(input)?;
    let known = |id: &String| rest.strip_prefix(id.as_str())?.strip_prefix('>');
    match syntax.bot_ids().iter().find_map(known) {
        Some(behind) => Ok((behind, ())),
        None => Err(nom::Err::Error(Error::new(input, ErrorKind::Tag))),
    }
}

/// Takes the longest bot name that fits here and does not go on; the names come longest first.
fn bot_name<'m>(syntax: &Syntax, input: &'m str) -> IResult<&'m str, ()> {
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let fits = |name: &String| {
        let (head, tail) = input.split_at_checked(name.len())?;
        (head.eq_ignore_ascii_case(name) && !tail.starts_with(goes_on)).then_some(tail)
    };
    match syntax.bots().iter().find_map(fits) {
        Some(tail) => Ok((tail, ())),
        None => Err(nom::Err::Error(Error::new(input, ErrorKind::Tag))),
    }
}
