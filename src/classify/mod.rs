//! What does a failed answer mean, and when may the next try be made?
//!
//! It is told a status, headers and a body, and says a [`FailureClass`](crate::outcome::FailureClass) and the
//! time that the provider gave. It refuses to know which credential was used, what follows from the class, and
//! anything that a model wrote: of a body it reads the structured error and nothing else.
//!
//! Read `rules.rs` first: it is the table of classes in order. `body.rs` finds the words of an error,
//! `phrases.rs` lists what they mean, `times.rs` reads every way of writing a deadline.

mod body;
mod phrases;
mod rules;
mod times;

pub use rules::{Answer, Verdict, classify, transport};
pub use times::LONGEST_WAIT;
