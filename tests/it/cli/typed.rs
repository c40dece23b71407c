//! Secrets typed and pasted at a terminal.

use std::fs;

use rexpect::session::{PtySession, spawn_command};

use super::home::{Home, STORE, assert_no_secret};
use super::leaks::only_in_stores;

const TOKEN: &str =
    "sk-ant-oat01-CANARYw5TyUi8OaaBbCcDdEeFfGgHhIiJjKkLlMmNnOoPpQqRrSsTtUuVvWwXxYyZz0123456789abcdefgh";
const KEY: &str = "sk-ant-api03-CANARYe2WqAs6DzzYyXxWwVv";
const ALL: [&str; 2] = [TOKEN, KEY];
/// A generous deadline: it passes only when the text never comes.
const DEADLINE: u64 = 20_000;

/// A command on a terminal, within a shell that tells afterwards how the terminal was left.
pub(super) struct Typed {
    session: PtySession,
    pub(super) shown: String,
}

impl Typed {
    pub(super) fn start(home: &Home, args: &[&str]) -> Self {
        let mut command = home.modelpin(args);
        let line: Vec<String> = std::iter::once(command.get_program())
            .chain(command.get_args())
            .map(|word| format!("'{}'", word.to_string_lossy()))
            .collect();
        let script = format!(
            "stty echo; trap : INT; {}; echo \"code=$?\"; stty -a | tr ' ' '\\n' | grep -xE -- '-?(echo|icanon|isig);?' | tr '\\n' ' '; echo; echo done",
            line.join(" ")
        );
        command = home.bare(["unused"]);
        let mut shell = std::process::Command::new("/bin/sh");
        shell
            .arg("-c")
            .arg(script)
            .env_clear()
            .env("TERM", "xterm")
            .current_dir(home.root());
        for (name, value) in command.get_envs() {
            if let Some(value) = value {
                shell.env(name, value);
            }
        }
        let session = spawn_command(shell, Some(DEADLINE)).expect("a terminal");
        Self {
            session,
            shown: String::new(),
        }
    }

    #[track_caller]
    pub(super) fn until(&mut self, text: &str) -> &mut Self {
        let before = self
            .session
            .exp_string(text)
            .unwrap_or_else(|missing| panic!("{missing}"));
        self.shown.push_str(&before);
        self.shown.push_str(text);
        self
    }

    pub(super) fn press(&mut self, keys: &str) -> &mut Self {
        self.session.send(keys).expect("sent");
        self.session.flush().expect("sent");
        self
    }

    pub(super) fn control(&mut self, key: char) -> &mut Self {
        self.session.send_control(key).expect("sent");
        self
    }

    /// The exit code; the terminal echoes again, and nothing of a secret was on it.
    #[track_caller]
    pub(super) fn ends(mut self, home: &Home, code: i32) -> String {
        self.until(&format!("code={code}")).until("done");
        for on in [" echo", "icanon", "isig"] {
            assert!(self.shown.contains(on.trim()), "{on}: {}", self.shown);
        }
        for off in ["-echo ", "-icanon ", "-isig "] {
            assert!(!self.shown.contains(off), "{off}: {}", self.shown);
        }
        assert_no_secret(&self.shown, &ALL);
        only_in_stores(home, &ALL);
        self.shown
    }
}

fn store(home: &Home) -> String {
    fs::read_to_string(home.root().join(STORE)).unwrap_or_default()
}

#[test]
fn a_setup_token_is_asked_for_until_it_is_right() {
    let home = Home::new();
    let mut typed = Typed::start(&home, &["models", "auth", "setup-token", "--name", "work"]);
    typed.until("(hidden): ").press("not-a-token\r");
    typed
        .until("That is not it: it does not begin as setup tokens do")
        .until("(hidden): ")
        .press(KEY)
        .press("\r");
    typed
        .until("API key")
        .until("(hidden): ")
        .press(TOKEN)
        .press("\r");
    typed.until("Kept anthropic:work (token, key:");
    typed.ends(&home, 0);
    assert!(store(&home).contains(TOKEN));
}

