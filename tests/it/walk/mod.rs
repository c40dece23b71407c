//! A thousand random steps of an operator and of chats in one state directory: whatever is signed in, out, over, renamed,
//! taken away and imported, a pin is served by the account that was pinned, or it is reported.
//!
//! `steps.rs` has what people do, `world.rs` the directory and what is true of it, `proof.rs` what must hold.

mod plain;
mod proof;
mod steps;
mod world;

use proof::Tally;
use world::World;

/// Walks and steps of each: a fresh directory now and then shows other beginnings.
const WALKS: u64 = 8;
const STEPS: usize = 125;

#[tokio::test]
async fn no_pin_is_served_by_another_account_and_none_dangles_untold() {
    let mut seen = Tally::default();
    for seed in 1..=WALKS {
        let mut world = World::new(seed);
        for step in 0..STEPS {
            let done = steps::random(&mut world).await;
            world.log.push(done);
            if let Err(wrong) = proof::holds(&world, &mut seen).await {
                let log = world.log.join("\n");
                panic!("seed {seed}, step {step}: {wrong}\n{log}");
            }
        }
    }
    // A walk that comes by nothing proves nothing.
    assert!(seen.served > 500, "{seen:?}");
    assert!(seen.elsewhere > 50, "{seen:?}");
    assert!(seen.refused > 100, "{seen:?}");
    assert!(seen.stood_in > 20, "{seen:?}");
}
