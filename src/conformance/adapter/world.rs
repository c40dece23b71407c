//! A catalogue of some shape, with a [`ModelPin`] on it, and people who speak and press.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::claim::Broken;
use super::dice::Dice;
use super::folder::Folder;
use super::{Shape, names};
use crate::clock::{ManualClock, Timestamp};
use crate::middleware::{Handled, Message, ModelPin, Press};
use crate::picker::Pressers;
use crate::session::{Actor, Room, SessionKey};
use crate::store::PinStore;
use crate::store::memory::MemoryPins;
use crate::view::View;

/// 2026-02-10T12:00:00Z.
const NOW: i64 = 1_770_724_800_000;

/// What every secret of a world has in it.
const CANARY: &str = "CANARY-Zq7VtRw9Kx";

/// The profile that is taken away in the end.
pub(super) const GOING: &str = "kitgoing";

/// The profile that ann may not use.
pub(super) const HIDDEN: &str = "kithidden";

pub(super) struct World {
    pub(super) session: SessionKey,
    pub(super) ann: Actor,
    pub(super) bob: Actor,
    pub(super) config: Value,
    pub(super) store: Value,
    modelpin: ModelPin,
    pins: Arc<MemoryPins>,
    folder: Folder,
}

/// The provider that has most profiles.
pub(super) const FIRST: &str = "p0";

fn config(shape: &Shape, store: &Value, dice: &mut Dice) -> Value {
    let mut models = Map::new();
    for number in 0..shape.models {
        let provider = number % shape.providers;
        let id = match number % 11 {
            // Some ids are served by several providers.
            10 => format!("shared-{}", number / 33),
            // Some differ at their ends only.
            9 => format!("{}-{number}", "long-".repeat(60)),
            _ => format!("{number}-{}", names::name(dice)),
        };
        let entry = if number % 3 == 0 {
            json!({ "alias": format!("{}{number}", names::short(dice)) })
        } else {
            json!({})
        };
        models.insert(format!("p{provider}/{id}"), entry);
    }
    let listed = |provider: &str| json!({ "provider": provider, "mode": "api_key" });
    let stored = store["profiles"].as_object().into_iter().flatten();
    let mut profiles: Map<String, Value> = stored
        .map(|(id, profile)| (id.clone(), listed(profile["provider"].as_str().unwrap_or(FIRST))))
        .collect();
    // One that was configured and never stored.
    profiles.insert(format!("{FIRST}:missing"), listed(FIRST));
    profiles[&format!("{FIRST}:{HIDDEN}")]["allow"] = json!({ "senders": ["eve"] });
    json!({
        "auth": { "fence": "allow", "profiles": profiles },
        "agents": { "defaults": { "models": models } },
    })
}

fn store(shape: &Shape, dice: &mut Dice) -> Value {
    let (mut profiles, mut usage) = (Map::new(), Map::new());
    let key = |provider: &str, number: usize| {
        let key = format!("sk-ant-api03-EXAMPLE-{provider}-{number}-{CANARY}");
        json!({ "type": "api_key", "provider": provider, "key": key })
    };
    for provider in 0..shape.providers {
        let count = match provider {
            0 => shape.profiles,
            _ => provider % 3,
        };
        let provider = format!("p{provider}");
        for number in 0..count {
            let id = format!("{provider}:{}{number}", names::short(dice));
            match number % 5 {
                1 => usage.insert(id.clone(), json!({ "cooldownUntil": NOW + 240_000, "lastFailureAt": NOW })),
                3 => usage.insert(
                    id.clone(),
                    json!({ "disabledUntil": NOW + 18_000_000, "disabledReason": "billing", "lastFailureAt": NOW }),
                ),
                _ => None,
            };
            profiles.insert(id, key(&provider, number));
        }
    }
    for named in [GOING, HIDDEN] {
        profiles.insert(format!("{FIRST}:{named}"), key(FIRST, 9_999));
    }
    json!({ "version": 1, "profiles": profiles, "usageStats": usage })
}

