//! Secrets as they are meant: without what copying and files put around them.

use crate::secret::Secret;

/// A secret as it is used: without CR, LF, U+2028, U+2029, and without the blanks around it.
#[must_use]
pub fn sanitised(text: &str) -> Secret {
    let line_end = |c: char| matches!(c, '\r' | '\n' | '\u{2028}' | '\u{2029}');
    let kept: String = text.chars().filter(|c| !line_end(*c)).collect();
    Secret::new(kept.trim().to_owned())
}
