//! What must hold after each step.

use modelpin::clock::{Clock, SystemClock};
use modelpin::middleware::ModelPin;
use modelpin::pin::{PinnedProfile, ProfileChoice, ScopeKey};
use modelpin::resolver::{Lease, Question};
use modelpin::session::{Actor, SessionKey};
use modelpin::setup::{dangling, pin_store};
use modelpin::terms::Mode;

use super::world::World;

/// How often a walk came by what it is about.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Pins that were served by their account.
    pub(super) served: usize,
    /// Those of them whose account has another id than when it was pinned.
    pub(super) elsewhere: usize,
    /// Strict pins of an account that was gone.
    pub(super) refused: usize,
    /// Pins of an account that was gone, in whose place somebody else served, as they allow.
    pub(super) stood_in: usize,
}

/// The account that was pinned, if anybody has its credential now: by its e-mail, or for a key by its id.
fn account(world: &World, pinned: &PinnedProfile) -> Option<String> {
    let held = world
        .held
        .iter()
        .find(|(id, account)| match pinned.identity.email() {
            Some(email) => email == format!("{account}@example.org"),
            None => **id == pinned.id,
        });
    held.map(|(_, account)| account.clone())
}

/// Whose secret a request of each chat would get where a profile is pinned; `None` for nobody's.
pub(super) async fn served(world: &World) -> Vec<Option<String>> {
    let modelpin = world.modelpin().await;
    let actor = Actor::operator();
    let mut served = Vec::new();
    for chat in World::chats() {
        let decision = modelpin.resolver().explain(Question::new(&chat, &actor));
        let pinned = decision.expect("a decision").pinned.is_some();
        let lease = modelpin.resolve(&chat, &actor).await.ok();
        served.push(
            lease
                .filter(|_| pinned)
                .map(|lease| world.whose[lease.credential().secret().expose()].clone()),
        );
    }
    served
}

pub(super) async fn holds(world: &World, seen: &mut Tally) -> Result<(), String> {
    let now = SystemClock.now();
    let place = world.place();
    let modelpin = world.modelpin().await;
    for (scope, record) in pin_store(&place)
        .await
        .expect("a store")
        .load_all()
        .await
        .expect("pins")
    {
        let gone = dangling(&place, &scope, &record, now).expect("a report");
        for choice in record.holding(now).flat_map(|pin| &pin.profiles) {
            let ProfileChoice::Pinned(pinned) = choice else {
                continue;
            };
            if account(world, pinned).is_none() != gone.contains(pinned) {
                return Err(format!("{scope:?}: {pinned:?} is reported wrongly: {gone:?}"));
            }
        }
        in_force(world, &modelpin, &scope, &gone, seen).await?;
    }
    Ok(())
}

/// The pin that counts for the next request of a chat.
async fn in_force(
    world: &World,
    modelpin: &ModelPin,
    scope: &ScopeKey,
    gone: &[PinnedProfile],
    seen: &mut Tally,
) -> Result<(), String> {
    let ScopeKey::Session(_, chat) = scope else {
        return Ok(());
    };
    let session = SessionKey::new(chat);
    let actor = Actor::operator();
    let decision = modelpin.resolver().explain(Question::new(&session, &actor));
    let decision = decision.expect("a decision");
    let setting = decision
        .provider()
        .and_then(|provider| decision.effective.profile(provider));
    let Some(ProfileChoice::Pinned(pinned)) = setting.map(|setting| setting.value.clone()) else {
        return Ok(());
    };
    let expected = account(world, &pinned);
    let lease = modelpin.resolve(&session, &actor).await;
    let by = lease
        .as_ref()
        .ok()
        .map(|lease| world.whose[lease.credential().secret().expose()].clone());
    match (&expected, &by) {
        (Some(expected), Some(by)) if expected == by => {
            seen.served += 1;
            let id = lease.as_ref().map(Lease::profile).ok();
            seen.elsewhere += usize::from(id != Some(&pinned.id));
        }
        (None, None) if gone.contains(&pinned) => seen.refused += 1,
        // What is only preferred may be served by others, and is reported.
        (None, Some(_)) if pinned.mode != Mode::Strict && gone.contains(&pinned) => seen.stood_in += 1,
        _ => {
            return Err(format!(
                "{chat}: {} of {expected:?} is served by {by:?}: {:?}",
                pinned.id,
                lease.err()
            ));
        }
    }
    Ok(())
}
