//! The demo provider, asked through the real client.

use modelpin::clock::Timestamp;
use modelpin::credential::Credential;
use modelpin::demo::{DemoServer, MODELS};
use modelpin::model::ProviderId;
use modelpin::secret::Secret;
use modelpin::wire::{AnswerStream, Failure, Piece, Role, Turn, present, request};

use crate::wire_client::{client, text_of};

const NOW: Timestamp = Timestamp::from_millis(1_770_724_800_000);

async fn demo() -> DemoServer {
    let account = |secret: &str, profile: &str| (secret.to_owned(), profile.to_owned());
    DemoServer::start(vec![
        account("sk-demo-EXAMPLE-default", "demo:default"),
        account("tok-demo-EXAMPLE-work", "demo:work"),
    ])
    .await
    .expect("a port")
}

fn default() -> Credential {
    Credential::ApiKey {
        key: Secret::new("sk-demo-EXAMPLE-default".into()),
    }
}

fn work() -> Credential {
    Credential::Token {
        token: Secret::new("tok-demo-EXAMPLE-work".into()),
        expires: None,
    }
}

async fn ask(
    demo: &DemoServer,
    model: &str,
    credential: &Credential,
    prompt: &str,
) -> Result<AnswerStream, Failure> {
    let turn = Turn {
        role: Role::User,
        text: prompt.into(),
    };
    let endpoint = demo.endpoint();
    let mut request = request(&endpoint, model, &[turn], 1000).expect("a request");
    present(
        &ProviderId::new("demo"),
        &endpoint,
        credential,
        request.headers_mut(),
    )
    .expect("presentable");
    client().ask(request, endpoint.api).await
}

fn class(failure: &Failure) -> &'static str {
    let verdict = failure.verdict(&ProviderId::new("demo"), NOW);
    verdict.map_or("none", |verdict| verdict.class.as_str())
}

#[tokio::test]
async fn the_answer_names_the_model_and_the_profile_it_was_asked_with() {
    let demo = demo().await;
    for (credential, profile) in [(default(), "demo:default"), (work(), "demo:work")] {
        for model in MODELS {
            let stream = ask(&demo, model, &credential, "hello  there")
                .await
                .expect("an answer");
            let (text, failure) = text_of(stream).await;
            assert!(failure.is_none());
            assert_eq!(
                text,
                format!("I am demo/{model}, asked with {profile}. You said: hello  there")
            );
        }
    }
}

#[tokio::test]
async fn a_profile_fails_as_it_is_told_and_another_steps_in() {
    let demo = demo().await;
    for (status, expected) in [
        (400, "format"),
        (401, "auth"),
        (402, "billing"),
        (403, "auth"),
        (429, "rate_limit"),
        (500, "server_error"),
        (529, "overloaded"),
    ] {
        let prompt = format!("fail {status} demo:work");
        let failure = ask(&demo, "opus", &work(), &prompt)
            .await
            .expect_err("told to fail");
        assert_eq!(class(&failure), expected, "{status}");
        let verdict = failure.verdict(&ProviderId::new("demo"), NOW).expect("a verdict");
        assert_eq!(verdict.retry_at.is_some(), status == 429);
        let stream = ask(&demo, "opus", &default(), &prompt)
            .await
            .expect("not told to fail");
        assert!(text_of(stream).await.0.contains("stepped in"));
    }
}

#[tokio::test]
async fn strangers_and_strange_models_are_refused_in_anthropics_words() {
    let demo = demo().await;
    let stranger = Credential::ApiKey {
        key: Secret::new("sk-other".into()),
    };
    let failure = ask(&demo, "opus", &stranger, "hi")
        .await
        .expect_err("unknown key");
    assert_eq!(class(&failure), "auth");
    let failure = ask(&demo, "gpt", &default(), "hi")
        .await
        .expect_err("unknown model");
    assert_eq!(class(&failure), "model_not_found");
}

#[tokio::test]
async fn a_slow_answer_can_be_stopped_and_the_server_goes_on() {
    let demo = demo().await;
    let mut stream = ask(&demo, "haiku", &default(), "slow").await.expect("an answer");
    assert_eq!(
        stream.next().await.expect("a piece").expect("text"),
        Piece::Text("I ".into())
    );
    drop(stream);
    assert!(ask(&demo, "haiku", &default(), "hi").await.is_ok());
}

#[tokio::test]
async fn models_and_whole_answers_are_served_too() {
    let demo = demo().await;
    let _already = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .build()
        .expect("a client");
    let models = http
        .get(format!("{}/v1/models", demo.base_url()))
        .bearer_auth("tok-demo-EXAMPLE-work");
    let list: serde_json::Value =
        serde_json::from_slice(&models.send().await.expect("sent").bytes().await.expect("read"))
            .expect("JSON");
    assert_eq!(list["data"][1]["id"], "sonnet");
    let whole = http
        .post(format!("{}/v1/messages", demo.base_url()))
        .header("x-api-key", "sk-demo-EXAMPLE-default")
        .body(r#"{"model":"opus","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}"#);
    let whole: serde_json::Value =
        serde_json::from_slice(&whole.send().await.expect("sent").bytes().await.expect("read"))
            .expect("JSON");
    assert_eq!(
        whole["content"][0]["text"],
        "I am demo/opus, asked with demo:default. You said: hi"
    );
    assert_eq!(whole["stop_reason"], "end_turn");
}

#[tokio::test]
async fn dropping_the_server_closes_its_port() {
    let demo = demo().await;
    let base = demo.base_url();
    assert!(ask(&demo, "opus", &default(), "hi").await.is_ok());
    drop(demo);
    let address = base.trim_start_matches("http://").to_owned();
    // The task that owns the port ends soon after; each failed try yields to it.
    let closed = async {
        while tokio::net::TcpStream::connect(&address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), closed)
        .await
        .expect("the port is closed");
}
