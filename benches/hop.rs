//! What the gateway adds between a client and a provider, beside a bare proxy of the same library: `cargo bench --bench hop`.
//!
//! The measuring is `modelpin::bench::hop`, which `modelpin bench --only gateway` uses too. Read the figures as ratios.

#![allow(clippy::print_stdout)] // It prints what it measured.

use std::path::Path;

use modelpin::bench::hop::{Part, Programs, Traffic, measure};

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let tasks = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    if let Some(part) = Part::called(&args[1..]) {
        return tasks.block_on(part.play()).expect("it listens");
    }
    // A test run looks only whether it can be built.
    if !args.iter().any(|arg| arg == "--bench") {
        return;
    }
    let this = std::env::current_exe().expect("a path");
    let programs = Programs {
        parts: &this,
        before: &[],
        modelpin: Path::new(env!("CARGO_BIN_EXE_modelpin")),
    };
    let figures = tasks
        .block_on(measure(programs, Traffic::usual()))
        .expect("it is measured");
    for figure in figures {
        let floor = figure.floor.as_ref().map_or(0.0, |floor| floor.value.median);
        println!(
            "{:<34}{:>10.1} {:<4}floor {:>10.1}  ratio {:>6.2}  {}",
            figure.name,
            figure.value.median,
            figure.unit.as_str(),
            floor,
            figure.ratio.unwrap_or(0.0),
            match figure.met {
                Some(true) => "met",
                Some(false) => "not met",
                None => "",
            }
        );
    }
}
