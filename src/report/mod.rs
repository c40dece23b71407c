//! How is what the engine knows written down as data, for scripts and for other programs?
//!
//! The command line prints these shapes with `--json`, the gateway answers with them: there is one of each. It asks the
//! resolver and has no opinion of its own. Read `status/shape.rs` first.

mod explained;
mod pins;
pub(crate) mod status;

pub(crate) use explained::{Explained, ExplainedCandidate, named_model};
pub(crate) use pins::{pin_data, scope_data};
