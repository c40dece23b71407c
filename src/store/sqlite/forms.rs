//! The forms that the tables had, one after the other.
//!
//! A form that was released stays as it is for ever; a new one is a step behind it, and a file under `fixtures/store/`.

use rusqlite::{Connection, TransactionBehavior};

use super::file::Trouble;

/// Marks the file as ours (`PRAGMA application_id`): `mpin`.
const OURS: i32 = 0x6d70_696e;
/// The forms of the tables (`PRAGMA user_version`), each as the step from the one before it.
const FORMS: [&str; 2] = [FORM_1, FORM_2];
/// The newest form.
pub(super) const NEWEST: usize = FORMS.len();

/// Pins.
const FORM_1: &str = "
CREATE TABLE pins (
    scope   TEXT NOT NULL,
    agent   TEXT NOT NULL,
    session TEXT NOT NULL,
    version INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    record  TEXT NOT NULL,
    PRIMARY KEY (scope, agent, session)
) WITHOUT ROWID;
CREATE INDEX pins_changed ON pins (changed);
";

/// What is known of failures, and the record of what was decided and changed.
///
/// `generation` is an unsigned number with its bits as they are. `model` is empty for all models, else it begins with
/// `=`. `until` has no type: a moment, the word `person`, or nothing. `upto` is the length of this row and of all that
/// ever came before it, so that the length of all rows is a difference.
const FORM_2: &str = "
CREATE TABLE ledger (
    account    TEXT NOT NULL,
    generation INTEGER NOT NULL,
    model      TEXT NOT NULL,
    class      TEXT NOT NULL,
    changed    INTEGER NOT NULL,
    epoch      INTEGER NOT NULL,
    count      INTEGER NOT NULL,
    failed     INTEGER,
    until,
    given      INTEGER,
    trial      INTEGER,
    early      INTEGER,
    pardon     INTEGER,
    PRIMARY KEY (account, generation, model, class)
) WITHOUT ROWID;
CREATE INDEX ledger_changed ON ledger (changed);
CREATE TABLE audit (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    upto    INTEGER NOT NULL,
    id      TEXT NOT NULL,
    at      INTEGER NOT NULL,
    agent   TEXT NOT NULL,
    session TEXT,
    record  TEXT NOT NULL
);
CREATE INDEX audit_id ON audit (id);
CREATE INDEX audit_chat ON audit (agent, session);
";

/// The form of the tables; 0 for an empty file.
pub(super) fn form(file: &Connection) -> Result<usize, Trouble> {
    // In one statement, which sees one state of the file: whoever makes it sets both at once.
    let marks = "SELECT application_id, user_version FROM pragma_application_id, pragma_user_version";
    let marks = || {
        file.prepare_cached(marks)?
            .query_row([], |row| Ok((row.get::<_, i32>(0)?, row.get::<_, i32>(1)?)))
    };
    let (owner, version) = marks()?;
    let form = usize::try_from(version);
    let tables = || {
        let mut tables = file.prepare_cached("SELECT count(*) FROM sqlite_schema")?;
        tables.query_row([], |row| row.get::<_, i64>(0))
    };
    match (owner, form) {
        (OURS, Ok(form)) if form > NEWEST => Err(Trouble::Newer(form)),
        // Whether the tables can be read is asked first: a damaged file is told by that.
        (OURS, Ok(form)) if form > 0 => tables().map(|_| form).map_err(Trouble::from),
        // What another program's file is like is not for us to say, not even whether it is whole.
        (0, Ok(0)) if tables().is_ok_and(|tables| tables == 0) => Ok(0),
        // It was made between the two questions.
        (0, Ok(0)) if marks().is_ok_and(|marks| marks == (OURS, NEWEST as i32)) => Ok(NEWEST),
        _ => Err(Trouble::Foreign),
    }
}

/// Takes the tables to the newest form, all steps or none.
pub(super) fn bring_up_to_date(file: &mut Connection) -> Result<(), Trouble> {
    let all = file.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let there = form(&all)?;
    if there < NEWEST {
        for step in FORMS.iter().skip(there) {
            all.execute_batch(step)?;
        }
        all.pragma_update(None, "application_id", OURS)?;
        all.pragma_update(None, "user_version", i32::try_from(NEWEST).unwrap_or(i32::MAX))?;
    }
    all.commit()?;
    Ok(())
}
