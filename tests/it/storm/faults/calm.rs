//! Moments in which nothing else goes on: what is asked then has one right answer.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use fastrand::Rng;
use modelpin::credentials::AuthStore;
use modelpin::oauth::journal::Standing;
use serde_json::Value;

use super::chats::{look, say, text};
use super::clients::{Chat, Desk, Leaves};
use super::edits::Editor;
use super::log::What;
use super::plan::Plan;
use super::process::{Gateway, run};
use super::provider::Script;
use super::world::{AGENTS, PROFILES};

/// Looks at everything while nothing goes on.
pub(super) struct Calm<'s> {
    pub(super) desk: &'s Desk,
    pub(super) script: &'s Arc<Script>,
    pub(super) editor: &'s Editor,
    pub(super) chats: &'s [Chat],
    pub(super) dice: Rng,
}

/// A chat that only calm moments know.
fn chat(session: &str) -> Chat {
    Chat {
        session: session.to_owned(),
        agent: "main",
        actor: "ann",
        gateway: 0,
        begins: None,
    }
}

/// How long it is waited until some chat has one right answer.
const LONGEST: Duration = Duration::from_secs(15);
/// An end of a rest that is so near that it may come between two questions.
const NEAR: i64 = 5_000;

fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(now.as_millis()).expect("not that long")
}

/// Whether a candidate comes back, or has come back, just now.
fn changes_soon(next: &Value) -> bool {
    let candidates = next["candidates"].as_array().into_iter().flatten();
    let mut ends = candidates.filter_map(|one| one["until"].as_i64());
    ends.any(|end| (end - now()).abs() < NEAR)
}

