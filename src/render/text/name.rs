//! Names that others chose, made safe to show.

use std::borrow::Cow;

use crate::echo::{discreet, legible};

/// The name without what would act on the display, and with anything that looks like a key blotted out.
#[must_use]
pub fn clean(name: &str) -> Cow<'_, str> {
    match legible(name) {
        Cow::Borrowed(name) => discreet(name),
        Cow::Owned(name) => Cow::Owned(discreet(&name).into_owned()),
    }
}
