//! The connections to providers over `http`: opened, kept while nobody needs them, and taken again.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use http::header::HOST;
use http::uri::{Authority, PathAndQuery};
use http::{HeaderValue, Request, Response, Uri};
use http_body_util::Full;
use hyper_util::client::legacy::connect::HttpConnector;
use tokio::time::{Instant, sleep};
use tower_service::Service;

use super::failure::{Broken, Failure};
use super::line::{Line, Spoken};

/// How long a connection is kept that nobody uses.
const KEPT: Duration = Duration::from_secs(90);
/// How often it is looked whether there is one to be let go.
const LOOK: Duration = Duration::from_secs(30);

/// Connections to providers.
#[derive(Debug)]
pub(super) struct Connections {
    connector: HttpConnector,
    idle: Arc<Idle>,
}

impl Connections {
    pub(super) fn new(connect: Duration) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(connect));
        // A word is one small packet: with Nagle's algorithm the last ones of an answer would wait for an acknowledgement.
        connector.set_nodelay(true);
        Self {
            connector,
            idle: Arc::default(),
        }
    }

    /// Sends a request on a connection that is free, or on a new one. It is sent once: only where not a byte of it went
    /// out, because the provider had closed the connection meanwhile, it is given to another.
    pub(super) async fn ask(&self, request: Request<Bytes>) -> Result<Response<Spoken>, Failure> {
        let mut request = request.map(Full::new);
        let whole = std::mem::take(request.uri_mut());
        let Some(to) = whole.authority().cloned() else {
            return Err(Failure::Unsent {
                source: "the address has no host".into(),
            });
        };
        *request.uri_mut() = Uri::from(whole.path_and_query().cloned().unwrap_or(SLASH));
        if !request.headers().contains_key(HOST) {
            let host = host(&to).ok_or_else(|| Failure::Unsent {
                source: "the address has a host that cannot stand in a header".into(),
            })?;
            request.headers_mut().insert(HOST, host);
        }
        loop {
            let kept = self.idle.take(&to);
            let is_new = kept.is_none();
            let mut line = match kept {
                Some(line) => line,
                None => self.open(&whole).await?,
            };
            match line.ask(request).await {
                Ok(answer) => {
                    let idle = Arc::clone(&self.idle);
                    return Ok(answer.map(|body| Spoken::new(body, line, to, idle)));
                }
                Err(mut failed) => match failed.take_message() {
                    Some(unsent) if !is_new => request = unsent,
                    _ => return Err(network(Broken::CutOff, failed.into_error())),
                },
            }
        }
    }

    async fn open(&self, to: &Uri) -> Result<Box<Line>, Failure> {
        let connecting = self.connector.clone().call(to.clone());
        let stream = connecting
            .await
            .map_err(|error| network(Broken::NoConnection, error))?;
        let line = Line::over(stream).await;
        Ok(Box::new(
            line.map_err(|error| network(Broken::NoConnection, error))?,
        ))
    }
}

const SLASH: PathAndQuery = PathAndQuery::from_static("/");

/// The host as a header has it: the port that `http` has anyway is left out (RFC 9110, section 7.2).
fn host(to: &Authority) -> Option<HeaderValue> {
    let host = match to.port_u16() {
        Some(80) | None => to.host(),
        Some(_) => to.as_str().rsplit('@').next().unwrap_or_default(),
    };
    HeaderValue::from_str(host).ok()
}

fn network(broken: Broken, error: impl StdError + Send + Sync + 'static) -> Failure {
    Failure::Transport {
        broken,
        source: Some(Box::new(error)),
    }
}

/// The connections that nobody uses, by whom they lead to; of each the one that was used last is taken first.
#[derive(Default)]
pub(super) struct Idle {
    kept: Mutex<HashMap<Authority, Vec<Kept>>>,
    /// Somebody looks after them.
    kept_watch: AtomicBool,
}

impl std::fmt::Debug for Idle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Idle(…)")
    }
}

struct Kept {
    line: Box<Line>,
    since: Instant,
}

impl Kept {
    fn is_good(&mut self) -> bool {
        self.since.elapsed() < KEPT && self.line.is_free()
    }
}

impl Idle {
    fn kept(&self) -> MutexGuard<'_, HashMap<Authority, Vec<Kept>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One that can be used.
    fn take(&self, to: &Authority) -> Option<Box<Line>> {
        loop {
            let mut kept = self.kept().get_mut(to)?.pop()?;
            if kept.is_good() {
                return Some(kept.line);
            }
        }
    }

    /// Keeps one for a while.
    pub(super) fn keep(self: &Arc<Self>, to: Authority, line: Box<Line>) {
        let since = Instant::now();
        let kept = Kept { line, since };
        self.kept().entry(to).or_default().push(kept);
        if !self.kept_watch.swap(true, Ordering::SeqCst)
            && let Ok(tasks) = tokio::runtime::Handle::try_current()
        {
            tasks.spawn(watch(Arc::downgrade(self)));
        }
    }

    /// Lets those go that were kept for too long, or that were closed from the other side; `false` if none is left.
    fn look(&self) -> bool {
        let all = std::mem::take(&mut *self.kept());
        for (to, mut kept) in all {
            kept.retain_mut(Kept::is_good);
            if !kept.is_empty() {
                let mut all = self.kept();
                let there = all.entry(to).or_default();
                // Those that came meanwhile were used last.
                kept.append(there);
                *there = kept;
            }
        }
        !self.kept().is_empty()
    }
}

/// Looks after connections as long as there are some.
async fn watch(idle: Weak<Idle>) {
    loop {
        sleep(LOOK).await;
        let Some(idle) = idle.upgrade() else { return };
        if idle.look() {
            continue;
        }
        idle.kept_watch.store(false, Ordering::SeqCst);
        // One that was kept just now found a watch, so there has to be one.
        if idle.kept().is_empty() || idle.kept_watch.swap(true, Ordering::SeqCst) {
            return;
        }
    }
}
