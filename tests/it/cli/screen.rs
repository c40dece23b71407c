//! `modelpin chat` on a pseudo-terminal, key by key.

use std::process::Command;

use rexpect::session::{PtySession, spawn_command};
use serde_json::json;

use super::home::Home;
use super::provider::{Answer, Provider};

/// A generous deadline: it passes only when the text never comes.
const DEADLINE: u64 = 20_000;

const UP: &str = "\u{1b}[A";
const ESCAPE: char = '\u{1b}';

/// A chat on a terminal, and the home that it runs in.
struct Screen {
    session: PtySession,
    _home: Home,
}

impl Screen {
    fn open(home: Home, mut command: Command) -> Self {
        command.env("TERM", "xterm-256color");
        let session = spawn_command(command, Some(DEADLINE)).expect("a terminal");
        Self { session, _home: home }
    }

    /// The demo, without colours.
    fn demo() -> Self {
        let home = Home::new();
        let mut command = home.bare(["chat"]);
        command.env("NO_COLOR", "1");
        let mut screen = Self::open(home, command);
        screen.until("opus> ");
        screen
    }

    fn press(&mut self, keys: &str) {
        self.session.send(keys).expect("sent");
        self.session.flush().expect("sent");
    }

    fn control(&mut self, key: char) {
        self.session.send_control(key).expect("sent");
    }

    /// Reads until `text` is shown; gives what came before it.
    #[track_caller]
    fn until(&mut self, text: &str) -> String {
        let shown = self.session.exp_string(text);
        shown.unwrap_or_else(|missing| panic!("{missing}"))
    }

    /// Leaves, and asserts that the chat ended well.
    #[track_caller]
    fn leaves_well(mut self) {
        self.session.exp_eof().expect("it ends");
        let ended = self.session.process().wait().expect("it ended");
        // Its type is not exported by rexpect: `Exited(Pid(4711), 0)`.
        let ended = format!("{ended:?}");
        assert!(ended.starts_with("Exited(") && ended.ends_with(", 0)"), "{ended}");
    }
}

#[test]
fn the_greeting_names_the_demo_and_the_prompt_shows_the_selection() {
    let home = Home::new();
    let command = home.bare(["chat", "--session", "my chat"]);
    let mut screen = Screen::open(home, command);
    let greeting = screen.until("opus> ");
    for part in [
        "my chat",
        "no credential in",
        "demo provider",
        "/model help",
        "Ctrl-D",
    ] {
        assert!(greeting.contains(part), "`{part}` is not in {greeting}");
    }
    for line in greeting.lines().filter(|line| !line.contains("no credential")) {
        assert!(line.chars().count() < 100, "too long for 80 columns: {line}");
    }
    screen.press("/model sonnet@demo:work\r");
    screen.until("sonnet@demo:work> ");
    screen.press("/model undo\r");
    screen.until("taken back");
    screen.until("opus> ");
    screen.press("hello\r");
    screen.until("You said: hello");
    screen.until("opus> ");
    screen.control('d');
    screen.leaves_well();
}

#[test]
fn tab_completes_commands_models_and_profiles() {
    let mut screen = Screen::demo();
    screen.press("/mod\t");
    screen.until("/model");
    screen.control('u');
    screen.press("/model so\t");
    screen.until("/model sonnet");
    screen.press("@\t\t");
    for profile in ["demo:busy", "demo:default", "demo:unpaid", "demo:work", "auto"] {
        screen.until(profile);
    }
    screen.press("wo\t");
    screen.until("sonnet@demo:work");
    screen.press("\r");
    screen.until("sonnet@demo:work> ");
    screen.press("/quit\r");
    screen.leaves_well();
}

#[test]
fn arrow_up_brings_the_last_line_back() {
    let mut screen = Screen::demo();
    screen.press("remember me\r");
    screen.until("You said: remember me");
    screen.until("opus> ");
    screen.press(UP);
    screen.until("remember me");
    screen.press(" too\r");
    screen.until("You said: remember me too");
    screen.until("opus> ");
    screen.control('d');
    screen.leaves_well();
}

