//! One connection to a provider, driven by whoever waits for its answer.
//!
//! hyper means a connection to be a task of its own, which hands every piece of an answer over to the task that wants it.
//! Here they are one: what waits for an answer, or for its next piece, reads the connection itself. Nothing is handed from
//! task to task, and dropping either the request or its answer closes the connection at once.

use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::uri::Authority;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{Connection, SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::connections::Idle;

/// A request on its way.
pub(super) type Sent = Request<Full<Bytes>>;

/// A connection, and the hand that sends on it.
pub(super) struct Line {
    hand: SendRequest<Full<Bytes>>,
    /// `None` when it is over.
    connection: Option<Connection<TokioIo<TcpStream>, Full<Bytes>>>,
}

impl Line {
    pub(super) async fn over(stream: TokioIo<TcpStream>) -> hyper::Result<Self> {
        let (hand, connection) = handshake(stream).await?;
        Ok(Self {
            hand,
            connection: Some(connection),
        })
    }

    /// Sends a request and waits for the head of its answer. A request of which not a byte went out is given back.
    pub(super) async fn ask(&mut self, request: Sent) -> Result<Response<Incoming>, TrySendError<Sent>> {
        let mut answer = pin!(self.hand.try_send_request(request));
        let connection = &mut self.connection;
        poll_fn(|task| {
            drive(connection, task);
            answer.as_mut().poll(task)
        })
        .await
    }

    /// Whether another request may be sent: the last answer was read to its end, and nobody has closed the connection.
    pub(super) fn is_free(&mut self) -> bool {
        // It is looked at again before it is used: until then nobody need be woken.
        drive(&mut self.connection, &mut Context::from_waker(Waker::noop()));
        self.connection.is_some() && self.hand.is_ready()
    }
}

/// Reads and writes what can be read and written now.
fn drive(connection: &mut Option<Connection<TokioIo<TcpStream>, Full<Bytes>>>, task: &mut Context<'_>) {
    let Some(open) = connection else { return };
    // Its errors come to whoever waits for the answer.
    if Pin::new(open).poll(task).is_ready() {
        *connection = None;
    }
}

/// The body of an answer, with the connection that it comes on. When it was read to its end the connection is kept for
/// the next request; when it is dropped before, the connection is closed.
pub(super) struct Spoken {
    body: Incoming,
    line: Option<Box<Line>>,
    over: bool,
    to: Authority,
    idle: Arc<Idle>,
}

impl fmt::Debug for Spoken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spoken")
            .field("over", &self.over)
            .finish_non_exhaustive()
    }
}

impl Spoken {
    pub(super) fn new(body: Incoming, line: Box<Line>, to: Authority, idle: Arc<Idle>) -> Self {
        Self {
            body,
            line: Some(line),
            over: false,
            to,
            idle,
        }
    }
}

impl Body for Spoken {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let this = &mut *self;
        let mut next = Pin::new(&mut this.body).poll_frame(task);
        if next.is_pending()
            && let Some(line) = &mut this.line
        {
            drive(&mut line.connection, task);
            next = Pin::new(&mut this.body).poll_frame(task);
        }
        if matches!(next, Poll::Ready(None)) {
            this.over = true;
        }
        next
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Spoken {
    fn drop(&mut self) {
        // Whoever knows the length of a body does not ask whether there is more behind its end.
        if !self.over && !self.body.is_end_stream() {
            return;
        }
        if let Some(mut line) = self.line.take()
            && line.is_free()
        {
            self.idle.keep(self.to.clone(), line);
        }
    }
}
