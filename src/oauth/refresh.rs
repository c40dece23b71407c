//! Carrying a refresh out: under the lock of the store, in a thread of its own, once for all who wait.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use async_trait::async_trait;
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use tokio::sync::watch;

use super::description::Description;
use super::exchange::{self, ExchangeError, Tokens};
use super::journal;
use super::machine::{Answer, Did, Ended, Machine, Seen, Stored, Todo};
use crate::clock::{Clock, Timestamp};
use crate::config::{Config, Reuse};
use crate::credential::Credential;
use crate::credentials::{AuthStore, DraftError, StoredProfile};
use crate::echo::causes;
use crate::files::Lock;
use crate::order::Expiry;
use crate::profile::ProfileId;
use crate::provide::{RefreshError, RefreshToken, Renewal, SignIn};
use crate::secret::Secret;

/// A token that ends sooner is renewed.
const SOON: Duration = Duration::from_secs(5 * 60);
/// How long the store is waited for: another process may be refreshing.
const PATIENCE: Duration = Duration::from_secs(60);
/// Before the second try; twice as long before the third.
const BACKOFF: Duration = Duration::from_millis(500);

type Outcome = Result<Credential, RefreshError>;
type Key = (PathBuf, ProfileId);

/// Renews sign-ins over the network.
///
/// Dropping it waits for the refreshes that are under way, so that no token is lost when a process ends.
pub struct Refresher {
    config: Arc<Config>,
    clock: Arc<dyn Clock>,
    flights: Arc<DashMap<Key, watch::Receiver<Option<Outcome>>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl fmt::Debug for Refresher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refresher").finish_non_exhaustive()
    }
}

impl Refresher {
    /// Renews what this configuration describes.
    #[must_use]
    pub fn new(config: Arc<Config>, clock: Arc<dyn Clock>) -> Self {
        Self {
            config,
            clock,
            flights: Arc::default(),
            threads: Mutex::default(),
        }
    }

    /// Joins the refresh that is under way for this sign-in, or begins one.
    fn board(&self, sign_in: &SignIn, why: &Renewal) -> watch::Receiver<Option<Outcome>> {
        let key = (sign_in.store.clone(), sign_in.profile.clone());
        let place = match self.flights.entry(key.clone()) {
            Entry::Occupied(flight) => return flight.get().clone(),
            Entry::Vacant(place) => place,
        };
        let (done, flight) = watch::channel(None);
        place.insert(flight.clone());
        let work = Work {
            description: Description::of(&sign_in.provider, &self.config)
                .map_err(|missing| missing.to_string()),
            clock: Arc::clone(&self.clock),
            sign_in: sign_in.clone(),
            why: why.clone(),
        };
        let flights = Arc::clone(&self.flights);
        let begun = std::thread::Builder::new()
            .name("modelpin-refresh".to_owned())
            .spawn(move || {
                let outcome = work.run();
                flights.remove(&key);
                // Nobody may be waiting any more; the store has it.
                let _nobody = done.send(Some(outcome));
            });
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        threads.retain(|thread| !thread.is_finished());
        match begun {
            Ok(thread) => threads.push(thread),
            Err(error) => {
                tracing::warn!(%error, "no thread for a refresh");
                self.flights
                    .remove(&(sign_in.store.clone(), sign_in.profile.clone()));
            }
        }
        flight
    }
}

impl Drop for Refresher {
    fn drop(&mut self) {
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            let _ended = thread.join();
        }
    }
}

#[async_trait]
impl RefreshToken for Refresher {
    async fn refresh(&self, sign_in: &SignIn, why: Renewal) -> Outcome {
        // A refresh that was begun for another reason may end with the very token that was rejected.
        for _ in 0..2 {
            let mut flight = self.board(sign_in, &why);
            let outcome = match flight.wait_for(Option::is_some).await {
                Ok(outcome) => outcome.clone(),
                Err(_) => None,
            };
            let outcome = outcome.unwrap_or_else(|| Err(transient(&sign_in.profile, "it was given up")));
            match (&outcome, &why) {
                (Ok(credential), Renewal::Rejected(access))
                    if credential.secret().expose() == access.expose() => {}
                _ => return outcome,
            }
        }
        Err(transient(
            &sign_in.profile,
            "the store still has the token that was rejected",
        ))
    }
}

