//! One renewal: does what the machine says, and tells it what came of it.
//!
//! Where several machines share sign-ins, the order is: the lock of this machine, the claim among all of them, what they know of the
//! sign-in, and then the steps, whose notes go to all before the token leaves.

use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::errand::{BROKE_OFF, Blind, Errand, Others, blocking};
use super::exchange::refresh_by;
use super::fleet::{Claim, Fleet, is_old, note, stricter};
use super::generation::Generation;
use super::journal::Journal;
use super::machine::{Action, Event, Fitness, Look, Machine, Note, Stored};
use super::seen::Seen;
use crate::credential::Credential;
use crate::files::Lock;
use crate::provide::{Adopted, Concerns, RefreshError};
use crate::store::SharedSignIn;

/// How long another process is waited for that is renewing the same sign-in: longer than one takes, unless its provider
/// answers nothing at all.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long one is waited for when there is only something to take over: it does that itself.
const BRIEFLY: Duration = Duration::from_secs(2);
/// The wait before the second try; each further one is four times as long.
const FIRST_WAIT: Duration = Duration::from_millis(250);

/// What is to be done now that nobody else of this machine is at it.
enum Turn {
    /// Nothing: these tokens do.
    Over(Credential),
    /// It is ours to renew: on this machine, which is alone, or with a claim among several.
    Ours(Option<(Claim, SharedSignIn)>),
}

/// Renews a sign-in. It is not to be cancelled: run it in a task of its own.
pub(super) async fn renew(errand: Errand) -> Result<Credential, RefreshError> {
    let journal = Journal::of(&errand.sign_in.store, &errand.sign_in.profile);
    // What the store had when the wait began tells afterwards whether somebody else renewed it meanwhile.
    let before = errand.look().await.map_err(|blind| errand.blind(blind))?;
    let _lock = take(journal.clone(), PATIENCE)
        .await
        .map_err(|reason| errand.transient(reason))?;
    let claimed = match turn(&errand, &before).await? {
        Turn::Over(credential) => return Ok(credential),
        Turn::Ours(claimed) => claimed,
    };
    let (claim, found) = claimed.unzip();
    let mut steps = Steps {
        errand: &errand,
        journal,
        fleet: claim.as_ref().and_then(|_| errand.fleet(&before)),
        claim: claim.as_ref(),
        found,
        sent: Sent::No,
        theirs: None,
        seen: before.clone(),
        before,
        reason: String::new(),
    };
    let renewed = steps.run().await;
    if let Some(claim) = claim {
        errand.untold.over(&errand.key(), claim).await;
    }
    renewed
}

/// Takes over what another machine has renewed, and brings what none of them knows.
pub(super) async fn adopt(errand: &Errand, concerns: &Concerns) -> Result<Adopted, RefreshError> {
    let before = errand.look().await.map_err(|blind| errand.blind(blind))?;
    let Some(fleet) = errand.fleet(&before) else {
        return Ok(Adopted::NotConcerned);
    };
    if !concerns(fleet.name().as_str()) {
        return Ok(Adopted::NotConcerned);
    }
    let journal = Journal::of(&errand.sign_in.store, &errand.sign_in.profile);
    let _lock = take(journal, BRIEFLY)
        .await
        .map_err(|reason| errand.transient(reason))?;
    let agreed = errand.agree(&fleet, None, Others::MayBe).await;
    let (now, _) = agreed.map_err(|blind| errand.blind(blind))?;
    let same = now.generation == before.generation && now.access.expose() == before.access.expose();
    Ok(if same { Adopted::Same } else { Adopted::Newer })
}

