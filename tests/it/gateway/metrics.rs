//! What a gateway tells Prometheus: everything that counts, and nobody's name.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::served::{KEYS, Served, config};
use super::upstream::{Upstream, error, whole};

/// The samples of a page, by name and labels, after a look at its form.
fn samples(text: &str) -> BTreeMap<String, f64> {
    let mut kinds = BTreeMap::new();
    let mut samples = BTreeMap::new();
    for line in text.lines() {
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').expect("a name and a kind");
            assert!(
                kinds.insert(name.to_owned(), kind.to_owned()).is_none(),
                "{name} twice"
            );
        } else if !line.starts_with("# HELP ") {
            let (name, value) = line.rsplit_once(' ').expect("a name and a value");
            let bare = name.split('{').next().expect("a name");
            let family = ["_bucket", "_sum", "_count"]
                .iter()
                .find_map(|end| bare.strip_suffix(end).filter(|of| kinds.contains_key(*of)));
            let kind = kinds.get(family.unwrap_or(bare));
            let kind = kind.unwrap_or_else(|| panic!("{name} is not described"));
            assert_eq!(kind == "counter", bare.ends_with("_total"), "{name}");
            assert!(bare.starts_with("modelpin_"), "{name}");
            let value = value.parse().expect("a number");
            assert!(samples.insert(name.to_owned(), value).is_none(), "{name} twice");
        }
    }
    samples
}

async fn page(served: &Served) -> String {
    let answer = served.get("/metrics").send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    assert_eq!(
        answer.headers()["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    answer.text().await.expect("a body")
}

#[expect(clippy::print_stderr, reason = "it is for whoever reads the test's output")]
fn not_tried(why: &str) {
    eprintln!("{why}");
}

/// Runs Prometheus' own check, where it is installed.
fn promtool(arguments: &[&str], input: &str) {
    let started = Command::new("promtool")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = started else {
        not_tried("promtool (of the package prometheus) is not installed, so it was not asked");
        return;
    };
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let told = child.wait_with_output().expect("it ends");
    let said = [told.stdout, told.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(told.status.success(), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_counted_and_nobody_is_named() {
    let one = Upstream::start(|asked| {
        if asked.key() == KEYS[0] {
            error(429, "rate_limit_error", "no")
        } else {
            whole("hello")
        }
    })
    .await;
    let served = Served::start(&config(one.address, one.address)).await;
    served.command("SESSION-CANARY", "/model small").await;
    for _ in 0..3 {
        assert_eq!(served.ask("SESSION-CANARY", "big").await.status, 200);
    }
    let refused = served.post("/v1/messages").body("no JSON").send().await;
    assert_eq!(refused.expect("an answer").status(), 400);

    let text = page(&served).await;
    let samples = samples(&text);
    for (name, value) in [
        (
            r#"modelpin_requests_total{provider="one",model="small",class="answered"}"#,
            3.0,
        ),
        (
            r#"modelpin_requests_total{provider="other",model="other",class="refused"}"#,
            1.0,
        ),
        (
            r#"modelpin_attempts_total{provider="one",model="small",class="answered"}"#,
            3.0,
        ),
        (
            r#"modelpin_attempts_total{provider="one",model="small",class="rate_limit"}"#,
            1.0,
        ),
        (r#"modelpin_added_seconds_count"#, 3.0),
        (r#"modelpin_added_seconds_bucket{le="+Inf"}"#, 3.0),
        (r#"modelpin_profiles{provider="one",state="resting"}"#, 1.0),
        (r#"modelpin_profiles{provider="one",state="ready"}"#, 1.0),
        (r#"modelpin_profiles{provider="two",state="ready"}"#, 1.0),
        (r#"modelpin_profiles_expiring{provider="one"}"#, 0.0),
        (r#"modelpin_refreshes_total{result="ok"}"#, 0.0),
        (r#"modelpin_pins{scope="session"}"#, 1.0),
        (r#"modelpin_pins{scope="global"}"#, 0.0),
        (r#"modelpin_requests_in_flight"#, 0.0),
        (r#"modelpin_reloads_total{result="failed"}"#, 0.0),
        (r#"modelpin_events_total{kind="needs-sign-in"}"#, 0.0),
    ] {
        assert_eq!(samples.get(name), Some(&value), "{name} in\n{text}");
    }
    assert!(samples["modelpin_connections"] >= 1.0);
    for name in ["CANARY", "one:a", "one:b", "person"] {
        assert!(!text.contains(name), "{name} in\n{text}");
    }
    promtool(&["check", "metrics"], &text);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_were_read_again_are_counted() {
    let one = Upstream::start(|_| whole("hello")).await;
    let served = Served::start(&config(one.address, one.address)).await;
    // Files are followed from the first look on.
    tokio::time::sleep(Duration::from_millis(700)).await;
    std::fs::write(served.files.path().join("modelpin.json"), "{ no").expect("written");
    let counted = async {
        loop {
            let samples = samples(&page(&served).await);
            if samples[r#"modelpin_reloads_total{result="failed"}"#] > 0.0 {
                return samples[r#"modelpin_reloads_total{result="ok"}"#];
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let ok = tokio::time::timeout(Duration::from_secs(20), counted).await;
    assert_eq!(ok.expect("it is read again"), 0.0);
}

#[test]
fn the_alerts_are_about_metrics_that_there_are() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rules = std::fs::read_to_string(root.join("contrib/prometheus/modelpin.rules.yml")).expect("read");
    let page = std::fs::read_to_string(root.join("docs/monitoring.md")).expect("read");
    let mut names = 0;
    for line in rules.lines().filter(|line| line.trim().starts_with("expr:")) {
        for word in line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
            if word.starts_with("modelpin_") {
                names += 1;
                assert!(
                    page.contains(&format!("| `{word}`")),
                    "{word} is not in docs/monitoring.md"
                );
            }
        }
    }
    assert!(names >= 2, "{rules}");
    let path = root.join("contrib/prometheus/modelpin.rules.yml");
    promtool(&["check", "rules", path.to_str().expect("UTF-8")], "");
}
