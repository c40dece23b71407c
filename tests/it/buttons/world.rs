//! A catalogue of any shape, with a `ModelPin` on it.

use std::sync::Arc;

use modelpin::clock::{ManualClock, Timestamp};
use modelpin::middleware::{Handled, Message, Press};
use modelpin::picker::Pressers;
use modelpin::render::data::ReplyData;
use modelpin::store::PinStore;
use modelpin::store::memory::MemoryPins;
use modelpin::view::{Body, PickerView, View};
use modelpin::{Actor, ModelPin, SessionKey};
use serde_json::{Map, Value, json};

/// Pieces of names that people and machines have made.
pub(super) const PIECES: [&str; 8] = [
    "plain",
    "with@sign@20250929",
    "👩\u{200d}💻🎉",
    "שלום\u{202e}abc",
    "a/b/c",
    "\"quoted\" and spaced",
    "e\u{301}\u{301}模型",
    "-dash=and'more`",
];

/// So long at most.
const KIB: usize = 1_024;

/// How a catalogue looks.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) models: usize,
    pub(super) providers: usize,
    /// Profiles of the first provider; the others have one, or none.
    pub(super) profiles: usize,
    /// Where the names begin among [`PIECES`].
    pub(super) seed: usize,
}

pub(super) struct World {
    pub(super) files: tempfile::TempDir,
    pub(super) modelpin: ModelPin,
    pub(super) pins: Arc<MemoryPins>,
}

impl Shape {
    fn model(&self, number: usize) -> String {
        let piece = PIECES[(self.seed + number) % PIECES.len()];
        let provider = number * 7 % self.providers;
        let mut id = format!("{number}-{piece}");
        if number.is_multiple_of(5) {
            while id.len() + piece.len() <= KIB {
                id.push_str(piece);
            }
        }
        // Some ids are served by several providers.
        if number.is_multiple_of(11) {
            id = format!("shared-{}", number / 44);
        }
        format!("p{provider}/{id}")
    }

    pub(super) fn config(&self) -> Value {
        let models: Map<String, Value> = (0..self.models)
            .map(|number| {
                let alias = format!("{}{number}", PIECES[(self.seed + number) % 4]);
                let entry = if number.is_multiple_of(3) {
                    json!({ "alias": alias })
                } else {
                    json!({})
                };
                (self.model(number), entry)
            })
            .collect();
        json!({ "auth": { "fence": "allow" }, "agents": { "defaults": { "models": models } } })
    }

    pub(super) fn credentials(&self) -> Value {
        let mut profiles = Map::new();
        for provider in (0..self.providers).step_by(2) {
            let count = if provider == 0 { self.profiles } else { 1 };
            for number in 0..count {
                let piece = PIECES[(self.seed + number) % PIECES.len()];
                let secret = format!("sk-CANARY-{provider}-{number}-EXAMPLE-Zq7VtRw9Kx");
                profiles.insert(
                    format!("p{provider}:{piece}{number}"),
                    json!({ "type": "api_key", "provider": format!("p{provider}"), "key": secret }),
                );
            }
        }
        json!({ "version": 1, "profiles": profiles })
    }
}

impl World {
    pub(super) async fn of(shape: &Shape) -> Self {
        let files = tempfile::tempdir().expect("a folder");
        write(&files, "modelpin.json", &shape.config());
        write(
            &files,
            "agents/main/agent/auth-profiles.json",
            &shape.credentials(),
        );
        let pins = Arc::new(MemoryPins::default());
        let built = ModelPin::builder()
            .state_dir(files.path())
            .config(files.path().join("modelpin.json"))
            .without_environment()
            .pin_store(Arc::clone(&pins) as _)
            .clock(Arc::new(ManualClock::new(Timestamp::from_millis(
                1_770_724_800_000,
            ))))
            .build()
            .await;
        Self {
            modelpin: built.expect("it builds"),
            files,
            pins,
        }
    }

    pub(super) fn rewrite(&self, path: &str, value: &Value) {
        self.rewrite_text(path, &value.to_string());
    }

    pub(super) fn rewrite_text(&self, path: &str, text: &str) {
        std::fs::write(self.files.path().join(path), text).expect("written");
        self.modelpin.reload().expect("it loads");
    }

    pub(super) async fn say(
        &self,
        session: &SessionKey,
        actor: &Actor,
        text: &str,
        pressers: Pressers,
    ) -> View {
        let message = Message::new(session, actor, text).with_buttons_for(pressers);
        match self.modelpin.handle(&message).await {
            Ok(Handled::Reply(view)) => heard(view),
            other => panic!("{text} is answered: {other:?}"),
        }
    }

    pub(super) async fn press(&self, session: &SessionKey, actor: &Actor, token: &str) -> View {
        let pressed = self.modelpin.press(&Press::new(session, actor, token)).await;
        heard(pressed.expect("the agent is there").expect("the presser may"))
    }

    /// How many scopes were ever changed.
    pub(super) async fn pinned(&self) -> usize {
        self.pins.load_all().await.expect("memory").len()
    }
}

fn write(files: &tempfile::TempDir, path: &str, value: &Value) {
    let path = files.path().join(path);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, value.to_string()).expect("written");
}

/// No reply has a secret.
fn heard(view: View) -> View {
    let said = serde_json::to_string(&ReplyData::of(&view)).expect("replies are JSON");
    assert!(!said.contains("CANARY") && !said.contains("Zq7VtRw9"), "{said}");
    view
}

pub(super) fn picker(view: View) -> PickerView {
    match view.body {
        Body::Picker(shown) => *shown,
        other => panic!("a picker: {other:?}"),
    }
}
