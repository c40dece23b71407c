//! Sentence 10: one expired token is refreshed once; a failed refresh leaves what is stored as it was; a lost answer is
//! never replayed.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use modelpin::{Actor, ModelPin, SessionKey};
use serde_json::{Value, json};

/// What a token endpoint does with a request.
type Answers = dyn Fn(usize, &str, &mut TcpStream) + Send + Sync;

struct Endpoint {
    address: String,
    /// The refresh tokens that came, in order.
    heard: Arc<Mutex<Vec<String>>>,
}

impl Endpoint {
    fn start(answer: Box<Answers>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}/token", listener.local_addr().expect("an address"));
        let heard = Arc::new(Mutex::new(Vec::new()));
        let of_thread = Arc::clone(&heard);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let mut text = String::new();
                let mut bytes = [0; 4096];
                while !text.contains("refresh_token=") {
                    let count = stream.read(&mut bytes).expect("read");
                    if count == 0 {
                        break;
                    }
                    text.push_str(&String::from_utf8_lossy(&bytes[..count]));
                }
                let token = text.rsplit("refresh_token=").next().unwrap_or_default();
                let token = token.split('&').next().unwrap_or_default().to_owned();
                let at = {
                    let mut heard = of_thread.lock().expect("no panic");
                    heard.push(token.clone());
                    heard.len()
                };
                answer(at, &token, &mut stream);
            }
        });
        Self { address, heard }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("no panic").clone()
    }
}

fn answered(stream: &mut TcpStream, status: &str, body: &Value) {
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("written");
    stream.write_all(body.as_bytes()).expect("written");
}

fn renewed(at: usize, stream: &mut TcpStream) {
    let body = json!({ "access_token": format!("new-access-{at}"), "refresh_token": format!("new-refresh-{at}"), "expires_in": 3600 });
    answered(stream, "200 OK", &body);
}

struct World {
    files: tempfile::TempDir,
    session: SessionKey,
    ann: Actor,
}

impl World {
    fn new(endpoint: &Endpoint) -> Self {
        // Whoever came first has installed it.
        let _first = rustls::crypto::ring::default_provider().install_default();
        let files = tempfile::tempdir().expect("a folder");
        let agent = files.path().join("agents/main/agent");
        std::fs::create_dir_all(&agent).expect("a folder");
        let config = json!({
            "agents": { "defaults": { "model": "acme/m", "models": { "acme/m": {} } } },
            "models": { "providers": { "acme": { "baseUrl": "http://127.0.0.1:9", "api": "openai-completions" } } },
            "oauth": { "acme": { "authorizeUrl": "http://127.0.0.1:9/a", "tokenUrl": endpoint.address, "clientId": "c" } },
        });
        std::fs::write(files.path().join("modelpin.json"), config.to_string()).expect("written");
        let store = json!({ "version": 1, "kept": [1, 2], "profiles": { "acme:me": {
            "type": "oauth", "provider": "acme", "access": "old-access", "refresh": "old-refresh", "expires": 1000, "email": "me@x.org", "odd": true,
        } } });
        let world = Self {
            files,
            session: SessionKey::new("chat"),
            ann: Actor::member("ann"),
        };
        std::fs::write(world.store_file(), store.to_string()).expect("written");
        world
    }

    fn store_file(&self) -> std::path::PathBuf {
        self.files.path().join("agents/main/agent/auth-profiles.json")
    }

