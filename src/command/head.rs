//! The head of a command: prefix, name, and the bot or profile that is glued to the name.

use nom::bytes::complete::{take_while_m_n, take_while1};
use nom::character::complete::satisfy;
use nom::combinator::opt;
use nom::error::{Error, ErrorKind};
use nom::sequence::preceded;
use nom::{IResult, Parser};

use super::blank::{blanks, boundary, gaps, is_at, is_colon, run};
use super::faults::Faults;
use super::mention::mentions;
use super::syntax::Syntax;
use super::token::{Behind, Cursor};

/// Which name a command was called by.
#[derive(Debug)]
pub(super) enum Name<'s> {
    /// `/model`.
    Model,
    /// `/models`, which is `/model list`.
    Models,
    /// An alias, as configured.
    Alias(&'s str),
}

/// The head of a command for this bot.
#[derive(Debug)]
pub(super) struct Head<'s, 'm> {
    /// The offset of the prefix.
    pub(super) start: usize,
    /// The offset of the end of the head, without a colon.
    pub(super) end: usize,
    pub(super) name: Name<'s>,
    /// The profile that is glued to an alias.
    pub(super) behind: Option<Behind>,
    /// What follows the head and its colon.
    pub(super) rest: &'m str,
    pub(super) faults: Faults,
}

/// What a message begins with.
#[derive(Debug)]
pub(super) enum Addressed<'s, 'm> {
    /// A command for this bot.
    ToUs(Head<'s, 'm>),
    /// A command for another bot.
    ToAnother,
}

/// Reads the head of `message`; an error means that the message is no command.
pub(super) fn head<'s, 'm>(syntax: &'s Syntax, message: &'m str) -> IResult<&'m str, Addressed<'s, 'm>> {
    let (begin, _) = gaps(message)?;
    let begin = mentions(syntax, begin);
    let (rest, ()) = prefix(syntax, begin)?;
    let (rest, word) = name(rest)?;
    let start = message.len() - begin.len();
    let named = match word {
        _ if word.eq_ignore_ascii_case("model") => Name::Model,
        _ if word.eq_ignore_ascii_case("models") => Name::Models,
        _ => match syntax.alias_command(word) {
            Some(alias) => return alias_head(syntax, message, start, alias, rest),
            None => return no_command(rest),
        },
    };
    let (rest, bot) = opt(preceded(satisfy(is_at), take_while_m_n(1, 64, is_bot_character))).parse(rest)?;
    let end = message.len() - rest.len();
    let (rest, ()) = close(rest)?;
    if bot.is_some_and(|bot| !syntax.is_bot(bot)) {
        return Ok((rest, Addressed::ToAnother));
    }
    let faults = Faults::new(start);
    Ok((
        rest,
        Addressed::ToUs(Head {
            start,
            end,
            name: named,
            behind: None,
            rest,
            faults,
        }),
    ))
}

/// Reads what is glued to an alias: this bot's name, a profile, or nothing.
fn alias_head<'s, 'm>(
    syntax: &Syntax,
    message: &'m str,
    start: usize,
    alias: &'s str,
    input: &'m str,
) -> IResult<&'m str, Addressed<'s, 'm>> {
    let mut faults = Faults::new(start);
    let mut cursor = Cursor::new(message, input);
    let mut behind = None;
    let glued = input.strip_prefix(is_at);
    if let Some(bot) = glued.and_then(|glued| bot_behind(syntax, glued)) {
        cursor.rest = bot;
    } else if glued.is_some() {
        behind = Some(cursor.behind(&mut faults));
    }
    // A colon may follow the bot's name at once; behind the closing quote of a profile it is glued on.
    let colon_is_glued = behind.is_some() && cursor.rest.starts_with(is_colon);
    let closed = if colon_is_glued {
        no_command(cursor.rest)
    } else {
        close(cursor.rest)
    };
    let rest = match closed {
        Ok((rest, ())) => rest,
        Err(no_boundary) if behind.is_none() => return Err(no_boundary),
        Err(_) => {
            cursor.glued(&mut faults);
            cursor.rest
        }
    };
    let end = cursor.at();
    Ok((
        rest,
        Addressed::ToUs(Head {
            start,
            end,
            name: Name::Alias(alias),
            behind,
            rest,
            faults,
        }),
    ))
}

/// Takes this bot's name where the whole token is the name, before a colon at most; the colon is left.
fn bot_behind<'m>(syntax: &Syntax, glued: &'m str) -> Option<&'m str> {
    let (_, token) = run(glued).ok()?;
    let name = token.strip_suffix(is_colon).unwrap_or(token);
    syntax.is_bot(name).then(|| &glued[name.len()..])
}

/// Takes a configured prefix.
fn prefix<'m>(syntax: &Syntax, input: &'m str) -> IResult<&'m str, ()> {
    match syntax.prefixes().find_map(|prefix| input.strip_prefix(prefix)) {
        Some(rest) => Ok((rest, ())),
        None => no_command(input),
    }
}

/// Takes the longest run of name characters.
fn name(input: &str) -> IResult<&str, &str> {
    take_while1(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).parse(input)
}

fn is_bot_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Takes what ends a head: nothing before a blank, a line break or the end, or a colon with blanks before it.
fn close(input: &str) -> IResult<&str, ()> {
    let (rest, colon) = opt(preceded(blanks, satisfy(is_colon))).parse(input)?;
    if colon.is_none() {
        boundary(rest)?;
    }
    Ok((rest, ()))
}

fn no_command<O>(input: &str) -> IResult<&str, O> {
    Err(nom::Err::Error(Error::new(input, ErrorKind::Tag)))
}
