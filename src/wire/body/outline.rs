//! The places in a body that matter.

use std::ops::Range;

use bytes::Bytes;

use super::cursor::{Cursor, Key};
use super::error::BodyError;
use super::place::{self, Place};

/// A request body, and the places in it that matter. It is read once, whoever it is then sent to.
///
/// `Debug` and errors show nothing of the body but its model and numbers.
#[derive(Clone)]
pub struct Outline {
    pub(super) body: Bytes,
    /// The place of the model's name, quotes included, and what it says.
    pub(super) model: Option<(Range<usize>, String)>,
    /// Behind the opening brace.
    pub(super) open: usize,
    pub(super) empty: bool,
    stream: bool,
    pub(super) marked: bool,
    pub(super) system: Option<Place>,
    pub(super) person: Option<Place>,
}

impl Outline {
    /// Reads a body in time that grows with its length, and in memory that does not.
    ///
    /// What JSON allows is allowed: keys may be escaped, numbers of any size, other keys stand there twice, in which case
    /// the last one counts here.
    ///
    /// # Errors
    /// [`BodyError`], with its place, if the body is no JSON object in UTF-8, more than [`DEEPEST`](super::DEEPEST) levels
    /// deep, or names a model that is no text or names it twice.
    pub fn read(body: &Bytes) -> Result<Self, BodyError> {
        let text = simdutf8::compat::from_utf8(body).map_err(|wrong| BodyError::NotUtf8 {
            at: wrong.valid_up_to(),
        })?;
        let mut cursor = Cursor::new(text);
        cursor.white();
        if cursor.peek() != Some(b'{') {
            return Err(BodyError::NotAnObject { at: cursor.at() });
        }
        let mut read = Self {
            body: body.clone(),
            model: None,
            open: cursor.at() + 1,
            empty: true,
            stream: false,
            marked: false,
            system: None,
            person: None,
        };
        cursor.members(|cursor, key| read.take(cursor, key))?;
        read.marked = cursor.marked;
        cursor.white();
        if cursor.peek().is_some() {
            return Err(BodyError::Trailing { at: cursor.at() });
        }
        Ok(read)
    }

    fn take(&mut self, cursor: &mut Cursor<'_>, key: Key) -> Result<(), BodyError> {
        self.empty = false;
        match key {
            Key::Model => {
                let at = cursor.at();
                if self.model.is_some() {
                    return Err(BodyError::TwoModels { at });
                }
                if cursor.peek() != Some(b'"') {
                    cursor.pass()?;
                    return Err(BodyError::ModelNotText { at });
                }
                let quoted = cursor.string()?;
                let name = cursor.written(&quoted).ok_or(BodyError::ModelNotText { at })?;
                self.model = Some((quoted.span, name.into_owned()));
            }
            Key::Stream => {
                let start = cursor.at();
                cursor.pass()?;
                self.stream = cursor.since(start) == "true";
            }
            Key::System => self.system = place::in_content(cursor)?,
            Key::Messages => self.person = place::in_messages(cursor)?,
            _ => cursor.pass()?,
        }
        Ok(())
    }

    /// The body as it came.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The model that it names; `None` if it names none.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        self.model.as_ref().map(|(_, name)| name.as_str())
    }

    /// Whether it asks for a stream: whether its `stream` is `true`.
    #[must_use]
    pub fn streams(&self) -> bool {
        self.stream
    }

    /// Whether the caller steers the cache itself: whether a key, wherever it stands, is `cache_control`.
    #[must_use]
    pub fn steers_cache(&self) -> bool {
        self.marked
    }
}

impl std::fmt::Debug for Outline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outline")
            .field("bytes", &self.body.len())
            .field("model", &self.model())
            .field("stream", &self.stream)
            .field("steers_cache", &self.marked)
            .finish_non_exhaustive()
    }
}
