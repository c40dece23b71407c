//! Without a terminal: a message a line in, replies out.

use std::io::{BufRead, Write};
use std::process::ExitCode;

use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::clock::Timestamp;
use crate::outcome::Cause;
use crate::render::Render;
use crate::render::text::{Text, clean};
use crate::resolver::Refusal;
use crate::view::{Body, View};

use super::events::{Attempt, Ending, Events, harmless};
use super::talk::Went;
use super::world::{About, World};
use super::{ChatError, Options, Output};

/// Reads standard input to its end. The exit code is 1 if any message went wrong.
///
/// Whoever did not ask for the demo and gets it is told so on standard error.
pub(super) fn run(tasks: &Runtime, world: &mut World, options: &Options) -> Result<ExitCode, ChatError> {
    if matches!(world.about, About::DemoInstead(_)) {
        writeln!(std::io::stderr(), "{}", world.about.text())?;
    }
    let out = std::io::stdout();
    let mut text = TextLines {
        out: out.lock(),
        answering: false,
    };
    let mut json = JsonLines {
        out: std::io::stdout(),
        answer: String::new(),
    };
    let events: &mut dyn Events = match options.output {
        Output::Text => &mut text,
        Output::Json => {
            drop(text);
            &mut json
        }
    };
    let mut all = Went::Well;
    let mut input = std::io::stdin().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let bytes = line.strip_suffix(b"\n").unwrap_or(&line);
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        let went = match std::str::from_utf8(bytes) {
            Ok("") => continue,
            Ok(message) => tasks.block_on(world.talk.hear(
                message,
                events,
                std::pin::pin!(std::future::pending()),
            ))?,
            Err(wrong) => {
                let at = wrong.valid_up_to();
                events.failed(&format!("this line is not UTF-8 (byte {at}); it was not sent"))?;
                Went::Wrong
            }
        };
        if went == Went::Wrong {
            all = Went::Wrong;
        }
    }
    Ok(match all {
        Went::Well => ExitCode::SUCCESS,
        Went::Wrong => ExitCode::FAILURE,
    })
}

/// What a refusal says: what, until when, and what to do.
pub(super) fn refusal_text(refusal: &Refusal, now: Timestamp) -> String {
    let when = refusal.retry_at().map(|at| {
        let seconds = at.since(now).as_secs().max(1);
        format!(" (again in {} min)", seconds.div_ceil(60))
    });
    format!("{refusal}{}; {}", when.unwrap_or_default(), refusal.hint())
}

/// Who answers, in front of what is answered.
fn who(attempt: Attempt<'_>) -> String {
    let model = attempt.model.to_string();
    format!("[{} · {}] ", clean(&model), clean(attempt.profile.as_str()))
}

struct TextLines<W> {
    out: W,
    answering: bool,
}

impl<W: Write> TextLines<W> {
    fn line(&mut self, text: &str) -> std::io::Result<()> {
        if self.answering {
            self.answering = false;
            writeln!(self.out)?;
        }
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }
}

impl<W: Write> Events for TextLines<W> {
    fn reply(&mut self, view: &View) -> std::io::Result<()> {
        for message in Text::plain().render(view) {
            self.line(&message)?;
        }
        Ok(())
    }

    fn ignored(&mut self) -> std::io::Result<()> {
        Ok(())
    }

    fn attempt_failed(&mut self, attempt: Attempt<'_>, why: &str) -> std::io::Result<()> {
        self.line(&format!("{}{}", who(attempt), clean(why)))
    }

    fn begin(&mut self, attempt: Attempt<'_>) -> std::io::Result<()> {
        write!(self.out, "{}", who(attempt))?;
        self.answering = true;
        self.out.flush()
    }

    fn piece(&mut self, text: &str) -> std::io::Result<()> {
        // Standard output may be a terminal even where standard input is none. `--json` has the text as it came.
        self.out.write_all(harmless(text).as_bytes())?;
        self.out.flush()
    }

