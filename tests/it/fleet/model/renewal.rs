//! The right to renew a sign-in: a token leaves once, whoever pauses, dies, or hears nothing.
//!
//! As the scripts of `src/store/redis/sign_in_*.lua` do it: a claim has a number and lasts for a while, what may leave is
//! noted first under that number, and new tokens take the place of those that they were given for.

use std::io::Write as _;

use stateright::{Checker as _, HasDiscoveries, Model, Property};

/// Tokens, claims and notes: one of them a step newer than the last.
type Number = u8;

/// A rule that is broken on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Broken {
    /// Whoever once had the claim may note.
    NoFence,
    /// The token leaves before it is noted.
    SentBeforeNoted,
    /// What was noted is not asked for.
    NotesAreNotRead,
    /// Claims that run out get the same number again.
    NumbersRepeat,
}

#[derive(Debug, Clone, Copy)]
struct Renewals {
    processes: usize,
    luck: Luck,
    broken: Option<Broken>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Luck {
    /// A claim runs out while its holder does something else.
    pauses: u8,
    /// Answers that do not come.
    losses: u8,
    deaths: u8,
    /// The server is emptied.
    empties: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Stage {
    Wants,
    /// It has a claim, and has seen a token of which nothing was noted.
    Claimed {
        fence: Number,
        token: Number,
    },
    /// It may send the token.
    Noted {
        token: Number,
    },
    /// It has what was given for the token.
    Given {
        token: Number,
    },
    /// It has a fitting token, or has said that a person must sign in.
    Over,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Server {
    fence: Number,
    holder: Option<usize>,
    /// Of which token it is noted that it may have left.
    posted: Option<Number>,
    token: Number,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct World {
    server: Server,
    now: Number,
    stages: Vec<Stage>,
    /// The newest token that each process has seen: it brings it back to a server that has an older one.
    seen: Vec<Number>,
    luck: Luck,
    sent: Vec<Number>,
    sent_twice: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Move {
    Claims(usize),
    Notes(usize),
    /// It is noted, and nobody hears that: nothing is sent, and it is taken back.
    NotesUnheard(usize),
    Sends(usize),
    /// It is sent, and nothing comes back.
    SendsUnheard(usize),
    Keeps(usize),
    Dies(usize),
    RunsOut,
    Empties,
}

impl World {
    fn send(&mut self, token: Number) {
        self.sent_twice |= self.sent.contains(&token);
        self.sent.push(token);
    }

    fn claim(&mut self, at: usize, broken: Option<Broken>) {
        if self.server.holder.is_some_and(|holder| holder != at) {
            return;
        }
        self.now += 1;
        self.server.fence = match broken {
            Some(Broken::NumbersRepeat) => 1,
            _ => self.now.max(self.server.fence + 1),
        };
        self.server.holder = Some(at);
        self.server.token = self.server.token.max(self.seen[at]);
        let (fence, token) = (self.server.fence, self.server.token);
        let unclear = self.server.posted == Some(token) && broken != Some(Broken::NotesAreNotRead);
        // A token that is newer than that which was too old is taken; one that may have left is left alone.
        if token > 0 || unclear {
            self.server.holder = None;
            self.stages[at] = Stage::Over;
        } else {
            self.stages[at] = Stage::Claimed { fence, token };
        }
    }

    fn note(&mut self, at: usize, is_heard: bool, broken: Option<Broken>) {
        let Stage::Claimed { fence, token } = self.stages[at] else {
            return;
        };
        let is_mine = self.server.fence == fence || broken == Some(Broken::NoFence);
        self.stages[at] = Stage::Wants;
        if is_mine && is_heard {
            self.stages[at] = Stage::Noted { token };
            if broken != Some(Broken::SentBeforeNoted) {
                self.server.posted = Some(token);
            }
        }
    }
}

impl Model for Renewals {
    type State = World;
    type Action = Move;

    fn init_states(&self) -> Vec<World> {
        vec![World {
            server: Server::default(),
            now: 0,
            stages: vec![Stage::Wants; self.processes],
            seen: vec![0; self.processes],
            luck: self.luck,
            sent: Vec::new(),
            sent_twice: false,
        }]
    }

    fn actions(&self, world: &World, moves: &mut Vec<Move>) {
        let luck = world.luck;
        for (at, stage) in world.stages.iter().enumerate() {
            let is_held = world.server.holder.is_some_and(|holder| holder != at);
            match stage {
                Stage::Wants if !is_held => moves.push(Move::Claims(at)),
                Stage::Claimed { .. } => {
                    moves.push(Move::Notes(at));
                    if luck.losses > 0 {
                        moves.push(Move::NotesUnheard(at));
                    }
                }
                Stage::Noted { .. } => {
                    moves.push(Move::Sends(at));
                    if luck.losses > 0 {
                        moves.push(Move::SendsUnheard(at));
                    }
                }
                Stage::Given { .. } => moves.push(Move::Keeps(at)),
                Stage::Wants | Stage::Over => {}
            }
            if luck.deaths > 0 && *stage != Stage::Over {
                moves.push(Move::Dies(at));
            }
        }
        let holder = world.server.holder.map(|holder| world.stages[holder]);
        // Where the holder has died or given up it always runs out in the end.
        if holder.is_some_and(|stage| luck.pauses > 0 || matches!(stage, Stage::Wants | Stage::Over)) {
            moves.push(Move::RunsOut);
        }
        if luck.empties > 0 {
            moves.push(Move::Empties);
        }
    }

    fn next_state(&self, world: &World, made: Move) -> Option<World> {
        let mut next = world.clone();
        match made {
            Move::Claims(at) => next.claim(at, self.broken),
            Move::Notes(at) => next.note(at, true, self.broken),
            Move::NotesUnheard(at) => {
                next.luck.losses -= 1;
                next.note(at, false, self.broken);
            }
            Move::Sends(at) => {
                if let Stage::Noted { token } = world.stages[at] {
                    next.send(token);
                    if self.broken == Some(Broken::SentBeforeNoted) {
                        next.server.posted = Some(token);
                    }
                    next.stages[at] = Stage::Given { token };
                }
            }
            Move::SendsUnheard(at) => {
                next.luck.losses -= 1;
                if let Stage::Noted { token } = world.stages[at] {
                    next.send(token);
                }
                next.stages[at] = Stage::Over;
            }
            Move::Keeps(at) => {
                if let Stage::Given { token } = world.stages[at] {
                    next.seen[at] = token + 1;
                    if next.server.token == token {
                        next.server.token = token + 1;
                        next.server.posted = None;
                    }
                    if next.server.holder == Some(at) {
                        next.server.holder = None;
                    }
                    next.stages[at] = Stage::Over;
                }
            }
            Move::Dies(at) => {
                next.luck.deaths -= 1;
                next.stages[at] = Stage::Wants;
                next.seen[at] = 0;
            }
            Move::RunsOut => {
                let holder = world.server.holder.map(|holder| world.stages[holder]);
                if !holder.is_some_and(|stage| matches!(stage, Stage::Wants | Stage::Over)) {
                    next.luck.pauses -= 1;
                }
                next.server.holder = None;
            }
            Move::Empties => {
                next.luck.empties -= 1;
                next.server = Server::default();
            }
        }
        (next != *world).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(ONCE, |_, world: &World| !world.sent_twice),
            Property::always("nobody waits for ever", |model, world: &World| {
                let mut moves = Vec::new();
                model.actions(world, &mut moves);
                !moves.is_empty() || world.stages.iter().all(|stage| *stage == Stage::Over)
            }),
        ]
    }
}

const ONCE: &str = "no token is sent twice";

const BAD: Luck = Luck {
    pauses: 2,
    losses: 2,
    deaths: 2,
    empties: 0,
};

fn wrong(renewals: Renewals) -> Vec<(&'static str, String)> {
    let checker = renewals
        .checker()
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_bfs()
        .join();
    let count = checker.unique_state_count();
    writeln!(std::io::stderr(), "{renewals:?}: {count} worlds").expect("standard error is there");
    let found = checker.discoveries().into_iter();
    found
        .map(|(property, path)| (property, format!("{:?}", path.into_actions())))
        .collect()
}

#[test]
fn a_token_leaves_once_whoever_pauses_dies_or_hears_nothing() {
    let renewals = Renewals {
        processes: 3,
        luck: BAD,
        broken: None,
    };
    assert_eq!(wrong(renewals), []);
    for broken in [
        Broken::NoFence,
        Broken::SentBeforeNoted,
        Broken::NotesAreNotRead,
        Broken::NumbersRepeat,
    ] {
        let broken = Renewals {
            broken: Some(broken),
            ..renewals
        };
        let wrong = wrong(broken);
        assert!(
            wrong.iter().any(|(property, _)| *property == ONCE),
            "{broken:?}: {wrong:?}"
        );
    }
}

/// A limit that is known: what is under way is forgotten by a server that is emptied, until its holder says again that it
/// goes on, a part of its claim's time later. Whoever asks first in between is granted the same token. A server that has
/// just come up empty would have to grant nothing for as long as a claim lasts.
#[test]
fn a_server_that_is_emptied_while_a_token_is_away_may_let_it_leave_again() {
    let renewals = Renewals {
        processes: 2,
        luck: Luck {
            pauses: 0,
            losses: 0,
            deaths: 0,
            empties: 1,
        },
        broken: None,
    };
    let wrong = wrong(renewals);
    assert!(wrong.iter().any(|(property, _)| *property == ONCE), "{wrong:?}");
}
