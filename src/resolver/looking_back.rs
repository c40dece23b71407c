//! What was decided and changed: what this process knows, and what was kept before it and beside it.

use std::collections::HashSet;
use std::sync::Arc;

use crate::audit::Record;
use crate::session::AgentId;
use crate::store::{AuditStoreError, Row};

use super::engine::Resolver;

impl Resolver {
    /// The last `most` records of one chat of an agent, the newest first.
    ///
    /// # Errors
    /// [`AuditStoreError`] if the store cannot be asked.
    pub async fn kept_of_session(
        &self,
        agent: &AgentId,
        chat: &str,
        most: usize,
    ) -> Result<Vec<Row>, AuditStoreError> {
        let learning = self.learning();
        let kept = learning.kept.audit.of_session(agent.as_str(), chat, most).await?;
        Ok(merged(learning.known().of_session(agent, chat, most), kept, most))
    }

    /// The last `most` records of all chats, the newest first.
    ///
    /// # Errors
    /// [`AuditStoreError`] if the store cannot be asked.
    pub async fn kept_latest(&self, most: usize) -> Result<Vec<Row>, AuditStoreError> {
        let learning = self.learning();
        let kept = learning.kept.audit.latest(most).await?;
        Ok(merged(learning.known().latest(most), kept, most))
    }

    /// The record with this id, if it is kept.
    ///
    /// # Errors
    /// [`AuditStoreError`] if the store cannot be asked.
    pub async fn kept_record(&self, id: &str) -> Result<Option<Row>, AuditStoreError> {
        let learning = self.learning();
        match learning.known().get(id) {
            Some(record) => Ok(Some(Row::from(&*record))),
            None => learning.kept.audit.find(id).await,
        }
    }
}

/// The store may lag behind what this process knows, which goes first.
fn merged(known: Vec<Arc<Record>>, kept: Vec<Row>, most: usize) -> Vec<Row> {
    let mut rows: Vec<Row> = known.iter().map(|record| Row::from(&**record)).collect();
    let there: HashSet<String> = rows.iter().map(|row| row.id.clone()).collect();
    rows.extend(kept.into_iter().filter(|row| !there.contains(&row.id)));
    // Equals keep their order: of one moment, what this process did last is the newest.
    rows.sort_by_key(|row| std::cmp::Reverse(row.at));
    rows.truncate(most);
    rows
}
