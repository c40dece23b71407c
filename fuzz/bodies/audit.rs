//! Any line in the place of a record: it is refused, or told and written in one line, and stays what it is.

use modelpin::audit::{Record, told};

use super::fields::text;

/// The line.
pub(crate) fn check(data: &[u8]) {
    let line = text(data);
    let record = match Record::from_json(&line) {
        Ok(record) => record,
        Err(wrong) => {
            let said = wrong.to_string();
            assert!(said.len() < 300 && !said.contains("EXAMPLEcanary"), "{said}");
            return;
        }
    };
    let written = record.to_json();
    assert!(!written.contains('\n') && !written.contains('\r'), "{written:?}");
    let again = Record::from_json(&written);
    assert!(again.is_ok(), "{written:?} is written and not read");
    if let Ok(again) = again {
        // Names that look like keys are blotted out when it is written, and stay so.
        assert_eq!(again.to_json(), written);
        assert_eq!(again.at, record.at);
        assert_eq!(again.agent(), record.agent());
        assert_eq!(again.session(), record.session());
    }
    assert!(
        record.weight() < 64 * (line.len() + 64),
        "weighs {}",
        record.weight()
    );
    for told in told(&record) {
        assert!(!told.to_string().contains('\n'), "{told}");
    }
}
