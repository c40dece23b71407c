//! A wire between a process and the server that loses answers, or is cut.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// A listener that hands everything over to another address.
#[derive(Debug)]
pub(crate) struct Between {
    at: SocketAddr,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Answers go nowhere.
    mute: AtomicBool,
    /// Nobody gets through.
    cut: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
}

impl Between {
    pub(crate) fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let at = listener.local_addr().expect("an address");
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if shared.cut.load(Ordering::SeqCst) {
                    continue;
                }
                let Ok(beyond) = TcpStream::connect(server) else {
                    continue;
                };
                shared.hand_over(client, beyond);
            }
        });
        Self { at, state }
    }

    pub(crate) fn at(&self) -> SocketAddr {
        self.at
    }

    /// From now on the server hears everything, and nobody hears the server.
    pub(crate) fn lose_answers(&self) {
        self.state.mute.store(true, Ordering::SeqCst);
    }

    /// From now on there is no way through.
    pub(crate) fn cut(&self) {
        self.state.cut.store(true, Ordering::SeqCst);
        self.state.close();
    }

    /// From now on everything goes through; what went wrong on its way is gone with its connection.
    pub(crate) fn mend(&self) {
        self.state.close();
        self.state.mute.store(false, Ordering::SeqCst);
        self.state.cut.store(false, Ordering::SeqCst);
    }
}

impl State {
    fn hand_over(self: &Arc<Self>, client: TcpStream, beyond: TcpStream) {
        let mut open = self.open.lock().expect("no test has failed");
        let copy = |stream: &TcpStream| stream.try_clone().expect("a second handle");
        open.extend([copy(&client), copy(&beyond)]);
        let (from_client, to_beyond) = (copy(&client), copy(&beyond));
        thread::spawn(move || pass_on(from_client, to_beyond, || true));
        let state = Arc::clone(self);
        thread::spawn(move || pass_on(beyond, client, || !state.mute.load(Ordering::SeqCst)));
    }

    fn close(&self) {
        for stream in self.open.lock().expect("no test has failed").drain(..) {
            // One that is closed already is closed.
            let _closed = stream.shutdown(Shutdown::Both);
        }
    }
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, passes: impl Fn() -> bool) {
    let mut some = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut some) {
        if passes() && to.write_all(&some[..count]).is_err() {
            break;
        }
    }
    let _closed = to.shutdown(Shutdown::Both);
}
