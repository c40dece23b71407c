//! Which credential: a profile is a named credential of one provider.

use std::fmt;
use std::sync::Arc;

use crate::model::ProviderId;

/// The id of a profile: any string, by custom `provider:name`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileId(Arc<str>);

impl ProfileId {
    /// Takes the id as written; ids are compared exactly.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(Arc::from(id))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after `provider:`, if the id follows that custom for this provider.
    #[must_use]
    pub fn short_name(&self, provider: &ProviderId) -> Option<&str> {
        let (written, name) = self.0.split_once(':')?;
        (ProviderId::new(written) == *provider && !name.is_empty()).then_some(name)
    }
}

impl fmt::Display for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// Who pays: the account behind a profile, which outlives signing in again.
///
/// It is made of the provider and the account id or e-mail that the credential tells; a credential that tells
/// neither is an account of its own, known by its profile id.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(Arc<str>);

impl AccountId {
    /// Names the account of a profile.
    ///
    /// `account` is the provider's account id, else the e-mail; both are compared without regard to ASCII case.
    #[must_use]
    pub fn new(provider: &ProviderId, account: Option<&str>, profile: &ProfileId) -> Self {
        let account = account.map(str::trim).filter(|told| !told.is_empty());
        Self(Arc::from(match account {
            Some(told) => format!("{provider}|{}", told.to_ascii_lowercase()),
            None => format!("{provider}#{profile}"),
        }))
    }

    /// The account that was once written as this string.
    #[must_use]
    pub fn kept(text: &str) -> Self {
        Self(Arc::from(text))
    }

    /// The provider.
    #[must_use]
    pub fn provider(&self) -> &str {
        self.0.split(['|', '#']).next().unwrap_or_default()
    }

    /// The account as one string, for keys and comparison; not meant for people.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// What a credential tells of the person or company behind it.
///
/// Texts are compared without regard to ASCII case and outer blanks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Identity {
    account: Option<Arc<str>>,
    email: Option<Arc<str>>,
}

impl Identity {
    /// Takes what is told; blank texts tell nothing.
    #[must_use]
    pub fn new(account: Option<&str>, email: Option<&str>) -> Self {
        let told = |text: Option<&str>| {
            let text = text.map(str::trim).filter(|text| !text.is_empty())?;
            Some(Arc::from(text.to_ascii_lowercase()))
        };
        Self {
            account: told(account),
            email: told(email),
        }
    }

    /// The provider's id of the account, in lower case.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// The account's e-mail, in lower case.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// Whether a profile that has the id of a pin may be what was pinned: it is, unless it is of another account, or
    /// tells nothing of the account that the pin is for.
    #[must_use]
    pub fn may_be(&self, pinned: &Self) -> bool {
        let told = pinned.account.is_some() || pinned.email.is_some();
        self.same(pinned).unwrap_or(!told)
    }

    /// Whether two credentials are of the same account; `None` if that cannot be told.
    #[must_use]
    pub fn same(&self, other: &Self) -> Option<bool> {
        let compare = |a: &Option<Arc<str>>, b: &Option<Arc<str>>| Some(a.as_ref()? == b.as_ref()?);
        compare(&self.account, &other.account).or_else(|| compare(&self.email, &other.email))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_needs_the_provider_in_front() {
        let id = ProfileId::new("anthropic:me@x.org");
        assert_eq!(id.short_name(&ProviderId::new("Anthropic")), Some("me@x.org"));
        assert_eq!(id.short_name(&ProviderId::new("openai")), None);
        assert_eq!(
            ProfileId::new("plain").short_name(&ProviderId::new("plain")),
            None
        );
    }

    #[test]
    fn signing_in_again_is_the_same_account() {
        let provider = ProviderId::new("openai-codex");
        let old = AccountId::new(&provider, Some("Me@X.org"), &ProfileId::new("a"));
        let new = AccountId::new(&provider, Some("me@x.org "), &ProfileId::new("b"));
        assert_eq!(old, new);
        assert_ne!(old, AccountId::new(&provider, None, &ProfileId::new("a")));
    }

    #[test]
    fn identities_are_compared_by_what_both_tell() {
        let both = Identity::new(Some("acc-1"), Some("me@x.org"));
        assert_eq!(both.same(&Identity::new(None, Some("ME@x.org"))), Some(true));
        assert_eq!(
            both.same(&Identity::new(Some("acc-2"), Some("me@x.org"))),
            Some(false)
        );
        assert_eq!(both.same(&Identity::default()), None);
    }

    #[test]
    fn what_tells_no_account_is_not_taken_for_a_known_one() {
        let known = Identity::new(Some("acc-1"), Some("me@x.org"));
        let unknown = Identity::default();
        assert!(known.may_be(&known) && known.may_be(&unknown) && unknown.may_be(&unknown));
        assert!(!unknown.may_be(&known));
        assert!(!Identity::new(Some("acc-1"), None).may_be(&Identity::new(None, Some("me@x.org"))));
    }
}
