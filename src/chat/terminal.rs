//! On a terminal: line editing, history, completion, answers as they come, Ctrl-C to stop one.

use std::borrow::Cow;
use std::io::Write;
use std::process::ExitCode;

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, Helper};
use tokio::runtime::Runtime;

use crate::apply::Names;
use crate::clock::Timestamp;
use crate::echo::legible;
use crate::render::Render;
use crate::render::text::{Text, clean};
use crate::resolver::Refusal;
use crate::view::View;

use super::complete::complete;
use super::events::{Attempt, Ending, Events};
use super::lines::refusal_text;
use super::world::{About, World};
use super::{ChatError, Color, Options};

/// How many lines of history are kept in a session.
const HISTORY: usize = 1_000;

/// Talks until Ctrl-D, or Ctrl-C at an empty prompt.
pub(super) fn run(tasks: &Runtime, mut world: World, options: &Options) -> Result<ExitCode, ChatError> {
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .max_history_size(HISTORY)?
        .auto_add_history(true)
        .build();
    let mut editor: Editor<Complete, DefaultHistory> = Editor::with_config(config)?;
    let choice = match options.color {
        Color::Auto => anstream::AutoStream::choice(&std::io::stdout()),
        Color::Never => anstream::ColorChoice::Never,
    };
    let color = choice != anstream::ColorChoice::Never;
    let mut screen = Screen::new(choice);
    screen.greet(&world.about, options)?;
    loop {
        editor.set_helper(Some(Complete {
            names: world.talk.names(),
            color,
        }));
        let prompt = world.talk.selection().unwrap_or_else(|| "no model".to_owned());
        match editor.readline(&format!("{}> ", clean(&prompt))) {
            Ok(line) => match line.trim() {
                "" => {}
                "/quit" | "/exit" => break,
                "/new" => {
                    world.talk.begin_anew();
                    screen.note("A new conversation begins; the pins of this chat stay.")?;
                }
                _ => {
                    tasks.block_on(world.talk.hear(&line, &mut screen, interrupted))?;
                }
            },
            Err(ReadlineError::Interrupted) => screen.note("Ctrl-D or /quit leaves.")?,
            Err(ReadlineError::Eof) => break,
            Err(other) => return Err(other.into()),
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Until Ctrl-C. Where signals cannot be had, never.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

struct Complete {
    names: Names,
    color: bool,
}

impl Helper for Complete {}
impl Validator for Complete {}
impl Hinter for Complete {
    type Hint = String;
}

impl Highlighter for Complete {
    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        if !self.color {
            return Cow::Borrowed(prompt);
        }
        Cow::Owned(format!("\x1b[1;36m{prompt}\x1b[0m"))
    }
}

impl Completer for Complete {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(complete(line.get(..at).unwrap_or_default(), &self.names))
    }
}

/// The terminal, as answers are written to it.
struct Screen {
    out: anstream::AutoStream<std::io::Stdout>,
}

const DIM: &str = "\x1b[2m";
const RED: &str = "\x1b[31m";
const PLAIN: &str = "\x1b[0m";

impl Screen {
    fn new(choice: anstream::ColorChoice) -> Self {
        Self {
            out: anstream::AutoStream::new(std::io::stdout(), choice),
        }
    }

    fn greet(&mut self, about: &About, options: &Options) -> std::io::Result<()> {
        let version = env!("CARGO_PKG_VERSION");
        writeln!(
            self.out,
            "modelpin {version} · chat `{}`",
            clean(&options.session)
        )?;
        match about {
            About::Real(place) => self.note(&format!("Credentials: {} and the environment.", clean(place)))?,
            About::DemoAsked => self.note("This is the built-in demo provider, on this machine only.")?,
            About::DemoInstead(place) => self.note(&format!(
                "There is no credential in {} or the environment, so this is the built-in\ndemo provider, on this machine only.",
                clean(place)
            ))?,
        }
        if !matches!(about, About::Real(_)) {
            self.note(
                "Try: /model, /model sonnet@demo:work, a question, /model why, /model undo,\n\
                 or make one profile fail: fail 429 demo:work",
            )?;
        }
        self.note("Tab completes, Ctrl-C stops an answer, Ctrl-D leaves. /model help has the rest.")?;
        writeln!(self.out)
    }

    fn note(&mut self, text: &str) -> std::io::Result<()> {
        writeln!(self.out, "{DIM}{text}{PLAIN}")?;
        self.out.flush()
    }

    fn wrong(&mut self, text: &str) -> std::io::Result<()> {
        writeln!(self.out, "{RED}{}{PLAIN}", clean(text))?;
        self.out.flush()
    }
}

impl Events for Screen {
    fn reply(&mut self, view: &View) -> std::io::Result<()> {
        for message in Text::plain().render(view) {
            writeln!(self.out, "{message}")?;
        }
        self.out.flush()
    }

    fn ignored(&mut self) -> std::io::Result<()> {
        self.note("(for another bot)")
    }

    fn attempt_failed(&mut self, attempt: Attempt<'_>, why: &str) -> std::io::Result<()> {
        let profile = clean(attempt.profile.as_str());
        self.note(&format!("{profile}: {}", clean(why)))
    }

    fn begin(&mut self, attempt: Attempt<'_>) -> std::io::Result<()> {
        let model = attempt.model.to_string();
        let profile = attempt.profile.as_str();
        writeln!(self.out, "{DIM}{} · {}{PLAIN}", clean(&model), clean(profile))?;
        self.out.flush()
    }

    fn piece(&mut self, text: &str) -> std::io::Result<()> {
        // A model's text must not steer the terminal; line breaks and tabs are text.
        let safe: String = text
            .split_inclusive(['\n', '\t'])
            .map(|part| {
                let end = part.ends_with(['\n', '\t']);
                let (words, end) = part.split_at(part.len() - usize::from(end));
                format!("{}{end}", legible(words))
            })
            .collect();
        self.out.write_all(safe.as_bytes())?;
        self.out.flush()
    }

    fn end(&mut self, _: Attempt<'_>, ending: &Ending) -> std::io::Result<()> {
        writeln!(self.out)?;
        match ending {
            Ending::Whole => self.out.flush(),
            Ending::Stopped => self.note("(stopped)"),
            Ending::Broken(why) => self.wrong(&format!("(broken off: {why})")),
        }
    }

    fn refused(&mut self, refusal: &Refusal, now: Timestamp) -> std::io::Result<()> {
        self.wrong(&format!("Not sent: {}", refusal_text(refusal, now)))
    }

    fn failed(&mut self, what: &str) -> std::io::Result<()> {
        self.wrong(&format!("Not sent: {what}"))
    }
}
