//! Under which numbers secrets are known in two stores.
//!
//! What is known of failures names a secret by a keyed hash. The key is the machine's own, or the fleet's; so a rest that
//! goes from one store into another one gets the number that its secret has there. What is known of a secret that nobody
//! holds any more keeps its number, and concerns nobody.

use std::collections::HashMap;

use crate::config::StoreConfig;
use crate::cooldown::CellKey;
use crate::resolver::Snapshot;

/// The numbers of the secrets that are held here: in the one store, in the other one.
#[derive(Debug, Default)]
pub(super) struct Numbers(HashMap<u64, u64>);

impl Numbers {
    /// Looks at all agents' credentials. Those that cannot be read are told elsewhere.
    pub(super) fn between(snapshot: &Snapshot, from: &StoreConfig, to: &StoreConfig) -> Self {
        let (from, to) = (snapshot.handles_with(from), snapshot.handles_with(to));
        let mut numbers = HashMap::new();
        for agent in snapshot.config().agent_ids() {
            let Ok(book) = snapshot.book(Some(&agent)) else {
                continue;
            };
            for facts in book.facts() {
                if let Ok(held) = book.credential(&facts.id) {
                    let secret = held.secret();
                    numbers.insert(from.generation(secret), to.generation(secret));
                }
            }
        }
        Self(numbers)
    }

    /// The name of a cell in the other store.
    pub(super) fn there(&self, key: CellKey) -> CellKey {
        let generation = self.0.get(&key.generation).copied().unwrap_or(key.generation);
        CellKey { generation, ..key }
    }
}
