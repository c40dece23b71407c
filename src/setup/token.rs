//! What somebody pasted: is it a token, a key, or a mistake? No message shows any of it.

use thiserror::Error;

use crate::credentials::sanitised;
use crate::secret::Secret;

/// How setup tokens of Anthropic begin.
const SETUP_TOKEN: &str = "sk-ant-oat01-";
/// How API keys of Anthropic begin.
const ANTHROPIC_KEY: &str = "sk-ant-api";
/// The fewest characters that a setup token has.
const SHORTEST_SETUP_TOKEN: usize = 80;
/// The most characters of any credential; sign-in tokens have some thousands.
const LONGEST: usize = 32 * 1024;

/// Why a text is no credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenError {
    /// There is nothing in it.
    #[error("nothing was given")]
    Blank,
    /// There are blanks within it.
    #[error("there are blanks within it: it must be one word, as the provider shows it")]
    Blanks,
    /// There are characters in it that no header takes.
    #[error("there are characters in it that no credential has: copy it again as it is shown")]
    Characters,
    /// It is too long.
    #[error("it has more than 32,768 characters: that is no credential")]
    TooLong,
    /// It does not begin like a setup token.
    // The whole beginning is not shown: whoever looks for parts of keys in logs would find it.
    #[error("it does not begin as setup tokens do; `claude setup-token` prints one")]
    NoSetupToken,
    /// It is an API key of Anthropic.
    #[error(
        "this is an API key, not a setup token; `modelpin models auth paste-api-key --provider anthropic` keeps it"
    )]
    KeyInstead,
    /// It is cut off.
    #[error("it is cut off: a setup token has at least {SHORTEST_SETUP_TOKEN} characters, and this has {0}")]
    CutOff(usize),
}

/// Reads any credential: line ends and outer blanks are taken off, and what is left must be one word of visible ASCII.
///
/// # Errors
/// [`TokenError`] says what is wrong.
pub fn pasted(text: &str) -> Result<Secret, TokenError> {
    let secret = sanitised(text);
    let text = secret.expose();
    if text.is_empty() {
        return Err(TokenError::Blank);
    }
    if text.len() > LONGEST {
        return Err(TokenError::TooLong);
    }
    if text.contains(char::is_whitespace) {
        return Err(TokenError::Blanks);
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(TokenError::Characters);
    }
    Ok(secret)
}

/// Reads a setup token of Anthropic, as `claude setup-token` prints it.
///
/// # Errors
/// [`TokenError`] says what is wrong.
pub fn setup_token(text: &str) -> Result<Secret, TokenError> {
    let secret = pasted(text)?;
    if is_anthropic_key(&secret) {
        return Err(TokenError::KeyInstead);
    }
    if !secret.expose().starts_with(SETUP_TOKEN) {
        return Err(TokenError::NoSetupToken);
    }
    match secret.expose().len() {
        length if length < SHORTEST_SETUP_TOKEN => Err(TokenError::CutOff(length)),
        _ => Ok(secret),
    }
}

/// Whether it is an API key of Anthropic by its look.
#[must_use]
pub fn is_anthropic_key(secret: &Secret) -> bool {
    secret.expose().starts_with(ANTHROPIC_KEY)
}

/// Whether it is a setup token by its look.
#[must_use]
pub fn is_setup_token(secret: &Secret) -> bool {
    secret.expose().starts_with(SETUP_TOKEN)
}

/// A name as the second half of a profile id: lower case, with `-` for what is no letter, digit, `.`, `_` or `-`.
#[must_use]
pub fn profile_name(name: &str) -> String {
    let kept = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') {
            c
        } else {
            '-'
        }
    };
    name.trim().to_ascii_lowercase().chars().map(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setup_token_is_known_by_its_beginning_and_its_length() {
        let whole = format!("{SETUP_TOKEN}{}", "E".repeat(80));
        let read = |text: &str| setup_token(text).map(|secret| secret.expose().len());
        assert_eq!(read(&format!("  {whole}\r\n")), Ok(93));
        assert_eq!(read(&format!("{}\n{}", &whole[..50], &whole[50..])), Ok(93));
        assert_eq!(read(&whole[..79]), Err(TokenError::CutOff(79)));
        assert_eq!(read("sk-ant-api03-EXAMPLE"), Err(TokenError::KeyInstead));
        assert_eq!(read("EXAMPLE"), Err(TokenError::NoSetupToken));
        assert_eq!(read(" \n"), Err(TokenError::Blank));
        assert_eq!(read("a b"), Err(TokenError::Blanks));
        assert_eq!(read("a\u{e9}"), Err(TokenError::Characters));
        assert_eq!(read("a\u{7}b"), Err(TokenError::Characters));
        assert_eq!(read(&"a".repeat(40_000)), Err(TokenError::TooLong));
    }

    #[test]
    fn names_become_ids() {
        assert_eq!(profile_name(" My Work_2.x/ü "), "my-work_2.x--");
    }
}
