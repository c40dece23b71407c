//! What would this policy have done in ten days of bad weather?
//!
//! A scenario is people, credentials, a configuration and the weather at the providers. [`play`] drives the real
//! resolver through it, with a clock that is set and never waited for, and [`judge`] holds what happened against the
//! claims of this crate. The report and the picture are for operators who want to try a policy before people do.
//!
//! It refuses to know how the resolver decides: requests go in at the front, and what comes out is written down. No
//! secret is needed and none is read; nothing is asked of the network.
//!
//! Read `scenario.rs` first, then `run.rs`; `weather.rs` is what providers answer, `oracle.rs` the claims.

mod dice;
mod log;
mod oracle;
mod picture;
mod read;
mod report;
mod run;
mod scenario;
mod span;
mod stage;
mod watched;
mod weather;

pub use log::{Asked, By, Done, Entry, PinKept, Pins, Rest, Touched, What};
pub use oracle::{Claim, Verdict, Violation, judge};
pub use picture::picture;
pub use read::ScenarioError;
pub use report::{Example, Held, Report, Requests, Served};
pub use run::{Played, play};
pub use scenario::{
    Account, Back, Fault, Kind, NewSecret, RetryAfter, Said, Scenario, Sessions, Shower, Sky, Spell,
};
pub use span::Span;
pub use stage::{Facts, Known, StageError};
pub use weather::{Drawn, Failure, Front, Weather};

/// A scenario to begin with, with comments.
pub const EXAMPLE: &str = include_str!("example.json");
