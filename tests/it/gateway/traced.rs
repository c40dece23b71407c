//! What a collector of OpenTelemetry gets of each request: a span, one below it for each attempt, and nothing that anybody
//! said.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::Command;

use super::served::{KEYS, config, profiles};
use super::upstream::{Asked, Upstream, error, json_of, whole};

/// The caller's trace and span, as the specification of `traceparent` writes them.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// The spans of what a collector was sent.
fn spans(sent: &[Asked]) -> Vec<Value> {
    let all = sent.iter().flat_map(|asked| {
        let resources = asked.json()["resourceSpans"].take();
        resources.as_array().expect("resources").clone()
    });
    all.flat_map(|resource| resource["scopeSpans"].as_array().expect("scopes").clone())
        .flat_map(|scope| scope["spans"].as_array().expect("spans").clone())
        .collect()
}

/// An attribute's value, as text.
fn attribute(of: &Value, name: &str) -> String {
    let all = of["attributes"].as_array().expect("attributes");
    let found = all.iter().find(|attribute| attribute["key"] == name);
    let value = found.and_then(|attribute| attribute["value"].as_object()?.values().next());
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_gets_each_request_with_its_attempts_and_nothing_that_was_said() {
    let one = Upstream::start(|asked| {
        if asked.key() == KEYS[0] {
            error(429, "rate_limit_error", "ANSWER-CANARY")
        } else {
            whole("ANSWER-CANARY")
        }
    })
    .await;
    let collector = Upstream::start(|_| json_of(200, &json!({}))).await;
    let files = tempfile::tempdir().expect("a directory");
    let agent = files.path().join("agents/main/agent");
    std::fs::create_dir_all(&agent).expect("a folder");
    std::fs::write(agent.join("auth-profiles.json"), profiles().to_string()).expect("written");
    let config = config(one.address, one.address).to_string();
    std::fs::write(files.path().join("modelpin.json"), config).expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_modelpin"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("OTEL_") {
            command.env_remove(name);
        }
    }
    let mut child = command
        .args(["-vv", "--log-format", "json", "--state-dir"])
        .arg(files.path())
        .args(["gateway", "--bind", "127.0.0.1:0"])
        .env(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            format!("http://{}", collector.address),
        )
        .env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")
        .env("NO_PROXY", "127.0.0.1")
        .env_remove("RUST_LOG")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("it starts");
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
    out.read_line(&mut line).await.expect("it tells where it listens");
    let (_, address) = line.trim().rsplit_once("//").expect("an address");

    let _already = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]);
    let client = client.timeout(Duration::from_secs(20)).build().expect("a client");
    for (body, parent, status) in [
        (
            json!({ "model": "big", "messages": "PROMPT-CANARY" }).to_string(),
            format!("00-{TRACE}-{PARENT}-01"),
            200,
        ),
        ("PROMPT-CANARY".to_owned(), "00-PARENT-CANARY".to_owned(), 400),
    ] {
        let request = client
            .post(format!("http://{address}/v1/messages?QUERY-CANARY"))
            .header("traceparent", parent)
            .header("tracestate", "somebody=STATE-CANARY")
            .header("x-modelpin-session", "SESSION-CANARY")
            .header("x-modelpin-actor", "ACTOR-CANARY")
            .header("x-api-key", "sk-ant-api03-CANARY-of-the-client");
        let answer = request.body(body).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status);
    }
    // A connection that is kept would be waited for.
    drop(client);
    let id = child.id().expect("it runs").to_string();
    let ended = Command::new("kill").arg(id).status().await;
    assert!(ended.expect("kill runs").success());
    let mut log = String::new();
    let mut err = child.stderr.take().expect("a pipe");
    err.read_to_string(&mut log).await.expect("UTF-8");
    assert!(child.wait().await.expect("it ends").success(), "{log}");

    let sent = collector.asked();
    let told: String = sent
        .iter()
        .map(|asked| format!("{} {:?} {}", asked.path, asked.headers, asked.json()))
        .collect();
    assert!(
        !told.is_empty() && sent.iter().all(|asked| asked.path == "/v1/traces"),
        "{told} {log}"
    );
    for never in ["CANARY", "one:a", "one:b", "main", "profile"] {
        assert!(!told.contains(never), "{never} in {told}");
    }
    // The log is as it is without a collector.
    assert!(!log.contains("\"span\"") && !log.contains("CANARY"), "{log}");

    let resource = &sent[0].json()["resourceSpans"][0]["resource"];
    assert_eq!(attribute(resource, "service.name"), "modelpin");
    let spans = spans(&sent);
    let named = |name: &str| -> Vec<&Value> { spans.iter().filter(|span| span["name"] == name).collect() };
    let (requests, attempts) = (named("request"), named("attempt"));
    assert_eq!((requests.len(), attempts.len(), spans.len()), (2, 2, 4), "{told}");

    let (answered, refused) = (requests[0], requests[1]);
    assert_eq!(
        (&answered["traceId"], &answered["parentSpanId"]),
        (&json!(TRACE), &json!(PARENT))
    );
    let of = |span: &Value, names: &[&str]| -> Vec<String> {
        names.iter().map(|name| attribute(span, name)).collect()
    };
    let fields = ["dialect", "model", "class", "status"];
    assert_eq!(of(answered, &fields), ["Messages", "one/big", "answered", "200"]);
    assert!(!attribute(answered, "decision").is_empty(), "{told}");
    assert_eq!(of(refused, &fields), ["Messages", "", "refused", "400"]);
    assert_ne!(
        refused["traceId"],
        json!(TRACE),
        "a parent that cannot be read is none"
    );

    for (attempt, class) in attempts.iter().zip(["rate_limit", "answered"]) {
        assert_eq!(attempt["traceId"], json!(TRACE));
        assert_eq!(attempt["parentSpanId"], answered["spanId"]);
        assert_eq!(of(attempt, &["model", "class"]), ["one/big", class]);
        assert!(attribute(attempt, "ms").parse::<u64>().is_ok(), "{attempt}");
    }
}
