//! What must hold in every storm, judged from the log alone.
//!
//! [`judge`] is pure, so that `forged.rs` can show that each claim is able to fail. `pins.rs` knows what may be pinned
//! when, `summary.rs` counts and tells how long things took.

mod forged;
mod pins;
mod summary;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::time::Duration;

use super::Clock;
use super::log::{Entry, Question, Reply, What};

pub(super) use pins::may_be_pinned;
pub(super) use summary::summary;

/// A change that cannot be kept is refused within this.
const REFUSED: Duration = Duration::from_millis(250);
/// All agree again within this.
const AGREED: Duration = Duration::from_secs(1);

/// What is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    GoesOn,
    RightCredential,
    PinIsUsed,
    Kept,
    Refused,
    Truthful,
    Agrees,
    AgreesInTime,
    RefusedInTime,
    Spared,
    OneTrial,
    Learned,
    Neighbours,
    NoSecret,
    NoPanic,
}

impl Claim {
    const ALL: [Self; 15] = [
        Self::GoesOn,
        Self::RightCredential,
        Self::PinIsUsed,
        Self::Kept,
        Self::Refused,
        Self::Truthful,
        Self::Agrees,
        Self::AgreesInTime,
        Self::RefusedInTime,
        Self::Spared,
        Self::OneTrial,
        Self::Learned,
        Self::Neighbours,
        Self::NoSecret,
        Self::NoPanic,
    ];

    fn words(self) -> &'static str {
        match self {
            Self::GoesOn => "requests go on during a fault",
            Self::RightCredential => "every credential is of the agent and at its provider",
            Self::PinIsUsed => "a request has the profile that is pinned, or was before the fault",
            Self::Kept => "what was acknowledged is pinned at every gateway afterwards",
            Self::Refused => "what was refused is not pinned afterwards",
            Self::Truthful => "a command is kept or refused, and the reply says which",
            Self::Agrees => "all gateways take changes and agree when a fault is over",
            Self::AgreesInTime => "they agree within 1 s",
            Self::RefusedInTime => "a pin that cannot be kept is refused within 250 ms",
            Self::Spared => "a rest that one gateway learned spares all",
            Self::OneTrial => "of all gateways one request tries what rested",
            Self::Learned => "a rest that was learned alone is known to all afterwards",
            Self::Neighbours => "neighbours in one chat are served by different gateways",
            Self::NoSecret => "no part of a secret is in any output",
            Self::NoPanic => "nothing panics",
        }
    }
}

/// What became of a claim.
#[derive(Debug, Clone)]
pub(super) struct Verdict {
    pub(super) claim: Claim,
    pub(super) tested: usize,
    pub(super) violated: usize,
    examples: Vec<String>,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (words, tested, violated) = (self.claim.words(), self.tested, self.violated);
        write!(f, " {words:68} tested {tested:>7}, violated {violated}")?;
        for example in &self.examples {
            write!(f, "\n     {example}")?;
        }
        Ok(())
    }
}

/// Verdicts, while they are found.
struct Court(Vec<Verdict>);

impl Court {
    fn holds(&mut self, claim: Claim, entry: &Entry, holds: bool, wrong: impl FnOnce() -> String) {
        let verdict = self.0.iter_mut().find(|verdict| verdict.claim == claim);
        let verdict = verdict.expect("every claim has one");
        verdict.tested += 1;
        if holds {
            return;
        }
        verdict.violated += 1;
        if verdict.examples.len() < 5 {
            let at = entry.at.as_secs_f64();
            let wrong: String = wrong().chars().take(1_600).collect();
            verdict.examples.push(format!("at {at:.3} s: {wrong}"));
        }
    }
}

/// Tests every claim against everything that happened.
pub(super) fn judge(log: &[Entry], clock: Clock) -> Vec<Verdict> {
    let verdicts = Claim::ALL.map(|claim| Verdict {
        claim,
        tested: 0,
        violated: 0,
        examples: Vec::new(),
    });
    let mut court = Court(verdicts.into());
    requests(&mut court, log);
    replies(&mut court, log, clock);
    questions(&mut court, log);
    outputs(&mut court, log);
    pins::judge(&mut court, log);
    court.0
}

