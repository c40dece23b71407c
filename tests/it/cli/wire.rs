//! What `modelpin chat` sends to providers, and what it makes of their answers.

use serde_json::{Value, json};

use super::home::{Home, Ran, assert_no_secret, run};
use super::provider::{Answer, Provider};

const KEY: &str = "sk-ant-api03-EXAMPLE-kLm2Qx8ZwT";
const SECOND_KEY: &str = "sk-ant-api03-EXAMPLE-7hTzR4vBnJ";
const TOKEN: &str = "sk-ant-oat01-EXAMPLE-p9WnY3eCqU";
const ACCESS: &str = "acc-EXAMPLE-u6JdF1sGoX";
const REFRESH: &str = "ref-EXAMPLE-o5VbM0aHiD";
const OTHER: &str = "sk-EXAMPLE-i8XkE2rLfS";
const ALL: [&str; 6] = [KEY, SECOND_KEY, TOKEN, ACCESS, REFRESH, OTHER];
const FAR: i64 = 9_770_724_800_000;

fn anthropic_says(text: &'static str) -> Provider {
    Provider::start(move |_| Answer::anthropic(text))
}

/// A home whose `anthropic` is at `base_url`, with these profiles.
fn anthropic_home(base_url: &str, profiles: &Value) -> Home {
    let config = json!({
        "agents": { "defaults": { "model": "anthropic/claude-opus-4-5" } },
        "models": { "providers": { "anthropic": { "baseUrl": base_url } } },
    });
    Home::with(&config, &json!({ "version": 1, "profiles": profiles }))
}

fn chat(home: &Home, input: &str) -> Ran {
    run(&mut home.modelpin(&["chat", "--json"]), input.as_bytes())
}

fn key(secret: &str) -> Value {
    json!({ "type": "api_key", "provider": "anthropic", "key": secret })
}

#[test]
fn an_api_key_of_anthropic_goes_into_its_own_header() {
    let provider = anthropic_says("Hello, wörld 🦀");
    let home = anthropic_home(&provider.url(""), &json!({ "anthropic:work": key(KEY) }));
    let told = chat(&home, "hi\nand more\n").succeeded();
    let events = told.lines();
    assert_eq!(events[0]["text"], "Hello, wörld 🦀");
    assert_eq!(events[0]["profile"], "anthropic:work");

    let asked = provider.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].line, "POST /v1/messages HTTP/1.1");
    assert_eq!(
        asked[0].told(),
        [("anthropic-version", "2023-06-01"), ("x-api-key", KEY)]
    );
    assert_eq!(asked[0].header("content-type"), ["application/json"]);
    assert_eq!(
        asked[0].header("user-agent"),
        [concat!("modelpin/", env!("CARGO_PKG_VERSION"))]
    );
    let body = &asked[1].body;
    assert_eq!(
        (&body["model"], &body["stream"]),
        (&json!("claude-opus-4-5"), &json!(true))
    );
    let roles: Vec<&Value> = body["messages"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|turn| &turn["role"])
        .collect();
    assert_eq!(roles, ["user", "assistant", "user"]);
    assert!(asked[0].body.to_string().contains("\"hi\""));
}

#[test]
fn a_chat_that_pays_with_a_key_has_its_prompt_kept() {
    let marked = |text: &str, mark: &Value| json!([{ "type": "text", "text": text, "cache_control": mark }]);
    let (short, long) = (
        json!({ "type": "ephemeral" }),
        json!({ "type": "ephemeral", "ttl": "1h" }),
    );
    for (params, mark, beta) in [
        (json!({}), Some(&short), &[][..]),
        (
            json!({ "cacheRetention": "long" }),
            Some(&long),
            &["extended-cache-ttl-2025-04-11"],
        ),
        (json!({ "cacheControlTtl": "5m" }), Some(&short), &[]),
        (json!({ "cacheRetention": "none" }), None, &[]),
    ] {
        let provider = anthropic_says("Hello");
        let config = json!({
            "agents": { "defaults": {
                "model": "anthropic/claude-opus-4-5",
                "models": { "anthropic/claude-opus-4-5": { "params": params } },
            } },
            "models": { "providers": { "anthropic": { "baseUrl": provider.url("") } } },
        });
        let home = Home::with(&config, &json!({ "profiles": { "anthropic:work": key(KEY) } }));
        chat(&home, "你好\nand \"more\"\n").succeeded();
        let asked = provider.asked();
        let last = |text: &str| mark.map_or_else(|| json!(text), |mark| marked(text, mark));
        let tokens = &asked[0].body["max_tokens"];
        assert_eq!(
            asked[0].body,
            json!({
                "model": "claude-opus-4-5", "max_tokens": tokens, "stream": true,
                "messages": [{ "role": "user", "content": last("你好") }],
            })
        );
        assert_eq!(
            asked[1].body["messages"],
            json!([
                { "role": "user", "content": "你好" },
                { "role": "assistant", "content": "Hello" },
                { "role": "user", "content": last("and \"more\"") },
            ])
        );
        assert_eq!(asked[0].header("anthropic-beta"), beta);
        assert_eq!(asked[0].header("content-length").len(), 1);
    }
}

