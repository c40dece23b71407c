//! What every adapter that shows replies on a platform has to hold, whoever wrote it.
//!
//! Implement [`Adapter`] for a renderer and call [`run`] in a test. It builds real [`ModelPin`](crate::ModelPin)s over
//! generated catalogues, speaks and presses as people do, reads what the adapter made of each reply, and returns a
//! [`Report`] of what was tried, or the first [`Broken`] claim.
//!
//! ```
//! use modelpin::conformance::adapter::{self, Adapter, Button, Cases};
//! use modelpin::{Render, Text, View};
//!
//! struct Plain;
//!
//! impl Adapter for Plain {
//!     type Message = String;
//!     fn render(&self, view: &View) -> Vec<String> { Text::plain().render(view) }
//!     fn sent(&self, message: &String) -> String { message.clone() }
//!     fn texts(&self, message: &String) -> Vec<String> { vec![message.clone()] }
//!     fn buttons(&self, _: &String) -> Vec<Button> { Vec::new() }
//!     fn check(&self, message: &String) -> Result<(), String> {
//!         let length = message.chars().count();
//!         if length <= 4_000 { Ok(()) } else { Err(format!("{length} characters of 4,000")) }
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let tasks = tokio::runtime::Builder::new_current_thread().build()?;
//! let report = tasks.block_on(adapter::run(&Plain, Cases::few(7)))?;
//! assert!(report.choices > 0);
//! # Ok(())
//! # }
//! ```
//!
//! `claim.rs` lists what is held; `walk.rs` presses, `hold.rs` tries what must not work, `text.rs` reads; `world.rs` and
//! `names.rs` are what it is tried on.

mod cases;
mod claim;
mod dice;
mod folder;
mod hold;
mod names;
mod reader;
mod text;
mod tour;
mod walk;
mod world;

pub use cases::{Cases, Shape};
pub use claim::{Broken, Claim, Report};

use reader::Reader;
use world::World;

use crate::view::View;

/// A renderer of a platform, and how its messages are read.
pub trait Adapter {
    /// What the platform takes.
    type Message;

    /// Renders a reply: one message, or several.
    fn render(&self, view: &View) -> Vec<Self::Message>;

    /// The message as it goes out, for example its JSON.
    fn sent(&self, message: &Self::Message) -> String;

    /// What a person reads in it, labels of buttons included.
    fn texts(&self, message: &Self::Message) -> Vec<String>;

    /// What can be pressed in it: buttons, and the options of lists. None on a platform without buttons, whose people type
    /// the numbers.
    fn buttons(&self, message: &Self::Message) -> Vec<Button>;

    /// Whether the platform takes it: its limits, in its own units.
    ///
    /// # Errors
    /// The limit that is passed, in words.
    fn check(&self, message: &Self::Message) -> Result<(), String>;

    /// How many models the message says that there are in all, where it says so.
    fn announced(&self, message: &Self::Message) -> Option<usize> {
        let _ = message;
        None
    }
}

/// Something that can be pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What a person reads on it and right beside it: an option's description belongs to it.
    pub label: String,
    /// What comes back when it is pressed.
    pub token: String,
}

/// Holds an adapter to every [`Claim`], over all `cases`.
///
/// Files are written below the system's temporary directory and taken away at the end. The same cases are the same worlds.
///
/// # Errors
/// The first claim that is [`Broken`], with the catalogue, what was said or pressed, and what came out.
pub async fn run<A: Adapter>(adapter: &A, cases: Cases) -> Result<Report, Broken> {
    let mut report = Report::default();
    for shape in cases.shapes() {
        let world = World::of(&shape).await?;
        let mut reader = Reader::new(adapter, &mut report, &shape);
        let held = held(&mut reader, world).await;
        held.map_err(|broken| broken.in_catalogue(&shape))?;
        report.catalogues += 1;
    }
    Ok(report)
}

async fn held<A: Adapter>(reader: &mut Reader<'_, A>, world: World) -> Result<(), Broken> {
    tour::every_kind_of_reply(reader, &world).await?;
    walk::everything_is_reached(reader, &world).await?;
    hold::what_does_not_hold_changes_nothing(reader, world).await
}
