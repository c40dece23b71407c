//! Forgetting that a profile rests: in the credential file, and in what modelpin learned itself.

use std::sync::Arc;

use thiserror::Error;

use crate::audit::{Change, Code, Kind, Operator, Record};
use crate::clock::Timestamp;
use crate::cooldown::CooldownLedger;
use crate::credentials::{AuthStore, ChangeError, DraftError};
use crate::pin::ScopeKey;
use crate::profile::ProfileId;
use crate::resolver::{BookError, Stores, StoresError};
use crate::session::Actor;
use crate::store::sqlite::Database;
use crate::store::{AuditStore, AuditStoreError, LedgerUnavailable, Row};

use super::place::Place;

/// What was forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forgotten {
    /// Whether the credential file told of failures.
    pub in_file: bool,
    /// How many kinds of failure modelpin had learned of.
    pub learned: usize,
}

/// Why a rest was not ended.
#[derive(Debug, Error)]
pub enum RestError {
    /// The credential file was not changed.
    #[error(transparent)]
    Store(#[from] ChangeError<DraftError>),
    /// The agent's credentials cannot be read.
    #[error(transparent)]
    Book(#[from] BookError),
    /// What is kept cannot be reached.
    #[error(transparent)]
    Stores(#[from] StoresError),
    /// What modelpin learned cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerUnavailable),
}

/// Forgets the failures of a profile's account, for all models. Running chats know a moment later.
///
/// # Errors
/// [`RestError`]. What the file tells is forgotten first; the same call again goes on.
pub async fn forget_rests(place: &Place, id: &ProfileId, now: Timestamp) -> Result<Forgotten, RestError> {
    let account = place.snapshot().book(Some(place.agent()))?.account(id).account;
    let in_file = AuthStore::change(&place.store(), |draft| Ok::<_, DraftError>(draft.clear_rest(id)))?;
    let store = Stores::open(place.snapshot()).await?.kept.ledger;
    let ledger = CooldownLedger::default();
    ledger.join(store.load_all().await?);
    let cleared = ledger.clear(&account, now);
    let learned = cleared.len();
    if learned > 0 {
        store.merge(cleared).await?;
    }
    Ok(Forgotten { in_file, learned })
}

/// Writes down that an operator ended a rest.
///
/// # Errors
/// [`AuditStoreError`] if it was not kept.
pub async fn note_rest_ended(place: &Place, id: &ProfileId, now: Timestamp) -> Result<(), AuditStoreError> {
    let operator = Operator {
        what: Code::new("cooldown-cleared"),
        profile: Some(id.clone()),
        agent: Some(place.agent().clone()),
    };
    note(place, vec![(Kind::Operator(operator), now)]).await
}

/// Writes down that an operator took pins back.
///
/// # Errors
/// [`AuditStoreError`] if it was not kept.
pub async fn note_pins_cleared(
    place: &Place,
    keys: &[ScopeKey],
    now: Timestamp,
) -> Result<(), AuditStoreError> {
    let change = |key: &ScopeKey| {
        let (agent, session) = match key {
            ScopeKey::Session(agent, chat) => (Some(agent.clone()), Some(Arc::clone(chat))),
            ScopeKey::Agent(agent) => (Some(agent.clone()), None),
            ScopeKey::Global => (None, None),
        };
        let change = Change {
            who: Arc::from(Actor::operator().id()),
            scope: key.scope(),
            agent,
            session,
            what: Code::new("cleared"),
            from: None,
            to: None,
        };
        (Kind::Change(Box::new(change)), now)
    };
    note(place, keys.iter().map(change).collect()).await
}

async fn note(place: &Place, all: Vec<(Kind, Timestamp)>) -> Result<(), AuditStoreError> {
    let rows = all.into_iter().enumerate().map(|(number, (kind, at))| {
        let id = format!("o{:x}-{:x}-{number:x}", at.as_millis(), std::process::id());
        Row::from(&Record {
            id: id.into(),
            at,
            kind,
        })
    });
    database(place).audit().append(rows.collect()).await
}

fn database(place: &Place) -> Database {
    Database::new(place.snapshot().sources().state.database())
}