/// Who was asked for what, with which credential, and what came of it.
fn requests(court: &mut Court, log: &[Entry]) {
    let (mut asked, mut attempts) = (HashMap::new(), HashSet::new());
    let (mut fault, mut served): (Option<&str>, HashMap<usize, HashSet<&str>>) = (None, HashMap::new());
    for entry in log {
        match &entry.what {
            What::Fault(word) => fault = Some(word),
            What::Back => fault = None,
            What::Asked { request, chat, agent } => {
                asked.insert(*request, (*agent, *chat, fault));
            }
            What::Attempt {
                request,
                provider,
                held,
            } => {
                attempts.insert(*request);
                let agent = asked.get(request).map(|(agent, ..)| *agent);
                let right = held.as_ref().is_some_and(|held| {
                    Some(held.agent) == agent && held.profile.split(':').next() == Some(*provider)
                });
                court.holds(Claim::RightCredential, entry, right, || {
                    format!("request {request} of {agent:?} came to {provider} with {held:?}")
                });
            }
            What::Ended {
                request,
                status,
                gateway,
                ..
            } => {
                let Some((_, Some(chat), during)) = asked.get(request) else {
                    continue;
                };
                served.entry(*chat).or_default().insert(gateway);
                if let Some(fault) = during {
                    let well = *status == 200 && attempts.contains(request);
                    court.holds(Claim::GoesOn, entry, well, || {
                        format!("request {request} while Redis was {fault}: {status} of {gateway}")
                    });
                }
            }
            _ => {}
        }
    }
    if let Some(last) = log.last() {
        for (chat, gateways) in served {
            court.holds(Claim::Neighbours, last, gateways.len() > 1, || {
                format!("chat {chat} was served by {gateways:?}")
            });
        }
    }
}

/// What was said to commands, and how long that and agreeing took.
fn replies(court: &mut Court, log: &[Entry], clock: Clock) {
    let late = |took: Duration, most: Duration| clock == Clock::Judged && took > most;
    for entry in log {
        match &entry.what {
            What::Said { reply, took, .. } => {
                let known = !matches!(reply, Reply::Unknown(_));
                court.holds(Claim::Truthful, entry, known, || format!("{reply:?}"));
                if *reply == Reply::Refused {
                    court.holds(Claim::RefusedInTime, entry, !late(*took, REFUSED), || {
                        format!("it took {took:?}")
                    });
                }
            }
            What::Agreed { fault, took, wrong } => {
                court.holds(Claim::Agrees, entry, wrong.is_none(), || {
                    format!("after {fault}: {wrong:?}")
                });
                court.holds(Claim::AgreesInTime, entry, !late(*took, AGREED), || {
                    format!("after {fault} it took {took:?}")
                });
            }
            _ => {}
        }
    }
}

/// Rests and trials, as providers saw them.
fn questions(court: &mut Court, log: &[Entry]) {
    for entry in log {
        let What::Expected {
            question,
            profile,
            requests,
            times,
        } = &entry.what
        else {
            continue;
        };
        let came = |one: &&Entry| match &one.what {
            What::Attempt { request, held, .. } => {
                requests.contains(request) && held.as_ref().is_some_and(|held| held.profile == *profile)
            }
            _ => false,
        };
        let seen = log.iter().filter(came).count();
        let claim = match question {
            Question::Spared => Claim::Spared,
            Question::Trial => Claim::OneTrial,
            Question::Learned => Claim::Learned,
        };
        court.holds(claim, entry, seen == *times, || {
            format!(
                "{profile} was tried {seen} times by {} requests, not {times}",
                requests.len()
            )
        });
    }
}

fn outputs(court: &mut Court, log: &[Entry]) {
    let mut panicked = false;
    for entry in log {
        match &entry.what {
            What::Heard { leaks, .. } => {
                court.holds(Claim::NoSecret, entry, leaks.is_empty(), || format!("{leaks:?}"));
            }
            What::Panicked(line) => {
                panicked = true;
                court.holds(Claim::NoPanic, entry, false, || line.clone());
            }
            _ => {}
        }
    }
    if let (Some(last), false) = (log.last(), panicked) {
        court.holds(Claim::NoPanic, last, true, String::new);
    }
}
