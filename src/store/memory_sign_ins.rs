//! Sign-ins that the tasks of one process share.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;

use super::{
    Claiming, Extent, Fence, Generation, RenewalNote, SharedSignIn, SignInName, SignInNews, SignInRecord,
    SignInStore, SignInsError,
};

/// A store of sign-ins in memory: for tests, where several machines are several tasks.
#[derive(Debug, Default)]
pub struct MemorySignIns(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    entries: HashMap<SignInName, Entry>,
    changed: Vec<SignInName>,
}

#[derive(Debug, Default)]
struct Entry {
    fence: u64,
    held: Option<(String, Instant)>,
    shared: SharedSignIn,
}

impl Entry {
    fn fenced(&mut self, fence: Fence) -> Result<&mut Self, SignInsError> {
        if self.fence == fence.0 {
            Ok(self)
        } else {
            Err(SignInsError::Fenced)
        }
    }
}

#[async_trait]
impl SignInStore for MemorySignIns {
    async fn claim(
        &self,
        name: &SignInName,
        holder: &str,
        lease: Duration,
    ) -> Result<Claiming, SignInsError> {
        let (mut state, now) = (self.state(), Instant::now());
        let entry = state.entries.entry(name.clone()).or_default();
        let others = |(by, until): &(String, Instant)| by != holder && *until > now;
        if entry.held.as_ref().is_some_and(others) {
            return Ok(Claiming::Held(entry.shared.clone()));
        }
        entry.fence += 1;
        entry.held = Some((holder.to_owned(), now + lease));
        Ok(Claiming::Granted(Fence(entry.fence), entry.shared.clone()))
    }

    async fn extend(&self, name: &SignInName, fence: Fence, lease: Duration) -> Result<(), SignInsError> {
        let mut state = self.state();
        let entry = state.entries.entry(name.clone()).or_default().fenced(fence)?;
        match &mut entry.held {
            Some((_, until)) if !lease.is_zero() => *until = Instant::now() + lease,
            held => *held = None,
        }
        Ok(())
    }

    async fn load(&self, name: &SignInName) -> Result<SharedSignIn, SignInsError> {
        let state = self.state();
        Ok(state
            .entries
            .get(name)
            .map(|entry| entry.shared.clone())
            .unwrap_or_default())
    }

    async fn note(
        &self,
        name: &SignInName,
        fence: Fence,
        note: Option<RenewalNote>,
    ) -> Result<(), SignInsError> {
        let mut state = self.state();
        let entry = state.entries.entry(name.clone()).or_default().fenced(fence)?;
        entry.shared.note = note;
        Ok(())
    }

    async fn keep(
        &self,
        name: &SignInName,
        from: u64,
        record: &SignInRecord,
        settled: Option<Generation>,
    ) -> Result<(), SignInsError> {
        let mut state = self.state();
        let shared = &mut state.entries.entry(name.clone()).or_default().shared;
        if shared.version != from {
            return Err(SignInsError::Conflict);
        }
        shared.version += 1;
        shared.record = Some(record.clone());
        shared.note = shared.note.filter(|note| Some(note.of) != settled);
        state.changed.push(name.clone());
        Ok(())
    }

    async fn news(&self, since: u64) -> Result<SignInNews, SignInsError> {
        let state = self.state();
        // Marks begin with 1: at 0 nobody knows what came before.
        let told = usize::try_from(since.saturating_sub(1)).unwrap_or(usize::MAX);
        let names = state.changed.get(told..).unwrap_or_default().to_vec();
        Ok(SignInNews {
            names,
            extent: if since == 0 {
                Extent::Everything
            } else {
                Extent::Changes
            },
            mark: u64::try_from(state.changed.len())
                .unwrap_or(u64::MAX)
                .saturating_add(1),
        })
    }
}

impl MemorySignIns {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn memory_keeps_the_law() {
        crate::store::conformance::sign_in_store(async || MemorySignIns::default()).await;
    }
}
