//! The files of the web page: what goes with them, and that nothing in them reaches elsewhere.

use super::served::{Served, Told};
use super::upstream::{Upstream, whole};

const FILES: [(&str, &str); 9] = [
    ("/", "text/html; charset=utf-8"),
    ("/style.css", "text/css; charset=utf-8"),
    ("/app.js", "text/javascript; charset=utf-8"),
    ("/board.js", "text/javascript; charset=utf-8"),
    ("/build.js", "text/javascript; charset=utf-8"),
    ("/chat.js", "text/javascript; charset=utf-8"),
    ("/commands.js", "text/javascript; charset=utf-8"),
    ("/picker.js", "text/javascript; charset=utf-8"),
    ("/wire.js", "text/javascript; charset=utf-8"),
];

async fn world() -> (Upstream, Served) {
    let upstream = Upstream::start(|_| whole("hello")).await;
    let served = Served::start(&super::served::config(upstream.address, upstream.address)).await;
    (upstream, served)
}

#[tokio::test]
async fn every_file_comes_with_its_kind_and_a_strict_policy() {
    let (_upstream, served) = world().await;
    for (path, kind) in FILES {
        let told = Told::of(served.get(path).send().await.expect("an answer")).await;
        assert_eq!(told.status, 200, "{path}");
        for (name, value) in [
            ("content-type", kind),
            ("cache-control", "no-cache"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-resource-policy", "same-origin"),
            (
                "content-security-policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                 img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            ),
        ] {
            assert_eq!(told.header(name), value, "{path}: {name}");
        }
    }
}

#[tokio::test]
async fn a_browser_that_has_a_file_is_not_sent_it_again() {
    let (_upstream, served) = world().await;
    for (path, _) in FILES {
        let told = Told::of(served.get(path).send().await.expect("an answer")).await;
        let tag = told.header("etag").to_owned();
        let asked = |tag: &str| served.get(path).header("if-none-match", tag);
        let same = Told::of(asked(&tag).send().await.expect("an answer")).await;
        assert_eq!((same.status, same.text.as_str()), (304, ""), "{path}");
        assert_eq!(same.header("etag"), tag);
        let other = Told::of(asked("\"other\"").send().await.expect("an answer")).await;
        assert_eq!(other.status, 200, "{path}");
    }
}

#[tokio::test]
async fn the_page_is_small_and_needs_nothing_from_elsewhere() {
    let (_upstream, served) = world().await;
    let mut whole = 0;
    for (path, _) in FILES {
        let told = Told::of(served.get(path).send().await.expect("an answer")).await;
        whole += told.text.len();
        let text = told.text.replace("http://www.w3.org/2000/svg", "");
        for foreign in [
            "http://",
            "https://",
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "eval(",
        ] {
            // A scheme is taken off an address that is shown, and no address is asked.
            let text = text.replace("/^https?:\\/\\//", "");
            assert!(!text.contains(foreign), "{path} has {foreign}");
        }
        for inline in [" style=\"", " onclick=\"", "<style", "<script>"] {
            assert!(!text.contains(inline), "{path} has {inline}");
        }
    }
    assert!(whole <= 60_500, "{whole} bytes");
}

#[tokio::test]
async fn the_page_is_read_and_nothing_is_sent_to_it() {
    let (_upstream, served) = world().await;
    let told = Told::of(served.post("/").send().await.expect("an answer")).await;
    assert_eq!(told.status, 405);
    let told = Told::of(served.get("/page/mod.rs").send().await.expect("an answer")).await;
    assert_eq!(told.status, 404);
}
