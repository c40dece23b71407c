//! Requests of other programs, passed on as they are, and answers passed back as they come.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use tokio::time::timeout;

use super::client::{Client, MOST_OF_AN_ERROR, Route, route, unsent};
use super::failure::{Broken, Failure};
use super::line::Spoken;

impl Client {
    /// Sends `request` as it stands and returns as soon as the head of an answer is there, whatever its status.
    ///
    /// `first_byte` is waited for that head, or as long as the client's limits say. No redirect is followed. A request is
    /// sent once; only one of which not a byte went out is given to another connection.
    /// Dropping the future or the body closes the connection, and with it ends the request.
    ///
    /// # Errors
    /// [`Failure::Transport`] if the network failed, [`Failure::Unsent`] if the request could not be sent from here.
    pub async fn forward(
        &self,
        request: Request<Bytes>,
        first_byte: Option<Duration>,
    ) -> Result<Response<Passing>, Failure> {
        let patience = first_byte.unwrap_or(self.limits().first_byte);
        let route = route(request.uri());
        let answer = async {
            match route {
                Route::Plain => {
                    let answer = self.connections().ask(request).await?;
                    Ok(answer.map(|body| Passing(Kind::Plain(body))))
                }
                Route::LoopbackTls | Route::Outside => {
                    let request = reqwest::Request::try_from(request).map_err(unsent)?;
                    let answer = self.client(route)?.execute(request).await;
                    let answer = answer.map_err(|error| Failure::network(Broken::CutOff, error))?;
                    Ok(Response::from(answer).map(|body: reqwest::Body| Passing(Kind::Tls(body))))
                }
            }
        };
        match timeout(patience, answer).await {
            Ok(answer) => answer,
            Err(_) => Err(Failure::broken(Broken::NoAnswer)),
        }
    }

    /// A failed answer as a failure: its status, its headers, and as much of its body as comes in the time of a
    /// connection, at most 64 KiB.
    pub async fn refused(&self, answer: Response<Passing>) -> Failure {
        let (head, mut body) = answer.into_parts();
        let mut read = Vec::new();
        let reading = async {
            while let Some(Ok(frame)) = body.frame().await {
                if let Ok(data) = frame.into_data() {
                    read.extend_from_slice(&data);
                }
                if read.len() >= MOST_OF_AN_ERROR {
                    break;
                }
            }
        };
        // The status alone is worth reporting.
        let _late = timeout(self.limits().connect, reading).await;
        read.truncate(MOST_OF_AN_ERROR);
        Failure::Refused {
            status: head.status.as_u16(),
            headers: head.headers,
            body: read,
        }
    }
}

/// The body of an answer that passes through, frame by frame. Nothing is read ahead of whoever takes it.
pub struct Passing(Kind);

enum Kind {
    Plain(Spoken),
    Tls(reqwest::Body),
}

impl fmt::Debug for Passing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passing(…)")
    }
}

impl Body for Passing {
    type Data = Bytes;
    type Error = Failure;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        match &mut self.0 {
            Kind::Plain(body) => Pin::new(body)
                .poll_frame(task)
                .map_err(|error| Failure::Transport {
                    broken: Broken::CutOff,
                    source: Some(Box::new(error)),
                }),
            Kind::Tls(body) => Pin::new(body)
                .poll_frame(task)
                .map_err(|error| Failure::network(Broken::CutOff, error)),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Plain(body) => body.is_end_stream(),
            Kind::Tls(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Plain(body) => body.size_hint(),
            Kind::Tls(body) => body.size_hint(),
        }
    }
}
