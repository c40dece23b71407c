//! The web page in a real browser: `tests/web/page.mjs` has the claims, and is run here on gateways that serve the demo.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use modelpin::gateway::{Gateway, Options, World};

const TOKEN: &str = "EXAMPLE-token-of-the-web-page";
const BROWSERS: [&str; 4] = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/usr/bin/google-chrome-stable",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_works_in_a_browser() {
    let Some((folder, browser)) = all_is_there() else {
        return;
    };
    let files = tempfile::tempdir().expect("a directory");
    let tokens = files.path().join("tokens");
    std::fs::write(&tokens, format!("ann {TOKEN}\n")).expect("written");
    let open = serve(None).await;
    let guarded = serve(Some(tokens)).await;
    let run = move || {
        Command::new("node")
            .arg("page.mjs")
            .args([format!("http://{open}/"), format!("http://{guarded}/")])
            .arg(TOKEN)
            .arg(browser)
            .current_dir(folder)
            .output()
            .expect("node starts")
    };
    let Output {
        status,
        stdout,
        stderr,
    } = tokio::task::spawn_blocking(run).await.expect("it ran");
    let (said, wrong) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{said}{wrong}");
    assert_eq!(said.matches("holds: ").count(), 15, "{said}");
}

/// A gateway that serves the demo until the test is over.
async fn serve(token_file: Option<PathBuf>) -> SocketAddr {
    let _already = rustls::crypto::ring::default_provider().install_default();
    let options = Options {
        bind: SocketAddr::from(([127, 0, 0, 1], 0)),
        world: World::Demo,
        token_file,
        ..Options::default()
    };
    let gateway = Gateway::open(options).await.expect("it opens");
    let address = gateway.address();
    tokio::spawn(gateway.serve(std::future::pending()));
    address
}

/// The folder of the script with its packages in it, and a browser.
fn all_is_there() -> Option<(PathBuf, &'static str)> {
    let Some(browser) = BROWSERS.into_iter().find(|one| Path::new(one).exists()) else {
        not_tried("there is no Chromium, so the web page was not tried");
        return None;
    };
    if !(there_is("node") && there_is("npm")) {
        not_tried("there is no node or npm, so the web page was not tried");
        return None;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/web");
    let complete = folder.join("node_modules/.package-lock.json");
    let lock = File::open(folder.join("package-lock.json")).expect("the lock file is there");
    lock.lock().expect("locked");
    if !complete.exists() {
        let npm = Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir(&folder)
            .output()
            .expect("npm starts");
        if !npm.status.success() {
            let why = String::from_utf8_lossy(&npm.stderr).into_owned();
            not_tried(&format!(
                "npm did not bring Playwright and axe, so the web page was not tried: {why}"
            ));
            return None;
        }
    }
    Some((folder, browser))
}

fn there_is(program: &str) -> bool {
    let tried = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    tried.is_ok_and(|status| status.success())
}

#[expect(clippy::print_stderr, reason = "it is for whoever reads the test's output")]
fn not_tried(why: &str) {
    eprintln!("{why}");
}