impl Calm<'_> {
    pub(super) async fn all(&mut self, gateways: &[Gateway]) {
        self.script.calm.store(true, Ordering::SeqCst);
        self.editor.sign_ins.calm.store(true, Ordering::SeqCst);
        let begun = Instant::now();
        loop {
            let mut told = 0;
            for chat in self.chats {
                let at = gateways[chat.gateway].address.to_string();
                self.pure(&at, chat).await;
                told += usize::from(self.next(&at, chat).await);
            }
            // Where everybody comes back just now, a little later nobody does.
            if told > 0 || begun.elapsed() > LONGEST {
                break;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        let at = gateways[0].address.to_string();
        self.fence(&at).await;
        self.refusals(&at).await;
        self.audit().await;
        self.renewed().await;
        self.files();
        self.all_pins().await;
        for gateway in gateways {
            let chat = &self.chats[0];
            let at = gateway.address.to_string();
            for path in ["/metrics", "/v1/status", "/v1/decisions"] {
                self.desk.get(&at, chat, path).await;
            }
        }
        self.script.told.lock().expect("whole").clear();
        self.script.calm.store(false, Ordering::SeqCst);
        self.editor.sign_ins.calm.store(false, Ordering::SeqCst);
    }

    /// Asking changes nothing. What differs is asked again a little later: a file that was changed last may have been read
    /// in between.
    async fn pure(&self, at: &str, chat: &Chat) {
        let Some((mut one, mut two)) = self.twice(at, chat).await else {
            return;
        };
        if one["candidates"] != two["candidates"] {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let Some(again) = self.twice(at, chat).await else {
                return;
            };
            (one, two) = again;
        }
        one["now"] = Value::Null;
        two["now"] = Value::Null;
        let provider = one["provider"].as_str().unwrap_or_default().to_owned();
        let profiles = self.there(chat.agent).unwrap_or_default().into_iter();
        let may_see = |id: &String| id != super::world::PRIVATE || chat.actor == "ann";
        let profiles = profiles
            .filter(|id| id.split_once(':').is_some_and(|(of, _)| of == provider))
            .filter(may_see)
            .collect();
        self.desk.ears.log.add(What::Twice { one, two, profiles });
    }

    /// The same question, twice.
    async fn twice(&self, at: &str, chat: &Chat) -> Option<(Value, Value)> {
        let path = format!("/v1/sessions/{}", chat.session);
        let one = self.desk.get(at, chat, &path).await?["next"].clone();
        let two = self.desk.get(at, chat, &path).await?["next"].clone();
        (!changes_soon(&one) && !changes_soon(&two)).then_some((one, two))
    }

    fn there(&self, agent: &str) -> Option<Vec<String>> {
        let store = AuthStore::read(&self.editor.place.store(agent)).ok()??;
        Some(store.profiles().keys().map(ToString::to_string).collect())
    }

    /// What the status says is what is done. Whether that could be told.
    async fn next(&mut self, at: &str, chat: &Chat) -> bool {
        let Some(told) = look(self.desk, at, chat).await else {
            return false;
        };
        let next = &told["next"];
        let openai = next["provider"] == "two";
        if changes_soon(next) {
            return false;
        }
        // A model that steps in is another question than the one about the model that is pinned.
        let mut alone = next["chosen"].as_str();
        if next["refusal"].is_string() {
            alone = None;
        }
        let (Some(profile), Some(model)) = (alone, next["model"].as_str()) else {
            return false;
        };
        let told = Some((model.to_owned(), profile.to_owned()));
        let got = self
            .desk
            .ask(at, chat, openai, Leaves::Never, &mut self.dice)
            .await;
        let asked = self.first(got.request);
        self.desk.ears.log.add(What::Next { told, asked });
        true
    }

    /// A subscription that fails is not followed by what costs; and a sign-in, and a text that is no command.
    async fn fence(&mut self, at: &str) {
        let mut dice = self.dice.fork();
        for (session, command) in [("calm:fen", "/model fenm"), ("calm:pro", "/model pro")] {
            let chat = chat(session);
            say(self.desk, at, &chat, "ann", command).await;
            look(self.desk, at, &chat).await;
            let both = HashMap::from([(("fen/m".to_owned(), "fen:sub".to_owned()), Plan::RateLimit)]);
            *self.script.told.lock().expect("whole") = both;
            for _ in 0..2 {
                self.desk.ask(at, &chat, false, Leaves::Never, &mut dice).await;
            }
            text(self.desk, at, &chat, &mut dice).await;
        }
        self.script.told.lock().expect("whole").clear();
    }

    /// Whom a request asked first.
    fn first(&self, request: u32) -> Option<(String, String)> {
        self.attempts(request).into_iter().next()
    }

    fn attempts(&self, request: u32) -> Vec<(String, String)> {
        self.desk.ears.log.with(|log| {
            let of = |what: &What| match what {
                What::Attempt {
                    request: of,
                    model,
                    held,
                    ..
                } if *of == request => {
                    let profile = held.as_ref().map(|held| held.profile.clone());
                    Some((model.clone(), profile.unwrap_or_default()))
                }
                _ => None,
            };
            log.iter().filter_map(|entry| of(&entry.what)).collect()
        })
    }

    async fn rest(&self, at: &str, chat: &Chat) -> Option<i64> {
        let told = self
            .desk
            .get(at, chat, &format!("/v1/sessions/{}", chat.session))
            .await?;
        let candidates = told["next"]["candidates"].as_array()?;
        let one = candidates.iter().find(|one| one["profile"] == "one:b")?;
        one["until"].as_i64()
    }

    /// A failure of one model: refusals do not lengthen its rest, and the other model goes on, unless the account is to
    /// blame.
    async fn refusals(&mut self, at: &str) {
        let (small, big) = (chat("calm:small"), chat("calm:big"));
        for (chat, text) in [
            (&small, "/model small@one:b --strict"),
            (&big, "/model big@one:b --strict"),
        ] {
            say(self.desk, at, chat, "ann", text).await;
            look(self.desk, at, chat).await;
        }
        for (plan, of_account) in [(Plan::RetryLong, false), (Plan::Unauthorised, true)] {
            let clear = ["models", "auth", "clear-cooldown", "one:b"];
            let patience = Duration::from_secs(60);
            let dir = &self.editor.place.dir;
            run(dir, &clear, "", &self.desk.ears, patience).await;
            // What another process cleared is heard of within a moment.
            let mut ready = false;
            for _ in 0..40 {
                ready = self.rest(at, &small).await.is_none() && self.rest(at, &big).await.is_none();
                if ready {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            if !ready {
                continue;
            }
            let both = HashMap::from([(("one/small".to_owned(), "one:b".to_owned()), plan)]);
            *self.script.told.lock().expect("whole") = both;
            let mut ask = async |chat: &Chat| {
                self.desk
                    .ask(at, chat, false, Leaves::Never, &mut self.dice)
                    .await
            };
            let failed = ask(&small).await;
            let other = ask(&big).await;
            let end = self.rest(at, &small).await;
            let mut refused = Vec::new();
            for _ in 0..4 {
                let mut dice = self.dice.fork();
                refused.push(self.desk.ask(at, &small, false, Leaves::Never, &mut dice).await);
            }
            let after = self.rest(at, &small).await;
            if self.attempts(failed.request).is_empty() {
                continue;
            }
            // Whoever is slow sees the rest end.
            if end.is_some_and(|end| now() < end) {
                self.desk.ears.log.add(What::OtherModel {
                    of_account,
                    asked: !self.attempts(other.request).is_empty(),
                });
                let attempts = refused.iter().map(|got| self.attempts(got.request).len()).sum();
                let refused = refused.iter().filter(|got| got.status != 200).count();
                self.desk.ears.log.add(What::Local {
                    before: end,
                    after,
                    refused: u32::try_from(refused).expect("few"),
                    attempts,
                });
            }
        }
        self.script.told.lock().expect("whole").clear();
    }

    /// What was recorded.
    async fn audit(&self) {
        let words = ["why", "--last", "5000", "--json"];
        let dir = &self.editor.place.dir;
        let ran = run(dir, &words, "", &self.desk.ears, Duration::from_secs(120)).await;
        let Ok(told) = serde_json::from_str::<Value>(&ran.out) else {
            return;
        };
        for record in told["records"].as_array().into_iter().flatten() {
            self.desk.ears.log.add(What::Audit(record.clone()));
        }
        self.desk.ears.log.add(What::Audited);
    }

    async fn all_pins(&self) {
        let words = ["pins", "list", "--json"];
        let dir = &self.editor.place.dir;
        let ran = run(dir, &words, "", &self.desk.ears, Duration::from_secs(120)).await;
        if let Ok(told) = serde_json::from_str::<Value>(&ran.out) {
            self.desk.ears.log.add(What::AllPins(told["pins"].clone()));
        }
    }

    /// Waits until no renewal is under way: one that began in the storm, or for a question of this calm.
    async fn renewed(&self) {
        let under_way = || {
            let mut all = AGENTS
                .iter()
                .flat_map(|agent| ["acme:x", "acme:y"].map(|id| (agent, id)));
            all.any(|(agent, id)| matches!(self.editor.standing(agent, id), Some(Standing::UnderWay(_))))
        };
        let begun = Instant::now();
        while under_way() && begun.elapsed() < LONGEST {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Credentials are as they were acknowledged, and no secret is anywhere else.
    pub(super) fn files(&self) {
        let log = &self.desk.ears.log;
        for agent in AGENTS {
            let kept = self.editor.kept.lock().expect("whole");
            let mut kept: Vec<String> = kept
                .keys()
                .filter(|(of, _)| *of == agent)
                .map(|(_, id)| id.clone())
                .collect();
            kept.extend(PROFILES.iter().map(|(id, _, _)| (*id).to_owned()));
            let there = self.there(agent);
            log.add(What::Store { kept, there });
            for profile in ["acme:x", "acme:y"] {
                log.add(What::Stored {
                    profile: format!("{profile} of {agent}"),
                    token: self.editor.stored(agent, profile),
                    standing: self.editor.standing(agent, profile),
                    good: self.editor.sign_ins.good(agent, profile),
                });
            }
        }
        self.look_through(&self.editor.place.dir);
    }

    fn look_through(&self, folder: &std::path::Path) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if path.is_dir() {
                self.look_through(&path);
            } else if !name.starts_with("auth-profiles") && !name.starts_with(".auth-profiles") {
                let bytes = std::fs::read(&path).unwrap_or_default();
                self.desk.ears.heard(&format!("the file {name}"), &bytes);
            }
        }
    }
}