#[test]
fn tokens_and_sign_ins_of_anthropic_are_bearers_with_the_beta() {
    for (profile, secret) in [
        (
            json!({ "type": "token", "provider": "anthropic", "token": TOKEN, "expires": FAR }),
            TOKEN,
        ),
        (
            json!({ "type": "oauth", "provider": "anthropic", "access": ACCESS, "refresh": REFRESH, "expires": FAR }),
            ACCESS,
        ),
    ] {
        let provider = anthropic_says("ok");
        let home = anthropic_home(&provider.url("/base/"), &json!({ "anthropic:me": profile }));
        chat(&home, "hi\n").succeeded();
        let asked = provider.asked();
        assert_eq!(asked[0].line, "POST /base/v1/messages HTTP/1.1");
        let bearer = format!("Bearer {secret}");
        assert_eq!(
            asked[0].told(),
            [
                ("anthropic-beta", "oauth-2025-04-20"),
                ("anthropic-version", "2023-06-01"),
                ("authorization", &bearer)
            ]
        );
        let expected = json!({
            "model": "claude-opus-4-5", "max_tokens": asked[0].body["max_tokens"], "stream": true,
            "messages": [{ "role": "user", "content": "hi" }],
        });
        assert_eq!(asked[0].body, expected);
        assert!(expected["max_tokens"].is_u64());
    }
}

#[test]
fn openai_and_its_likes_get_a_bearer_at_their_base_path() {
    let provider = Provider::start(|asked| match asked.line.contains("/responses") {
        true => Answer::responses("from responses"),
        false => Answer::completions("from completions"),
    });
    for (api, path, text) in [
        (
            "openai-completions",
            "/base/v1/chat/completions",
            "from completions",
        ),
        ("openai-responses", "/base/v1/responses", "from responses"),
    ] {
        provider.asked().clear();
        let config = json!({
            "agents": { "defaults": { "model": "local/m-1" } },
            "models": { "providers": { "local": {
                "baseUrl": provider.url("/base/v1"), "api": api, "apiKey": "${LOCAL_KEY}", "models": ["m-1"],
                "headers": { "X-Team": "blue" },
            } } },
        });
        let home = Home::with(&config, &json!({ "profiles": {} }));
        let mut command = home.modelpin(&["chat", "--json"]);
        let told = run(command.env("LOCAL_KEY", OTHER), b"hi\n").succeeded().lines();
        assert_eq!(told[0]["text"], text);
        assert_eq!(told[0]["profile"], "config:local");
        let asked = provider.asked();
        assert_eq!(asked[0].line, format!("POST {path} HTTP/1.1"));
        assert_eq!(
            asked[0].told(),
            [("authorization", &*format!("Bearer {OTHER}")), ("x-team", "blue")]
        );
        assert_eq!(asked[0].body["model"], "m-1");
    }
}

