//! Any message, and any bot: it is read without a panic, faults point into it, and a command is printed as itself.

use modelpin::command::{BLOCKS, COLUMNS, Parsed, Syntax, WORDS_LIMIT};
use modelpin::words::Languages;

use super::fields::{fields, text};

/// Fields: what the bot is called, a line each (`b` name, `i` id, `a` alias, `p` prefix, `r` reserved, `-` no aliases);
/// the message.
pub(crate) fn check(data: &[u8]) {
    let [bot, message] = fields(data);
    let (bot, message) = (text(bot), text(message));
    let mut syntax = Syntax::new();
    let mut plain = true;
    for line in bot.lines().take(8) {
        let rest = line.get(1..).unwrap_or_default();
        syntax = match line.chars().next() {
            Some('b') => syntax.bot(rest),
            Some('i') => syntax.bot_id(rest),
            Some('a') => syntax.alias(rest),
            Some('p') => syntax.prefix(rest),
            Some('r') => syntax.reserve(rest),
            Some('-') => syntax.without_alias_commands(),
            _ => syntax,
        };
        plain &= !line.starts_with('p');
    }
    match syntax.parse(&message) {
        Parsed::Text => {}
        Parsed::Ignored => assert!(
            message.contains(['/', '／']) || !plain,
            "{message:?} is a command of nobody"
        ),
        Parsed::Command { command, rest } => {
            assert!(
                message.contains(['/', '／']) || !plain,
                "{message:?} has no prefix"
            );
            is_tail(&message, rest);
            let printed = command.to_string();
            match Syntax::new().parse(&printed) {
                Parsed::Command {
                    command: again,
                    rest: None,
                } => assert_eq!(again, command, "{printed:?}"),
                other => panic!("{printed:?} is printed for {command:?} and read as {other:?}"),
            }
        }
        Parsed::Invalid(fault) => {
            is_tail(&message, fault.rest());
            let told = fault.diagnostics();
            assert!(!told.is_empty(), "a fault without a reason");
            assert!(told.is_sorted_by_key(|told| (told.span.start, told.span.end)));
            for told in told {
                let at = message.get(told.span.clone());
                assert!(at.is_some_and(|at| !at.is_empty()), "{told:?} points nowhere");
                for line in std::iter::once(&told.message).chain(&told.help) {
                    assert!(line.chars().count() <= WORDS_LIMIT, "{line:?} is long");
                    assert!(
                        !line.chars().any(char::is_control),
                        "{line:?} has control characters"
                    );
                }
            }
            assert!(
                message.contains(fault.line()),
                "the line of a fault is of the message"
            );
            let vietnamese = Languages::default().of(Some("vi"));
            for drawn in [fault.draw(), fault.draw_in(&vietnamese)] {
                assert!(drawn.contains('^'), "{drawn}");
                // Each block has its words, its help, its line and its carets.
                assert!(drawn.lines().count() <= (BLOCKS + 1) * 5, "{drawn}");
                assert!(!drawn.chars().any(|c| c.is_control() && c != '\n'), "{drawn:?}");
                let carets = drawn.lines().filter(|line| line.trim_start().starts_with('^'));
                for line in carets {
                    assert!(line.chars().count() <= COLUMNS, "{line:?}");
                }
            }
        }
    }
}

/// What is handed on is the end of the message itself, and something.
fn is_tail(message: &str, rest: Option<&str>) {
    let Some(rest) = rest else { return };
    assert_eq!(
        message.as_bytes().as_ptr_range().end,
        rest.as_bytes().as_ptr_range().end,
        "what is handed on is no end of the message"
    );
    assert!(!rest.trim().is_empty(), "nothing is handed on as something");
}
