//! Sharing sign-ins among machines that each have a credential file of their own.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use thiserror::Error;

use super::{Extent, Generation};
use crate::clock::Timestamp;
use crate::model::ProviderId;
use crate::profile::ProfileId;
use crate::secret::Secret;

/// How many refresh tokens a record remembers that came before its own: of tokens that last for an hour those of six weeks.
/// A machine that was off for longer would take its old token for that of a new sign-in.
pub const REMEMBERED: usize = 1_000;

/// Which sign-in: the same on every machine that has a copy of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignInName(Arc<str>);

/// What tells one sign-in from another.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn<'a> {
    /// The provider.
    pub provider: &'a ProviderId,
    /// The provider's id of the account.
    pub account: Option<&'a str>,
    /// The e-mail of the person.
    pub email: Option<&'a str>,
    /// The profile that has it.
    pub profile: &'a ProfileId,
    /// The agent whose file has it, where that is known.
    pub agent: Option<&'a str>,
}

impl SignInName {
    /// Names a sign-in: by the person and the account, whatever the profile is called on this machine and whichever agents
    /// have it. Where nobody says who the person is, only the same profile of the same agent is the same sign-in: many people of
    /// one company may share an account, and none of them is served with the tokens of another.
    #[must_use]
    pub fn new(of: SignedIn<'_>) -> Self {
        let told = |text: Option<&str>| text.unwrap_or_default().trim().to_ascii_lowercase();
        let email = told(of.email);
        let mut parts = vec![of.provider.to_string(), told(of.account), email.clone()];
        if email.is_empty() {
            parts.push(of.profile.to_string());
            parts.push(of.agent.unwrap_or_default().to_owned());
        }
        // No part can be taken for two: what parts are divided by is written twice within one.
        let parts: Vec<_> = parts.iter().map(|part| part.replace('|', "||")).collect();
        Self(Arc::from(parts.join("| ")))
    }

    /// The sign-in that was once written as this.
    #[must_use]
    pub fn kept(text: &str) -> Self {
        Self(Arc::from(text))
    }

    /// As one string, for keys and comparison; not meant for people.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SignInName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// Which claim: each that is granted has a larger number than all before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fence(pub u64);

/// How far a renewal has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Progress {
    /// Somebody is about to renew it.
    Claimed,
    /// Its refresh token may have left.
    Posted,
    /// The provider refused it for good.
    Refused,
    /// It was sent, and no answer came.
    Ambiguous,
}

/// What was noted of a renewal: how far it has come, and which refresh token it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RenewalNote {
    /// How far it has come.
    pub progress: Progress,
    /// The refresh token.
    pub of: Generation,
}

/// The newest tokens of a sign-in. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct SignInRecord {
    /// What goes into requests.
    pub access: Secret,
    /// What the next one is had for.
    pub refresh: Secret,
    /// When the access token ends, if that is known.
    pub expires: Option<Timestamp>,
    /// The refresh tokens that came before, the oldest first: whoever has one of them has an old copy.
    pub before: Vec<Generation>,
}

impl SignInRecord {
    /// Which refresh token it has.
    #[must_use]
    pub fn generation(&self) -> Generation {
        Generation::of(&self.refresh)
    }

    /// The same tokens in the place of `old`, so that whoever has a token of that one, or of one before, has an old copy.
    #[must_use]
    pub fn after(mut self, old: &Self) -> Self {
        let own = self.generation();
        let all = old.before.iter().copied();
        let all = all.chain([old.generation()]).chain(self.before);
        // Of each the last place counts.
        let mut seen = HashSet::from([own]);
        let mut before: Vec<_> = all.collect::<Vec<_>>().into_iter().rev().collect();
        before.retain(|generation| seen.insert(*generation));
        before.truncate(REMEMBERED);
        before.reverse();
        self.before = before;
        self
    }

    /// Whether a copy with this refresh token is an old one.
    #[must_use]
    pub fn is_after(&self, generation: Generation) -> bool {
        self.before.contains(&generation)
    }
}

/// What the machines know of a sign-in.
#[derive(Debug, Clone, Default)]
pub struct SharedSignIn {
    /// One more with each record that is kept; 0 before the first.
    pub version: u64,
    /// What was noted last, if nothing has settled it.
    pub note: Option<RenewalNote>,
    /// The newest tokens, if any machine brought some.
    pub record: Option<SignInRecord>,
}

/// What came of asking for a claim.
#[derive(Debug, Clone)]
pub enum Claiming {
    /// It is granted.
    Granted(Fence, SharedSignIn),
    /// Another one has it, until its time is over.
    Held(SharedSignIn),
}

/// What was renewed elsewhere.
#[derive(Debug, Clone, Default)]
pub struct SignInNews {
    /// The sign-ins that have newer tokens.
    pub names: Vec<SignInName>,
    /// With [`Extent::Everything`] nobody knows which: any may.
    pub extent: Extent,
    /// Where the next question goes on.
    pub mark: u64,
}

