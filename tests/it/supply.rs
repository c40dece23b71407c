//! What is under this package: which packages, no more than a person agreed to, and all of them for the Rust that is stated.
//!
//! `./supply` has the checks that take longer or need tools.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The lists are of one machine: others have a few packages of their own.
const TARGET: &str = "x86_64-unknown-linux-gnu";

fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let done = Command::new(cargo)
        .args(arguments)
        .args(["--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "cargo {arguments:?}: {told}");
    String::from_utf8(done.stdout).expect("UTF-8")
}

/// The packages that are built with these features, without those that only build or test: name and version.
fn needed(features: &[&str]) -> BTreeSet<(String, String)> {
    let mut arguments = vec!["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}"];
    arguments.extend(["--target", TARGET]);
    arguments.extend(features);
    let tree = cargo(&arguments);
    let package = |line: &str| {
        let mut words = line.split_whitespace();
        Some((words.next()?.to_owned(), words.next()?.to_owned()))
    };
    let all = tree.lines().filter_map(package);
    all.filter(|(name, _)| name != env!("CARGO_PKG_NAME")).collect()
}

/// A name twice is two versions of it.
fn assert_agreed(list: &str, features: &[&str]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/dependencies")
        .join(list);
    let agreed = std::fs::read_to_string(&path).expect("a list");
    let mut agreed: Vec<&str> = agreed.lines().filter(|line| !line.starts_with('#')).collect();
    agreed.sort_unstable();
    let found = needed(features);
    let found: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    if std::env::var_os("MODELPIN_BLESS").is_some() {
        let head = "# The packages of others that are built, a line each; a change of it is a decision of a person:\n\
                    # MODELPIN_BLESS=1 cargo test --test it supply\n";
        std::fs::write(&path, format!("{head}{}\n", found.join("\n"))).expect("written");
        return;
    }
    assert_eq!(
        found,
        agreed,
        "{} packages are not the {} of {}",
        found.len(),
        agreed.len(),
        path.display()
    );
}

#[test]
fn the_library_needs_no_more_packages_than_were_agreed_to() {
    assert_agreed("library.txt", &["--no-default-features"]);
}

#[test]
fn the_command_needs_no_more_packages_than_were_agreed_to() {
    assert_agreed("command.txt", &[]);
}

/// `1.89` and `1.89.0` are one version.
fn version(text: &str) -> Vec<u64> {
    let mut parts: Vec<u64> = text
        .split('.')
        .map(|part| part.parse().expect("a number"))
        .collect();
    parts.resize(3, 0);
    parts
}

#[test]
fn no_package_wants_a_newer_rust_than_we_state() {
    let told = cargo(&[
        "metadata",
        "--format-version",
        "1",
        "--all-features",
        "--filter-platform",
        TARGET,
    ]);
    let told: Value = serde_json::from_str(&told).expect("JSON");
    let wanted: BTreeMap<(&str, &str), &str> = told["packages"]
        .as_array()
        .expect("packages")
        .iter()
        .filter_map(|package| {
            let (name, version) = (package["name"].as_str()?, package["version"].as_str()?);
            Some(((name, version), package["rust_version"].as_str()?))
        })
        .collect();
    let stated = version(env!("CARGO_PKG_RUST_VERSION"));
    // Tools for tests may want more: nobody who uses this builds them.
    let newer: Vec<String> = needed(&["--all-features"])
        .iter()
        .filter_map(|(name, at)| {
            let wants = wanted.get(&(name.as_str(), at.trim_start_matches('v')))?;
            (version(wants) > stated).then(|| format!("{name} {at} wants Rust {wants}"))
        })
        .collect();
    assert!(newer.is_empty(), "{newer:?} and we state {stated:?}");
}
