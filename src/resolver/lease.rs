//! One credential for one request.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use http::header::{
    CONNECTION, CONTENT_LENGTH, HOST, PROXY_AUTHENTICATE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use thiserror::Error;

use crate::classify::{self, Verdict};
use crate::clock::Timestamp;
use crate::credential::{Credential, CredentialKind};
use crate::endpoint::{Api, Endpoint};
use crate::model::ModelRef;
use crate::order::Source;
use crate::outcome::{FailureClass, Outcome};
use crate::pin::Epoch;
use crate::profile::ProfileId;
use crate::retention::Retention;
use crate::wire::body::{BodyError, Outline};
use crate::wire::{self, WireError};

use super::course::Course;
use super::fence::Crossing;
use super::later::Brief;
use super::learning::Learning;
use super::ready::{Hit, Ready};

/// A model and a credential for one request.
///
/// The outcome is credited to the lease on which it is reported, once: reporting consumes it. Dropping it reports
/// nothing.
pub struct Lease {
    /// All that leases of the same decision share.
    pub(super) ready: Arc<Ready>,
    pub(super) id: Id,
    pub(super) begun: Timestamp,
    pub(super) epoch: Epoch,
    pub(super) chat: Arc<str>,
    /// The request's way. A request that is tried once has none until its outcome is reported.
    pub(super) course: OnceLock<Arc<Mutex<Course>>>,
    pub(super) attempt: usize,
}

/// The id of a decision: a moment and a number, and the text that they make where somebody reads it.
#[derive(Debug, Clone)]
pub(super) struct Id {
    at: Timestamp,
    number: u64,
    text: OnceLock<Arc<str>>,
}

impl Id {
    pub(super) fn new(at: Timestamp, number: u64) -> Self {
        Self {
            at,
            number,
            text: OnceLock::new(),
        }
    }

    pub(super) fn text(&self) -> &Arc<str> {
        let text = || format!("d{:x}-{:x}", self.at.as_millis(), self.number).into();
        self.text.get_or_init(text)
    }
}

/// The beta under which Anthropic keeps a prompt for an hour.
const HOUR_BETA: &str = "extended-cache-ttl-2025-04-11";

/// Why a request cannot be filled.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FillError {
    /// Credential, headers or address.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The body.
    #[error(transparent)]
    Body(#[from] BodyError),
}

/// Who chose the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    /// A person.
    Pinned,
    /// The resolver.
    Automatic,
}

impl Lease {
    /// The id of the decision, for logs.
    #[must_use]
    pub fn decision(&self) -> &str {
        self.id.text()
    }

    /// The model to ask for.
    #[must_use]
    pub fn model(&self) -> &ModelRef {
        &self.ready.model
    }

    /// The profile whose credential it is.
    #[must_use]
    pub fn profile(&self) -> &ProfileId {
        &self.ready.profile
    }

