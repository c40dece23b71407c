//! What a message and a request cost in the process: `cargo bench --bench hit`, and `./benches/instructions` for counts that
//! a busy machine does not change.
//!
//! Prints nanoseconds, and allocations for each time. With `--times N CASE` it does nothing but one case, N times.

#![allow(clippy::print_stdout)] // It prints what it measured.

use modelpin::bench::hit::Hot;
use modelpin::bench::race::{Case, Effort, race};
use modelpin::bench::text;

/// How many times are counted.
const TIMES: u64 = 1_000;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let tasks = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    if let Some(at) = args.iter().position(|arg| arg == "--times") {
        let times = args[at + 1].parse().expect("a number");
        return tasks.block_on(alone(times, &args[at + 2..].join(" ")));
    }
    // `cargo test --benches` only asks that it builds; `cargo bench` says `--bench`.
    if args.iter().any(|arg| arg == "--bench") {
        tasks.block_on(all());
    }
}

/// Does one case, and nothing else that takes long; without a name, tells the names.
async fn alone(times: u64, name: &str) {
    let syntax = text::syntax();
    let profiles = name
        .split(", ")
        .last()
        .and_then(|last| last.split(' ').next()?.parse().ok());
    let hot = Hot::with(profiles.unwrap_or(2)).await.expect("a world");
    let book = hot.book().expect("a book");
    for mut case in text::cases(&syntax).into_iter().chain(hot.cases(&book)) {
        if name.is_empty() {
            println!("{}", case.name);
        } else if case.name == name {
            (case.work)(times);
        }
    }
}

async fn all() {
    let syntax = text::syntax();
    show("text", || text::cases(&syntax));
    for profiles in [2, 10, 100, 1_000] {
        let hot = Hot::with(profiles).await.expect("a world");
        let book = hot.book().expect("a book");
        show("resolve", || hot.cases(&book));
        if profiles == 2 {
            let together = hot.together(Effort::usual());
            println!("{:<46}{:>10.2} ×", together.name, together.value.median);
        }
    }
}

fn show<'w>(group: &'static str, cases: impl Fn() -> Vec<Case<'w>>) {
    let mut counted: Vec<f64> = Vec::new();
    for mut case in cases() {
        (case.work)(TIMES);
        let during = allocation_counter::measure(|| (case.work)(TIMES));
        counted.push(during.count_total as f64 / TIMES as f64);
    }
    for (figure, allocations) in race(group, cases(), Effort::usual()).iter().zip(counted) {
        println!(
            "{:<46}{:>10.1} ns{:>8.1} allocations",
            figure.name, figure.value.median, allocations
        );
    }
}