/// Why a store of sign-ins did not do what it was asked.
#[derive(Debug, Error)]
pub enum SignInsError {
    /// The claim is another one's by now; nothing was changed.
    #[error("another machine has taken the renewal over")]
    Fenced,
    /// The record is another one by now; nothing was changed.
    #[error("another machine has changed the sign-in in between")]
    Conflict,
    /// It cannot be asked, or did not keep what it was given.
    #[error("the shared store of sign-ins is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Shares sign-ins among machines: who renews, how far that has come, and the newest tokens.
///
/// A claim is a lease: it ends by itself when its holder is gone. So it alone does not keep a machine from going on that
/// was frozen meanwhile; what it does then is refused, because each claim has a [`Fence`].
#[async_trait]
pub trait SignInStore: fmt::Debug + Send + Sync {
    /// Asks for the right to renew a sign-in, for as long as `lease`. The same `holder` may ask again at any time, and has
    /// then a new claim in the place of the old one.
    ///
    /// # Errors
    /// [`SignInsError::Unavailable`]; then nothing is claimed, or it ends with the lease.
    async fn claim(&self, name: &SignInName, holder: &str, lease: Duration)
    -> Result<Claiming, SignInsError>;

    /// Lets a claim last for `lease` from now on; with none at all it ends.
    ///
    /// # Errors
    /// [`SignInsError::Fenced`] if somebody else has claimed it since, or [`SignInsError::Unavailable`].
    async fn extend(&self, name: &SignInName, fence: Fence, lease: Duration) -> Result<(), SignInsError>;

    /// What is known of a sign-in.
    ///
    /// # Errors
    /// [`SignInsError::Unavailable`], also where a record cannot be opened: then it is as good as none, and nobody goes on
    /// as if there were none.
    async fn load(&self, name: &SignInName) -> Result<SharedSignIn, SignInsError>;

    /// Notes how far a renewal has come, in the place of what was noted; `None` takes the note away.
    ///
    /// A note that was refused is not there later either.
    ///
    /// # Errors
    /// [`SignInsError::Fenced`] if the claim is not the newest one, or [`SignInsError::Unavailable`].
    async fn note(
        &self,
        name: &SignInName,
        fence: Fence,
        note: Option<RenewalNote>,
    ) -> Result<(), SignInsError>;

    /// Puts a record in the place of the version that it was made from, tells everybody, and takes a note away that is
    /// about `settled`.
    ///
    /// It asks for no claim: whoever has been given tokens has the only good ones, also if its claim is over. It asks that
    /// nobody has put others there.
    ///
    /// # Errors
    /// [`SignInsError::Conflict`] if the version is another one by now, or [`SignInsError::Unavailable`]: it may be there.
    async fn keep(
        &self,
        name: &SignInName,
        from: u64,
        record: &SignInRecord,
        settled: Option<Generation>,
    ) -> Result<(), SignInsError>;

    /// What was renewed after `since`, which is the mark of the last answer; 0 before the first one.
    ///
    /// # Errors
    /// [`SignInsError::Unavailable`].
    async fn news(&self, since: u64) -> Result<SignInNews, SignInsError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(refresh: &str) -> SignInRecord {
        SignInRecord {
            access: Secret::new("EXAMPLE-access".into()),
            refresh: Secret::new(refresh.into()),
            expires: None,
            before: Vec::new(),
        }
    }

    fn of(refresh: &str) -> Generation {
        Generation::of(&Secret::new(refresh.into()))
    }

    #[test]
    fn whoever_has_a_token_that_came_before_has_an_old_copy() {
        let third = record("c").after(&record("b").after(&record("a")));
        assert!(third.is_after(of("a")) && third.is_after(of("b")));
        assert!(!third.is_after(of("c")) && !third.is_after(of("x")));
        // A token that comes back is none that came before.
        let again = record("a").after(&third);
        assert!(!again.is_after(of("a")));
        assert!(again.is_after(of("c")));
    }

    #[test]
    fn a_record_does_not_grow_for_ever_and_forgets_the_oldest() {
        let mut newest = record("first");
        for turn in 0..REMEMBERED + 3 {
            newest = record(&format!("t{turn}")).after(&newest);
        }
        assert_eq!(newest.before.len(), REMEMBERED);
        assert!(!newest.is_after(of("first")));
        assert!(newest.is_after(of(&format!("t{}", REMEMBERED + 1))));
    }

    #[test]
    fn a_person_is_the_same_under_any_profile_and_others_never_are() {
        let provider = ProviderId::new("acme");
        let name = |account, email, profile: &str, agent| {
            SignInName::new(SignedIn {
                provider: &provider,
                account,
                email,
                profile: &ProfileId::new(profile),
                agent,
            })
        };
        let (team, ann) = (Some("team-1"), Some("ann@x.org"));
        let one = name(team, ann, "acme:a", Some("main"));
        assert_eq!(one, name(team, Some(" Ann@X.org"), "acme:renamed", None));
        let others = [
            one,
            name(team, Some("bob@x.org"), "acme:a", Some("main")),
            name(Some("team-2"), ann, "acme:a", Some("main")),
            name(None, ann, "acme:a", Some("main")),
            // Nobody says who these are.
            name(team, None, "acme:a", Some("main")),
            name(team, None, "acme:a", Some("other")),
            name(team, None, "acme:b", Some("main")),
            name(team, None, "acme:a| main", None),
            name(None, Some(""), "acme:a", Some("main")),
        ];
        let once: HashSet<_> = others.iter().collect();
        assert_eq!(once.len(), others.len());
    }
}
