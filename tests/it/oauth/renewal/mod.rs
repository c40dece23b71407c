//! Renewal of sign-ins, against a real provider that rotates refresh tokens and takes a second use of one for theft.
//!
//! [`gate`] stands between us and the provider and can hold or lose what passes. Processes are this test binary, started
//! again ([`process`]). The provider's own log is the oracle: no refresh token stands in it twice.

pub(crate) mod gate;
mod kills;
mod many;
mod process;
mod trouble;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use modelpin::ProviderId;
use modelpin::clock::SystemClock;
use modelpin::clock::Timestamp;
use modelpin::config::{Config, Reuse, SecretInput};
use modelpin::credentials::{AuthStore, DraftError, NewProfile, NewSecret, Replace};
use modelpin::oauth::journal::{Standing, state};
use modelpin::oauth::{Authorization, Description, Refresher, Tokens};
use modelpin::profile::ProfileId;
use modelpin::provide::SignIn;
use modelpin::secret::Secret;
use serde_json::json;

use super::browser::Browser;
use super::provider::Provider;
use gate::Gate;

/// The provider whose token endpoint is behind the gate.
pub(crate) const ACME: &str = "acme";

/// A provider, a gate before it, and a store with sign-ins that have ended.
struct World {
    provider: Provider,
    gate: Gate,
    dir: tempfile::TempDir,
}

impl World {
    /// `None` where there is no node.
    fn new(profiles: &[&str]) -> Option<Self> {
        let provider = Provider::start()?;
        let gate = Gate::before(&provider.at(""));
        let world = Self {
            provider,
            gate,
            dir: tempfile::tempdir().expect("a folder"),
        };
        for profile in profiles {
            world.sign_in(profile);
        }
        Some(world)
    }

    fn store(&self) -> PathBuf {
        self.dir.path().join("auth-profiles.json")
    }

    /// A person signs in anew; the access token counts as ended at once.
    fn sign_in(&self, profile: &str) -> Tokens {
        let at = described(&self.provider.at("/token"), &self.provider.at("/auth"));
        let begun = Authorization::begin(&at, 9).expect("begun");
        let back = Browser::new().say_yes(begun.url().as_str());
        let code = begun.answer(&back).expect("a code");
        let tokens = run(begun.exchange(&at, &code)).expect("tokens");
        self.put(profile, &tokens, Some(Timestamp::from_millis(1)));
        tokens
    }

    /// Writes tokens into the store, as a neighbour or a sign-in does.
    fn put(&self, profile: &str, tokens: &Tokens, expires: Option<Timestamp>) {
        let new = NewProfile {
            provider: ProviderId::new(ACME),
            secret: NewSecret::OAuth {
                access: tokens.access.clone(),
                refresh: tokens.refresh.clone(),
                expires,
                client: None,
            },
            account: tokens.account.clone(),
            email: None,
        };
        AuthStore::change(&self.store(), |draft| {
            draft.put(&ProfileId::new(profile), &new, Replace::Yes)?;
            Ok::<_, DraftError>(())
        })
        .expect("kept");
    }

    fn direct(&self) -> Description {
        described(&self.provider.at("/token"), &self.provider.at("/auth"))
    }

    fn refresher(&self) -> Arc<Refresher> {
        refresher(&self.gate.at("/token"))
    }

    fn wanted(&self, profile: &str) -> SignIn {
        wanted(&self.store(), profile)
    }

    fn standing(&self, profile: &str) -> Standing {
        state(&self.store(), &ProfileId::new(profile), Reuse::Unsafe).expect("a journal that can be read")
    }

    /// The access token and the refresh token in the store.
    fn stored(&self, profile: &str) -> (String, String) {
        let store = AuthStore::read(&self.store()).expect("whole").expect("there");
        let profile = &store.profiles()[&ProfileId::new(profile)];
        let plain = |input: Option<&SecretInput>| match input {
            Some(SecretInput::Plain(secret)) => secret.expose().to_owned(),
            other => panic!("{other:?}"),
        };
        (plain(profile.access_token()), plain(profile.refresh_token()))
    }

    /// The provider saw no refresh token twice; gives how many it saw.
    fn no_token_came_twice(&self) -> usize {
        let log = self.provider.log();
        let renewals = log.iter().filter(|entry| entry["grant"] == "refresh_token");
        let mut seen = BTreeSet::new();
        for entry in renewals {
            let token = entry["token"].as_str().expect("a digest").to_owned();
            assert!(seen.insert(token), "a refresh token was sent twice: {log:?}");
        }
        seen.len()
    }

    /// What a backup, a journal, or a lock could tell is none of the tokens; the store and its backup hold them.
    fn nothing_but_the_store_holds(&self, secret: &str) {
        for entry in std::fs::read_dir(self.dir.path()).expect("a folder").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
            let of_store = ["auth-profiles.json", "auth-profiles.json.bak"].contains(&name.as_str());
            assert!(of_store || !text.contains(&secret[..8]), "{name}");
        }
    }
}

pub(crate) fn described(token_url: &str, authorize_url: &str) -> Description {
    let _already = rustls::crypto::ring::default_provider().install_default();
    let text = json!({"oauth": {ACME: {
        "authorizeUrl": authorize_url,
        "tokenUrl": token_url,
        "clientId": super::provider::CLIENT,
        "scopes": ["openid", "email", "offline_access"],
        "extra": {"prompt": "consent"},
    }}});
    let (config, _) = Config::parse(&text.to_string(), "modelpin.json").expect("a configuration");
    Description::of(&ProviderId::new(ACME), &config)
        .expect("it can be used")
        .expect("it is described")
}

fn refresher(token_url: &str) -> Arc<Refresher> {
    let at = described(token_url, "http://127.0.0.1:9/auth");
    Arc::new(Refresher::new(
        move |_| Ok(Some(at.clone())),
        Arc::new(SystemClock),
    ))
}

pub(crate) fn wanted(store: &Path, profile: &str) -> SignIn {
    SignIn {
        store: store.to_owned(),
        profile: ProfileId::new(profile),
        provider: ProviderId::new(ACME),
    }
}

pub(crate) fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

pub(crate) fn run<T>(work: impl Future<Output = T>) -> T {
    let tasks = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    tasks.expect("a runtime").block_on(work)
}
