//! The other machines: who of them renews a sign-in, and what they know of it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::AbortHandle;

use super::generation::{Generation, file_name_of};
use super::lines::{Newer, brought, holds, newer, renewed};
use super::machine::Note;
use super::seen::Seen;
use super::tokens::Tokens;
use crate::echo::causes;
use crate::profile::ProfileId;
use crate::provide::SignIn;
use crate::store::{
    Claiming, Fence, Progress, RenewalNote, SharedSignIn, SignInName, SignInStore, SignInsError, SignedIn,
};

/// How long a claim lasts when its holder is gone.
const LEASE: Duration = Duration::from_secs(30);
/// How often it is made to last longer, and is there again if the store lost it.
const BEAT: Duration = Duration::from_secs(2);
/// The wait before another machine's claim is asked after again.
const ASK: Duration = Duration::from_millis(50);
/// The wait before a claim is given back again that could not be.
const AGAIN: Duration = Duration::from_millis(250);
/// How often a record is made again because another machine was faster.
const TRIES: usize = 16;

/// New tokens that are in the file and that the other machines could not be told of; each with the claim under which they were
/// had. It is not given back before: whoever had it next would find that a token was sent, and nothing that came of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Untold(Arc<Mutex<HashMap<Key, Option<Claim>>>>);

type Key = (PathBuf, ProfileId);

impl Untold {
    pub(super) fn add(&self, key: Key) {
        self.all().entry(key).or_default();
    }

    pub(super) fn has(&self, key: &Key) -> bool {
        self.all().contains_key(key)
    }

    /// They are told.
    pub(super) async fn told(&self, key: &Key) {
        let claim = self.all().remove(key).flatten();
        if let Some(claim) = claim {
            claim.give_back().await;
        }
    }

