//! A streamed answer, piece by piece.

use std::fmt;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use tokio::time::timeout;

use super::decode::Decoder;
use super::failure::{Broken, Failure};
use super::piece::Piece;
use super::sse::SseDecoder;
use crate::endpoint::Api;

/// A streamed answer. Dropping it closes the connection, and with it ends the request.
pub struct AnswerStream {
    response: reqwest::Response,
    sse: SseDecoder,
    decoder: Decoder,
    idle: Duration,
    first: Option<Piece>,
    over: bool,
}

impl fmt::Debug for AnswerStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerStream")
            .field("over", &self.over)
            .finish_non_exhaustive()
    }
}

impl AnswerStream {
    /// Waits for the first piece and keeps it for [`next`](Self::next).
    pub(super) async fn begin(
        response: reqwest::Response,
        api: Api,
        idle: Duration,
    ) -> Result<Self, Failure> {
        // A page or a plain object with a status of success: a wrong base URL, or a network's log-in page.
        let kind = response.headers().get(CONTENT_TYPE).map(|kind| kind.as_bytes());
        if kind.is_some_and(|kind| kind.starts_with(b"text/html") || kind.starts_with(b"application/json")) {
            return Err(Failure::Garbled);
        }
        let mut stream = Self {
            response,
            sse: SseDecoder::new(),
            decoder: Decoder::new(api),
            idle,
            first: None,
            over: false,
        };
        stream.first = Some(stream.read().await?);
        Ok(stream)
    }

    /// The next piece; `None` once the answer is complete or has failed.
    ///
    /// An answer that ends without [`Piece::Done`] ends with a failure; an error event is then
    /// [`Failure::BrokenOff`], which has no verdict. It is cancel safe: no piece is lost if the future is dropped.
    ///
    /// # Errors
    /// As [`Client::ask`](super::Client::ask), for what happens after the first piece.
    pub async fn next(&mut self) -> Option<Result<Piece, Failure>> {
        if let Some(first) = self.first.take() {
            self.over = matches!(first, Piece::Done { .. });
            return Some(Ok(first));
        }
        if self.over {
            return None;
        }
        let piece = self.read().await.map_err(Failure::after_text);
        self.over = !matches!(piece, Ok(Piece::Text(_)));
        Some(piece)
    }

    async fn read(&mut self) -> Result<Piece, Failure> {
        loop {
            while let Some(event) = self.sse.pop() {
                let event = event.map_err(|_| Failure::Garbled)?;
                let read = self.decoder.read(&event);
                match read.map_err(|fault| Failure::fault(fault, self.response.headers()))? {
                    Some(piece) => return Ok(piece),
                    None => continue,
                }
            }
            match timeout(self.idle, self.response.chunk()).await {
                Ok(Ok(Some(bytes))) => self.sse.push(&bytes),
                Ok(Ok(None)) => {
                    let end = self.decoder.end();
                    return end.ok_or_else(|| Failure::broken(Broken::CutOff));
                }
                Ok(Err(error)) => return Err(Failure::network(Broken::CutOff, error)),
                Err(_) => return Err(Failure::broken(Broken::Silence)),
            }
        }
    }
}
