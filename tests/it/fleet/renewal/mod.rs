//! One renewal of a sign-in among machines that each have a file of their own.
//!
//! A machine of these tests is a folder with a copy of the sign-in, and processes that know no other folder ([`process`]). They
//! share a real `redis-server`, some of them by a wire that is cut ([`wire`]), and the provider rotates refresh tokens and
//! takes a second use of one for theft.

mod between;
mod emptied;
mod frozen;
mod many;
mod process;
mod sealed;
mod signed_in;
mod walk;
mod wire;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use modelpin::ProviderId;
use modelpin::clock::{SystemClock, Timestamp};
use modelpin::config::SecretInput;
use modelpin::credential::Credential;
use modelpin::credentials::{AuthStore, DraftError, NewProfile, NewSecret, Replace};
use modelpin::oauth::{Authorization, Description, Refresher, Tokens};
use modelpin::profile::ProfileId;
use modelpin::provide::{RefreshError, RefreshToken, Renewal, SignIn};
use modelpin::store::SignInStore;

use super::server::Server;
use crate::oauth::browser::Browser;
use crate::oauth::provider::Provider;
use crate::oauth::renewal::gate::Gate;
use crate::oauth::renewal::{ACME, described, run, wanted};
use process::Process;

const PROFILE: &str = "acme:a";
const PREFIX: &str = "a";

/// A provider behind a gate, a store of the fleet, and machines.
struct World {
    provider: Provider,
    gate: Gate,
    server: Server,
    dir: tempfile::TempDir,
}

impl World {
    /// Machines that have copies of one sign-in, which has ended. `None` where there is no node or no `redis-server`.
    fn new(hosts: &[&str]) -> Option<Self> {
        let provider = Provider::start()?;
        let world = Self {
            gate: Gate::before(&provider.at("")),
            provider,
            server: Server::start()?,
            dir: tempfile::tempdir().expect("a folder"),
        };
        let tokens = world.signs_in();
        for host in hosts {
            world.put(host, &tokens);
        }
        Some(world)
    }

    /// The file of a machine.
    fn store(&self, host: &str) -> PathBuf {
        let folder = self.dir.path().join(host).join("agents/main/agent");
        std::fs::create_dir_all(&folder).expect("a folder");
        folder.join("auth-profiles.json")
    }

    /// A person says yes.
    fn signs_in(&self) -> Tokens {
        let at = self.direct();
        let begun = Authorization::begin(&at, 9).expect("begun");
        let back = Browser::new().say_yes(begun.url().as_str());
        let code = begun.answer(&back).expect("a code");
        run(begun.exchange(&at, &code)).expect("tokens")
    }

    /// Writes tokens into the file of a machine; the access token counts as ended at once.
    fn put(&self, host: &str, tokens: &Tokens) {
        self.put_as(host, PROFILE, tokens, 1);
    }

    fn put_as(&self, host: &str, profile: &str, tokens: &Tokens, ends: i64) {
        let new = NewProfile {
            provider: ProviderId::new(ACME),
            secret: NewSecret::OAuth {
                access: tokens.access.clone(),
                refresh: tokens.refresh.clone(),
                expires: Some(Timestamp::from_millis(ends)),
                client: None,
            },
            account: tokens.account.clone(),
            email: Some("ada@example.test".to_owned()),
        };
        AuthStore::change(&self.store(host), |draft| {
            draft.put(&ProfileId::new(profile), &new, Replace::Yes)?;
            Ok::<_, DraftError>(())
        })
        .expect("kept");
    }

    /// The access token and the refresh token in the file of a machine.
    fn stored(&self, host: &str) -> (String, String) {
        let store = AuthStore::read(&self.store(host)).expect("whole").expect("there");
        let profile = &store.profiles()[&ProfileId::new(PROFILE)];
        let plain = |input: Option<&SecretInput>| match input {
            Some(SecretInput::Plain(secret)) => secret.expose().to_owned(),
            other => panic!("{other:?}"),
        };
        (plain(profile.access_token()), plain(profile.refresh_token()))
    }

    /// The provider without the gate.
    fn direct(&self) -> Description {
        described(&self.provider.at("/token"), &self.provider.at("/auth"))
    }

    fn wanted(&self, host: &str) -> SignIn {
        wanted(&self.store(host), PROFILE)
    }

    /// A process of a machine, with callers that all want the sign-in renewed.
    fn process(&self, host: &str, callers: u32) -> Process {
        Process::start(
            &self.store(host),
            &self.gate.at("/token"),
            &self.server.url(),
            callers,
        )
    }

    /// What one caller on a machine is told.
    fn asks(&self, host: &str) -> String {
        let told = self.process(host, 1).told();
        told.into_iter().next().expect("it is told something")
    }

    /// A refresher in this process, as a machine has one.
    fn refresher(&self, store: Arc<dyn SignInStore>) -> Arc<Refresher> {
        refresher(&self.gate.at("/token"), store)
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

    /// The name of the one sign-in on the server.
    async fn key(&self) -> String {
        let mut keys: Vec<String> = self.server.ask(&["KEYS", "*sign-in:{*"]).await;
        assert_eq!(keys.len(), 1, "{keys:?}");
        keys.remove(0)
    }

    /// The claim of whoever has it is over, as half a minute without a sign of life makes it.
    fn claim_is_over(&self) {
        run(async {
            let key = self.key().await;
            let _changed: i64 = self.server.ask(&["HSET", &key, "until", "1"]).await;
        });
    }
}

fn refresher(token_url: &str, store: Arc<dyn SignInStore>) -> Arc<Refresher> {
    let at = described(token_url, "http://127.0.0.1:9/auth");
    let refresher = Refresher::new(move |_| Ok(Some(at.clone())), Arc::new(SystemClock));
    Arc::new(refresher.sharing(move || Some(Arc::clone(&store))))
}

async fn renewed(refresher: &Refresher, sign_in: &SignIn) -> Result<Credential, RefreshError> {
    refresher.refresh(sign_in, Renewal::Due).await
}

fn sends_nothing(told: &str) {
    assert!(told.contains("nothing was sent to the provider"), "{told}");
}

fn journals(store: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(store.parent().expect("a folder"))
        .expect("a folder")
        .flatten();
    let paths = entries.map(|entry| entry.path());
    let journal = |path: &PathBuf| path.extension().is_some_and(|end| end.len() == 20);
    paths.filter(journal).collect()
}
