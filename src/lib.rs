//! modelpin: slash-command middleware that puts a person in charge of the credential that a chat uses.

pub mod clock;
pub mod credential;
pub mod endpoint;
pub mod model;
pub mod outcome;
pub mod profile;
pub mod secret;
pub mod session;
pub mod similar;
pub mod terms;
