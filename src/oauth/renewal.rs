//! One renewal: does what the machine says, and tells it what came of it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use super::description::Description;
use super::exchange::{ExchangeError, refresh};
use super::generation::Generation;
use super::journal::Journal;
use super::machine::{Action, Answer, End, Event, Failure, Kept, Look, Machine, Stored};
use super::seen::{Seen, Unseen};
use super::tokens::Tokens;
use crate::clock::Clock;
use crate::credential::Credential;
use crate::credentials::AuthStore;
use crate::files::Lock;
use crate::profile::ProfileId;
use crate::provide::{RefreshError, Renewal, SignIn};

/// How long another process is waited for that is renewing the same sign-in: longer than one takes, unless its provider
/// answers nothing at all.
const PATIENCE: Duration = Duration::from_secs(120);
/// The wait before the second try; each further one is four times as long.
const FIRST_WAIT: Duration = Duration::from_millis(250);

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
}

/// What kept a look from being taken.
enum Blind {
    /// For now.
    Passing(String),
    /// Until somebody does something about it.
    Lasting(String),
}

/// Renews a sign-in. It is not to be cancelled: run it in a task of its own.
pub(super) async fn renew(errand: Errand) -> Result<Credential, RefreshError> {
    let journal = Journal::of(&errand.sign_in.store, &errand.sign_in.profile);
    // What the store had when the wait began tells afterwards whether somebody else renewed it meanwhile.
    let before = errand.look().await.map_err(|blind| errand.blind(blind))?;
    let _lock = take(journal.clone())
        .await
        .map_err(|reason| errand.transient(reason))?;
    let mut machine = Machine::new(errand.at.reuse);
    let mut next = machine.start();
    let mut seen = before.clone();
    let mut reason = String::new();
    loop {
        let event = match next {
            Action::Look => {
                let note = {
                    let journal = journal.clone();
                    blocking(move || journal.read()).await
                };
                let note = match note.map(|read| read.map_err(|wrong| wrong.to_string())) {
                    Some(Ok(note)) => note,
                    Some(Err(wrong)) => return Err(errand.impossible(wrong)),
                    None => return Err(errand.transient(BROKE_OFF.to_owned())),
                };
                seen = errand.look().await.map_err(|blind| errand.blind(blind))?;
                Event::Looked(Look {
                    stored: Some(Stored {
                        generation: seen.generation,
                        fitness: seen.fitness(&errand.why, &before.access, errand.clock.now()),
                    }),
                    note,
                    unsaved: errand.in_hand().map(|(given_for, _)| given_for.generation),
                })
            }
            Action::Note(note) => {
                let (journal, now) = (journal.clone(), errand.clock.now());
                match blocking(move || journal.write(note, now)).await {
                    Some(Ok(())) => Event::Noted,
                    failed => {
                        let told = failed.and_then(Result::err).map(|wrong| wrong.to_string());
                        reason = told.unwrap_or_else(|| BROKE_OFF.to_owned());
                        Event::NotNoted
                    }
                }
            }
            Action::Forget => {
                let journal = journal.clone();
                let _done = blocking(move || journal.forget()).await;
                Event::Forgotten
            }
            Action::Post(_) => {
                let answer = refresh(&errand.at, &seen.refresh).await;
                if let Err(wrong) = &answer {
                    reason = wrong.to_string();
                    tracing::warn!(profile = %errand.sign_in.profile, %wrong, "a sign-in was not renewed");
                }
                Event::Answered(errand.taken(&seen, answer))
            }
            Action::Wait(before_try) => {
                let times = 4u32.saturating_pow(u32::from(before_try).saturating_sub(1));
                tokio::time::sleep(FIRST_WAIT * times).await;
                Event::Waited
            }
            Action::Keep(_) => match errand.keep().await {
                Ok(kept) => Event::Kept(kept),
                Err(wrong) => {
                    reason = wrong;
                    Event::NotKept
                }
            },
            Action::End(end) => return errand.told(end, &seen, reason),
        };
        next = machine.on(event);
    }
}

const BROKE_OFF: &str = "it broke off";

impl Errand {
    /// The sign-in as it is in the store now.
    async fn look(&self) -> Result<Seen, Blind> {
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
    fn taken(&self, sent: &Seen, answer: Result<Tokens, ExchangeError>) -> Answer {
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
    async fn keep(&self) -> Result<Kept, String> {
        let Some((given_for, tokens)) = self.in_hand() else {
            return Ok(Kept::Theirs);
        };
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

    fn told(&self, end: End, seen: &Seen, reason: String) -> Result<Credential, RefreshError> {
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

    fn blind(&self, blind: Blind) -> RefreshError {
        match blind {
            Blind::Passing(reason) => self.transient(reason),
            Blind::Lasting(reason) => self.impossible(reason),
        }
    }

    fn transient(&self, reason: String) -> RefreshError {
        RefreshError::Transient {
            profile: self.sign_in.profile.clone(),
            reason,
        }
    }

    fn impossible(&self, reason: String) -> RefreshError {
        RefreshError::Impossible {
            profile: self.sign_in.profile.clone(),
            reason,
        }
    }

    fn key(&self) -> (PathBuf, ProfileId) {
        (self.sign_in.store.clone(), self.sign_in.profile.clone())
    }

    pub(super) fn in_hand(&self) -> Option<(Seen, Tokens)> {
        self.hands().get(&self.key()).cloned()
    }

    fn hands(&self) -> MutexGuard<'_, HashMap<(PathBuf, ProfileId), (Seen, Tokens)>> {
        self.unsaved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lock of the renewal. It is waited for in a thread that a runtime does not wait for when it ends.
async fn take(journal: Journal) -> Result<Lock, String> {
    let (hand_over, wait) = oneshot::channel();
    std::thread::spawn(move || drop(hand_over.send(journal.lock(PATIENCE))));
    match wait.await {
        Ok(Ok(lock)) => Ok(lock),
        Ok(Err(wrong)) => Err(wrong.to_string()),
        Err(_) => Err(BROKE_OFF.to_owned()),
    }
}

/// `None` if it panicked, or the runtime is ending.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    spawn_blocking(work).await.ok()
}
