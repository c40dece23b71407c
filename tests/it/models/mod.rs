//! The tables of the house against models of a few lines, with random operations, in turn and at once.
//!
//! Each test prints how much it looked at (`--nocapture`). `MODELPIN_MODELS=100` makes all of them a hundred times as
//! long.

mod front;
mod history;
mod ledger;
mod merging;
mod pins;
mod scope;
mod threads;
mod trials;

/// Says how much a test looked at.
#[expect(clippy::print_stdout, reason = "a test's output is for its reader")]
fn tell(what: &str) {
    println!("{what}");
}

/// How many cases to run where there are usually so many.
fn cases(usual: u32) -> u32 {
    let times = std::env::var("MODELPIN_MODELS").ok();
    let times = times.map_or(1, |times| times.parse().expect("MODELPIN_MODELS is a number"));
    usual.saturating_mul(times)
}

/// Random cases as many as asked for, and no files about them.
fn config(usual: u32) -> proptest::test_runner::Config {
    proptest::test_runner::Config {
        cases: cases(usual),
        failure_persistence: None,
        ..Default::default()
    }
}
