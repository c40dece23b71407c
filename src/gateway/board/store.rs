//! How the store is that several machines share.
//!
//! Where it is, and how fast, is not told: the one is the operator's business, and the other would be another board four
//! times a second.

use serde::Serialize;

use crate::gateway::gate::Gate;

/// How the store is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
#[cfg_attr(
    not(feature = "redis"),
    expect(dead_code, reason = "without the feature nothing is shared")
)]
pub(in crate::gateway) enum Store {
    /// It answers.
    Well,
    /// It does not: pins cannot be changed.
    Away {
        /// Since when, in milliseconds since the Unix epoch.
        since: i64,
    },
}

impl Store {
    pub(in crate::gateway) fn word(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::Away { .. } => "away",
        }
    }
}

/// How the store is; `None` where nothing is shared.
#[cfg(feature = "redis")]
pub(in crate::gateway) fn store(gate: &Gate) -> Option<Store> {
    use crate::store::redis::Health;
    Some(match gate.modelpin.shared()?.health() {
        Health::Well { .. } => Store::Well,
        Health::Away { since, .. } => Store::Away {
            since: since.as_millis(),
        },
    })
}

/// Without the feature nothing is shared.
#[cfg(not(feature = "redis"))]
pub(in crate::gateway) fn store(_: &Gate) -> Option<Store> {
    None
}
