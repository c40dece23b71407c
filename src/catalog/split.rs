//! Where a written reference such as `opus@work` splits into model and profile.

use super::Catalog;

/// A reference in its two parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split<'a> {
    /// The model, as written.
    pub model: &'a str,
    /// The profile, as written.
    pub profile: Option<&'a str>,
}

/// Splits `whole` with the catalogue at hand.
///
/// A reference that is known as a whole does not split; else the longest known left side before an `@` wins; else
/// `fallback`, the split by the written rule.
#[must_use]
pub fn split<'a>(catalog: &Catalog, whole: &'a str, fallback: Split<'a>) -> Split<'a> {
    if catalog.knows(whole) {
        return Split {
            model: whole,
            profile: None,
        };
    }
    whole
        .rmatch_indices('@')
        .map(|(at, _)| (&whole[..at], &whole[at + 1..]))
        .find(|(left, right)| !left.is_empty() && !right.is_empty() && catalog.knows(left))
        .map_or(fallback, |(model, profile)| Split {
            model,
            profile: Some(profile),
        })
}
