//! Looking for what is kept.

use std::sync::Arc;

use crate::clock::Timestamp;
use crate::pin::Epoch;
use crate::resolver::engine::Resolver;
use crate::resolver::snapshot::Snapshot;
use crate::session::SessionKey;

use super::lane::{AsOf, Lane};
use super::{Asked, Hit, Ready, Seen};

impl Resolver {
    /// What the request gets, if that is known already. Does not wait, and allocates nothing but where a chat comes for the
    /// second time in a row.
    pub(in crate::resolver) fn ready(&self, asked: &Asked<'_>) -> Option<Hit> {
        let snapshot = self.snapshot_guard();
        let seen = self.seen(&snapshot, asked)?;
        let now = self.now();
        let lanes = self.lanes();
        let mut lane = lanes.mine();
        let of_chat = lane.of_chat(asked, &seen, now);
        let found = of_chat.map(|(ready, chat, epoch)| (Arc::clone(ready), Arc::clone(chat), epoch));
        let (ready, chat, epoch) = match found {
            Some(found) => found,
            None => {
                let ready = self.by_pin(&snapshot, asked, &seen, &mut lane, now)?;
                // A pinned profile is no affinity: its epoch is not asked for.
                (ready, asked.session.chat_shared(), Epoch::default())
            }
        };
        let number = lane.number(lanes);
        drop(lane);
        ready.used.now(now);
        Some(Hit {
            ready,
            chat,
            epoch,
            now,
            number,
        })
    }

    /// What another chat with the same pin got.
    fn by_pin(
        &self,
        snapshot: &Snapshot,
        asked: &Asked<'_>,
        seen: &Seen,
        lane: &mut Lane,
        now: Timestamp,
    ) -> Option<Arc<Ready>> {
        let session = asked.session;
        if session.parent().is_some() {
            return None;
        }
        let agent = session.agent().unwrap_or_else(|| snapshot.default_agent());
        let table = self.pins().table();
        let found = table.look(agent, session.chat(), |kept| {
            let (ready, during) = lane.of_pin(asked, agent, kept.alone()?, seen, now)?;
            Some((Arc::clone(ready), during.clone()))
        })?;
        let (ready, during) = found?;
        if lane.came_again(session.chat()) {
            lane.keep_for_chat(asked, seen, during, Epoch::default(), &ready);
        }
        Some(ready)
    }

    /// What a decision that is made now is made from. `None` if it cannot be told who may spend.
    pub(in crate::resolver) fn seen(&self, snapshot: &Snapshot, asked: &Asked<'_>) -> Option<Seen> {
        Some(Seen {
            listing: snapshot.rules().listing(asked.actor)?,
            as_of: AsOf {
                stamp: snapshot.stamp(),
                all: self.as_of_all(),
                chat: self.as_of_chat(asked.session),
            },
        })
    }

    /// Each counter only grows: while the sum is the same, so is each.
    fn as_of_all(&self) -> u64 {
        let ledger = self.learning().ledger.generation();
        ledger.wrapping_add(self.pins().table().wide_generation())
    }

    fn as_of_chat(&self, session: &SessionKey) -> u64 {
        let affinity = self.learning().affinities.generation(session.chat());
        self.pins().table().generation(session).wrapping_add(affinity)
    }
}
