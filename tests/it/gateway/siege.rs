//! A gateway in a process of its own, under everything at once, while a client goes on asking as if nothing were.
//!
//! [`waves`] has what comes at it, [`normal`] the client that must always be answered, [`process`] the gateway and its
//! memory. `./siege` does the same with larger numbers.

mod normal;
mod process;
mod waves;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use http::Response;
use serde_json::json;

use super::served::config;
use super::upstream::{Asked, Upstream, event, events, whole};
use normal::Normal;
use process::Gateway;

/// How much of everything.
struct Numbers {
    rounds: usize,
    idle: usize,
    slow: usize,
    aborted: usize,
    /// Megabytes of the answer that is read slowly.
    flood: usize,
    /// Bodies of 33 MiB.
    large: usize,
}

impl Numbers {
    /// As the environment says; a few of everything where it says nothing.
    fn told() -> Self {
        let number = |name: &str, usual| {
            let told = std::env::var(format!("MODELPIN_SIEGE_{name}"));
            told.map_or(usual, |told| told.parse().expect("a number"))
        };
        Self {
            rounds: number("ROUNDS", 2),
            idle: number("IDLE", 200),
            slow: number("SLOW", 20),
            aborted: number("ABORTED", 20),
            flood: number("FLOOD_MB", 32),
            large: number("LARGE", 1),
        }
    }
}

/// What a provider is doing.
#[derive(Default)]
pub(super) struct Doing {
    /// Streams that somebody still reads.
    open: AtomicUsize,
    /// Bytes of streams that were taken from it.
    taken: AtomicUsize,
}

struct Open(Arc<Doing>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

/// `flood N`: N megabytes, as fast as they are taken. `slow`: a word now and then, for ever.
fn answer(asked: &Asked, doing: &Arc<Doing>) -> Response<Body> {
    assert!(!asked.headers.contains_key("x-smuggled"), "{asked:?}");
    let body = asked.json();
    let text = body["messages"][0]["content"].as_str().unwrap_or("").to_owned();
    let word = |length: usize| {
        let delta = json!({ "type": "text_delta", "text": "x".repeat(length) });
        Bytes::from(event(
            &json!({ "type": "content_block_delta", "index": 0, "delta": delta }),
        ))
    };
    let (word, left, pause) = match text.split_once(' ') {
        Some(("flood", megabytes)) => {
            let word = word(16_000);
            let left = megabytes.parse::<usize>().expect("a number") * 1_000_000 / word.len();
            (word, left, None)
        }
        _ if text == "slow" => (word(3), usize::MAX, Some(Duration::from_millis(100))),
        _ => return whole("hello"),
    };
    doing.open.fetch_add(1, Ordering::SeqCst);
    let state = (left, Open(Arc::clone(doing)));
    events(Body::from_stream(stream::unfold(state, move |(left, open)| {
        let word = word.clone();
        async move {
            let left = left.checked_sub(1)?;
            if let Some(pause) = pause {
                tokio::time::sleep(pause).await;
            }
            open.0.taken.fetch_add(word.len(), Ordering::SeqCst);
            Some((Ok::<_, std::io::Error>(word), (left, open)))
        }
    })))
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::print_stderr,
    reason = "the numbers are for whoever reads the test's output"
)]
async fn a_gateway_under_siege_answers_everybody_else_and_its_memory_stays_flat() {
    let numbers = Numbers::told();
    let doing = Arc::new(Doing::default());
    let kept = Arc::clone(&doing);
    let one = Upstream::start(move |asked| answer(asked, &kept)).await;
    let gateway = Gateway::start(&config(one.address, one.address)).await;
    let normal = Normal::start(gateway.address);
    tokio::time::sleep(Duration::from_millis(500)).await;
    let say = |what: &str| {
        eprintln!("{:44} {:>7.1} MB", what, gateway.megabytes());
    };
    say("before");
    let mut after = Vec::new();
    for round in 1..=numbers.rounds {
        waves::shapes(gateway.address).await;
        say("requests of every wrong shape");
        let idle = waves::idle(gateway.address, numbers.idle).await;
        say(&format!("{} connections that say nothing", idle.len()));
        let slow = waves::slow(gateway.address, numbers.slow).await;
        say(&format!("and {} that say it slowly", slow.len()));
        drop((idle, slow));
        waves::pipelined(gateway.address, numbers.aborted).await;
        say("pipelines");
        waves::aborted(gateway.address, numbers.aborted).await;
        say("uploads and downloads broken off");
        waves::large(gateway.address, numbers.large).await;
        say("bodies of 33 MiB");
        let taken = doing.taken.load(Ordering::SeqCst);
        let slow = waves::unread(gateway.address, numbers.flood).await;
        let taken = doing.taken.load(Ordering::SeqCst) - taken;
        say("an answer that nobody reads");
        assert!(
            taken < 24_000_000.max(numbers.flood * 500_000),
            "{taken} bytes were taken from the provider for a client that reads nothing"
        );
        waves::read(slow, numbers.flood).await;
        say("the same, read to its end");
        // Whoever went away is gone at the provider too.
        let gone = async {
            while doing.open.load(Ordering::SeqCst) > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let gone = tokio::time::timeout(Duration::from_secs(20), gone).await;
        let open = doing.open.load(Ordering::SeqCst);
        assert!(gone.is_ok(), "{open} answers that nobody reads go on");
        after.push(gateway.megabytes());
        say(&format!("after round {round}"));
    }
    let told = normal.stop().await;
    eprintln!("{told}");
    assert_eq!(waves::healthy(gateway.address).await, Some(200));
    // What the first rounds leave behind is used again by those that follow.
    if let [.., before, last] = after[..] {
        assert!(
            last <= before * 1.08 + 6.0,
            "memory grows with what was asked: {after:?} MB"
        );
    }
}
