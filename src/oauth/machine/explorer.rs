//! Every order of events that a few processes, a provider, a neighbour and bad luck can bring about.
//!
//! The world holds what outlives a process (store, journal, the provider's memory) and the processes, each of which
//! drives a [`Machine`]. [`World::moves`] lists what may happen next; each is tried, and what must never be is asserted
//! where it would happen.

use std::collections::HashMap;

use super::*;
use crate::config::Reuse;

/// A token: those that are given out later have larger numbers.
type Token = u8;
/// The refresh token and the access token, as in the store.
type Pair = (Token, Token);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct World {
    processes: Vec<Process>,
    /// Who holds the lock of the renewal.
    lock: Option<usize>,
    note: Option<Note<Token>>,
    store: Option<Pair>,
    provider: Provider,
    neighbour: Neighbour,
    luck: Luck,
    /// Refresh tokens that we sent, and of which we may not know what came of them.
    unsure: Vec<Token>,
    /// How many requests of ours the provider granted.
    granted: u8,
    /// What happened that may cost somebody a sign-in.
    mishaps: u8,
    /// Whether a disk was full: what was not written is found as it was before, which may look unclear, and loses nothing.
    unwritten: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Process {
    machine: Machine<Token>,
    next: Action<Token>,
    /// The access token that whoever asks holds for stale.
    stale: Token,
    /// The sign-in for which new tokens were given, and those.
    hand: Option<(Pair, Pair)>,
    /// The sign-in as it was last looked at.
    seen: Pair,
    wire: Wire,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Wire {
    Silent,
    Sent(Pair),
    Back(Pair, Option<Pair>),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Provider {
    current: Token,
    last: Token,
    /// Requests that nobody waits for any more, and that may still arrive.
    late: Vec<Token>,
}

/// Another program, which renews the same sign-in under the lock of the store, and knows nothing of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Neighbour {
    Away,
    Idle,
    Holds(Pair),
}

/// What may go wrong how often, and whether tokens rotate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Luck {
    crashes: u8,
    losses: u8,
    troubles: u8,
    full_disks: u8,
    sign_ins: u8,
    removals: u8,
    rotates: bool,
    reuse: Reuse,
}

const GOOD: Luck = Luck {
    crashes: 0,
    losses: 0,
    troubles: 0,
    full_disks: 0,
    sign_ins: 0,
    removals: 0,
    rotates: true,
    reuse: Reuse::Unsafe,
};

#[derive(Debug, Clone, Copy)]
enum Move {
    Step(usize),
    Fails(usize),
    Crash(usize),
    Arrives(usize),
    Trouble(usize),
    TimesOut(usize),
    NeverLeaves(usize),
    Comes(usize),
    Late(usize),
    NeighbourAsks,
    NeighbourWrites,
    SignsIn,
    Removes,
}

impl Process {
    fn new(reuse: Reuse, stale: Token) -> Self {
        let machine = Machine::new(reuse);
        let next = machine.start();
        Self {
            machine,
            next,
            stale,
            hand: None,
            seen: (0, 0),
            wire: Wire::Silent,
        }
    }

    fn told(&mut self, event: Event<Token>) {
        self.next = self.machine.on(event);
    }

    fn ended(&self) -> Option<End> {
        match self.next {
            Action::End(end) => Some(end),
            _ => None,
        }
    }
}

impl World {
    fn new(processes: usize, luck: Luck, neighbour: Neighbour) -> Self {
        let first = (1, 1);
        Self {
            processes: vec![Process::new(luck.reuse, first.1); processes],
            lock: None,
            note: None,
            store: Some(first),
            provider: Provider {
                current: 1,
                last: 1,
                late: Vec::new(),
            },
            neighbour,
            luck,
            unsure: Vec::new(),
            granted: 0,
            mishaps: 0,
            unwritten: false,
        }
    }

    fn moves(&self) -> Vec<Move> {
        let mut moves = Vec::new();
        for (at, process) in self.processes.iter().enumerate() {
            if process.ended().is_some() && self.lock != Some(at) {
                continue;
            }
            let mine = self.lock == Some(at);
            let free = self.lock.is_none();
            match (&process.next, process.wire) {
                (Action::Post(_), Wire::Silent) => {
                    moves.push(Move::Step(at));
                    if self.luck.troubles > 0 {
                        moves.push(Move::NeverLeaves(at));
                    }
                }
                (Action::Post(_), Wire::Sent(_)) => {
                    moves.push(Move::Arrives(at));
                    if self.luck.troubles > 0 {
                        moves.push(Move::Trouble(at));
                    }
                    if self.luck.losses > 0 {
                        moves.push(Move::TimesOut(at));
                    }
                }
                (Action::Post(_), Wire::Back(..)) => {
                    moves.push(Move::Comes(at));
                    if self.luck.losses > 0 {
                        moves.push(Move::TimesOut(at));
                    }
                }
                // The neighbour holds the lock of the store while it renews.
                (Action::Keep(_), _) if matches!(self.neighbour, Neighbour::Holds(_)) => {}
                (Action::Note(_) | Action::Keep(_), _) => {
                    moves.push(Move::Step(at));
                    if self.luck.full_disks > 0 {
                        moves.push(Move::Fails(at));
                    }
                }
                _ if mine || free => moves.push(Move::Step(at)),
                _ => {}
            }
            if self.luck.crashes > 0 && mine {
                moves.push(Move::Crash(at));
            }
        }
        moves.extend((0..self.provider.late.len()).map(Move::Late));
        match self.neighbour {
            Neighbour::Idle => moves.push(Move::NeighbourAsks),
            Neighbour::Holds(_) => moves.push(Move::NeighbourWrites),
            Neighbour::Away => {}
        }
        let held = matches!(self.neighbour, Neighbour::Holds(_));
        if self.luck.sign_ins > 0 && !held {
            moves.push(Move::SignsIn);
        }
        if self.luck.removals > 0 && !held && self.store.is_some() {
            moves.push(Move::Removes);
        }
        moves
    }

    /// The provider gets a refresh token: new tokens, or no.
    fn grant(&mut self, token: Token) -> Option<Pair> {
        if token != self.provider.current {
            return None;
        }
        self.provider.last += 1;
        if self.luck.rotates {
            self.provider.current = self.provider.last;
        }
        Some((self.provider.current, self.provider.last))
    }

    fn make(&mut self, made: Move) {
        match made {
            Move::Step(at) => self.step(at),
            Move::Fails(at) => {
                self.luck.full_disks -= 1;
                self.unwritten = true;
                let failed = match self.processes[at].next {
                    Action::Keep(_) => Event::NotKept,
                    _ => Event::NotNoted,
                };
                self.processes[at].told(failed);
            }
            Move::Crash(at) => {
                self.luck.crashes -= 1;
                self.mishaps += 1;
                if let Wire::Sent((token, _)) = self.processes[at].wire {
                    self.provider.late.push(token);
                }
                let stale = self.processes[at].stale;
                self.processes[at] = Process::new(self.luck.reuse, stale);
                self.lock = None;
            }
            Move::NeverLeaves(at) => {
                self.luck.troubles -= 1;
                self.processes[at].told(Event::Answered(Answer::NotSent));
            }
            Move::Arrives(at) => {
                if let Wire::Sent(pair) = self.processes[at].wire {
                    let granted = self.grant(pair.0);
                    self.granted += u8::from(granted.is_some());
                    self.processes[at].wire = Wire::Back(pair, granted);
                }
            }
            Move::Trouble(at) => {
                self.luck.troubles -= 1;
                if let Wire::Sent((token, _)) = self.processes[at].wire {
                    self.unsure.retain(|unsure| *unsure != token);
                }
                self.processes[at].wire = Wire::Silent;
                self.processes[at].told(Event::Answered(Answer::Trouble));
            }
            Move::TimesOut(at) => {
                self.luck.losses -= 1;
                self.mishaps += 1;
                if let Wire::Sent((token, _)) = self.processes[at].wire {
                    self.provider.late.push(token);
                }
                self.processes[at].wire = Wire::Silent;
                self.processes[at].told(Event::Answered(Answer::Lost));
            }
            Move::Comes(at) => {
                let Wire::Back(pair, granted) = self.processes[at].wire else {
                    return;
                };
                self.processes[at].wire = Wire::Silent;
                self.processes[at].hand = granted.map(|new| (pair, new));
                let answer = match granted {
                    None => Answer::RefusedForGood,
                    Some((refresh, _)) if refresh != pair.0 => Answer::Rotated,
                    Some(_) => {
                        self.unsure.retain(|unsure| *unsure != pair.0);
                        Answer::Unrotated
                    }
                };
                self.processes[at].told(Event::Answered(answer));
            }
            Move::Late(at) => {
                let token = self.provider.late.remove(at);
                let _nobody_hears_it = self.grant(token);
            }
            Move::NeighbourAsks => {
                // A refused one goes home; it adopts what we wrote, as we do with its.
                let token = self.store.map_or(0, |(refresh, _)| refresh);
                self.neighbour = self.grant(token).map_or(Neighbour::Away, Neighbour::Holds);
            }
            Move::NeighbourWrites => {
                if let (Neighbour::Holds(pair), Some(_)) = (self.neighbour, self.store) {
                    self.put(pair);
                }
                self.neighbour = Neighbour::Away;
            }
            Move::SignsIn => {
                self.luck.sign_ins -= 1;
                self.provider.last += 1;
                self.provider.current = self.provider.last;
                self.put((self.provider.last, self.provider.last));
            }
            Move::Removes => {
                self.luck.removals -= 1;
                self.mishaps += 1;
                self.store = None;
            }
        }
    }

    fn put(&mut self, pair: Pair) {
        if let Some(old) = self.store {
            assert!(
                pair.1 > old.1 && pair.0 >= old.0,
                "an older sign-in is written over a newer one"
            );
        }
        self.store = Some(pair);
    }

    fn step(&mut self, at: usize) {
        match self.processes[at].next {
            Action::Look => {
                self.lock = Some(at);
                let process = &self.processes[at];
                let stored = self.store.map(|(generation, access)| Stored {
                    generation,
                    fitness: if access == process.stale {
                        Fitness::Due
                    } else {
                        Fitness::Fit
                    },
                });
                let look = Look {
                    stored,
                    note: self.note,
                    unsaved: process.hand.map(|((of, _), _)| of),
                };
                self.processes[at].seen = self.store.unwrap_or_default();
                self.processes[at].told(Event::Looked(look));
            }
            Action::Note(note) => {
                self.note = Some(note);
                self.processes[at].told(Event::Noted);
            }
            Action::Forget => {
                self.note = None;
                self.processes[at].told(Event::Forgotten);
            }
            Action::Post(token) => {
                assert!(
                    self.luck.reuse == Reuse::Safe || !self.unsure.contains(&token),
                    "a refresh token that may have been used is sent again: {self:#?}"
                );
                assert_eq!(
                    self.note,
                    Some(Note::Posted(token)),
                    "it leaves before the disk knows"
                );
                assert_eq!(self.lock, Some(at), "it leaves without the lock");
                self.unsure.push(token);
                let seen = self.processes[at].seen;
                assert_eq!(seen.0, token, "another token is sent than was seen");
                self.processes[at].wire = Wire::Sent(seen);
            }
            Action::Wait(_) => self.processes[at].told(Event::Waited),
            Action::Keep(of) => {
                let kept = match (self.store, self.processes[at].hand) {
                    (None, _) => Kept::Gone,
                    (Some(stored), Some((given_for, new)))
                        if stored.0 == of && (new.0 != of || stored == given_for) =>
                    {
                        self.put(new);
                        Kept::Ours
                    }
                    (Some(_), _) => Kept::Theirs,
                };
                self.processes[at].hand = None;
                self.processes[at].told(Event::Kept(kept));
            }
            Action::End(end) => {
                self.lock = None;
                // Tokens that the store would not take are brought to the next renewal of the process.
                if end == End::Unsaved {
                    let hand = self.processes[at].hand;
                    let stale = self.processes[at].stale;
                    self.processes[at] = Process::new(self.luck.reuse, stale);
                    self.processes[at].hand = hand;
                }
            }
        }
    }

    /// What must hold when nothing is left to happen.
    fn at_rest(&self) {
        let ends: Vec<End> = self.processes.iter().filter_map(Process::ended).collect();
        assert_eq!(
            ends.len(),
            self.processes.len(),
            "somebody waits for ever: {self:#?}"
        );
        let calm = self.mishaps == 0 && !self.unwritten;
        let Some(stored) = self.store else { return };
        let lost = stored.0 != self.provider.current;
        // The next start says "sign in again", or goes on.
        let told = matches!(
            self.note,
            Some(Note::Posted(of) | Note::Ambiguous(of) | Note::Refused(of)) if of == stored.0
        );
        if lost && self.luck.reuse == Reuse::Unsafe {
            assert!(told, "a token is lost and nobody says so: {self:#?}");
            assert!(self.mishaps > 0, "a token is lost without a mishap: {self:#?}");
        }
        if calm {
            assert!(!ends.contains(&End::Ambiguous), "nothing was unclear: {self:#?}");
        }
        // A start after all this never sends what is unclear; the assertion in `step` says so.
        let mut later = self.clone();
        later.luck = Luck {
            rotates: self.luck.rotates,
            reuse: self.luck.reuse,
            ..GOOD
        };
        later.processes[0] = Process::new(self.luck.reuse, stored.1);
        later.neighbour = Neighbour::Away;
        while later.processes[0].ended().is_none() {
            let next = later.moves().into_iter().next().expect("it goes on");
            later.make(next);
        }
        let end = later.processes[0].ended().expect("it ended");
        match end {
            End::Renewed => {}
            End::Ambiguous => assert!(!calm, "nothing was unclear: {self:#?}"),
            End::Failed(Failure::Permanent) => assert!(lost, "a good token is given up: {self:#?}"),
            other => panic!("{other:?} after {self:#?}"),
        }
    }
}

/// What was seen of the worlds behind one.
#[derive(Default)]
struct Seen {
    /// How many orders of events lead from a world to rest.
    orders: HashMap<World, u128>,
    rests: Vec<World>,
}

impl Seen {
    fn explore(&mut self, world: World) -> u128 {
        if let Some(known) = self.orders.get(&world) {
            return *known;
        }
        let moves = world.moves();
        let orders = if moves.is_empty() {
            world.at_rest();
            self.rests.push(world.clone());
            1
        } else {
            let after = |made| {
                let mut next = world.clone();
                next.make(made);
                next
            };
            moves
                .into_iter()
                .map(|made| self.explore(after(made)))
                .fold(0u128, u128::saturating_add)
        };
        self.orders.insert(world, orders);
        orders
    }
}

fn explored(luck: Luck, neighbour: Neighbour) -> Seen {
    let mut seen = Seen::default();
    let orders = seen.explore(World::new(2, luck, neighbour));
    assert!(orders > 0);
    seen
}

fn all_orders(seen: &Seen) -> u128 {
    seen.orders.values().copied().max().unwrap_or_default()
}

#[test]
fn without_mishaps_one_request_serves_everybody() {
    let seen = explored(GOOD, Neighbour::Away);
    for rest in &seen.rests {
        assert_eq!(rest.granted, 1);
        assert_eq!(rest.note, None);
        let mut ends: Vec<_> = rest.processes.iter().filter_map(Process::ended).collect();
        ends.sort_by_key(|end| *end == End::Adopted);
        assert_eq!(ends, [End::Renewed, End::Adopted]);
    }
}

#[test]
fn no_posted_token_is_replayed_and_none_is_lost_unsaid_whatever_happens() {
    let bad = Luck {
        crashes: 2,
        losses: 1,
        troubles: 2,
        full_disks: 1,
        ..GOOD
    };
    let mut orders = 0u128;
    for rotates in [true, false] {
        for neighbour in [Neighbour::Away, Neighbour::Idle] {
            let seen = explored(Luck { rotates, ..bad }, neighbour);
            orders = orders.saturating_add(all_orders(&seen));
        }
    }
    assert!(orders >= 10_000, "{orders} orders of events");
}

#[test]
fn signing_in_again_settles_what_was_unclear_and_is_never_written_over() {
    let luck = Luck {
        crashes: 1,
        losses: 1,
        sign_ins: 1,
        removals: 1,
        ..GOOD
    };
    let seen = explored(luck, Neighbour::Idle);
    assert!(all_orders(&seen) >= 10_000);
}

#[test]
fn a_disk_that_takes_nothing_keeps_new_tokens_in_hand_until_it_does() {
    let luck = Luck {
        full_disks: 5,
        troubles: 3,
        ..GOOD
    };
    let seen = explored(luck, Neighbour::Away);
    for rest in &seen.rests {
        assert_eq!(
            rest.store.map(|(refresh, _)| refresh),
            Some(rest.provider.current)
        );
    }
}

#[test]
fn where_the_provider_says_that_it_is_safe_a_lost_answer_is_asked_for_again() {
    let luck = Luck {
        losses: 2,
        rotates: false,
        reuse: Reuse::Safe,
        ..GOOD
    };
    let seen = explored(luck, Neighbour::Away);
    for rest in &seen.rests {
        let ends: Vec<_> = rest.processes.iter().filter_map(Process::ended).collect();
        assert!(!ends.contains(&End::Ambiguous), "{ends:?}");
        assert!(ends.contains(&End::Renewed), "{ends:?}");
    }
}

/// A repeatable series of numbers (xorshift, Marsaglia 2003).
struct Series(u64);

impl Series {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("it is below")
    }
}

#[test]
fn ten_thousand_random_orders_of_five_processes_replay_nothing_and_lose_nothing_unsaid() {
    let mut series = Series(0x5eed_0004);
    for walk in 0..10_000 {
        let mut few = || u8::try_from(series.below(4)).expect("few");
        let luck = Luck {
            crashes: few(),
            losses: few(),
            troubles: few(),
            full_disks: few(),
            sign_ins: few(),
            removals: few() / 3,
            rotates: walk % 3 > 0,
            reuse: Reuse::Unsafe,
        };
        let neighbour = [Neighbour::Away, Neighbour::Idle][walk % 2];
        let mut world = World::new(5, luck, neighbour);
        loop {
            let moves = world.moves();
            let Some(made) = moves.get(series.below(moves.len().max(1))) else {
                break;
            };
            world.make(*made);
        }
        world.at_rest();
    }
}
