//! Sentences in the languages that people read: which language, and how a sentence is said in it.
//!
//! A language is a Fluent file (<https://projectfluent.org>): English, Vietnamese, Simplified Chinese and Thai are built
//! in, and an operator adds one, or changes sentences of one, by a file `words/<tag>.ftl` in the state directory. A
//! sentence that a file does not have is said in English. [`Languages`] chooses, [`Words`] says; the files beside this one
//! have the sentences. Programs read codes, which are the same in every language. [`check`] is for whoever writes a file.
//!
//! Read `say.rs` first. `file.rs` and `weigh.rs` keep a file that is broken, or means ill, from doing harm.

mod check;
mod file;
mod languages;
mod say;
mod tags;
mod weigh;

pub use check::{Checked, check};
pub use file::Fault;
pub use languages::{BadWords, LARGEST, Languages, built_in};
pub(crate) use say::say;
pub use say::{Arg, Words};
