//! From a view to what a platform shows. Pure: the same view gives the same bytes.
//!
//! One folder a platform, and each limit that a platform sets is a named constant with its unit there.

pub mod data;
pub mod discord;
pub mod matrix;
pub mod prose;
pub mod slack;
pub mod telegram;
pub mod text;

/// Renders views for one platform.
pub trait Render {
    /// What the platform takes.
    type Message;

    /// Renders a view.
    fn render(&self, view: &crate::view::View) -> Self::Message;
}
