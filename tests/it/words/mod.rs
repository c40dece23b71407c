//! Languages: complete, of one form, and chosen by the message.

mod chosen;
mod complete;
mod shown;
