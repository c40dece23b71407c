//! Names that others chose, made safe to show.

use std::borrow::Cow;

/// Removes what would act on the display instead of showing: control characters, line breaks, and the characters that
/// switch the writing direction (Unicode Standard Annex #9, explicit formatting characters).
#[must_use]
pub fn clean(name: &str) -> Cow<'_, str> {
    let acts = |c: char| {
        c.is_control()
            || matches!(
                c,
                '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{feff}'
            )
            || ('\u{202a}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
    };
    if name.contains(acts) {
        Cow::Owned(name.replace(acts, "\u{fffd}"))
    } else {
        Cow::Borrowed(name)
    }
}
