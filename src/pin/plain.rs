//! The record that nearly all chats have, before it is packed.

use std::sync::Arc;

use super::record::Version;
use super::shares::What;
use crate::clock::Timestamp;

/// One lasting pin without an end, with nothing over it: a store that reads millions need not put a
/// [`Record`](super::Record) together for each.
#[derive(Debug, Clone)]
pub struct Plain<'a> {
    /// What is asked for, as [`PinTable::share`](super::PinTable::share) of the same table gave it.
    pub what: Arc<What>,
    /// Who asked, as the platform names them.
    pub by: Option<&'a str>,
    /// When it was asked.
    pub at: Option<Timestamp>,
    /// How often the record was changed.
    pub version: Version,
    /// What an undo leads to.
    pub before: Before,
}

/// What was there before a lasting pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// Nothing is remembered, so nothing can be taken back.
    Nothing,
    /// The scope had no pin: it is the first one.
    NoPin,
}
