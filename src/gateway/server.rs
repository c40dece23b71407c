//! Connections: taken in, bounded, and let go.

use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;

use super::front::Front;
use super::limits::{HEAD, HEADERS, Limits};

/// How long nothing is accepted after the system had no room for another connection.
const NO_ROOM: Duration = Duration::from_millis(50);

/// Answers connections until `stop`; then takes no more, and waits until those under way are over, or `grace` is.
pub(super) async fn serve(
    listener: TcpListener,
    front: Front,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let graceful = GracefulShutdown::new();
    // Dropped at the stop: whoever has said nothing until then is let go.
    let (open, closed) = watch::channel(());
    let mut stop = pin!(stop);
    let mut full = false;
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                full = false;
                let (front, watcher) = (front.clone(), graceful.watcher());
                tokio::spawn(connection(stream, front, limits, watcher, closed.clone()));
            }
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                if !full {
                    tracing::error!(%error, "no connection can be taken");
                }
                full = true;
                tokio::time::sleep(NO_ROOM).await;
            }
        }
    }
    drop((listener, open));
    if timeout(limits.grace, graceful.shutdown()).await.is_err() {
        tracing::warn!(
            "answers were still under way after {} s, and are broken off",
            limits.grace.as_secs()
        );
    }
}

/// One connection, from its first byte. Until that comes it costs a task and nothing else.
async fn connection(
    stream: TcpStream,
    front: Front,
    limits: Limits,
    watcher: Watcher,
    mut closed: watch::Receiver<()>,
) {
    let _connected = front.connected();
    at_once(&stream);
    let mut first = [0];
    let begun = tokio::select! {
        biased;
        begun = timeout(limits.head, stream.peek(&mut first)) => begun,
        _ = closed.changed() => return,
    };
    // Whoever goes away without a word is not listened to either.
    if !matches!(begun, Ok(Ok(1))) {
        return;
    }
    spoken(stream, front, limits, watcher).await;
}

/// The conversation on the heap. It is put there by a function of its own: within [`connection`] it would be a part of that
/// task from the beginning, 16 KB for each connection that says nothing.
fn spoken(
    stream: TcpStream,
    front: Front,
    limits: Limits,
    watcher: Watcher,
) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(speak(stream, front, limits, watcher))
}

/// The end of an answer is one small packet: with Nagle's algorithm it would wait for an acknowledgement, 40 ms long.
fn at_once(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
}

async fn speak(stream: TcpStream, front: Front, limits: Limits, watcher: Watcher) {
    let answers = service_fn(move |request| {
        let front = front.clone();
        async move { front.answer(request).await }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_headers(HEADERS)
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(stream), answers);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended badly");
    }
}

/// Whether it is the other side that failed, and not we.
fn is_of_the_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_written_goes_out_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (there, here) = tokio::join!(TcpStream::connect(address), listener.accept());
        let (stream, _there) = (here.expect("a connection").0, there.expect("a connection"));
        assert!(!stream.nodelay().expect("it can be asked"));
        at_once(&stream);
        assert!(stream.nodelay().expect("it can be asked"));
    }
}
