//! The command line as tokens, and where it ends.

use std::ops::Range;

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::combinator::opt;
use nom::sequence::terminated;
use nom::{IResult, combinator::recognize};
use smallvec::SmallVec;

use super::blank::{blanks, boundary, is_dash, is_gap, is_line_break, line_break};
use super::faults::Faults;
use super::token::{Cursor, Flag, Word, Written};

/// One token of the line.
#[derive(Debug)]
pub(super) enum Token {
    /// The first one that is no option, where a verb or a reference may stand.
    Word(Word),
    /// Every further one that is no option.
    Argument {
        text: Written,
        /// The whole token, with what is glued to it.
        span: Range<usize>,
    },
    /// An option.
    Flag(Flag),
}

/// Tokens, of which there are few: they lie on the stack.
pub(super) type Tokens = SmallVec<[Token; 3]>;

/// The tokens of one command line.
#[derive(Debug)]
pub(super) struct Line<'m> {
    /// The tokens, none of which begins beyond the limit.
    pub(super) tokens: Tokens,
    /// The offset of the end of the last token.
    pub(super) end: usize,
    /// What follows the line, unless it is blank.
    pub(super) rest: Option<&'m str>,
}

/// Which kind of token comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    /// A word, behind `/model`.
    Word,
    /// An argument, behind a name that is the word already.
    Argument,
}

/// Reads the line that begins at `input`, a tail of `message`; `end` is the end of what stands before it.
pub(super) fn line<'m>(
    message: &'m str,
    input: &'m str,
    end: usize,
    first: First,
    faults: &mut Faults,
) -> Line<'m> {
    let mut cursor = Cursor::new(message, input);
    let mut line = Line {
        tokens: Tokens::new(),
        end,
        rest: None,
    };
    let mut next = first;
    loop {
        cursor.skip_blanks();
        let option = match cursor.rest.chars().next() {
            None => return line,
            Some(c) if is_line_break(c) => {
                line.rest = rest(opt(line_break).map(|_| ()).parse(cursor.rest));
                return line;
            }
            Some(c) => is_dash(c),
        };
        if option && let Ok(ended) = end_of_line(cursor.rest) {
            line.rest = rest(Ok(ended));
            return line;
        }
        let from = cursor.at();
        let token = if option {
            let flag = cursor.flag(faults);
            Token::Flag(flag)
        } else if next == First::Word {
            next = First::Argument;
            Token::Word(cursor.word(faults))
        } else {
            let text = cursor.argument(faults);
            Token::Argument {
                text,
                span: from..cursor.at(),
            }
        };
        line.end = cursor.at();
        if from < faults.limit() {
            line.tokens.push(token);
        }
    }
}

/// Takes the token `--`, or the dash that a phone made of it, and what parts it from the rest.
fn end_of_line(input: &str) -> IResult<&str, ()> {
    let dashes = terminated(alt((tag("--"), tag("—"), tag("–"))), boundary);
    (recognize(dashes), blanks, opt(line_break))
        .map(|_| ())
        .parse(input)
}

/// The rest of the message, unless it is nothing but blanks and line breaks.
fn rest(ended: IResult<&str, ()>) -> Option<&str> {
    ended
        .ok()
        .map(|(rest, ())| rest)
        .filter(|rest| !rest.chars().all(is_gap))
}
