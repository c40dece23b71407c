//! One state directory, and what is true of it.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use modelpin::credentials::{NewProfile, NewSecret};
use modelpin::middleware::ModelPin;
use modelpin::model::ProviderId;
use modelpin::profile::ProfileId;
use modelpin::secret::Secret;
use modelpin::session::SessionKey;
use modelpin::setup::Place;
use serde_json::json;

/// How many chats there are.
const CHATS: usize = 5;

/// Profiles of one kind. Ids of keys are not ids of sign-ins: a key tells no account, so its id is its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Subscriptions of `anthropic`, each with an e-mail.
    Anthropic,
    /// Subscriptions of `openai`.
    OpenAi,
    /// Keys of `anthropic` that tell nothing.
    Key,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Anthropic, Self::OpenAi, Self::Key];

    pub(super) fn provider(self) -> &'static str {
        match self {
            Self::Anthropic | Self::Key => "anthropic",
            Self::OpenAi => "openai",
        }
    }

    /// The alias of a model of the provider.
    pub(super) fn model(self) -> &'static str {
        match self {
            Self::Anthropic | Self::Key => "opus",
            Self::OpenAi => "gpt",
        }
    }

    pub(super) fn ids(self) -> &'static [&'static str] {
        match self {
            Self::Anthropic => &["p0", "p1", "p2", "p3"],
            Self::OpenAi => &["o0", "o1"],
            Self::Key => &["k0", "k1"],
        }
    }

    /// The accounts that sign in; none for keys.
    pub(super) fn accounts(self) -> &'static [&'static str] {
        match self {
            Self::Anthropic => &["ann", "bob", "cid", "dan"],
            Self::OpenAi => &["eve", "fay"],
            Self::Key => &[],
        }
    }

    pub(super) fn id(self, name: &str) -> ProfileId {
        ProfileId::new(&format!("{}:{name}", self.provider()))
    }
}

pub(super) struct World {
    dir: tempfile::TempDir,
    /// Whose credential each profile has.
    pub(super) held: BTreeMap<ProfileId, String>,
    /// Whose each secret is that was ever kept.
    pub(super) whose: HashMap<String, String>,
    pub(super) log: Vec<String>,
    state: u64,
    serial: u32,
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        configure(dir.path());
        Self {
            dir,
            held: BTreeMap::new(),
            whose: HashMap::new(),
            log: Vec::new(),
            // Small seeds would begin alike.
            state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
            serial: 0,
        }
    }

    pub(super) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(super) fn place(&self) -> Place {
        place(self.path())
    }

    /// A bot that has just started.
    pub(super) async fn modelpin(&self) -> ModelPin {
        let builder = ModelPin::builder().state_dir(self.path()).without_environment();
        builder.build().await.expect("it starts")
    }

    pub(super) fn chats() -> impl Iterator<Item = SessionKey> {
        (0..CHATS).map(|at| SessionKey::new(&format!("c{at}")))
    }

    pub(super) fn chat(&mut self) -> SessionKey {
        let at = self.below(CHATS);
        SessionKey::new(&format!("c{at}"))
    }

    /// A credential that was never there before; a key without an account is of one of its own.
    pub(super) fn credential(&mut self, kind: Kind, account: &str) -> NewProfile {
        self.serial += 1;
        let text = format!("sk-ant-api03-EXAMPLE-{account}-{}", self.serial);
        self.whose.insert(text.clone(), account.to_owned());
        let secret = Secret::new(text);
        let named = !kind.accounts().is_empty();
        let secret = if named {
            NewSecret::Token(secret, None)
        } else {
            NewSecret::ApiKey(secret)
        };
        let mut new = NewProfile::new(ProviderId::new(kind.provider()), secret);
        new.email = named.then(|| format!("{account}@example.org"));
        new
    }

    /// The account of a key that is new under its id.
    pub(super) fn nobody(&mut self) -> String {
        self.serial += 1;
        format!("key{}", self.serial)
    }

    /// xorshift64*: the same steps for the same seed, everywhere and for ever.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        let high = self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).expect("31 bits") % bound
    }

    pub(super) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        let at = self.below(list.len());
        list[at]
    }
}

pub(super) fn place(dir: &Path) -> Place {
    Place::find(Some(dir), None, None).expect("a place")
}

pub(super) fn configure(dir: &Path) {
    let config = json!({ "agents": { "defaults": {
        "model": "anthropic/claude-opus-4-5",
        "models": {
            "anthropic/claude-opus-4-5": { "alias": "opus" },
            "openai/gpt-5": { "alias": "gpt" },
        },
    } } });
    let text = serde_json::to_string_pretty(&config).expect("JSON");
    fs::write(dir.join("modelpin.json"), text).expect("written");
}
