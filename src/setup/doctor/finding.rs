//! What was found.

use serde::Serialize;

/// How bad it is. Worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something does not work, or is in danger.
    Error,
    /// A credential ends soon.
    Expiring,
    /// Something is probably not meant.
    Warning,
    /// Something worth knowing.
    Note,
}

/// One thing that was found. It shows no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// A word for programs.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it is.
    pub what: String,
    /// What to do.
    pub remedy: String,
    /// Whether `--fix` does it.
    pub fixable: bool,
}

impl Finding {
    pub(super) fn new(
        severity: Severity,
        code: &'static str,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity,
            what: what.into(),
            remedy: remedy.into(),
            fixable: false,
        }
    }

    pub(super) fn fixable(mut self) -> Self {
        self.fixable = true;
        self
    }
}
