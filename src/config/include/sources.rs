//! The texts of a configuration.

use crate::config::locate::locate;
use crate::config::origin::{Origin, Trail};
use crate::config::path::Step;

/// The texts of a configuration, and which of them says what.
pub(in crate::config) struct Sources {
    pub(super) files: Vec<Source>,
    pub(super) origin: Origin,
}

pub(super) struct Source {
    pub(super) file: String,
    pub(super) text: String,
}

/// A text without its byte order mark.
pub(in crate::config) fn bare(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

impl Sources {
    pub(in crate::config) fn alone(text: &str, file: &str) -> Self {
        let (file, text) = (file.to_owned(), bare(text).to_owned());
        Self {
            files: vec![Source { file, text }],
            origin: Origin::default(),
        }
    }

    /// Whether other files are included.
    #[cfg(feature = "setup")]
    pub(in crate::config) fn is_several(&self) -> bool {
        self.files.len() > 1
    }

    /// The file that says what stands at a path of the whole, and where in it.
    pub(in crate::config) fn locate(&self, steps: &[Step<'_>]) -> (&str, (usize, usize)) {
        let (file, trail) = self.origin.find(steps);
        self.place(file, &trail)
    }

    /// The included file that says what stands at a path of the whole; `None` if the first file does.
    pub(in crate::config) fn included(&self, steps: &[Step<'_>]) -> Option<&str> {
        match self.origin.find(steps) {
            (0, _) => None,
            (file, _) => self.files.get(file).map(|source| source.file.as_str()),
        }
    }

    fn place(&self, file: usize, trail: &Trail) -> (&str, (usize, usize)) {
        self.files.get(file).map_or(("", (1, 1)), |source| {
            (&source.file, locate(&source.text, &trail.steps()))
        })
    }
}
