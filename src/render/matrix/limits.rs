//! What Matrix takes. It counts bytes of whole events, and nothing else.

/// The largest event, in bytes of canonical JSON, with ids, hashes and signatures
/// (<https://spec.matrix.org/v1.19/client-server-api/#size-limits>).
pub const EVENT_BYTES: usize = 65_536;

/// The largest content that is made here, in bytes of JSON: the rest of [`EVENT_BYTES`] is for what homeservers add, room
/// and sender with up to 255 bytes each, hashes, signatures, and the events that it follows.
pub const CONTENT_BYTES: usize = 60_000;

/// The largest message, in bytes of its JSON. An edit has a message twice, as what it says now and for clients that know no
/// edits (<https://spec.matrix.org/v1.19/client-server-api/#event-replacements>), and stays below [`CONTENT_BYTES`].
pub const MESSAGE_BYTES: usize = 28_000;

/// The longest id of an event, in bytes (<https://spec.matrix.org/v1.19/appendices/#identifier-grammar>).
pub const ID_BYTES: usize = 255;