impl World {
    pub(super) async fn of(shape: &Shape) -> Result<Self, Broken> {
        let mut dice = Dice::new(shape.seed);
        let store = store(shape, &mut dice);
        let config = config(shape, &store, &mut dice);
        let folder = Folder::new().map_err(Broken::kit)?;
        write(&folder, &config, &store).map_err(Broken::kit)?;
        let pins = Arc::new(MemoryPins::default());
        let room = Room::group("kit", "-100").map_err(Broken::kit)?;
        Ok(Self {
            session: SessionKey::of(&room),
            ann: Actor::member("ann"),
            bob: Actor::member("bob"),
            modelpin: built(&folder, &pins).await?,
            config,
            store,
            pins,
            folder,
        })
    }

    /// Files that are not the ones that were read: written, and read again.
    pub(super) fn rewritten(&self) -> Result<(), Broken> {
        write(&self.folder, &self.config, &self.store).map_err(Broken::kit)?;
        self.modelpin.reload().map_err(causes)
    }

    /// A credential file that nobody can read, from the beginning on.
    pub(super) async fn torn(&mut self) -> Result<(), Broken> {
        let path = self.folder.path().join(STORE);
        std::fs::write(path, "{ \"version\": 1, \"profi").map_err(Broken::kit)?;
        self.modelpin = built(&self.folder, &self.pins).await?;
        Ok(())
    }

    /// What ann says, and the answer.
    pub(super) async fn say(&self, text: &str) -> Result<View, Broken> {
        self.say_to(text, Pressers::Sender).await
    }

    pub(super) async fn say_to(&self, text: &str, pressers: Pressers) -> Result<View, Broken> {
        let message = Message::new(&self.session, &self.ann, text).with_buttons_for(pressers);
        match self.modelpin.handle(&message).await {
            Ok(Handled::Reply(view) | Handled::ReplyAndSend(view, _)) => Ok(view),
            other => Err(Broken::kit(format!("{text:?} is not answered: {other:?}"))),
        }
    }

    /// A press by `who`, and the answer.
    pub(super) async fn press(&self, who: &Actor, token: &str) -> Result<View, Broken> {
        let press = Press::new(&self.session, who, token);
        match self.modelpin.press(&press).await {
            Ok(Some(view)) => Ok(view),
            other => Err(Broken::kit(format!(
                "a press of {token:?} is not answered: {other:?}"
            ))),
        }
    }

    /// All that is pinned, as text, so that it can be compared.
    pub(super) async fn pinned(&self) -> Result<String, Broken> {
        let mut all: Vec<String> = self
            .pins
            .load_all()
            .await
            .map_err(Broken::kit)?
            .iter()
            .map(|one| format!("{one:?}"))
            .collect();
        all.sort();
        Ok(all.join("\n"))
    }
}

async fn built(folder: &Folder, pins: &Arc<MemoryPins>) -> Result<ModelPin, Broken> {
    let built = ModelPin::builder()
        .state_dir(folder.path())
        .config(folder.path().join("modelpin.json"))
        .without_environment()
        .pin_store(Arc::clone(pins) as Arc<dyn PinStore>)
        .clock(Arc::new(ManualClock::new(Timestamp::from_millis(NOW))))
        .build();
    built.await.map_err(causes)
}

/// Whether a text has a part of a secret of a world, eight characters long.
pub(super) fn leaks(text: &str) -> bool {
    let mut parts = (0..=CANARY.len() - 8).map(|at| &CANARY[at..at + 8]);
    parts.any(|part| text.contains(part))
}

/// The credential file, in a state directory.
const STORE: &str = "agents/main/agent/auth-profiles.json";

fn write(folder: &Folder, config: &Value, store: &Value) -> std::io::Result<()> {
    std::fs::create_dir_all(folder.path().join("agents/main/agent"))?;
    std::fs::write(folder.path().join("modelpin.json"), config.to_string())?;
    std::fs::write(folder.path().join(STORE), store.to_string())
}

fn causes(broken: impl std::error::Error) -> Broken {
    Broken::kit(crate::echo::causes(&broken))
}
