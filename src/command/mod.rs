//! What did a person ask for? From the text of a message to a [`ModelCommand`], or to faults that can be shown.
//!
//! This folder knows the written rule of `grammar/model.abnf` and nothing else: no catalogue, no profiles, no rights, no clock.
//! It never guesses: near names are offered in help lines and never acted on.
//!
//! Read [`ast`](ModelCommand) first for what comes out, then `syntax` for the way through:
//! `head` (and `mention`) tells commands from text, `line` cuts the line into tokens (`token`, `quote`, `reference`), `verb` gives them a
//! meaning by the table in [`spec`], `faults` and `diagnostic` tell what is wrong, `draw` shows where. `print` is the way back.

mod ast;
mod blank;
mod data;
mod diagnostic;
mod draw;
mod duration;
mod faults;
mod head;
pub mod help;
mod line;
mod mention;
mod parsed;
mod print;
mod quote;
mod reference;
pub mod spec;
mod syntax;
mod token;
mod verb;

pub use ast::{Choose, ModelCommand, Wanted};
pub use data::Data;
pub use diagnostic::{Code, Diagnostic, WORDS_LIMIT};
pub use draw::{BLOCKS, COLUMNS};
pub use faults::LINE_LIMIT;
pub use parsed::{Fault, Parsed};
pub use reference::Reference;
pub use syntax::Syntax;
pub use token::TEXT_LIMIT;
