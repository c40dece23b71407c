//! Any file of sentences: it is weighed before it is said, what it says is short, and its faults are told in short.

use modelpin::words::{Arg, Languages, built_in, check as looked_through};

use super::fields::{fields, text};

/// More than this is no sentence: the limit of what a file says, and what is put in, as often as may be.
const LONGEST: usize = 64 * 1024;

/// Fields: what a platform says of a person's language; the tag of the file; the file.
pub(crate) fn check(data: &[u8]) {
    let [locale, tag, file] = fields(data);
    let (locale, tag, file) = (text(locale), text(tag), text(file));
    let mut languages = Languages::default();
    let tags = languages.tags().len();
    let told = languages.add(&tag, &file);
    assert!(languages.tags().len() <= tags + 1);
    if let Err(wrong) = &told {
        let said = wrong.to_string();
        assert!(
            said.len() < 4096 + 8 * tag.len() + 8 * file.len(),
            "{} bytes",
            said.len()
        );
    }
    let checked = looked_through(&file);
    for fault in &checked.faults {
        let lines = file.lines().count() + 1;
        assert!(
            fault.line.is_none_or(|line| (1..=lines).contains(&line)),
            "{fault:?} of {lines}"
        );
        let _ = fault.to_string();
    }
    let words = languages.of(Some(&locale));
    let own = languages.named(&tag);
    let english = built_in("en").unwrap_or_default();
    for line in file.lines().chain(english.lines().take(20)) {
        let Some((key, _)) = line.split_once('=') else {
            continue;
        };
        let key = key.trim();
        for words in [Some(&words), own.as_ref()].into_iter().flatten() {
            let args = [
                ("it", Arg::from("<it>")),
                ("name", Arg::from("a name")),
                ("number", Arg::from(&7)),
                ("count", Arg::from(&1)),
            ];
            let said = words.say(key, &args);
            assert!(said.len() <= LONGEST, "{key} says {} bytes", said.len());
        }
    }
    let _ = languages.prefer(&locale);
    assert!(!languages.of(None).tag().is_empty());
}
