//! The pins that are kept, seen from outside of any chat.

use std::sync::Arc;

use thiserror::Error;

use crate::clock::Timestamp;
use crate::echo::legible;
use crate::pin::{Layers, Pin, PinnedProfile, ProfileChoice, Record, ScopeKey};
use crate::profile::{Identity, ProfileId};
use crate::resolver::{BookError, Stores, StoresError};
use crate::session::AgentId;
use crate::store::{PinStore, PinStoreError};

use super::place::Place;

/// How often a change is made again from a newer record before it is given up.
const TRIES: usize = 32;

/// The pins that a command cannot get at.
#[derive(Debug, Error)]
pub enum PinsUnread {
    /// What is kept cannot be reached.
    #[error(transparent)]
    Stores(#[from] StoresError),
    /// The store is there, and did not answer.
    #[error(transparent)]
    Store(#[from] PinStoreError),
}

/// The store that the configuration names.
///
/// # Errors
/// [`StoresError`] if it cannot be reached.
pub async fn pin_store(place: &Place) -> Result<Arc<dyn PinStore>, StoresError> {
    Ok(Stores::open(place.snapshot()).await?.pins)
}

/// Which scopes name a profile now. Pins of the agent and of all agents count: those that this profile may serve.
///
/// # Errors
/// [`PinsUnread`] if the store cannot be read.
pub async fn pins_of(place: &Place, id: &ProfileId) -> Result<Vec<ScopeKey>, PinsUnread> {
    let all = pin_store(place).await?.load_all().await?;
    let named = all.into_iter().filter(|(key, record)| {
        let of_agent = agent_of(key).is_none_or(|agent| agent == place.agent());
        of_agent && record.layers.pins().any(|pin| names(pin, id))
    });
    let mut keys: Vec<ScopeKey> = named.map(|(key, _)| key).collect();
    keys.sort();
    Ok(keys)
}

/// The pinned profiles of a scope whose account is gone: taken away, logged out, or replaced by another account under
/// its id.
///
/// It looks at all that holds at `now`, also at what is parked for another provider than the current model's, and at what
/// only prefers a profile: that is served by another one without a word. A pin of all agents is looked up for the default
/// agent.
///
/// # Errors
/// [`BookError`] if there is no such agent, or its credentials cannot be read.
pub fn dangling(
    place: &Place,
    scope: &ScopeKey,
    record: &Record,
    now: Timestamp,
) -> Result<Vec<PinnedProfile>, BookError> {
    let choices = || record.holding(now).flat_map(|pin| &pin.profiles);
    if choices().next().is_none() {
        return Ok(Vec::new());
    }
    let book = place.snapshot().book(agent_of(scope))?;
    let gone = choices().filter_map(|choice| match choice {
        ProfileChoice::Pinned(pinned) => (!is_there(pinned, book.identities())).then(|| pinned.clone()),
        ProfileChoice::Auto(_) => None,
    });
    Ok(gone.collect())
}

/// As the resolver looks a pin up: the id, unless it is of another account now; else the account under any id.
fn is_there(pinned: &PinnedProfile, profiles: &[(ProfileId, Identity)]) -> bool {
    profiles.iter().any(|(id, identity)| {
        identity.same(&pinned.identity) == Some(true)
            || (*id == pinned.id && identity.may_be(&pinned.identity))
    })
}

/// Puts another id in the place of a profile's, in every pin of the agent and of all agents, and in what undo goes back
/// to. Returns the scopes that name it now.
///
/// # Errors
/// [`PinsUnread`]; the pins that were changed before it stay changed, and the same call again goes on.
pub async fn rename_in_pins(
    place: &Place,
    old: &ProfileId,
    new: &ProfileId,
) -> Result<Vec<ScopeKey>, PinsUnread> {
    let store = pin_store(place).await?;
    let mut followed = Vec::new();
    for (key, first) in store.load_all().await? {
        if agent_of(&key).is_some_and(|agent| agent != place.agent()) {
            continue;
        }
        let mut record = first;
        for tries in 1.. {
            let Some(mut next) = renamed(&record, old, new) else {
                break;
            };
            next.version = next.version.max(store.least_version());
            match store.save(&key, &record, &next).await {
                Ok(()) => {
                    followed.push(key.clone());
                    break;
                }
                Err(PinStoreError::Conflict(_)) if tries < TRIES => {
                    record = store.load(&key).await?.unwrap_or_default();
                }
                Err(broken) => return Err(broken.into()),
            }
        }
    }
    followed.sort();
    Ok(followed)
}

/// A scope as people read it: `chat telegram:42 of agent main`. What a chat is named cannot command a terminal.
#[must_use]
pub fn scope_in_words(key: &ScopeKey) -> String {
    match key {
        ScopeKey::Session(agent, chat) => format!("chat {} of agent {agent}", legible(chat)),
        ScopeKey::Agent(agent) => format!("all chats of agent {agent}"),
        ScopeKey::Global => "all chats".to_owned(),
    }
}

fn agent_of(key: &ScopeKey) -> Option<&AgentId> {
    match key {
        ScopeKey::Session(agent, _) | ScopeKey::Agent(agent) => Some(agent),
        ScopeKey::Global => None,
    }
}

fn names(pin: &Pin, id: &ProfileId) -> bool {
    let named = |choice: &ProfileChoice| matches!(choice, ProfileChoice::Pinned(pinned) if pinned.id == *id);
    pin.profiles.iter().any(named)
}

fn renamed(record: &Record, old: &ProfileId, new: &ProfileId) -> Option<Record> {
    let mut next = record.clone();
    let mut changed = false;
    let mut rename = |pin: &mut Pin| {
        for choice in &mut pin.profiles {
            if let ProfileChoice::Pinned(pinned) = choice
                && pinned.id == *old
            {
                pinned.id = new.clone();
                changed = true;
            }
        }
    };
    for Layers { lasting, passing } in next.history.iter_mut().chain([&mut next.layers]) {
        lasting.iter_mut().chain(passing).for_each(&mut rename);
    }
    next.version.0 += 1;
    changed.then_some(next)
}
