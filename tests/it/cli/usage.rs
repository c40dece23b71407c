//! Help, completions, and wrong usage.

use std::process::Command;

use super::home::{Home, Ran, run};

fn modelpin(args: &[&str]) -> Ran {
    run(&mut Home::new().bare(args), b"")
}

const COMMANDS: [&[&str]; 9] = [
    &[],
    &["chat"],
    &["models"],
    &["models", "status"],
    &["explain"],
    &["parse"],
    &["classify"],
    &["help"],
    &["completions"],
];

#[test]
fn wrong_usage_exits_64_and_prints_nothing_on_standard_output() {
    for wrong in [
        &[][..],
        &["nonsense"],
        &["--nonsense"],
        &["chat", "--nonsense"],
        &["explain"],
        &["explain", "--provider", "x", "--now", "soon"],
        &["models", "status", "--json", "--plain"],
        &["completions"],
        &["completions", "tcsh"],
        &["parse", "one", "two"],
        &["help", "nope"],
        &["help", "models", "nope"],
        &["chat", "--agent", "../x"],
        &["--log-format", "xml", "classify"],
    ] {
        let told = modelpin(wrong).failed(64);
        assert!(told.out.is_empty(), "{wrong:?}: {}", told.out);
        assert!(!told.err.is_empty(), "{wrong:?}");
    }
}

#[test]
fn every_command_has_help_with_an_example() {
    for command in COMMANDS {
        let told = modelpin(&[command, &["--help"]].concat()).succeeded();
        assert!(told.out.contains("Example"), "{command:?}: {}", told.out);
        let example = format!("modelpin {}", command.join(" "));
        assert!(told.out.contains(example.trim_end()), "{command:?}: {}", told.out);
        let same = modelpin(&[&["help"], command].concat()).succeeded();
        assert!(same.out.contains("Example"), "{command:?}");
        assert!(told.err.is_empty() && same.err.is_empty());
    }
}

#[test]
fn help_model_is_the_users_page() {
    let told = modelpin(&["help", "model"]).succeeded();
    assert_eq!(
        told.out.trim_end(),
        include_str!("../../../grammar/reference.md").trim_end()
    );
}

#[test]
fn completions_are_something_that_bash_accepts() {
    let home = Home::new();
    let script = run(&mut home.bare(["completions", "bash"]), b"").succeeded();
    assert!(script.out.contains("modelpin"));
    let path = home.write("completions.bash", &script.out);
    let bash = Command::new("bash")
        .arg("-n")
        .arg(path)
        .output()
        .expect("bash runs");
    assert!(bash.status.success(), "{}", String::from_utf8_lossy(&bash.stderr));
    for shell in ["zsh", "fish", "elvish", "powershell"] {
        assert!(!modelpin(&["completions", shell]).succeeded().out.is_empty());
    }
}

#[test]
fn the_version_is_the_packages() {
    let told = modelpin(&["--version"]).succeeded();
    assert_eq!(told.out, format!("modelpin {}\n", env!("CARGO_PKG_VERSION")));
}
