//! A way to a server that can be cut, held, and made slow.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

/// How the way is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Open,
    /// What is under way is lost, and nobody gets through.
    Cut,
    /// What is sent stays under way, and arrives when it is open again.
    Held,
    /// What is sent takes so long in each direction.
    Slow(Duration),
}

/// A way to a server, as long as it is kept.
#[derive(Debug)]
pub(crate) struct Way {
    pub(crate) at: SocketAddr,
    state: watch::Sender<State>,
}

impl Way {
    pub(crate) async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let at = listener.local_addr().expect("an address");
        let (state, is) = watch::channel(State::Open);
        let mut over = is.clone();
        tokio::spawn(async move {
            loop {
                let came = tokio::select! {
                    came = listener.accept() => came,
                    () = ended(&mut over) => return,
                };
                let Ok((near, _)) = came else { continue };
                if *is.borrow() == State::Cut {
                    continue;
                }
                tokio::spawn(pass(near, server, is.clone()));
            }
        });
        Self { at, state }
    }

    pub(crate) fn is_now(&self, state: State) {
        self.state.send_replace(state);
    }
}

/// Waits until the way is dropped.
async fn ended(is: &mut watch::Receiver<State>) {
    while is.changed().await.is_ok() {}
}

async fn pass(near: TcpStream, server: SocketAddr, is: watch::Receiver<State>) {
    let Ok(far) = TcpStream::connect(server).await else {
        return;
    };
    // Small questions go out at once.
    let (_near, _far) = (near.set_nodelay(true), far.set_nodelay(true));
    let ((from_near, to_near), (from_far, to_far)) = (near.into_split(), far.into_split());
    let mut cut = is.clone();
    tokio::select! {
        () = one_way(from_near, to_far, is.clone()) => {}
        () = one_way(from_far, to_near, is) => {}
        _ = cut.wait_for(|state| *state == State::Cut) => {}
    }
}

async fn one_way(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    mut is: watch::Receiver<State>,
) {
    let (sent, mut under_way) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    let reading = {
        let is = is.clone();
        async move {
            let mut bytes = vec![0; 16 * 1024];
            loop {
                let read = from.read(&mut bytes).await?;
                let takes = match *is.borrow() {
                    State::Slow(takes) => takes,
                    _ => Duration::ZERO,
                };
                let arrives = Instant::now() + takes;
                if read == 0 || sent.send((arrives, bytes[..read].to_vec())).is_err() {
                    return Ok::<_, io::Error>(());
                }
            }
        }
    };
    let writing = async move {
        while let Some((arrives, bytes)) = under_way.recv().await {
            // What was slow comes at once when the way is not slow any more.
            tokio::select! {
                () = tokio::time::sleep_until(arrives) => {}
                over = is.wait_for(|state| !matches!(state, State::Slow(_))) => drop(over),
            }
            if is.wait_for(|state| *state != State::Held).await.is_err() {
                return;
            }
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
    };
    let (_read, ()) = tokio::join!(reading, writing);
}