    /// Where the credential comes from.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.ready.source
    }

    /// Where the provider is reached.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.ready.endpoint
    }

    /// When the credential ends, if it does.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        self.ready.credential.expires()
    }

    /// The credential itself, for callers that build their own requests.
    #[must_use]
    pub fn credential(&self) -> &Credential {
        &self.ready.credential
    }

    /// Puts credential, headers and base URL into a request.
    ///
    /// A request for a path alone (`/v1/messages`) goes to the endpoint's base URL; of an absolute one, scheme and
    /// host are replaced. Credentials that the caller had put in are removed, and so are the headers of its own
    /// connection. The body is not touched.
    ///
    /// # Errors
    /// [`WireError`] if the credential cannot stand in a header, or the address cannot be built.
    pub fn apply<B>(&self, mut request: Request<B>) -> Result<Request<B>, WireError> {
        let uri = wire::address(&self.ready.endpoint, request.uri())?;
        *request.uri_mut() = uri;
        // These belong to the caller's own connection (RFC 9110, section 7.6.1), and to the host that it asked.
        for name in [
            HOST,
            CONNECTION,
            PROXY_AUTHENTICATE,
            TE,
            TRAILER,
            TRANSFER_ENCODING,
            UPGRADE,
        ] {
            request.headers_mut().remove(name);
        }
        for name in ["keep-alive", "proxy-connection"] {
            request.headers_mut().remove(name);
        }
        wire::present(
            self.ready.model.provider(),
            &self.ready.endpoint,
            &self.ready.credential,
            request.headers_mut(),
        )?;
        Ok(request)
    }

    /// Puts credential, headers, base URL and the lease's model into a request, and asks Anthropic to keep the prompt.
    ///
    /// It is what [`apply`](Self::apply) does, and what [`Outline::fill`] does to the body, for endpoints of Anthropic's API
    /// that are paid with an API key, as the model's `cacheRetention` says; subscriptions, other APIs and other paths than
    /// `…/messages` and `…/messages/count_tokens` get the model's name alone. What is kept for an hour needs the beta `extended-cache-ttl-2025-04-11`, which is added. The request
    /// has the length of its new body in `content-length`.
    ///
    /// # Errors
    /// [`FillError::Body`] if the body is no JSON object, [`FillError::Wire`] as [`apply`](Self::apply).
    pub fn fill(&self, request: Request<Bytes>) -> Result<Request<Bytes>, FillError> {
        let (head, body) = request.into_parts();
        let outline = Outline::read(&body)?;
        Ok(self.fill_with(&outline, Request::from_parts(head, ()))?)
    }

    /// The same with a body that was read already: once, for all the leases of a request.
    ///
    /// # Errors
    /// As [`apply`](Self::apply).
    pub fn fill_with(&self, outline: &Outline, request: Request<()>) -> Result<Request<Bytes>, WireError> {
        // An Anthropic endpoint may serve the paths of other APIs beside its own.
        let path = request.uri().path();
        let messages = path.ends_with("/messages") || path.ends_with("/messages/count_tokens");
        let retention = if messages {
            self.retention()
        } else {
            Retention::None
        };
        let filled = outline.fill(self.ready.model.model(), retention);
        let mut request = self.apply(request)?.map(|()| filled.body);
        let length = HeaderValue::from(request.body().len());
        let headers = request.headers_mut();
        headers.insert(CONTENT_LENGTH, length);
        if filled.added == Retention::Long {
            wire::add_beta(headers, HOUR_BETA)?;
        }
        Ok(request)
    }

    /// How long the provider is asked to keep prompts: what the configuration says, where an API key pays for Anthropic's
    /// API. The kind of the credential decides, not what its text looks like.
    #[must_use]
    pub fn retention(&self) -> Retention {
        let keeps = self.ready.endpoint.api == Api::AnthropicMessages;
        if keeps && self.ready.credential.kind() == CredentialKind::ApiKey {
            self.ready.retention
        } else {
            Retention::None
        }
    }

    /// The subscription in whose place this credential is used, and who said that it may cost.
    #[must_use]
    pub fn crossing(&self) -> Option<&Crossing> {
        self.ready.crossing.as_ref()
    }

    /// Says that something of the answer has gone out: from here on, the request has no other attempt.
    pub fn answering(&self) {
        // Nobody asks a request that is tried once for its next attempt.
        if self.course.get().is_some() {
            self.course().walk.answering();
        }
    }

    /// Reports an answer: a success clears the account's failures for this model, a failure is classified by status and
    /// headers.
    pub fn report(self, answer: &impl Answer) {
        self.report_with_body(answer, b"");
    }

    /// The same, with the body of a failed answer: it tells more than the status.
    pub fn report_with_body(self, answer: &impl Answer, body: &[u8]) {
        let now = self.ready.learning.clock.now();
        let answer = classify::Answer {
            provider: self.ready.model.provider(),
            status: answer.status().as_u16(),
            headers: answer.headers(),
            body,
        };
        match classify::classify(&answer, now) {
            None => self.succeeded(),
            Some(verdict) => self.judged(&verdict),
        }
    }

    /// Reports that the provider answered.
    pub fn succeeded(self) {
        self.ended(Outcome::Succeeded);
    }

    /// Reports that the provider refused or failed.
    pub fn failed(self, class: FailureClass, retry_at: Option<Timestamp>) {
        self.ended(Outcome::Failed { class, retry_at });
    }

    /// The same with all that is known of the failure: a [`Cause`](crate::outcome::Cause) is told to people by the refusal
    /// that may follow, and stands in the record.
    pub fn judged(self, verdict: &Verdict) {
        if let Some(cause) = verdict.cause {
            self.course().walk.because(self.attempt, cause);
        }
        self.failed(verdict.class, verdict.retry_at);
    }

    /// What a request of one attempt got, from what was kept.
    pub(super) fn of(hit: Hit) -> Self {
        Self {
            id: Id::new(hit.now, hit.number),
            begun: hit.now,
            epoch: hit.epoch,
            chat: hit.chat,
            course: OnceLock::new(),
            attempt: 0,
            ready: hit.ready,
        }
    }

    fn ended(self, outcome: Outcome) {
        let learning = &self.ready.learning;
        if outcome == Outcome::Succeeded && self.course.get().is_none() {
            learning.learn(&self, outcome);
            let ready = Arc::clone(&self.ready);
            let brief = Brief {
                ready: self.ready,
                id: self.id,
                chat: self.chat,
                at: self.begun,
            };
            return Learning::note_later(&ready.learning, brief);
        }
        let record = {
            let mut course = self.course();
            course.walk.ended(self.attempt, outcome);
            course.record(None)
        };
        if let Some(record) = record {
            learning.note(record);
        }
        learning.learn(&self, outcome);
    }

    fn course(&self) -> std::sync::MutexGuard<'_, Course> {
        let alone = || {
            let id = Arc::clone(self.id.text());
            Arc::new(Mutex::new(self.ready.course(id, &self.chat, self.begun)))
        };
        let course = self.course.get_or_init(alone);
        course.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("decision", self.id.text())
            .field("model", &self.ready.model)
            .field("profile", &self.ready.profile)
            .finish_non_exhaustive()
    }
}

/// An answer that can be reported: what every HTTP client's response has.
pub trait Answer {
    /// The status.
    fn status(&self) -> StatusCode;
    /// The headers.
    fn headers(&self) -> &HeaderMap;
}

impl<B> Answer for http::Response<B> {
    fn status(&self) -> StatusCode {
        self.status()
    }

    fn headers(&self) -> &HeaderMap {
        self.headers()
    }
}

#[cfg(feature = "client")]
impl Answer for reqwest::Response {
    fn status(&self) -> StatusCode {
        self.status()
    }

    fn headers(&self) -> &HeaderMap {
        self.headers()
    }
}