fn transient(profile: &ProfileId, reason: &str) -> RefreshError {
    RefreshError::Transient {
        profile: profile.clone(),
        reason: reason.to_owned(),
    }
}

/// One refresh.
struct Work {
    description: Result<Description, String>,
    clock: Arc<dyn Clock>,
    sign_in: SignIn,
    why: Renewal,
}

/// What is in the store now.
struct Found {
    stored: Stored,
    profile: StoredProfile,
    access: Option<Secret>,
    refresh: Option<Secret>,
}

impl Work {
    fn run(&self) -> Outcome {
        let description = self
            .description
            .as_ref()
            .map_err(|reason| self.impossible(reason))?;
        let store = &self.sign_in.store;
        let lock = Lock::take_within(store, PATIENCE).map_err(|held| self.transient(&causes(&held)))?;
        let mut found = self.find()?;
        let generation = found.as_ref().map_or(0, |found| found.stored.generation);
        let seen = Seen {
            stored: found.as_ref().map(|found| found.stored),
            journal: journal::note(store, &self.sign_in.profile, generation),
            reuse: description.reuse,
        };
        let (mut machine, mut todo) = Machine::begin(&seen);
        let mut tokens = None;
        let mut reason = String::new();
        loop {
            let did = match todo {
                Todo::Done(ended) => return self.ended(ended, found.as_ref(), &reason),
                Todo::Write(note) => {
                    let now = self.clock.now();
                    journal::write(store, &self.sign_in.profile, note, now)
                        .map_err(|wrong| self.transient(&causes(&wrong)))?;
                    Did::Wrote
                }
                Todo::Clear => {
                    journal::clear(store, &self.sign_in.profile);
                    Did::Wrote
                }
                Todo::Wait(tries) => {
                    std::thread::sleep(BACKOFF * tries);
                    Did::Waited
                }
                Todo::Post => {
                    let (answer, told) = self.post(description, found.as_ref());
                    tokens = told.map_err(|error| reason = error.to_string()).ok();
                    Did::Asked(answer)
                }
                Todo::Commit => {
                    let new = tokens.take();
                    match self.commit(&lock, generation, new) {
                        Ok(()) => {
                            found = self.find()?;
                            Did::Committed
                        }
                        Err(cause) => {
                            // The tokens are lost with this process: the journal says `Posted`, and so it is.
                            tracing::error!(profile = %self.sign_in.profile, %cause, "renewed tokens could not be kept");
                            reason = cause;
                            Did::Looked(None)
                        }
                    }
                }
                Todo::Look => {
                    found = self.find()?;
                    Did::Looked(found.as_ref().map(|found| found.stored))
                }
            };
            todo = machine.did(did);
        }
    }

    fn find(&self) -> Result<Option<Found>, RefreshError> {
        let store = AuthStore::read(&self.sign_in.store).map_err(|wrong| self.transient(&causes(&wrong)))?;
        let profile = store.and_then(|store| store.profiles().get(&self.sign_in.profile).cloned());
        let Some(profile) = profile.filter(|profile| profile.provider == self.sign_in.provider) else {
            return Ok(None);
        };
        let (access, refresh) = profile.tokens();
        let (access, refresh) = (access.cloned(), refresh.cloned());
        Ok(Some(Found {
            stored: Stored {
                generation: journal::generation(access.as_ref(), refresh.as_ref()),
                fresh: self.is_fresh(access.as_ref(), profile.expires),
                renewable: refresh.is_some(),
            },
            profile,
            access,
            refresh,
        }))
    }

    /// Whether a token can be used as it is.
    fn is_fresh(&self, access: Option<&Secret>, expires: Expiry) -> bool {
        let Some(access) = access else { return false };
        let holds = |until: Timestamp| match expires {
            Expiry::Never => true,
            Expiry::At(end) => end > until,
            Expiry::Invalid => false,
        };
        let now = self.clock.now();
        match &self.why {
            Renewal::Due => holds(now.after(SOON)),
            Renewal::Rejected(rejected) => rejected.expose() != access.expose() && holds(now),
        }
    }

