//! What did a person ask for? From the text of a message to a [`ModelCommand`], or to faults that can be shown.
//!
//! This folder knows the written rule of `grammar/model.abnf` and nothing else: no catalogue, no profiles, no rights, no clock.
//! It never guesses: near names are offered in help lines and never acted on.
//!
//! Read [`ast`](ModelCommand) first for what comes out, then `parse` for the way through:
//! `head` (and `mention`) tells commands from text, `line` cuts the line into tokens (`token`, `quote`, `reference`), `verb` gives them a
//! meaning by the table in [`spec`], `faults` and `diagnostic` tell what is wrong, `draw` shows where. `print` is the way back.

mod ast;
mod blank;
mod code;
mod data;
mod diagnostic;
mod draw;
mod duration;
mod faults;
mod head;
pub mod help;
mod limits;
mod line;
mod mention;
mod parse;
mod parsed;
mod print;
mod quote;
mod reference;
mod shown;
pub mod spec;
mod syntax;
mod token;
mod verb;

pub use ast::{Choose, ModelCommand, Wanted};
pub use code::Code;
pub use data::Data;
pub use diagnostic::{Diagnostic, WORDS_LIMIT};
pub use draw::{BLOCKS, COLUMNS};
pub use limits::{LINE_LIMIT, TEXT_LIMIT};
pub use parsed::{Fault, Parsed};
pub use reference::Reference;
pub use syntax::Syntax;
