//! What must hold, whatever happens.

use stateright::{Model, Property};

use super::moves::Move;
use super::world::{Fleet, World};

impl Model for Fleet {
    type State = World;
    type Action = Move;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(self)]
    }

    fn actions(&self, world: &World, moves: &mut Vec<Move>) {
        world.moves(moves);
    }

    fn next_state(&self, world: &World, made: Move) -> Option<World> {
        let mut next = world.clone();
        next.make(self, made);
        (next != *world).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("what was acknowledged is not lost", |_, world: &World| {
                let told = world.told;
                let excused = told.forgotten | told.superseded | told.over;
                !world.is_at_rest() || told.acknowledged & !excused & !world.server.holds == 0
            }),
            Property::always("what was refused is not in effect", |_, world: &World| {
                let told = world.told;
                let excused = told.built_upon | told.undecided;
                !world.is_at_rest() || told.refused & !excused & world.server.holds == 0
            }),
            Property::always("all agree with the server", |_, world: &World| {
                let over = world.told.over;
                let agrees = |holds: u8| holds & !over == world.server.holds & !over;
                !world.is_at_rest() || world.processes.iter().all(|process| agrees(process.front.holds))
            }),
            Property::always("no front goes back", |_, world: &World| !world.told.went_back),
            Property::always("it comes to rest", |_, world: &World| {
                let mut moves = Vec::new();
                world.moves(&mut moves);
                world.is_at_rest() || !moves.is_empty()
            }),
        ]
    }
}
