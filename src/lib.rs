//! modelpin: slash-command middleware that puts a person in charge of the credential that a chat uses.

pub mod access;
pub mod catalog;
pub mod clock;
pub mod cooldown;
pub mod credential;
pub mod endpoint;
pub mod model;
pub mod outcome;
pub mod picker;
pub mod pin;
pub mod profile;
pub mod provide;
pub mod secret;
pub mod session;
pub mod similar;
pub mod store;
pub mod terms;
pub mod view;
