//! What goes wrong with the server.

use redis::{ErrorKind, RedisError, ServerErrorKind};
use thiserror::Error;

use super::fleet::FleetError;

/// What goes wrong with the server, and what to do about it.
#[derive(Debug, Error)]
#[error("the store {at}: {what}; {}", what.remedy())]
pub struct Trouble {
    /// The address, without its password.
    at: Box<str>,
    what: Box<What>,
}

/// What goes wrong with the server.
#[derive(Debug, Error)]
pub(super) enum What {
    /// It cannot be reached.
    #[error("it cannot be reached ({0})")]
    Away(String),
    /// Its certificate is of nobody whom we trust.
    #[error("its certificate is not trusted ({0})")]
    Untrusted(String),
    /// It did not answer in time.
    #[error("it did not answer within {0} ms")]
    Slow(u128),
    /// A change came to it too late, and was not made.
    #[error("the change came to it too late, and was not made")]
    Late,
    /// It does not let us in, or not do this.
    #[error("it does not let us in ({0})")]
    Forbidden(String),
    /// It does not write now.
    #[error("it does not take changes now ({0})")]
    NoWrites(String),
    /// What is under the prefix is not ours.
    #[error(transparent)]
    Fleet(#[from] FleetError),
    /// Something of ours cannot be read.
    #[error("{key} cannot be read: {why}")]
    Broken {
        /// Its name.
        key: String,
        /// What is wrong with it.
        why: String,
    },
    /// A sign-in of ours cannot be used.
    #[error("{key} cannot be used: {why}")]
    Sealed {
        /// Its name.
        key: String,
        /// What is wrong with it.
        why: String,
    },
    /// Something else that it said.
    #[error("it said: {0}")]
    Said(String),
}

impl What {
    /// What an error of the client library means.
    pub(super) fn of(error: &RedisError) -> Self {
        let text = error.to_string();
        match error.kind() {
            ErrorKind::AuthenticationFailed => Self::Forbidden(text),
            ErrorKind::Server(ServerErrorKind::NoPerm) => Self::Forbidden(text),
            ErrorKind::Server(
                ServerErrorKind::ReadOnly
                | ServerErrorKind::MasterDown
                | ServerErrorKind::ClusterDown
                | ServerErrorKind::BusyLoading
                | ServerErrorKind::TryAgain,
            ) => Self::NoWrites(text),
            _ => match error.code() {
                Some("OOM" | "MISCONF" | "NOREPLICAS") => Self::NoWrites(text),
                Some("NOAUTH" | "WRONGPASS") => Self::Forbidden(text),
                Some(_) => Self::Said(text),
                None if text.contains("certificate") => Self::Untrusted(text),
                None => Self::Away(text),
            },
        }
    }

    /// Whether the server has said so: then nothing was done. Else nobody knows.
    pub(super) fn is_an_answer(&self) -> bool {
        !matches!(self, Self::Away(_) | Self::Slow(_) | Self::Untrusted(_))
    }

    /// It did not answer in the time that an answer may take.
    pub(super) fn slow() -> Self {
        Self::Slow(super::link::ANSWER.as_millis())
    }

    /// Whether it is so for as long as the connection is.
    pub(super) fn is_final(&self) -> bool {
        matches!(self, Self::Forbidden(_) | Self::Said(_))
    }

    fn remedy(&self) -> &'static str {
        match self {
            Self::Away(_) => "see that it runs, and that its address in `store.url` is right",
            Self::Untrusted(_) => {
                "name the file of its authority in SSL_CERT_FILE, and see that the certificate is for that host"
            }
            Self::Slow(_) | Self::Late => "try again; `modelpin doctor` tells how it is",
            Self::Forbidden(_) => {
                "see that user and password in `store.url` are right, and what its ACL allows them"
            }
            Self::NoWrites(_) => "make room on it, or see what its log says",
            Self::Fleet(wrong) => wrong.remedy(),
            Self::Broken { .. } => "remove it, if nobody knows what it is; nothing of ours reads it",
            Self::Sealed { .. } => {
                "put the key that sealed it into `store.earlierKeys`, or remove it, and sign in again where no machine \
                 has newer tokens"
            }
            Self::Said(_) => "see what its log says",
        }
    }

    pub(super) fn at(self, address: &super::Address) -> Trouble {
        Trouble {
            at: address.to_string().into(),
            what: Box::new(self),
        }
    }
}

impl Trouble {
    /// Whether it may be over in a moment: the server was slow, or away.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(*self.what, What::Away(_) | What::Slow(_) | What::Late)
    }

    /// Whether the server has said so: then nothing was done. Else nobody knows yet.
    #[must_use]
    pub fn is_an_answer(&self) -> bool {
        self.what.is_an_answer()
    }
}
