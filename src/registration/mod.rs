//! What is told to a platform once, before anybody writes: which commands there are, and what can stand behind them.
//!
//! Pure: from the one table of verbs ([`command::spec`](crate::command::spec)) and the names of a chat ([`Names`]) to the
//! body that the platform takes. It sends nothing and knows no token of any bot: `modelpin register` prints the bodies, and
//! a bot sends them with its own client. Matrix has no registration. Read `suggest.rs` for what is offered while
//! somebody types.
//!
//! Each limit of a platform is a constant with its unit and the vendor's page.

pub mod discord;
pub mod slack;
mod suggest;
pub mod telegram;

use crate::command::spec;
use crate::view::Names;
use crate::words::{Words, say};

pub use suggest::{Suggestion, suggest};

/// What `/model` is for, in a few words.
fn what_for(words: &Words) -> String {
    say!(words, "command-model")
}

/// The words of the verbs, each once: `reset` does what `default` does.
fn verbs() -> Vec<&'static str> {
    let mut done = Vec::new();
    let mut words = Vec::new();
    for verb in spec::verbs() {
        if !done.contains(&verb.verb) {
            done.push(verb.verb);
            words.push(verb.name);
        }
    }
    words
}

/// How `/model` is written, for people: `model[@profile] | list | status | …`.
fn usage() -> String {
    format!("model[@profile] | {}", verbs().join(" | "))
}

/// `choose the model and the credential of this chat: list, status, …`
fn purpose(words: &Words) -> String {
    format!("{}: {}", what_for(words), verbs().join(", "))
}

/// Characters as Telegram and Discord may count them, the stricter way: in UTF-16 code units.
fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}
