//! A server that renews sign-ins: it gives a new refresh token each time, and takes a second use of one for theft.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use super::log::{Log, Refreshed, What};
use super::provider::read;
use super::world::Secrets;

/// How long an access token lasts: it is renewed five minutes before its end, so after a few seconds.
const LASTS: Duration = Duration::from_secs(304);

#[derive(Debug, Default)]
struct Given {
    /// The refresh token that is good, of each agent's profile; none after an answer that was lost.
    good: HashMap<(&'static str, String), String>,
    /// Tokens that came and were spent.
    spent: HashSet<String>,
}

#[derive(Debug, Clone)]
pub(super) struct SignIns {
    given: Arc<Mutex<Given>>,
    secrets: Secrets,
    log: Log,
    seed: u64,
    /// While it is set, nothing fails.
    pub(super) calm: Arc<AtomicBool>,
}

/// What a person gets who signs in.
pub(super) struct Tokens {
    pub(super) access: String,
    pub(super) refresh: String,
}

impl SignIns {
    pub(super) fn new(seed: u64, secrets: &Secrets, log: &Log) -> Self {
        Self {
            given: Arc::default(),
            secrets: secrets.clone(),
            log: log.clone(),
            seed,
            calm: Arc::default(),
        }
    }

    /// Tokens for a profile; what it had before is good no more.
    pub(super) fn give(&self, agent: &'static str, profile: &str, dice: &mut Rng) -> Tokens {
        let tokens = Tokens {
            access: self.secrets.make(agent, profile, "at-EXAMPLE-", dice),
            refresh: self.secrets.make(agent, profile, "rt-EXAMPLE-", dice),
        };
        let mut given = self.given.lock().expect("whole");
        given
            .good
            .insert((agent, profile.to_owned()), tokens.refresh.clone());
        tokens
    }

    /// The number of the refresh token that is good; nothing if the answer with it was lost.
    pub(super) fn good(&self, agent: &'static str, profile: &str) -> Option<u64> {
        let given = self.given.lock().expect("whole");
        let good = given.good.get(&(agent, profile.to_owned()));
        good.and_then(|token| self.number(token))
    }

    pub(super) fn number(&self, token: &str) -> Option<u64> {
        self.secrets.held(token).map(|held| held.number)
    }

    pub(super) fn serve(&self, listener: TcpListener) {
        let here = self.clone();
        tokio::spawn(async move {
            let mut number = 0;
            loop {
                let Ok((stream, _)) = listener.accept().await else {
                    continue;
                };
                number += 1;
                let (here, dice) = (here.clone(), Rng::with_seed(here.seed ^ (number << 32)));
                tokio::spawn(async move { here.answer(stream, dice).await });
            }
        });
    }

    async fn answer(&self, mut stream: TcpStream, mut dice: Rng) -> Option<()> {
        let came = read(&mut stream).await?;
        let form: HashMap<String, String> = url::form_urlencoded::parse(came.body.as_bytes())
            .into_owned()
            .collect();
        let token = form.get("refresh_token").cloned().unwrap_or_default();
        let held = self.secrets.held(&token)?;
        let calm = self.calm.load(Ordering::SeqCst);
        let weather = if calm { 100 } else { dice.u8(..100) };
        let whose = (held.agent, held.profile.clone());
        let became = {
            let mut given = self.given.lock().expect("whole");
            if given.spent.contains(&token) || given.good.get(&whose) != Some(&token) {
                Refreshed::Refused
            } else if weather < 12 {
                Refreshed::Trouble
            } else {
                given.spent.insert(token.clone());
                if weather < 20 {
                    given.good.remove(&whose);
                    Refreshed::Lost
                } else {
                    Refreshed::Granted
                }
            }
        };
        let tokens = (became == Refreshed::Granted).then(|| self.give(held.agent, &held.profile, &mut dice));
        self.log.add(What::Refresh {
            profile: format!("{} of {}", held.profile, held.agent),
            token: held.number,
            became,
        });
        // Others come while one waits.
        tokio::time::sleep(Duration::from_millis(dice.u64(..120))).await;
        let (status, body) = match (became, tokens) {
            (Refreshed::Granted, Some(tokens)) => {
                let body = json!({ "access_token": tokens.access, "refresh_token": tokens.refresh,
                    "token_type": "Bearer", "expires_in": LASTS.as_secs() });
                ("200 OK", body)
            }
            (Refreshed::Refused, _) => {
                let words = format!("{token} was used before");
                (
                    "400 Bad Request",
                    json!({ "error": "invalid_grant", "error_description": words }),
                )
            }
            (Refreshed::Trouble, _) => (
                "503 Service Unavailable",
                json!({ "error": "temporarily_unavailable" }),
            ),
            _ => return None,
        };
        let body = body.to_string();
        let answer = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).await.ok()
    }
}
