//! How long what people type may be, in bytes.

/// The longest command line, in bytes, from the prefix to the end of the last token.
pub const LINE_LIMIT: usize = 4096;

/// The longest reference or profile, in bytes as written.
pub const TEXT_LIMIT: usize = 256;
