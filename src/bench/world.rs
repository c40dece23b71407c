//! A place to measure in: an agent with so many profiles, and so many chats.

use std::fmt::Write as _;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tempfile::TempDir;

use crate::clock::Timestamp;
use crate::middleware::ModelPin;
use crate::model::{ModelRef, ProviderId};
use crate::pin::{Change, End, PinnedModel, PinnedProfile, ProfileChoice, Record, ScopeKey, Set};
use crate::profile::ProfileId;
use crate::resolver::Lease;
use crate::session::{Actor, AgentId, Scope, SessionKey};
use crate::store::memory::MemoryPins;
use crate::terms::Mode;

use super::BenchError;

/// The provider of the measurement, and its model.
const PROVIDER: &str = "bench";
const MODEL: &str = "big";

/// An agent with profiles, and who speaks to it. The files go with it.
#[derive(Debug)]
pub struct World {
    /// The middleware.
    pub modelpin: ModelPin,
    /// Who speaks.
    pub actor: Actor,
    _files: TempDir,
}

impl World {
    /// A world with so many profiles of one provider, all of them usable, in no explicit order.
    ///
    /// # Errors
    /// [`BenchError`] if its files cannot be made.
    pub async fn with(profiles: usize) -> Result<Self, BenchError> {
        let files = tempfile::tempdir()?;
        write(files.path(), &["main".to_owned()], profiles)?;
        let modelpin = ModelPin::builder()
            .state_dir(files.path())
            .without_environment()
            .pin_store(Arc::new(MemoryPins::default()))
            .build()
            .await?;
        Ok(Self {
            modelpin,
            actor: Actor::member("ann"),
            _files: files,
        })
    }

    /// Pins a profile in a chat, in memory alone.
    pub fn pin(&self, session: &SessionKey, profile: usize) {
        let key = ScopeKey::of(Scope::Session, session, &AgentId::main());
        let record = pinned(profile);
        self.modelpin.resolver().pins().table().put(key, record);
    }

    /// A lease, which is there without waiting.
    #[must_use]
    pub fn lease(&self, session: &SessionKey) -> Option<Lease> {
        at_once(self.modelpin.resolve(session, &self.actor))?.ok()
    }
}

/// What a future comes to that does not wait.
pub fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// The record of a chat in which a profile is pinned with a model.
#[must_use]
pub fn pinned(profile: usize) -> Record {
    let set = Set {
        model: Some(PinnedModel {
            model: model(),
            mode: Mode::Prefer,
        }),
        profile: Some(ProfileChoice::Pinned(PinnedProfile {
            id: ProfileId::new(&profile_id(profile)),
            identity: Default::default(),
            provider: ProviderId::new(PROVIDER),
            mode: Mode::Strict,
        })),
        end: End::Never,
        by: Arc::from("ann"),
    };
    let now = Timestamp::from_millis(1);
    let record = Change::Set(set).apply(&Record::default(), Scope::Session, now);
    Record {
        history: Vec::new(),
        ..record.unwrap_or_default()
    }
}

fn model() -> ModelRef {
    ModelRef::new(ProviderId::new(PROVIDER), MODEL)
}

fn profile_id(at: usize) -> String {
    format!("{PROVIDER}:person-{at}")
}

/// A chat with a key of 32 bytes, all of them different ones.
#[must_use]
pub fn chat(at: usize) -> SessionKey {
    SessionKey::new(&format!("telegram:group:-10{at:015}"))
}

/// The files of agents with so many profiles each.
///
/// # Errors
/// [`BenchError::Io`] if they cannot be written.
pub fn write(state: &Path, agents: &[String], profiles: usize) -> Result<(), BenchError> {
    let listed: Vec<String> = agents.iter().map(|id| format!("{{ id: \"{id}\" }}")).collect();
    let config = format!(
        r#"{{ agents: {{ defaults: {{ model: "{PROVIDER}/{MODEL}", models: {{ "{PROVIDER}/{MODEL}": {{ alias: "opus" }} }} }}, list: [{}] }}, models: {{ providers: {{ {PROVIDER}: {{ baseUrl: "http://127.0.0.1:9", api: "anthropic-messages" }} }} }} }}"#,
        listed.join(", ")
    );
    std::fs::write(state.join("modelpin.json"), config)?;
    let mut file = String::from(r#"{"version":1,"profiles":{"#);
    for at in 0..profiles {
        let comma = if at == 0 { "" } else { "," };
        let id = profile_id(at);
        // Writing to a string cannot fail.
        let _ = write!(
            file,
            r#"{comma}"{id}":{{"type":"api_key","provider":"{PROVIDER}","key":"sk-EXAMPLE-bench-{at:06}"}}"#
        );
    }
    file.push_str("}}");
    for agent in agents {
        let folder = state.join("agents").join(agent).join("agent");
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("auth-profiles.json"), &file)?;
    }
    Ok(())
}
