//! A login shell as a process: what it is given, how long it may take, and how it ends.

use std::ffi::OsString;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use secrecy::zeroize::Zeroizing;

use super::shell_problem::ShellProblem;

/// The most that is read, in bytes.
const MOST: usize = 2 * 1024 * 1024;

/// How often it is looked whether the shell is still there while nothing comes.
const LOOK: Duration = Duration::from_millis(50);

/// What is run.
pub(super) struct Asking<'a> {
    /// The shell, by its absolute path.
    pub(super) shell: PathBuf,
    /// The program that prints the environment, by its absolute path.
    pub(super) env_program: PathBuf,
    /// All variables that the shell is given.
    pub(super) environment: Vec<(&'static str, OsString)>,
    /// How long it may take.
    pub(super) timeout: Duration,
    /// Stands before and after the environment, so that what a profile prints is not taken for a variable.
    pub(super) mark: &'a str,
}

/// Runs `shell -l -c …`, which prints its environment between two marks, and reads until the second one.
///
/// The shell has no standard input, and stands in a process group of its own, in the background: if it asks on the
/// terminal it is stopped, and ends when its time is over. The whole group is ended in every case, so nothing that a
/// profile leaves behind there stays.
pub(super) fn read(asking: &Asking<'_>) -> Result<Zeroizing<Vec<u8>>, ShellProblem> {
    let start = |source| ShellProblem::Start {
        shell: asking.shell.clone(),
        source,
    };
    // A socket and not a pipe, because reading from one can have a time limit.
    let (mut ours, theirs) = UnixStream::pair().map_err(start)?;
    let mut child = spawn(asking, theirs).map_err(start)?;
    let until = Instant::now() + asking.timeout;
    let read = read_until_mark(asking, &mut ours, &child, until);
    // Before its leader is reaped, so that the group is still this one.
    if let Some(group) = pid(&child) {
        let _gone_already = kill_process_group(group, Signal::KILL);
    }
    let ended = child.wait();
    match read {
        Ok(Answer::Whole(answer)) => Ok(answer),
        Ok(Answer::Late) => Err(ShellProblem::Late {
            shell: asking.shell.clone(),
            after: asking.timeout,
        }),
        Ok(Answer::TooMuch) => Err(ShellProblem::TooMuch {
            shell: asking.shell.clone(),
            most: MOST,
        }),
        Ok(Answer::Ended) => {
            let status = ended.map_err(start)?;
            Err(ShellProblem::Ended {
                shell: asking.shell.clone(),
                code: status.code().filter(|_| status.signal().is_none()),
            })
        }
        Err(source) => Err(start(source)),
    }
}

fn spawn(asking: &Asking<'_>, out: UnixStream) -> io::Result<Child> {
    let Asking {
        env_program, mark, ..
    } = asking;
    // Understood by sh, bash, zsh and fish alike. The mark is letters, digits and a colon.
    let script = format!(
        "printf '\\000{mark}\\000' && {} -0 && printf '{mark}\\000'",
        env_program.display()
    );
    let home = asking.environment.iter().find(|(name, _)| *name == "HOME");
    let home = home
        .map(|(_, home)| Path::new(home))
        .filter(|home| home.is_absolute() && home.is_dir());
    Command::new(&asking.shell)
        .args(["-l", "-c", &script])
        .env_clear()
        .envs(asking.environment.iter().map(|(name, value)| (name, value)))
        .env("SHELL", &asking.shell)
        .current_dir(home.unwrap_or(Path::new("/")))
        .stdin(Stdio::null())
        .stdout(OwnedFd::from(out))
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
}

enum Answer {
    Whole(Zeroizing<Vec<u8>>),
    Ended,
    Late,
    TooMuch,
}

fn read_until_mark(
    asking: &Asking<'_>,
    from: &mut UnixStream,
    child: &Child,
    until: Instant,
) -> io::Result<Answer> {
    let mark = [b"\0", asking.mark.as_bytes(), b"\0"].concat();
    let mut answer = Zeroizing::new(Vec::with_capacity(64 * 1024));
    let mut chunk = Zeroizing::new([0; 16 * 1024]);
    let (mut marks, mut looked_at) = (0, 0);
    let mut has_ended = false;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(Answer::Late);
        }
        from.set_read_timeout(Some(left.min(LOOK)))?;
        let read = match from.read(&mut chunk[..]) {
            Ok(0) => return Ok(Answer::Ended),
            Ok(read) => read,
            Err(nothing) if is_nothing_yet(&nothing) => {
                // What it had written before it ended can still come: one more look.
                if has_ended {
                    return Ok(Answer::Ended);
                }
                has_ended = is_over(child);
                continue;
            }
            Err(broken) => return Err(broken),
        };
        if answer.len() + read > MOST {
            return Ok(Answer::TooMuch);
        }
        answer.extend_from_slice(&chunk[..read]);
        while let Some(at) = position(&answer[looked_at..], &mark) {
            marks += 1;
            // The last byte of one mark may be the first one of the next.
            looked_at += at + mark.len() - 1;
            if marks == 2 {
                return Ok(Answer::Whole(answer));
            }
        }
        looked_at = looked_at.max((answer.len() + 1).saturating_sub(mark.len()));
    }
}

fn position(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

fn is_nothing_yet(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), Interrupted | TimedOut | WouldBlock)
}

/// Whether the shell itself has ended. It is not reaped by that.
fn is_over(child: &Child) -> bool {
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    let status = pid(child).map(|pid| waitid(WaitId::Pid(pid), look));
    matches!(status, Some(Ok(Some(_))))
}

fn pid(child: &Child) -> Option<Pid> {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw)
}
