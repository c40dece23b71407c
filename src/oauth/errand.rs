//! What a renewal is about, and what it can do to the file.

use std::collections::HashMap;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::spawn_blocking;

use super::description::Description;
use super::exchange::ExchangeError;
use super::fleet::{Fleet, Told, Untold, is_new, is_old};
use super::generation::Generation;
use super::lines::is_to_wait;
use super::machine::{Answer, End, Failure, Fitness, Kept};
use super::seen::{Seen, Unseen};
use super::tokens::Tokens;
use crate::clock::Clock;
use crate::credential::Credential;
use crate::credentials::AuthStore;
use crate::profile::ProfileId;
use crate::provide::{RefreshError, Renewal, SignIn};
use crate::store::{SharedSignIn, SignInStore};

/// How often the file and the record are compared again because another machine was faster.
const TRIES: usize = 16;
pub(super) const BROKE_OFF: &str = "it broke off";

/// New tokens that the store would not take yet, each with the sign-in that they were given for.
pub(super) type Unsaved = Arc<Mutex<HashMap<(PathBuf, ProfileId), (Seen, Tokens)>>>;

/// What is to be renewed, and with what.
#[derive(Clone)]
pub(super) struct Errand {
    pub(super) sign_in: SignIn,
    pub(super) at: Description,
    pub(super) why: Renewal,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) unsaved: Unsaved,
    pub(super) untold: Untold,
    /// Where machines share sign-ins, if several do; and a name that no other process has.
    pub(super) shared: Option<(Arc<dyn SignInStore>, Arc<str>)>,
}

/// Whether anybody else may be at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Others {
    /// Nobody: we have the claim.
    KeptOut,
    /// Somebody may.
    MayBe,
}

/// What kept a look from being taken.
pub(super) enum Blind {
    /// For now.
    Passing(String),
    /// Until somebody does something about it.
    Lasting(String),
}

impl Errand {
    /// The sign-in as it is in the store now.
    pub(super) async fn look(&self) -> Result<Seen, Blind> {
        let sign_in = self.sign_in.clone();
        let read = blocking(move || {
            let store = match AuthStore::read(&sign_in.store) {
                Ok(Some(store)) => store,
                Ok(None) => return Err(Blind::Lasting(Unseen::NoProfile.to_string())),
                Err(wrong) => return Err(Blind::Passing(wrong.to_string())),
            };
            let seen = Seen::of(&store, &sign_in.profile);
            let seen = seen.map_err(|unseen| Blind::Lasting(unseen.to_string()))?;
            // A token goes to its own provider and nowhere else.
            if seen.provider != sign_in.provider {
                return Err(Blind::Lasting(format!("it is of the provider {}", seen.provider)));
            }
            Ok(seen)
        });
        read.await
            .unwrap_or_else(|| Err(Blind::Passing(BROKE_OFF.to_owned())))
    }

    /// Takes new tokens in hand, and says what they mean for the refresh token that was sent.
    pub(super) fn taken(&self, sent: &Seen, answer: Result<Tokens, ExchangeError>) -> Answer {
        match answer {
            Ok(tokens) => {
                let new = tokens.refresh.as_ref().map(Generation::of);
                let rotated = new.is_some_and(|new| new != sent.generation);
                self.hands().insert(self.key(), (sent.clone(), tokens));
                if rotated {
                    Answer::Rotated
                } else {
                    Answer::Unrotated
                }
            }
            Err(ExchangeError::NotSent(_)) => Answer::NotSent,
            Err(ExchangeError::NoAnswer(_)) => Answer::Lost,
            Err(ExchangeError::Trouble { .. }) => Answer::Trouble,
            Err(ExchangeError::Refused { permanent: true, .. }) => Answer::RefusedForGood,
            Err(ExchangeError::Refused { permanent: false, .. }) => Answer::RefusedForNow,
        }
    }

    /// Brings the tokens in hand to the store, if it still has the sign-in that they were given for.
    pub(super) async fn keep(&self) -> Result<Kept, String> {
        let Some((given_for, tokens)) = self.in_hand() else {
            return Ok(Kept::Theirs);
        };
        // The other machines first: theirs are the copies that nobody here can mend.
        if let Some(fleet) = self.fleet(&given_for) {
            match fleet.keep(&given_for, &tokens).await {
                Ok(Told::Ours) => self.untold.told(&self.key()).await,
                Ok(Told::Theirs) => {
                    self.hands().remove(&self.key());
                    return Ok(Kept::Theirs);
                }
                Err(wrong) => {
                    tracing::warn!(profile = %self.sign_in.profile, %wrong, "new tokens are kept here, and other machines are told later");
                    self.untold.add(self.key());
                }
            }
        }
        let sign_in = self.sign_in.clone();
        let kept = blocking(move || {
            AuthStore::change(&sign_in.store, |draft| {
                let stored = Seen::of(&draft.store(&sign_in.store), &sign_in.profile);
                let Ok(stored) = stored else {
                    return Ok::<_, Infallible>(Kept::Gone);
                };
                let rotates = tokens.refresh.as_ref().map(Generation::of);
                let same_access = stored.access.expose() == given_for.access.expose();
                let rotated = rotates.is_some_and(|new| new != stored.generation);
                // Somebody else's tokens stay, unless they hang on a refresh token that is used up.
                if stored.generation != given_for.generation || !(rotated || same_access) {
                    return Ok(Kept::Theirs);
                }
                let put = draft.renew(
                    &sign_in.profile,
                    &tokens.access,
                    tokens.refresh.as_ref(),
                    tokens.expires,
                );
                Ok(if put { Kept::Ours } else { Kept::Gone })
            })
            .map_err(|wrong| wrong.to_string())
        });
        let kept = kept.await.unwrap_or_else(|| Err(BROKE_OFF.to_owned()))?;
        if kept != Kept::Ours {
            self.hands().remove(&self.key());
        }
        Ok(kept)
    }

