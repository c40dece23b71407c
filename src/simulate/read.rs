//! From a file to a scenario that can be played.

use std::collections::BTreeSet;

use thiserror::Error;

use crate::config::too_deep;
use crate::echo::discreet;
use crate::model::{ModelRef, ProviderId};

use super::scenario::{Account, Scenario, Sky};

/// The longest scenario that is read, in bytes.
const LONGEST: usize = 4 * 1024 * 1024;
/// How many chats there may be.
const MOST_SESSIONS: u32 = 100_000;
/// How many requests may be expected: all that happens is kept in memory.
const MOST_REQUESTS: f64 = 5_000_000.0;

/// A scenario that cannot be played.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScenarioError {
    /// It cannot be read.
    #[error("{file}:{line}:{column}: {}{message}", place(path))]
    Unreadable {
        /// The file, as the caller named it.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// The path of keys; empty at the top.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// A value makes no sense beside the others.
    #[error("{file}: `{path}`: {message}")]
    Senseless {
        /// The file, as the caller named it.
        file: String,
        /// The path of keys.
        path: String,
        /// What is wrong.
        message: String,
    },
}

fn place(path: &str) -> String {
    match path {
        "" => String::new(),
        path => format!("`{path}`: "),
    }
}

impl Scenario {
    /// Reads a scenario: JSON5, at most 4 MiB. `file` is the name that errors give.
    ///
    /// # Errors
    /// [`ScenarioError`] for the first thing that is wrong.
    pub fn read(text: &str, file: &str) -> Result<Self, ScenarioError> {
        let unreadable = |(line, column): (usize, usize), path: String, message: &str| {
            let (file, message) = (file.to_owned(), discreet(message).into_owned());
            ScenarioError::Unreadable {
                file,
                line,
                column,
                path,
                message,
            }
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.len() > LONGEST {
            return Err(unreadable((1, 1), String::new(), "the file is over 4 MiB"));
        }
        if let Some(at) = too_deep(text) {
            let message = "more than 128 levels of brackets";
            return Err(unreadable(at, String::new(), message));
        }
        let mut reader = json5::Deserializer::from_str(text);
        let read: Result<Self, _> = serde_path_to_error::deserialize(&mut reader);
        let scenario = read.map_err(|wrong| {
            let path = wrong.path().to_string();
            let path = path.trim_end_matches('?').trim_end_matches('.').to_owned();
            let inner = wrong.inner();
            let at = inner
                .position()
                .unwrap_or_else(|| json5::Position::from_offset(text.len(), text));
            let said = inner.to_string();
            let message = match inner.code() {
                Some(code) => code.to_string(),
                // The place is told already.
                None => said.split(" at line ").next().unwrap_or(&said).to_owned(),
            };
            unreadable((at.line + 1, at.column + 1), path, &message)
        })?;
        // What follows the scenario is found by reading it as a whole.
        if let Err(wrong) = json5::from_str::<serde::de::IgnoredAny>(text) {
            let at = wrong.position().map_or((1, 1), |at| (at.line + 1, at.column + 1));
            return Err(unreadable(at, String::new(), "something follows the scenario"));
        }
        scenario
            .check()
            .map_err(|(path, message)| ScenarioError::Senseless {
                file: file.to_owned(),
                path: discreet(&path).into_owned(),
                message: discreet(&message).into_owned(),
            })?;
        Ok(scenario)
    }

    fn check(&self) -> Result<(), (String, String)> {
        let wrong = |path: String, message: String| Err((path, message));
        let sessions = &self.sessions;
        if sessions.count == 0 || sessions.count > MOST_SESSIONS {
            return wrong(
                "sessions.count".into(),
                format!("expected 1 to {MOST_SESSIONS} chats"),
            );
        }
        let (every, lasts) = (sessions.every.length(), self.lasts.length());
        if every.as_secs() == 0 || lasts.as_secs() == 0 {
            let path = if every.as_secs() == 0 {
                "sessions.every"
            } else {
                "lasts"
            };
            return wrong(path.into(), "expected at least a second".into());
        }
        let expected = f64::from(sessions.count) * lasts.as_secs_f64() / every.as_secs_f64();
        if expected > MOST_REQUESTS {
            let message = format!("{expected:.0} requests are too many: take fewer chats, or fewer requests");
            return wrong("sessions.every".into(), message);
        }
        if sessions.takes[0] > sessions.takes[1] {
            return wrong("sessions.takes".into(), "the shortest time comes first".into());
        }
        let mut shares = vec![
            ("sessions.wrong".to_owned(), sessions.wrong),
            ("sessions.tooLong".to_owned(), sessions.too_long),
        ];
        if self.profiles.is_empty() {
            return wrong("profiles".into(), "expected at least one profile".into());
        }
        let known: BTreeSet<&str> = self.profiles.keys().map(String::as_str).collect();
        let profiles = |path: String, named: Option<&Vec<String>>| match named
            .into_iter()
            .flatten()
            .find(|id| !known.contains(id.as_str()))
        {
            Some(id) => Err((path, format!("there is no profile {id} in `profiles`"))),
            None => Ok(()),
        };
        let models = |path: String, named: Option<&Vec<String>>| match named
            .into_iter()
            .flatten()
            .find(|model| ModelRef::parse(model).is_none())
        {
            Some(model) => Err((path, format!("{model} is not written as provider/model"))),
            None => Ok(()),
        };
        for (at, spell) in self.weather.iter().enumerate() {
            let path = |key: &str| format!("weather[{at}].{key}");
            let sky = spell.sky;
            profiles(path("profiles"), spell.profiles.as_ref())?;
            models(path("models"), spell.models.as_ref())?;
            if spell.retry_after.is_some() && sky != Sky::Burst {
                return wrong(path("retryAfter"), "only a burst tells when to come back".into());
            }
            if spell.shows_as.is_some() && sky != Sky::Outage {
                return wrong(path("as"), "only an outage shows in several ways".into());
            }
            if spell.shows_as.as_ref().is_some_and(Vec::is_empty) {
                return wrong(path("as"), "expected at least one".into());
            }
            shares.push((path("share"), spell.share.unwrap_or(1.0)));
        }
        for (at, shower) in self.showers.iter().enumerate() {
            let path = |key: &str| format!("showers[{at}].{key}");
            profiles(path("profiles"), shower.profiles.as_ref())?;
            models(path("models"), shower.models.as_ref())?;
            if !(0.0..=1000.0).contains(&shower.per_day) {
                return wrong(path("perDay"), "expected 0 to 1000".into());
            }
            shares.push((path("told"), shower.told));
        }
        if let Some((path, _)) = shares.into_iter().find(|(_, share)| !(0.0..=1.0).contains(share)) {
            return wrong(path, "expected a share from 0 to 1".into());
        }
        if sessions.wrong + sessions.too_long > 1.0 {
            return wrong(
                "sessions.tooLong".into(),
                "together with `wrong` more than 1".into(),
            );
        }
        for (at, said) in self.commands.iter().enumerate() {
            if let Some(session) = said.sessions.iter().find(|number| **number >= sessions.count) {
                let message = format!("there is no chat {session}: they are numbered from 0");
                return wrong(format!("commands[{at}].sessions"), message);
            }
        }
        for (at, new) in self.new_secrets.iter().enumerate() {
            profiles(
                format!("newSecrets[{at}].profile"),
                Some(&vec![new.profile.clone()]),
            )?;
        }
        Ok(())
    }
}

impl Account {
    /// The provider of the profile `id`.
    #[must_use]
    pub fn provider(&self, id: &str) -> ProviderId {
        let first = id.split(':').next().unwrap_or(id);
        ProviderId::new(self.provider.as_deref().unwrap_or(first))
    }
}
