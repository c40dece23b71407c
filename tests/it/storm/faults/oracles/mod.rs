//! The claims that hold in every storm, judged from the log alone.
//!
//! [`judge`] is pure, so that `forged.rs` can show that each claim is able to fail. `requests.rs` is about what providers
//! and clients saw, `chats.rs` about people and their pins, `calm.rs` about questions with one right answer, `sign_ins.rs`
//! about renewal, `outside.rs` about what the process lets out and takes up.

mod calm;
mod chats;
mod forged;
mod outside;
mod requests;
mod sign_ins;

use std::fmt;

use super::log::{End, Entry, What};

/// What is claimed. Those with a number are the sentences of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Claim {
    TextIsUntouched,
    BodyIsUntouched,
    ReplyIsCommitted,
    StrictPin,
    PinsByCommand,
    PureSelection,
    OwnOutcome,
    LocalRefusals,
    OneModel,
    OnceEach,
    NotMixed,
    OneRefresh,
    StoredAsItWas,
    PinsKept,
    CredentialsKept,
    NoSecret,
    StatusIsNext,
    RightCredential,
    Fence,
    Memory,
    Files,
    NoPanic,
}

impl Claim {
    const ALL: [Self; 22] = [
        Self::TextIsUntouched,
        Self::BodyIsUntouched,
        Self::ReplyIsCommitted,
        Self::StrictPin,
        Self::PinsByCommand,
        Self::PureSelection,
        Self::OwnOutcome,
        Self::LocalRefusals,
        Self::OneModel,
        Self::OnceEach,
        Self::NotMixed,
        Self::OneRefresh,
        Self::StoredAsItWas,
        Self::PinsKept,
        Self::CredentialsKept,
        Self::NoSecret,
        Self::StatusIsNext,
        Self::RightCredential,
        Self::Fence,
        Self::Memory,
        Self::Files,
        Self::NoPanic,
    ];

    fn words(self) -> &'static str {
        match self {
            Self::TextIsUntouched => " 1 a message that is no command comes back byte for byte",
            Self::BodyIsUntouched => " 1 a body reaches the provider byte for byte, but for the model",
            Self::ReplyIsCommitted => " 2 a reply tells what was committed",
            Self::StrictPin => " 3 a strict pin is served by its profile and model, or refused",
            Self::PinsByCommand => " 4 only commands of those who may make pins",
            Self::PureSelection => " 5 asking changes nothing and names every candidate once",
            Self::OwnOutcome => " 6 an outcome is credited to the attempt that had it",
            Self::LocalRefusals => " 7 local refusals do not lengthen a rest",
            Self::OneModel => " 8 a failed model leaves the others alone, but for auth",
            Self::OnceEach => " 9 each credential is tried once for a model",
            Self::NotMixed => " 9 an answer is that of one attempt, the last",
            Self::OneRefresh => "10 a refresh token is sent once",
            Self::StoredAsItWas => "10 what is stored is the token that is good, or told to be lost",
            Self::PinsKept => "11 no acknowledged pin is lost",
            Self::CredentialsKept => "11 no acknowledged credential is lost",
            Self::NoSecret => "12 no part of a secret is in any output",
            Self::StatusIsNext => "13 what the status says is what is done",
            Self::RightCredential => " · every credential goes where it belongs",
            Self::Fence => " · nothing begins to cost by itself",
            Self::Memory => " · memory is flat",
            Self::Files => " · open files are flat",
            Self::NoPanic => " · nothing panics, and what is told to end ends well",
        }
    }
}

/// What became of a claim.
#[derive(Debug, Clone)]
pub(super) struct Verdict {
    pub(super) claim: Claim,
    pub(super) tested: usize,
    pub(super) violated: usize,
    /// When, and what was seen.
    pub(super) examples: Vec<String>,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (words, tested, violated) = (self.claim.words(), self.tested, self.violated);
        write!(f, "{words:64} tested {tested:>7}, violated {violated}")?;
        for example in &self.examples {
            write!(f, "\n     {example}")?;
        }
        Ok(())
    }
}

/// Verdicts, while they are found.
struct Court(Vec<Verdict>);

impl Court {
    /// One test of a claim; `wrong` says what is, if it does not hold.
    fn test(&mut self, claim: Claim, at: u64, wrong: Option<String>) {
        let verdict = self.0.iter_mut().find(|verdict| verdict.claim == claim);
        let verdict = verdict.expect("every claim has one");
        verdict.tested += 1;
        if let Some(wrong) = wrong {
            verdict.violated += 1;
            if verdict.examples.len() < 5 {
                let wrong: String = wrong.chars().take(2400).collect();
                verdict.examples.push(format!(
                    "at {}.{:03} s: {wrong}",
                    at / 1_000_000,
                    at / 1000 % 1000
                ));
            }
        }
    }

    fn holds(&mut self, claim: Claim, at: u64, holds: bool, wrong: impl FnOnce() -> String) {
        self.test(claim, at, (!holds).then(wrong));
    }
}

/// Tests every claim against everything that happened.
pub(super) fn judge(log: &[Entry]) -> Vec<Verdict> {
    let verdicts = Claim::ALL.map(|claim| Verdict {
        claim,
        tested: 0,
        violated: 0,
        examples: Vec::new(),
    });
    let mut court = Court(verdicts.into());
    requests::judge(&mut court, log);
    chats::judge(&mut court, log);
    calm::judge(&mut court, log);
    sign_ins::judge(&mut court, log);
    outside::judge(&mut court, log);
    court.0
}

/// How much of everything there was.
pub(super) fn summary(log: &[Entry]) -> String {
    let count = |is: &dyn Fn(&What) -> bool| log.iter().filter(|entry| is(&entry.what)).count();
    let mut plans: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for entry in log {
        if let What::Attempt { plan, .. } = &entry.what {
            *plans.entry(format!("{plan:?}")).or_default() += 1;
        }
    }
    format!(
        "requests {}, attempts {}, clients that left {}, answered {}, refused {}, commands {}, refreshes {}, \
         starts {}, kills {}, stops {}, damaged databases {}, full disks {}\nanswers of providers: {plans:?}",
        count(&|what| matches!(what, What::Asked { .. })),
        count(&|what| matches!(what, What::Attempt { .. })),
        count(&|what| matches!(what, What::Ended { end: End::Left, .. })),
        count(&|what| matches!(what, What::Ended { status: 200, .. })),
        count(&|what| matches!(what, What::Ended { status, .. } if *status >= 400)),
        count(&|what| matches!(what, What::Said { .. })),
        count(&|what| matches!(what, What::Refresh { .. })),
        count(&|what| matches!(what, What::Started)),
        count(&|what| matches!(what, What::Killed)),
        count(&|what| matches!(what, What::Stopped { .. })),
        count(&|what| matches!(what, What::Damaged)),
        count(&|what| matches!(what, What::DiskFull)),
    )
}
