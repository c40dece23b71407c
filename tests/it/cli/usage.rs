//! Help, completions, and wrong usage.

use std::process::Command;

use super::home::{Home, Ran, assert_no_secret, not_tried, run};

fn modelpin(args: &[&str]) -> Ran {
    run(&mut Home::new().bare(args), b"")
}

const CANARY: &str = "sk-ant-api03-EXAMPLE-CANARY-w5JkTf8S";

const COMMANDS: [&[&str]; 10] = [
    &[],
    &["chat"],
    &["models"],
    &["models", "status"],
    &["explain"],
    &["parse"],
    &["classify"],
    &["help"],
    &["completions"],
    &["man"],
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
fn completions_are_something_that_the_shells_accept() {
    for (shell, check) in [("bash", "-n"), ("zsh", "-n"), ("fish", "-n")] {
        let home = Home::new();
        let script = run(&mut home.bare(["completions", shell]), b"").succeeded();
        assert!(script.out.contains("status"), "{shell}");
        let path = home.write("completions", &script.out);
        let Ok(told) = Command::new(shell).arg(check).arg(path).output() else {
            not_tried(&format!(
                "{shell} is not installed, so its completions are not checked"
            ));
            continue;
        };
        assert!(
            told.status.success(),
            "{shell}: {}",
            String::from_utf8_lossy(&told.stderr)
        );
    }
    for shell in ["elvish", "powershell"] {
        assert!(!modelpin(&["completions", shell]).succeeded().out.is_empty());
    }
}

#[test]
fn bash_and_fish_complete_commands_and_options() {
    let home = Home::new();
    let load = |shell: &str| {
        let script = run(&mut home.bare(["completions", shell]), b"").succeeded().out;
        home.write(&format!("completions.{shell}"), &script)
            .display()
            .to_string()
    };
    let bash = format!(
        "source '{}'; COMP_WORDS=(modelpin models sta); COMP_CWORD=2; _modelpin modelpin sta models; echo \"${{COMPREPLY[@]}}\"",
        load("bash")
    );
    let fish = format!("source '{}'; complete -C 'modelpin models sta'", load("fish"));
    for (shell, script) in [("bash", bash), ("fish", fish)] {
        let mut command = Command::new(shell);
        let Ok(told) = command.args(["-c", &script]).env("HOME", home.root()).output() else {
            not_tried(&format!(
                "{shell} is not installed, so it is not asked to complete"
            ));
            continue;
        };
        let told = String::from_utf8_lossy(&told.stdout).into_owned();
        assert!(told.starts_with("status"), "{shell}: {told}");
    }
}

#[test]
fn the_manual_has_every_command_and_is_a_man_page() {
    let home = Home::new();
    let page = run(&mut home.bare(["man"]), b"").succeeded().out;
    for command in &COMMANDS[1..] {
        let heading = format!("modelpin {}", command.join(" "));
        assert!(page.contains(&format!(".SS \"{heading}\"")), "{heading}");
    }
    for part in [
        "NAME",
        "SYNOPSIS",
        "DESCRIPTION",
        "EXIT STATUS",
        "ENVIRONMENT",
        "FILES",
        "EXAMPLES",
    ] {
        assert_eq!(page.matches(&format!("\n.SH {part}\n")).count(), 1, "{part}");
    }
    run(&mut home.bare(["man", "--dir", "pages/man1"]), b"").succeeded();
    let folder = home.root().join("work/pages/man1");
    for command in COMMANDS {
        let name = [&["modelpin"], command].concat().join("-");
        let page = std::fs::read_to_string(folder.join(format!("{name}.1"))).expect("a page");
        assert!(
            page.contains("\n.SH EXAMPLES\n") && page.contains(&format!(".TH {name} 1")),
            "{name}: {page}"
        );
    }
    let path = home.write("modelpin.1", &page);
    let mut groff = Command::new("groff");
    let Ok(told) = groff.args(["-man", "-ww", "-Tutf8", "-z"]).arg(path).output() else {
        not_tried("groff is not installed, so the page is not set");
        return;
    };
    assert!(
        told.status.success() && told.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&told.stderr)
    );
}

#[test]
fn help_without_a_command_is_short_and_says_where_there_is_more() {
    let told = modelpin(&[]).failed(64);
    assert!(told.err.lines().count() < 10, "{}", told.err);
    assert!(told.err.contains("modelpin help") && told.err.contains("modelpin chat"));
}

