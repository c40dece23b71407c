//! Audit rows that live as long as the process.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{AuditStore, AuditStoreError, Row};

/// An audit store in memory. Nothing survives the process.
#[derive(Debug)]
pub struct MemoryAudit {
    most: usize,
    /// The newest last.
    rows: Mutex<VecDeque<Row>>,
}

impl MemoryAudit {
    /// A store of the last `most` rows.
    #[must_use]
    pub fn of(most: NonZeroUsize) -> Self {
        Self {
            most: most.get(),
            rows: Mutex::default(),
        }
    }

    fn rows(&self) -> MutexGuard<'_, VecDeque<Row>> {
        // Nothing in here panics between two changes that belong together.
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl AuditStore for MemoryAudit {
    async fn append(&self, rows: Vec<Row>) -> Result<(), AuditStoreError> {
        let mut kept = self.rows();
        for row in rows {
            kept.retain(|old| old.id != row.id);
            kept.push_back(row);
        }
        let over = kept.len().saturating_sub(self.most);
        kept.drain(..over);
        Ok(())
    }

    async fn latest(&self, most: usize) -> Result<Vec<Row>, AuditStoreError> {
        Ok(self.rows().iter().rev().take(most).cloned().collect())
    }

    async fn find(&self, id: &str) -> Result<Option<Row>, AuditStoreError> {
        Ok(self.rows().iter().find(|row| row.id == id).cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_memory_store_keeps_the_law_of_audit_stores() {
        crate::store::conformance::audit_store(async |most| MemoryAudit::of(most)).await;
    }
}
