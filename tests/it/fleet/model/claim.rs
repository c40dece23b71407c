//! The one trial of a rest that is over: of all processes that ask for it, one has it.
//!
//! As `join.lua` does it: a process reads the cells, decides, and writes if nobody has written in between; else it decides
//! again by what is there. A claim that comes late is not made, and one whose answer is lost is nobody's.

use std::io::Write as _;

use stateright::{Checker as _, HasDiscoveries, Model, Property};

/// A rule that is broken on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Broken {
    /// It is written whoever has written in between.
    BlindJoin,
    /// A claim that comes late is made, and a second one of the same process is taken for the first.
    LateIsMine,
    /// Who hears no answer believes to have it.
    SilenceIsYes,
}

#[derive(Debug, Clone, Copy)]
struct Claims {
    processes: usize,
    losses: u8,
    broken: Option<Broken>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Stage {
    /// It wants the trial.
    Wants,
    /// It has read who has it.
    Read(Option<usize>),
    /// Its claim was made from that.
    Sent(Option<usize>),
    /// It was made, or who has it was told.
    Answered(Result<(), Option<usize>>),
    /// It has it.
    Has,
    /// It goes another way.
    Passes,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct World {
    /// Who has the trial, by the server.
    cell: Option<usize>,
    processes: Vec<Stage>,
    /// Claims that were given up, and are still on their way.
    late: Vec<usize>,
    losses: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Move {
    Reads(usize),
    Decides(usize),
    Serves(usize),
    Answers(usize),
    GivesUp(usize),
    ComesLate,
}

impl Model for Claims {
    type State = World;
    type Action = Move;

    fn init_states(&self) -> Vec<World> {
        vec![World {
            cell: None,
            processes: vec![Stage::Wants; self.processes],
            late: Vec::new(),
            losses: self.losses,
        }]
    }

    fn actions(&self, world: &World, moves: &mut Vec<Move>) {
        for (at, stage) in world.processes.iter().enumerate() {
            match stage {
                Stage::Wants => moves.push(Move::Reads(at)),
                Stage::Read(_) => moves.push(Move::Decides(at)),
                Stage::Sent(_) => moves.push(Move::Serves(at)),
                Stage::Answered(_) => moves.push(Move::Answers(at)),
                Stage::Has | Stage::Passes => {}
            }
            let is_out = matches!(stage, Stage::Sent(_) | Stage::Answered(_));
            if is_out && world.losses > 0 {
                moves.push(Move::GivesUp(at));
            }
        }
        if !world.late.is_empty() {
            moves.push(Move::ComesLate);
        }
    }

    fn next_state(&self, world: &World, made: Move) -> Option<World> {
        let mut next = world.clone();
        match made {
            Move::Reads(at) => next.processes[at] = Stage::Read(world.cell),
            Move::Decides(at) => {
                if let Stage::Read(holder) = world.processes[at] {
                    next.processes[at] = holder.map_or(Stage::Sent(None), |_| Stage::Passes);
                }
            }
            Move::Serves(at) => {
                if let Stage::Sent(read) = world.processes[at] {
                    let same = world.cell == read || self.broken == Some(Broken::BlindJoin);
                    if same {
                        next.cell = Some(at);
                    }
                    let answer = if same { Ok(()) } else { Err(world.cell) };
                    next.processes[at] = Stage::Answered(answer);
                }
            }
            Move::Answers(at) => {
                if let Stage::Answered(answer) = world.processes[at] {
                    next.processes[at] = answer.map_or_else(Stage::Read, |()| Stage::Has);
                }
            }
            Move::GivesUp(at) => {
                next.losses -= 1;
                if self.broken == Some(Broken::LateIsMine) && matches!(world.processes[at], Stage::Sent(_)) {
                    next.late.push(at);
                }
                next.processes[at] = match self.broken {
                    Some(Broken::SilenceIsYes) => Stage::Has,
                    _ => Stage::Passes,
                };
            }
            Move::ComesLate => {
                let at = next.late.remove(0);
                next.cell = Some(at);
                next.processes[at] = Stage::Has;
            }
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("one process has the trial", |_, world: &World| {
                world
                    .processes
                    .iter()
                    .filter(|stage| **stage == Stage::Has)
                    .count()
                    <= 1
            }),
            Property::always("nobody waits for ever", |model, world: &World| {
                let mut moves = Vec::new();
                model.actions(world, &mut moves);
                let over = |stage: &Stage| matches!(stage, Stage::Has | Stage::Passes);
                !moves.is_empty() || world.processes.iter().all(over)
            }),
            Property::always(
                "where no answer is lost somebody has it",
                |model, world: &World| {
                    let over = |stage: &Stage| matches!(stage, Stage::Has | Stage::Passes);
                    let is_over = world.processes.iter().all(over);
                    !is_over || world.losses < model.losses || world.processes.contains(&Stage::Has)
                },
            ),
        ]
    }
}

fn wrong(claims: Claims) -> Vec<&'static str> {
    let checker = claims
        .checker()
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_bfs()
        .join();
    let count = checker.unique_state_count();
    writeln!(std::io::stderr(), "{claims:?}: {count} worlds").expect("standard error is there");
    checker.discoveries().into_keys().collect()
}

#[test]
fn of_all_who_ask_for_a_trial_one_has_it_whatever_is_lost() {
    let claims = Claims {
        processes: 4,
        losses: 2,
        broken: None,
    };
    assert_eq!(wrong(claims), [""; 0]);
    for broken in [Broken::BlindJoin, Broken::LateIsMine, Broken::SilenceIsYes] {
        let claims = Claims {
            broken: Some(broken),
            ..claims
        };
        assert_eq!(wrong(claims), ["one process has the trial"], "{broken:?}");
    }
}
