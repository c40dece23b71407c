//! A gateway in this process, over files that nobody has used yet.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use modelpin::gateway::{Gateway, Limits, Options};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The secrets of the profiles: none of them, nor a part of one, may come out.
pub(crate) const KEYS: [&str; 3] = [
    "sk-ant-api03-CANARYaQ1wS2eD3rF4",
    "sk-ant-api03-CANARYbT5gY6hU7jI8",
    "sk-CANARYcK9lO0pZ1xC2",
];

/// A gateway that serves.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    pub(crate) files: TempDir,
    pub(crate) client: Client,
    modelpin: Arc<modelpin::ModelPin>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

/// What is configured: `one` speaks Anthropic's API and has two profiles, `two` speaks OpenAI's.
pub(crate) fn config(one: SocketAddr, two: SocketAddr) -> Value {
    json!({
        "agents": { "defaults": {
            "model": "one/big",
            "models": {
                "one/big": { "alias": "big", "params": { "cacheRetention": "none" } },
                "one/small": { "alias": "small", "params": { "cacheRetention": "none" } },
                "two/gpt": { "alias": "gpt" },
            },
        } },
        "auth": { "order": { "one": ["one:a", "one:b"] } },
        "models": { "providers": {
            "one": { "baseUrl": format!("http://{one}"), "api": "anthropic-messages" },
            "two": { "baseUrl": format!("http://{two}/v1"), "api": "openai-completions" },
        } },
    })
}

pub(crate) fn profiles() -> Value {
    json!({ "version": 1, "profiles": {
        "one:a": { "type": "api_key", "provider": "one", "key": KEYS[0] },
        "one:b": { "type": "api_key", "provider": "one", "key": KEYS[1] },
        "two:c": { "type": "api_key", "provider": "two", "key": KEYS[2] },
    } })
}

impl Served {
    pub(crate) async fn start(config: &Value) -> Self {
        Self::with(config, |_, _| {}).await
    }

    /// The same with other options; the files may be changed before they are read.
    pub(crate) async fn with(config: &Value, change: impl FnOnce(&mut Options, &TempDir)) -> Self {
        let _already = rustls::crypto::ring::default_provider().install_default();
        let files = tempfile::tempdir().expect("a directory");
        let agent = files.path().join("agents/main/agent");
        std::fs::create_dir_all(&agent).expect("a folder");
        std::fs::write(agent.join("auth-profiles.json"), profiles().to_string()).expect("written");
        std::fs::write(files.path().join("modelpin.json"), config.to_string()).expect("written");
        let mut options = Options {
            bind: SocketAddr::from(([127, 0, 0, 1], 0)),
            state_dir: Some(files.path().to_owned()),
            limits: Limits::default(),
            ..Options::default()
        };
        change(&mut options, &files);
        let gateway = Gateway::open(options).await.expect("it opens");
        let (address, modelpin) = (gateway.address(), gateway.modelpin());
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(gateway.serve(async move {
            let _ = stopped.await;
        }));
        let client = Client::builder().no_proxy().tls_certs_only([]);
        Self {
            address,
            files,
            client: client.build().expect("a client"),
            modelpin,
            stop: Some(stop),
            task,
        }
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.files.path().join("agents/main/agent/auth-profiles.json")
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.client
            .post(format!("http://{}{path}", self.address))
            .header("content-type", "application/json")
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("http://{}{path}", self.address))
    }

    /// Asks for a message of Anthropic's API in a chat.
    pub(crate) async fn ask(&self, session: &str, model: &str) -> Told {
        let body =
            json!({ "model": model, "max_tokens": 1, "messages": [{ "role": "user", "content": "hi" }] });
        let request = self.post("/v1/messages").header("x-modelpin-session", session);
        Told::of(request.body(body.to_string()).send().await.expect("an answer")).await
    }

    /// Gives a command in a chat, as a person would by any way into it.
    pub(crate) async fn command(&self, session: &str, text: &str) {
        let (session, actor) = (
            modelpin::SessionKey::new(session),
            modelpin::Actor::member("person"),
        );
        let message = modelpin::Message::new(&session, &actor, text);
        match self.modelpin.handle(&message).await.expect("an agent") {
            modelpin::Handled::Reply(view) => assert!(view.body.was_done(), "{view:?}"),
            other => panic!("{other:?}"),
        }
    }

    /// Tells it to stop.
    pub(crate) fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }

    /// Waits until it has stopped.
    pub(crate) async fn ended(self) {
        self.task.await.expect("it does not panic");
    }
}

/// An answer, whole.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) text: String,
}

impl Told {
    pub(crate) async fn of(answer: Response) -> Self {
        let told = Self {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            text: answer.text().await.expect("a body"),
        };
        told.tells_no_secret();
        told
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("ASCII"))
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    fn tells_no_secret(&self) {
        let all = format!("{:?}{}", self.headers, self.text);
        for key in KEYS {
            for part in key.as_bytes().windows(8).skip(13) {
                let part = std::str::from_utf8(part).expect("ASCII");
                assert!(!all.contains(part), "{part} in {all}");
            }
        }
    }
}
