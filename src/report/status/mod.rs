//! `modelpin models status --json` and `GET /v1/status`: `shape.rs` is the JSON, `gather.rs` fills it.

mod gather;
pub(crate) mod shape;

use std::time::Duration;

pub(crate) use gather::{Gathered, unused_variables};

/// A credential that ends within this time ends soon.
pub(crate) const SOON: Duration = Duration::from_secs(24 * 3600);
