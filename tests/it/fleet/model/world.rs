//! What there is: a server, processes, and what was told to people.

/// Changes, a bit each.
pub(super) type Changes = u8;
/// A version. The time of the model is counted in the same unit.
pub(super) type Version = u8;

/// The record of one scope: what is in it is the changes that it was made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Record {
    /// 0 where there is none.
    pub(super) version: Version,
    pub(super) holds: Changes,
    /// Which change wrote it; nothing for one that put something back. Fronts do not know it.
    pub(super) wrote: Changes,
}

/// How a fleet begins, and how much bad luck it may have.
#[derive(Debug, Clone)]
pub(super) struct Fleet {
    /// How many changes people ask of each process.
    pub(super) changes: Vec<u8>,
    pub(super) luck: Luck,
    /// The rule that is broken on purpose.
    pub(super) broken: super::rules::Without,
}

/// What may still go wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Luck {
    /// A process is cut off from the server.
    pub(super) cuts: u8,
    /// An answer does not come, or comes too late.
    pub(super) losses: u8,
    /// A process dies, and begins anew.
    pub(super) crashes: u8,
    /// The server loses everything, and its connections stand.
    pub(super) empties: u8,
    /// An older copy of the server takes its place; its connections break.
    pub(super) set_backs: u8,
    /// The server says that it has no room.
    pub(super) refusals: u8,
    /// The server drops a record whose pins are over.
    pub(super) expiries: u8,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct World {
    pub(super) server: Record,
    /// The older copy.
    pub(super) copy: Record,
    /// Which server it is: another one after an emptying.
    pub(super) era: u8,
    /// The time by the server's clock.
    pub(super) now: Version,
    pub(super) processes: Vec<Process>,
    /// Requests that were given up and are still on their way.
    pub(super) late: Vec<Asked>,
    pub(super) luck: Luck,
    pub(super) told: Told,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Process {
    pub(super) is_up: bool,
    pub(super) is_linked: bool,
    /// The server that it knows.
    pub(super) era: u8,
    /// Whether messages were lost, so that everything has to be read.
    pub(super) hole: bool,
    /// What requests look at.
    pub(super) front: Record,
    /// What was heard and not yet taken over: the newer of two.
    pub(super) heard: Option<Record>,
    /// What was read, on its way to the front.
    pub(super) read: Option<Record>,
    /// Whether the server is to hear what the front has.
    pub(super) owes: bool,
    /// What people will still ask.
    pub(super) to_ask: u8,
    pub(super) asked: Option<Asked>,
    pub(super) doubt: Option<Doubt>,
}

/// A change that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Asked {
    /// Its bit.
    pub(super) change: Changes,
    /// What was known when it was asked for.
    pub(super) from: Record,
    /// What has to be on the server, so that it is made.
    pub(super) over: Version,
    pub(super) next: Record,
    /// What was known and what was made before it was asked for, for the oracle.
    pub(super) knew: Changes,
    pub(super) made_before: Changes,
    pub(super) answer: Option<Answer>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Answer {
    Kept,
    Conflict,
    Full,
}

/// A change that nobody answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Doubt {
    pub(super) change: Changes,
    /// What is to be in its place.
    pub(super) before: Record,
}

/// What happened, for the oracle alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Told {
    pub(super) made: Changes,
    pub(super) acknowledged: Changes,
    pub(super) refused: Changes,
    /// Upon which another change was made.
    pub(super) built_upon: Changes,
    /// That nobody knew any more when the server had lost them.
    pub(super) forgotten: Changes,
    /// In whose place a later one was put by somebody who could not know them.
    pub(super) superseded: Changes,
    /// That might be in effect though they were refused: who was to take them back died, or the server lost who made them.
    pub(super) undecided: Changes,
    /// Whose time is over.
    pub(super) over: Changes,
    pub(super) went_back: bool,
    /// Whether the server ever lost anything.
    pub(super) lost: bool,
}

impl World {
    pub(super) fn new(fleet: &Fleet) -> Self {
        let process = |to_ask: &u8| Process {
            is_up: true,
            is_linked: true,
            to_ask: *to_ask,
            ..Process::default()
        };
        Self {
            server: Record::default(),
            copy: Record::default(),
            era: 0,
            now: 0,
            processes: fleet.changes.iter().map(process).collect(),
            late: Vec::new(),
            luck: fleet.luck,
            told: Told::default(),
        }
    }

    /// Whether nothing is under way: whoever looks now sees what will stay.
    pub(super) fn is_at_rest(&self) -> bool {
        self.late.is_empty() && self.processes.iter().all(|process| self.rests(process))
    }

    pub(super) fn rests(&self, process: &Process) -> bool {
        let knows = process.is_up && process.is_linked && process.era == self.era && !process.hole;
        let waits = process.heard.is_some() || process.read.is_some() || process.owes;
        knows && !waits && process.asked.is_none() && process.doubt.is_none()
    }

    /// The changes that somebody has in memory, or is being told of.
    pub(super) fn known(&self) -> Changes {
        let of = |process: &Process| {
            let coming = process
                .asked
                .filter(|asked| process.is_linked && asked.answer == Some(Answer::Kept));
            process.front.holds | coming.map_or(0, |asked| asked.next.holds)
        };
        self.processes
            .iter()
            .map(of)
            .fold(self.server.holds, |all, some| all | some)
    }
}
