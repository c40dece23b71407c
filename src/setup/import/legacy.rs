//! Sign-ins of old versions, which were in a file of their own.

use std::fs;

use serde_json::Value;

use super::{Import, Imported, Run};
use crate::clock::Timestamp;
use crate::credentials::{AuthStore, NewProfile, NewSecret, Replace};
use crate::echo::causes;
use crate::model::ProviderId;
use crate::places::{StateDir, Surroundings};
use crate::profile::ProfileId;
use crate::secret::Secret;
use crate::session::AgentId;

/// Where Clawdbot once kept them.
const LEGACY: &str = "credentials/oauth.json";

/// Sign-ins in the form of old versions: provider to `{ access, refresh, expires, … }`.
pub(super) fn legacy(import: &Import, done: &mut Imported) {
    let path = import.from.join(LEGACY);
    let Ok(text) = fs::read_to_string(&path) else {
        return;
    };
    let Ok(Value::Object(entries)) = serde_json::from_str::<Value>(&text) else {
        done.failed.push(format!("{} is no JSON object", path.display()));
        return;
    };
    let state = StateDir {
        path: import.to.clone(),
        reason: crate::places::Reason::Flag,
    };
    let here = Surroundings::with_real(|around| state.agent(&AgentId::main(), None, around)).auth_profiles();
    for (provider, entry) in &entries {
        let field = |name: &str| entry.get(name).and_then(Value::as_str);
        let Some(access) = field("access") else {
            continue;
        };
        let provider = ProviderId::new(provider);
        let id = ProfileId::new(&format!("{provider}:default"));
        let new = NewProfile {
            account: field("accountId").map(str::to_owned),
            email: field("email").map(str::to_owned),
            ..NewProfile::new(
                provider,
                NewSecret::OAuth {
                    access: Secret::new(access.to_owned()),
                    refresh: field("refresh").map(|text| Secret::new(text.to_owned())),
                    expires: entry
                        .get("expires")
                        .and_then(Value::as_i64)
                        .map(Timestamp::from_millis),
                    client: field("clientId").map(str::to_owned),
                },
            )
        };
        // A newer sign-in of the store is not replaced by an old file.
        let there = AuthStore::read(&here)
            .ok()
            .flatten()
            .is_some_and(|store| store.profiles().contains_key(&id));
        if there {
            continue;
        }
        if import.run == Run::Real {
            let put = AuthStore::change(&here, |draft| draft.put(&id, &new, Replace::No));
            if let Err(wrong) = put {
                done.failed.push(format!("{id}: {}", causes(&wrong)));
                continue;
            }
        }
        done.taken
            .push(format!("{id} of agent main, from {}", path.display()));
    }
}
