//! Errors as the provider would write them, with the decision that they go back to.

use std::time::Duration;

use axum::body::Body;
use http::header::RETRY_AFTER;
use http::{HeaderName, HeaderValue, Response, StatusCode};

use super::dialect::{Dialect, Kind, json_answer};
use crate::clock::Timestamp;
use crate::model::ModelRef;
use crate::outcome::FailureClass;
use crate::profile::ProfileId;
use crate::resolver::{BookError, Refusal, ResolveError};

/// The decision that an answer goes back to.
pub(super) const DECISION: HeaderName = HeaderName::from_static("x-modelpin-decision");
/// Clients' libraries look here whether to send a request again by themselves.
const SHOULD_RETRY: HeaderName = HeaderName::from_static("x-should-retry");

/// The attempt that failed last.
#[derive(Debug, Clone)]
pub(super) struct Last {
    pub(super) model: ModelRef,
    pub(super) profile: ProfileId,
    pub(super) class: FailureClass,
}

/// A time as logs have it.
pub(super) fn milliseconds(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

/// A request that gets an error.
#[derive(Debug)]
pub(super) struct Refused {
    kind: Kind,
    status: Option<StatusCode>,
    code: String,
    message: String,
    decision: Option<String>,
    wait: Option<u64>,
    last: Option<Last>,
    took: Option<Duration>,
    pub(super) nobody_was_asked: bool,
}

impl Refused {
    /// One that was not sent.
    pub(super) fn of(kind: Kind, code: &str, message: &str) -> Self {
        Self {
            kind,
            status: None,
            code: code.to_owned(),
            message: message.to_owned(),
            decision: None,
            wait: None,
            last: None,
            took: None,
            nobody_was_asked: true,
        }
    }

    /// The same with a status of its own.
    pub(super) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    /// The same, with the attempt that failed last.
    pub(super) fn last(mut self, last: Option<Last>) -> Self {
        self.last = last;
        self
    }

    /// The same, with the time that it took.
    pub(super) fn took(mut self, took: Duration) -> Self {
        self.took = Some(took);
        self
    }

    /// The same, which may be sent again in so many seconds.
    pub(super) fn waiting(mut self, seconds: u64) -> Self {
        self.wait = Some(seconds);
        self
    }

    /// One whose only attempt failed so.
    pub(super) fn of_class(class: FailureClass, said: Option<&str>) -> Self {
        let said = said.map_or_else(String::new, |said| format!(": {said}"));
        let message = format!(
            "the provider failed ({class}), and the request is too long to be sent a second time{said}"
        );
        let mut refused = Self::of(of_class(class), class.as_str(), &message);
        refused.nobody_was_asked = false;
        refused
    }

    /// The same, with the decision that it goes back to.
    pub(super) fn under(mut self, decision: &str) -> Self {
        self.decision = Some(decision.to_owned()).filter(|id| !id.is_empty());
        self
    }

    /// One that the resolver has no credential for. `said` is what the provider said of the request itself.
    pub(super) fn by_resolver(
        error: &ResolveError,
        decision: Option<&str>,
        said: Option<&str>,
        now: Timestamp,
    ) -> Self {
        let mut refused = match error {
            ResolveError::Refused(refusal) => {
                let class = refusal.tried().last().and_then(|tried| tried.class());
                let message = match said {
                    Some(said) => format!("{refusal}: {said}"),
                    None => format!("{refusal}. {}", capital(&refusal.hint())),
                };
                let code = refusal.cause().map_or(refusal.code(), |cause| cause.as_str());
                let mut refused = Self::of(kind(refusal, class), code, &message);
                refused.nobody_was_asked = refusal.tried().is_empty();
                let left = refusal.retry_at().map(|at| at.as_millis() - now.as_millis());
                refused.wait = left.map(|left| u64::try_from(left).unwrap_or(0).div_ceil(1000).max(1));
                refused
            }
            ResolveError::Book(broken) => Self::by_book(broken),
        };
        refused.decision = decision.map(str::to_owned);
        refused
    }

    /// One whose agent is none, or has credentials that cannot be read.
    pub(super) fn by_book(broken: &BookError) -> Self {
        match broken {
            BookError::UnknownAgent(unknown) => {
                Self::of(Kind::NotFound, "unknown-agent", &unknown.to_string())
            }
            BookError::Store(_) => Self::of(Kind::Failed, "unreadable-credentials", &broken.to_string())
                .with_status(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    /// The status that a client of this dialect gets.
    pub(super) fn status(&self, dialect: Dialect) -> StatusCode {
        self.status.unwrap_or_else(|| self.kind.status(dialect))
    }

    /// The decision that it goes back to.
    pub(super) fn decision(&self) -> Option<&str> {
        self.decision.as_deref()
    }

    /// The attempt that failed last.
    pub(super) fn failed_last(&self) -> Option<&Last> {
        self.last.as_ref()
    }

    pub(super) fn answer(self, dialect: Dialect) -> Response<Body> {
        let status = self.status(dialect);
        let last = self.last.as_ref();
        tracing::info!(
            decision = self.decision.as_deref(),
            model = last.map(|last| display(&last.model)),
            profile = last.map(|last| display(&last.profile)),
            class = last.map_or("refused", |last| last.class.as_str()),
            status = status.as_u16(),
            ms = self.took.map(milliseconds),
            code = self.code,
            "request refused"
        );
        let error = dialect.error(self.kind, &self.code, &self.message, self.decision.as_deref());
        let mut answer = json_answer(status, &error);
        let headers = answer.headers_mut();
        if let Some(wait) = self.wait {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait));
        }
        if self.decision.is_some() {
            // Everybody who could be asked was: the same request a moment later would hear the same.
            headers.insert(SHOULD_RETRY, HeaderValue::from_static("false"));
        }
        if let Some(decision) = self.decision.and_then(|id| HeaderValue::from_str(&id).ok()) {
            headers.insert(DECISION, decision);
        }
        answer
    }
}

fn kind(refusal: &Refusal, last: Option<FailureClass>) -> Kind {
    match refusal {
        Refusal::Request { class, .. } => of_class(*class),
        Refusal::Failed { first, .. } => last.map_or_else(|| kind(first, None), of_class),
        Refusal::NoModel | Refusal::OtherApi { .. } | Refusal::NoEndpoint(_) => Kind::Invalid,
        Refusal::ModelGone(_) => Kind::NotFound,
        Refusal::ModelNotAllowed { .. } | Refusal::PinnedNotYours => Kind::Forbidden,
        Refusal::NoCredential { .. }
        | Refusal::PinnedUnusable { .. }
        | Refusal::NeedsSignIn { .. }
        | Refusal::CredentialUnavailable { .. } => Kind::Unauthenticated,
        Refusal::AllRest { .. } | Refusal::PinnedRests { .. } => Kind::RateLimit,
        Refusal::PinnedFailed { .. } => last.map_or(Kind::Failed, of_class),
        Refusal::Fenced { .. } => Kind::Payment,
        Refusal::Answering => Kind::Failed,
    }
}

fn of_class(class: FailureClass) -> Kind {
    match class {
        FailureClass::RateLimit => Kind::RateLimit,
        FailureClass::Overloaded => Kind::Overloaded,
        FailureClass::ServerError => Kind::Failed,
        FailureClass::Timeout => Kind::Timeout,
        FailureClass::Auth | FailureClass::AuthPermanent => Kind::Unauthenticated,
        FailureClass::Billing => Kind::Payment,
        FailureClass::ModelNotFound => Kind::NotFound,
        FailureClass::Format => Kind::Invalid,
        FailureClass::ContextOverflow => Kind::TooLarge,
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
