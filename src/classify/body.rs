//! The words of a structured error, wherever a provider puts them.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::phrases;
use super::times::Wait;

/// The most of a body that is looked at. A longer one is no structured error of any provider.
const MOST: usize = 64 * 1024;

/// What a failed answer's body says, in lower case.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Codes: `error.type`, `error.code`, `error.status`, and what stands for them elsewhere.
    codes: Vec<String>,
    /// Messages for people: `error.message`, `message`, `detail`, `error_description`.
    messages: Vec<String>,
    /// The deadlines that the error gives.
    pub(super) waits: Vec<Wait>,
    /// Headers that the error repeats (`error.metadata.headers` of OpenRouter).
    pub(super) headers: HeaderMap,
    /// Whether it was the input that was kept out, by a filter of content.
    pub(super) flagged: bool,
    /// Whether the error blames the parameter `model`.
    pub(super) about_model: bool,
    /// Whether it is a page for browsers.
    pub(super) html: bool,
}

impl Said {
    /// Reads a body: JSON, a page for browsers, or a text that is the message itself.
    pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Self {
        let body = body.trim_ascii_start();
        let body = body
            .strip_prefix(b"\xEF\xBB\xBF")
            .unwrap_or(body)
            .trim_ascii_start();
        let mut said = Self::default();
        said.take_error_type(headers);
        if body.len() > MOST {
            said.html = is_html(headers, body);
        } else if let Ok(json @ (Value::Object(_) | Value::Array(_))) = serde_json::from_slice::<Value>(body)
        {
            // Google wraps the error of a streamed request into an array.
            said.take_answer(json.get(0).unwrap_or(&json));
        } else if is_html(headers, body) {
            said.html = true;
        } else if let Ok(text) = std::str::from_utf8(body) {
            said.messages.push(text.to_ascii_lowercase());
        }
        said
    }

    /// Whether one of the codes is one of `codes`.
    pub(super) fn is(&self, codes: &[&str]) -> bool {
        self.codes.iter().any(|code| codes.contains(&code.as_str()))
    }

    /// Whether one of the codes begins with `start`.
    pub(super) fn begins(&self, start: &str) -> bool {
        self.codes.iter().any(|code| code.starts_with(start))
    }

    /// Whether a message has one of `phrases` in it.
    pub(super) fn mentions(&self, phrases: &[&str]) -> bool {
        self.messages
            .iter()
            .any(|message| phrases.iter().any(|phrase| message.contains(phrase)))
    }

    /// Whether it speaks of a limit that ends with a window of time: `usage limit`, `5-hour limit`, `daily quota`.
    pub(super) fn of_a_window(&self) -> bool {
        let counted = |message: &str| {
            // `5-hour`, `5 hour`, `5h`: a number of hours beside a word for a limit.
            let hours = message
                .split(|c: char| !c.is_ascii_alphanumeric())
                .collect::<Vec<_>>();
            let number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
            let of_hours = hours
                .windows(2)
                .any(|pair| number(pair[0]) && pair[1].starts_with("hour"))
                || hours
                    .iter()
                    .any(|word| word.strip_suffix('h').is_some_and(number));
            of_hours && phrases::LIMIT.iter().any(|limit| message.contains(limit))
        };
        let periodic = |message: &str| {
            phrases::PERIOD.iter().any(|period| message.contains(period))
                && phrases::LIMIT.iter().any(|limit| message.contains(limit))
        };
        self.is(phrases::WINDOW_CODES)
            || self.mentions(phrases::WINDOW)
            || self
                .messages
                .iter()
                .any(|message| counted(message) || periodic(message))
    }

    fn take_answer(&mut self, answer: &Value) {
        for key in ["type", "code", "status", "__type"] {
            self.take_code(&answer[key]);
        }
        for key in ["message", "error_description"] {
            self.take_message(&answer[key]);
        }
        match &answer["detail"] {
            Value::Array(list) => list.iter().for_each(|item| self.take_message(&item["msg"])),
            Value::Object(detail) => detail
                .get("message")
                .into_iter()
                .for_each(|text| self.take_message(text)),
            detail => self.take_message(detail),
        }
        match &answer["error"] {
            // OAuth has a code there (RFC 6749, section 5.2), others a sentence.
            error @ Value::String(_) => {
                self.take_code(error);
                self.take_message(error);
            }
            error => self.take_error(error),
        }
    }

    fn take_error(&mut self, error: &Value) {
        for key in ["type", "code", "status"] {
            self.take_code(&error[key]);
        }
        self.take_message(&error["message"]);
        self.about_model |= error["param"] == "model";
        for detail in error["details"].as_array().into_iter().flatten() {
            self.take_code(&detail["reason"]);
            // `google.rpc.RetryInfo`: a protobuf duration, such as `34s`.
            if let Some(delay) = detail["retryDelay"].as_str() {
                self.waits.push(Wait(delay.to_owned()));
            }
        }
        self.take_metadata(&error["metadata"]);
        // `resets_*` is how ChatGPT subscriptions tell the end of a usage window.
        for key in ["retry_after", "resets_in_seconds", "resets_at"] {
            match &error[key] {
                Value::String(text) => self.waits.push(Wait(text.clone())),
                Value::Number(number) => self.waits.push(Wait(number.to_string())),
                _ => {}
            }
        }
    }

    /// AWS names the error in a header: `ThrottlingException`, at times with the address of a schema behind a colon.
    fn take_error_type(&mut self, headers: &HeaderMap) {
        let told = headers.get("x-amzn-errortype");
        if let Some(told) = told.and_then(|value| value.to_str().ok()) {
            self.take_word(told.split(':').next().unwrap_or(told));
        }
    }

    /// What OpenRouter adds: the headers of a limit, and what a filter found.
    fn take_metadata(&mut self, metadata: &Value) {
        self.flagged |= !metadata["flagged_input"].is_null();
        for (name, value) in metadata["headers"].as_object().into_iter().flatten() {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => continue,
            };
            let name = HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&text)) {
                // A map that is full has more than any provider sends.
                let _full = self.headers.try_insert(name, value);
            }
        }
    }

    fn take_code(&mut self, value: &Value) {
        if let Some(code) = value.as_str() {
            // `__type` of AWS has a name space before a hash.
            self.take_word(code.rsplit('#').next().unwrap_or(code));
        }
    }

    fn take_word(&mut self, code: &str) {
        self.codes.push(code.trim().to_ascii_lowercase());
    }

    fn take_message(&mut self, value: &Value) {
        if let Some(message) = value.as_str() {
            self.messages.push(message.to_ascii_lowercase());
        }
    }
}

fn is_html(headers: &HeaderMap, body: &[u8]) -> bool {
    let told = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.trim().to_ascii_lowercase().starts_with("text/html"));
    let starts = |tag: &[u8]| {
        body.get(..tag.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(tag))
    };
    told || starts(b"<!doctype html") || starts(b"<html")
}