#[test]
fn a_codex_sign_in_names_its_account() {
    let provider = Provider::start(|_| Answer::responses("ok"));
    let config = json!({
        "agents": { "defaults": { "model": "openai-codex/gpt-5.2" } },
        "models": { "providers": { "openai-codex": {
            "baseUrl": provider.url("/codex"), "api": "openai-responses", "models": ["gpt-5.2"],
        } } },
    });
    let profile = json!({
        "type": "oauth", "provider": "openai-codex", "access": ACCESS, "refresh": REFRESH, "expires": FAR,
        "accountId": "acct-EXAMPLE",
    });
    let home = Home::with(&config, &json!({ "profiles": { "openai-codex:me": profile } }));
    chat(&home, "hi\n").succeeded();
    let bearer = format!("Bearer {ACCESS}");
    assert_eq!(
        provider.asked()[0].told(),
        [
            ("authorization", &*bearer),
            ("chatgpt-account-id", "acct-EXAMPLE")
        ]
    );
}

#[test]
fn auth_header_makes_a_bearer_of_an_anthropic_key() {
    let provider = anthropic_says("ok");
    let config = json!({
        "agents": { "defaults": { "model": "proxy/claude" } },
        "models": { "providers": { "proxy": {
            "baseUrl": provider.url("/p"), "api": "anthropic-messages", "authHeader": true, "apiKey": OTHER, "models": ["claude"],
        } } },
    });
    chat(&Home::with(&config, &json!({ "profiles": {} })), "hi\n").succeeded();
    let asked = provider.asked();
    assert_eq!(asked[0].line, "POST /p/v1/messages HTTP/1.1");
    assert_eq!(asked[0].header("authorization"), [format!("Bearer {OTHER}")]);
    assert!(asked[0].header("x-api-key").is_empty());
}

#[test]
fn a_key_in_the_environment_is_enough_and_is_named_as_the_source() {
    let provider = anthropic_says("ok");
    let home = anthropic_home(&provider.url(""), &json!({}));
    let told = run(
        home.modelpin(&["chat", "--json"]).env("ANTHROPIC_API_KEY", KEY),
        b"hi\n/model status\n",
    );
    let events = told.succeeded().lines();
    assert_eq!(events[0]["profile"], "env:ANTHROPIC_API_KEY");
    assert!(
        events[1]["text"]
            .as_str()
            .is_some_and(|text| text.contains("env: ANTHROPIC_API_KEY"))
    );
    assert_eq!(provider.asked()[0].header("x-api-key"), [KEY]);
}

#[test]
fn the_next_profile_answers_when_the_provider_says_429_and_the_first_one_rests() {
    let provider = Provider::start(|asked| match asked.header("x-api-key")[..] {
        [KEY] => Answer::rate_limit(),
        _ => Answer::anthropic("from the second"),
    });
    let profiles = json!({ "anthropic:a": key(KEY), "anthropic:b": key(SECOND_KEY) });
    let home = anthropic_home(&provider.url(""), &profiles);
    let told = chat(&home, "one\ntwo\n/model why\n").succeeded();
    let events = told.lines();
    let kinds: Vec<&Value> = events.iter().map(|event| &event["event"]).collect();
    assert_eq!(kinds, ["attempt-failed", "answer", "answer", "reply"]);
    assert_eq!(
        (&events[0]["profile"], &events[1]["profile"]),
        (&json!("anthropic:a"), &json!("anthropic:b"))
    );
    assert!(
        events[3]["text"]
            .as_str()
            .is_some_and(|why| why.contains("anthropic:a: cooldown"))
    );
    let keys: Vec<String> = provider
        .asked()
        .iter()
        .map(|asked| asked.header("x-api-key").concat())
        .collect();
    assert_eq!(keys, [KEY, SECOND_KEY, SECOND_KEY]);
    assert!(
        !told.all().contains("acct-EXAMPLE"),
        "a provider's words are not passed on: {}",
        told.all()
    );
}

