//! One credential for one request.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use http::header::{CONNECTION, HOST, PROXY_AUTHENTICATE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, Request, StatusCode};

use crate::classify;
use crate::clock::Timestamp;
use crate::cooldown::AccountKey;
use crate::credential::Credential;
use crate::endpoint::Endpoint;
use crate::model::ModelRef;
use crate::order::Source;
use crate::outcome::{FailureClass, Outcome};
use crate::pin::Epoch;
use crate::profile::ProfileId;
use crate::session::AgentId;
use crate::wire::{self, WireError};

use super::Learning;
use super::course::Course;
use super::fence::Crossing;

/// A model and a credential for one request.
///
/// The outcome is credited to the lease on which it is reported, once: reporting consumes it. Dropping it reports
/// nothing.
pub struct Lease {
    pub(super) id: String,
    pub(super) model: ModelRef,
    pub(super) profile: ProfileId,
    pub(super) source: Source,
    pub(super) endpoint: Endpoint,
    pub(super) credential: Credential,
    pub(super) account: AccountKey,
    pub(super) choice: Choice,
    pub(super) begun: Timestamp,
    pub(super) epoch: Epoch,
    pub(super) agent: AgentId,
    pub(super) chat: Arc<str>,
    pub(super) learning: Arc<Learning>,
    pub(super) course: Arc<Mutex<Course>>,
    pub(super) crossing: Option<Crossing>,
    pub(super) attempt: usize,
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
        &self.id
    }

    /// The model to ask for.
    #[must_use]
    pub fn model(&self) -> &ModelRef {
        &self.model
    }

    /// The profile whose credential it is.
    #[must_use]
    pub fn profile(&self) -> &ProfileId {
        &self.profile
    }

    /// Where the credential comes from.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Where the provider is reached.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// When the credential ends, if it does.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        self.credential.expires()
    }

    /// The credential itself, for callers that build their own requests.
    #[must_use]
    pub fn credential(&self) -> &Credential {
        &self.credential
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
        let uri = wire::address(&self.endpoint, request.uri())?;
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
            self.model.provider(),
            &self.endpoint,
            &self.credential,
            request.headers_mut(),
        )?;
        Ok(request)
    }

    /// The subscription in whose place this credential is used, and who said that it may cost.
    #[must_use]
    pub fn crossing(&self) -> Option<&Crossing> {
        self.crossing.as_ref()
    }

    /// Says that something of the answer has gone out: from here on, the request has no other attempt.
    pub fn answering(&self) {
        self.course().walk.answering();
    }

    /// Reports an answer: a success clears the account's failures for this model, a failure is classified by status and
    /// headers.
    pub fn report(self, answer: &impl Answer) {
        self.report_with_body(answer, b"");
    }

    /// The same, with the body of a failed answer: it tells more than the status.
    pub fn report_with_body(self, answer: &impl Answer, body: &[u8]) {
        let now = self.learning.clock.now();
        let answer = classify::Answer {
            provider: self.model.provider(),
            status: answer.status().as_u16(),
            headers: answer.headers(),
            body,
        };
        match classify::classify(&answer, now) {
            None => self.succeeded(),
            Some(verdict) => self.failed(verdict.class, verdict.retry_at),
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

    fn ended(self, outcome: Outcome) {
        let record = {
            let mut course = self.course();
            course.walk.ended(self.attempt, outcome);
            course.record(None)
        };
        if let Some(record) = record {
            self.learning.note(record);
        }
        self.learning.learn(&self, outcome);
    }

    fn course(&self) -> std::sync::MutexGuard<'_, Course> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("decision", &self.id)
            .field("model", &self.model)
            .field("profile", &self.profile)
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
