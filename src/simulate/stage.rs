//! The state directory of a scenario: configuration, profiles with made-up secrets, order.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use thiserror::Error;

use crate::clock::{ManualClock, Timestamp};
use crate::config::{Cost, Fence};
use crate::credential::Credential;
use crate::middleware::{BuildError, ModelPin};
use crate::model::{ModelRef, ProviderId};
use crate::profile::ProfileId;
use crate::provide::{RefreshError, RefreshToken, Renewal, SignIn};
use crate::resolver::{BookError, LoadError};

use super::scenario::{Kind, Scenario};
use super::watched::WatchedPins;

/// Why a scenario cannot be played.
#[derive(Debug, Error)]
pub enum StageError {
    /// The temporary state directory cannot be written.
    #[error("the temporary state directory cannot be written")]
    Files(#[from] std::io::Error),
    /// The scenario's configuration is wrong.
    #[error("the scenario's `config`")]
    Build(#[from] BuildError),
    /// The scenario's profiles are wrong.
    #[error("the scenario's `profiles`")]
    Book(#[from] BookError),
    /// The files cannot be read again.
    #[error("the temporary state directory cannot be read again")]
    Load(#[from] LoadError),
    /// The session names an agent that is not there.
    #[error(transparent)]
    Agent(#[from] crate::config::UnknownAgent),
}

/// Where a scenario is played: the real middleware over files of its own. Dropping it removes them.
#[derive(Debug)]
pub(super) struct Stage {
    files: TempDir,
    secrets: Mutex<HashMap<String, u32>>,
    pub(super) modelpin: ModelPin,
    pub(super) pins: Arc<WatchedPins>,
    pub(super) clock: Arc<ManualClock>,
}

impl Stage {
    pub(super) async fn set(scenario: &Scenario) -> Result<Self, StageError> {
        let files = tempfile::tempdir()?;
        let config = files.path().join("modelpin.json");
        let mut policy = scenario.config.clone();
        // Nobody is told of what did not happen: the operator's command or webhook is not called.
        policy.remove("events");
        std::fs::write(&config, Value::Object(policy).to_string())?;
        std::fs::create_dir_all(files.path().join("agents/main/agent"))?;
        write_profiles(files.path(), scenario, &HashMap::new())?;
        let pins = Arc::new(WatchedPins::default());
        let clock = Arc::new(ManualClock::new(scenario.start));
        let modelpin = ModelPin::builder()
            .state_dir(files.path())
            .config(config)
            .without_environment()
            .pin_store(Arc::clone(&pins) as _)
            .clock(Arc::clone(&clock) as _)
            .refresher(Arc::new(Offline))
            .build()
            .await?;
        for warning in modelpin.resolver().snapshot().warnings() {
            tracing::warn!("the scenario's configuration: {warning}");
        }
        Ok(Self {
            files,
            secrets: Mutex::default(),
            modelpin,
            pins,
            clock,
        })
    }

    /// Gives a profile another secret.
    pub(super) fn new_secret(&self, scenario: &Scenario, profile: &str) -> Result<(), StageError> {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        *secrets.entry(profile.to_owned()).or_default() += 1;
        write_profiles(self.files.path(), scenario, &secrets)?;
        self.modelpin.reload()?;
        Ok(())
    }

    /// What the oracles have to know of the policy.
    pub(super) fn facts(&self, scenario: &Scenario) -> Result<Facts, StageError> {
        let snapshot = self.modelpin.resolver().snapshot();
        let book = snapshot.book(None)?;
        let auth = &book.config().auth;
        let profiles: Vec<Known> = scenario
            .profiles
            .iter()
            .map(|(id, account)| {
                let profile = ProfileId::new(id);
                let declared = auth.profiles.get(&profile).and_then(|declared| declared.cost);
                Known {
                    provider: account.provider(id),
                    cost: declared.unwrap_or(match account.kind {
                        Kind::ApiKey => Cost::Metered,
                        Kind::Token | Kind::Oauth => Cost::Subscription,
                    }),
                    id: profile,
                }
            })
            .collect();
        let order = |provider: &ProviderId| {
            let there = |order: &[ProfileId]| order.iter().any(|id| book.fact(id).is_some());
            book.stored_order(provider)
                .filter(|order| there(order))
                .or_else(|| {
                    book.config_order(provider)
                        .filter(|order| there(order) || order.is_empty())
                })
                .map(<[ProfileId]>::to_vec)
        };
        let orders = profiles
            .iter()
            .filter_map(|known| Some((known.provider.clone(), order(&known.provider)?)))
            .collect();
        let own = book
            .config()
            .agents
            .models
            .iter()
            .filter_map(|(model, entry)| Some((model.clone(), entry.auth_profile.clone()?)));
        Ok(Facts {
            orders,
            own: own.collect(),
            fence: auth.fence,
            failures_count: auth.cooldowns.failure_window,
            profiles,
        })
    }
}

/// Renews no sign-in: nothing is asked of the network.
#[derive(Debug)]
struct Offline;

#[async_trait]
impl RefreshToken for Offline {
    async fn refresh(&self, sign_in: &SignIn, _: Renewal) -> Result<Credential, RefreshError> {
        Err(RefreshError::Transient {
            profile: sign_in.profile.clone(),
            reason: "a simulation asks nothing of the network".to_owned(),
        })
    }
}

/// What the oracles have to know of the policy that is tried.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The profiles.
    pub profiles: Vec<Known>,
    /// The explicit orders.
    pub orders: HashMap<ProviderId, Vec<ProfileId>>,
    /// The profiles that the configuration prefers for single models.
    pub own: HashMap<ModelRef, ProfileId>,
    /// `auth.fence`.
    pub fence: Option<Fence>,
    /// How long failures count after their rest (`auth.cooldowns.failureWindowHours`).
    pub failures_count: Duration,
}

/// A profile.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its id.
    pub id: ProfileId,
    /// Its provider.
    pub provider: ProviderId,
    /// What its requests cost.
    pub cost: Cost,
}

impl Facts {
    /// What is known of a profile.
    #[must_use]
    pub fn of(&self, id: &ProfileId) -> Option<&Known> {
        self.profiles.iter().find(|known| known.id == *id)
    }

    /// What requests with a profile cost.
    #[must_use]
    pub fn cost(&self, id: &ProfileId) -> Option<Cost> {
        self.of(id).map(|known| known.cost)
    }
}

fn write_profiles(
    dir: &Path,
    scenario: &Scenario,
    generations: &HashMap<String, u32>,
) -> std::io::Result<()> {
    let end = scenario.start.after(scenario.lasts.length());
    let never: Timestamp = end.after(Duration::from_secs(366 * 24 * 3600));
    let mut profiles = Map::new();
    for ((id, account), number) in scenario.profiles.iter().zip(1..) {
        let generation = generations.get(id).copied().unwrap_or_default();
        let secret = format!("sk-EXAMPLE-simulated-{number:04}-{generation:04}");
        let mut profile = match account.kind {
            Kind::ApiKey => json!({ "type": "api_key", "key": secret }),
            Kind::Token => json!({ "type": "token", "token": secret }),
            // Without a refresh token nothing can be renewed, and so nothing is asked of the network.
            Kind::Oauth => json!({ "type": "oauth", "access": secret, "expires": never }),
        };
        profile["provider"] = json!(account.provider(id).as_str());
        if let Some(email) = &account.email {
            profile["email"] = json!(email);
        }
        profiles.insert(id.clone(), profile);
    }
    let text = json!({ "version": 1, "profiles": profiles, "order": scenario.order }).to_string();
    std::fs::write(dir.join("agents/main/agent/auth-profiles.json"), text)
}
