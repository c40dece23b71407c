//! Why a text was not changed.

use thiserror::Error;

use crate::config::error::ConfigError;

/// Why a text was not changed.
#[derive(Debug, Error)]
pub enum EditError {
    /// It is no JSON5 as it stands.
    #[error(transparent)]
    Syntax(#[from] ConfigError),
    /// It is JSON5, in a form that cannot be edited in place.
    #[error("{file}:{line}:{column}: this cannot be edited in place; change the file by hand")]
    ByHand {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// Something else than an object or a list stands where the change belongs.
    #[error("{file}: `{path}` is not {expected}; change the file by hand")]
    Otherwise {
        /// The file.
        file: String,
        /// The path.
        path: String,
        /// What was expected there.
        expected: &'static str,
    },
    /// A key of the path is there twice.
    #[error("{file}: `{path}` is there more than once; take one out first")]
    Repeated {
        /// The file.
        file: String,
        /// The path.
        path: String,
    },
    /// An included file has a say.
    #[error("`{path}` also stands in {other}, which {file} includes; change it there")]
    Elsewhere {
        /// The file.
        file: String,
        /// The path in the whole.
        path: String,
        /// The included file.
        other: String,
    },
    /// The new text would not say what was asked.
    #[error("{file}: the change cannot be made without changing more; change the file by hand")]
    Differs {
        /// The file.
        file: String,
    },
}
