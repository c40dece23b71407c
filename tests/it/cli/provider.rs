//! A provider on loopback that keeps what it was asked, and answers what a test says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use serde_json::{Value, json};

/// A request, as it came.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) line: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Value,
}

impl Asked {
    /// All values of a header.
    pub(super) fn header(&self, name: &str) -> Vec<&str> {
        let of_name = self.headers.iter().filter(|(is, _)| is == name);
        of_name.map(|(_, value)| value.as_str()).collect()
    }

    /// The headers that HTTP itself does not need, by name.
    pub(super) fn told(&self) -> Vec<(&str, &str)> {
        let plumbing = ["host", "content-length", "user-agent", "accept", "content-type"];
        let mut told: Vec<(&str, &str)> = self
            .headers
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        told.retain(|(name, _)| !plumbing.contains(name));
        told.sort_unstable();
        told
    }
}

/// What it answers: a status line, headers, and the pieces in which the body is sent.
pub(super) struct Answer {
    status: &'static str,
    headers: String,
    pieces: Vec<Vec<u8>>,
    ending: Ending,
}

#[derive(PartialEq, Eq)]
enum Ending {
    Whole,
    CutOff,
}

impl Answer {
    pub(super) fn error(status: &'static str, headers: &str, body: &Value) -> Self {
        Self {
            status,
            headers: headers.to_owned(),
            pieces: vec![body.to_string().into_bytes()],
            ending: Ending::Whole,
        }
    }

    pub(super) fn rate_limit() -> Self {
        let body = json!({ "type": "error", "error": { "type": "rate_limit_error", "message": "slow down, acct-EXAMPLE-0815" } });
        Self::error("429 Too Many Requests", "retry-after: 60\r\n", &body)
    }

    /// Anthropic's events, in pieces that end in the middle of lines and of characters.
    pub(super) fn anthropic(text: &str) -> Self {
        let event = |data: Value| {
            format!(
                "event: {}\ndata: {data}\n\n",
                data["type"].as_str().expect("a type")
            )
        };
        let delta = json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "text_delta", "text": text } });
        Self::events(&[
            event(
                json!({ "type": "message_start", "message": { "id": "m", "role": "assistant", "content": [] } }),
            ),
            event(delta),
            event(json!({ "type": "message_delta", "delta": { "stop_reason": "end_turn" } })),
            event(json!({ "type": "message_stop" })),
        ])
    }

    /// Chunks of Chat Completions.
    pub(super) fn completions(text: &str) -> Self {
        let chunk = |delta: Value, stop: Value| {
            format!(
                "data: {}\n\n",
                json!({ "choices": [{ "index": 0, "delta": delta, "finish_reason": stop }] })
            )
        };
        Self::events(&[
            chunk(json!({ "content": text }), Value::Null),
            chunk(json!({}), json!("stop")),
            "data: [DONE]\n\n".to_owned(),
        ])
    }

    /// Events of Responses.
    pub(super) fn responses(text: &str) -> Self {
        let event = |data: Value| format!("data: {data}\n\n");
        Self::events(&[
            event(json!({ "type": "response.output_text.delta", "delta": text })),
            event(json!({ "type": "response.completed", "response": {} })),
        ])
    }

    /// The beginning of an answer, and then an end of the connection in the middle of it.
    pub(super) fn anthropic_cut_off(text: &str) -> Self {
        let mut whole = Self::anthropic(text);
        let bytes = whole.pieces.concat();
        let end = b"event: message_delta";
        let end = bytes
            .windows(end.len())
            .position(|window| window == end)
            .expect("it has one");
        whole.pieces = vec![bytes[..end].to_vec()];
        whole.ending = Ending::CutOff;
        whole
    }

    fn events(events: &[String]) -> Self {
        let pieces = events
            .concat()
            .into_bytes()
            .chunks(7)
            .map(<[u8]>::to_vec)
            .collect();
        Self {
            status: "200 OK",
            headers: "content-type: text/event-stream\r\n".to_owned(),
            pieces,
            ending: Ending::Whole,
        }
    }
}

/// Listens until the test process ends.
pub(super) struct Provider {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Provider {
    pub(super) fn start(answer: impl Fn(&Asked) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                // A client that goes away in the middle is its own affair.
                let _gone = serve(socket, &kept, &answer);
            }
        });
        Self { address, asked }
    }

    /// Its address with a path behind it.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) fn asked(&self) -> MutexGuard<'_, Vec<Asked>> {
        self.asked.lock().expect("no test panicked with it")
    }
}

/// Reads one request, answers it, and closes.
fn serve(
    socket: TcpStream,
    kept: &Mutex<Vec<Asked>>,
    answer: &impl Fn(&Asked) -> Answer,
) -> std::io::Result<()> {
    socket.set_nodelay(true)?;
    let mut reader = BufReader::new(socket.try_clone()?);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let headers: Vec<(String, String)> = lines
        .iter()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.and_then(|(_, length)| length.parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut body)?;
    let asked = Asked {
        line: lines.first().cloned().unwrap_or_default(),
        headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    let Answer {
        status,
        headers,
        pieces,
        ending,
    } = answer(&asked);
    kept.lock().expect("no test panicked with it").push(asked);
    let mut writer = socket;
    write!(
        writer,
        "HTTP/1.1 {status}\r\n{headers}transfer-encoding: chunked\r\nconnection: close\r\n\r\n"
    )?;
    for piece in pieces {
        write!(writer, "{:x}\r\n", piece.len())?;
        writer.write_all(&piece)?;
        writer.write_all(b"\r\n")?;
    }
    match ending {
        Ending::Whole => writer.write_all(b"0\r\n\r\n"),
        Ending::CutOff => Ok(()),
    }
}
