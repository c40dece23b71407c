//! The rules of the code: `save.lua`, `take_back.lua`, `restore.lua`, and what a process makes of their answers.

use super::world::{Answer, Asked, Changes, Doubt, Record, Version, World};

/// A rule that is broken on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// The server does not look at the version.
    BlindSave,
    /// A change that comes late is made.
    NoDeadline,
    /// Changes in doubt are left alone.
    NoTakingBack,
    /// What others made of a change in doubt is taken back with it.
    TakesBackAnything,
    /// In the place of what is taken back nothing is put.
    TakesBackToNothing,
    /// Who takes something back does not hear its own message.
    DeafToItself,
    /// After a cut a process goes on as before.
    NoReadingAfterCuts,
    /// After an emptying it does.
    NoReadingAfterEmptying,
    /// A front takes over what it hears, older or not.
    OlderNewsWin,
    /// What the server lost stays lost.
    NoBringingBack,
    /// Of two records of one version each front keeps its own.
    TwoOfOneVersion,
    /// Versions do not go by the time.
    CountedVersions,
    /// What could not be brought back at once is not brought back.
    OneTryToBringBack,
    /// Where somebody brought something back already, it is taken for the same.
    FasterIsEnough,
    /// What is brought back is taken back if nobody answers, as a change is.
    BringingBackIsDoubted,
    /// A server that has an older record, or none, is believed.
    EmptyServerIsRight,
}

/// The rules that are broken.
pub(super) type Without = &'static [Broken];

/// What the server does, in one step each.
impl World {
    /// `save.lua`: a record in the place of the version that it was made from.
    pub(super) fn save(&mut self, asked: &Asked, broken: Without) -> Answer {
        if !broken.contains(&Broken::BlindSave) && self.server.version != asked.over {
            return Answer::Conflict;
        }
        self.server = asked.next;
        Answer::Kept
    }

    /// `take_back.lua`: what was before, if the change is what is there.
    pub(super) fn take_back(&mut self, doubt: &Doubt, broken: Without) -> bool {
        let is_there = if broken.contains(&Broken::TakesBackAnything) {
            self.server.holds & doubt.change != 0
        } else {
            self.server.version > 0 && self.server.wrote == doubt.change
        };
        if is_there {
            self.server = doubt.before;
            if broken.contains(&Broken::TakesBackToNothing) {
                self.server.holds = 0;
            }
        }
        is_there
    }

    /// `restore.lua`: a record that was there once, if an older one is, or none. One that is over is dropped again.
    pub(super) fn restore(&mut self, record: Record, broken: Without) -> bool {
        let older = if broken.contains(&Broken::FasterIsEnough) {
            self.server.version == 0
        } else {
            self.server.version < record.version
        };
        let is_over = record.holds != 0 && record.holds & !self.told.over == 0;
        if older && !is_over {
            self.server = Record { wrote: 0, ..record };
            return true;
        }
        false
    }
}

/// The version of what is made of a record at a time.
pub(super) fn next_version(from: Version, now: Version, broken: Without) -> Version {
    let counted = from + 1;
    if broken.contains(&Broken::CountedVersions) {
        counted
    } else {
        counted.max(now)
    }
}

/// What is put in the place of a change in doubt.
pub(super) fn before(asked: &Asked) -> Record {
    Record {
        version: asked.next.version + 1,
        wrote: 0,
        ..asked.from
    }
}

/// A change of a record, to be put over what is on the server.
pub(super) fn change(change: Changes, from: Record, over: Version, now: Version, broken: Without) -> Asked {
    Asked {
        change,
        from,
        over,
        next: Record {
            version: next_version(from.version, now, broken),
            holds: from.holds | change,
            wrote: change,
        },
        knew: 0,
        made_before: 0,
        answer: None,
    }
}
