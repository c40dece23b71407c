//! How does a person see and try it all? On a web page: a chat, and the board beside it.
//!
//! The files lie in this folder as the browser gets them: nothing is built, nothing comes from elsewhere. They are open to
//! whoever may come in, for there is nothing in them; what the page shows, it asks for with the person's token. `index.html`
//! is the frame, `app.js` begins; `chat.js` is the left side with `picker.js` and `commands.js`, `board.js` the right one; `wire.js`
//! asks the gateway, `build.js` makes elements and words.
//!
//! Model names, answers and replies are written by others: the page puts them into text nodes only, and the policy that is
//! sent with it lets nothing run that is not one of these files.

use std::sync::LazyLock;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use sha2::{Digest, Sha256};

/// Source: W3C Content Security Policy Level 3. No form is ever sent, no frame holds the page, nothing comes from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// Who else may load these files: nobody (Fetch, section 3.8).
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// A file of the page.
struct File {
    path: &'static str,
    kind: &'static str,
    text: &'static str,
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! file {
    ($path:literal, $kind:expr, $name:literal) => {
        File {
            path: $path,
            kind: $kind,
            text: include_str!($name),
        }
    };
}

const FILES: [File; 9] = [
    file!("/", HTML, "index.html"),
    file!("/style.css", CSS, "style.css"),
    file!("/app.js", SCRIPT, "app.js"),
    file!("/board.js", SCRIPT, "board.js"),
    file!("/build.js", SCRIPT, "build.js"),
    file!("/chat.js", SCRIPT, "chat.js"),
    file!("/commands.js", SCRIPT, "commands.js"),
    file!("/picker.js", SCRIPT, "picker.js"),
    file!("/wire.js", SCRIPT, "wire.js"),
];

/// What a browser knows a file by: it changes with the file.
static TAGS: LazyLock<[HeaderValue; FILES.len()]> = LazyLock::new(|| FILES.each_ref().map(tag));

fn tag(file: &File) -> HeaderValue {
    let hash = Sha256::digest(file.text);
    let hex: String = hash[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::from_str(&format!("\"{hex}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// Whether a path is one of the page.
pub(super) fn is_of_the_page(path: &str) -> bool {
    FILES.iter().any(|file| file.path == path)
}

/// The routes of the page.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    FILES.iter().enumerate().fold(router, |router, (at, file)| {
        router.route(
            file.path,
            get(async move |headers: HeaderMap| answer(at, &headers)),
        )
    })
}

fn answer(at: usize, asked: &HeaderMap) -> Response<Body> {
    let (file, tag) = (&FILES[at], &TAGS[at]);
    let known = asked
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|tags| tags.to_str().ok())
        .flat_map(|tags| tags.split(','))
        .any(|known| known.trim().trim_start_matches("W/") == tag || known.trim() == "*");
    let mut answer = if known {
        let mut unchanged = Response::new(Body::empty());
        *unchanged.status_mut() = StatusCode::NOT_MODIFIED;
        unchanged
    } else {
        Response::new(Body::from(file.text))
    };
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(file.kind));
    headers.insert(ETAG, tag.clone());
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    answer
}
