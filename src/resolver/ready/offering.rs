//! Which decisions are kept, and until when.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::order::{Expiry, Reason};
use crate::pin::{Epoch, What};
use crate::resolver::book::{Book, RENEWED_BEFORE};
use crate::resolver::decision::{Decision, Found, Trial};
use crate::resolver::engine::Resolver;
use crate::resolver::lease::Choice;
use crate::resolver::snapshot::Snapshot;

use super::{Asked, Ready, Seen};

/// The longest that a decision is kept: also what nobody thought of is looked at again.
const LONGEST: Duration = Duration::from_secs(60);

/// A decision that was made and led to a lease.
pub(in crate::resolver) struct Offer<'a> {
    pub(in crate::resolver) snapshot: &'a Snapshot,
    pub(in crate::resolver) book: &'a Book,
    pub(in crate::resolver) asked: Asked<'a>,
    /// Taken before the decision was made.
    pub(in crate::resolver) seen: Seen,
    pub(in crate::resolver) decision: &'a Decision,
    pub(in crate::resolver) ready: &'a Arc<Ready>,
    pub(in crate::resolver) epoch: Epoch,
}

impl Resolver {
    /// Keeps a decision, if the next one would be the same whoever was used meanwhile.
    pub(in crate::resolver) fn offer(&self, offer: &Offer<'_>) {
        let Offer {
            book,
            decision,
            ready,
            asked,
            seen,
            ..
        } = offer;
        if !self.is_plain(offer) {
            return;
        }
        let Some(during) = self.during(offer) else { return };
        let mut lane = self.lanes().mine();
        let pinned_here = ready.choice == Choice::Pinned && asked.session.parent().is_none();
        if pinned_here {
            let table = self.pins().table();
            // What was decided is kept for the pin only if it is still the pin that it was decided from.
            let decided = |what: &&Arc<What>| {
                let profile = decision.effective.profile(ready.model.provider());
                profile.is_some_and(|setting| *what.profiles == [setting.value.clone()])
                    && what.model.as_ref() == decision.effective.model.as_ref().map(|model| &model.value)
            };
            table.look(book.agent(), asked.session.chat(), |kept| {
                if let Some(what) = kept.alone().filter(decided) {
                    lane.keep_for_pin(asked, what, seen, during.clone(), ready);
                }
            });
        }
        lane.keep_for_chat(asked, seen, during, offer.epoch, ready);
    }

    /// Whether nothing has to be done for the request but to hand the credential out.
    fn is_plain(&self, offer: &Offer<'_>) -> bool {
        let Offer {
            snapshot,
            book,
            decision,
            ready,
            ..
        } = offer;
        let (provider, profile) = (ready.model.provider(), &ready.profile);
        let Some(chosen) = decision.chosen() else {
            return false;
        };
        let renewed = snapshot.can_renew(book, profile) && book.is_due(profile, decision.now);
        decision.trial == Trial::No
            && decision.crossing.is_none()
            && decision.effective.once.is_empty()
            && chosen.reason == Reason::Ok
            && !renewed
            && book.is_fixed(provider, profile)
            && self.is_settled(offer)
    }

    /// Whether the choice does not depend on who was used longest ago.
    fn is_settled(&self, offer: &Offer<'_>) -> bool {
        let Offer {
            book,
            decision,
            ready,
            asked,
            ..
        } = offer;
        let pinned = decision
            .pinned
            .as_ref()
            .is_some_and(|pinned| pinned.found == Found::Yes && pinned.setting.value.id == ready.profile);
        let usable = decision.ranking.candidates.iter();
        let only = usable.filter(|one| one.reason == Reason::Ok).nth(1).is_none();
        let affinity = || {
            let chat = asked.session.chat_shared();
            let table = &self.learning().affinities;
            table
                .of(book.agent(), &chat, ready.model.provider())
                .is_some_and(|kept| kept.profile == ready.profile)
        };
        pinned || only || decision.ranking.basis.is_explicit() || affinity()
    }

    /// From when until when the same facts lead to the same decision; `None` if something is to be told meanwhile.
    fn during(&self, offer: &Offer<'_>) -> Option<Range<Timestamp>> {
        let Offer {
            book,
            decision,
            ready,
            asked,
            ..
        } = offer;
        let now = decision.now;
        let warned = book.config().events.warn_within;
        if ready
            .credential
            .expires()
            .is_some_and(|end| end <= now.after(warned))
        {
            return None;
        }
        let of_facts = book.facts().iter().filter_map(|facts| match facts.expires {
            Expiry::At(end) => Some(end),
            Expiry::Never | Expiry::Invalid => None,
        });
        // Somebody is told, or the sign-in is renewed, some time before its end.
        let before = |end: Timestamp| {
            [Duration::ZERO, RENEWED_BEFORE, warned].map(|length| {
                let length = i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
                Timestamp::from_millis(end.as_millis().saturating_sub(length))
            })
        };
        let of_credential = ready.credential.expires();
        let ends = of_facts.chain(of_credential).flat_map(before);
        let rests = decision.ranking.candidates.iter().filter_map(|one| one.until);
        let pins = self.pins().table().next_end(asked.session, book.agent(), now);
        let next = ends.chain(rests).chain(pins).filter(|at| *at > now).min();
        let longest = now.after(LONGEST);
        Some(now..next.map_or(longest, |next| next.min(longest)))
    }
}
