//! Every kind of reply in every language that is built in.
//!
//! `fixtures/render/text/<tag>/<case>.txt` shows the views of `render::cases` in a language.
//! `UPDATE_FIXTURES=1 cargo test --test it words` writes them anew: read each one that changed.

use modelpin::render::text::Text;
use modelpin::view::View;
use modelpin::words::{Languages, Words};

use crate::render::{cases, compare, shown};

/// The languages besides English.
pub(super) const TAGS: [&str; 3] = ["vi", "zh-CN", "th"];

pub(super) fn words(tag: &str) -> Words {
    let words = Languages::default().of(Some(tag));
    assert_eq!(words.tag(), tag);
    words
}

/// The cases whose text is of the languages, in one of them.
pub(super) fn cases_in(tag: &str) -> Vec<(&'static str, Vec<View>)> {
    let words = words(tag);
    let said = |view: View| View {
        words: words.clone(),
        ..view
    };
    let cases = cases::all().into_iter();
    cases
        .map(|(case, views)| (case, views.into_iter().map(said).collect()))
        .collect()
}

#[test]
fn every_kind_of_reply_looks_in_each_language_as_its_golden_file() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/render/text");
    let mut different = Vec::new();
    for tag in TAGS {
        for (case, views) in cases_in(tag) {
            let file = folder.join(tag).join(format!("{case}.txt"));
            different.extend(compare(&file, &shown(Text::plain(), &views)));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}
