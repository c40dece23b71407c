//! Why a body cannot be read.

use thiserror::Error;

use super::cursor::DEEPEST;

/// Why a request body cannot be read. Places are counted in bytes from 0; nothing of the body is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BodyError {
    /// It is not UTF-8.
    #[error("the request body is not UTF-8 at byte {at}: send JSON as UTF-8, not compressed")]
    NotUtf8 {
        /// Where.
        at: usize,
    },
    /// It does not begin with an object.
    #[error("the request body has no JSON object at byte {at}: send one")]
    NotAnObject {
        /// Where.
        at: usize,
    },
    /// It is not JSON.
    #[error("the request body is not JSON at byte {at}: expected {expected}")]
    NotJson {
        /// Where.
        at: usize,
        /// What would have been.
        expected: &'static str,
    },
    /// Something stands behind the object.
    #[error("the request body goes on behind its object at byte {at}: send one object")]
    Trailing {
        /// Where.
        at: usize,
    },
    /// Lists and objects stand in each other too deep.
    #[error("the request body is more than {DEEPEST} levels deep at byte {at}: send a flatter one")]
    TooDeep {
        /// Where.
        at: usize,
    },
    /// It names the model twice, and nobody can say which one the provider would take.
    #[error("the request body has a second `model` at byte {at}: send one")]
    TwoModels {
        /// Where the second value begins.
        at: usize,
    },
    /// Its model is no text.
    #[error("the `model` of the request body is no text at byte {at}: send its name in quotes")]
    ModelNotText {
        /// Where the value begins.
        at: usize,
    },
}

impl BodyError {
    /// Where in the body, in bytes from 0.
    #[must_use]
    pub fn at(&self) -> usize {
        match self {
            Self::NotUtf8 { at }
            | Self::NotAnObject { at }
            | Self::NotJson { at, .. }
            | Self::Trailing { at }
            | Self::TooDeep { at }
            | Self::TwoModels { at }
            | Self::ModelNotText { at } => *at,
        }
    }
}
