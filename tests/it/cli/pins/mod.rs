//! Pins that outlive the process, as an operator and a running chat meet them.
//!
//! [`world`] is a state directory with canaries in it, and chats that stay open; every test ends in
//! [`World::leaks_nothing`].

mod aside;
mod check;
mod clear;
mod follow;
mod full;
mod list;
mod live;
mod world;
