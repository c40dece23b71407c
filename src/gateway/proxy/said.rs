//! What a provider says of the request itself.
//!
//! Only where the request is to blame: then its words help whoever wrote it, and are not about the account. What could be
//! the name of an account is taken out of them all the same.

use serde_json::Value;

use crate::echo::{discreet, legible};
use crate::outcome::FailureClass;
use crate::secret::Secret;
use crate::wire::Failure;

/// The most of it that is passed on, in letters.
const MOST: usize = 600;
/// So many characters of a secret in a row are a part of it.
const PART: usize = 8;

/// The provider's own words, if the request is to blame.
pub(super) fn of_the_request(failure: &Failure, class: FailureClass, secret: &Secret) -> Option<String> {
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
    let cut: String = message.chars().take(MOST).collect();
    // A provider that repeats a part of the credential is not repeated at all.
    (!tells(&cut, secret)).then(|| without_names(&cut))
}

/// Whether a text has eight characters in a row of a secret.
fn tells(text: &str, secret: &Secret) -> bool {
    let parts = || secret.expose().as_bytes().windows(PART);
    text.as_bytes()
        .windows(PART)
        .any(|here| parts().any(|part| part == here))
}

/// The text without e-mail addresses, keys and ids, and without what could steer a display.
fn without_names(text: &str) -> String {
    let shown = discreet(text);
    let shown = legible(&shown);
    let mut told = String::with_capacity(shown.len());
    for word in shown.split_inclusive(char::is_whitespace) {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        if names_somebody(bare) {
            told.push_str(&word.replace(bare, "…"));
        } else {
            told.push_str(word);
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
            ("key sk-EXAMPLE-1 \u{1b}[31mred", "key … \u{fffd}[31mred"),
            ("id 3f2a9b7c8d1e4f5a6b7c8d9e", "id …"),
            (
                "model claude-sonnet-4-20250514 takes 200000 tokens",
                "model … takes 200000 tokens",
            ),
        ] {
            assert_eq!(without_names(text), told);
        }
    }

    #[test]
    fn a_message_with_a_part_of_the_credential_is_not_repeated() {
        let secret = Secret::new("v2/CANARY/aB3.dE5.gH7.jK9".to_owned());
        let said = |message: &str| {
            let failure = Failure::Refused {
                status: 400,
                headers: http::HeaderMap::new(),
                body: serde_json::json!({ "error": { "message": message } })
                    .to_string()
                    .into_bytes(),
            };
            of_the_request(&failure, FailureClass::Format, &secret)
        };
        assert_eq!(said("bad header 'v2/CANARY/aB3.dE5.gH7.jK9'"), None);
        assert_eq!(said("key ending in E5.gH7.jK9"), None);
        assert_eq!(said("messages: too few").as_deref(), Some("messages: too few"));
    }
}
