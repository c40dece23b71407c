//! The provider, and the proxy that does nothing but pass on.

use std::convert::Infallible;
use std::io::Write;
use std::net::SocketAddr;

use http::{HeaderValue, Request, Response, StatusCode, Uri};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;

use super::super::BenchError;

const ANSWER: &str = r#"{"id":"msg_1","type":"message","role":"assistant","model":"big","content":[{"type":"text","text":"hello"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}"#;
const EVENTS: usize = 20;

/// What a process of the measurement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Answers at once, or with events one after the other.
    Provider,
    /// Passes on to this address, with the libraries of the gateway and nothing else.
    Floor(SocketAddr),
}

impl Part {
    /// The words by which the parts are called.
    pub const PROVIDER: &str = "provider";
    /// The same of the floor; an address follows.
    pub const FLOOR: &str = "floor";

    /// The part that these words call.
    #[must_use]
    pub fn called(words: &[impl AsRef<str>]) -> Option<Self> {
        match words {
            [part] if part.as_ref() == Self::PROVIDER => Some(Self::Provider),
            [part, to] if part.as_ref() == Self::FLOOR => to.as_ref().parse().ok().map(Self::Floor),
            _ => None,
        }
    }

    /// Listens on a free port of 127.0.0.1, writes `http://…` as a line, and serves until the process is ended.
    ///
    /// # Errors
    /// [`BenchError::Io`] if there is no port.
    pub async fn play(self) -> Result<(), BenchError> {
        match self {
            Self::Provider => listen(provide).await,
            Self::Floor(to) => {
                let mut connector = HttpConnector::new();
                connector.set_nodelay(true);
                let client: Client<_, Incoming> = Client::builder(TokioExecutor::new()).build(connector);
                listen(move |request| pass(client.clone(), to, request)).await
            }
        }
    }
}

type Body = BoxBody<Bytes, hyper::Error>;

async fn listen<F, A>(answer: F) -> Result<(), BenchError>
where
    F: Fn(Request<Incoming>) -> A + Clone + Send + 'static,
    A: Future<Output = Result<Response<Body>, Infallible>> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    writeln!(std::io::stdout(), "http://{}", listener.local_addr()?)?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let answer = answer.clone();
        tokio::spawn(async move {
            // Whoever measures sees that an answer is missing.
            let serve = http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
            let _ = serve.await;
        });
    }
}

fn whole(text: &'static str) -> Body {
    let body = Full::new(Bytes::from_static(text.as_bytes()));
    body.map_err(|never| match never {}).boxed()
}

async fn provide(request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    let Ok(body) = request.into_body().collect().await else {
        return Ok(failed());
    };
    let body = body.to_bytes();
    let streams = body.windows(13).any(|part| part == b"\"stream\":true");
    let (body, kind) = if streams {
        let events = (0..EVENTS).map(|at| {
            let kind = if at == 0 { "message_start" } else { "content_block_delta" };
            let text = format!("event: {kind}\ndata: {{\"type\":\"{kind}\",\"message\":{{}},\"delta\":{{\"type\":\"text_delta\",\"text\":\"word\"}}}}\n\n");
            Ok(Frame::data(Bytes::from(text)))
        });
        let steps = Steps(events.collect::<Vec<_>>().into_iter(), Step::Wait);
        (BodyExt::boxed(StreamBody::new(steps)), "text/event-stream")
    } else {
        (whole(ANSWER), "application/json")
    };
    let mut answer = Response::new(body);
    answer
        .headers_mut()
        .insert("content-type", HeaderValue::from_static(kind));
    Ok(answer)
}

async fn pass(
    client: Client<HttpConnector, Incoming>,
    to: SocketAddr,
    mut request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let Ok(uri) = format!("http://{to}{path}").parse::<Uri>() else {
        return Ok(failed());
    };
    *request.uri_mut() = uri;
    request.headers_mut().remove("host");
    Ok(match client.request(request).await {
        Ok(answer) => answer.map(BodyExt::boxed),
        Err(_) => failed(),
    })
}

fn failed() -> Response<Body> {
    let mut answer = Response::new(whole(""));
    *answer.status_mut() = StatusCode::BAD_GATEWAY;
    answer
}

/// Events, each of which goes out before the next one is there.
struct Steps<I>(I, Step);

#[derive(PartialEq, Eq)]
enum Step {
    Wait,
    Go,
}

impl<I: Iterator + Unpin> futures_util::Stream for Steps<I> {
    type Item = I::Item;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        task: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<I::Item>> {
        if self.1 == Step::Wait {
            self.1 = Step::Go;
            task.waker().wake_by_ref();
            return std::task::Poll::Pending;
        }
        self.1 = Step::Wait;
        std::task::Poll::Ready(self.0.next())
    }
}