#[test]
fn help_is_broken_for_a_narrow_terminal() {
    for (width, most) in [("40", 40), ("60", 60), ("200", 80)] {
        let told = run(
            Home::new()
                .bare(["models", "status", "--help"])
                .env("COLUMNS", width),
            b"",
        )
        .succeeded();
        let prose = told.out.lines().filter(|line| !line.contains("modelpin"));
        let widest = prose.map(|line| line.chars().count()).max();
        assert!(
            widest.is_some_and(|widest| widest <= most),
            "{width}: {}",
            told.out
        );
    }
}

#[test]
fn what_is_mistyped_is_answered_with_what_is_near() {
    let config = serde_json::json!({
        "agents": { "defaults": { "models": { "anthropic/claude-opus-4-5": { "alias": "opus" } } } },
        "commands": { "prefixs": ["!"] },
    });
    let profile = serde_json::json!({ "type": "api_key", "provider": "anthropic", "key": CANARY });
    let home = Home::with(
        &config,
        &serde_json::json!({ "profiles": { "anthropic:work": profile } }),
    );
    for (args, input, near) in [
        (&["modles"][..], "", "'models'"),
        (&["models", "statsu"], "", "'status'"),
        (&["chat", "--jsn"], "", "'--json'"),
        (&["--log-format", "jsn", "classify"], "", "'json'"),
        (&["help", "chta"], "", "`chat`"),
        (&["help", "models", "stauts"], "", "`status`"),
        (&["models", "--agent", "mian"], "", "`main`"),
        (&["models"], "", "did you mean `prefixes`?"),
        (&["chat"], "/model opsu\n", "Did you mean opus?"),
        (&["chat"], "/model opus@wrk\n", "Did you mean anthropic:work?"),
    ] {
        let told = run(&mut home.modelpin(args), input.as_bytes());
        assert!(told.all().contains(near), "{args:?}: {}", told.all());
        assert_no_secret(&told.all(), &[CANARY]);
    }
}

#[test]
fn a_key_typed_in_the_wrong_place_is_not_repeated() {
    for args in [
        &[CANARY][..],
        &["chat", CANARY],
        &["models", CANARY],
        &["help", CANARY],
        &["completions", CANARY],
        &["--agent", CANARY, "models"],
        &["explain", "--provider", "x", "--now", CANARY],
        &["explain", "--provider", CANARY],
        &["explain", "--provider", "x", "--model", CANARY],
        &["explain", "--provider", "x", "--profile", CANARY],
        &["--log-format", CANARY, "classify"],
        &["chat", concat!("--jsn=", "sk-ant-api03-EXAMPLE-CANARY-w5JkTf8S")],
        &["models", "--state-dir", "x", "status", "--plain", CANARY],
        &["models", "set", CANARY],
        &["models", "list", "--provider", CANARY],
        &["models", "aliases", "add", CANARY, "x"],
        &["models", "fallbacks", "remove", CANARY],
        &["models", "auth", CANARY],
        &["models", "auth", "list", "--provider", CANARY],
        &["models", "auth", "paste-token", "--provider", "openai", CANARY],
        &["models", "auth", "paste-token", "--provider", CANARY],
        &[
            "models",
            "auth",
            "paste-token",
            "--provider",
            "openai",
            "--expires-in",
            CANARY,
        ],
        &["models", "auth", "paste-api-key", "--provider", "openai", CANARY],
        &["models", "auth", "remove", CANARY],
        &["models", "auth", "rename", CANARY, "x"],
        &["models", "auth", "clear-cooldown", CANARY],
        &["models", "auth", "order", "set", "--provider", "openai", CANARY],
        &["models", "auth", "order", "get", "--provider", CANARY],
        &["pins", "clear", "--session", CANARY],
    ] {
        for loud in [&[][..], &["-vvv"]] {
            let told = modelpin(&[args, loud].concat());
            // The first characters say which key it was.
            let told = told.all().to_lowercase();
            assert_no_secret(&told, &[&CANARY[8..].to_lowercase()]);
        }
    }
}

#[test]
fn the_version_is_the_packages() {
    let told = modelpin(&["--version"]).succeeded();
    assert_eq!(told.out, format!("modelpin {}\n", env!("CARGO_PKG_VERSION")));
}
