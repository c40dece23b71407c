//! The renewal of one sign-in, as states and steps without I/O.
//!
//! ```text
//! Idle ──► Claimed ──► Posted ──► Settled
//!            ▲            │ ├────► Failed (transient, permanent)
//!            └────────────┘ └────► Ambiguous
//! ```
//!
//! [`Machine::start`] gives the first [`Action`]; whoever does it tells the [`Event`] that came of it, and is given the
//! next. All of it happens under the lock of the renewal, so that a [`Note`] that is found was left by somebody who is
//! gone. What is on disk runs ahead of what is done: *posted* is noted before the first byte leaves, so that a crash at
//! any moment is never taken for a token that was not sent.
//!
//! `G` is the generation of a sign-in: what tells one refresh token from the next. The machine never sees a token.

mod steps;

#[cfg(test)]
mod explorer;

pub use steps::Machine;

/// How often the token endpoint is asked in one renewal.
pub const TRIES: u8 = 3;
/// How often a renewed sign-in is brought to the store in one renewal.
pub const KEEPS: u8 = 3;

/// Where a renewal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State<G> {
    /// Nothing has been looked at.
    Idle,
    /// The sign-in of this generation is ours to renew; its token has not left, or has come back unused.
    Claimed(G),
    /// Its refresh token may have left.
    Posted(G),
    /// The store has a newer sign-in.
    Settled,
    /// It could not be renewed.
    Failed(Failure),
    /// Its refresh token was sent, and what came of it is not known.
    Ambiguous(G),
}

/// How a renewal failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Failure {
    /// It may work later.
    Transient,
    /// The provider does not accept the token any more.
    Permanent,
}

/// What the journal holds. Where it holds nothing, nothing is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Note<G> {
    /// Somebody is about to renew this generation.
    Claimed(G),
    /// Its refresh token may have left.
    Posted(G),
    /// The provider refused it for good.
    Refused(G),
    /// It was sent, and no answer came.
    Ambiguous(G),
}

impl<G> Note<G> {
    /// The generation that it is about.
    pub fn generation(&self) -> &G {
        match self {
            Self::Claimed(of) | Self::Posted(of) | Self::Refused(of) | Self::Ambiguous(of) => of,
        }
    }
}

/// What is to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action<G> {
    /// Read the store and the journal: [`Event::Looked`].
    Look,
    /// Bring this to disk, in place of what was noted: [`Event::Noted`] or [`Event::NotNoted`].
    Note(Note<G>),
    /// Take the note away: [`Event::Forgotten`], also if that cannot be done.
    Forget,
    /// Send the refresh token of this generation: [`Event::Answered`].
    Post(G),
    /// Wait before the try of this number, from 1: [`Event::Waited`].
    Wait(u8),
    /// Bring the new tokens to the store, if it still has this generation: [`Event::Kept`] or [`Event::NotKept`].
    Keep(G),
    /// It is over.
    End(End),
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum End {
    /// The store has the new tokens.
    Renewed,
    /// The store had a newer sign-in, which is used.
    Adopted,
    /// There is nothing to renew: no such profile, or no refresh token.
    Gone,
    /// It failed.
    Failed(Failure),
    /// What came of the refresh token is not known, and it is not sent again.
    Ambiguous,
    /// It was renewed and cannot be written. Whoever drives the machine has the tokens, and brings them to the next one.
    Unsaved,
}

/// What came of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event<G> {
    /// What is there.
    Looked(Look<G>),
    /// The note is on disk.
    Noted,
    /// The note could not be written.
    NotNoted,
    /// The note is gone, or does no harm.
    Forgotten,
    /// What came of the request.
    Answered(Answer),
    /// It was waited.
    Waited,
    /// The store was changed, or had changed.
    Kept(Kept),
    /// The store could not be changed.
    NotKept,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Look<G> {
    /// The sign-in in the store, if it can be renewed or need not be.
    pub stored: Option<Stored<G>>,
    /// The note in the journal.
    pub note: Option<Note<G>>,
    /// The generation for which new tokens are in hand that the store would not take.
    pub unsaved: Option<G>,
}

/// The sign-in in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stored<G> {
    /// Its generation.
    pub generation: G,
    /// Whether it does for whoever asked.
    pub fitness: Fitness,
}

/// Whether a sign-in does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fitness {
    /// It does.
    Fit,
    /// It is to be renewed.
    Due,
}

/// What came of sending a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// New tokens, a new refresh token among them.
    Rotated,
    /// New tokens, and the refresh token stays: it was not used up (RFC 6749 §6).
    Unrotated,
    /// It never left.
    NotSent,
    /// The endpoint answered that it is in trouble (5xx).
    Trouble,
    /// It was refused, not for good.
    RefusedForNow,
    /// It was refused for good.
    RefusedForGood,
    /// It left, and nothing came back.
    Lost,
}

/// What became of new tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kept {
    /// The store has them.
    Ours,
    /// Somebody else had put another sign-in there, which stays.
    Theirs,
    /// There is no such profile any more, and it does not come back.
    Gone,
}
