//! What a browser comes back to: one page of this machine.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode, header};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::authorization::{AnswerError, Authorization, PATH};
use super::description::Description;
use crate::secret::Secret;

/// How long a browser may take to fetch the page that tells it that all is done.
const GOODBYE: Duration = Duration::from_secs(2);

/// A port of 127.0.0.1 that waits for one answer. Dropping it closes the port.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    port: u16,
}

/// Why nothing waits for the answer.
#[derive(Debug, Error)]
pub enum ListenError {
    /// Another program has the port, and the provider knows no other.
    #[error(
        "port {port} of this machine is taken, and the provider sends the browser to no other; end what uses it, or use --device-code"
    )]
    Taken {
        /// The port.
        port: u16,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The system gives no port.
    #[error("no port of this machine can be opened")]
    Closed(#[source] std::io::Error),
}

impl Listener {
    /// Opens the provider's port, or any free one if it takes any. Only this machine can reach it.
    ///
    /// # Errors
    /// [`ListenError`].
    pub async fn open(at: &Description) -> Result<Self, ListenError> {
        let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, at.redirect_port.unwrap_or(0))).await;
        let socket = bound.map_err(|source| match at.redirect_port {
            Some(port) => ListenError::Taken { port, source },
            None => ListenError::Closed(source),
        })?;
        let port = socket.local_addr().map_err(ListenError::Closed)?.port();
        Ok(Self { socket, port })
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Waits for the browser. Only a GET of the right path with something of an answer in it counts; all else gets a plain
    /// refusal, and the waiting goes on. An answer with a foreign `state` is refused and ends it.
    ///
    /// Cancelling it closes the port.
    ///
    /// # Errors
    /// [`AnswerError::ForeignState`] and [`AnswerError::Denied`].
    pub async fn answer(self, authorization: Arc<Authorization>) -> Result<Secret, AnswerError> {
        let (tell, mut told) = mpsc::channel(1);
        let pages = Router::new()
            .fallback(page)
            .with_state(Waiting { authorization, tell });
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let serving = axum::serve(self.socket, pages).with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        let mut serving = std::pin::pin!(serving.into_future());
        let answer = tokio::select! {
            answer = told.recv() => answer.unwrap_or(Err(AnswerError::NoAnswer)),
            _ = &mut serving => return Err(AnswerError::NoAnswer),
        };
        // The page is on its way to the browser; a browser that does not fetch it holds nobody up.
        let _ = stop.send(());
        let _ = timeout(GOODBYE, serving).await;
        answer
    }
}

#[derive(Clone)]
struct Waiting {
    authorization: Arc<Authorization>,
    tell: mpsc::Sender<Result<Secret, AnswerError>>,
}

async fn page(State(waiting): State<Waiting>, request: Request) -> Response {
    if request.method() != Method::GET || request.uri().path() != PATH {
        return plain(StatusCode::NOT_FOUND, "There is nothing here.");
    }
    let query = request.uri().query().unwrap_or_default();
    let answer = waiting.authorization.answer(&format!("?{query}"));
    let said = match &answer {
        Ok(_) => plain(
            StatusCode::OK,
            "modelpin has the answer. Go back to the terminal, which tells whether you are signed in.",
        ),
        Err(AnswerError::Denied(_)) => plain(
            StatusCode::OK,
            "The provider said no. Nothing was changed; the terminal tells more.",
        ),
        Err(AnswerError::ForeignState) => plain(
            StatusCode::BAD_REQUEST,
            "This answer is not to the sign-in that was begun here, so it was refused. Nothing was changed.",
        ),
        Err(AnswerError::NoAnswer) => {
            return plain(
                StatusCode::BAD_REQUEST,
                "This address holds no answer of a sign-in.",
            );
        }
    };
    // The first answer counts; later ones find nobody who waits.
    let _ = waiting.tell.try_send(answer);
    said
}

/// A page of text alone: nothing in it can run, and nothing of the address goes on to anybody.
fn plain(status: StatusCode, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONNECTION, "close"),
    ];
    (status, headers, format!("{text}\n")).into_response()
}