    fn end(&mut self, _: Attempt<'_>, ending: &Ending) -> std::io::Result<()> {
        match ending {
            Ending::Whole => {
                self.answering = false;
                writeln!(self.out)?;
                self.out.flush()
            }
            Ending::Stopped => self.line("(stopped)"),
            Ending::Broken(why) => self.line(&format!("(broken off: {why})")),
        }
    }

    fn refused(&mut self, refusal: &Refusal, now: Timestamp) -> std::io::Result<()> {
        let text = refusal_text(refusal, now);
        self.line(&format!("Not sent: {text}"))
    }

    fn failed(&mut self, what: &str) -> std::io::Result<()> {
        self.line(&format!("Not sent: {what}"))
    }
}

/// One JSON object a line, each with an `event`:
///
/// | `event` | keys |
/// |---|---|
/// | `reply` | `view` (`picker`, `status`, `why`, `changed`, `help`, `invalid`, `refused`), `text` |
/// | `ignored` | the message was for another bot |
/// | `attempt-failed` | `model`, `profile`, `decision`, `message`; another attempt may follow |
/// | `answer` | `model`, `profile`, `decision`, `ending` (`whole`, `stopped`, `broken`), `text` as it came |
/// | `refused` | `code`, `cause` (such as `claude-code-only`, or null), `message`, `hint`, `retryAt` (milliseconds since 1970, or null) |
/// | `failed` | `message` |
struct JsonLines<W> {
    out: W,
    answer: String,
}

impl<W: Write> JsonLines<W> {
    fn line(&mut self, value: &Value) -> std::io::Result<()> {
        writeln!(self.out, "{value}")?;
        self.out.flush()
    }
}

impl<W: Write> Events for JsonLines<W> {
    fn reply(&mut self, view: &View) -> std::io::Result<()> {
        let kind = match &view.body {
            Body::Picker(_) => "picker",
            Body::Status(_) => "status",
            Body::Why(_) => "why",
            Body::Changed(_) => "changed",
            Body::Help => "help",
            Body::Faults(_) => "invalid",
            Body::Refused(_) => "refused",
        };
        let text = Text::plain().render(view).join("\n");
        self.line(&json!({ "event": "reply", "view": kind, "text": text }))
    }

    fn ignored(&mut self) -> std::io::Result<()> {
        self.line(&json!({ "event": "ignored" }))
    }

    fn attempt_failed(&mut self, attempt: Attempt<'_>, why: &str) -> std::io::Result<()> {
        self.line(&json!({
            "event": "attempt-failed",
            "model": attempt.model.to_string(),
            "profile": attempt.profile.as_str(),
            "decision": attempt.decision,
            "message": why,
        }))
    }

    fn begin(&mut self, _: Attempt<'_>) -> std::io::Result<()> {
        self.answer.clear();
        Ok(())
    }

    fn piece(&mut self, text: &str) -> std::io::Result<()> {
        self.answer.push_str(text);
        Ok(())
    }

    fn end(&mut self, attempt: Attempt<'_>, ending: &Ending) -> std::io::Result<()> {
        let answer = std::mem::take(&mut self.answer);
        let ending = match ending {
            Ending::Whole => "whole",
            Ending::Stopped => "stopped",
            Ending::Broken(_) => "broken",
        };
        self.line(&json!({
            "event": "answer",
            "model": attempt.model.to_string(),
            "profile": attempt.profile.as_str(),
            "decision": attempt.decision,
            "ending": ending,
            "text": answer,
        }))
    }

    fn refused(&mut self, refusal: &Refusal, _: Timestamp) -> std::io::Result<()> {
        self.line(&json!({
            "event": "refused",
            "code": refusal.code(),
            "cause": refusal.cause().map(Cause::as_str),
            "message": refusal.to_string(),
            "hint": refusal.hint(),
            "retryAt": refusal.retry_at(),
        }))
    }

    fn failed(&mut self, what: &str) -> std::io::Result<()> {
        self.line(&json!({ "event": "failed", "message": what }))
    }
}
