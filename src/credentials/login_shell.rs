//! What a person exports in the profile of their login shell: asked for once, and only for the names of the table.

use std::fmt;
#[cfg(all(unix, feature = "login-shell"))]
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use super::shell_problem::ShellProblem;
use crate::config::ShellEnv;
use crate::secret::Secret;

/// Set in the shell that is asked, so that a profile that runs modelpin does not make it ask a shell again, for ever.
const ASKING: &str = "MODELPIN_ASKING_SHELL";

/// A login shell that has been asked, or may be.
pub(super) struct LoginShell {
    settings: ShellEnv,
    answer: OnceLock<Result<Vec<Found>, ShellProblem>>,
}

/// A variable of the table and its value, sanitised and not blank.
pub(super) type Found = (&'static str, Secret);

impl LoginShell {
    /// The shell of the person whose process this is, if the configuration wants it asked.
    pub(super) fn of_process(settings: ShellEnv) -> Option<Self> {
        let asked_by_a_shell = std::env::var_os(ASKING).is_some();
        (settings.enabled && !asked_by_a_shell).then(|| Self {
            settings,
            answer: OnceLock::new(),
        })
    }

    /// What it gave. It is asked at the first call, if `wanted` says so then.
    pub(super) fn answer(&self, wanted: impl FnOnce() -> bool) -> &[Found] {
        let answer = self.answer.get_or_init(|| {
            if !wanted() {
                tracing::debug!("a key is set already, so no login shell is asked");
                return Ok(Vec::new());
            }
            let answer = ask(self.settings.timeout);
            match &answer {
                Ok(found) => {
                    let names: Vec<&str> = found.iter().map(|(name, _)| *name).collect();
                    tracing::debug!(?names, "the login shell was asked");
                }
                Err(problem) => warn(problem),
            }
            answer
        });
        answer.as_deref().unwrap_or_default()
    }

    pub(super) fn applied(&self) -> Vec<&'static str> {
        let found = self.answer.get().and_then(|answer| answer.as_ref().ok());
        found.into_iter().flatten().map(|(name, _)| *name).collect()
    }

    pub(super) fn problem(&self) -> Option<&ShellProblem> {
        self.answer.get()?.as_ref().err()
    }
}

impl fmt::Debug for LoginShell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginShell")
            .field("settings", &self.settings)
            .field("applied", &self.applied())
            .finish_non_exhaustive()
    }
}

fn warn(problem: &ShellProblem) {
    match std::error::Error::source(problem) {
        Some(cause) => tracing::warn!("{problem}: {cause}"),
        None => tracing::warn!("{problem}"),
    }
}

#[cfg(not(all(unix, feature = "login-shell")))]
fn ask(_timeout: Duration) -> Result<Vec<Found>, ShellProblem> {
    Err(ShellProblem::NotBuilt)
}

#[cfg(all(unix, feature = "login-shell"))]
fn ask(timeout: Duration) -> Result<Vec<Found>, ShellProblem> {
    use super::shell_process::{Asking, read};

    let mark = format!("modelpin:{:016x}", nonce());
    let asking = Asking {
        shell: shell(),
        env_program: first_there(&["/usr/bin/env", "/bin/env", TERMUX_ENV, "/system/bin/env"])
            .ok_or(ShellProblem::NoEnvProgram)?,
        environment: closed_environment(),
        timeout,
        mark: &mark,
    };
    Ok(found(&read(&asking)?, mark.as_bytes()))
}

/// Where Termux, on a phone, keeps `env`.
#[cfg(all(unix, feature = "login-shell"))]
const TERMUX_ENV: &str = "/data/data/com.termux/files/usr/bin/env";

/// The shell: `$SHELL` if it is the absolute path of a program, else the system's `sh`.
#[cfg(all(unix, feature = "login-shell"))]
fn shell() -> PathBuf {
    use std::os::unix::fs::PermissionsExt;

    let written = std::env::var_os("SHELL").filter(|written| !written.is_empty());
    let written = written.map(PathBuf::from);
    let program = |path: &PathBuf| {
        let about = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file);
        path.is_absolute() && about.is_some_and(|about| about.permissions().mode() & 0o111 != 0)
    };
    if let Some(shell) = written.clone().filter(program) {
        return shell;
    }
    let system = first_there(&["/bin/sh", "/system/bin/sh"]).unwrap_or_else(|| PathBuf::from("/bin/sh"));
    if written.is_some() {
        tracing::warn!(
            "SHELL is not the absolute path of a program, so {} is asked instead",
            system.display()
        );
    }
    system
}

#[cfg(all(unix, feature = "login-shell"))]
fn first_there(paths: &[&str]) -> Option<PathBuf> {
    paths.iter().map(PathBuf::from).find(|path| path.is_file())
}

/// All that the shell is told. Its `PATH` is the system's and not ours: a folder in front of ours must not choose the
/// programs that a profile runs, and variables that make shells read other files (`ENV`, `BASH_ENV`, `ZDOTDIR`) do not
/// come along either.
#[cfg(all(unix, feature = "login-shell"))]
fn closed_environment() -> Vec<(&'static str, std::ffi::OsString)> {
    const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    let ours = ["HOME", "USER", "LOGNAME", "LANG"];
    let ours = ours
        .into_iter()
        .filter_map(|name| Some((name, std::env::var_os(name)?)));
    let fixed = [("PATH", PATH), ("TERM", "dumb"), (ASKING, "1")];
    let fixed = fixed.into_iter().map(|(name, value)| (name, value.into()));
    ours.chain(fixed).collect()
}

/// A number that what a profile prints cannot know.
#[cfg(all(unix, feature = "login-shell"))]
fn nonce() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(std::process::id())
}

/// The variables of the table between the two marks. All else is forgotten.
#[cfg(any(test, all(unix, feature = "login-shell")))]
fn found(answer: &[u8], mark: &[u8]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let parts = answer.split(|byte| *byte == 0).skip_while(|part| *part != mark);
    for part in parts.skip(1).take_while(|part| *part != mark) {
        let Some((name, value)) = std::str::from_utf8(part)
            .ok()
            .and_then(|part| part.split_once('='))
        else {
            continue;
        };
        let known = super::env::all().find(|known| *known == name);
        let new = known.filter(|known| found.iter().all(|(already, _)| already != known));
        let value = super::sanitise::sanitised(value);
        if let Some(name) = new.filter(|_| !value.is_blank()) {
            found.push((name, value));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_the_table_between_the_marks_are_taken() {
        let answer = b"Welcome\nOPENAI_API_KEY=before\0M\0PATH=/x\0ANTHROPIC_API_KEY= sk-EXAMPLE\r\n\0\
            ANTHROPIC_API_KEY_OLD=no\0GH_TOKEN=\xff\0HF_TOKEN= \0XAI_API_KEY=a=b\0nothing\0\0M\0GROQ_API_KEY=after\0";
        let found = found(answer, b"M");
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(name, value)| (*name, value.expose()))
            .collect();
        assert_eq!(
            found,
            [("ANTHROPIC_API_KEY", "sk-EXAMPLE"), ("XAI_API_KEY", "a=b")]
        );
    }
}
