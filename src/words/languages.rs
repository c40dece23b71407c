//! The languages that there are, and which one a person reads.

use std::sync::OnceLock;

use thiserror::Error;
use unic_langid::LanguageIdentifier;

use super::file::Fault;
use super::say::Words;
use super::tags;

/// A file that is built in, beside English; read when somebody first reads it.
struct BuiltIn {
    tag: &'static str,
    file: &'static str,
    words: OnceLock<Words>,
}

static BUILT_IN: [BuiltIn; 3] = [
    beside_english("vi", include_str!("vi.ftl")),
    beside_english("zh-CN", include_str!("zh-CN.ftl")),
    beside_english("th", include_str!("th.ftl")),
];

const fn beside_english(tag: &'static str, file: &'static str) -> BuiltIn {
    BuiltIn {
        tag,
        file,
        words: OnceLock::new(),
    }
}

impl BuiltIn {
    fn language(&self) -> LanguageIdentifier {
        tags::exact(self.tag).unwrap_or_default()
    }

    fn words(&self) -> Words {
        let read = || Words::read(self.language(), [self.file]).0;
        self.words.get_or_init(read).clone()
    }
}

/// The largest file of sentences that is read, in bytes: the built-in ones have less than a tenth of it.
pub const LARGEST: u64 = 256 * 1024;

/// The file of a language that is built in.
#[must_use]
pub fn built_in(tag: &str) -> Option<&'static str> {
    let tag = tags::exact(tag)?;
    if tag == *Words::english().language() {
        return Some(super::say::ENGLISH);
    }
    let found = BUILT_IN.iter().find(|known| known.language() == tag);
    found.map(|known| known.file)
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
    /// Sentences in it are not written as Fluent writes them, or cannot be said; the others are used.
    #[error("{}", in_short(.0))]
    Sentences(Vec<Fault>),
}

/// How many faults an error tells.
const TOLD: usize = 3;

fn in_short(faults: &[Fault]) -> String {
    let told: Vec<String> = faults.iter().take(TOLD).map(Fault::to_string).collect();
    match faults.len().saturating_sub(TOLD) {
        0 => told.join("; "),
        more => format!(
            "{}; {more} more: `modelpin words check` tells all",
            told.join("; ")
        ),
    }
}

impl Languages {
    /// Adds a language, or sentences that go before those of one that is there. `tag` is the name of the file without
    /// its ending.
    ///
    /// # Errors
    /// [`BadWords`] if the tag is none, then nothing is added; or for sentences that cannot be read, then the others are.
    pub fn add(&mut self, tag: &str, file: &str) -> Result<(), BadWords> {
        let language: LanguageIdentifier =
            tags::exact(tag).ok_or_else(|| BadWords::NoLanguage(tag.to_owned()))?;
        let (words, wrong) = Words::read(language, built_in(tag).into_iter().chain([file]));
        self.added.retain(|known| *known != words);
        if self.usual.as_ref() == Some(&words) {
            self.usual = Some(words.clone());
        }
        self.added.push(words);
        if wrong.is_empty() {
            return Ok(());
        }
        Err(BadWords::Sentences(wrong))
    }

    /// Uses this language where a message does not say one. `false` if there is no such language: the usual one stays.
    #[must_use]
    pub fn prefer(&mut self, tag: &str) -> bool {
        let found = tags::wanted(tag).first().and_then(|tag| self.like(tag));
        let is_there = found.is_some();
        self.usual = found.or_else(|| self.usual.take());
        is_there
    }

    /// The language of a message: the first that it names of those that there are, else the usual one.
    ///
    /// `locale` is what a platform tells of a person: a tag of BCP 47 in any case (`vi`, `zh-hans`, `pt-br`), a POSIX
    /// locale (`th_TH.UTF-8`), or a list with weights (`vi;q=0.9, en`; RFC 9110, section 12.5.4). What cannot be read
    /// names none.
    #[must_use]
    pub fn of(&self, locale: Option<&str>) -> Words {
        locale
            .and_then(|locale| self.named(locale))
            .or_else(|| self.usual.clone())
            .unwrap_or_else(Words::english)
    }

    /// The same, but none where `locale` names none of those that there are.
    #[must_use]
    pub fn named(&self, locale: &str) -> Option<Words> {
        tags::wanted(locale).iter().find_map(|tag| self.like(tag))
    }

    /// The tags of all languages, English first.
    #[must_use]
    pub fn tags(&self) -> Vec<String> {
        let mut tags = vec![Words::english().tag()];
        tags.extend(BUILT_IN.iter().map(|known| known.tag.to_owned()));
        for tag in self.added.iter().map(Words::tag) {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        tags
    }

    /// The very language, else one of the same name and script, else one of the same name. Those that an operator added
    /// go first.
    ///
    /// Readers of traditional Chinese get the simplified one while there is no file of their own: they read it with less
    /// trouble than English, and a file `zh-TW.ftl` or `zh-Hant.ftl` goes before it.
    fn like(&self, wanted: &LanguageIdentifier) -> Option<Words> {
        let whole = tags::whole(wanted);
        let script = |known: &LanguageIdentifier| {
            let known = tags::whole(known);
            (known.language, known.script) == (whole.language, whole.script)
        };
        self.first(|known| known == wanted)
            .or_else(|| self.first(script))
            .or_else(|| self.first(|known| known.language == wanted.language))
    }

    fn first(&self, is: impl Fn(&LanguageIdentifier) -> bool) -> Option<Words> {
        let added = self.added.iter().find(|words| is(words.language())).cloned();
        let english = || Some(Words::english()).filter(|words| is(words.language()));
        let built_in = || BUILT_IN.iter().find(|known| is(&known.language()));
        added.or_else(english).or_else(|| Some(built_in()?.words()))
    }
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
            ("zh-hans", "zh-CN"),
            ("zh-Hant-HK", "zh-CN"),
            ("vi;q=0.9, en;q=0.8", "vi"),
            ("de, fr;q=0.9, th;q=0.5, *;q=0.1", "th"),
            ("en, vi", "en"),
            ("vi-VN-u-nu-latn", "vi"),
            ("", "en"),
            ("POSIX", "en"),
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
    fn the_built_in_files_are_read_without_a_fault() {
        for tag in Languages::default().tags() {
            let file = built_in(&tag).expect("it is built in");
            let (_, wrong) = Words::read(tags::exact(&tag).expect("a tag"), [file]);
            assert_eq!(wrong, [], "{tag}");
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
        assert_eq!(
            languages.add("no language", ""),
            Err(BadWords::NoLanguage("no language".to_owned()))
        );
        let faults = languages.add("it", "!\na = b\n");
        assert!(matches!(faults, Err(BadWords::Sentences(_))));
        languages.add("zh-TW", "button-next = 下一頁\n").expect("a file");
        for (asked, next) in [
            ("zh-Hant", "下一頁"),
            ("zh-HK", "下一頁"),
            ("zh", "下一页"),
            ("zh-SG", "下一页"),
        ] {
            assert_eq!(languages.of(Some(asked)).say("button-next", &[]), next, "{asked}");
        }
    }
}
