//! Many chats: a look among all of them, and what each takes.

use std::hint::black_box;

use dashmap::DashMap;

use crate::session::SessionKey;

use super::BenchError;
use super::figure::{Figure, Spread, Target, Unit};
use super::race::{Case, Effort, race};
use super::world::{World, chat};

/// How many of the chats are asked for: more would only be more keys to hold.
const ASKED: usize = 1 << 20;

/// The memory of this process in bytes; `None` where it is not told.
///
/// Source: proc_pid_statm(5). Pages are taken for 4 KiB, as on x86-64.
#[must_use]
pub fn memory() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: f64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4096.0)
}

/// A lease of a chat at random among so many pinned ones, beside a bare look in a table of as many; and the bytes of each.
///
/// # Errors
/// [`BenchError`] if the world cannot be made.
pub async fn measure(chats: usize, effort: Effort) -> Result<Vec<Figure>, BenchError> {
    let world = World::with(10).await?;
    let before = memory();
    for at in 0..chats {
        world.pin(&chat(at), at % 10);
    }
    let each = before
        .zip(memory())
        .map(|(before, after)| (after - before) / chats as f64);
    let table: DashMap<Box<str>, [u8; 32]> = DashMap::new();
    let before = memory();
    for at in 0..chats {
        table.insert(Box::from(chat(at).chat()), [0; 32]);
    }
    let bare = before
        .zip(memory())
        .map(|(before, after)| (after - before) / chats as f64);
    // A step that has no divisor in common with the number: every chat once, in no order that memory could foresee.
    let sessions: Vec<SessionKey> = (0..chats.min(ASKED))
        .map(|at| chat((at * 7_368_787) % chats))
        .collect();
    const GET: &str = "dashmap get among as many";
    let many = match chats {
        ..1_000_000 => format!("{} k", chats / 1_000),
        _ => format!("{} M", chats / 1_000_000),
    };
    let (mut one, mut other) = (0, 0);
    let next = |at: &mut usize| {
        *at = (*at + 1) % sessions.len();
        &sessions[*at]
    };
    let mut random = Case::new(format!("pinned chat to lease, among {many} at random"), || {
        black_box(world.lease(black_box(next(&mut other))));
    })
    .beside(GET);
    if chats >= 1_000_000 {
        // Fewer stand in the processor's own memory, and so does the bare table.
        random = random.should_be(Target::AtMostTimes(1.4));
    }
    let cases = vec![
        Case::new(GET, || {
            let found = table.get(black_box(next(&mut one).chat()));
            black_box(found.map(|found| found[0]));
        }),
        random,
    ];
    let mut figures = race("chats", cases, effort);
    // Of fewer, the pages of the allocator are all that is seen.
    if chats >= 100_000
        && let (Some(each), Some(bare)) = (each, bare)
    {
        figures.push(
            Figure::new(
                "chats",
                format!("memory of a pinned chat, {many}"),
                Unit::Bytes,
                Spread::one(each),
            )
            .beside("dashmap of Box<str> to 32 bytes", Spread::one(bare))
            .should_be(Target::AtMost(200.0)),
        );
    }
    Ok(figures)
}
