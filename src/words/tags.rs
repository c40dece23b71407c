//! What platforms and browsers say of a person's language, read as language tags.

use unic_langid::LanguageIdentifier;

/// How many languages of a list are looked at.
const MOST: usize = 16;

/// The longest tag that is looked at, in bytes: BCP 47 (RFC 5646, section 4.4.1) knows of none over 35.
const LONGEST: usize = 64;

/// A tag as a file is named by it: `vi`, `pt-BR`, `zh_CN`.
pub(super) fn exact(tag: &str) -> Option<LanguageIdentifier> {
    tag.parse()
        .ok()
        .filter(|parsed: &LanguageIdentifier| !parsed.language.is_empty())
}

/// The languages that a person reads, the most wanted first: one tag as chat platforms tell it (`zh-hans`, `pt-br`,
/// `vi-VN`), a POSIX locale (`th_TH.UTF-8`), or a list as browsers send it (`vi;q=0.9, en`; RFC 9110, section 12.5.4).
pub(super) fn wanted(said: &str) -> Vec<LanguageIdentifier> {
    let mut wanted: Vec<(f32, LanguageIdentifier)> = said
        .split(',')
        .take(MOST)
        .filter_map(|item| {
            let mut parts = item.split(';').map(str::trim);
            let tag = lenient(parts.next()?)?;
            let weight = parts
                .find_map(|part| part.strip_prefix("q="))
                .map_or(Some(1.0), |weight| weight.parse().ok())?;
            (weight > 0.0).then_some((weight, tag))
        })
        .collect();
    wanted.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    wanted.into_iter().map(|(_, tag)| tag).collect()
}

/// A tag without what is behind the language, the script and the country: an encoding, a calendar, words of one's own.
fn lenient(tag: &str) -> Option<LanguageIdentifier> {
    let mut tag = tag.split(['.', '@']).next()?;
    if tag.len() > LONGEST {
        return None;
    }
    // As RFC 4647, section 3.4, looks a tag up: shorter and shorter.
    loop {
        if let Some(parsed) = exact(tag) {
            return Some(parsed);
        }
        tag = tag.rsplit_once(['-', '_'])?.0;
    }
}

/// The same with the script and the country that are meant where none is said: `zh-TW` is `zh-Hant-TW`.
pub(super) fn whole(tag: &LanguageIdentifier) -> LanguageIdentifier {
    let mut whole = tag.clone();
    // What is whole already, or not known, stays.
    let _ = whole.maximize();
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_in_the_order_of_its_weights() {
        let read = |said: &str| -> Vec<String> { wanted(said).iter().map(ToString::to_string).collect() };
        assert_eq!(read("en;q=0.5, vi;q=0.9, th"), ["th", "vi", "en"]);
        assert_eq!(read("en;q=0, *;q=0.1, de-DE-1996-x-own"), ["de-DE-1996"]);
        assert_eq!(read("zh-hans"), ["zh-Hans"]);
        assert_eq!(read("zh-Hans-CN-u-nu-hanidec"), ["zh-Hans-CN"]);
        assert_eq!(read("pt_br.UTF-8@euro"), ["pt-BR"]);
        for nothing in ["", ",", ";q=1", "C", "vi;q=much", "../../etc", &"x".repeat(9_000)] {
            assert!(read(nothing).is_empty(), "{nothing}");
        }
    }
}
