//! How does a person sign in, and how is a sign-in kept alive?
//!
//! [`Description`] says where a provider's sign-ins are made; [`Code`] is the sign-in in a browser (authorization code
//! with PKCE), [`device`](Device) the one with a code on another screen; [`Refresher`] renews. It knows nothing of order,
//! pins and requests: who needs a token and what to do without one is decided above.
//!
//! Read `machine.rs` first: it is how a refresh token is sent once and never again, whatever dies on the way.
//! `journal.rs` keeps its state on disk, `refresh.rs` carries it out, `exchange.rs` talks to the token endpoint.

mod claims;
mod code;
mod description;
mod device;
mod exchange;
mod journal;
mod machine;
mod refresh;

pub use code::{Code, CodeError, Returned};
pub use description::{Description, Undescribed};
pub use device::{Device, DeviceError};
pub use exchange::{ExchangeError, Tokens};
pub use journal::{Entry, Note, look};
pub use machine::{Answer, Did, Ended, Machine, Seen, Stored, TRIES, Todo};
pub use refresh::Refresher;
