//! Sharing sign-ins among machines that each have a credential file of their own.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use thiserror::Error;

use super::{Extent, Generation};
use crate::clock::Timestamp;
use crate::profile::{AccountId, ProfileId};
use crate::secret::Secret;

/// How many refresh tokens a record remembers that came before its own: of tokens that last for an hour those of six weeks.
/// A machine that was off for longer would take its old token for that of a new sign-in.
pub const REMEMBERED: usize = 1_000;

/// Which sign-in: the same on every machine that has a copy of it.
///
/// It is made of the account, the profile, and the agent whose file has it: two people of one company may have signed in
/// to one account, and neither is served with the other's tokens.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignInName(Arc<str>);

impl SignInName {
    /// Names the sign-in of a profile. `agent` is the agent whose credential file has it, where its place tells that.
    #[must_use]
    pub fn new(account: &AccountId, profile: &ProfileId, agent: Option<&str>) -> Self {
        let parts = [account.as_str(), profile.as_str(), agent.unwrap_or_default()];
        // No part can be taken for two: what parts are divided by is written twice within one.
        Self(Arc::from(parts.map(|part| part.replace('/', "//")).join("/ ")))
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
    fn names_of_two_are_never_one() {
        let account = |text| AccountId::kept(text);
        let name = |a, p, agent| SignInName::new(&account(a), &ProfileId::new(p), agent);
        let all = [
            name("a|x", "a:x", None),
            name("a|x", "a:y", None),
            name("a|x", "a:x", Some("main")),
            name("a|x/ a:x", "main", None),
            name("a|x/", " a:x", Some("main")),
        ];
        let once: HashSet<_> = all.iter().collect();
        assert_eq!(once.len(), all.len());
    }
}
