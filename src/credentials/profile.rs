//! One profile of `auth-profiles.json`: what we understand of it, beside its text.

use std::collections::HashMap;
use std::fmt;

use serde_json::Value;
use serde_json::value::RawValue;
use thiserror::Error;

use super::usage::moment;
use crate::config::SecretInput;
use crate::credential::CredentialKind;
use crate::model::ProviderId;
use crate::order::Expiry;
use crate::profile::ProfileId;

/// A profile as it is stored. `Debug` shows no secret.
#[derive(Clone)]
pub struct StoredProfile {
    /// The provider; where the file does not tell it, the part of the id before `:`.
    pub provider: ProviderId,
    /// The kind; `None` for a type that we do not know.
    pub kind: Option<CredentialKind>,
    /// When the secret ends.
    pub expires: Expiry,
    /// The account's e-mail.
    pub email: Option<String>,
    /// The provider's id of the account.
    pub account: Option<String>,
    /// What is wrong with the entry, if that makes it unusable.
    pub problem: Option<Problem>,
    pub(super) secret: Option<SecretInput>,
    pub(super) refresh: Option<SecretInput>,
    raw: Box<RawValue>,
}

/// What makes a stored profile unusable.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Problem {
    /// The profile is no object.
    #[error("the profile is not an object")]
    NotAnObject,
    /// A field has a value of a wrong type.
    #[error("`{0}` has a value of a wrong type")]
    WrongType(&'static str),
    /// The file does not say for which provider it is.
    #[error("`provider` is missing")]
    NoProvider,
    /// A reference names a place that we do not know.
    #[error("`{0}` is no reference to an environment variable, a file, or a command")]
    BadReference(&'static str),
}

impl StoredProfile {
    /// Understands what can be understood; a profile is never lost because of what cannot.
    pub(super) fn from_raw(id: &ProfileId, raw: Box<RawValue>) -> Self {
        let mut profile = Self {
            provider: ProviderId::new(id.as_str().split_once(':').map_or("", |(before, _)| before)),
            kind: None,
            expires: Expiry::Never,
            email: None,
            account: None,
            problem: None,
            secret: None,
            refresh: None,
            raw,
        };
        let raw = profile.raw.clone();
        if let Err(problem) = profile.understand(raw.get()) {
            profile.problem = Some(problem);
            profile.secret = None;
            profile.refresh = None;
        }
        profile
    }

    fn understand(&mut self, text: &str) -> Result<(), Problem> {
        let fields = serde_json::from_str(text).map_err(|_| Problem::NotAnObject)?;
        let fields = Fields(fields);
        // The provider first: whatever else is wrong, the profile is then told where it belongs.
        let provider = fields.text("provider")?.ok_or(Problem::NoProvider)?;
        self.provider = ProviderId::new(&provider);
        let kind = match fields.text("type")? {
            Some(word) => Some(word),
            None => fields.text("mode")?,
        };
        self.kind = kind.as_deref().and_then(CredentialKind::from_word);
        self.email = fields.text("email")?;
        self.account = fields.text("accountId")?;
        fields.text("clientId")?;
        self.expires = match fields.value("expires") {
            None => Expiry::Never,
            Some(value) => value
                .ok()
                .as_ref()
                .and_then(moment)
                .map_or(Expiry::Invalid, Expiry::At),
        };
        match self.kind {
            Some(CredentialKind::ApiKey) => {
                let plain = fields.input("key")?.or(fields.input("apiKey")?);
                self.secret = fields.reference("keyRef")?.or(plain);
            }
            Some(CredentialKind::Token) => {
                let plain = fields.input("token")?;
                self.secret = fields.reference("tokenRef")?.or(plain);
            }
            Some(CredentialKind::OAuth) => {
                self.secret = fields.input("access")?;
                self.refresh = fields.input("refresh")?;
            }
            None => {}
        }
        Ok(())
    }

    /// Whether there is a refresh token in it.
    #[must_use]
    pub fn is_renewable(&self) -> bool {
        self.refresh.is_some()
    }

    /// The access token of a sign-in, as the file gives it.
    #[must_use]
    pub fn access_token(&self) -> Option<&SecretInput> {
        let sign_in = self.kind == Some(CredentialKind::OAuth);
        self.secret.as_ref().filter(|_| sign_in)
    }

    /// The refresh token of a sign-in, as the file gives it.
    #[must_use]
    pub fn refresh_token(&self) -> Option<&SecretInput> {
        self.refresh.as_ref()
    }

    /// The profile as it stands in the file, with all that we do not understand.
    #[must_use]
    pub fn raw(&self) -> &RawValue {
        &self.raw
    }
}

impl fmt::Debug for StoredProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredProfile")
            .field("provider", &self.provider)
            .field("kind", &self.kind)
            .field("expires", &self.expires)
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}

/// The fields of a profile, none of them read before it is asked for.
struct Fields<'a>(HashMap<String, &'a RawValue>);

impl Fields<'_> {
    fn value(&self, name: &str) -> Option<Result<Value, serde_json::Error>> {
        self.0.get(name).map(|raw| serde_json::from_str(raw.get()))
    }

    /// The value of a field; `null` counts as absent.
    fn present(&self, name: &'static str) -> Result<Option<Value>, Problem> {
        match self.value(name).transpose() {
            Ok(value) => Ok(value.filter(|value| !value.is_null())),
            Err(_) => Err(Problem::WrongType(name)),
        }
    }

    fn text(&self, name: &'static str) -> Result<Option<String>, Problem> {
        match self.present(name)? {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Problem::WrongType(name)),
        }
    }

    /// A secret: a text, or a reference in its place.
    fn input(&self, name: &'static str) -> Result<Option<SecretInput>, Problem> {
        match self.present(name)? {
            Some(Value::String(text)) => Ok(Some(SecretInput::from_text(&text))),
            _ => self.reference(name),
        }
    }

    fn reference(&self, name: &'static str) -> Result<Option<SecretInput>, Problem> {
        let Some(value) = self.present(name)? else {
            return Ok(None);
        };
        if !value.is_object() {
            return Err(Problem::WrongType(name));
        }
        let part = |key| value.get(key).and_then(Value::as_str);
        part("source")
            .zip(part("id"))
            .and_then(|(source, id)| SecretInput::from_reference(source, id))
            .map(Some)
            .ok_or(Problem::BadReference(name))
    }
}
