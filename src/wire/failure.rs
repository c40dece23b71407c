//! Why an answer did not come, or did not come to its end.

use std::error::Error as StdError;
use std::fmt;

use http::HeaderMap;
use thiserror::Error;

use super::piece::Fault;
use crate::classify::{Answer, Verdict, classify, transport};
use crate::clock::Timestamp;
use crate::model::ProviderId;
use crate::outcome::FailureClass;

/// Where the network failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Broken {
    /// No connection could be made.
    #[error("no connection to the provider could be made")]
    NoConnection,
    /// The request went out, and no answer began in time.
    #[error("the provider did not begin to answer in time")]
    NoAnswer,
    /// The connection closed or failed in the middle of things.
    #[error("the provider broke the connection off")]
    CutOff,
    /// The answer began, and then nothing came for too long.
    #[error("the provider stopped in the middle of its answer")]
    Silence,
}

/// Why an answer did not come, or did not come to its end.
///
/// `Debug` and `Display` show neither headers nor body: providers write account names into both.
#[derive(Error)]
pub enum Failure {
    /// The provider answered with an error, as a status or as the first event in its stream.
    #[error("the provider answered with status {status}")]
    Refused {
        /// The status; for an event in a stream, the one that stands for the error.
        status: u16,
        /// The headers of the answer.
        headers: HeaderMap,
        /// The body, at most 64 KiB of it.
        body: Vec<u8>,
    },
    /// The provider sent an error when a part of its answer had come. It is no failed answer, so it means nothing for
    /// the credential: whoever reads the stream tells the person, and reports nothing.
    #[error("the provider broke its answer off with an error that stands for status {status}")]
    BrokenOff {
        /// The status that stands for the error.
        status: u16,
    },
    /// The network failed.
    #[error("{broken}")]
    Transport {
        /// Where.
        broken: Broken,
        /// What the HTTP client says about it, without the URL.
        #[source]
        source: Option<Box<dyn StdError + Send + Sync>>,
    },
    /// The answer was a success by its status, but is not what the API promises.
    #[error("the answer is not in the form that its API promises: check `baseUrl` and `api` of the endpoint")]
    Garbled,
    /// The request could not be sent from here; no provider has seen it.
    #[error("the request could not be sent from this machine")]
    Unsent {
        /// Why.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
}

impl Failure {
    /// What it means; `None` if it is no failure of the provider, so that nobody rests for it.
    #[must_use]
    pub fn verdict(&self, provider: &ProviderId, now: Timestamp) -> Option<Verdict> {
        match self {
            Self::Refused {
                status,
                headers,
                body,
            } => classify(
                &Answer {
                    provider,
                    status: *status,
                    headers,
                    body,
                },
                now,
            ),
            Self::Transport { .. } => Some(transport()),
            Self::Garbled => Some(Verdict {
                class: FailureClass::ServerError,
                retry_at: None,
                cause: None,
            }),
            Self::BrokenOff { .. } | Self::Unsent { .. } => None,
        }
    }

    /// The same, when a part of the answer has come already.
    pub(super) fn after_text(self) -> Self {
        match self {
            Self::Refused { status, .. } => Self::BrokenOff { status },
            other => other,
        }
    }

    pub(super) fn broken(broken: Broken) -> Self {
        Self::Transport { broken, source: None }
    }

    /// Takes an error of the HTTP client that came when `broken` was what could go wrong.
    pub(super) fn network(broken: Broken, error: reqwest::Error) -> Self {
        let broken = if error.is_connect() {
            Broken::NoConnection
        } else {
            broken
        };
        Self::Transport {
            broken,
            // A URL may have a user's name and password in it.
            source: Some(Box::new(error.without_url())),
        }
    }

    pub(super) fn fault(fault: Fault, headers: &HeaderMap) -> Self {
        match fault {
            Fault::Refused { status, body } => Self::Refused {
                status,
                headers: headers.clone(),
                body: body.into_bytes(),
            },
            Fault::Garbled => Self::Garbled,
        }
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { status, body, .. } => f
                .debug_struct("Refused")
                .field("status", status)
                .field("body_bytes", &body.len())
                .finish_non_exhaustive(),
            Self::BrokenOff { status } => f.debug_struct("BrokenOff").field("status", status).finish(),
            Self::Transport { broken, source } => f
                .debug_struct("Transport")
                .field("broken", broken)
                .field("source", source)
                .finish(),
            Self::Garbled => f.write_str("Garbled"),
            Self::Unsent { source } => f.debug_struct("Unsent").field("source", source).finish(),
        }
    }
}
