//! What does a request body say that matters here, and how is that changed, and nothing else?
//!
//! A body is read once, in one pass and without building it: an [`Outline`] knows the places of the model's name and of
//! what a provider's cache is steered by. Filling the outline gives a body in which these places alone differ; if
//! nothing differs, it is the same bytes. It refuses to know what the rest of a body means: unknown fields, odd
//! spaces, numbers that no machine holds go to the provider as they came.
//!
//! Read `outline.rs` first. `cursor.rs` walks over JSON (RFC 8259) without recursion (`special.rs` finds the ends of its strings), `place.rs` finds where a cache
//! mark may stand, `fill.rs` writes.

mod cursor;
mod error;
mod fill;
mod outline;
mod place;
mod special;

pub use cursor::DEEPEST;
pub use error::BodyError;
pub use fill::Filled;
pub use outline::Outline;

#[cfg(test)]
mod tests;