#[test]
fn a_subscription_that_serves_its_own_client_alone_is_told_in_words_and_in_data() {
    let body = json!({ "type": "error", "error": {
        "type": "invalid_request_error",
        "message": "This credential is only authorized for use with Claude Code and cannot be used for other API requests.",
    } });
    let provider = Provider::start(move |asked| match asked.header("x-api-key")[..] {
        [KEY] => Answer::anthropic("from the key"),
        _ => Answer::error("400 Bad Request", "", &body),
    });
    let token = json!({ "type": "token", "provider": "anthropic", "token": TOKEN, "expires": FAR });
    let home = anthropic_home(&provider.url(""), &json!({ "anthropic:t": token }));
    let told = chat(&home, "hello\n/model why\n").failed(1);
    assert_no_secret(&told.all(), &ALL);
    let events = told.lines();
    let words = "this subscription token cannot be used here, add an Anthropic API key";
    let says =
        |event: &Value, key: &str, words: &str| event[key].as_str().is_some_and(|text| text.contains(words));
    assert!(
        says(&events[0], "message", &format!("auth: {words}")),
        "{}",
        events[0]
    );
    assert_eq!(
        (&events[1]["event"], &events[1]["cause"]),
        (&json!("refused"), &json!("claude-code-only"))
    );
    assert!(says(&events[1], "hint", words), "{}", events[1]);
    assert!(says(&events[2], "text", words), "{}", events[2]);
    let plain = run(&mut home.modelpin(&["why", "--json", "--last", "1"]), b"")
        .succeeded()
        .out;
    assert!(plain.contains("\"reason\": \"claude-code-only\""), "{plain}");

    // With a key beside it, the key answers, and the token rests.
    let config = json!({
        "agents": { "defaults": { "model": "anthropic/claude-opus-4-5" } },
        "auth": { "fence": "allow" },
        "models": { "providers": { "anthropic": { "baseUrl": provider.url("") } } },
    });
    let store = json!({ "profiles": { "anthropic:t": token, "anthropic:k": key(KEY) } });
    provider.asked().clear();
    let told = chat(&Home::with(&config, &store), "hello\nagain\n").succeeded();
    let events = told.lines();
    let kinds: Vec<&Value> = events.iter().map(|event| &event["event"]).collect();
    assert_eq!(kinds, ["attempt-failed", "answer", "answer"]);
    assert_eq!(provider.asked().len(), 3, "the token is not asked again");
}

#[test]
fn a_strict_pin_asks_nobody_else() {
    let provider = Provider::start(|_| Answer::rate_limit());
    let profiles = json!({ "anthropic:a": key(KEY), "anthropic:b": key(SECOND_KEY) });
    let home = anthropic_home(&provider.url(""), &profiles);
    chat(&home, "/model @b\nhello\nhello again\n").failed(1);
    let keys: Vec<String> = provider
        .asked()
        .iter()
        .map(|asked| asked.header("x-api-key").concat())
        .collect();
    assert_eq!(keys, [SECOND_KEY]);
}

#[test]
fn a_request_that_is_to_blame_itself_is_sent_once() {
    let body = json!({ "type": "error", "error": { "type": "invalid_request_error", "message": "messages: too odd" } });
    let provider = Provider::start(move |_| Answer::error("400 Bad Request", "", &body));
    let profiles = json!({ "anthropic:a": key(KEY), "anthropic:b": key(SECOND_KEY) });
    let home = anthropic_home(&provider.url(""), &profiles);
    let events = chat(&home, "hello\n/model status\n").failed(1).lines();
    assert_eq!(provider.asked().len(), 1);
    assert!(
        events[0]["message"]
            .as_str()
            .is_some_and(|why| why.contains("format")),
        "{}",
        events[0]
    );
    assert!(!events[1].to_string().contains("cooling"), "{}", events[1]);
}

