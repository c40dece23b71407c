//! Questions at a terminal, and their answers from a pipe.
//!
//! Questions go to standard error, answers come from standard input. A secret is never echoed, not even as stars. Ctrl-C
//! and the end of input are answers of their own, and the terminal is left as it was found.

use std::io::{self, BufRead, IsTerminal, Read, Write};

use crate::secret::Secret;

/// The most that is read for one answer, in bytes.
const LONGEST: usize = 64 * 1024;

/// Whether what is typed is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Echo {
    Shown,
    Hidden,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    #[error("interrupted; nothing was changed")]
    Interrupted,
    #[error("the input ended before there was an answer; nothing was changed")]
    Ended,
    #[error("the answer is over 64 KiB; nothing was changed")]
    TooLong,
    #[error("cannot read the answer; nothing was changed")]
    Io(#[from] io::Error),
}

/// Whether there is somebody to ask.
pub(super) fn is_terminal() -> bool {
    io::stdin().is_terminal()
}

/// Asks for a secret. Away from a terminal, one line of standard input is the answer.
pub(super) fn secret(question: &str) -> Result<Secret, NoAnswer> {
    answer(question, Echo::Hidden).map(Secret::new)
}

/// Asks for a text; nothing typed is `usual`.
pub(super) fn text(question: &str, usual: &str) -> Result<String, NoAnswer> {
    let shown = if usual.is_empty() {
        format!("{question}: ")
    } else {
        format!("{question} [{usual}]: ")
    };
    let typed = answer(&shown, Echo::Shown)?;
    let typed = typed.trim();
    Ok(if typed.is_empty() {
        usual.to_owned()
    } else {
        typed.to_owned()
    })
}

/// Asks until it is yes or no; nothing typed is `usual`.
pub(super) fn yes(question: &str, usual: Usual) -> Result<bool, NoAnswer> {
    let choice = if usual == Usual::Yes { "Y/n" } else { "y/N" };
    loop {
        let typed = answer(&format!("{question} [{choice}] "), Echo::Shown)?;
        match typed.trim().to_ascii_lowercase().as_str() {
            "" => return Ok(usual == Usual::Yes),
            "y" | "yes" => return Ok(true),
            "n" | "no" => return Ok(false),
            _ => say("Please answer y or n."),
        }
    }
}

/// What an empty answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Usual {
    Yes,
    No,
}

/// Asks for one of several things, by number or by name; the first is usual. Gives its place.
pub(super) fn one_of(question: &str, choices: &[&str]) -> Result<usize, NoAnswer> {
    say(question);
    for (number, choice) in choices.iter().enumerate() {
        say(&format!("  {}. {choice}", number + 1));
    }
    loop {
        let typed = text("Number or name", "1")?;
        let by_number = typed
            .parse::<usize>()
            .ok()
            .and_then(|number| number.checked_sub(1));
        let by_name = || {
            choices
                .iter()
                .position(|choice| choice.split_whitespace().next() == Some(&typed))
        };
        match by_number.filter(|at| *at < choices.len()).or_else(by_name) {
            Some(at) => return Ok(at),
            None => say("That is not among them."),
        }
    }
}

/// Asks without echo, and without a text of its own, until there is an answer or the [`TakeBack`] is dropped; `None` where the
/// system's terminal cannot do that.
#[cfg(unix)]
pub(super) fn hidden_until_taken_back() -> Result<Option<(TakeBack, Question)>, NoAnswer> {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
    Ok(Some((TakeBack(ours), Question(theirs))))
}

/// A question that waits in another thread. Dropping it takes the question back.
#[cfg(unix)]
pub(super) struct TakeBack(
    #[expect(dead_code, reason = "it is there to be closed")] std::os::unix::net::UnixStream,
);

/// The thread's end of a question that can be taken back.
#[cfg(unix)]
pub(super) struct Question(std::os::unix::net::UnixStream);

#[cfg(unix)]
impl Question {
    /// Waits for a line. A question that was taken back ends like an input that ended.
    pub(super) fn ask(&self) -> Result<Secret, NoAnswer> {
        let typed = typed_from(&mut Keys(&self.0), Echo::Hidden);
        writeln!(io::stderr())?;
        typed.map(Secret::new)
    }
}

/// The keys of the terminal as they come, until the question is taken back.
#[cfg(unix)]
struct Keys<'a>(&'a std::os::unix::net::UnixStream);

#[cfg(unix)]
impl Read for Keys<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        use rustix::event::{PollFd, PollFlags, poll};
        let input = io::stdin();
        loop {
            let mut ready = [
                PollFd::new(&input, PollFlags::IN),
                PollFd::new(self.0, PollFlags::IN),
            ];
            match poll(&mut ready, None) {
                Err(rustix::io::Errno::INTR) => continue,
                polled => polled?,
            };
            if !ready[1].revents().is_empty() {
                return Ok(0);
            }
            if !ready[0].revents().is_empty() {
                return Ok(rustix::io::read(&input, into)?);
            }
        }
    }
}

#[cfg(not(unix))]
pub(super) fn hidden_until_taken_back() -> Result<Option<(TakeBack, Question)>, NoAnswer> {
    Ok(None)
}

#[cfg(not(unix))]
pub(super) enum TakeBack {}

