//! Any request body: it is read as another reader of JSON reads it, and only what was asked to change is another text.

use bytes::Bytes;
use modelpin::retention::Retention;
use modelpin::wire::body::{BodyError, Outline};
use serde::de::IgnoredAny;
use serde_json::Value;

use super::fields::{fields, text};

/// Fields: the model that is put in; the body.
pub(crate) fn check(data: &[u8]) {
    let [model, body] = fields(data);
    let model = text(model);
    let bytes = Bytes::copy_from_slice(body);
    let outline = match Outline::read(&bytes) {
        Ok(outline) => outline,
        Err(wrong) => {
            assert!(wrong.at() <= body.len(), "{wrong}");
            assert!(!format!("{wrong} {wrong:?}").contains("EXAMPLEcanary"), "{wrong}");
            match wrong {
                BodyError::TooDeep { .. } | BodyError::TwoModels { .. } | BodyError::ModelNotText { .. } => {}
                _ => assert!(!is_json(body), "{wrong}, and another reader reads it"),
            }
            return;
        }
    };
    assert!(is_json(body), "another reader does not read it");
    for retention in Retention::ALL {
        let filled = outline.fill(&model, retention);
        let Ok(again) = Outline::read(&filled.body) else {
            panic!("{:?} is written and not read", text(&filled.body));
        };
        assert_eq!(again.model(), Some(&*model));
        assert_eq!(again.streams(), outline.streams());
        // What is filled is not filled again.
        let twice = again.fill(&model, retention);
        assert_eq!(text(&twice.body), text(&filled.body));
        if filled.added == Retention::None {
            only_the_model(outline.model(), &model, body, &filled.body);
        }
        all_else_is_as_it_was(body, &filled.body);
    }
}

/// All bytes before the model's value, and all behind it, are the same.
fn only_the_model(old: Option<&str>, new: &str, before: &[u8], after: &[u8]) {
    if old == Some(new) {
        assert_eq!(before, after);
        return;
    }
    let quoted = Value::from(new).to_string();
    let fits = |at: usize| {
        let rest = after[at..].strip_prefix(quoted.as_bytes());
        rest.is_some_and(|rest| before.len() >= at + rest.len() && before[at..].ends_with(rest))
            && before[..at] == after[..at]
    };
    // Where there was none, it comes with its key.
    let put = match old {
        Some(_) => (0..after.len()).any(fits),
        None => {
            let member = format!("\"model\":{quoted}");
            let text = text(after);
            let cut = |comma: &str| text.replacen(&format!("{member}{comma}"), "", 1).into_bytes() == before;
            cut(",") || cut("")
        }
    };
    assert!(put, "{:?} became {:?}", text(before), text(after));
}

/// What has nothing to do with models and caches says the same.
fn all_else_is_as_it_was(before: &[u8], after: &[u8]) {
    let read = |body| serde_json::from_slice::<serde_json::Map<String, Value>>(body);
    // Numbers that no machine holds, and what is deeper than that reader goes, are not compared.
    let (Ok(mut before), Ok(mut after)) = (read(before), read(after)) else {
        return;
    };
    for changed in ["model", "system", "messages"] {
        assert_eq!(
            after.contains_key(changed),
            before.contains_key(changed) || changed == "model"
        );
        before.remove(changed);
        after.remove(changed);
    }
    assert_eq!(after, before);
}

fn is_json(body: &[u8]) -> bool {
    std::str::from_utf8(body).is_ok()
        && body.trim_ascii_start().starts_with(b"{")
        && serde_json::from_slice::<IgnoredAny>(body).is_ok()
}
