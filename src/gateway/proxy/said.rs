//! What a provider says of the request itself.
//!
//! Only where the request is to blame: then its words help whoever wrote it, and are not about the account. What could be
//! the name of an account is taken out of them all the same.

use serde_json::Value;

use crate::outcome::FailureClass;
use crate::wire::Failure;

/// The most of it that is passed on, in letters.
const MOST: usize = 600;

/// The provider's own words, if the request is to blame.
pub(super) fn of_the_request(failure: &Failure, class: FailureClass) -> Option<String> {
    if !matches!(class, FailureClass::Format | FailureClass::ContextOverflow) {
        return None;
    }
    let Failure::Refused { body, .. } = failure else {
        return None;
    };
    let error: Value = serde_json::from_slice(body).ok()?;
    let message = error["error"]["message"]
        .as_str()
        .or_else(|| error["message"].as_str())?;
    Some(without_names(message))
}

/// The text without e-mail addresses, keys and ids, and without what could steer a terminal.
fn without_names(text: &str) -> String {
    let cut: String = text.chars().take(MOST).collect();
    let mut told = String::with_capacity(cut.len());
    for word in cut.split_inclusive(char::is_whitespace) {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        if names_somebody(bare) {
            told.push_str(&word.replace(bare, "…"));
        } else {
            told.extend(word.chars().map(|c| if c.is_control() { ' ' } else { c }));
        }
    }
    told.trim_end().to_owned()
}

fn names_somebody(word: &str) -> bool {
    const BEGINNINGS: [&str; 10] = [
        "sk-", "sk_", "org-", "org_", "proj_", "proj-", "user-", "user_", "acct_", "key-",
    ];
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let letters = word.chars().filter(|c| c.is_ascii_alphabetic()).count();
    word.contains('@')
        || BEGINNINGS.iter().any(|beginning| word.starts_with(beginning))
        // An id: long, of letters and digits, and no name of a field (`messages.12.content`).
        || (word.len() >= 20 && digits >= 4 && letters >= 4 && !word.contains(['.', '[', '/']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_helps_stays_and_what_names_somebody_goes() {
        for (text, told) in [
            (
                "messages.12.content.0: at least one message is required",
                "messages.12.content.0: at least one message is required",
            ),
            (
                "for organization org-AbC123, please",
                "for organization …, please",
            ),
            ("ask ada@example.test.", "ask …."),
            ("key sk-EXAMPLE-1 \u{1b}[31mred", "key …  [31mred"),
            ("id 3f2a9b7c8d1e4f5a6b7c8d9e", "id …"),
            (
                "model claude-sonnet-4-20250514 takes 200000 tokens",
                "model … takes 200000 tokens",
            ),
        ] {
            assert_eq!(without_names(text), told);
        }
    }
}
