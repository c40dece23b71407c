//! The languages that there are, and which one a person reads.

use std::sync::OnceLock;

use thiserror::Error;
use unic_langid::LanguageIdentifier;

use super::say::Words;

/// A file that is built in, beside English; read when somebody first reads it.
struct BuiltIn {
    tag: &'static str,
    file: &'static str,
    words: OnceLock<Words>,
}

static BUILT_IN: [BuiltIn; 3] = [
    built_in("vi", include_str!("vi.ftl")),
    built_in("zh-CN", include_str!("zh-CN.ftl")),
    built_in("th", include_str!("th.ftl")),
];

const fn built_in(tag: &'static str, file: &'static str) -> BuiltIn {
    BuiltIn {
        tag,
        file,
        words: OnceLock::new(),
    }
}

impl BuiltIn {
    fn words(&self) -> Words {
        let read = || Words::read(parsed(self.tag).unwrap_or_default(), [self.file]).0;
        self.words.get_or_init(read).clone()
    }
}

/// The languages that there are.
#[derive(Debug, Clone, Default)]
pub struct Languages {
    added: Vec<Words>,
    usual: Option<Words>,
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

impl Languages {
    /// Adds a language, or sentences that go before those of one that is there. `tag` is the name of the file without
    /// its ending.
    ///
    /// # Errors
    /// [`BadWords`] if the tag is none, then nothing is added; or for sentences that cannot be read, then the others are.
    pub fn add(&mut self, tag: &str, file: &str) -> Result<(), BadWords> {
        let language = parsed(tag).ok_or_else(|| BadWords::NoLanguage(tag.to_owned()))?;
        let of_language = |built_in: &&BuiltIn| parsed(built_in.tag).as_ref() == Some(&language);
        let english = (language == *Words::english().language()).then_some(super::say::ENGLISH);
        let below = BUILT_IN.iter().find(of_language).map(|known| known.file);
        let (words, wrong) = Words::read(language, below.or(english).into_iter().chain([file]));
        self.added.retain(|known| known.language() != words.language());
        if self.usual.as_ref().is_some_and(|usual| *usual == words) {
            self.usual = Some(words.clone());
        }
        self.added.push(words);
        match wrong.into_iter().next() {
            None => Ok(()),
            Some(first) => Err(BadWords::Sentences(first)),
        }
    }

    /// Uses this language where a message does not say one. `false` if there is no such language: the usual one stays.
    #[must_use]
    pub fn prefer(&mut self, tag: &str) -> bool {
        let found = self.find(tag);
        let is_there = found.is_some();
        self.usual = found.or_else(|| self.usual.take());
        is_there
    }

    /// The language of a message: the first that `locale` names and that there is one like, else the usual one.
    ///
    /// `locale` is what platforms tell: a tag of BCP 47 in any case (`vi`, `zh-hans`), a POSIX locale (`th_TH.UTF-8`), or a
    /// list as in `Accept-Language` (`vi;q=0.9, en`), taken in the order in which it is written.
    #[must_use]
    pub fn of(&self, locale: Option<&str>) -> Words {
        let wanted = locale.into_iter().flat_map(|list| list.split(','));
        let found = wanted.take(MOST_WANTED).find_map(|tag| self.find(tag));
        found
            .or_else(|| self.usual.clone())
            .unwrap_or_else(Words::english)
    }

    /// The tags of all languages, English first.
    #[must_use]
    pub fn tags(&self) -> Vec<String> {
        let own = self.added.iter().map(Words::tag);
        let mut tags = vec![Words::english().tag()];
        tags.extend(BUILT_IN.iter().map(|known| known.tag.to_owned()));
        for tag in own {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        tags
    }

    /// The very language, else one of the same name in another country or script: people who read traditional Chinese
    /// read simplified Chinese with less pains than English. An operator's own go before what is built in.
    fn find(&self, tag: &str) -> Option<Words> {
        let wanted = parsed(tag)?;
        let english = Words::english();
        let is = |language: &LanguageIdentifier, how| match how {
            How::Same => *language == wanted,
            How::Alike => language.language == wanted.language,
        };
        [How::Same, How::Alike].into_iter().find_map(|how| {
            let added = self.added.iter().find(|words| is(words.language(), how)).cloned();
            let of_tag = |known: &&BuiltIn| parsed(known.tag).is_some_and(|language| is(&language, how));
            added
                .or_else(|| BUILT_IN.iter().find(of_tag).map(BuiltIn::words))
                .or_else(|| is(english.language(), how).then(|| english.clone()))
        })
    }
}

/// How near a language is to the one that is wanted.
#[derive(Clone, Copy)]
enum How {
    Same,
    Alike,
}

/// How many languages of a list are looked at.
const MOST_WANTED: usize = 8;

/// `vi`, `pt-BR`, and what POSIX (`pt_BR.UTF-8`) and HTTP (`pt-BR;q=0.9`) make of it.
fn parsed(tag: &str) -> Option<LanguageIdentifier> {
    let tag = tag.split(['.', '@', ';']).next()?.trim();
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
            ("VI", "vi"),
            ("th_TH.UTF-8", "th"),
            ("zh", "zh-CN"),
            ("zh-hans", "zh-CN"),
            ("zh-TW", "zh-CN"),
            ("en-GB", "en"),
            ("de", "en"),
            ("de;q=1.0, th;q=0.9, en;q=0.1", "th"),
            ("*, vi", "vi"),
            ("", "en"),
            ("C", "en"),
            ("POSIX", "en"),
            ("../../etc", "en"),
        ] {
            assert_eq!(of(&languages, Some(asked)), got, "{asked}");
        }
        assert!(languages.prefer("th"));
        assert!(!languages.prefer("tlh"));
        assert_eq!(of(&languages, None), "th");
        assert_eq!(of(&languages, Some("de")), "th");
        assert_eq!(of(&languages, Some("en")), "en");
        assert_eq!(languages.tags(), ["en", "vi", "zh-CN", "th"]);
    }

    #[test]
    fn the_built_in_files_are_read_without_a_fault() {
        let english = ("en", super::super::say::ENGLISH);
        let others = BUILT_IN.iter().map(|known| (known.tag, known.file));
        for (tag, file) in others.chain([english]) {
            let (_, wrong) = Words::read(parsed(tag).expect("a tag"), [file]);
            assert_eq!(wrong, [] as [String; 0], "{tag}");
        }
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
        languages.add("en", "button-next = Onward\n").expect("a file");
        assert_eq!(languages.of(Some("en")).say("button-next", &[]), "Onward");
        assert_eq!(languages.of(Some("en")).say("button-back", &[]), "Back");
        assert_eq!(
            languages.add("no language", ""),
            Err(BadWords::NoLanguage("no language".to_owned()))
        );
        assert!(matches!(languages.add("it", "!"), Err(BadWords::Sentences(_))));
    }
}
