//! Others who edit the files meanwhile: a neighbour like OpenClaw with its lock file, and our own command line.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use modelpin::ProviderId;
use modelpin::clock::Timestamp;
use modelpin::config::SecretInput;
use modelpin::credentials::{AuthStore, DraftError, NewProfile, NewSecret, Replace};
use modelpin::oauth::Reuse;
use modelpin::oauth::journal::{Standing, state};
use modelpin::profile::ProfileId;
use modelpin::secret::Secret;
use serde_json::{Value, json};

use super::log::What;
use super::process::{Ears, run};
use super::sign_in::SignIns;
use super::world::{AGENTS, Addresses, Place, config, replace};

/// Whoever edits.
#[derive(Debug, Clone)]
pub(super) struct Editor {
    pub(super) place: Place,
    pub(super) at: Addresses,
    pub(super) ears: Ears,
    pub(super) sign_ins: SignIns,
    /// Profiles that were acknowledged, and their secrets.
    pub(super) kept: Arc<Mutex<BTreeMap<(&'static str, String), String>>>,
}

/// How long a command may take.
const PATIENCE: Duration = Duration::from_secs(60);

impl Editor {
    pub(super) async fn edit(&self, dice: &mut Rng) {
        let agent = AGENTS[dice.usize(..AGENTS.len())];
        match dice.u8(..7) {
            0 => self.configuration(dice).await,
            1 => self.theirs(agent, dice).await,
            2 => self.order(agent, dice).await,
            3 | 4 => self.paste(agent, dice).await,
            5 => self.remove(agent, dice).await,
            _ => self.sign_in_again(dice),
        }
    }

    /// The same configuration in other words; now and then it stands there by halves for a moment.
    async fn configuration(&self, dice: &mut Rng) {
        let text = config(&self.at, dice.u32(..1000)).to_string();
        if dice.u8(..3) == 0 {
            let _ = std::fs::write(self.place.config(), &text[..dice.usize(..text.len())]);
            tokio::time::sleep(Duration::from_millis(dice.u64(..700))).await;
        }
        let _ = replace(&self.place.config(), &text);
    }

