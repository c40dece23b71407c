//! What was once written is read for ever: `fixtures/store/form-N.sqlite` is a file as form N wrote it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use modelpin::clock::Timestamp;
use modelpin::model::{ModelRef, ProviderId};
use modelpin::pin::{
    End, Layers, OwnWay, Pin, PinnedModel, PinnedProfile, ProfileChoice, Record, ScopeKey, Version,
};
use modelpin::profile::{Identity, ProfileId};
use modelpin::session::AgentId;
use modelpin::store::PinStore;
use modelpin::store::sqlite::SqliteStore;
use modelpin::terms::Mode;

use super::chosen;

fn fixture(form: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/store/form-{form}.sqlite"))
}

/// Records in which every field of form 1 has every kind of value.
fn form_1() -> Vec<(ScopeKey, Record)> {
    let anthropic = ProviderId::new("anthropic");
    let pinned = |id: &str, identity: Identity, mode: Mode| {
        ProfileChoice::Pinned(PinnedProfile {
            id: ProfileId::new(id),
            identity,
            provider: anthropic.clone(),
            mode,
        })
    };
    let model = |name: &str, mode: Mode| {
        Some(PinnedModel {
            model: ModelRef::new(anthropic.clone(), name),
            mode,
        })
    };
    let lasting = Pin {
        model: model("claude-opus-4-5", Mode::Strict),
        profiles: vec![
            pinned(
                "anthropic:wörk \"1\"@x",
                Identity::new(Some("acc-1"), Some("me@x.org")),
                Mode::Strict,
            ),
            ProfileChoice::Auto(ProviderId::new("openai")),
        ],
        by: Some(Arc::from("telegram:42")),
        at: Some(Timestamp::from_millis(1_770_000_000_000)),
        end: End::Never,
        own_way: OwnWay::Inherits,
    };
    let once = Pin {
        model: model("claude-haiku-4-5", Mode::Prefer),
        end: End::NextRequest,
        ..Pin::default()
    };
    let until = Pin {
        profiles: vec![pinned(
            "anthropic:manual",
            Identity::new(None, None),
            Mode::Prefer,
        )],
        end: End::At(Timestamp::from_millis(1_770_000_360_000)),
        ..Pin::default()
    };
    let alone = Pin {
        by: Some(Arc::from("ann")),
        own_way: OwnWay::Stops,
        ..Pin::default()
    };
    let record = |lasting: Option<Pin>, passing: Vec<Pin>, history: Vec<Layers>, version| Record {
        layers: Layers { lasting, passing },
        history,
        version: Version(version),
    };
    let agent = AgentId::new("other_agent").expect("a good id");
    let chat = |agent: &AgentId, chat: &str| ScopeKey::Session(agent.clone(), Arc::from(chat));
    let main = AgentId::main();
    let before = vec![
        Layers::default(),
        Layers {
            lasting: Some(once.clone()),
            passing: vec![until.clone()],
        },
    ];
    vec![
        (
            chat(&main, "telegram:42"),
            record(Some(lasting.clone()), vec![until, once], before, 7),
        ),
        (
            chat(&agent, "a b/../c\n"),
            record(Some(alone), Vec::new(), Vec::new(), 1),
        ),
        (
            ScopeKey::Agent(agent),
            record(None, Vec::new(), vec![Layers::default()], 2),
        ),
        (ScopeKey::Global, record(Some(lasting), Vec::new(), Vec::new(), 1)),
    ]
}

/// The same file in a folder where it may be written.
fn copy(form: u32) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("modelpin.sqlite");
    fs::copy(fixture(form), &file).expect("copied");
    (dir, file)
}

/// `UPDATE_FIXTURES=1` makes the file of a form that is new; one that is there is never made again.
async fn make_if_asked(form: u32, records: Vec<(ScopeKey, Record)>) {
    let file = fixture(form);
    if std::env::var_os("UPDATE_FIXTURES").is_none() || file.exists() {
        return;
    }
    let store = SqliteStore::new(&file);
    for (key, record) in records {
        store
            .save(&key, Version::default(), &record)
            .await
            .expect("saving works");
    }
}

#[tokio::test]
async fn a_database_of_form_1_is_read_whole() {
    make_if_asked(1, form_1()).await;
    let (_dir, file) = copy(1);
    let mut all = SqliteStore::new(&file).load_all().await.expect("loading works");
    let mut wanted = form_1();
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    wanted.sort_by(|(one, _), (other, _)| one.cmp(other));
    assert_eq!(all, wanted);
}

#[tokio::test]
async fn a_database_of_form_1_goes_on_being_written() {
    let (_dir, file) = copy(1);
    let store = SqliteStore::new(&file);
    for (key, old) in form_1() {
        let next = chosen(&old, "next");
        store.save(&key, old.version, &next).await.expect("saving works");
        assert_eq!(store.load(&key).await.expect("loading works"), Some(next));
    }
}