#[test]
fn after_three_wrong_answers_it_gives_up_and_nothing_is_made() {
    let home = Home::new();
    let mut typed = Typed::start(&home, &["models", "auth", "setup-token"]);
    for _ in 0..3 {
        typed.until("(hidden): ").press("wrong\r");
    }
    typed.until("nothing was changed");
    typed.ends(&home, 1);
    assert_eq!(store(&home), "");
}

#[test]
fn a_paste_over_two_lines_is_one_token_and_backspace_works() {
    let home = Home::new();
    let mut typed = Typed::start(
        &home,
        &["models", "auth", "paste-token", "--provider", "anthropic"],
    );
    typed.until("(hidden): ").press("xy\u{7f}\u{7f}");
    typed
        .press("\u{1b}[200~")
        .press(&TOKEN[..40])
        .press("\r\n")
        .press(&TOKEN[40..])
        .press("\r\u{1b}[201~")
        .press("\r");
    typed.until("Kept anthropic:manual");
    typed.ends(&home, 0);
    assert!(store(&home).contains(TOKEN));
}

#[test]
fn ctrl_c_and_the_end_of_input_change_nothing_and_leave_the_terminal_as_it_was() {
    for (key, code, says) in [('c', 130, "interrupted"), ('d', 1, "the input ended")] {
        for args in [
            &["models", "auth", "setup-token"][..],
            &["models", "auth", "paste-token", "--provider", "openai"],
            &["models", "auth", "paste-api-key", "--provider", "openai"],
            &["models", "auth", "add", "--provider", "openai"],
            &["onboard"],
        ] {
            let home = Home::new();
            let mut typed = Typed::start(&home, args);
            let question = match args {
                ["onboard"] => "[Y/n] ",
                [.., "add", _, _] => "[1]: ",
                _ => "(hidden): ",
            };
            typed.until(question);
            if question == "(hidden): " && key == 'c' {
                typed.press("CANARYhalf-a-token");
            }
            typed.control(key).until(says);
            typed.ends(&home, code);
            assert!(!home.state().exists(), "{args:?} made something");
        }
    }
}

#[test]
fn an_api_key_in_the_place_of_a_token_is_offered_to_be_kept_as_one() {
    let home = Home::new();
    let mut typed = Typed::start(
        &home,
        &["models", "auth", "paste-token", "--provider", "anthropic"],
    );
    typed.until("(hidden): ").press(KEY).press("\r");
    typed
        .until("Keep it as an API key instead? [Y/n] ")
        .press("\r")
        .until("Kept anthropic:default (api_key");
    typed.ends(&home, 0);
}

#[test]
fn adding_and_setting_up_are_guided() {
    let home = Home::new();
    let mut typed = Typed::start(&home, &["models", "auth", "add"]);
    typed
        .until("Provider [anthropic]: ")
        .press("\r")
        .until("[1]: ")
        .press("token\r");
    typed
        .until("(hidden): ")
        .press(TOKEN)
        .press("\r")
        .until("say): ")
        .press("soon\r");
    typed
        .until("expected a length of time")
        .until("say): ")
        .press("30d\r");
    typed
        .until("Profile id [anthropic:manual]: ")
        .press("\r")
        .until("Kept anthropic:manual")
        .until("ends 20");
    typed.ends(&home, 0);
    let mut typed = Typed::start(&home, &["onboard"]);
    typed
        .until("Credentials that are there: anthropic:manual")
        .until("[y/N] ")
        .press("\r");
    typed
        .until("Default model [anthropic/")
        .press("nonsense\r")
        .until("no model is called")
        .until(": ")
        .press("\r");
    typed.until("can be asked");
    typed.ends(&home, 0);
}

#[test]
fn a_terminal_that_goes_away_changes_nothing() {
    let home = Home::new();
    let mut typed = Typed::start(&home, &["models", "auth", "setup-token"]);
    typed.until("(hidden): ").press(&TOKEN[..50]);
    drop(typed);
    assert!(!home.state().join("agents").exists());
}