    pub(super) fn told(&self, end: End, seen: &Seen, reason: String) -> Result<Credential, RefreshError> {
        let profile = self.sign_in.profile.clone();
        match end {
            End::Adopted => {
                self.hands().remove(&self.key());
                Ok(seen.credential())
            }
            End::Renewed => match self.hands().remove(&self.key()) {
                Some((given_for, tokens)) => Ok(Credential::OAuth {
                    access: tokens.access,
                    expires: tokens.expires,
                    account: given_for.account.or(tokens.account),
                }),
                None => Err(self.transient(BROKE_OFF.to_owned())),
            },
            End::Gone => Err(self.impossible(Unseen::NoProfile.to_string())),
            End::Failed(Failure::Transient) => Err(self.transient(reason)),
            End::Failed(Failure::Permanent) => Err(RefreshError::Permanent {
                profile,
                reason: if reason.is_empty() {
                    "the provider refused its refresh token before".to_owned()
                } else {
                    reason
                },
            }),
            End::Ambiguous => Err(RefreshError::Ambiguous { profile }),
            End::Unsaved => Err(self.transient(format!(
                "the new tokens wait in memory, because they cannot be written: {reason}"
            ))),
        }
    }

    pub(super) fn blind(&self, blind: Blind) -> RefreshError {
        match blind {
            Blind::Passing(reason) => self.transient(reason),
            Blind::Lasting(reason) => self.impossible(reason),
        }
    }

    pub(super) fn transient(&self, reason: String) -> RefreshError {
        RefreshError::Transient {
            profile: self.sign_in.profile.clone(),
            reason,
        }
    }

    pub(super) fn impossible(&self, reason: String) -> RefreshError {
        RefreshError::Impossible {
            profile: self.sign_in.profile.clone(),
            reason,
        }
    }

    pub(super) fn key(&self) -> (PathBuf, ProfileId) {
        (self.sign_in.store.clone(), self.sign_in.profile.clone())
    }

    pub(super) fn in_hand(&self) -> Option<(Seen, Tokens)> {
        self.hands().get(&self.key()).cloned()
    }

    /// Whether it does for whoever asks, now.
    pub(super) fn fitness(&self, seen: &Seen, before: &Seen) -> Fitness {
        seen.fitness(&self.why, &before.access, self.clock.now())
    }

    /// What machines share of this sign-in, if they do.
    pub(super) fn fleet(&self, seen: &Seen) -> Option<Fleet> {
        let (store, process) = self.shared.clone()?;
        Some(Fleet::of(store, &process, &self.sign_in, seen))
    }

    /// Brings the file and what machines share to the same tokens, the newer ones of both. `found` is what was found there just
    /// now.
    pub(super) async fn agree(
        &self,
        fleet: &Fleet,
        found: Option<SharedSignIn>,
        others: Others,
    ) -> Result<(Seen, SharedSignIn), Blind> {
        let mut found = found;
        for _ in 0..TRIES {
            let shared = match found.take() {
                Some(shared) => shared,
                None => fleet.load().await.map_err(Blind::Passing)?,
            };
            let seen = self.look().await?;
            if is_old(&seen, &shared) {
                self.adopt(&shared).await?;
                return Ok((self.look().await?, shared));
            }
            if others == Others::MayBe && is_to_wait(&shared, &seen) {
                return Ok((seen, shared));
            }
            if !is_new(&seen, &shared) || fleet.bring(&seen, &shared).await.map_err(Blind::Passing)? {
                self.untold.told(&self.key()).await;
                return Ok((seen, shared));
            }
        }
        Err(Blind::Passing(
            "other machines change it again and again".to_owned(),
        ))
    }

    /// Puts what machines share into the file, if it is newer than what the file has then.
    pub(super) async fn adopt(&self, shared: &SharedSignIn) -> Result<(), Blind> {
        let (sign_in, shared) = (self.sign_in.clone(), shared.clone());
        let put = blocking(move || {
            AuthStore::change(&sign_in.store, |draft| {
                let stored = Seen::of(&draft.store(&sign_in.store), &sign_in.profile);
                // The file may have changed since it was looked at.
                let is_old = stored.is_ok_and(|stored| is_old(&stored, &shared));
                if let Some(record) = shared.record.as_ref().filter(|_| is_old) {
                    let refresh = Some(&record.refresh);
                    draft.renew(&sign_in.profile, &record.access, refresh, record.expires);
                }
                Ok::<_, Infallible>(())
            })
            .map_err(|wrong| wrong.to_string())
        });
        let put = put.await.unwrap_or_else(|| Err(BROKE_OFF.to_owned()));
        put.map_err(|wrong| {
            Blind::Passing(format!(
                "the tokens of another machine cannot be written: {wrong}"
            ))
        })
    }

    /// Whether other machines are to be told of tokens that the file has.
    pub(super) fn is_untold(&self) -> bool {
        self.untold.has(&self.key())
    }

    fn hands(&self) -> MutexGuard<'_, HashMap<(PathBuf, ProfileId), (Seen, Tokens)>> {
        self.unsaved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `None` if it panicked, or the runtime is ending.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    spawn_blocking(work).await.ok()
}
