//! Bodies before and after, byte for byte.

use bytes::Bytes;
use proptest::prelude::*;
use serde::de::IgnoredAny;

use super::{BodyError, DEEPEST, Outline};
use crate::retention::Retention;

fn read(body: &str) -> Result<Outline, BodyError> {
    Outline::read(&Bytes::copy_from_slice(body.as_bytes()))
}

fn filled(body: &str, model: &str, retention: Retention) -> String {
    let filled = read(body).expect("a good body").fill(model, retention);
    String::from_utf8(filled.body.to_vec()).expect("UTF-8")
}

/// The body for the model that it names.
fn kept(body: &str, retention: Retention) -> String {
    let model = read(body).expect("a good body");
    let model = model.model().expect("a model").to_owned();
    filled(body, &model, retention)
}

#[test]
fn only_the_name_of_the_model_differs() {
    let named = |body: &str| filled(body, "new", Retention::None);
    assert_eq!(
        named("{ \"a\" : [1e400, -0] ,\r\n\t\"model\" :  \"old\"  , \"a\":2 } \n"),
        "{ \"a\" : [1e400, -0] ,\r\n\t\"model\" :  \"new\"  , \"a\":2 } \n"
    );
    assert_eq!(
        named(r#"{"messages":[{"model":"deep"}],"m\u006fd\u0065l":"old","text":"\"model\":\"x\" 🦀"}"#),
        r#"{"messages":[{"model":"deep"}],"m\u006fd\u0065l":"new","text":"\"model\":\"x\" 🦀"}"#
    );
    assert_eq!(
        named(r#"{"Model":"a","model":"b"}"#),
        r#"{"Model":"a","model":"new"}"#
    );
    assert_eq!(
        filled(r#"{"model":"x"}"#, "a\"b\\ü\n", Retention::None),
        r#"{"model":"a\"b\\ü\n"}"#
    );
}

#[test]
fn a_body_without_a_model_gets_one_first() {
    assert_eq!(filled("{}", "new", Retention::Long), r#"{"model":"new"}"#);
    assert_eq!(
        filled(r#"{ "a": 1 }"#, "new", Retention::Long),
        r#"{"model":"new", "a": 1 }"#
    );
}

#[test]
fn what_need_not_change_is_the_same_bytes() {
    let same = |body: &'static str, retention| {
        let bytes = Bytes::from_static(body.as_bytes());
        let filled = Outline::read(&bytes).expect("a good body").fill("m", retention);
        assert_eq!(filled.body.as_ptr(), bytes.as_ptr(), "{body}");
        assert_eq!((filled.body.len(), filled.added), (bytes.len(), Retention::None));
    };
    same(
        r#"{"model":"\u006d","messages":[{"role":"user","content":"hi"}]}"#,
        Retention::None,
    );
    same(r#"{"model":"m","input":"hi"}"#, Retention::Long);
    for marked in [
        r#"{"model":"m","system":"s","messages":[{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]}]}"#,
        r#"{"model":"m","system":[{"type":"text","text":"s","cache\u005fcontrol":null}],"messages":[{"role":"user","content":"hi"}]}"#,
        r#"{"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[{"name":"t","input_schema":{},"cache_control":{"type":"ephemeral"}}]}"#,
        r#"{"cache_control":{"type":"ephemeral"},"model":"m","messages":[{"role":"user","content":"hi"}]}"#,
    ] {
        assert!(read(marked).expect("a good body").steers_cache());
        same(marked, Retention::Short);
        same(marked, Retention::Long);
    }
    for unfit in [
        r#"{"model":"m","system":"","messages":[{"role":"user","content":" \n\u0020\u00a0\t"}]}"#,
        r#"{"model":"m","system":[],"messages":[{"role":"user","content":[]}]}"#,
        r#"{"model":"m","system":null,"messages":[{"role":"assistant","content":"hi"}]}"#,
        r#"{"model":"m","system":[{"type":"text","text":" "}],"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":""}]}]}"#,
        r#"{"model":"m","messages":[{"role":"user","content":[{"type":"thinking","thinking":"t","signature":"s"}]}]}"#,
        r#"{"model":"m","messages":[{"role":"user","content":[{"type":"redacted_thinking","data":"d"}]}]}"#,
        r#"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a"},"odd"]}]}"#,
        r#"{"model":"m","messages":[{"role":"user","content":[{"text":"no type"}]}]}"#,
        r#"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a","text":7}]}]}"#,
        r#"{"model":"m","messages":[{"role":"user","content":"a"},{"role":"user","content":[]}]}"#,
        r#"{"model":"m","messages":{"role":"user","content":"a"}}"#,
        r#"{"model":"m","messages":["user"]}"#,
    ] {
        same(unfit, Retention::Long);
    }
}

#[test]
fn strings_become_a_block_with_a_mark() {
    let body = r#"{"model":"m","system":"Bé \"brief\"\n","messages":[{"role":"user","content":"你好 🦀"}],"max_tokens":9}"#;
    assert_eq!(
        kept(body, Retention::Short),
        r#"{"model":"m","system":[{"type":"text","text":"Bé \"brief\"\n","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":[{"type":"text","text":"你好 🦀","cache_control":{"type":"ephemeral"}}]}],"max_tokens":9}"#
    );
    assert_eq!(
        kept(body, Retention::Long),
        r#"{"model":"m","system":[{"type":"text","text":"Bé \"brief\"\n","cache_control":{"type":"ephemeral","ttl":"1h"}}],"messages":[{"role":"user","content":[{"type":"text","text":"你好 🦀","cache_control":{"type":"ephemeral","ttl":"1h"}}]}],"max_tokens":9}"#
    );
    assert_eq!(kept(body, Retention::None), body);
}

#[test]
fn the_last_block_of_system_and_of_the_last_user_message_is_marked() {
    let body = r#"{ "messages": [
  { "role": "user", "content": "first" },
  { "role": "assistant", "content": [ { "type": "text", "text": "answer" } ] },
  { "content": [ { "type": "image", "source": {} }, { "text": "cache_control: \"cache_control\":", "type": "text" } ], "role": "user" },
  { "role": "assistant", "content": "{" }
], "system": [ { "type": "text", "text": "a" }, { "type": "text", "text": "b" } ], "model": "m" }"#;
    let expected = body
        .replace(
            r#", "type": "text" } ], "role""#,
            r#", "type": "text" ,"cache_control":{"type":"ephemeral"}} ], "role""#,
        )
        .replace(
            r#""b" } ], "model""#,
            r#""b" ,"cache_control":{"type":"ephemeral"}} ], "model""#,
        );
    assert_eq!(kept(body, Retention::Short), expected);
    assert_eq!(expected.matches("cache_control\":{").count(), 2);
    let of_a_tool = r#"{"model":"m","messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":""}]}]}]}"#;
    assert_eq!(
        kept(of_a_tool, Retention::Short),
        r#"{"model":"m","messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":""}],"cache_control":{"type":"ephemeral"}}]}]}"#
    );
}

#[test]
fn a_changed_model_and_the_marks_go_together_in_any_order() {
    assert_eq!(
        filled(
            r#"{"messages":[{"role":"user","content":"q"}],"model":"old","system":"s"}"#,
            "new",
            Retention::Short
        ),
        r#"{"messages":[{"role":"user","content":[{"type":"text","text":"q","cache_control":{"type":"ephemeral"}}]}],"model":"new","system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}]}"#
    );
}

#[test]
fn whether_it_streams_and_what_it_names_is_told() {
    let told = |body: &str| {
        let read = read(body).expect("a good body");
        (read.model().map(str::to_owned), read.streams())
    };
    assert_eq!(
        told(r#"{"stream": true, "model": "\ud83e\udd80"}"#),
        (Some("🦀".to_owned()), true)
    );
    assert_eq!(told(r#"{"stream":false}"#), (None, false));
    assert_eq!(
        told(r#"{"stream":"true","model":""}"#),
        (Some(String::new()), false)
    );
    assert_eq!(told(r#"{"a":{"stream":true,"model":1}}"#), (None, false));
}

#[test]
fn an_error_says_where_and_what_and_repeats_nothing() {
    let wrong = |body: &[u8]| Outline::read(&Bytes::copy_from_slice(body)).expect_err("a bad body");
    let not_json = |at, expected| BodyError::NotJson { at, expected };
    for (body, error) in [
        (&b""[..], BodyError::NotAnObject { at: 0 }),
        (b" [1]", BodyError::NotAnObject { at: 1 }),
        (b"\xEF\xBB\xBF{}", BodyError::NotAnObject { at: 0 }),
        (b"\x1f\x8b\x08", BodyError::NotUtf8 { at: 1 }),
        (b"{\"a\":\"\xff\"}", BodyError::NotUtf8 { at: 6 }),
        (b"{} x", BodyError::Trailing { at: 3 }),
        (b"{}{}", BodyError::Trailing { at: 2 }),
        (b"{\"model\":7}", BodyError::ModelNotText { at: 9 }),
        (b"{\"model\": null}", BodyError::ModelNotText { at: 10 }),
        (b"{\"model\":\"\\ud800\"}", BodyError::ModelNotText { at: 9 }),
        (
            b"{\"model\":\"a\",\"mod\\u0065l\":\"a\"}",
            BodyError::TwoModels { at: 26 },
        ),
        (b"{", not_json(1, "a key in quotes")),
        (b"{\"a\":1,}", not_json(7, "a key in quotes")),
        (b"{\"a\" 1}", not_json(5, "`:`")),
        (b"{\"a\":}", not_json(5, "a value")),
        (b"{\"a\":tru}", not_json(5, "a value")),
        (b"{\"a\":[1,]}", not_json(8, "a value")),
        (b"{\"a\":[1}", not_json(7, "`,` or `]`")),
        (b"{\"a\":{\"b\":1]}", not_json(11, "`,` or `}`")),
        (b"{\"a\":01}", not_json(6, "`,` or `}`")),
        (b"{\"a\":1.}", not_json(7, "a digit")),
        (b"{\"a\":-}", not_json(6, "a digit")),
        (b"{\"a\":\"b}", not_json(8, "the end of a string")),
        (b"{\"a\":\"\\x\"}", not_json(7, "an escape")),
        (b"{\"a\":\"\\u12g4\"}", not_json(10, "four hexadecimal digits")),
        (
            b"{\"a\":\"b\nc\"}",
            not_json(7, "an escape in place of a control character"),
        ),
    ] {
        assert_eq!(wrong(body), error, "{}", String::from_utf8_lossy(body));
        assert!(error.to_string().contains(&error.at().to_string()), "{error}");
    }
    let secret = wrong(b"{\"model\":{\"key\":\"sk-ant-api03-EXAMPLE-qWz81\"}}");
    assert!(!format!("{secret} {secret:?}").contains("EXAMPLE"));
}

#[test]
fn nothing_is_too_deep_but_what_is() {
    let nested = |levels: usize, open: &str, close: &str| {
        let levels = levels - 1;
        format!(r#"{{"a":{}1{}}}"#, open.repeat(levels), close.repeat(levels))
    };
    let deepest = usize::try_from(DEEPEST).expect("small");
    for (open, close) in [("[", "]"), (r#"{"b":"#, "}")] {
        assert!(read(&nested(deepest, open, close)).is_ok());
        let at = 5 + (deepest - 1) * open.len();
        assert_eq!(
            read(&nested(deepest + 1, open, close)).err(),
            Some(BodyError::TooDeep { at })
        );
        assert!(read(&nested(100_000, open, close)).is_err());
    }
    let in_messages = format!(r#"{{"messages":[{{"content":[{{"a":{}"#, "[".repeat(deepest - 4));
    assert!(
        matches!(read(&in_messages).err(), Some(BodyError::TooDeep { at }) if at == in_messages.len() - 1)
    );
}

/// What serde_json takes for an object: it reads over values without building them, to any depth.
fn is_json(body: &[u8]) -> bool {
    std::str::from_utf8(body).is_ok()
        && body.trim_ascii_start().starts_with(b"{")
        && serde_json::from_slice::<IgnoredAny>(body).is_ok()
}

fn agrees(body: &[u8]) -> Result<(), TestCaseError> {
    match Outline::read(&Bytes::copy_from_slice(body)) {
        Ok(read) => {
            prop_assert!(is_json(body), "{:?}", String::from_utf8_lossy(body));
            for retention in Retention::ALL {
                let filled = read.fill("other", retention);
                let again = Outline::read(&filled.body).expect("what was filled can be read");
                prop_assert_eq!(again.model(), Some("other"));
            }
        }
        Err(
            BodyError::NotJson { .. }
            | BodyError::NotUtf8 { .. }
            | BodyError::NotAnObject { .. }
            | BodyError::Trailing { .. },
        ) => prop_assert!(!is_json(body), "{:?}", String::from_utf8_lossy(body)),
        Err(BodyError::TooDeep { .. } | BodyError::TwoModels { .. } | BodyError::ModelNotText { .. }) => {}
    }
    Ok(())
}

const SEED: &str = r#"{"model":"m","stream":true,"system":[{"type":"text","text":"a\u00e9\n"}],"messages":[{"role":"user","content":[{"type":"text","text":"你好"},{"type":"image","n":-1.5e+3}]},{"role":"user","content":"x"}],"t":[null,false,{},[]]}"#;

proptest! {
    #[test]
    fn no_bytes_are_too_strange(bytes in any::<Vec<u8>>()) {
        agrees(&bytes)?;
    }

    #[test]
    fn what_is_json_is_what_another_reader_says(
        text in r#"\{("(model|text|a|\\u00e9|\\ud800|messages|role)":|[\[\]{},: ]|"(b|\\n|user)?"|-?[0-9]{1,2}|[.eE+-]|true|null|\t){0,16}\}"#,
    ) {
        agrees(text.as_bytes())?;
    }

    #[test]
    fn a_body_that_was_damaged_is_read_or_refused(
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), 0_usize..4, any::<Option<u8>>()), 1..4),
        end in any::<Option<prop::sample::Index>>(),
    ) {
        let mut bytes = SEED.as_bytes().to_vec();
        for (at, gone, instead) in cuts {
            let at = at.index(bytes.len());
            let end = (at + gone).min(bytes.len());
            bytes.splice(at..end, instead);
        }
        if let Some(end) = end {
            bytes.truncate(end.index(bytes.len() + 1));
        }
        agrees(&bytes)?;
    }
}
