//! What the configuration says of the store.

use serde_json::{Value, json};

use super::MoveError;
use crate::config::{ConfigEdit, EditError, Step, StoreConfig};
use crate::setup::config_file::{Written, change_config, preview as previewed};
use crate::setup::place::Place;

/// The kinds of store between which things are moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// In the state directory.
    Sqlite,
    /// In memory.
    Memory,
    /// On a server.
    Redis,
}

impl Kind {
    /// As the configuration has it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Memory => "memory",
            Self::Redis => "redis",
        }
    }
}

/// Which kind a store is of.
#[must_use]
pub fn kind_of(store: &StoreConfig) -> Kind {
    match store {
        StoreConfig::Sqlite => Kind::Sqlite,
        StoreConfig::Memory => Kind::Memory,
        StoreConfig::Redis(_) => Kind::Redis,
    }
}

/// What `store` is to say. What is `None` stays as it is there.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `kind`.
    pub kind: Kind,
    /// `url`: a text without a password, or a reference to one.
    pub url: Option<Value>,
    /// `prefix`.
    pub prefix: Option<String>,
    /// `tenant`.
    pub tenant: Option<String>,
    /// `key`: a reference.
    pub key: Option<Value>,
    /// What `url` is if it stands nowhere.
    pub usual_url: Option<Value>,
    /// What `key` is if it stands nowhere.
    pub usual_key: Option<Value>,
}

impl Settings {
    /// The kind, and everything else as it is.
    #[must_use]
    pub fn of(kind: Kind) -> Self {
        Self {
            kind,
            url: None,
            prefix: None,
            tenant: None,
            key: None,
            usual_url: None,
            usual_key: None,
        }
    }

    fn write(&self, edit: &mut ConfigEdit) -> Result<(), EditError> {
        let store = Step::Key("store");
        let is_there = edit.get(&[store]).is_some();
        if !is_there && self.kind == Kind::Sqlite {
            // That is what is used where nothing is said.
            return Ok(());
        }
        edit.set(&[store, Step::Key("kind")], &json!(self.kind.word()))?;
        if self.kind != Kind::Redis {
            return Ok(());
        }
        let text = |text: &Option<String>| text.as_ref().map(|text| json!(text));
        for (key, value) in [
            ("url", self.url.clone()),
            ("prefix", text(&self.prefix)),
            ("tenant", text(&self.tenant)),
            ("key", self.key.clone()),
        ] {
            if let Some(value) = value {
                edit.set(&[store, Step::Key(key)], &value)?;
            }
        }
        for (key, usual) in [("url", &self.usual_url), ("key", &self.usual_key)] {
            if let Some(value) = usual
                && edit.get(&[store, Step::Key(key)]).is_none()
            {
                edit.set(&[store, Step::Key(key)], value)?;
            }
        }
        Ok(())
    }

    fn lacks(&self, edit: &ConfigEdit) -> Option<&'static str> {
        let has = |key| edit.get(&[Step::Key("store"), Step::Key(key)]).is_some();
        match self.kind {
            Kind::Redis if !has("url") => {
                Some("where is the server? `--url redis://HOST:PORT/0`, or the variable MODELPIN_STORE_URL")
            }
            Kind::Redis if !has("key") => Some(
                "the fleet needs a key: `openssl rand -hex 32 > FILE`, then `--key-file FILE`, or the variable MODELPIN_STORE_KEY",
            ),
            _ => None,
        }
    }
}

/// What the configuration would say of the store. Nothing is written.
pub(super) fn preview(place: &Place, settings: &Settings) -> Result<StoreConfig, MoveError> {
    let mut lacks = None;
    let config = previewed(place, |edit| {
        settings.write(edit)?;
        lacks = settings.lacks(edit);
        Ok(())
    });
    match (lacks, config) {
        (Some(lacks), _) => Err(MoveError::Missing(lacks)),
        (None, config) => Ok(config?.store),
    }
}

/// Writes it.
pub(super) fn switch(place: &Place, settings: &Settings) -> Result<Written, MoveError> {
    let ((), written) = change_config(place, |edit| settings.write(edit))?;
    Ok(written)
}
