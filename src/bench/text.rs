//! Messages: those that are no commands, and those that are.

use std::hint::black_box;

use crate::command::Syntax;

use super::figure::Target;
use super::race::Case;

/// The least that can tell text from a command: one look at the first byte.
const FIRST_BYTE: &str = "look at the first byte";

/// The names of the measured bot's aliases.
const ALIASES: [&str; 8] = [
    "opus", "sonnet", "haiku", "gpt", "mini", "gemini", "flash", "llama",
];

/// A bot with eight aliases.
#[must_use]
pub fn syntax() -> Syntax {
    ALIASES
        .iter()
        .fold(Syntax::new().bot("pinbot"), |syntax, alias| syntax.alias(alias))
}

/// The cases: text of three lengths, and five commands.
#[must_use]
pub fn cases(syntax: &Syntax) -> Vec<Case<'_>> {
    let text = |bytes: usize| "lorem ipsum dolor sit ".repeat(bytes / 20 + 1)[..bytes].to_owned();
    let floor = text(40);
    let mut cases = vec![Case::new(FIRST_BYTE, move || {
        black_box(black_box(floor.as_bytes()).first() == Some(&b'/'));
    })];
    for bytes in [40, 400, 4_000] {
        let text = text(bytes);
        let case = Case::new(format!("text of {bytes} bytes"), move || {
            black_box(syntax.parse(black_box(&text)));
        });
        cases.push(case.beside(FIRST_BYTE).should_be(Target::AtMost(10.0)));
    }
    for command in [
        "/model",
        "/model opus@anthropic:work",
        "/model opus@work --for 2h",
        "/opus@work --strict",
        "/model status",
    ] {
        let case = Case::new(format!("parse {command}"), move || {
            black_box(syntax.parse(black_box(command)));
        });
        cases.push(case.should_be(Target::AtMost(200.0)));
    }
    cases
}
