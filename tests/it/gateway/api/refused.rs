//! Requests that are wrong, each with what is wrong and where.

use serde_json::{Value, json};

use super::world::{World, fits, message, refused};
use crate::gateway::served::Told;

async fn sent(world: &World, kind: Option<&str>, body: impl Into<reqwest::Body>) -> Told {
    let url = format!("http://{}/v1/chat/handle", world.served.address);
    let mut request = world.served.client.post(url);
    if let Some(kind) = kind {
        request = request.header("content-type", kind);
    }
    Told::of(request.body(body).send().await.expect("an answer")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn only_json_gets_through() {
    let world = World::open().await;
    let body = message("t:1", "/model small").to_string();
    for kind in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("application/json; charset=utf-16"),
    ] {
        let told = sent(&world, kind, body.clone()).await;
        refused(&told, 415, "content-type", Some("content-type"));
    }
    let squeezed = world
        .served
        .post("/v1/chat/handle")
        .header("content-encoding", "gzip");
    let told = Told::of(squeezed.body(body.clone()).send().await.expect("an answer")).await;
    refused(&told, 415, "content-encoding", Some("content-encoding"));
    assert_eq!(world.get("/v1/sessions/t:1").await.json()["pins"], json!([]));
    assert_eq!(
        sent(&world, Some("application/json; charset=UTF-8"), body)
            .await
            .status,
        200
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_json_is_told_by_its_place() {
    let world = World::open().await;
    let deep = "[".repeat(100_000);
    let deep_in = format!(r#"{{"session":{}1{}}}"#, "[".repeat(500), "]".repeat(500));
    for body in [
        &b""[..],
        b"{",
        b"{\"session\":\"t:1\",}",
        b"\xff\xfe",
        b"{\"text\":\"\xc3\"}",
        b"{\"text\":\"\\ud800\"}",
        b"nul",
        b"{} {}",
        deep.as_bytes(),
        deep_in.as_bytes(),
    ] {
        let told = sent(&world, Some("application/json"), body.to_vec()).await;
        refused(&told, 400, "bad-json", None);
        assert!(told.text.contains("line 1, column"), "{}", told.text);
    }
    for body in ["[]", "7", "\"text\"", "null"] {
        refused(
            &sent(&world, Some("application/json"), body).await,
            400,
            "wrong-type",
            None,
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_a_mebibyte_is_not_read() {
    let world = World::open().await;
    let most = 1 << 20;
    let frame = message("t:1", "").to_string().len();
    let fitting = message("t:1", &"x".repeat(most - frame)).to_string();
    assert_eq!(fitting.len(), most);
    let told = sent(&world, Some("application/json"), fitting).await;
    assert_eq!(told.json()["outcome"], "text");
    let longer = message("t:1", &"x".repeat(most - frame + 1)).to_string();
    let told = sent(&world, Some("application/json"), longer).await;
    refused(&told, 413, "body-too-long", None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_field_is_told_by_its_path() {
    let world = World::open().await;
    let key = "sk-ant-api03-EXAMPLECANARY0123456789";
    for (change, code, param) in [
        (json!({ "session": null }), "missing-field", "session"),
        (json!({ "session": 7 }), "wrong-type", "session"),
        (json!({ "session": "" }), "empty-name", "session"),
        (json!({ "session": " \t" }), "empty-name", "session"),
        (json!({ "session": "x".repeat(1025) }), "long-name", "session"),
        (json!({ "session": key }), "key-as-name", "session"),
        (json!({ "actor": [] }), "wrong-type", "actor"),
        (json!({ "actor": {} }), "missing-field", "actor.id"),
        (
            json!({ "actor": { "id": "a", "roles": ["x", 1] } }),
            "wrong-type",
            "actor.roles[1]",
        ),
        (
            json!({ "actor": { "id": "a", "admin": true } }),
            "unknown-field",
            "actor.admin",
        ),
        (json!({ "surface": "html" }), "unknown-surface", "surface"),
        (json!({ "text": ["/model"] }), "wrong-type", "text"),
        (json!({ "text": null }), "missing-field", "text"),
        (json!({ "locale": 1 }), "wrong-type", "locale"),
        (json!({ "locale": "x".repeat(65) }), "long-name", "locale"),
        (json!({ "agent": "../x" }), "bad-agent", "agent"),
        (json!({ "sesion": "t:1" }), "unknown-field", "sesion"),
        (json!({ "token": "t:1" }), "unknown-field", "token"),
    ] {
        let mut body = message("t:1", "/model small");
        for (name, value) in change.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let told = world.post("/v1/chat/handle", &body).await;
        refused(&told, 400, code, Some(param));
        assert!(!told.text.contains("CANARY"), "{}", told.text);
    }
    let mut body = message("t:1", "hello");
    body["agent"] = "nobody".into();
    let told = world.post("/v1/chat/handle", &body).await;
    refused(&told, 404, "unknown-agent", Some("agent"));
    body["agent"] = "main".into();
    assert_eq!(world.post("/v1/chat/handle", &body).await.status, 200);
    let told = world.post("/v1/chat/press", &message("t:1", "hello")).await;
    refused(&told, 400, "missing-field", Some("token"));
    let near = json!({ "sesion": 1, "session": "t:1", "actor": "a", "surface": "text", "text": "" });
    let told = world.post("/v1/chat/handle", &near).await;
    assert!(told.text.contains("did you mean `session`?"), "{}", told.text);
    assert_eq!(world.get("/v1/sessions/t:1").await.json()["pins"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_parameter_is_told_by_its_name() {
    let world = World::open().await;
    for (path, code, param) in [
        ("/v1/explain", "missing-parameter", "provider"),
        ("/v1/explain?provider=", "empty-name", "provider"),
        (
            "/v1/explain?provider=one&provider=two",
            "parameter-twice",
            "provider",
        ),
        ("/v1/explain?provider=one&modell=x", "unknown-parameter", "modell"),
        ("/v1/explain?provider=one&now=x", "bad-number", "now"),
        ("/v1/explain?provider=one&now=-1", "bad-number", "now"),
        (
            "/v1/explain?provider=one&now=9223372036854775807",
            "bad-number",
            "now",
        ),
        (
            "/v1/explain?provider=sk-ant-api03-EXAMPLECANARY0123456789",
            "key-as-name",
            "provider",
        ),
        ("/v1/decisions?last=0", "bad-number", "last"),
        ("/v1/decisions?last=201", "bad-number", "last"),
        ("/v1/status?x", "unknown-parameter", "x"),
        ("/v1/sessions/t:1?x=1", "unknown-parameter", "x"),
        ("/v1/sessions/%FF", "bad-path", "session"),
        ("/v1/sessions/%20", "empty-name", "session"),
    ] {
        let told = world.get(path).await;
        refused(&told, 400, code, Some(param));
        assert!(!told.text.contains("CANARY"), "{}", told.text);
    }
    for (name, value, status, code, param) in [
        ("x-modelpin-agent", "../x", 400, "bad-agent", "x-modelpin-agent"),
        ("x-modelpin-agent", "nobody", 404, "unknown-agent", "agent"),
    ] {
        for path in [
            "/v1/status",
            "/v1/sessions/t:1",
            "/v1/decisions",
            "/v1/explain?provider=one",
        ] {
            let asked = world.served.get(path).header(name, value);
            let told = Told::of(asked.send().await.expect("an answer")).await;
            refused(&told, status, code, Some(param));
        }
    }
    let asked = world
        .served
        .get("/v1/models")
        .header("x-modelpin-agent", "nobody");
    let told = Told::of(asked.send().await.expect("an answer")).await;
    refused(&told, 404, "unknown-agent", None);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_methods_are_told_what_there_is_and_nothing_is_opened_to_pages() {
    let world = World::open().await;
    let asked = async |method: &str, path: &str| {
        let method = http::Method::from_bytes(method.as_bytes()).expect("a method");
        let url = format!("http://{}{path}", world.served.address);
        let request = world.served.client.request(method, url);
        Told::of(request.send().await.expect("an answer")).await
    };
    for (path, allow) in [
        ("/v1/chat/handle", "POST"),
        ("/v1/chat/press", "POST"),
        ("/v1/sessions/t:1", "GET,HEAD"),
        ("/v1/sessions/t:1/pin", "DELETE"),
        ("/v1/status", "GET,HEAD"),
        ("/openapi.json", "GET,HEAD"),
    ] {
        let options = asked("OPTIONS", path).await;
        assert_eq!((options.status, options.header("allow")), (204, allow), "{path}");
        assert!(
            !options
                .headers
                .keys()
                .any(|name| name.as_str().starts_with("access-control"))
        );
        let trace = asked("PATCH", path).await;
        refused(&trace, 405, "method", None);
        assert_eq!(trace.header("allow"), allow);
    }
    let head = asked("HEAD", "/v1/status").await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    refused(&asked("GET", "/v1/chat/nothing").await, 404, "no-such-path", None);
    let page = world
        .served
        .post("/v1/chat/handle")
        .header("origin", "https://evil.example");
    let told = page.body(message("t:1", "/model small").to_string()).send().await;
    refused(
        &Told::of(told.expect("an answer")).await,
        403,
        "foreign-origin",
        None,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_cannot_be_read_are_an_error_of_ours() {
    let world = World::open().await;
    std::fs::write(world.served.store(), "{ \"CANARY\": ").expect("written");
    let served = crate::gateway::served::Served::with(
        &crate::gateway::served::config(world.provider.address, world.provider.address),
        |options, _| options.state_dir = Some(world.served.files.path().to_owned()),
    )
    .await;
    for path in [
        "/v1/status",
        "/v1/sessions/t:1",
        "/v1/decisions",
        "/v1/explain?provider=one",
    ] {
        let told = Told::of(served.get(path).send().await.expect("an answer")).await;
        refused(&told, 500, "unreadable-credentials", None);
        assert!(!told.text.contains("CANARY"), "{}", told.text);
    }
    let request = served
        .post("/v1/chat/handle")
        .body(message("t:1", "/model").to_string());
    let told: Value = Told::of(request.send().await.expect("an answer")).await.json();
    fits("Answer", &told);
    assert_eq!(told["reply"]["view"]["kind"], "refused", "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_come_is_not_waited_for() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let provider =
        crate::gateway::upstream::Upstream::start(|_| crate::gateway::upstream::whole("hello")).await;
    let served = crate::gateway::served::Served::with(
        &crate::gateway::served::config(provider.address, provider.address),
        |options, _| options.limits.upload = std::time::Duration::from_millis(50),
    )
    .await;
    let mut stream = tokio::net::TcpStream::connect(served.address)
        .await
        .expect("connected");
    let head = format!(
        "POST /v1/chat/handle HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: 100\r\n\r\n{{\"session\":",
        served.address
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut told = String::new();
    stream.read_to_string(&mut told).await.expect("read");
    assert!(
        told.starts_with("HTTP/1.1 408 ") && told.contains("slow-body"),
        "{told}"
    );
}
