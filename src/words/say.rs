//! One language.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::file::{self, Fault};
use super::weigh;

/// English, the language of every sentence that another file does not have.
pub(super) const ENGLISH: &str = include_str!("en.ftl");

/// The sentences of one language. Cheap to clone.
#[derive(Clone)]
pub struct Words(Arc<Language>);

struct Language {
    tag: LanguageIdentifier,
    bundle: FluentBundle<FluentResource>,
    /// The sentences that are too heavy to be said, in order.
    unsaid: Vec<String>,
}

/// A word that is put into a sentence.
#[derive(Debug, Clone)]
pub enum Arg<'a> {
    /// As it is.
    Text(Cow<'a, str>),
    /// A number, which may choose between forms of the sentence.
    Number(usize),
}

impl Words {
    /// English.
    #[must_use]
    pub fn english() -> Self {
        static WORDS: OnceLock<Words> = OnceLock::new();
        WORDS
            .get_or_init(|| {
                Self::read(
                    LanguageIdentifier::from_bytes(b"en").unwrap_or_default(),
                    [ENGLISH],
                )
                .0
            })
            .clone()
    }

    /// A language of these files, later ones over earlier ones, and what is wrong in the last one.
    pub(super) fn read<'f>(
        tag: LanguageIdentifier,
        files: impl IntoIterator<Item = &'f str>,
    ) -> (Self, Vec<Fault>) {
        let mut bundle = FluentBundle::new_concurrent(vec![tag.clone()]);
        // Marks of direction around each name would get into labels and into what people copy.
        bundle.set_use_isolating(false);
        let (mut resources, mut faults, mut last) = (Vec::new(), Vec::new(), "");
        for text in files {
            let (resource, wrong) = file::read(text);
            resources.extend(resource);
            (faults, last) = (wrong, text);
        }
        let unsaid = weigh::too_heavy(&resources);
        faults.extend(unsaid.iter().map(|key| Fault::too_heavy(last, key)));
        for resource in resources {
            bundle.add_resource_overriding(resource);
        }
        let language = Language { tag, bundle, unsaid };
        (Self(Arc::new(language)), faults)
    }

    /// The language, as BCP 47 writes it: `en`, `zh-CN`.
    #[must_use]
    pub fn tag(&self) -> String {
        self.0.tag.to_string()
    }

    pub(super) fn language(&self) -> &LanguageIdentifier {
        &self.0.tag
    }

    /// Says a sentence. One that the language does not have, or that lacks a word, is said in English.
    #[must_use]
    pub fn say(&self, key: &str, args: &[(&'static str, Arg<'_>)]) -> String {
        let english = Self::english();
        self.said(key, args)
            .or_else(|| english.said(key, args))
            .unwrap_or_else(|| key.to_owned())
    }

    /// Whether the language itself has a sentence of this key.
    #[must_use]
    pub fn has_own(&self, key: &str) -> bool {
        self.0.bundle.has_message(key) && !self.is_unsaid(key)
    }

    fn is_unsaid(&self, key: &str) -> bool {
        let found = self.0.unsaid.binary_search_by(|unsaid| unsaid.as_str().cmp(key));
        found.is_ok()
    }

    fn said(&self, key: &str, args: &[(&'static str, Arg<'_>)]) -> Option<String> {
        if self.is_unsaid(key) {
            return None;
        }
        let pattern = self.0.bundle.get_message(key)?.value()?;
        let mut given = FluentArgs::with_capacity(args.len());
        for (name, arg) in args {
            let value = match arg {
                Arg::Text(text) => FluentValue::String(Cow::Borrowed(text)),
                Arg::Number(number) => FluentValue::from(*number),
            };
            given.set(*name, value);
        }
        let mut errors = Vec::new();
        let said = self.0.bundle.format_pattern(pattern, Some(&given), &mut errors);
        errors.is_empty().then(|| said.into_owned())
    }
}

/// Words are the same if their language is.
impl PartialEq for Words {
    fn eq(&self, other: &Self) -> bool {
        self.0.tag == other.0.tag
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Words({})", self.0.tag)
    }
}

impl Default for Words {
    fn default() -> Self {
        Self::english()
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a &'a str> for Arg<'a> {
    fn from(text: &'a &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a Cow<'a, str>> for Arg<'a> {
    fn from(text: &'a Cow<'a, str>) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<&usize> for Arg<'_> {
    fn from(number: &usize) -> Self {
        Self::Number(*number)
    }
}

/// Says a sentence: `say!(words, "page", number = page, of = pages)`.
macro_rules! say {
    ($words:expr, $key:expr $(, $name:ident = $value:expr)* $(,)?) => {
        $words.say($key, &[$((stringify!($name), $crate::words::Arg::from(&$value))),*])
    };
}
pub(crate) use say;

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(tag: &str) -> LanguageIdentifier {
        tag.parse().expect("a tag")
    }

    #[test]
    fn what_a_language_lacks_is_said_in_english() {
        let file = "page-none = không\nbroken = { $nothing }\n";
        let (words, wrong) = Words::read(tag("vi"), [file]);
        assert_eq!(wrong, []);
        assert_eq!(say!(words, "page-none"), "không");
        assert_eq!(say!(words, "button-next"), "Next");
        assert_eq!(say!(words, "no-such-key"), "no-such-key");
        assert_eq!(say!(words, "broken"), "broken");
    }

    #[test]
    fn a_sentence_that_goes_in_a_circle_is_said_in_english() {
        let many = "{ $n ->\n  *[other] ".to_owned() + &"{ $n }".repeat(200) + "\n}\n";
        let file = format!("button-next = {{ button-back }}\nbutton-back = {{ button-next }}\nwas = {many}");
        let (words, wrong) = Words::read(tag("vi"), [file.as_str()]);
        assert!(wrong.len() <= 3 && !wrong.is_empty(), "{wrong:?}");
        assert_eq!(say!(words, "button-next"), "Next");
        assert_eq!(say!(words, "was", name = "opus"), ", was opus");
    }

    #[test]
    fn a_sentence_of_the_deepest_kind_that_is_read_is_said_or_left_out() {
        let deep = format!("was = {}{{ $name }}{}\n", "{ ".repeat(98), " }".repeat(98));
        let (words, wrong) = Words::read(tag("vi"), [deep.as_str()]);
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        assert_eq!(say!(words, "was", name = "opus"), ", was opus");
        let shallow = format!("was = {}{{ $name }}{}\n", "{ ".repeat(20), " }".repeat(20));
        let (words, wrong) = Words::read(tag("vi"), [shallow.as_str()]);
        assert_eq!(wrong, []);
        assert_eq!(say!(words, "was", name = "opus"), "opus");
    }

    #[test]
    fn a_language_that_nobody_knows_has_plurals_all_the_same() {
        let file = "button-profiles = { $count ->\n  [one] wa\n *[other] Hol { $count }\n}\n";
        let (words, _) = Words::read(tag("tlh"), [file]);
        assert_eq!(say!(words, "button-profiles", count = 3), "Hol 3");
    }
}
