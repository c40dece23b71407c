//! The languages that there are, and which one a person reads.

use thiserror::Error;
use unic_langid::LanguageIdentifier;

use super::say::Words;

/// The files that are built in, beside English.
const BUILT_IN: &[(&str, &str)] = &[
    ("vi", include_str!("vi.ftl")),
    ("zh-CN", include_str!("zh-CN.ftl")),
    ("th", include_str!("th.ftl")),
];

/// The languages that there are.
#[derive(Debug, Clone)]
pub struct Languages {
    all: Vec<Words>,
    usual: Words,
}

/// A file of sentences that cannot be used, or not all of it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadWords {
    /// Its name is no language.
    #[error("{0:?} is no language tag (BCP 47), as in vi, pt-BR or zh-CN")]
    NoLanguage(String),
    /// Sentences in it are not written as Fluent writes them; the others are used.
    #[error("{0}")]
    Sentences(String),
}

impl Default for Languages {
    fn default() -> Self {
        let read = |(tag, file): &(&str, &str)| Some(Words::read(tag.parse().ok()?, [*file]).0);
        Self {
            all: std::iter::once(Words::english())
                .chain(BUILT_IN.iter().filter_map(read))
                .collect(),
            usual: Words::english(),
        }
    }
}

impl Languages {
    /// Adds a language, or sentences that go before those of one that is there. `tag` is the name of the file without
    /// its ending.
    ///
    /// # Errors
    /// [`BadWords`] if the tag is none, then nothing is added; or for sentences that cannot be read, then the others are.
    pub fn add(&mut self, tag: &str, file: &str) -> Result<(), BadWords> {
        let language: LanguageIdentifier = parsed(tag).ok_or_else(|| BadWords::NoLanguage(tag.to_owned()))?;
        let built_in = BUILT_IN
            .iter()
            .find(|(own, _)| parsed(own).as_ref() == Some(&language));
        let english = (language == *Words::english().language()).then_some(super::say::ENGLISH);
        let below = built_in.map(|(_, file)| *file).or(english);
        let (words, wrong) = Words::read(language, below.into_iter().chain([file]));
        self.all.retain(|known| known.language() != words.language());
        if self.usual.language() == words.language() {
            self.usual = words.clone();
        }
        self.all.push(words);
        match wrong.first() {
            None => Ok(()),
            Some(first) => Err(BadWords::Sentences(first.clone())),
        }
    }

    /// Uses this language where a message does not say one. `false` if there is no such language: the usual one stays.
    #[must_use]
    pub fn prefer(&mut self, tag: &str) -> bool {
        match self.find(tag) {
            Some(words) => {
                self.usual = words;
                true
            }
            None => false,
        }
    }

    /// The language of a message: the one that it names, if there is one like it, else the usual one.
    #[must_use]
    pub fn of(&self, locale: Option<&str>) -> Words {
        locale
            .and_then(|tag| self.find(tag))
            .unwrap_or_else(|| self.usual.clone())
    }

    /// The tags of all languages, English first.
    pub fn tags(&self) -> impl Iterator<Item = String> {
        self.all.iter().map(Words::tag)
    }

    /// The very language, else one of the same name in another country or script.
    fn find(&self, tag: &str) -> Option<Words> {
        let wanted = parsed(tag)?;
        let same = |words: &&Words| *words.language() == wanted;
        let alike = |words: &&Words| words.language().language == wanted.language;
        let found = self.all.iter().find(same);
        found.or_else(|| self.all.iter().rev().find(alike)).cloned()
    }
}

/// `vi`, `pt-BR`, and what a POSIX locale makes of it: `pt_BR.UTF-8`.
fn parsed(tag: &str) -> Option<LanguageIdentifier> {
    let tag = tag.split(['.', '@']).next()?;
    tag.parse()
        .ok()
        .filter(|parsed: &LanguageIdentifier| !parsed.language.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_chooses_its_language_then_the_configuration() {
        let mut languages = Languages::default();
        let of = |languages: &Languages, locale| languages.of(locale).tag();
        assert_eq!(of(&languages, None), "en");
        for (asked, got) in [
            ("vi", "vi"),
            ("vi-VN", "vi"),
            ("th_TH.UTF-8", "th"),
            ("zh", "zh-CN"),
            ("zh-TW", "zh-CN"),
            ("zh-Hans", "zh-CN"),
            ("en-GB", "en"),
            ("de", "en"),
            ("", "en"),
            ("C", "en"),
            ("../../etc", "en"),
        ] {
            assert_eq!(of(&languages, Some(asked)), got, "{asked}");
        }
        assert!(languages.prefer("th"));
        assert!(!languages.prefer("tlh"));
        assert_eq!(of(&languages, None), "th");
        assert_eq!(of(&languages, Some("de")), "th");
        assert_eq!(of(&languages, Some("en")), "en");
    }

    #[test]
    fn a_person_adds_a_language_by_a_file() {
        let mut languages = Languages::default();
        languages.add("de", "button-next = Weiter\n").expect("a file");
        assert_eq!(languages.of(Some("de-AT")).say("button-next", &[]), "Weiter");
        assert_eq!(languages.of(Some("de")).say("button-back", &[]), "Back");
        languages.add("vi", "button-next = Tới\n").expect("a file");
        assert_eq!(languages.of(Some("vi")).say("button-next", &[]), "Tới");
        assert_ne!(languages.of(Some("vi")).say("button-back", &[]), "Back");
        assert_eq!(
            languages.add("no language", ""),
            Err(BadWords::NoLanguage("no language".to_owned()))
        );
        assert!(matches!(languages.add("it", "!"), Err(BadWords::Sentences(_))));
    }
}
