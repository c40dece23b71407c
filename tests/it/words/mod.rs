//! Languages: each has every sentence, each reply looks as its golden file, and a person adds one by a file.

#[cfg(all(feature = "cli", unix))]
mod command;
mod keys;
mod limits;
mod own;
mod registered;
mod replies;
