//! What a gateway writes down of each request: a line with the decision, and nothing that anybody said.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::Command;

use super::served::{KEYS, config, profiles};
use super::upstream::{Upstream, error, whole};

#[tokio::test(flavor = "multi_thread")]
async fn each_request_is_a_line_with_its_decision_and_nothing_that_was_said() {
    let one = Upstream::start(|asked| match asked.json()["model"].as_str() {
        Some("small") => error(400, "invalid_request_error", "ANSWER-CANARY is wrong"),
        _ if asked.key() == KEYS[0] => error(429, "rate_limit_error", "ANSWER-CANARY"),
        _ => whole("ANSWER-CANARY"),
    })
    .await;
    let files = tempfile::tempdir().expect("a directory");
    let agent = files.path().join("agents/main/agent");
    std::fs::create_dir_all(&agent).expect("a folder");
    std::fs::write(agent.join("auth-profiles.json"), profiles().to_string()).expect("written");
    let config = config(one.address, one.address).to_string();
    std::fs::write(files.path().join("modelpin.json"), config).expect("written");
    let mut child = Command::new(env!("CARGO_BIN_EXE_modelpin"))
        .args(["-v", "--log-format", "json", "--state-dir"])
        .arg(files.path())
        .args(["gateway", "--bind", "127.0.0.1:0"])
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
    for (body, status) in [
        (
            json!({ "model": "big", "messages": "PROMPT-CANARY" }).to_string(),
            200,
        ),
        (
            json!({ "model": "small", "messages": "PROMPT-CANARY" }).to_string(),
            400,
        ),
        ("PROMPT-CANARY".to_owned(), 400),
    ] {
        let request = client
            .post(format!("http://{address}/v1/messages?QUERY-CANARY"))
            .header("x-modelpin-session", "SESSION-CANARY")
            .header("x-modelpin-actor", "ACTOR-CANARY")
            .header("x-api-key", "sk-ant-api03-CANARY-of-the-client");
        let answer = request.body(body).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status);
    }
    let id = child.id().expect("it runs").to_string();
    let ended = Command::new("kill").arg(id).status().await;
    assert!(ended.expect("kill runs").success());
    let mut log = String::new();
    let mut err = child.stderr.take().expect("a pipe");
    err.read_to_string(&mut log).await.expect("UTF-8");
    assert!(!log.contains("CANARY"), "{log}");

    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .filter(|line: &Value| {
            let message = line["fields"]["message"].as_str();
            message.is_some_and(|message| message.starts_with("request "))
        })
        .map(|mut line| line["fields"].take())
        .collect();
    let told: Vec<Value> = lines
        .iter()
        .map(|line| json!([line["model"], line["profile"], line["class"], line["status"]]))
        .collect();
    assert_eq!(
        told,
        [
            json!(["one/big", "one:b", "answered", 200]),
            json!(["one/small", "one:a", "format", 400]),
            json!([null, null, "refused", 400]),
        ],
        "{log}"
    );
    assert!(lines.iter().all(|line| line["ms"].is_u64()), "{log}");
    assert!(
        lines[..2].iter().all(|line| line["decision"].is_string()),
        "{log}"
    );
}
