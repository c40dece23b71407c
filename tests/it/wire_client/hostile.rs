//! A provider whose model writes of nothing but errors.

use std::fs;
use std::sync::Arc;

use modelpin::clock::ManualClock;
use modelpin::endpoint::Api;
use modelpin::middleware::ModelPin;
use modelpin::resolver::Question;
use modelpin::session::{Actor, SessionKey};
use modelpin::wire::{Role, Turn, request};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::{NOW, client, read_request, stream_of, text_of};
use crate::classify::hostile::texts;

/// Answers each connection with the next text, as a whole answer of the model.
async fn model(texts: Vec<String>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}/v1", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        for text in texts {
            let (mut socket, _) = listener.accept().await.expect("a connection");
            read_request(&mut socket).await;
            let delta = json!({ "choices": [{ "delta": { "content": text } }] });
            let answer = stream_of(&format!("data: {delta}\n\ndata: [DONE]\n\n"));
            socket.write_all(answer.as_bytes()).await.expect("written");
        }
    });
    base
}

#[tokio::test]
async fn what_a_model_writes_of_errors_leaves_the_ledger_as_it_was() {
    let texts = texts();
    let base = model(texts.clone()).await;
    let dir = tempfile::tempdir().expect("a folder");
    let config = json!({
        "agents": { "defaults": { "model": "mine/m" } },
        "models": { "providers": { "mine": { "baseUrl": base, "api": "openai-completions" } } },
    });
    fs::write(dir.path().join("modelpin.json"), config.to_string()).expect("written");
    let agent = dir.path().join("agents/main/agent");
    fs::create_dir_all(&agent).expect("a folder");
    let profile = |key: &str| json!({ "type": "api_key", "provider": "mine", "key": key });
    let store = json!({ "version": 1, "profiles": {
        "mine:one": profile("sk-EXAMPLE-one"), "mine:two": profile("sk-EXAMPLE-two"),
    } });
    fs::write(agent.join("auth-profiles.json"), store.to_string()).expect("written");
    let modelpin = ModelPin::builder()
        .state_dir(dir.path())
        .without_environment()
        .clock(Arc::new(ManualClock::new(NOW)))
        .build()
        .await
        .expect("it starts");
    let (session, actor) = (SessionKey::new("c"), Actor::operator());
    let rests = || {
        let decision = modelpin.resolver().explain(Question::new(&session, &actor));
        let ranking = decision.expect("a decision").ranking;
        let candidates = ranking.candidates.iter();
        let told = candidates.map(|told| format!("{} {:?} {:?}", told.profile, told.reason, told.until));
        let mut told: Vec<String> = told.collect();
        told.sort();
        told
    };
    let before = rests();
    assert_eq!(before, ["mine:one Ok None", "mine:two Ok None"]);
    let client = client();
    for (at, text) in texts.iter().enumerate() {
        let lease = modelpin.resolve(&session, &actor).await.expect("a lease");
        let turn = Turn {
            role: Role::User,
            text: "write of errors".into(),
        };
        let asked = request(lease.endpoint(), "m", &[turn], 100).expect("a request");
        let asked = lease.apply(asked).expect("presentable");
        let stream = client
            .ask(asked, Api::OpenAiCompletions)
            .await
            .expect("an answer");
        let (said, failure) = text_of(stream).await;
        assert!(failure.is_none(), "{failure:?}");
        assert_eq!(said, *text);
        if at % 2 == 0 {
            lease.succeeded();
        } else {
            // A caller that reports whatever it got says the same.
            lease.report_with_body(&http::Response::new(()), said.as_bytes());
        }
        assert_eq!(rests(), before, "after {text:?}");
    }
}