#[test]
fn ctrl_c_stops_an_answer_and_the_chat_goes_on() {
    let mut screen = Screen::demo();
    screen.press("slow\r");
    screen.until("I am ");
    screen.control('c');
    screen.until("(stopped)");
    screen.until("opus> ");
    screen.press("hello\r");
    screen.until("You said: hello");
    screen.until("opus> ");
    screen.press("half a line");
    screen.until("half a line");
    screen.control('c');
    screen.until("Ctrl-D or /quit leaves.");
    screen.until("opus> ");
    screen.press("/new\r");
    screen.until("A new conversation begins");
    screen.until("opus> ");
    screen.control('d');
    screen.leaves_well();
}

/// What is printed between the prompts; the line editor draws its own lines with escape sequences, which end with the
/// line break that it prints when a line is taken.
fn printed(screen: &mut Screen, line: &str, last: &str) -> String {
    screen.press(line);
    screen.until(line);
    screen.press("\r");
    screen.until("\n");
    screen.until(last)
}

#[test]
fn without_colour_no_escape_sequence_is_printed_and_with_colour_there_is() {
    for (argument, variable) in [("--no-color", "UNUSED"), ("--verbose", "NO_COLOR")] {
        let home = Home::new();
        let mut command = home.bare(["chat", argument]);
        command.env(variable, "1");
        let mut screen = Screen::open(home, command);
        let mut shown = screen.until("leaves. /model help has the rest.");
        screen.until("opus> ");
        shown += &printed(&mut screen, "hello", "You said: hello");
        screen.until("opus> ");
        shown += &printed(&mut screen, "/model nonsense", "Did you mean");
        screen.until("opus> ");
        shown += &printed(&mut screen, "fail 429", "Not sent: ");
        assert!(!shown.contains(ESCAPE), "{shown:?}");
    }
    let home = Home::new();
    let command = home.bare(["chat"]);
    let mut screen = Screen::open(home, command);
    assert!(screen.until("leaves. /model help").contains(ESCAPE));
}

#[test]
fn help_and_logs_keep_to_no_colour_too() {
    let shown = |args: &[&str], no_color: Option<&str>| {
        let home = Home::with(&json!({ "auth": { "ordr": {} } }), &json!({ "profiles": {} }));
        let mut command = home.modelpin(args);
        command.envs(no_color.map(|value| ("NO_COLOR", value)));
        let mut screen = Screen::open(home, command);
        screen.session.exp_eof().expect("it ends")
    };
    for args in [&["models", "status"][..], &["--help"], &["nonsense"]] {
        assert!(shown(args, None).contains(ESCAPE), "{args:?}");
        assert!(!shown(args, Some("1")).contains(ESCAPE), "{args:?}");
        let plain = shown(&[&["--no-color"], args].concat(), None);
        assert!(!plain.contains(ESCAPE), "{plain:?}");
    }
}

#[test]
fn an_answer_cannot_steer_the_terminal() {
    let provider = Provider::start(|_| {
        Answer::anthropic("begin \u{1b}[2J\u{1b}]0;title\u{7}\u{1b}[31mred\u{9b}31m\u{8}\r\u{202e} end")
    });
    let config = json!({
        "agents": { "defaults": { "model": "anthropic/claude-opus-4-5" } },
        "models": { "providers": { "anthropic": { "baseUrl": provider.url("") } } },
    });
    let profile = json!({ "type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-EXAMPLE" });
    let home = Home::with(
        &config,
        &json!({ "profiles": { "anthropic:a\u{1b}[31m": profile } }),
    );
    let mut command = home.modelpin(&["chat", "--no-color", "--session", "s\u{1b}[31m"]);
    command.env("NO_COLOR", "1");
    let mut screen = Screen::open(home, command);
    let greeting = screen.until("has the rest.");
    screen.until("> ");
    let shown = printed(&mut screen, "hello", " end");
    for part in [greeting, shown] {
        assert!(!part.contains([ESCAPE, '\u{7}', '\u{8}']), "{part:?}");
        // The reader takes bytes for characters: C1 controls and direction overrides have these bytes.
        assert!(
            !part.contains("\u{c2}\u{9b}") && !part.contains("\u{e2}\u{80}\u{ae}"),
            "{part:?}"
        );
    }
}