    /// Locks as OpenClaw does, adds a profile, and gives the lock back.
    async fn theirs(&self, agent: &'static str, dice: &mut Rng) {
        let store = self.place.store(agent);
        let lock = store.with_file_name("auth-profiles.json.lock");
        let record = json!({ "pid": std::process::id(), "createdAt": now() }).to_string();
        let locked = async {
            loop {
                let made = std::fs::OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .open(&lock);
                if let Ok(mut file) = made {
                    use std::io::Write;
                    let _ = file.write_all(record.as_bytes());
                    return;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        if tokio::time::timeout(Duration::from_secs(8), locked)
            .await
            .is_err()
        {
            return;
        }
        let id = format!("one:n{}", dice.u8(..20));
        let there = self
            .kept
            .lock()
            .expect("whole")
            .contains_key(&(agent, id.clone()));
        if let (false, Ok(text)) = (there, std::fs::read_to_string(&store)) {
            let key = self.ears.secrets.make(agent, &id, "sk-ant-api03-", dice);
            let mut whole: Value = serde_json::from_str(&text).expect("a whole store");
            whole["profiles"][&id] = json!({ "type": "api_key", "provider": "one", "key": key });
            if replace(&store, &whole.to_string()).is_ok() {
                self.kept.lock().expect("whole").insert((agent, id), key);
            }
        }
        let _ = std::fs::remove_file(&lock);
    }

    async fn order(&self, agent: &'static str, dice: &mut Rng) {
        let mut profiles = ["one:a", "one:b", "one:priv"];
        dice.shuffle(&mut profiles);
        let mut words = vec![
            "--agent",
            agent,
            "models",
            "auth",
            "order",
            "set",
            "--provider",
            "one",
        ];
        words.extend(profiles);
        run(&self.place.dir, &words, "", &self.ears, self.patience(dice)).await;
    }

    /// Mostly long; now and then the command is killed in the middle.
    fn patience(&self, dice: &mut Rng) -> Duration {
        if dice.u8(..4) == 0 {
            Duration::from_millis(dice.u64(1..200))
        } else {
            PATIENCE
        }
    }

    async fn paste(&self, agent: &'static str, dice: &mut Rng) {
        let id = format!("two:p{}", dice.u8(..20));
        if self
            .kept
            .lock()
            .expect("whole")
            .contains_key(&(agent, id.clone()))
        {
            return;
        }
        let key = self.ears.secrets.make(agent, &id, "sk-proj-", dice);
        let words = [
            "--agent",
            agent,
            "models",
            "auth",
            "paste-api-key",
            "--provider",
            "two",
            "--profile-id",
            &id,
            "--replace",
        ];
        let patience = self.patience(dice);
        let ran = run(&self.place.dir, &words, &format!("{key}\n"), &self.ears, patience).await;
        if ran.code == Some(0) {
            self.kept.lock().expect("whole").insert((agent, id), key);
        }
    }

    async fn remove(&self, agent: &'static str, dice: &mut Rng) {
        let known: Vec<String> = {
            let kept = self.kept.lock().expect("whole");
            let of_agent = kept.keys().filter(|(of, _)| *of == agent);
            of_agent.map(|(_, id)| id.clone()).collect()
        };
        let Some(id) = dice.choice(known) else { return };
        // From here on it may be gone.
        let secret = self
            .kept
            .lock()
            .expect("whole")
            .remove(&(agent, id.clone()))
            .unwrap_or_default();
        let words = ["--agent", agent, "models", "auth", "remove", &id];
        let ran = run(&self.place.dir, &words, "", &self.ears, PATIENCE).await;
        if ran.code == Some(0) {
            self.ears.secrets.gone(&secret);
        }
    }

    /// Whoever is told to sign in anew does.
    pub(super) fn sign_in_again(&self, dice: &mut Rng) {
        for agent in AGENTS {
            for profile in ["acme:x", "acme:y"] {
                let Some(standing @ (Standing::Unclear | Standing::Refused)) = self.standing(agent, profile)
                else {
                    continue;
                };
                let whose = format!("{profile} of {agent}");
                let token = self.stored(agent, profile);
                self.ears.log.add(What::SignedOut {
                    profile: whose.clone(),
                    token,
                    standing,
                });
                self.put(agent, profile, dice);
                self.ears.log.add(What::SignedIn { profile: whose });
            }
        }
    }

    /// How the renewal of a sign-in stands, as the files tell it to everybody.
    pub(super) fn standing(&self, agent: &str, profile: &str) -> Option<Standing> {
        state(&self.place.store(agent), &ProfileId::new(profile), Reuse::Unsafe).ok()
    }

    /// The number of the refresh token in the store.
    pub(super) fn stored(&self, agent: &str, profile: &str) -> Option<u64> {
        let store = AuthStore::read(&self.place.store(agent)).ok()??;
        match store.profiles().get(&ProfileId::new(profile))?.refresh_token()? {
            SecretInput::Plain(secret) => self.sign_ins.number(secret.expose()),
            _ => None,
        }
    }

    fn put(&self, agent: &'static str, profile: &str, dice: &mut Rng) {
        let tokens = self.sign_ins.give(agent, profile, dice);
        let new = NewProfile::new(
            ProviderId::new("acme"),
            NewSecret::OAuth {
                access: Secret::new(tokens.access),
                refresh: Some(Secret::new(tokens.refresh)),
                expires: Some(Timestamp::from_millis(1)),
                client: None,
            },
        );
        // Where the disk is full, the files go on saying that somebody has to sign in.
        let _ = AuthStore::change(&self.place.store(agent), |draft| {
            draft.put(&ProfileId::new(profile), &new, Replace::Yes)?;
            Ok::<_, DraftError>(())
        });
    }
}

/// ISO 8601, as JavaScript's `toISOString` writes it.
fn now() -> String {
    let now = jiff::Timestamp::now().as_millisecond();
    jiff::Timestamp::from_millisecond(now)
        .expect("a time of today")
        .to_string()
}