    fn post(
        &self,
        description: &Description,
        found: Option<&Found>,
    ) -> (Answer, Result<Tokens, ExchangeError>) {
        let nothing = || Err(ExchangeError::NotSent(exchange::host(&description.token_url)));
        let Some((found, token)) = found.and_then(|found| Some((found, found.refresh.as_ref()?))) else {
            return (Answer::Refused, nothing());
        };
        let client = found.profile.client().unwrap_or(&description.client_id);
        // A runtime of its own: that of the caller may be shutting down.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let told = match runtime {
            Ok(runtime) => runtime.block_on(exchange::refresh(description, client, token)),
            Err(_) => nothing(),
        };
        let answer = match &told {
            Ok(_) => Answer::Tokens,
            Err(ExchangeError::NotSent(_)) => Answer::NotSent,
            Err(ExchangeError::Trouble { .. }) => Answer::Trouble,
            Err(ExchangeError::NoAnswer(_) | ExchangeError::Garbled(_)) => Answer::Nothing,
            Err(refused) if refused.is_permanent() => Answer::RefusedForGood,
            Err(ExchangeError::Refused { .. }) => Answer::Refused,
        };
        tracing::info!(profile = %self.sign_in.profile, ?answer, "token endpoint asked");
        (answer, told)
    }

    /// Puts the new tokens in place of those that were sent, and of no others.
    fn commit(&self, lock: &Lock, generation: u64, tokens: Option<Tokens>) -> Result<(), String> {
        let tokens = tokens.ok_or("there are none")?;
        let now = self.clock.now();
        let (store, id) = (&self.sign_in.store, &self.sign_in.profile);
        let found = self.find().map_err(|wrong| wrong.to_string())?;
        let Some(found) = found.filter(|found| found.stored.generation == generation) else {
            // Somebody else put others there meanwhile, or took the profile away: a newer word than ours.
            return Ok(());
        };
        let expires = tokens.lifetime.map(|lifetime| now.after(lifetime));
        let refresh = tokens.refresh.as_ref().or(found.refresh.as_ref());
        let put = || {
            AuthStore::change_under(lock, store, |draft| {
                draft.renew(id, &tokens.access, refresh, expires);
                Ok::<_, DraftError>(())
            })
        };
        // The tokens are in this process alone: a disk that is full for a moment must not cost a sign-in.
        for wait in [50, 200, 1000, 3000] {
            match put() {
                Ok(()) => return Ok(()),
                Err(_) => std::thread::sleep(Duration::from_millis(wait)),
            }
        }
        put().map_err(|wrong| causes(&wrong))
    }

    fn ended(&self, ended: Ended, found: Option<&Found>, reason: &str) -> Outcome {
        let profile = self.sign_in.profile.clone();
        match ended {
            Ended::Settled => {
                let found = found.filter(|found| found.access.is_some());
                let Some((found, access)) = found.and_then(|found| Some((found, found.access.clone()?)))
                else {
                    return Err(self.transient("it is not in the store any more"));
                };
                Ok(Credential::OAuth {
                    access,
                    expires: match found.profile.expires {
                        Expiry::At(at) => Some(at),
                        Expiry::Never | Expiry::Invalid => None,
                    },
                    account: found.profile.account.clone(),
                })
            }
            Ended::Transient => Err(self.transient(reason)),
            Ended::Permanent => Err(RefreshError::Permanent {
                profile,
                reason: if reason.is_empty() {
                    "the provider said so before".to_owned()
                } else {
                    reason.to_owned()
                },
            }),
            Ended::Ambiguous => Err(RefreshError::Ambiguous { profile }),
            Ended::Impossible => Err(self.impossible("there is no refresh token")),
        }
    }

    fn transient(&self, reason: &str) -> RefreshError {
        transient(&self.sign_in.profile, reason)
    }

    fn impossible(&self, reason: &str) -> RefreshError {
        RefreshError::Impossible {
            profile: self.sign_in.profile.clone(),
            reason: reason.to_owned(),
        }
    }
}

/// Whether a provider takes a refresh token twice, for those who look at the journal.
impl Refresher {
    /// Whether a sign-in can be renewed no more, as the journal and the store have it.
    #[must_use]
    pub fn needs_sign_in(store: &Path, profile: &ProfileId, reuse: Reuse) -> bool {
        let Ok(Some(read)) = AuthStore::read(store) else {
            return false;
        };
        let Some(stored) = read.profiles().get(profile) else {
            return false;
        };
        let (access, refresh) = stored.tokens();
        let generation = journal::generation(access, refresh);
        match journal::note(store, profile, generation) {
            Some(journal::Note::Ended(of)) => of == generation,
            Some(journal::Note::Posted(of)) => of == generation && reuse == Reuse::Unsafe,
            _ => false,
        }
    }
}
