//! Who gets in: the host that was asked for, the page that asks, the token.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use http::header::{AUTHORIZATION, HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, HeaderName, Method, StatusCode};
use thiserror::Error;

use super::callers::{Caller, Callers};
use super::limits::HEAD;

/// Where a token may stand beside `authorization` and `x-api-key`, which clients of providers fill.
pub(super) const TOKEN: HeaderName = HeaderName::from_static("x-modelpin-token");
const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// Why a request is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum Denied {
    /// The name in `host` is not one of ours: a foreign name may have been pointed at this machine (DNS rebinding).
    #[error(
        "this gateway is not known by the name in `host`: ask it at its address, or start it with --allow-host NAME"
    )]
    Host,
    /// There is no `host`, or more than one.
    #[error("the request needs exactly one `host`")]
    NoHost,
    /// The head of the request is longer than we take.
    #[error("the head of the request is over {} bytes", HEAD)]
    TooLong,
    /// The body is coded in a way that we do not know.
    #[error("`transfer-encoding` may be `chunked` and nothing else")]
    Coding,
    /// The first line names another host than `host`.
    #[error("the first line of the request and its `host` name different hosts")]
    Target,
    /// Another site's page asks.
    #[error("pages of other sites may not ask this gateway")]
    Origin,
    /// No token, or one that nobody has.
    #[error(
        "no valid token: send one of the token file as `authorization: Bearer`, `x-api-key` or `x-modelpin-token`"
    )]
    Token,
}

impl Denied {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::NoHost | Self::Target => StatusCode::BAD_REQUEST,
            Self::Coding => StatusCode::NOT_IMPLEMENTED,
            Self::TooLong => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::Host => StatusCode::MISDIRECTED_REQUEST,
            Self::Origin => StatusCode::FORBIDDEN,
            Self::Token => StatusCode::UNAUTHORIZED,
        }
    }

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::NoHost => "no-host",
            Self::TooLong => "head-too-long",
            Self::Coding => "transfer-encoding",
            Self::Target => "two-hosts",
            Self::Host => "foreign-host",
            Self::Origin => "foreign-origin",
            Self::Token => "no-token",
        }
    }
}

/// Decides who gets in.
#[derive(Debug)]
pub(super) struct Guard {
    callers: Option<arc_swap::ArcSwap<Callers>>,
    hosts: Vec<String>,
    bound: SocketAddr,
}

impl Guard {
    pub(super) fn new(callers: Option<Callers>, hosts: Vec<String>, bound: SocketAddr) -> Self {
        Self {
            callers: callers.map(arc_swap::ArcSwap::from_pointee),
            hosts,
            bound,
        }
    }

    /// Whether callers have to send a token.
    pub(super) fn wants_tokens(&self) -> bool {
        self.callers.is_some()
    }

    /// Puts newly read tokens in place.
    pub(super) fn replace(&self, callers: Callers) {
        if let Some(kept) = &self.callers {
            kept.store(Arc::new(callers));
        }
    }

    /// Looks at the head of a request that needs no token: the page itself, and whether we are well.
    pub(super) fn open(&self, method: &Method, headers: &HeaderMap) -> Result<(), Denied> {
        let length = headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len());
        if length.sum::<usize>() > HEAD {
            return Err(Denied::TooLong);
        }
        let mut hosts = headers.get_all(HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else {
            return Err(Denied::NoHost);
        };
        let host = host
            .to_str()
            .ok()
            .and_then(|host| host.parse::<Authority>().ok())
            .ok_or(Denied::NoHost)?;
        // Whoever knows a token is no page that was pointed here.
        if self.callers.is_none() && !self.is_ours(host.host()) {
            return Err(Denied::Host);
        }
        let foreign = headers.get_all(ORIGIN).iter().any(|origin| {
            let authority = origin.to_str().ok().and_then(|origin| {
                let (_, authority) = origin.split_once("://")?;
                authority.parse::<Authority>().ok()
            });
            authority.as_ref() != Some(&host)
        });
        let said = |name, word: &[u8]| headers.get(name).is_some_and(|value| value.as_bytes() == word);
        // A link from another site may lead here; nothing else may come from there.
        let link = *method == Method::GET && said(FETCH_MODE, b"navigate");
        if foreign || ((said(FETCH_SITE, b"cross-site") || said(FETCH_SITE, b"same-site")) && !link) {
            return Err(Denied::Origin);
        }
        Ok(())
    }

    /// Looks at the head of any other request.
    pub(super) fn caller(&self, method: &Method, headers: &HeaderMap) -> Result<Caller, Denied> {
        self.open(method, headers)?;
        let Some(callers) = &self.callers else {
            return Ok(Caller::LOCAL);
        };
        let callers = callers.load();
        let bearer = headers.get(AUTHORIZATION).and_then(|value| {
            let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        let text = |name| {
            headers
                .get(name)
                .and_then(|value: &http::HeaderValue| value.to_str().ok())
        };
        let told = [text(TOKEN), bearer, text(X_API_KEY)];
        let caller = told.into_iter().flatten().find_map(|token| callers.whose(token));
        caller.cloned().ok_or(Denied::Token)
    }

    fn is_ours(&self, host: &str) -> bool {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let named = |name: &str| bare.eq_ignore_ascii_case(name);
        match bare.parse::<IpAddr>() {
            Ok(address) => address.is_loopback() || address == self.bound.ip(),
            Err(_) => {
                let bare = bare.to_ascii_lowercase();
                named("localhost")
                    || bare.ends_with(".localhost")
                    || self.hosts.iter().any(|host| host.eq_ignore_ascii_case(&bare))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard() -> Guard {
        Guard::new(
            None,
            vec!["bots.example".into()],
            SocketAddr::from(([127, 0, 0, 1], 4141)),
        )
    }

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in list {
            headers.append(*name, http::HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn a_foreign_name_does_not_lead_here() {
        for (host, gets_in) in [
            ("127.0.0.1:4141", true),
            ("localhost:4141", true),
            ("LOCALHOST", true),
            ("[::1]:4141", true),
            ("page.localhost", true),
            ("bots.example:80", true),
            ("evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("localhost.evil.example", false),
            ("192.0.2.7:4141", false),
            ("", false),
            ("a b", false),
        ] {
            let answer = guard().open(&Method::GET, &headers(&[("host", host)]));
            assert_eq!(answer.is_ok(), gets_in, "{host}: {answer:?}");
        }
        assert_eq!(guard().open(&Method::GET, &headers(&[])), Err(Denied::NoHost));
        let two = headers(&[("host", "localhost"), ("host", "localhost")]);
        assert_eq!(guard().open(&Method::GET, &two), Err(Denied::NoHost));
    }

    #[test]
    fn a_page_of_another_site_does_not_ask() {
        let host = ("host", "127.0.0.1:4141");
        for (more, gets_in) in [
            (vec![("origin", "http://127.0.0.1:4141")], true),
            (vec![("origin", "http://127.0.0.1:8080")], false),
            (vec![("origin", "https://evil.example")], false),
            (vec![("origin", "null")], false),
            (vec![("sec-fetch-site", "same-origin")], true),
            (vec![("sec-fetch-site", "cross-site")], false),
            (
                vec![("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")],
                true,
            ),
        ] {
            let list: Vec<_> = std::iter::once(host).chain(more.clone()).collect();
            let answer = guard().open(&Method::GET, &headers(&list));
            assert_eq!(answer.is_ok(), gets_in, "{more:?}: {answer:?}");
        }
        let link = headers(&[
            host,
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
        ]);
        assert_eq!(guard().open(&Method::POST, &link), Err(Denied::Origin));
    }
}