/// Waits until nobody else renews this sign-in, or has.
async fn turn(errand: &Errand, before: &Seen) -> Result<Turn, RefreshError> {
    let Some(fleet) = errand.fleet(before) else {
        return Ok(Turn::Ours(None));
    };
    let began = Instant::now();
    for turn in 1.. {
        let seen = errand.look().await.map_err(|blind| errand.blind(blind))?;
        if errand.in_hand().is_none() && errand.fitness(&seen, before) == Fitness::Fit {
            return Ok(Turn::Over(seen.credential()));
        }
        match fleet.claim().await {
            Ok(Ok(claimed)) => return Ok(Turn::Ours(Some(claimed))),
            Ok(Err(found)) if is_old(&seen, &found) => {
                errand.adopt(&found).await.map_err(|blind| errand.blind(blind))?;
            }
            Ok(Err(_)) => {}
            Err(_) if errand.in_hand().is_some() => {
                // What is in hand is brought to the file, though nobody else can be told.
                return Ok(Turn::Ours(None));
            }
            Err(wrong) => return Err(errand.transient(unsent(&wrong))),
        }
        if began.elapsed() > PATIENCE {
            break;
        }
        Fleet::wait(turn).await;
    }
    Err(errand.transient("another machine is renewing it, and does not come to an end".to_owned()))
}

fn unsent(wrong: &str) -> String {
    format!("{wrong}; without it nothing was sent to the provider")
}

/// Whether the refresh token was sent, as far as this renewal goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    No,
    MayBe,
}

/// A renewal that is under way.
struct Steps<'a> {
    errand: &'a Errand,
    journal: Journal,
    fleet: Option<Fleet>,
    claim: Option<&'a Claim>,
    /// What machines knew when the claim was granted.
    found: Option<SharedSignIn>,
    sent: Sent,
    /// What other machines have noted and this one has not seen itself.
    theirs: Option<Note<Generation>>,
    seen: Seen,
    before: Seen,
    reason: String,
}

