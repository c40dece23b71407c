//! What was once written is read for ever: `fixtures/store/form-N.sqlite` is a file as form N wrote it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use modelpin::clock::Timestamp;
use modelpin::cooldown::{self, Cell, CellKey, Changed};
use modelpin::model::{ModelRef, ProviderId};
use modelpin::outcome::FailureClass;
use modelpin::pin::{
    End, Layers, OwnWay, Pin, PinnedModel, PinnedProfile, ProfileChoice, Record, ScopeKey, Version,
};
use modelpin::profile::{AccountId, Identity, ProfileId};
use modelpin::session::AgentId;
use modelpin::store::sqlite::{Database, SqlitePins};
use modelpin::store::{AuditStore, LedgerStore, PinStore, Row};
use modelpin::terms::Mode;
use rusqlite::Connection;

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
    let store = SqlitePins::new(&file);
    for (key, record) in records {
        store
            .save(&key, &Record::default(), &record)
            .await
            .expect("saving works");
    }
}

#[tokio::test]
async fn a_database_of_form_1_is_read_whole() {
    make_if_asked(1, form_1()).await;
    let (_dir, file) = copy(1);
    let mut all = SqlitePins::new(&file).load_all().await.expect("loading works");
    let mut wanted = form_1();
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    wanted.sort_by(|(one, _), (other, _)| one.cmp(other));
    assert_eq!(all, wanted);
}

