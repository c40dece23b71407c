//! What may happen, and what comes of it.

use super::rules::{self, Broken, Without};
use super::world::{Answer, Asked, Doubt, Fleet, Process, Record, World};

/// The time between two changes. What puts a change back comes right after it, and before all that is built upon it.
const TICK: u8 = 2;

/// Something that happens; the number is that of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Move {
    /// A person asks for a change.
    Asks(usize),
    /// The server does it.
    Serves(usize),
    /// It says that it is full.
    IsFull(usize),
    /// Its answer comes.
    Answers(usize),
    /// No answer comes in time: the person is told no.
    GivesUp(usize),
    /// What was given up comes to the server.
    ComesLate,
    /// A change in doubt is taken back.
    TakesBack(usize),
    /// It is, and nobody hears that.
    TakesBackUnheard(usize),
    /// A message is taken over.
    Hears(usize),
    /// Everything is read.
    Reads(usize),
    /// What was read is taken over.
    TakesOver(usize),
    /// The server hears what it has lost.
    BringsBack(usize),
    /// It does, and nobody hears that.
    BringsBackUnheard(usize),
    /// It cannot keep it.
    CannotBringBack(usize),
    /// The heartbeat finds another server.
    Beats(usize),
    /// The link breaks.
    Cut(usize),
    /// It stands again.
    Heals(usize),
    /// The process dies.
    Dies(usize),
    /// It begins anew.
    Starts(usize),
    /// Everything on the server is lost.
    Empties,
    /// A copy of the server is made.
    Copies,
    /// The copy takes its place.
    SetBack,
    /// A record that is over is dropped.
    Expires,
}

impl World {
    pub(super) fn moves(&self, moves: &mut Vec<Move>) {
        for at in 0..self.processes.len() {
            self.moves_of(at, moves);
        }
        if !self.late.is_empty() {
            moves.push(Move::ComesLate);
        }
        if self.luck.empties > 0 && self.server.version > 0 {
            moves.push(Move::Empties);
        }
        if self.luck.set_backs > 0 {
            if self.copy != self.server {
                moves.push(Move::Copies);
            }
            if self.copy.version < self.server.version {
                moves.push(Move::SetBack);
            }
        }
        // What is over ended thirty days ago: nothing of then is under way, and nobody was cut off since.
        let is_old = self.late.is_empty()
            && self
                .processes
                .iter()
                .all(|process| !process.is_up || self.rests(process));
        if self.luck.expiries > 0 && self.server.holds != 0 && is_old {
            moves.push(Move::Expires);
        }
    }

    fn moves_of(&self, at: usize, moves: &mut Vec<Move>) {
        let process = &self.processes[at];
        if !process.is_linked && process.asked.is_none() {
            moves.push(Move::Heals(at));
        }
        if !process.is_up {
            if process.is_linked {
                moves.push(Move::Starts(at));
            }
            return;
        }
        if self.luck.crashes > 0 {
            moves.push(Move::Dies(at));
        }
        match process.asked {
            None if process.to_ask > 0 && process.doubt.is_none() && process.is_linked => {
                moves.push(Move::Asks(at));
            }
            None => {}
            Some(asked) => {
                if process.is_linked && asked.answer.is_none() {
                    moves.push(Move::Serves(at));
                    if self.luck.refusals > 0 {
                        moves.push(Move::IsFull(at));
                    }
                }
                if process.is_linked && asked.answer.is_some() {
                    moves.push(Move::Answers(at));
                }
                if !process.is_linked || self.luck.losses > 0 {
                    moves.push(Move::GivesUp(at));
                }
            }
        }
        if process.read.is_some() {
            moves.push(Move::TakesOver(at));
        }
        if !process.is_linked {
            return;
        }
        if self.luck.cuts > 0 {
            moves.push(Move::Cut(at));
        }
        if process.asked.is_some() {
            // All that a process asks goes over one connection: answers come in the order of the questions.
            return;
        }
        if process.doubt.is_some() {
            moves.push(Move::TakesBack(at));
            if self.luck.losses > 0 {
                moves.push(Move::TakesBackUnheard(at));
            }
        }
        if process.era != self.era {
            moves.push(Move::Beats(at));
        }
        // One task takes the news over, one after the other.
        if process.read.is_some() {
        } else if process.owes {
            moves.push(Move::BringsBack(at));
            if self.luck.losses > 0 {
                moves.push(Move::BringsBackUnheard(at));
            }
            if self.luck.refusals > 0 {
                moves.push(Move::CannotBringBack(at));
            }
        } else if process.hole {
            moves.push(Move::Reads(at));
        } else if process.heard.is_some() {
            moves.push(Move::Hears(at));
        }
    }

