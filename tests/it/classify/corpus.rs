//! The failed answers of `fixtures/classify/<provider>/`, as providers give them.
//!
//! A file is one answer: where it is from (`source`), what that is worth (`seen`: `reported` is what somebody got,
//! `documented` is from a page of the vendor with words of ours, `pieced together` has its status, headers and body from
//! more than one place), the answer itself, and what it means. `retryAt` is in milliseconds after `now`. Ids of accounts and
//! requests are blanked, and long messages are cut after what matters.

use std::fs;
use std::path::Path;

use http::{HeaderMap, HeaderName, HeaderValue};
use modelpin::classify::{Answer, classify};
use modelpin::clock::Timestamp;
use modelpin::model::ProviderId;
use serde_json::Value;

use super::NOW;

/// One failed answer.
pub(crate) struct Case {
    /// `provider/name`.
    pub(crate) name: String,
    pub(crate) provider: String,
    page: Value,
}

impl Case {
    pub(crate) fn status(&self) -> u16 {
        let status = self.page["status"].as_u64().expect("a status");
        u16::try_from(status).expect("a status is small")
    }

    /// The body as it goes over the wire.
    pub(crate) fn body(&self) -> String {
        match &self.page["body"] {
            Value::String(text) => text.clone(),
            json => json.to_string(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.page["now"].as_i64().map_or(NOW, Timestamp::from_millis)
    }

    pub(crate) fn class(&self) -> &str {
        self.page["expect"]["class"].as_str().expect("a class")
    }

    pub(crate) fn retry_at(&self) -> Option<i64> {
        let after = self.page["expect"]["retryAt"].as_i64()?;
        Some(self.now().as_millis() + after)
    }

    /// The line that `modelpin classify` reads.
    #[cfg(all(feature = "cli", unix))]
    pub(crate) fn line(&self) -> Value {
        serde_json::json!({
            "provider": self.provider,
            "status": self.status(),
            "headers": self.page["headers"],
            "body": self.body(),
            "now": self.now().as_millis(),
        })
    }

    fn headers(&self) -> HeaderMap {
        let headers = self.page["headers"].as_object().expect("an object");
        let header = |(name, value): (&String, &Value)| {
            (
                HeaderName::from_bytes(name.as_bytes()).expect("a name"),
                HeaderValue::from_str(value.as_str().expect("a string")).expect("a value"),
            )
        };
        headers.iter().map(header).collect()
    }
}

/// All of them, in the order of their names.
pub(crate) fn corpus() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/classify");
    let mut cases = Vec::new();
    for folder in fs::read_dir(root).expect("the corpus").flatten() {
        let provider = folder.file_name().into_string().expect("a name");
        for file in fs::read_dir(folder.path()).expect("a folder").flatten() {
            let text = fs::read_to_string(file.path()).expect("a text");
            let path = file.path();
            let stem = path.file_stem().expect("a name").to_string_lossy();
            let name = format!("{provider}/{stem}");
            let page = serde_json::from_str(&text).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
            cases.push(Case {
                name,
                provider: provider.clone(),
                page,
            });
        }
    }
    cases.sort_by(|one, other| one.name.cmp(&other.name));
    cases
}

#[test]
fn every_answer_of_the_corpus_means_what_it_says() {
    let mut wrong = Vec::new();
    for case in corpus() {
        let verdict = classify(
            &Answer {
                provider: &ProviderId::new(&case.provider),
                status: case.status(),
                headers: &case.headers(),
                body: case.body().as_bytes(),
            },
            case.now(),
        )
        .expect("a failed answer");
        let said = (verdict.class.as_str(), verdict.retry_at.map(Timestamp::as_millis));
        let expected = (case.class(), case.retry_at());
        if said != expected {
            wrong.push(format!("{}: {said:?} for {expected:?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_answer_of_the_corpus_tells_where_it_is_from() {
    let cases = corpus();
    assert!(cases.len() >= 80, "{}", cases.len());
    for case in &cases {
        let source = case.page["source"].as_str().expect("a source");
        assert!(source.starts_with("https://"), "{}", case.name);
        let seen = case.page["seen"].as_str().expect("what it is worth");
        assert!(
            ["reported", "documented", "pieced together"].contains(&seen),
            "{}: {seen}",
            case.name
        );
        let words = case.page["case"].as_str().expect("a case");
        assert!(!words.is_empty(), "{}", case.name);
    }
    for provider in [
        "anthropic",
        "openai",
        "google",
        "openrouter",
        "azure",
        "groq",
        "mistral",
        "bedrock",
    ] {
        let count = cases.iter().filter(|case| case.provider == provider).count();
        assert!(count >= 8, "{provider} has {count}");
    }
}
