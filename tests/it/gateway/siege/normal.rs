//! A client that asks 20 times a second, as if nothing were, and is always answered.

use std::fmt;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use reqwest::Client;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::gateway::hostile::shapes::BODY;

const PACE: Duration = Duration::from_millis(50);
/// Longer than anybody waits who is not under siege.
const PATIENCE: Duration = Duration::from_secs(20);

/// The client.
pub(super) struct Normal {
    stop: oneshot::Sender<()>,
    task: JoinHandle<Told>,
}

/// How long it had to wait.
pub(super) struct Told(Vec<Duration>);

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let of = |part: usize| sorted[(sorted.len() - 1) * part / 100];
        write!(
            f,
            "{} requests beside it were all answered: median {:.1?}, 99 of 100 within {:.1?}, the slowest {:.1?}",
            sorted.len(),
            of(50),
            of(99),
            of(100)
        )
    }
}

impl Normal {
    pub(super) fn start(address: SocketAddr) -> Self {
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(ask(address, stopped));
        Self { stop, task }
    }

    pub(super) async fn stop(self) -> Told {
        let _ = self.stop.send(());
        self.task.await.expect("every request was answered")
    }
}

/// Every other request has a connection of its own.
async fn ask(address: SocketAddr, mut stopped: oneshot::Receiver<()>) -> Told {
    let _already = rustls::crypto::ring::default_provider().install_default();
    let builder = || Client::builder().no_proxy().tls_certs_only([]).timeout(PATIENCE);
    let clients = [
        builder().build().expect("a client"),
        builder().pool_max_idle_per_host(0).build().expect("a client"),
    ];
    let mut took = Vec::new();
    for client in clients.iter().cycle() {
        let began = Instant::now();
        let request = client
            .post(format!("http://{address}/v1/messages"))
            .header("x-modelpin-session", "normal")
            .body(BODY);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        assert!(answer.text().await.expect("a body").contains("hello"));
        took.push(began.elapsed());
        let rest = PACE.saturating_sub(began.elapsed());
        if tokio::time::timeout(rest, &mut stopped).await.is_ok() {
            break;
        }
    }
    Told(took)
}
