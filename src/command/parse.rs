//! From a message to what it is.

use super::head::{self, Addressed, Name};
use super::line::{First, line};
use super::parsed::{Fault, Parsed};
use super::syntax::Syntax;
use super::verb;

impl Syntax {
    /// Tells what a message is.
    ///
    /// Takes time and memory that grow linearly with the command line, and not with the rest. Allocates nothing for
    /// a message that is no command. Does not panic, whatever the message.
    #[must_use]
    pub fn parse<'m>(&self, message: &'m str) -> Parsed<'m> {
        if !message.bytes().next().is_some_and(|b| self.begins_with(b)) {
            return Parsed::Text;
        }
        let mut head = match head::head(self, message) {
            Ok((_, Addressed::ToUs(head))) => head,
            Ok((_, Addressed::ToAnother)) => return Parsed::Ignored,
            Err(_) => return Parsed::Text,
        };
        let first = if matches!(head.name, Name::Model) {
            First::Word
        } else {
            First::Argument
        };
        let line = line(message, head.rest, head.end, first, &mut head.faults);
        let span = head.start..line.end;
        if line.end > head.faults.limit() {
            return Parsed::Invalid(Fault::too_long(message, span, line.rest));
        }
        let command = verb::command(
            message,
            &head.name,
            head.behind.as_ref(),
            &line.tokens,
            &mut head.faults,
        );
        let diagnostics = head.faults.finish(message);
        match command {
            Some(command) if diagnostics.is_empty() => Parsed::Command {
                command,
                rest: line.rest,
            },
            _ => Parsed::Invalid(Fault::new(message, span, diagnostics, line.rest)),
        }
    }
}