    pub(super) fn make(&mut self, fleet: &Fleet, made: Move) {
        let broken = fleet.broken;
        match made {
            Move::Asks(at) => {
                self.now += TICK;
                let told = self.told;
                let process = &mut self.processes[at];
                // A bit for each change of each process, in order.
                let before: u8 = fleet.changes[..at].iter().sum();
                let change = 1 << (before + fleet.changes[at] - process.to_ask);
                process.to_ask -= 1;
                let (from, over) = (process.front, process.front.version);
                let next = rules::change(change, from, over, self.now, broken);
                process.asked = Some(Asked {
                    made_before: told.made,
                    knew: from.holds,
                    ..next
                });
            }
            Move::Serves(at) => {
                if let Some(asked) = self.processes[at].asked {
                    let answer = self.serve(at, &asked, broken);
                    self.processes[at].asked = Some(Asked {
                        answer: Some(answer),
                        ..asked
                    });
                }
            }
            Move::IsFull(at) => {
                self.luck.refusals -= 1;
                if let Some(asked) = &mut self.processes[at].asked {
                    asked.answer = Some(Answer::Full);
                }
            }
            Move::Answers(at) => self.answered(at, broken),
            Move::GivesUp(at) => {
                if self.processes[at].is_linked {
                    self.luck.losses -= 1;
                }
                self.give_up(at, broken);
            }
            Move::ComesLate => {
                let asked = self.late.remove(0);
                self.serve(usize::MAX, &asked, broken);
            }
            Move::TakesBack(at) => self.take_back_at(at, true, broken),
            Move::TakesBackUnheard(at) => {
                self.luck.losses -= 1;
                self.take_back_at(at, false, broken);
            }
            Move::Hears(at) => {
                if let Some(heard) = self.processes[at].heard.take() {
                    self.put(at, heard, broken);
                }
            }
            Move::Reads(at) => {
                let process = &mut self.processes[at];
                process.hole = false;
                process.heard = None;
                process.read = Some(self.server);
            }
            Move::TakesOver(at) => {
                if let Some(read) = self.processes[at].read.take() {
                    let lost = read.version < self.processes[at].front.version;
                    self.processes[at].owes = lost && !broken.contains(&Broken::NoBringingBack);
                    self.put(at, read, &[]);
                    // Of two of one version, which two servers made, the one that is there holds.
                    if read.version == self.processes[at].front.version
                        && !broken.contains(&Broken::TwoOfOneVersion)
                    {
                        self.processes[at].front = Record { wrote: 0, ..read };
                    }
                }
            }
            Move::BringsBack(at) => self.bring_back(at, true, broken),
            Move::BringsBackUnheard(at) => {
                self.luck.losses -= 1;
                self.bring_back(at, false, broken);
            }
            Move::CannotBringBack(at) => {
                self.luck.refusals -= 1;
                self.processes[at].owes = !broken.contains(&Broken::OneTryToBringBack);
            }
            Move::Beats(at) => {
                self.processes[at].era = self.era;
                self.processes[at].hole |= !broken.contains(&Broken::NoReadingAfterEmptying);
            }
            Move::Cut(at) => {
                self.luck.cuts -= 1;
                self.processes[at].is_linked = false;
            }
            Move::Heals(at) => {
                self.processes[at].is_linked = true;
                self.processes[at].hole |= !broken.contains(&Broken::NoReadingAfterCuts);
            }
            Move::Dies(at) => {
                self.luck.crashes -= 1;
                let process = &mut self.processes[at];
                let doubted = process.doubt.map_or(0, |doubt| doubt.change);
                let under_way = process.asked.map_or(0, |asked| asked.change);
                *process = Process {
                    to_ask: process.to_ask,
                    is_linked: process.is_linked,
                    ..Process::default()
                };
                self.told.undecided |= doubted | under_way;
                self.forget();
            }
            Move::Starts(at) => {
                let server = self.server;
                let process = &mut self.processes[at];
                process.is_up = true;
                process.hole = false;
                process.era = self.era;
                process.front = Record { wrote: 0, ..server };
            }
            Move::Empties => {
                self.luck.empties -= 1;
                self.era += 1;
                self.lose(Record::default());
            }
            Move::Copies => self.copy = self.server,
            Move::SetBack => {
                self.luck.set_backs -= 1;
                for process in &mut self.processes {
                    process.is_linked = false;
                }
                self.lose(self.copy);
            }
            Move::Expires => {
                self.luck.expiries -= 1;
                self.told.over |= self.server.holds;
                self.told.lost = true;
                self.server = Record::default();
            }
        }
    }

