//! Keeping what was decided.

use std::fmt;

use async_trait::async_trait;
use thiserror::Error;

use crate::audit::{BadRecord, Record};
use crate::clock::Timestamp;

/// Keeps the records of what was decided and changed, the last ones of them.
///
/// A store is made for a number of rows; when there are more, the oldest go. It does not know what a record says: that
/// is the text in [`Row::record`].
#[async_trait]
pub trait AuditStore: fmt::Debug + Send + Sync {
    /// Keeps rows, the oldest first, and lets the oldest of all go where there are too many.
    ///
    /// Either all of them are kept or none. A row whose id is there already takes that row's stead, as the newest: so an
    /// append whose end nobody saw may be done again. Cancelling the call leaves all rows kept, or none.
    ///
    /// # Errors
    /// [`AuditStoreError`] if the rows were not kept.
    async fn append(&self, rows: Vec<Row>) -> Result<(), AuditStoreError>;

    /// The last `most` rows, the newest first; in the order in which they were appended, whatever their times say.
    ///
    /// # Errors
    /// [`AuditStoreError`] if the store cannot be asked.
    async fn latest(&self, most: usize) -> Result<Vec<Row>, AuditStoreError>;

    /// The row with this id.
    ///
    /// # Errors
    /// [`AuditStoreError`] if the store cannot be asked.
    async fn find(&self, id: &str) -> Result<Option<Row>, AuditStoreError>;

    /// The last `most` rows of one chat of an agent, the newest first.
    ///
    /// A store that can look them up does so; this one looks through all.
    ///
    /// # Errors
    /// [`AuditStoreError`] if the store cannot be asked.
    async fn of_session(&self, agent: &str, session: &str, most: usize) -> Result<Vec<Row>, AuditStoreError> {
        let mut rows = self.latest(usize::MAX).await?;
        rows.retain(|row| row.agent == agent && row.session.as_deref() == Some(session));
        rows.truncate(most);
        Ok(rows)
    }
}

/// A record as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The id of what it tells of; one row each.
    pub id: String,
    /// When it happened.
    pub at: Timestamp,
    /// The chat, as its platform names it, if it was in one.
    pub session: Option<String>,
    /// The agent; empty for what concerns all agents.
    pub agent: String,
    /// The record, as JSON in one line.
    pub record: String,
}

impl From<&Record> for Row {
    fn from(record: &Record) -> Self {
        Self {
            id: record.id.to_string(),
            at: record.at,
            session: record.session().map(str::to_owned),
            agent: record.agent().map(ToString::to_string).unwrap_or_default(),
            record: record.to_json(),
        }
    }
}

impl Row {
    /// The record that was kept.
    ///
    /// # Errors
    /// [`BadRecord`] if it is of a form that this version does not know.
    pub fn read(&self) -> Result<Record, BadRecord> {
        Record::from_json(&self.record)
    }
}

/// Why an audit store did not do what it was asked.
#[derive(Debug, Error)]
#[error("the audit store is not available")]
pub struct AuditStoreError(#[source] pub Box<dyn std::error::Error + Send + Sync>);
