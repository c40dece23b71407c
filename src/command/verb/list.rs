//! `list [provider] [page]`.

use super::super::ast::ModelCommand;
use super::super::code::Code;
use super::super::faults::Faults;
use super::super::line::Token;
use super::super::token::Written;

/// The last page that can be asked for.
const LAST_PAGE: u16 = 9999;

/// Reads provider and page, in this order, each optional; a first argument of digits is the page.
pub(super) fn arguments(message: &str, tokens: &[Token], faults: &mut Faults) -> ModelCommand {
    let mut provider = None;
    let mut page = None;
    let mut next = Next::Provider;
    for token in tokens {
        let Token::Argument { text, span } = token else {
            continue;
        };
        match next {
            Next::Provider if text.is_empty() => faults.unexpected(span.clone()),
            Next::Provider if !is_number(message, text) => {
                provider = Some(text.meaning(message));
                next = Next::Page;
            }
            Next::Provider | Next::Page => {
                page = number(message, text);
                if page.is_none() && !text.is_broken() {
                    faults.add(Code::BadPage, text.span.clone());
                }
                next = Next::Nothing;
            }
            Next::Nothing => faults.unexpected(span.clone()),
        }
    }
    ModelCommand::List { provider, page }
}

#[derive(Debug, Clone, Copy)]
enum Next {
    Provider,
    Page,
    Nothing,
}

fn is_number(message: &str, text: &Written) -> bool {
    text.is_plain() && text.raw(message).bytes().all(|b| b.is_ascii_digit())
}

/// The page, if it is one: digits without quotes, from 1 to 9999.
fn number(message: &str, text: &Written) -> Option<u16> {
    let digits = text.raw(message);
    let page = digits.trim_start_matches('0').parse().ok()?;
    (is_number(message, text) && (1..=LAST_PAGE).contains(&page)).then_some(page)
}
