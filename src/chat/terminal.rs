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

use crate::clock::Timestamp;
use crate::render::Render;
use crate::render::text::{Text, clean};
use crate::resolver::Refusal;
use crate::view::Names;
use crate::view::{Body, View};

use super::complete::complete;
use super::events::{Attempt, Ending, Events, harmless};
use super::lines::refusal_text;
use super::world::{About, World};
use super::wrap::wrap;
use super::{ChatError, Color, Options};

/// How many lines of history are kept in a session.
const HISTORY: usize = 1_000;

/// Talks until Ctrl-D or `/quit`; Ctrl-C drops the line, or stops an answer.
pub(super) fn run(tasks: &Runtime, world: &mut World, options: &Options) -> Result<ExitCode, ChatError> {
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
    screen.resized(&mut editor);
    screen.greet(&world.about, options)?;
    loop {
        editor.set_helper(Some(Complete {
            names: world.talk.names(),
            color,
        }));
        let prompt = world.talk.selection().unwrap_or_else(|| "no model".to_owned());
        let read = editor.readline(&format!("{}> ", clean(&prompt)));
        screen.resized(&mut editor);
        match read {
            Ok(line) => match line.trim() {
                "" => {}
                "/quit" | "/exit" => break,
                "/new" => {
                    world.talk.begin_anew();
                    screen.note("A new conversation begins; the pins of this chat stay.")?;
                }
                _ => {
                    tasks.block_on(world.talk.hear(&line, &mut screen, std::pin::pin!(interrupted())))?;
                    screen.gap()?;
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
    columns: usize,
}

/// The width of a terminal that does not tell it.
const COLUMNS: usize = 80;

const DIM: &str = "\x1b[2m";
const RED: &str = "\x1b[31m";
const PLAIN: &str = "\x1b[0m";

impl Screen {
    fn new(choice: anstream::ColorChoice) -> Self {
        Self {
            out: anstream::AutoStream::new(std::io::stdout(), choice),
            columns: COLUMNS,
        }
    }

    /// Takes note of the window's width.
    fn resized(&mut self, editor: &mut Editor<Complete, DefaultHistory>) {
        let known = editor.dimensions().map(|(columns, _)| usize::from(columns));
        self.columns = known.filter(|columns| *columns > 0).unwrap_or(COLUMNS);
    }

    fn greet(&mut self, about: &About, options: &Options) -> std::io::Result<()> {
        let version = env!("CARGO_PKG_VERSION");
        writeln!(
            self.out,
            "modelpin {version} · chat `{}`",
            clean(&options.session)
        )?;
        self.note(&about.text())?;
        if !matches!(about, About::Real(_)) {
            self.note(
                "Try: /model, /model sonnet@demo:work, a question, /model why, /model undo.\n\
                 `fail 429 demo:work` makes a profile fail, `slow` answers slowly.",
            )?;
        }
        self.note("Tab completes, Ctrl-C stops an answer, Ctrl-D leaves. /model help has the rest.")?;
        writeln!(self.out)
    }

    /// An empty line between one message and the next.
    fn gap(&mut self) -> std::io::Result<()> {
        writeln!(self.out)?;
        self.out.flush()
    }

    fn note(&mut self, text: &str) -> std::io::Result<()> {
        writeln!(self.out, "{DIM}{}{PLAIN}", wrap(text, self.columns))?;
        self.out.flush()
    }

    fn wrong(&mut self, text: &str) -> std::io::Result<()> {
        writeln!(self.out, "{RED}{}{PLAIN}", wrap(&clean(text), self.columns))?;
        self.out.flush()
    }
}

impl Events for Screen {
    fn reply(&mut self, view: &View) -> std::io::Result<()> {
        for message in Text::plain().render(view) {
            // A drawing points at columns of the line above: it is left as it is.
            let drawn = matches!(view.body, Body::Faults(_));
            let columns = if drawn { usize::MAX } else { self.columns };
            writeln!(self.out, "{}", wrap(&message, columns))?;
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
        self.out.write_all(harmless(text).as_bytes())?;
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
