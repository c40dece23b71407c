//! A small world: two providers, four profiles, a clock that stands.

use std::sync::Arc;

use modelpin::clock::{ManualClock, Timestamp};
use modelpin::outcome::FailureClass;
use modelpin::resolver::{Decision, Lease, Question, ResolveError};
use modelpin::store::PinStore;
use modelpin::store::memory::MemoryPins;
use modelpin::{Actor, Handled, Message, ModelPin, SessionKey};
use proptest::prelude::*;

pub(super) const START: Timestamp = Timestamp::from_millis(1_770_724_800_000);

pub(super) const CONFIG: &str = r#"{
    auth: { fence: "allow" },
    commands: { allow: ["ann"] },
    agents: { defaults: {
        model: { primary: "anthropic/opus", fallbacks: ["openai/gpt"] },
        models: { "anthropic/opus": { alias: "opus" }, "anthropic/sonnet": { alias: "sonnet" }, "openai/gpt": { alias: "gpt" } },
    } },
}"#;

const STORE: &str = r#"{ "version": 1, "profiles": {
    "anthropic:a": { "type": "token", "provider": "anthropic", "token": "CANARY-tok-a-EXAMPLE" },
    "anthropic:b": { "type": "api_key", "provider": "anthropic", "key": "CANARY-key-b-EXAMPLE" },
    "anthropic:c": { "type": "api_key", "provider": "anthropic", "key": "CANARY-key-c-EXAMPLE" },
    "openai:d": { "type": "api_key", "provider": "openai", "key": "CANARY-key-d-EXAMPLE" }
} }"#;

pub(super) struct World {
    _files: tempfile::TempDir,
    pub(super) modelpin: ModelPin,
    pub(super) clock: Arc<ManualClock>,
    pub(super) session: SessionKey,
    pub(super) ann: Actor,
}

impl World {
    pub(super) async fn new() -> Self {
        Self::keeping(Arc::new(MemoryPins::default())).await
    }

    pub(super) async fn keeping(pins: Arc<dyn PinStore>) -> Self {
        let files = tempfile::tempdir().expect("a folder");
        let agent = files.path().join("agents/main/agent");
        std::fs::create_dir_all(&agent).expect("a folder");
        std::fs::write(files.path().join("modelpin.json"), CONFIG).expect("written");
        std::fs::write(agent.join("auth-profiles.json"), STORE).expect("written");
        let clock = Arc::new(ManualClock::new(START));
        let built = ModelPin::builder()
            .state_dir(files.path())
            .without_environment()
            .pin_store(pins)
            .clock(Arc::clone(&clock) as _)
            .build()
            .await;
        Self {
            modelpin: built.expect("it builds"),
            _files: files,
            clock,
            session: SessionKey::new("chat"),
            ann: Actor::member("ann"),
        }
    }

    /// What `who` is answered, in all its words; `None` if it is no command.
    pub(super) async fn say(&self, who: &Actor, text: &str) -> Option<String> {
        let message = Message::new(&self.session, who, text);
        match self.modelpin.handle(&message).await.expect("the agent exists") {
            Handled::Text | Handled::Ignored => None,
            Handled::Reply(view) | Handled::ReplyAndSend(view, _) => {
                use modelpin::render::Render;
                Some(modelpin::render::text::Text::plain().render(&view).join("\n"))
            }
        }
    }

    pub(super) async fn lease(&self) -> Result<Lease, ResolveError> {
        self.modelpin.resolve(&self.session, &self.ann).await
    }

    pub(super) fn decision(&self) -> Decision {
        let question = Question::new(&self.session, &self.ann);
        self.modelpin
            .resolver()
            .explain(question)
            .expect("it can be explained")
    }

    pub(super) fn pins(&self) -> usize {
        let pins = self.modelpin.resolver().pins().table();
        pins.counts(START).iter().sum()
    }
}

pub(super) fn classes() -> impl Strategy<Value = FailureClass> {
    proptest::sample::select(FailureClass::ALL.to_vec())
}

/// Runs what waits.
pub(super) fn wait<T>(future: impl Future<Output = T>) -> T {
    let tasks = tokio::runtime::Builder::new_current_thread().enable_all().build();
    tasks.expect("a runtime").block_on(future)
}