    fn store(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.store_file()).expect("read")).expect("JSON")
    }

    async fn modelpin(&self) -> ModelPin {
        let built = ModelPin::builder()
            .state_dir(self.files.path())
            .without_environment()
            .build()
            .await;
        built.expect("it builds")
    }

    async fn access(&self, modelpin: &ModelPin) -> Result<String, String> {
        let lease = modelpin.resolve(&self.session, &self.ann).await;
        let lease = lease.map_err(|refused| refused.to_string())?;
        Ok(lease.credential().secret().expose().to_owned())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s10_however_many_wait_one_expired_token_is_refreshed_once() {
    let endpoint = Endpoint::start(Box::new(|at, _, stream| renewed(at, stream)));
    let world = Arc::new(World::new(&endpoint));
    // Two that know nothing of each other, as two processes would.
    let both = [Arc::new(world.modelpin().await), Arc::new(world.modelpin().await)];
    let callers: Vec<_> = (0..40)
        .map(|at| {
            let (world, modelpin) = (Arc::clone(&world), Arc::clone(&both[at % 2]));
            tokio::spawn(async move { world.access(&modelpin).await })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.expect("it ends").as_deref(), Ok("new-access-1"));
    }
    assert_eq!(endpoint.heard(), ["old-refresh"]);
    let stored = world.store();
    let profile = &stored["profiles"]["acme:me"];
    assert_eq!(profile["refresh"], "new-refresh-1");
    assert_eq!(
        (&profile["odd"], &profile["email"], &stored["kept"]),
        (&json!(true), &json!("me@x.org"), &json!([1, 2]))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s10_a_failed_refresh_leaves_what_is_stored_as_it_was() {
    for (status, again) in [("400 Bad Request", 1), ("503 Service Unavailable", 6)] {
        let endpoint = Endpoint::start(Box::new(move |_, _, stream| {
            answered(stream, status, &json!({ "error": "invalid_grant" }));
        }));
        let world = World::new(&endpoint);
        let before = world.store();
        for _ in 0..2 {
            let told = world
                .access(&world.modelpin().await)
                .await
                .expect_err("it is refused");
            assert!(!told.contains("old-"), "{told}");
        }
        assert_eq!(world.store(), before);
        // What is refused for good is not asked again; trouble is asked three times each time.
        assert_eq!(endpoint.heard().len(), again, "{status}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s10_a_lost_answer_is_never_replayed() {
    let endpoint = Endpoint::start(Box::new(|_, _, stream| {
        let _gone = stream.shutdown(std::net::Shutdown::Both);
    }));
    let world = World::new(&endpoint);
    for _ in 0..3 {
        world
            .access(&world.modelpin().await)
            .await
            .expect_err("it is refused");
    }
    assert_eq!(endpoint.heard(), ["old-refresh"]);
    // Signing in again settles it.
    let mut store = world.store();
    store["profiles"]["acme:me"]["access"] = json!("signed-in-again");
    store["profiles"]["acme:me"]["refresh"] = json!("other-refresh");
    store["profiles"]["acme:me"]["expires"] = json!(9_000_000_000_000_i64);
    std::fs::write(world.store_file(), store.to_string()).expect("written");
    assert_eq!(
        world.access(&world.modelpin().await).await.as_deref(),
        Ok("signed-in-again")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s10_a_caller_that_goes_away_loses_no_token() {
    let (come, came) = std::sync::mpsc::channel();
    let (go, gone) = std::sync::mpsc::channel();
    let (come, gone) = (Mutex::new(come), Mutex::new(gone));
    let endpoint = Endpoint::start(Box::new(move |at, _, stream| {
        come.lock().expect("no panic").send(()).expect("somebody waits");
        gone.lock().expect("no panic").recv().expect("somebody goes");
        renewed(at, stream);
    }));
    let world = Arc::new(World::new(&endpoint));
    let modelpin = Arc::new(world.modelpin().await);
    let caller = {
        let (world, modelpin) = (Arc::clone(&world), Arc::clone(&modelpin));
        tokio::spawn(async move { world.access(&modelpin).await })
    };
    tokio::task::spawn_blocking(move || came.recv())
        .await
        .expect("it ends")
        .expect("it is asked");
    caller.abort();
    assert!(caller.await.is_err_and(|ended| ended.is_cancelled()));
    go.send(()).expect("the endpoint waits");
    assert_eq!(world.access(&modelpin).await.as_deref(), Ok("new-access-1"));
    assert_eq!(endpoint.heard(), ["old-refresh"]);
    assert_eq!(world.store()["profiles"]["acme:me"]["refresh"], "new-refresh-1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_that_is_not_accepted_is_renewed_once_and_tried_again() {
    let endpoint = Endpoint::start(Box::new(|at, _, stream| renewed(at, stream)));
    let world = World::new(&endpoint);
    let mut store = world.store();
    store["profiles"]["acme:me"]["expires"] = json!(9_000_000_000_000_i64);
    std::fs::write(world.store_file(), store.to_string()).expect("written");
    let modelpin = world.modelpin().await;
    let mut attempts = modelpin.attempts(&world.session, &world.ann);
    let mut used = Vec::new();
    while let Ok(lease) = attempts.next().await {
        used.push(lease.credential().secret().expose().to_owned());
        lease.failed(modelpin::outcome::FailureClass::Auth, None);
    }
    assert_eq!(used, ["old-access", "new-access-1"]);
    assert_eq!(endpoint.heard(), ["old-refresh"]);
    let counted = modelpin.resolver().renewals();
    assert_eq!((counted.renewed, counted.failed), (1, 0));
}