    /// The server has less than before.
    fn lose(&mut self, left: Record) {
        self.server = left;
        self.told.lost = true;
        self.told.undecided |= self.told.made & !self.told.acknowledged;
        self.forget();
    }

    fn forget(&mut self) {
        self.told.forgotten |= self.told.made & !self.known();
    }

    /// The server gets a change.
    fn serve(&mut self, from: usize, asked: &Asked, broken: Without) -> Answer {
        let answer = self.save(asked, broken);
        if answer == Answer::Kept {
            if self.told.lost {
                let unknown = self.told.made & !asked.next.holds;
                self.told.superseded |= unknown & !asked.knew;
                if unknown & !asked.made_before != 0 {
                    // Both were made at the same time, on two servers: one of them holds.
                    self.told.superseded |= asked.change;
                }
            }
            self.told.made |= asked.change;
            self.told.built_upon |= asked.from.holds;
            self.tell(from);
        }
        answer
    }

    /// Everybody but one hears what is on the server.
    fn tell(&mut self, but: usize) {
        let news = Record {
            wrote: 0,
            ..self.server
        };
        for (at, process) in self.processes.iter_mut().enumerate() {
            if at != but && process.is_up && process.is_linked {
                let newer = process.heard.filter(|heard| heard.version > news.version);
                process.heard = Some(newer.unwrap_or(news));
            }
        }
    }

    /// A front takes a record over, if it is newer.
    fn put(&mut self, at: usize, record: Record, broken: Without) {
        let front = &mut self.processes[at].front;
        let older = record.version < front.version;
        if record.version > front.version || broken.contains(&Broken::OlderNewsWin) {
            *front = Record { wrote: 0, ..record };
            self.told.went_back |= older;
        }
    }

    fn answered(&mut self, at: usize, broken: Without) {
        let Some(asked) = self.processes[at].asked.take() else {
            return;
        };
        match asked.answer {
            Some(Answer::Kept) => {
                self.told.acknowledged |= asked.change;
                self.put(at, asked.next, &[]);
            }
            Some(Answer::Conflict) => {
                // What is there is loaded, and the change made again of the newer one.
                self.now += TICK;
                let there = Record {
                    wrote: 0,
                    ..self.server
                };
                let is_older = there.version < asked.from.version;
                let from = if !is_older {
                    self.put(at, there, &[]);
                    there
                } else if broken.contains(&Broken::EmptyServerIsRight) {
                    self.processes[at].front = there;
                    self.told.went_back = true;
                    there
                } else {
                    asked.from
                };
                let next = rules::change(asked.change, from, there.version, self.now, broken);
                self.processes[at].asked = Some(Asked {
                    made_before: asked.made_before,
                    knew: asked.knew,
                    ..next
                });
            }
            Some(Answer::Full) | None => self.told.refused |= asked.change,
        }
    }

    fn give_up(&mut self, at: usize, broken: Without) {
        let Some(asked) = self.processes[at].asked.take() else {
            return;
        };
        self.told.refused |= asked.change;
        if asked.answer.is_none() && broken.contains(&Broken::NoDeadline) {
            self.late.push(asked);
        }
        if !broken.contains(&Broken::NoTakingBack) {
            self.processes[at].doubt = Some(Doubt {
                change: asked.change,
                before: rules::before(&asked),
            });
        }
    }

    fn take_back_at(&mut self, at: usize, is_heard: bool, broken: Without) {
        let Some(doubt) = self.processes[at].doubt else {
            return;
        };
        let taken = self.take_back(&doubt, broken);
        if taken {
            // Whoever takes back hears of it like all others: it may have read meanwhile what it takes back, and its
            // answer may be lost.
            self.tell(if broken.contains(&Broken::DeafToItself) {
                at
            } else {
                usize::MAX
            });
        }
        if is_heard {
            self.processes[at].doubt = None;
            if taken {
                self.put(at, doubt.before, &[]);
            }
        }
    }

    fn bring_back(&mut self, at: usize, is_heard: bool, broken: Without) {
        let (before, front) = (self.server, self.processes[at].front);
        if self.restore(front, broken) {
            self.tell(at);
        }
        self.processes[at].owes = !is_heard;
        if !is_heard && broken.contains(&Broken::BringingBackIsDoubted) && self.server != before {
            self.processes[at].owes = false;
            let version = front.version + 1;
            // As a save does that nobody answered: what it was made from is to be there again.
            self.server = Record { version, ..before };
            self.tell(usize::MAX);
        }
    }
}
