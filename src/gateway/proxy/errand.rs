//! One request on its way: from credential to credential, until one answers or nobody is left.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use bytes::Bytes;
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{Method, Request, Response, Uri};
use tokio::sync::OwnedSemaphorePermit;
use tracing::Instrument;

use super::answer::Answer;
use super::asked::Asked;
use super::{heads, opening, said, spans};
use crate::gateway::asking::Asking;
use crate::gateway::dialect::{Dialect, Kind};
use crate::gateway::gate::Gate;
use crate::gateway::meter::Became;
use crate::gateway::refused::Refused;
use crate::gateway::refused::{Last, milliseconds};
use crate::outcome::FailureClass;
use crate::resolver::{Attempts, Lease};
use crate::wire::body::Outline;
use crate::wire::{Failure, Passing};

/// Asks one credential after the other.
///
/// Dropping the future ends the request at the provider.
pub(super) async fn run(
    gate: &Arc<Gate>,
    dialect: Dialect,
    asking: Asking,
    head: Parts,
    asked: Asked,
    begun: Instant,
    place: OwnedSemaphorePermit,
) -> Result<Response<Body>, Refused> {
    let body = Outline::read(&asked.body)
        .map_err(|wrong| Refused::of(Kind::Invalid, "bad-body", &wrong.to_string()))?;
    let uri = path(dialect, &head.uri);
    let mut attempts = gate
        .modelpin
        .attempts(&asking.session, &asking.actor)
        .wishing(body.model())
        .written_for(dialect.apis());
    let mut errand = Errand {
        gate,
        last: None,
        said: None,
    };
    let mut added = false;
    loop {
        let lease = match attempts.next().await {
            Ok(lease) => lease,
            Err(error) => return Err(errand.refused(&attempts, &error)),
        };
        let mut request = Request::new(());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri.clone();
        *request.headers_mut() = heads::to_provider(&head.headers);
        let request = lease.fill_with(&body, request).map_err(|wrong| {
            Refused::of(Kind::Unauthenticated, "unusable-credential", &wrong.to_string())
                .under(lease.decision())
        })?;
        if !std::mem::replace(&mut added, true) {
            gate.meter.added(begun.elapsed());
        }
        let (span, asked) = (spans::attempt(lease.model()), Instant::now());
        match errand.ask(&lease, request).instrument(span.clone()).await {
            Ok((read, mut answer)) => {
                spans::attempted(&span, "answered", asked.elapsed());
                lease.answering();
                heads::to_client(answer.headers_mut(), &lease);
                let (model, decision) = (lease.model().clone(), lease.decision().to_owned());
                tracing::info!(
                    %decision, %model, profile = %lease.profile(),
                    class = "answered", status = answer.status().as_u16(),
                    ms = milliseconds(begun.elapsed()), "request answered"
                );
                lease.succeeded();
                gate.meter.attempt(&model, None);
                gate.meter.request(Some(&model), Became::Answered);
                let idle = gate.client.limits().idle;
                return Ok(answer.map(|rest| Body::new(Answer::new(read, rest, idle, decision, place))));
            }
            Err(failure) => {
                let class = errand.failed(lease, &failure);
                spans::attempted(&span, class.as_str(), asked.elapsed());
            }
        }
        if body.body().len() > gate.limits.resent {
            tracing::warn!(
                decision = attempts.decision().unwrap_or_default(),
                bytes = body.body().len(),
                "the body is too long to be sent a second time: no other credential is asked"
            );
            return Err(errand.once_only(&attempts));
        }
    }
}

/// What became of the attempts so far.
struct Errand<'g> {
    gate: &'g Gate,
    last: Option<Last>,
    /// What the provider said of the request itself.
    said: Option<String>,
}

impl Errand<'_> {
    /// Sends the request, and waits until its answer has begun.
    async fn ask(
        &self,
        lease: &Lease,
        request: Request<Bytes>,
    ) -> Result<(Vec<Bytes>, Response<Passing>), Failure> {
        let client = &self.gate.client;
        let endpoint = lease.endpoint();
        let mut answer = client.forward(request, endpoint.patience).await?;
        if !answer.status().is_success() {
            return Err(client.refused(answer).await);
        }
        let patience = endpoint.patience.unwrap_or(client.limits().first_byte);
        let read = opening::read(&mut answer, endpoint.api, patience).await?;
        Ok((read, answer))
    }

    fn failed(&mut self, lease: Lease, failure: &Failure) -> FailureClass {
        let (model, profile) = (lease.model().clone(), lease.profile().clone());
        let verdict = failure.verdict(model.provider(), self.gate.modelpin.resolver().now());
        // An answer that is no success and no error of a class is still none that can be given to the client: a redirect.
        let class = verdict
            .as_ref()
            .map_or(FailureClass::ServerError, |verdict| verdict.class);
        tracing::info!(
            decision = lease.decision(), %model, profile = %lease.profile(), %class, %failure,
            "attempt failed"
        );
        self.said = said::of_the_request(failure, class, lease.credential().secret());
        match &verdict {
            Some(verdict) => lease.judged(verdict),
            None => lease.failed(class, None),
        }
        self.gate.meter.attempt(&model, Some(class));
        self.last = Some(Last {
            model,
            profile,
            class,
        });
        class
    }

    fn refused(&self, attempts: &Attempts<'_>, error: &crate::resolver::ResolveError) -> Refused {
        let now = self.gate.modelpin.resolver().now();
        if let Some(last) = &self.last {
            self.gate
                .meter
                .request(Some(&last.model), Became::Failed(last.class));
        }
        Refused::by_resolver(error, attempts.decision(), self.said.as_deref(), now).last(self.last.clone())
    }

    fn once_only(&self, attempts: &Attempts<'_>) -> Refused {
        let last = self.last.as_ref();
        let class = last.map_or(FailureClass::ServerError, |last| last.class);
        self.gate
            .meter
            .request(last.map(|last| &last.model), Became::Failed(class));
        Refused::of_class(class, self.said.as_deref())
            .under(attempts.decision().unwrap_or_default())
            .last(self.last.clone())
    }
}

/// The path at an endpoint, with the caller's query.
fn path(dialect: Dialect, asked: &Uri) -> Uri {
    let path = dialect.path(asked.path());
    let whole = match asked.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let path = whole.parse::<PathAndQuery>().map(Uri::from);
    path.unwrap_or_else(|_| asked.clone())
}
