//! A gate on the way to the provider: it lets a request through, holds it, loses its answer, or answers itself.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Nobody waits longer for something that is bound to happen.
const LONG: Duration = Duration::from_secs(60);

/// What is done with a request.
pub(crate) enum Pass {
    /// Held before the provider sees it, until this says go; if it never does, the provider never sees it.
    HoldRequest(Receiver<()>),
    /// The provider answers, and the answer is held.
    HoldAnswer(Receiver<()>),
    /// The provider answers, and the answer is lost.
    LoseAnswer,
    /// The gate answers with this status itself.
    Status(u16),
    /// The same, when this says go.
    HoldThenStatus(Receiver<()>, u16),
}

/// What happened at the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A request came.
    Came,
    /// The provider answered it.
    Answered,
}

pub(crate) struct Gate {
    address: SocketAddr,
    next: Arc<Mutex<VecDeque<Pass>>>,
    seen: Receiver<Seen>,
}

impl Gate {
    pub(crate) fn before(provider: &str) -> Self {
        let provider = provider
            .trim_start_matches("http://")
            .trim_end_matches('/')
            .to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let next: Arc<Mutex<VecDeque<Pass>>> = Arc::default();
        let (tell, seen) = mpsc::channel();
        let passes = next.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let pass = passes.lock().expect("nobody panics").pop_front();
                let (provider, tell) = (provider.clone(), tell.clone());
                std::thread::spawn(move || serve(stream, &provider, pass, &tell));
            }
        });
        Self { address, next, seen }
    }

    pub(crate) fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What is done with the next request for which nothing is said yet; after these, requests pass.
    pub(crate) fn then(&self, pass: Pass) {
        self.next.lock().expect("nobody panics").push_back(pass);
    }

    /// Waits until this has happened.
    pub(crate) fn wait_for(&self, wanted: Seen) {
        while self.seen.recv_timeout(LONG).expect("it happens") != wanted {}
    }
}

fn serve(mut stream: TcpStream, provider: &str, pass: Option<Pass>, tell: &Sender<Seen>) {
    let Some(request) = request(&mut stream) else {
        return;
    };
    let _test_is_over = tell.send(Seen::Came);
    let pass = match pass {
        Some(Pass::HoldThenStatus(go, status)) => {
            if go.recv().is_err() {
                return;
            }
            Some(Pass::Status(status))
        }
        pass => pass,
    };
    if let Some(Pass::Status(status)) = pass {
        let _gone = write!(stream, "HTTP/1.1 {status} No\r\ncontent-length: 0\r\n\r\n");
        return;
    }
    if let Some(Pass::HoldRequest(go)) = &pass
        && go.recv().is_err()
    {
        return;
    }
    let Ok(mut up) = TcpStream::connect(provider) else {
        return;
    };
    let mut answer = Vec::new();
    if up
        .write_all(&request)
        .and_then(|()| up.read_to_end(&mut answer))
        .is_err()
    {
        return;
    }
    let _test_is_over = tell.send(Seen::Answered);
    match pass {
        Some(Pass::LoseAnswer) => return,
        Some(Pass::HoldAnswer(go)) if go.recv().is_err() => return,
        _ => {}
    }
    let _gone = stream.write_all(&answer);
}

/// A whole request, changed so that the provider closes the connection after its answer.
fn request(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some(end) = text.find("\r\n\r\n") {
            let head = text[..end].to_ascii_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"))
                .map_or(0, |length| length.trim().parse().expect("a length"));
            if bytes.len() >= end + 4 + length {
                let line = text.find("\r\n").expect("a first line") + 2;
                let mut whole = bytes[..line].to_vec();
                whole.extend_from_slice(b"connection: close\r\n");
                whole.extend_from_slice(&bytes[line..]);
                return Some(whole);
            }
        }
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&part[..read]),
        }
    }
}

/// A hold, and what ends it.
pub(crate) fn held() -> (Sender<()>, Receiver<()>) {
    mpsc::channel()
}