#[cfg(not(unix))]
pub(super) enum Question {}

#[cfg(not(unix))]
impl Question {
    pub(super) fn ask(&self) -> Result<Secret, NoAnswer> {
        match *self {}
    }
}

/// A line for the person, on standard error.
pub(super) fn say(line: &str) {
    // If nobody can be told, the question itself will fail.
    let _ = writeln!(io::stderr(), "{line}");
}

fn answer(question: &str, echo: Echo) -> Result<String, NoAnswer> {
    if is_terminal() {
        let mut err = io::stderr();
        write!(err, "{question}")?;
        err.flush()?;
        let typed = typed(echo);
        writeln!(err)?;
        return typed;
    }
    let mut line = Vec::new();
    let read = io::stdin()
        .lock()
        .take(LONGEST as u64 + 1)
        .read_until(b'\n', &mut line)?;
    match read {
        0 => Err(NoAnswer::Ended),
        too_long if too_long > LONGEST => Err(NoAnswer::TooLong),
        _ => String::from_utf8(line)
            .map_err(|wrong| NoAnswer::Io(io::Error::new(io::ErrorKind::InvalidData, wrong.utf8_error()))),
    }
}

/// Reads a line from the terminal key by key. What is pasted arrives in brackets, so that line ends within it are not
/// taken for the Enter key: a token that was copied over two lines stays one.
#[cfg(unix)]
fn typed(echo: Echo) -> Result<String, NoAnswer> {
    typed_from(&mut io::stdin().lock(), echo)
}

#[cfg(unix)]
fn typed_from(input: &mut impl Read, echo: Echo) -> Result<String, NoAnswer> {
    let _raw = Raw::begin(echo)?;
    let mut line: Vec<u8> = Vec::new();
    let mut pasting = false;
    let mut byte = [0_u8];
    loop {
        if input.read(&mut byte)? == 0 {
            return Err(NoAnswer::Ended);
        }
        match byte[0] {
            0x03 => return Err(NoAnswer::Interrupted),
            0x04 if line.is_empty() => return Err(NoAnswer::Ended),
            0x04 => {}
            b'\r' | b'\n' if !pasting => break,
            0x08 | 0x7f => {
                let end = line.iter().rposition(|byte| byte & 0xc0 != 0x80).unwrap_or(0);
                if !line.is_empty() {
                    line.truncate(end);
                    show(echo, b"\x08 \x08")?;
                }
            }
            0x15 => {
                let width = String::from_utf8_lossy(&line).chars().count();
                show(echo, &b"\x08 \x08".repeat(width))?;
                line.clear();
            }
            0x1b => match sequence(input)?.as_slice() {
                b"200~" => pasting = true,
                b"201~" => pasting = false,
                _ => {}
            },
            key if line.len() >= LONGEST => {
                let _ = key;
                return Err(NoAnswer::TooLong);
            }
            key => {
                line.push(key);
                if !key.is_ascii_control() {
                    show(echo, &[key])?;
                }
            }
        }
    }
    String::from_utf8(line)
        .map_err(|wrong| NoAnswer::Io(io::Error::new(io::ErrorKind::InvalidData, wrong.utf8_error())))
}

/// What follows an escape key: `[`, parameters, and a final letter (ECMA-48, control sequences).
#[cfg(unix)]
fn sequence(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut byte = [0_u8];
    let mut sequence = Vec::new();
    if input.read(&mut byte)? == 0 || byte[0] != b'[' {
        return Ok(sequence);
    }
    while sequence.len() < 16 && input.read(&mut byte)? > 0 {
        sequence.push(byte[0]);
        if (0x40..=0x7e).contains(&byte[0]) {
            break;
        }
    }
    Ok(sequence)
}

#[cfg(unix)]
fn show(echo: Echo, keys: &[u8]) -> io::Result<()> {
    if echo == Echo::Shown {
        let mut err = io::stderr();
        err.write_all(keys)?;
        err.flush()?;
    }
    Ok(())
}

/// The terminal without echo, line by line no more; as before when this is dropped.
#[cfg(unix)]
struct Raw(rustix::termios::Termios);

#[cfg(unix)]
impl Raw {
    fn begin(_: Echo) -> io::Result<Self> {
        use rustix::termios::{InputModes, LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let before = tcgetattr(io::stdin())?;
        let mut raw = before.clone();
        raw.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG | LocalModes::IEXTEN;
        raw.input_modes -= InputModes::ICRNL;
        tcsetattr(io::stdin(), OptionalActions::Now, &raw)?;
        let begun = Self(before);
        show(Echo::Shown, b"\x1b[?2004h")?;
        Ok(begun)
    }
}

#[cfg(unix)]
impl Drop for Raw {
    fn drop(&mut self) {
        let _ = show(Echo::Shown, b"\x1b[?2004l");
        // What was typed after the answer, such as the rest of a paste, is not for the shell.
        let _ = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Flush, &self.0);
    }
}

#[cfg(not(unix))]
fn typed(echo: Echo) -> Result<String, NoAnswer> {
    if echo == Echo::Hidden {
        return Err(NoAnswer::Io(io::Error::other(
            "this system's terminal cannot hide what is typed; give it through a pipe",
        )));
    }
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line)? {
        0 => Err(NoAnswer::Ended),
        _ => Ok(line),
    }
}
