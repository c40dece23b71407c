//! `modelpin classify`: failed answers in as JSON Lines, what they mean out as JSON Lines.

use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::classify::{Answer, classify};
use crate::clock::{Clock, SystemClock, Timestamp};
use crate::model::ProviderId;

/// Answers every line of `input` with a line on `out`, in order.
///
/// In: `{"provider","status","headers":{},"body":"…","now":ms}`; `headers` and `body` may be left out, and `now` is
/// then the present. Out: `{"class":…|null,"retryAt":ms|null}`. A line that cannot be read is answered in its
/// place with `{"error":"line N: …"}`; the rest goes on, and the exit code is 1. Errors do not repeat the input.
///
/// # Errors
/// Only what reading `input` and writing `out` give.
pub(crate) fn run(mut input: impl BufRead, mut out: impl Write) -> io::Result<ExitCode> {
    let mut exit = ExitCode::SUCCESS;
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let answer = answer(&line).unwrap_or_else(|why| {
            exit = ExitCode::FAILURE;
            json!({ "error": format!("line {number}: {why}") })
        });
        writeln!(out, "{answer}")?;
    }
    out.flush()?;
    Ok(exit)
}

fn answer(line: &[u8]) -> Result<Value, String> {
    let asked: Value =
        serde_json::from_slice(line).map_err(|error| format!("not JSON at column {}", error.column()))?;
    if !asked.is_object() {
        return Err("not a JSON object".to_owned());
    }
    let provider = asked["provider"].as_str().ok_or("`provider` must be a string")?;
    let status = asked["status"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok())
        .ok_or("`status` must be an HTTP status")?;
    let body = match &asked["body"] {
        Value::Null => "",
        Value::String(body) => body,
        _ => return Err("`body` must be a string".to_owned()),
    };
    let now = match &asked["now"] {
        Value::Null => SystemClock.now(),
        now => Timestamp::from_millis(
            now.as_i64()
                .ok_or("`now` must be whole milliseconds since 1970")?,
        ),
    };
    let verdict = classify(
        &Answer {
            provider: &ProviderId::new(provider),
            status,
            headers: &headers(&asked["headers"])?,
            body: body.as_bytes(),
        },
        now,
    );
    Ok(json!({
        "class": verdict.map(|verdict| verdict.class.as_str()),
        "retryAt": verdict.and_then(|verdict| verdict.retry_at).map(Timestamp::as_millis),
    }))
}

fn headers(asked: &Value) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    let listed = match asked {
        Value::Null => return Ok(headers),
        Value::Object(listed) => listed,
        _ => return Err("`headers` must be an object".to_owned()),
    };
    for (name, value) in listed {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return Err("a value in `headers` must be a string or a number".to_owned()),
        };
        let name =
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| "a name in `headers` is no header name")?;
        let value = HeaderValue::from_bytes(text.as_bytes())
            .map_err(|_| format!("header `{name}` has a value with control characters"))?;
        headers.try_append(name, value).map_err(|_| "too many headers")?;
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(input: &[u8]) -> (String, ExitCode) {
        let mut out = Vec::new();
        let exit = run(input, &mut out).expect("memory does not fail");
        (String::from_utf8(out).expect("JSON is UTF-8"), exit)
    }

    #[test]
    fn each_line_is_answered_in_order() {
        let (out, exit) = said(
            br#"{"provider":"openai","status":429,"headers":{"Retry-After":2},"now":1000}
{"provider":"openai","status":200,"headers":{},"body":"429","now":1000}"#,
        );
        assert_eq!(
            out,
            "{\"class\":\"rate_limit\",\"retryAt\":3000}\n{\"class\":null,\"retryAt\":null}\n"
        );
        assert_eq!(exit, ExitCode::SUCCESS);
    }

    #[test]
    fn a_bad_line_is_answered_in_its_place_and_fails_the_whole() {
        let (out, exit) = said(
            b"\xff\n\n[]\n{\"provider\":\"x\",\"status\":99999}\n{\"provider\":\"x\",\"status\":401,\"now\":\"sk-EXAMPLE\"}\n{\"provider\":\"x\",\"status\":401}\n",
        );
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines.len(), 6);
        for (at, line) in lines[..5].iter().enumerate() {
            assert!(
                line.starts_with(&format!("{{\"error\":\"line {}: ", at + 1)),
                "{line}"
            );
        }
        assert_eq!(lines[5], r#"{"class":"auth","retryAt":null}"#);
        assert!(!out.contains("EXAMPLE"));
        assert_eq!(exit, ExitCode::FAILURE);
    }
}