impl Steps<'_> {
    async fn run(&mut self) -> Result<Credential, RefreshError> {
        let errand = self.errand;
        let mut machine = Machine::new(errand.at.reuse);
        let mut next = machine.start();
        loop {
            let event = match next {
                Action::Look => self.look().await?,
                Action::Note(note) => self.note(note).await,
                Action::Forget => {
                    // What the others cannot be told of yet is noted as sent until they are.
                    if let Some(claim) = self.claim.filter(|_| !errand.is_untold()) {
                        // A note that stays is about a token that is not used any more, or was not sent.
                        let _later = claim.note(None).await;
                    }
                    let journal = self.journal.clone();
                    let _done = blocking(move || journal.forget()).await;
                    Event::Forgotten
                }
                Action::Post(_) => {
                    self.sent = Sent::MayBe;
                    let answer = refresh_by(&errand.at, &self.seen.refresh, &*errand.clock).await;
                    if let Err(wrong) = &answer {
                        self.reason = wrong.to_string();
                        tracing::warn!(profile = %errand.sign_in.profile, %wrong, "a sign-in was not renewed");
                    }
                    Event::Answered(errand.taken(&self.seen, answer))
                }
                Action::Wait(before_try) => {
                    let times = 4u32.saturating_pow(u32::from(before_try).saturating_sub(1));
                    tokio::time::sleep(FIRST_WAIT * times).await;
                    Event::Waited
                }
                Action::Keep(_) => match errand.keep().await {
                    Ok(kept) => Event::Kept(kept),
                    Err(wrong) => {
                        self.reason = wrong;
                        Event::NotKept
                    }
                },
                Action::End(end) => return errand.told(end, &self.seen, std::mem::take(&mut self.reason)),
            };
            next = machine.on(event);
        }
    }

    /// What the file, the journal and the other machines have now.
    async fn look(&mut self) -> Result<Event<Generation>, RefreshError> {
        let errand = self.errand;
        let own = {
            let journal = self.journal.clone();
            blocking(move || journal.read()).await
        };
        let own = match own.map(|read| read.map_err(|wrong| wrong.to_string())) {
            Some(Ok(note)) => note,
            Some(Err(wrong)) => return Err(errand.impossible(wrong)),
            None => return Err(errand.transient(BROKE_OFF.to_owned())),
        };
        let mut note = own;
        self.seen = match &self.fleet {
            None => errand.look().await.map_err(|blind| errand.blind(blind))?,
            Some(fleet) => match errand.agree(fleet, self.found.take(), Others::KeptOut).await {
                Ok((seen, shared)) => {
                    note = self.agreed(own, &shared, seen.generation).await?;
                    seen
                }
                // What they know cannot be had any more; what happened is to be noted here all the same.
                Err(Blind::Passing(wrong)) if self.sent == Sent::MayBe => {
                    tracing::warn!(profile = %errand.sign_in.profile, %wrong, "what other machines know cannot be asked");
                    errand.look().await.map_err(|blind| errand.blind(blind))?
                }
                Err(Blind::Passing(wrong)) => return Err(errand.transient(unsent(&wrong))),
                Err(blind) => return Err(errand.blind(blind)),
            },
        };
        Ok(Event::Looked(Look {
            stored: Some(Stored {
                generation: self.seen.generation,
                fitness: errand.fitness(&self.seen, &self.before),
            }),
            note,
            unsaved: errand.in_hand().map(|(given_for, _)| given_for.generation),
        }))
    }

    /// The note that counts: this machine's own, or that of all of them. What this one has seen, all are to know.
    async fn agreed(
        &mut self,
        own: Option<Note<Generation>>,
        shared: &SharedSignIn,
        of: Generation,
    ) -> Result<Option<Note<Generation>>, RefreshError> {
        let shared = shared.note.map(note);
        let counts = stricter(own, shared, of);
        self.theirs = counts.filter(|_| counts == shared && counts != own);
        let is_strict =
            |note: &Note<Generation>| !matches!(note, Note::Claimed(_)) && *note.generation() == of;
        if counts != shared
            && counts.as_ref().is_some_and(is_strict)
            && let Some(claim) = self.claim
        {
            let noted = claim.note(counts).await;
            noted.map_err(|wrong| self.errand.transient(unsent(&wrong)))?;
        }
        Ok(counts)
    }

    /// Brings a note to all machines, and to the disk of this one.
    async fn note(&mut self, note: Note<Generation>) -> Event<Generation> {
        let mut event = Event::Noted;
        if self.errand.shared.is_some() && self.claim.is_none() && matches!(note, Note::Posted(_)) {
            self.reason = unsent("the other machines cannot be asked who renews it");
            return Event::NotNoted;
        }
        if let Some(claim) = self.claim
            && let Err(wrong) = claim.note(Some(note)).await
        {
            event = Event::NotNoted;
            self.reason = if self.sent == Sent::No {
                unsent(&wrong)
            } else {
                wrong
            };
            // What leaves is known to all before. Of what has not left, or has come back, this machine at least knows.
            if matches!(note, Note::Posted(_)) {
                return event;
            }
        }
        // What only the others have seen is theirs to take back.
        if matches!(note, Note::Ambiguous(_))
            && self
                .theirs
                .is_some_and(|theirs| theirs.generation() == note.generation())
        {
            return event;
        }
        let (journal, now) = (self.journal.clone(), self.errand.clock.now());
        match blocking(move || journal.write(note, now)).await {
            Some(Ok(())) => event,
            failed => {
                let told = failed.and_then(Result::err).map(|wrong| wrong.to_string());
                self.reason = told.unwrap_or_else(|| BROKE_OFF.to_owned());
                Event::NotNoted
            }
        }
    }
}

/// The lock of the renewal. It is waited for in a thread that a runtime does not wait for when it ends.
async fn take(journal: Journal, patience: Duration) -> Result<Lock, String> {
    let (hand_over, wait) = oneshot::channel();
    std::thread::spawn(move || drop(hand_over.send(journal.lock(patience))));
    match wait.await {
        Ok(Ok(lock)) => Ok(lock),
        Ok(Err(wrong)) => Err(wrong.to_string()),
        Err(_) => Err(BROKE_OFF.to_owned()),
    }
}