#[test]
fn no_credential_ever_reaches_another_provider_or_follows_a_redirect() {
    let thief = Provider::start(|_| Answer::completions("thanks"));
    let there = format!("location: {}\r\n", thief.url("/v1/messages"));
    let first = Provider::start(move |_| Answer::error("307 Temporary Redirect", &there, &json!({})));
    let second = Provider::start(|_| Answer::completions("ok"));
    let config = json!({
        "agents": { "defaults": { "model": "anthropic/claude-opus-4-5" } },
        "models": { "providers": {
            "anthropic": { "baseUrl": first.url(""), "headers": { "X-Only-For-First": "one" } },
            "local": { "baseUrl": second.url("/v1"), "api": "openai-completions", "apiKey": OTHER, "models": ["m"],
                       "headers": { "X-Only-For-Second": "two" } },
        } },
    });
    let store = json!({ "profiles": {
        "anthropic:a": key(KEY),
        "anthropic:t": { "type": "token", "provider": "anthropic", "token": TOKEN, "expires": FAR },
    } });
    let home = Home::with(&config, &store);
    let told = chat(&home, "one\n/model local/m\ntwo\n").failed(1);
    assert!(
        told.lines()
            .iter()
            .any(|event| event["event"] == "answer" && event["text"] == "ok"),
        "{}",
        told.out
    );
    assert!(thief.asked().is_empty());
    let all = |provider: &Provider| format!("{:?}", provider.asked());
    assert!(!first.asked().is_empty() && second.asked().len() == 1);
    assert_no_secret(&all(&first), &["i8XkE2rLfS"]);
    assert!(!all(&first).contains("x-only-for-second"));
    assert_no_secret(&all(&second), &["kLm2Qx8ZwT", "p9WnY3eCqU", "anthropic-"]);
    assert!(!all(&second).contains("x-only-for-first"));
}

#[test]
fn no_log_line_and_no_answer_shows_a_secret() {
    let provider = Provider::start(|asked| match asked.header("x-api-key")[..] {
        // A provider that says the key back, in a header and in its error.
        [KEY] => Answer::error(
            "401 Unauthorized",
            &format!("x-key: {KEY}\r\n"),
            &json!({ "type": "error", "error": { "type": "authentication_error", "message": KEY } }),
        ),
        _ => Answer::anthropic("ok"),
    });
    let profiles = json!({
        "anthropic:me": { "type": "oauth", "provider": "anthropic", "access": ACCESS, "refresh": REFRESH, "expires": FAR },
        "anthropic:t": { "type": "token", "provider": "anthropic", "token": TOKEN, "expires": FAR },
        "anthropic:a": key(KEY),
        "anthropic:b": key(SECOND_KEY),
    });
    let home = anthropic_home(&provider.url(""), &profiles);
    let input = "/model @a\nhello\n/model status\n/model why\n/model @auto\nhello\n/model @b\nhello\n/model @me\nhello\n/model @t\nhello\n";
    for args in [
        &["chat", "-vvv"][..],
        &["chat", "--json", "-vvv", "--log-format", "json"],
    ] {
        let told = run(
            home.modelpin(args)
                .env("RUST_LOG", "trace")
                .env("OPENAI_API_KEY", OTHER),
            input.as_bytes(),
        );
        assert!(told.err.len() > 1_000, "it logs: {}", told.err);
        assert_no_secret(&told.all(), &ALL);
    }
}

#[test]
fn an_answer_that_breaks_off_is_told_and_nobody_rests() {
    let provider = Provider::start(|asked| match asked.body["messages"].as_array().map(Vec::len) {
        Some(1) => Answer::anthropic_cut_off("half an ans"),
        _ => Answer::anthropic("whole"),
    });
    let home = anthropic_home(
        &provider.url(""),
        &json!({ "anthropic:a": key(KEY), "anthropic:b": key(SECOND_KEY) }),
    );
    let told = chat(&home, "one\ntwo\n").failed(1);
    let events = told.lines();
    assert_eq!(
        (&events[0]["ending"], &events[0]["text"]),
        (&json!("broken"), &json!("half an ans"))
    );
    assert_eq!(
        (&events[1]["ending"], &events[1]["text"]),
        (&json!("whole"), &json!("whole"))
    );
    assert_eq!(
        provider.asked().len(),
        2,
        "nothing is switched after the first byte of an answer"
    );
}

#[test]
fn text_for_people_does_not_steer_a_terminal_and_json_has_it_as_it_came() {
    let text = "a\u{1b}[31mred\u{1b}]0;title\u{7}\u{202e}\n\tb";
    let provider = anthropic_says(text);
    let home = anthropic_home(&provider.url(""), &json!({ "anthropic:a": key(KEY) }));
    let shown = run(&mut home.modelpin(&["chat"]), b"hi\n").succeeded().out;
    assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{shown:?}");
    assert!(shown.contains("[31mred") && shown.contains("\n\tb"), "{shown:?}");
    assert_eq!(chat(&home, "hi\n").succeeded().lines()[0]["text"], text);
}
