//! What a message turned out to be.

use std::ops::Range;

use super::ast::ModelCommand;
use super::code::Code;
use super::code::Found;
use super::diagnostic::{Diagnostic, explain, explain_in};
use super::draw;
use crate::echo::discreet;
use crate::words::Words;

/// What a message is to this bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parsed<'m> {
    /// No command: the message goes to the model byte for byte.
    Text,
    /// A command for another bot, which will answer it.
    Ignored,
    /// A command.
    Command {
        /// What to do.
        command: ModelCommand,
        /// The prompt that is to be answered with the new selection, exactly as written.
        rest: Option<&'m str>,
    },
    /// A command with faults: nothing changes, and nothing is sent to a model.
    Invalid(Fault<'m>),
}

/// Why a command is invalid, with what is needed to show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault<'m> {
    message: &'m str,
    line: Range<usize>,
    diagnostics: Vec<Diagnostic>,
    rest: Option<&'m str>,
}

impl<'m> Fault<'m> {
    pub(super) fn new(
        message: &'m str,
        line: Range<usize>,
        diagnostics: Vec<Diagnostic>,
        rest: Option<&'m str>,
    ) -> Self {
        Self {
            message,
            line,
            diagnostics,
            rest,
        }
    }

    /// The one fault of a line over its limit.
    pub(super) fn too_long(message: &'m str, line: Range<usize>, rest: Option<&'m str>) -> Self {
        let found = Found {
            code: Code::TooLong,
            span: line.clone(),
            about: "line",
        };
        Self::new(message, line, vec![explain(message, &found)], rest)
    }

    /// Every fault of the line, in the order of their spans; at least one.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// What followed the command line; it was not and must not be sent to a model.
    #[must_use]
    pub fn rest(&self) -> Option<&'m str> {
        self.rest
    }

    /// The command line, from its prefix to the end of its last token.
    #[must_use]
    pub fn line(&self) -> &'m str {
        self.message.get(self.line.clone()).unwrap_or_default()
    }

    /// Draws the command line with carets under each fault, for a monospaced block.
    ///
    /// Bounded, whatever the message: at most [`draw::BLOCKS`](super::BLOCKS) faults are drawn and the rest counted, and no drawn line is
    /// wider than [`draw::COLUMNS`](super::COLUMNS). Control and invisible characters are shown as `·`. Ends without a line break.
    #[must_use]
    pub fn draw(&self) -> String {
        self.draw_in(&Words::english())
    }

    /// The same in another language.
    #[must_use]
    pub fn draw_in(&self, words: &Words) -> String {
        let told: Vec<Diagnostic> = self
            .diagnostics
            .iter()
            .map(|told| {
                let found = Found {
                    code: told.code,
                    span: told.span.clone(),
                    about: told.about,
                };
                explain_in(words, self.message, &found)
            })
            .collect();
        draw::draw(words, &discreet(self.line()), self.line.start, &told)
    }
}
