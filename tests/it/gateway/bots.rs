//! The example bots, each from the first message to the answer of the pinned model.

use std::process::Stdio;

use modelpin::gateway::{Gateway, Options, World};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// Runs a bot over the demo provider with these lines as messages; `None` if its language is not there.
async fn says(language: &str, file: &str, lines: &str) -> Option<String> {
    let there = Command::new(language)
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .await;
    if !there.is_ok_and(|status| status.success()) {
        not_tried(&format!("there is no {language} here: {file} was not tried"));
        return None;
    }
    let _already = rustls::crypto::ring::default_provider().install_default();
    let files = tempfile::tempdir().expect("a directory");
    let tokens = files.path().join("tokens");
    std::fs::write(&tokens, "bot EXAMPLE-token-of-a-bot\n").expect("written");
    let gateway = Gateway::open(Options {
        bind: "127.0.0.1:0".parse().expect("an address"),
        token_file: Some(tokens),
        world: World::Demo,
        ..Options::default()
    })
    .await
    .expect("it opens");
    let url = format!("http://{}", gateway.address());
    let serving = tokio::spawn(gateway.serve(std::future::pending()));
    let mut bot = Command::new(language)
        .arg(format!("{}/examples/http/{file}", env!("CARGO_MANIFEST_DIR")))
        .env("MODELPIN_URL", url)
        .env("MODELPIN_TOKEN", "EXAMPLE-token-of-a-bot")
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the bot starts");
    let mut input = bot.stdin.take().expect("a pipe");
    input.write_all(lines.as_bytes()).await.expect("written");
    drop(input);
    let told = bot.wait_with_output().await.expect("the bot ends");
    serving.abort();
    let (out, err) = (
        String::from_utf8_lossy(&told.stdout),
        String::from_utf8_lossy(&told.stderr),
    );
    assert!(told.status.success(), "{file}: {out}{err}");
    Some(out.into_owned())
}

#[expect(clippy::print_stderr, reason = "it is for whoever reads the test's output")]
fn not_tried(why: &str) {
    eprintln!("{why}");
}

const LINES: &str =
    "/model sonnet@demo:work\nhello there\n/model haiku -- and now?\n/model nobody\nfail 400 demo:work\n";

fn serves(out: &str) {
    for part in [
        "Pinned for this chat.",
        "I am demo/sonnet, asked with demo:work. You said: hello there",
        "I am demo/haiku, asked with demo:work. You said: and now?",
        "No model is called “nobody”.",
        "the provider does not take the request",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bot_in_python_pins_and_is_served() {
    if let Some(out) = says("python3", "bot.py", LINES).await {
        serves(&out);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bot_in_javascript_pins_and_is_served() {
    if let Some(out) = says("node", "bot.mjs", LINES).await {
        serves(&out);
    }
}

#[test]
fn a_bot_fits_on_a_screen() {
    for file in ["bot.py", "bot.mjs"] {
        let path = format!("{}/examples/http/{file}", env!("CARGO_MANIFEST_DIR"));
        let lines = std::fs::read_to_string(path)
            .expect("it is there")
            .lines()
            .count();
        assert!(lines < 60, "{file} has {lines} lines");
    }
}
