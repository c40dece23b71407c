//! One token of the command line at a time: words, options and their values, with their places.

use std::ops::Range;

use nom::Parser;
use nom::bytes::complete::take_while;

use super::blank::{blanks, is_at, is_dash, is_gap, is_line_break, is_quote, run};
use super::code::Code;
use super::faults::Faults;
use super::quote::{self, End};
use super::reference;
use super::spec::{self, OptionSpec};

/// A piece of text as it stands in the message.
#[derive(Debug, Clone)]
pub(super) struct Written {
    /// All of it, quotes included.
    pub(super) span: Range<usize>,
    /// The text itself, quotes excluded.
    inner: Range<usize>,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Quoted,
    /// Quoted, and a fault in it has been told already: its meaning is not known.
    Broken,
}

impl Written {
    fn plain(span: Range<usize>) -> Self {
        Self {
            inner: span.clone(),
            span,
            form: Form::Plain,
        }
    }

    /// The text as written, quotes included.
    pub(super) fn raw<'m>(&self, message: &'m str) -> &'m str {
        message.get(self.span.clone()).unwrap_or_default()
    }

    /// What the text means: unquoted, unescaped, `＠` outside quotes folded to `@`.
    pub(super) fn meaning(&self, message: &str) -> String {
        let inner = message.get(self.inner.clone()).unwrap_or_default();
        match self.form {
            Form::Plain => folded(inner),
            Form::Quoted | Form::Broken => quote::meaning(inner),
        }
    }

    /// What this and all up to the end of `last` means, if both are unquoted and so is all between.
    pub(super) fn meaning_with(&self, last: &Self, message: &str) -> String {
        folded(message.get(self.span.start..last.span.end).unwrap_or_default())
    }

    pub(super) fn is_plain(&self) -> bool {
        self.form == Form::Plain
    }

    /// Reports whether a fault inside the quotes has been told already.
    pub(super) fn is_broken(&self) -> bool {
        self.form == Form::Broken
    }

    /// Reports whether this is nothing, or sound quotes with nothing between them.
    pub(super) fn is_empty(&self) -> bool {
        self.inner.is_empty() && !self.is_broken()
    }
}

/// Unquoted text, in which `＠` is an `@`.
fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    text.replace('＠', "@")
}

/// A token where a verb or a reference may stand.
#[derive(Debug)]
pub(super) struct Word {
    /// What stands before the `@`; empty for a profile alone.
    pub(super) model: Written,
    /// The `@` and the profile behind it.
    pub(super) profile: Option<Behind>,
    /// Whether a catalogue may split the token elsewhere.
    pub(super) split: Split,
}

/// Who says where a word splits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Split {
    /// The written rule, since nobody knew better.
    ByRule,
    /// The author, by quotes.
    ByAuthor,
}

/// An `@` and the profile behind it, which may be missing.
#[derive(Debug)]
pub(super) struct Behind {
    pub(super) at: Range<usize>,
    pub(super) profile: Option<Written>,
}

impl Behind {
    /// The profile, unless there is none or only empty quotes.
    pub(super) fn named(&self) -> Option<&Written> {
        self.profile.as_ref().filter(|profile| !profile.is_empty())
    }
}

/// An option as written.
#[derive(Debug)]
pub(super) struct Flag {
    /// The token, with a joined value and without a separate one.
    pub(super) span: Range<usize>,
    /// Which option it is; `None` for one that does not exist.
    pub(super) spec: Option<&'static OptionSpec>,
    /// The value, joined or separate.
    pub(super) value: Option<Written>,
}

/// A place in the message, from which tokens are taken.
#[derive(Debug)]
pub(super) struct Cursor<'m> {
    message: &'m str,
    pub(super) rest: &'m str,
}

impl<'m> Cursor<'m> {
    /// Stands at the beginning of `rest`, which is a tail of `message`.
    pub(super) fn new(message: &'m str, rest: &'m str) -> Self {
        Self { message, rest }
    }

