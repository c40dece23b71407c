//! Sign-ins that another machine has renewed: their new tokens are used from then on.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::engine::Resolver;
use super::follow::{Followed, follow};
use crate::provide::{Adopted, RefreshError};
use crate::store::{Extent, SignInName, SignInStore, SignInsError};

/// What is still to be looked at.
#[derive(Debug, Default)]
struct Left {
    names: HashSet<SignInName>,
    /// Whether any may have changed.
    any: bool,
    /// What was read when all were looked at last: when files are read anew, a person may have signed in here, and the
    /// others are to know.
    stamp: u64,
    /// Since something went wrong: it is left alone for a while.
    wrong: Option<Instant>,
}

/// How long what goes wrong is left alone.
const AGAIN: Duration = Duration::from_millis(500);

impl Resolver {
    /// Takes over what other machines renew, a moment after they did, until the last copy of the resolver or of the store is
    /// dropped; and tells them of a person who signed in here.
    ///
    /// Must be called within a Tokio runtime that has a timer; without a runtime nothing is followed.
    pub fn follow_sign_ins(self: &Arc<Self>, store: &Arc<dyn SignInStore>) {
        let (resolver, store) = (Arc::downgrade(self), Arc::downgrade(store));
        let left = Arc::new(Mutex::new(Left::default()));
        follow("renewed sign-ins", None, 0, move |mark| {
            let both = resolver.upgrade().zip(store.upgrade());
            let left = Arc::clone(&left);
            async move {
                let Some((resolver, store)) = both else {
                    return Ok((mark, Followed::Over));
                };
                let told = store.news(mark).await?;
                let open = {
                    let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
                    left.names.extend(told.names);
                    left.any |= told.extent == Extent::Everything;
                    std::mem::take(&mut *left)
                };
                let open = resolver.adopt(open).await;
                let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
                *left = open;
                Ok::<_, SignInsError>((told.mark, Followed::On))
            }
        });
    }

    /// Takes over what is to be looked at, and tells what is left of it.
    async fn adopt(&self, mut open: Left) -> Left {
        let snapshot = self.snapshot();
        if open.wrong.is_some_and(|since| since.elapsed() < AGAIN) {
            return open;
        }
        let was_wrong = open.wrong.take().is_some();
        let stamp = snapshot.stamp();
        open.any |= open.stamp != stamp;
        open.stamp = stamp;
        let Some(refresher) = snapshot
            .refresher()
            .filter(|_| open.any || !open.names.is_empty())
        else {
            return open;
        };
        let (names, any) = (std::mem::take(&mut open.names), std::mem::take(&mut open.any));
        let wanted = names.clone();
        let concerns = move |name: &str| any || wanted.contains(&SignInName::kept(name));
        let mut newer = false;
        for sign_in in snapshot.sign_ins() {
            match refresher.adopt(&sign_in, &concerns).await {
                Ok(Adopted::NotConcerned) => {}
                // Another process of this machine may have put it there, and what was read before is old.
                Ok(Adopted::Same) => newer |= !any,
                Ok(Adopted::Newer) => newer = true,
                Err(RefreshError::Transient { reason, .. }) => {
                    if !was_wrong {
                        tracing::warn!(profile = %sign_in.profile, %reason, "what other machines renewed cannot be taken over yet");
                    }
                    open.wrong = Some(Instant::now());
                    open.any |= any;
                    open.names.extend(names.iter().cloned());
                }
                // It is no sign-in any more, or nothing says where it would be renewed: told to whoever wants it.
                Err(_) => {}
            }
        }
        if newer {
            snapshot.forget_books();
            self.lanes().clear();
            if !open.any {
                // They are read anew because of this, and for nobody's sign-in.
                open.stamp = snapshot.stamp();
            }
        }
        open
    }
}
