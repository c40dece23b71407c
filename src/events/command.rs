//! The operator's program, run once for each event.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use serde_json::Value;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::timeout;

use super::target::DeliveryError;
use crate::config::EventCommand;
use crate::event::Event;

/// The variables of this process that the program gets too: those that programs need to run and to show something.
const PASSED_ON: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XDG_RUNTIME_DIR",
    "DBUS_SESSION_BUS_ADDRESS",
];

/// How often it is looked whether the program has ended, should a signal get lost.
const LOOK: Duration = Duration::from_secs(1);

/// Runs the program, and waits until it ends or its time is over.
pub(super) async fn run(command: &EventCommand, event: &Event, limit: Duration) -> Result<(), DeliveryError> {
    let start = |source| DeliveryError::Start {
        program: command.program.clone(),
        source,
    };
    // Before the program is started, so that its end is not missed.
    let mut ended = signal(SignalKind::child()).map_err(start)?;
    let mut running = Running {
        child: spawn(command, event).map_err(start)?,
        state: State::Unwaited,
    };
    if let Some(mut input) = running.child.stdin.take() {
        // An event is shorter than what a pipe takes at once, so this does not wait; a program that does not read it is
        // free to do so.
        let _ = writeln!(input, "{}", event.data());
    }
    let end = async {
        while !running.is_over() {
            let _ = timeout(LOOK, ended.recv()).await;
        }
    };
    let in_time = timeout(limit, end).await.is_ok();
    if !in_time {
        return Err(DeliveryError::Late {
            program: command.program.clone(),
            after: limit,
        });
    }
    let status = running.end().map_err(start)?;
    match status.code() {
        Some(0) => Ok(()),
        Some(code) => Err(DeliveryError::Failed {
            program: command.program.clone(),
            code,
        }),
        None => Err(DeliveryError::Killed {
            program: command.program.clone(),
        }),
    }
}

fn spawn(command: &EventCommand, event: &Event) -> io::Result<Child> {
    Command::new(&command.program)
        .args(&command.arguments)
        .env_clear()
        .envs(passed_on())
        .envs(variables(event))
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
}

fn passed_on() -> impl Iterator<Item = (&'static str, OsString)> {
    let passed = PASSED_ON.iter();
    passed.filter_map(|name| Some((*name, std::env::var_os(name)?)))
}

/// `MODELPIN_` and the name of each value of the event that is there: `expiresAt` is `MODELPIN_EXPIRES_AT`.
fn variables(event: &Event) -> Vec<(String, String)> {
    let Value::Object(data) = event.data() else {
        return Vec::new();
    };
    let name = |key: &str| {
        key.chars().fold(String::from("MODELPIN_"), |mut name, c| {
            if c.is_ascii_uppercase() {
                name.push('_');
            }
            name.push(c.to_ascii_uppercase());
            name
        })
    };
    data.iter()
        .filter_map(|(key, value)| match value {
            Value::String(text) => Some((name(key), text.clone())),
            Value::Number(number) => Some((name(key), number.to_string())),
            _ => None,
        })
        .collect()
}

/// A program in its own process group. Dropping it ends the group.
struct Running {
    child: Child,
    /// Whether the program was waited for: from then on its number may be that of another process.
    state: State,
}

#[derive(PartialEq, Eq)]
enum State {
    Unwaited,
    Waited,
}

impl Running {
    fn pid(&self) -> Option<Pid> {
        i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
    }

    /// Whether the program itself has ended. It is not reaped by that, so that its group is still its own.
    fn is_over(&self) -> bool {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let status = self.pid().map(|pid| waitid(WaitId::Pid(pid), look));
        matches!(status, Some(Ok(Some(_))))
    }

    /// Ends what is left of the group; how the program ended.
    fn end(&mut self) -> io::Result<ExitStatus> {
        if let Some(group) = self.pid() {
            let _gone_already = kill_process_group(group, Signal::KILL);
        }
        self.state = State::Waited;
        self.child.wait()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.state == State::Unwaited {
            let _ended = self.end();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::event::Kind;
    use crate::profile::ProfileId;

    #[test]
    fn an_event_is_told_in_variables_too() {
        let event = Event {
            kind: Kind::Expiring {
                profile: ProfileId::new("anthropic:\0work"),
                at: Timestamp::from_millis(7),
            },
            at: Timestamp::from_millis(5),
            agent: None,
        };
        let mut told = variables(&event);
        told.retain(|(name, _)| name != "MODELPIN_TEXT");
        told.sort();
        let told: Vec<(&str, &str)> = told.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(
            told,
            [
                ("MODELPIN_AT", "5"),
                ("MODELPIN_EVENT", "expiring"),
                ("MODELPIN_EXPIRES_AT", "7"),
                ("MODELPIN_PROFILE", "anthropic:\u{fffd}work"),
            ]
        );
    }
}
