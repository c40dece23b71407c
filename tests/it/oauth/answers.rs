//! Answers of token endpoints that a well-behaved server does not give, letter by letter.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

use modelpin::oauth::{Description, DeviceCode, ExchangeError, Poll, device_code, device_poll, refresh};
use modelpin::secret::Secret;
use serde_json::{Value, json};

use super::exchange::{described, run};

const TOKEN: &str = "CANARYq7RtYuIoPaSdFgHjKl";

/// A server that gives these answers, one a connection, and tells what it was asked.
struct Stub {
    address: String,
    asked: JoinHandle<Vec<String>>,
}

impl Stub {
    fn new(answers: Vec<String>) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", socket.local_addr().expect("an address"));
        let asked = std::thread::spawn(move || {
            let answer = |answer: String| {
                let (mut stream, _) = socket.accept().expect("a connection");
                let request = request(&mut stream);
                // A client that has read enough may hang up before the end.
                let _ = stream.write_all(answer.as_bytes());
                request
            };
            answers.into_iter().map(answer).collect()
        });
        Self { address, asked }
    }

    fn described(&self, style: &str) -> Description {
        described(&json!({
            "tokenUrl": format!("{}/token", self.address),
            "deviceUrl": format!("{}/device", self.address),
            "clientId": "pin",
            "scopes": ["one", "two"],
            "extra": {"audience": "models"},
            "style": style,
        }))
    }

    fn asked(self) -> Vec<String> {
        self.asked
            .join()
            .expect("it was asked as often as it had answers")
    }
}

/// One request, whole.
fn request(stream: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    let mut more = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.and_then(|length| length.parse().ok()).unwrap_or(0) {
                return String::from_utf8(bytes).expect("UTF-8");
            }
        }
        let read = stream.read(&mut more).expect("a request");
        assert!(read > 0, "the request breaks off");
        bytes.extend_from_slice(&more[..read]);
    }
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn json_answer(status: &str, body: &Value) -> String {
    answer(status, "content-type: application/json\r\n", &body.to_string())
}

/// What a renewal makes of an answer.
fn renewed(answer: String) -> Result<Option<String>, ExchangeError> {
    let stub = Stub::new(vec![answer]);
    let told = run(refresh(&stub.described("form"), &Secret::new(TOKEN.to_owned())));
    stub.asked();
    if let Err(wrong) = &told {
        assert!(!format!("{wrong:?} {wrong}").contains("CANARY"), "{wrong}");
    }
    told.map(|tokens| tokens.refresh.map(|token| token.expose().to_owned()))
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").expect("a port");
    elsewhere.set_nonblocking(true).expect("set");
    let to = format!(
        "location: http://{}/\r\n",
        elsewhere.local_addr().expect("an address")
    );
    for status in ["302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let told = renewed(answer(status, &to, ""));
        assert!(
            matches!(
                told,
                Err(ExchangeError::Trouble {
                    status: 302 | 307 | 308
                })
            ),
            "{told:?}"
        );
    }
    assert!(elsewhere.accept().is_err(), "nobody came");
}

#[test]
fn an_answer_that_cannot_be_used_leaves_open_what_became_of_the_token() {
    let long = format!(r#"{{"access_token":"x","pad":"{}"}}"#, "x".repeat(70_000));
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"access_token\":".to_owned();
    for answer in [
        answer("200 OK", "", &long),
        cut,
        answer("200 OK", "", "<html>"),
        json_answer("200 OK", &json!({"id_token": "x"})),
        json_answer("200 OK", &json!([])),
        "HTTP/1.1 200 OK\r\n".to_owned(),
        "nonsense\r\n\r\n".to_owned(),
    ] {
        let told = renewed(answer);
        assert!(matches!(told, Err(ExchangeError::NoAnswer(_))), "{told:?}");
    }
}

#[test]
fn a_refusal_that_repeats_the_token_is_not_repeated() {
    for body in [
        json!({"error": TOKEN}),
        json!({"error": {"code": TOKEN, "message": TOKEN}}),
        json!({"error": "invalid_grant", "error_description": TOKEN, "error_uri": TOKEN}),
    ] {
        let told = renewed(json_answer("400 Bad Request", &body));
        assert!(
            matches!(told, Err(ExchangeError::Refused { permanent: true, .. })),
            "{told:?}"
        );
    }
}

#[test]
fn a_renewal_without_a_new_refresh_token_says_so() {
    let told = renewed(json_answer("200 OK", &json!({"access_token": "EXAMPLE"})));
    assert_eq!(told, Ok(None));
}

#[test]
fn the_endpoint_is_asked_in_its_own_style_and_without_what_is_for_the_browser() {
    let yes = json_answer("200 OK", &json!({"access_token": "EXAMPLE"}));
    for (style, kind, sent) in [
        (
            "form",
            "application/x-www-form-urlencoded",
            format!("grant_type=refresh_token&refresh_token={TOKEN}&client_id=pin"),
        ),
        (
            "json",
            "application/json",
            format!(r#"{{"grant_type":"refresh_token","refresh_token":"{TOKEN}","client_id":"pin"}}"#),
        ),
    ] {
        let stub = Stub::new(vec![yes.clone()]);
        run(refresh(&stub.described(style), &Secret::new(TOKEN.to_owned()))).expect("renewed");
        let asked = stub.asked().remove(0);
        assert!(asked.contains(&format!("content-type: {kind}\r\n")), "{asked}");
        let body = asked.split("\r\n\r\n").nth(1).expect("a body");
        let same = match style {
            "json" => serde_json::from_str::<Value>(body).ok() == serde_json::from_str(&sent).ok(),
            _ => body == sent,
        };
        assert!(same, "{body}");
        assert!(asked.contains("user-agent: modelpin/"), "{asked}");
    }
}

#[test]
fn what_a_device_is_told_is_told_on() {
    let code = json!({
        "device_code": "EXAMPLE", "user_code": "AB-CD", "verification_uri": "https://a.test/",
        "expires_in": 60, "interval": 7,
    });
    let no = |word: &str| json_answer("400 Bad Request", &json!({"error": word}));
    let stub = Stub::new(vec![
        json_answer("200 OK", &code),
        no("authorization_pending"),
        no("slow_down"),
        // GitHub says no with status 200.
        json_answer("200 OK", &json!({"error": "authorization_pending"})),
        no("expired_token"),
        no("access_denied"),
    ]);
    let at = stub.described("form");
    let code: DeviceCode = run(device_code(&at)).expect("a code");
    assert_eq!(code.interval.as_secs(), 7);
    let ask = || run(device_poll(&at, &code));
    assert!(matches!(ask(), Ok(Poll::Pending)));
    assert!(matches!(ask(), Ok(Poll::SlowDown)));
    assert!(matches!(ask(), Ok(Poll::Pending)));
    for word in ["expired_token", "access_denied"] {
        assert!(matches!(ask(), Err(ExchangeError::Refused { code, permanent: true }) if code == word));
    }
    let asked = stub.asked();
    assert!(
        asked[0].ends_with("client_id=pin&scope=one+two&audience=models"),
        "{}",
        asked[0]
    );
    assert!(!asked[1].contains("audience"), "{}", asked[1]);
}