    /// A renewal is over: the claim is given back, or kept until there is nothing untold.
    pub(super) async fn over(&self, key: &Key, claim: Claim) {
        let mut claim = Some(claim);
        if let Some(kept) = self.all().get_mut(key) {
            *kept = claim.take();
        }
        if let Some(claim) = claim {
            claim.give_back().await;
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Key, Option<Claim>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What machines share, of one sign-in.
#[derive(Debug, Clone)]
pub(super) struct Fleet {
    store: Arc<dyn SignInStore>,
    name: SignInName,
    holder: String,
}

/// The right to renew, among all machines. It ends when it is given back, or some time after its process ended.
#[derive(Debug)]
pub(super) struct Claim {
    fleet: Fleet,
    fence: Fence,
    beat: AbortHandle,
}

/// What became of new tokens in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// It has them.
    Ours,
    /// Another machine had put another sign-in there, which stays.
    Theirs,
}

impl Fleet {
    /// `process` is a name that no other process has.
    pub(super) fn of(store: Arc<dyn SignInStore>, process: &str, sign_in: &SignIn, seen: &Seen) -> Self {
        let name = name_of(sign_in, seen);
        Self {
            // Two profiles of one file may have the same sign-in: then one of them renews.
            holder: format!(
                "{process} {} {}",
                file_name_of(&sign_in.store.to_string_lossy()),
                file_name_of(sign_in.profile.as_str())
            ),
            store,
            name,
        }
    }

    pub(super) fn name(&self) -> &SignInName {
        &self.name
    }

    /// What the machines know.
    pub(super) async fn load(&self) -> Result<SharedSignIn, String> {
        self.store.load(&self.name).await.map_err(told)
    }

    /// The right to renew, or what is known while another machine has it.
    pub(super) async fn claim(&self) -> Result<Result<(Claim, SharedSignIn), SharedSignIn>, String> {
        match self.store.claim(&self.name, &self.holder, LEASE).await {
            Ok(Claiming::Granted(fence, shared)) => Ok(Ok((Claim::held(self.clone(), fence), shared))),
            Ok(Claiming::Held(shared)) => Ok(Err(shared)),
            Err(wrong) => Err(told(wrong)),
        }
    }

    /// Waits a while, before the claim is asked for again.
    pub(super) async fn wait(turn: u32) {
        tokio::time::sleep(ASK * turn.clamp(1, 10)).await;
    }

    /// Whether a claim is over, or another one's.
    async fn gave_back(&self, fence: Fence) -> bool {
        let given = self.store.extend(&self.name, fence, Duration::ZERO).await;
        !matches!(given, Err(SignInsError::Unavailable(_)))
    }

    /// Brings what the file has to the record, in the place of what was found there. `false` if that is another by now.
    pub(super) async fn bring(&self, file: &Seen, found: &SharedSignIn) -> Result<bool, String> {
        let record = brought(file, found.record.as_ref());
        let kept = self.store.keep(&self.name, found.version, &record, None);
        match kept.await {
            Ok(()) => Ok(true),
            Err(SignInsError::Conflict) => Ok(false),
            Err(wrong) => Err(told(wrong)),
        }
    }

    /// Brings new tokens to the record, if it still has the sign-in that they were given for.
    ///
    /// No claim is needed for it: while it was noted that the token may have left, nobody sent it again, so these are the
    /// only good ones, however late they come.
    pub(super) async fn keep(&self, given_for: &Seen, tokens: &Tokens) -> Result<Told, String> {
        for _ in 0..TRIES {
            let found = self.load().await?;
            if let Some(record) = &found.record {
                if holds(record, given_for, tokens) {
                    return Ok(Told::Ours);
                }
                if record.generation() != given_for.generation {
                    return Ok(Told::Theirs);
                }
            }
            let record = renewed(given_for, tokens, found.record.as_ref());
            let settled = Some(given_for.generation);
            match self.store.keep(&self.name, found.version, &record, settled).await {
                Ok(()) => return Ok(Told::Ours),
                Err(SignInsError::Conflict) => {}
                Err(wrong) => return Err(told(wrong)),
            }
        }
        Err("others change the sign-in again and again".to_owned())
    }
}

impl Claim {
    fn held(fleet: Fleet, fence: Fence) -> Self {
        let beating = fleet.clone();
        let beat = tokio::spawn(async move {
            loop {
                tokio::time::sleep(BEAT).await;
                let extended = beating.store.extend(&beating.name, fence, LEASE).await;
                // If the store is away, the claim lasts a while all the same.
                if matches!(extended, Err(SignInsError::Fenced)) {
                    return;
                }
            }
        });
        Self {
            fleet,
            fence,
            beat: beat.abort_handle(),
        }
    }

    /// Notes how far the renewal has come, for all machines to see; `None` if nothing is under way.
    ///
    /// It fails if another machine has the claim by now: then nothing may be sent.
    pub(super) async fn note(&self, note: Option<Note<Generation>>) -> Result<(), String> {
        let Fleet { store, name, .. } = &self.fleet;
        let noted = store.note(name, self.fence, note.map(shared_note)).await;
        noted.map_err(told)
    }

    /// Another machine need not wait until the time of the claim is over.
    pub(super) async fn give_back(self) {
        self.beat.abort();
        let (fleet, fence) = (self.fleet.clone(), self.fence);
        if fleet.gave_back(fence).await {
            return;
        }
        tokio::spawn(async move {
            let began = Instant::now();
            while began.elapsed() < LEASE && !fleet.gave_back(fence).await {
                tokio::time::sleep(AGAIN).await;
            }
        });
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.beat.abort();
    }
}

/// What a note of the machines says to the renewal.
pub(super) fn note(note: RenewalNote) -> Note<Generation> {
    match note.progress {
        Progress::Claimed => Note::Claimed(note.of),
        Progress::Posted => Note::Posted(note.of),
        Progress::Refused => Note::Refused(note.of),
        Progress::Ambiguous => Note::Ambiguous(note.of),
    }
}

fn shared_note(note: Note<Generation>) -> RenewalNote {
    RenewalNote {
        progress: match note {
            Note::Claimed(_) => Progress::Claimed,
            Note::Posted(_) => Progress::Posted,
            Note::Refused(_) => Progress::Refused,
            Note::Ambiguous(_) => Progress::Ambiguous,
        },
        of: *note.generation(),
    }
}

/// Which of two notes counts for a token: the one that allows less.
pub(super) fn stricter(
    one: Option<Note<Generation>>,
    other: Option<Note<Generation>>,
    of: Generation,
) -> Option<Note<Generation>> {
    let weight = |note: &Note<Generation>| match note {
        _ if *note.generation() != of => 0,
        Note::Claimed(_) => 1,
        Note::Refused(_) => 2,
        Note::Posted(_) => 3,
        Note::Ambiguous(_) => 4,
    };
    one.into_iter().chain(other).max_by_key(weight)
}

/// Whether a machine whose file has this needs what is recorded.
pub(super) fn is_old(file: &Seen, shared: &SharedSignIn) -> bool {
    newer(shared, file) == Newer::Record
}

/// Whether the other machines need what this file has.
pub(super) fn is_new(file: &Seen, shared: &SharedSignIn) -> bool {
    newer(shared, file) == Newer::File
}

fn name_of(sign_in: &SignIn, seen: &Seen) -> SignInName {
    SignInName::new(SignedIn {
        provider: &seen.provider,
        account: seen.account.as_deref(),
        email: seen.email.as_deref(),
        profile: &sign_in.profile,
        agent: agent_of(&sign_in.store).as_deref(),
    })
}

/// The agent whose file it is, by the place that an agent's file has in every state directory: `agents/AGENT/agent/FILE`.
fn agent_of(file: &Path) -> Option<String> {
    let mut above = file.ancestors().skip(1).map(Path::file_name);
    let names = [above.next()??, above.next()??, above.next()??];
    let [folder, agent, agents] = names;
    (folder == "agent" && agents == "agents").then(|| agent.to_string_lossy().into_owned())
}

fn told(wrong: SignInsError) -> String {
    causes(&wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_file_tells_its_agent_on_every_machine() {
        let agent = |path: &str| agent_of(Path::new(path));
        for home in ["/home/a/.modelpin", "/var/lib/modelpin"] {
            let path = format!("{home}/agents/main/agent/auth-profiles.json");
            assert_eq!(agent(&path).as_deref(), Some("main"));
        }
        assert_eq!(agent("/srv/alice/auth-profiles.json"), None);
        assert_eq!(agent("auth-profiles.json"), None);
    }

    #[test]
    fn of_two_notes_the_one_counts_that_allows_less() {
        let of = |text: &str| Generation::of(&crate::secret::Secret::new(text.to_owned()));
        let (now, old) = (of("now"), of("old"));
        let claimed = Some(Note::Claimed(now));
        assert_eq!(
            stricter(claimed, Some(Note::Posted(now)), now),
            Some(Note::Posted(now))
        );
        assert_eq!(stricter(Some(Note::Ambiguous(old)), claimed, now), claimed);
        assert_eq!(stricter(None, claimed, now), claimed);
    }
}
