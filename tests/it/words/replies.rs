//! Every kind of reply in every language that is built in.
//!
//! `fixtures/render/text/<tag>/<case>.txt` shows the views of `render::cases` in a language.
//! `UPDATE_FIXTURES=1 cargo test --test it words` writes them anew: read each one that changed.

use modelpin::command::{Parsed, Syntax};
use modelpin::model::ModelRef;
use modelpin::render::text::Text;
use modelpin::resolver::Refusal;
use modelpin::view::{Body, Next, View};
use modelpin::words::{Languages, Words};

use crate::render::{cases, compare, shown};

/// The languages besides English.
pub(super) const TAGS: [&str; 3] = ["vi", "zh-CN", "th"];

pub(super) fn words(tag: &str) -> Words {
    let words = Languages::default().of(Some(tag));
    assert_eq!(words.tag(), tag);
    words
}

/// The cases in a language: what the resolver and the parser put into words is put into those of the language.
pub(super) fn cases_in(tag: &str) -> Vec<(&'static str, Vec<View>)> {
    let words = if tag == "en" { Words::english() } else { words(tag) };
    let cases = cases::all().into_iter();
    cases
        .map(|(case, views)| {
            let views = views.into_iter().map(|view| said_in(&words, view));
            (case, views.collect())
        })
        .collect()
}

fn said_in(words: &Words, mut view: View) -> View {
    view.words = words.clone();
    match &mut view.body {
        Body::Status(status) => {
            if let Some(next) = &mut status.next {
                refusal_in(words, next);
            }
        }
        Body::Changed(changed) => refusal_in(words, &mut changed.next),
        Body::Faults(drawing) if drawing.contains("--sesion") => {
            let Parsed::Invalid(fault) = Syntax::new().parse("/model opus --sesion") else {
                panic!("it is wrong");
            };
            *drawing = fault.draw_in(words);
        }
        _ => {}
    }
    view
}

fn refusal_in(words: &Words, next: &mut Next) {
    let Next::Refused(code, why, remedy) = next else {
        return;
    };
    let refusal = match *code {
        "no-model" => Refusal::NoModel,
        "model-gone" => Refusal::ModelGone(ModelRef::parse("lab/one").expect("a reference")),
        // Those of the hostile cases are foreign text.
        _ => return,
    };
    (*why, *remedy) = refusal.said(words);
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
