//! Where a request goes: to a provider, to the middleware, to the page.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::header::{ALLOW, CONNECTION};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use tower_service::Service;

use super::asking::Asking;
use super::callers::Caller;
use super::dialect::{Dialect, Kind};
use super::gate::Gate;
use super::guard::Denied;
use super::meter::Connected;
use super::proxy;
use super::refused::Refused;
use super::{models, routes, shape};

/// Answers requests, of all connections.
#[derive(Debug, Clone)]
pub(super) struct Front {
    gate: Arc<Gate>,
    routes: Router,
}

impl Front {
    pub(super) fn new(gate: Arc<Gate>) -> Self {
        Self {
            routes: routes::routes(Arc::clone(&gate)),
            gate,
        }
    }

    /// A connection was taken in: it counts until what is returned is dropped.
    pub(super) fn connected(&self) -> Connected {
        self.gate.meter.connected()
    }

    pub(super) async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
        let mut answer = self.route(request).await?;
        let headers = answer.headers_mut();
        let nosniff = HeaderValue::from_static("nosniff");
        headers.insert(HeaderName::from_static("x-content-type-options"), nosniff);
        Ok(answer)
    }

    async fn route(&self, mut request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
        let path = request.uri().path();
        let dialect = Dialect::at(path);
        let needs_no_token = routes::is_open(path);
        if let Err(denied) = shape::look(&request) {
            let dialect = dialect.unwrap_or(Dialect::of_client(request.headers()));
            let mut answer = deny(denied, dialect);
            // Nobody knows where the next request would begin.
            let close = HeaderValue::from_static("close");
            answer.headers_mut().insert(CONNECTION, close);
            return Ok(answer);
        }
        let (method, headers) = (request.method(), request.headers());
        let caller = if needs_no_token {
            self.gate.guard.open(method, headers).map(|()| Caller::LOCAL)
        } else {
            self.gate.guard.caller(method, headers)
        };
        let caller = match caller {
            Ok(caller) => caller,
            Err(denied) => {
                let dialect = dialect.unwrap_or(Dialect::of_client(request.headers()));
                return Ok(deny(denied, dialect));
            }
        };
        if let Some(dialect) = dialect {
            if request.method() != Method::POST {
                return Ok(not_so(dialect, "POST"));
            }
            return Ok(proxy::pass(&self.gate, dialect, caller, request).await);
        }
        if let Some(id) = model_of(path) {
            let dialect = Dialect::of_client(request.headers());
            if !matches!(*request.method(), Method::GET | Method::HEAD) {
                return Ok(not_so(dialect, "GET"));
            }
            let answer = Asking::of(&caller, request.headers())
                .map_err(|wrong| Box::new(Refused::of(Kind::Invalid, "bad-header", &wrong.to_string())))
                .and_then(|asking| models::answer(&self.gate, &asking, id.as_deref()));
            return Ok(answer.unwrap_or_else(|refused| refused.answer(dialect)));
        }
        request.extensions_mut().insert(caller);
        self.routes.clone().call(request).await
    }
}

/// The model that a path below `/v1/models` names: all of them, or one.
fn model_of(path: &str) -> Option<Option<String>> {
    let rest = path.strip_prefix("/v1/models")?;
    match rest.strip_prefix('/') {
        None if rest.is_empty() => Some(None),
        None => None,
        Some("") => Some(None),
        Some(id) => Some(Some(decoded(id))),
    }
}

/// Percent-encoding taken out (RFC 3986, section 2.1).
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn deny(denied: Denied, dialect: Dialect) -> Response<Body> {
    let kind = match denied {
        Denied::Token => Kind::Unauthenticated,
        Denied::Origin => Kind::Forbidden,
        Denied::Host | Denied::NoHost | Denied::TooLong | Denied::Coding | Denied::Target => Kind::Invalid,
    };
    Refused::of(kind, denied.code(), &denied.to_string())
        .with_status(denied.status())
        .answer(dialect)
}

fn not_so(dialect: Dialect, allowed: &'static str) -> Response<Body> {
    let text = format!("this path takes {allowed}");
    let mut answer = Refused::of(Kind::Invalid, "method", &text)
        .with_status(StatusCode::METHOD_NOT_ALLOWED)
        .answer(dialect);
    answer
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static(allowed));
    answer
}
