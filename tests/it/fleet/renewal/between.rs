//! A store of sign-ins that lets something happen just before a token may leave.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use modelpin::store::{
    Claiming, Fence, Generation, Progress, RenewalNote, SharedSignIn, SignInName, SignInNews, SignInRecord,
    SignInStore, SignInsError,
};

type Done = Pin<Box<dyn Future<Output = ()> + Send>>;
type Happens = dyn Fn(Arc<dyn SignInStore>, SignInName, Fence) -> Done + Send + Sync;

pub(super) struct Between {
    store: Arc<dyn SignInStore>,
    happens: Box<Happens>,
}

impl Between {
    /// `happens` happens before it is noted that a token may leave.
    pub(super) fn notes_of_posted<F>(
        store: impl SignInStore + 'static,
        happens: impl Fn(Arc<dyn SignInStore>, SignInName, Fence) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self {
            store: Arc::new(store),
            happens: Box::new(move |store, name, fence| Box::pin(happens(store, name, fence))),
        }
    }
}

impl fmt::Debug for Between {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Between")
    }
}

#[async_trait]
impl SignInStore for Between {
    async fn claim(
        &self,
        name: &SignInName,
        holder: &str,
        lease: Duration,
    ) -> Result<Claiming, SignInsError> {
        self.store.claim(name, holder, lease).await
    }

    async fn extend(&self, name: &SignInName, fence: Fence, lease: Duration) -> Result<(), SignInsError> {
        self.store.extend(name, fence, lease).await
    }

    async fn load(&self, name: &SignInName) -> Result<SharedSignIn, SignInsError> {
        self.store.load(name).await
    }

    async fn note(
        &self,
        name: &SignInName,
        fence: Fence,
        note: Option<RenewalNote>,
    ) -> Result<(), SignInsError> {
        if note.is_some_and(|note| note.progress == Progress::Posted) {
            (self.happens)(Arc::clone(&self.store), name.clone(), fence).await;
        }
        self.store.note(name, fence, note).await
    }

    async fn keep(
        &self,
        name: &SignInName,
        from: u64,
        record: &SignInRecord,
        settled: Option<Generation>,
    ) -> Result<(), SignInsError> {
        self.store.keep(name, from, record, settled).await
    }

    async fn news(&self, since: u64) -> Result<SignInNews, SignInsError> {
        self.store.news(since).await
    }
}
