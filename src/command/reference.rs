//! Where a reference splits into model and profile.

use super::blank::is_at;

/// A model as a person wrote it, maybe with a profile.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reference {
    /// Unquoted, with an `@` in it: a catalogue may know a better place to split than the written rule does.
    Bare(String),
    /// The author left no doubt: quotes, an option, or no `@` at all.
    Exact {
        /// The model or alias.
        model: String,
        /// The profile.
        profile: Option<String>,
    },
}

impl Reference {
    /// Model and profile by the written rule, which needs no catalogue.
    #[must_use]
    pub fn written(&self) -> (&str, Option<&str>) {
        match self {
            Self::Bare(text) => match split(text) {
                Some(at) => (&text[..at], text[at..].strip_prefix(is_at)),
                None => (text, None),
            },
            Self::Exact { model, profile } => (model, profile.as_deref()),
        }
    }

    /// Every way to read the text as model `@` profile, the longest model first.
    ///
    /// Empty for [`Reference::Exact`]. Neither side of a pair is empty. The whole text, unsplit, is not among them.
    pub fn splits(&self) -> impl Iterator<Item = (&str, &str)> {
        let text = match self {
            Self::Bare(text) => text.as_str(),
            Self::Exact { .. } => "",
        };
        text.rmatch_indices('@')
            .map(|(at, found)| (&text[..at], &text[at + found.len()..]))
            .filter(|(model, profile)| !model.is_empty() && !profile.is_empty())
    }
}

/// The index of the `@` at which unquoted text splits, by the written rule.
///
/// It is the first one after the last `/`, not at index 0, that does not begin a version or quantisation tag.
pub(super) fn split(text: &str) -> Option<usize> {
    let from = text.rfind('/').map_or(0, |slash| slash + 1);
    text[from..]
        .match_indices(is_at)
        .map(|(at, found)| (from + at, from + at + found.len()))
        .filter(|(at, _)| *at > 0)
        .find(|(_, after)| !is_tag(&text[*after..]))
        .map(|(at, _)| at)
}

/// Reports whether what stands behind an `@` is a tag that belongs to the model: `20250929`, `q8_0`, `iq3_xs`, `4bit`.
fn is_tag(behind: &str) -> bool {
    let tag = behind.split(is_at).next().unwrap_or_default().as_bytes();
    let digits = tag.iter().take_while(|b| b.is_ascii_digit()).count();
    if digits > 0 {
        return (digits == 8 && tag.len() == 8) || tag[digits..].eq_ignore_ascii_case(b"bit");
    }
    let behind_q = match tag {
        [b'q' | b'Q', more @ ..] | [b'i' | b'I', b'q' | b'Q', more @ ..] => more,
        _ => return false,
    };
    behind_q.first().is_some_and(u8::is_ascii_digit)
        && behind_q.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_stays_with_its_model() {
        for (text, model) in [
            (
                "google-vertex/claude@20250929@work",
                "google-vertex/claude@20250929",
            ),
            ("q@4bit@Q4_K_M@iq3_xs@w", "q@4bit@Q4_K_M@iq3_xs"),
            ("q@123456789", "q"),
            ("q@q", "q"),
            ("a@q8-0", "a"),
        ] {
            assert_eq!(Reference::Bare(text.into()).written().0, model, "{text}");
        }
    }

    #[test]
    fn a_catalogue_is_offered_the_longest_model_first() {
        let bare = Reference::Bare("@a@b@c@".into());
        assert_eq!(
            bare.splits().collect::<Vec<_>>(),
            [("@a@b", "c@"), ("@a", "b@c@")]
        );
    }
}