    /// The offset in the message.
    pub(super) fn at(&self) -> usize {
        self.message.len() - self.rest.len()
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn peek_is(&self, class: fn(char) -> bool) -> bool {
        self.peek().is_some_and(class)
    }

    /// Takes what `parser` takes; parsers of this module cannot fail, and one that did would take nothing.
    fn take<O>(
        &mut self,
        mut parser: impl Parser<&'m str, Output = O, Error = nom::error::Error<&'m str>>,
    ) -> Option<O> {
        let (rest, output) = parser.parse(self.rest).ok()?;
        self.rest = rest;
        Some(output)
    }

    pub(super) fn skip_blanks(&mut self) {
        self.take(blanks);
    }

    fn run(&mut self) -> Range<usize> {
        let from = self.at();
        self.take(run);
        from..self.at()
    }

    fn quoted(&mut self, faults: &mut Faults) -> Written {
        let from = self.at();
        let limit = faults.limit().saturating_sub(from);
        let Some(quoted) = self.take(|input| quote::quoted(input, limit)) else {
            return Written::plain(from..from);
        };
        let span = from..self.at();
        let sound = quoted.end == End::Closed && quoted.bad_escapes.is_empty();
        if quoted.end == End::Open {
            faults.add(Code::UnterminatedQuote, span.clone());
        }
        for bad in quoted.bad_escapes {
            faults.add(Code::BadEscape, from + bad.start..from + bad.end);
        }
        Written {
            span,
            inner: from + quoted.inner.start..from + quoted.inner.end,
            form: if sound { Form::Quoted } else { Form::Broken },
        }
    }

    /// Takes what is glued behind a closing quote, which is a fault.
    pub(super) fn glued(&mut self, faults: &mut Faults) {
        let glued = self.run();
        if !glued.is_empty() {
            faults.unexpected(glued);
        }
    }

    /// Takes an argument or a value: quoted, else all up to the next blank.
    pub(super) fn argument(&mut self, faults: &mut Faults) -> Written {
        if !self.peek_is(is_quote) {
            return Written::plain(self.run());
        }
        let written = self.quoted(faults);
        self.glued(faults);
        written
    }

    /// Takes the `@` that stands here and the profile behind it, but nothing glued to the profile's closing quote.
    pub(super) fn behind(&mut self, faults: &mut Faults) -> Behind {
        let from = self.at();
        let mut chars = self.rest.chars();
        chars.next();
        self.rest = chars.as_str();
        let at = from..self.at();
        let profile = if self.peek_is(is_quote) {
            Some(self.quoted(faults))
        } else {
            Some(Written::plain(self.run())).filter(|profile| !profile.is_empty())
        };
        Behind { at, profile }
    }

    /// Takes a word: a verb, a model, a number or a profile, as far as the token alone tells.
    pub(super) fn word(&mut self, faults: &mut Faults) -> Word {
        let (model, split) = if self.peek_is(is_quote) {
            (self.quoted(faults), Split::ByAuthor)
        } else {
            self.atom()
        };
        let profile = self.peek_is(is_at).then(|| self.behind(faults));
        self.glued(faults);
        Word {
            model,
            profile,
            split,
        }
    }

    /// Takes an unquoted atom up to the `@` at which it ends.
    fn atom(&mut self) -> (Written, Split) {
        let from = self.at();
        let token = run(self.rest).map_or("", |(_, token)| token);
        if token.is_ascii() && !token.as_bytes().contains(&b'@') {
            self.rest = &self.rest[token.len()..];
            return (Written::plain(from..from + token.len()), Split::ByRule);
        }
        let before_quote = token
            .match_indices(is_at)
            .find(|(at, found)| token[at + found.len()..].starts_with(is_quote))
            .map(|(at, _)| at);
        let (end, split) = match before_quote {
            _ if token.starts_with(is_at) => (0, Split::ByAuthor),
            Some(at) => (at, Split::ByAuthor),
            None => (reference::split(token).unwrap_or(token.len()), Split::ByRule),
        };
        self.rest = &self.rest[end..];
        (Written::plain(from..from + end), split)
    }

    /// Takes an option and its value.
    pub(super) fn flag(&mut self, faults: &mut Faults) -> Flag {
        let from = self.at();
        let name = self
            .take(take_while(|c| c != '=' && !is_gap(c)))
            .unwrap_or_default();
        let known = spec::find_option(name);
        let takes_value = known.filter(|option| option.value.is_some());
        if let Some(joined) = self.rest.strip_prefix('=') {
            self.rest = joined;
            let value = if self.peek_is(is_quote) {
                self.quoted(faults)
            } else {
                Written::plain(self.run())
            };
            let span = from..self.at();
            self.glued(faults);
            let value = Some(value).filter(|value| !value.span.is_empty());
            return Flag {
                span,
                spec: takes_value,
                value,
            };
        }
        let span = from..self.at();
        let value = match takes_value {
            Some(_) => self.separate_value(faults),
            None => None,
        };
        Flag {
            span,
            spec: known,
            value,
        }
    }

    /// Takes the next token, unless it is an option, `--` or the end of the line.
    fn separate_value(&mut self, faults: &mut Faults) -> Option<Written> {
        let behind = blanks(self.rest).map_or(self.rest, |(behind, _)| behind);
        match behind.chars().next() {
            Some(c) if !is_line_break(c) && !is_dash(c) => {
                self.rest = behind;
                Some(self.argument(faults))
            }
            _ => None,
        }
    }
}