/// Form 2 has pins as form 1 has them, and these cells and rows.
fn form_2() -> (Changed, Vec<Row>) {
    let key = |account: &str, generation, model: Option<&str>, class| CellKey {
        account: AccountId::kept(account),
        generation,
        model: model.map(Box::from),
        class,
    };
    let moment = |ms: i64| Some(Timestamp::from_millis(1_770_000_000_000 + ms));
    let whole = Cell {
        epoch: 1_769_000_000_000,
        count: 3,
        failed_at: moment(0),
        until: cooldown::End::At(Timestamp::from_millis(1_770_000_300_000)),
        given: moment(1),
        trial: moment(2),
        early: moment(3),
        pardon: moment(4),
    };
    let disabled = Cell {
        until: cooldown::End::Person,
        count: 1,
        failed_at: moment(5),
        ..Cell::default()
    };
    let rate = FailureClass::RateLimit;
    let cells = vec![
        (key("anthropic|me@x.org", 0, Some("claude-opus-4-5"), rate), whole),
        (
            key(
                "anthropic#anthropic:wörk \"1\"",
                u64::MAX,
                None,
                FailureClass::AuthPermanent,
            ),
            disabled,
        ),
        (key("openai|x", 7, None, FailureClass::Billing), Cell::default()),
    ];
    let row = |id: &str, session: Option<&str>| Row {
        id: id.to_owned(),
        at: Timestamp::from_millis(1_770_000_000_000),
        session: session.map(str::to_owned),
        agent: "main".to_owned(),
        record: format!(r#"{{"id":"{id}"}}"#),
    };
    (cells, vec![row("d-1", Some("telegram:42")), row("o-2", None)])
}

#[tokio::test]
async fn a_database_of_form_2_is_read_whole() {
    let (cells, rows) = form_2();
    let file = fixture(2);
    if std::env::var_os("UPDATE_FIXTURES").is_some() && !file.exists() {
        make_if_asked(2, form_1()).await;
        let database = Database::new(&file);
        database
            .ledger()
            .merge(cells.clone())
            .await
            .expect("merging works");
        database
            .audit()
            .append(rows.clone())
            .await
            .expect("appending works");
    }
    let (_dir, file) = copy(2);
    let database = Database::new(&file);
    let mut pins = database.pins().load_all().await.expect("loading works");
    let mut wanted = form_1();
    pins.sort_by(|(one, _), (other, _)| one.cmp(other));
    wanted.sort_by(|(one, _), (other, _)| one.cmp(other));
    assert_eq!(pins, wanted);
    let mut kept = database.ledger().load_all().await.expect("loading works");
    kept.sort_by_key(|(key, _)| cells.iter().position(|(of, _)| of == key));
    assert_eq!(kept, cells);
    let mut kept = database.audit().latest(9).await.expect("asking works");
    kept.reverse();
    assert_eq!(kept, rows);
}

/// What a question tells of a file that nobody writes.
fn told(file: &Path, question: &str) -> i64 {
    let open = Connection::open(file).expect("it opens");
    open.query_row(question, [], |row| row.get(0))
        .expect("it answers")
}

#[tokio::test]
async fn form_1_becomes_form_2_at_the_first_write_and_not_before() {
    let (_dir, file) = copy(1);
    let before = fs::read(&file).expect("read");
    let database = Database::new(&file);
    assert!(
        database
            .ledger()
            .load_all()
            .await
            .expect("loading works")
            .is_empty()
    );
    assert!(
        database
            .ledger()
            .news(0)
            .await
            .expect("asking works")
            .cells
            .is_empty()
    );
    assert!(database.audit().latest(9).await.expect("asking works").is_empty());
    assert_eq!(database.pins().load_all().await.expect("loading works").len(), 4);
    assert!(
        fs::read(&file).expect("read") == before,
        "reading changes nothing"
    );
    let (cells, rows) = form_2();
    database
        .ledger()
        .merge(cells.clone())
        .await
        .expect("merging works");
    database.audit().append(rows).await.expect("appending works");
    assert_eq!(database.pins().load_all().await.expect("loading works").len(), 4);
    assert_eq!(
        database.ledger().load_all().await.expect("loading works").len(),
        cells.len()
    );
    drop(database);
    assert_eq!(told(&file, "PRAGMA user_version"), 2);
}

#[tokio::test]
async fn a_step_that_fails_leaves_form_1() {
    let (_dir, file) = copy(1);
    // The last thing that the step to form 2 makes is there already, so it fails at its end.
    let open = Connection::open(&file).expect("it opens");
    open.execute_batch("CREATE TABLE audit_chat (theirs)")
        .expect("made");
    drop(open);
    let database = Database::new(&file);
    let (key, old) = form_1().remove(0);
    let refused = database.pins().save(&key, &old, &chosen(&old, "next")).await;
    assert!(refused.is_err(), "it was not kept");
    let kept = database.pins().load(&key).await.expect("loading works");
    assert_eq!(kept, Some(old), "and what was there is read as before");
    drop(database);
    assert_eq!(told(&file, "PRAGMA user_version"), 1);
    let tables = "SELECT count(*) FROM sqlite_schema WHERE name IN ('ledger', 'audit')";
    assert_eq!(told(&file, tables), 0);
}

#[tokio::test]
async fn a_database_of_form_1_goes_on_being_written() {
    let (_dir, file) = copy(1);
    let store = SqlitePins::new(&file);
    for (key, old) in form_1() {
        let next = chosen(&old, "next");
        store.save(&key, &old, &next).await.expect("saving works");
        assert_eq!(store.load(&key).await.expect("loading works"), Some(next));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_file_that_is_being_made_is_never_taken_for_a_strange_one() {
    for _ in 0..40 {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("modelpin.sqlite");
        let (key, record) = form_1().remove(0);
        let record = chosen(
            &Record {
                version: Version(0),
                ..record
            },
            "m",
        );
        let maker = {
            let (file, record) = (file.clone(), record.clone());
            tokio::spawn(async move {
                // Dropped at once: the file is closed again right after it was made.
                let store = SqlitePins::new(&file);
                store
                    .save(&key, &Record::default(), &record)
                    .await
                    .expect("saving works");
            })
        };
        while !maker.is_finished() {
            SqlitePins::new(&file)
                .load_all()
                .await
                .expect("it is no strange file");
        }
        maker.await.expect("it ends");
        assert_eq!(
            SqlitePins::new(&file)
                .load_all()
                .await
                .expect("loading works")
                .len(),
            1
        );
    }
}
