//! Languages: complete, of one form, chosen by the message, and how each reply looks in them.

mod chosen;
mod complete;
mod replies;
mod shown;
