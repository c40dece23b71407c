//! Where events are delivered to.

use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

#[cfg(all(unix, feature = "events"))]
use super::command;
#[cfg(feature = "client")]
use super::webhook::Webhook;
use crate::config::{self, EventCommand};
use crate::credentials::{Environment, Unresolved};
use crate::event::Event;

/// How long a delivery may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For one run of the command, or one try of the webhook.
    pub each: Duration,
    /// How long the webhook's second try waits after the first; the third waits four times as long.
    pub pause: Duration,
}

impl Default for Limits {
    /// 10 s, 1 s.
    fn default() -> Self {
        Self {
            each: Duration::from_secs(10),
            pause: Duration::from_secs(1),
        }
    }
}

/// A place to which events are delivered.
#[derive(Debug)]
pub struct Target {
    to: To,
    #[cfg_attr(
        not(any(feature = "client", all(unix, feature = "events"))),
        expect(dead_code, reason = "without a command and a client nothing is delivered")
    )]
    limits: Limits,
}

/// What is built in; without a feature for it nothing is, and there can be no target.
#[derive(Debug)]
enum To {
    #[cfg(all(unix, feature = "events"))]
    Command(EventCommand),
    #[cfg(feature = "client")]
    Webhook(Webhook),
}

/// Why there is no such target.
#[derive(Debug, Error)]
pub enum TargetError {
    /// This program was built without it.
    #[error("events.{0} is set, and this program was built without it")]
    NotBuiltIn(&'static str),
    /// The webhook's URL is not where the configuration says.
    #[error("the URL of events.webhook cannot be had")]
    Unresolved(#[source] Unresolved),
    /// The webhook's URL, which came from elsewhere, is none that is taken. It is not repeated.
    #[error("the URL that events.webhook names is not right: {0}")]
    BadUrl(&'static str),
    /// There can be no HTTP client.
    #[error("no HTTP client can be made for events.webhook: {0}")]
    NoClient(&'static str),
}

/// Why an event was not delivered.
#[derive(Debug, Error)]
pub enum DeliveryError {
    /// The program cannot be started.
    #[error("cannot start {}; look whether it is there and may be executed", program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The program said that it failed.
    #[error("{} ended with exit code {code}", program.display())]
    Failed {
        /// The program.
        program: PathBuf,
        /// Its exit code.
        code: i32,
    },
    /// The program was ended by a signal.
    #[error("{} was ended by a signal", program.display())]
    Killed {
        /// The program.
        program: PathBuf,
    },
    /// The program took too long, and was ended with all that it had started.
    #[error("{} took longer than {} s, and was ended", program.display(), after.as_secs_f32())]
    Late {
        /// The program.
        program: PathBuf,
        /// How long it had.
        after: Duration,
    },
    /// The webhook could not be reached, or did not answer in time.
    #[error("the webhook was not reached in {tries} tries")]
    Unreached {
        /// How often it was tried.
        tries: u32,
        /// The cause of the last one, without the URL.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The webhook points elsewhere, where nobody has said that events may go.
    #[error(
        "the webhook answered with a redirect ({status}), which is not followed: set events.webhook to where it leads"
    )]
    Redirected {
        /// The status.
        status: u16,
    },
    /// The webhook did not take the event.
    #[error("the webhook answered with status {status} (tries: {tries})")]
    Refused {
        /// The status of the last try.
        status: u16,
        /// How often it was tried.
        tries: u32,
    },
}

impl Target {
    /// The targets that the configuration names: the command first.
    ///
    /// # Errors
    /// [`TargetError`] if one of them cannot be: it is never left out in silence.
    pub fn of_config(
        events: &config::Events,
        environment: &Environment,
        limits: Limits,
    ) -> Result<Vec<Self>, TargetError> {
        let mut targets = Vec::new();
        if let Some(command) = &events.command {
            targets.push(Self::command(command, limits)?);
        }
        if let Some(input) = &events.webhook {
            let url = environment.resolve(input).map_err(TargetError::Unresolved)?;
            targets.push(Self::webhook(url.expose(), limits)?);
        }
        Ok(targets)
    }

    /// A program that is run for each event, with the event as JSON on its standard input and as variables
    /// `MODELPIN_EVENT`, `MODELPIN_TEXT` and so on.
    ///
    /// It stands in a process group of its own and has an environment without credentials; its output goes nowhere.
    /// When it ends, or its time is over, what it has started there ends too.
    ///
    /// # Errors
    /// [`TargetError::NotBuiltIn`] where programs are not run: without the feature `events`, and on other systems than
    /// Unix.
    #[cfg_attr(
        not(all(unix, feature = "events")),
        expect(unused_variables, reason = "programs are not run here")
    )]
    pub fn command(command: &EventCommand, limits: Limits) -> Result<Self, TargetError> {
        #[cfg(all(unix, feature = "events"))]
        return Ok(Self {
            to: To::Command(command.clone()),
            limits,
        });
        #[cfg(not(all(unix, feature = "events")))]
        Err(TargetError::NotBuiltIn("command"))
    }

    /// A URL to which each event is posted as JSON: `https`, or `http` on this machine. Redirects are not followed. A
    /// try that gets no answer, 429 or 5xx is followed by another one; there are three at most.
    ///
    /// # Errors
    /// [`TargetError`] for another URL, without the feature `client`, and where the process has installed
    /// no TLS cryptography.
    #[cfg_attr(
        not(feature = "client"),
        expect(unused_variables, reason = "nothing is posted here")
    )]
    pub fn webhook(url: &str, limits: Limits) -> Result<Self, TargetError> {
        config::check_webhook(url).map_err(TargetError::BadUrl)?;
        #[cfg(feature = "client")]
        return Ok(Self {
            to: To::Webhook(Webhook::new(url, limits)?),
            limits,
        });
        #[cfg(not(feature = "client"))]
        Err(TargetError::NotBuiltIn("webhook"))
    }

    /// The key in the configuration that names it: `command` or `webhook`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.to {
            #[cfg(all(unix, feature = "events"))]
            To::Command(_) => "command",
            #[cfg(feature = "client")]
            To::Webhook(_) => "webhook",
        }
    }

    /// Delivers one event, and waits for what becomes of it. Dropping the future ends the delivery, with the program that
    /// was run for it.
    ///
    /// # Errors
    /// [`DeliveryError`], which tells neither the webhook's URL nor the program's arguments.
    #[cfg_attr(
        not(any(feature = "client", all(unix, feature = "events"))),
        expect(clippy::unused_async, unused_variables, reason = "nothing is built in")
    )]
    pub async fn deliver(&self, event: &Event) -> Result<(), DeliveryError> {
        match self.to {
            #[cfg(all(unix, feature = "events"))]
            To::Command(ref command) => command::run(command, event, self.limits.each).await,
            #[cfg(feature = "client")]
            To::Webhook(ref webhook) => webhook.post(event, self.limits.pause).await,
        }
    }
}
