//! Where a cache mark may stand: on the last block of `system`, and of the last turn of the person.
//!
//! Source: `docs.claude.com/en/docs/build-with-claude/prompt-caching`.

use std::ops::Range;

use super::cursor::{Cursor, Key};
use super::error::BodyError;

/// Where `cache_control` can be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A content that is a string, quotes included: it becomes a list of one block.
    Text(Range<usize>),
    /// The closing brace of a block, which has other keys before it.
    Block(usize),
}

/// Passes a content, which is a string or a list of blocks; where a mark may stand in it.
///
/// The last block is the place, or there is none: an earlier one would have less of the prompt kept than was asked for,
/// and nobody would know.
pub(super) fn in_content(cursor: &mut Cursor<'_>) -> Result<Option<Place>, BodyError> {
    match cursor.peek() {
        Some(b'"') => {
            let quoted = cursor.string()?;
            Ok((!is_blank(cursor.inside(&quoted))).then_some(Place::Text(quoted.span)))
        }
        Some(b'[') => {
            let mut last = None;
            cursor.items(|cursor| {
                last = in_block(cursor)?;
                Ok(())
            })?;
            Ok(last)
        }
        _ => cursor.pass().map(|()| None),
    }
}

/// Passes the messages; where a mark may stand in the last one of the person.
pub(super) fn in_messages(cursor: &mut Cursor<'_>) -> Result<Option<Place>, BodyError> {
    if cursor.peek() != Some(b'[') {
        return cursor.pass().map(|()| None);
    }
    let mut last = None;
    cursor.items(|cursor| {
        if cursor.peek() != Some(b'{') {
            return cursor.pass();
        }
        let (mut of_person, mut place) = (false, None);
        cursor.members(|cursor, key| {
            match key {
                Key::Role => of_person = says(cursor)?.as_deref() == Some("user"),
                Key::Content => place = in_content(cursor)?,
                _ => cursor.pass()?,
            }
            Ok(())
        })?;
        if of_person {
            last = place;
        }
        Ok(())
    })?;
    Ok(last)
}

fn in_block(cursor: &mut Cursor<'_>) -> Result<Option<Place>, BodyError> {
    if cursor.peek() != Some(b'{') {
        return cursor.pass().map(|()| None);
    }
    let (mut kind, mut has_text) = (None, false);
    let end = cursor.members(|cursor, key| {
        match key {
            Key::Type => kind = says(cursor)?,
            Key::Text if cursor.peek() == Some(b'"') => {
                let quoted = cursor.string()?;
                has_text = !is_blank(cursor.inside(&quoted));
            }
            Key::Text => {
                has_text = false;
                cursor.pass()?;
            }
            _ => cursor.pass()?,
        }
        Ok(())
    })?;
    // The API answers 400 to a mark on an empty text and on what a model thought.
    let may = match kind.as_deref() {
        None | Some("thinking" | "redacted_thinking") => false,
        Some("text") => has_text,
        Some(_) => true,
    };
    Ok(may.then_some(Place::Block(end)))
}

/// Passes a value; what it says, if it is a text.
fn says<'t>(cursor: &mut Cursor<'t>) -> Result<Option<std::borrow::Cow<'t, str>>, BodyError> {
    if cursor.peek() != Some(b'"') {
        return cursor.pass().map(|()| None);
    }
    let quoted = cursor.string()?;
    Ok(cursor.written(&quoted))
}

/// Whether a text, escapes as they are written, is nothing but white space. It looks no further than it must.
fn is_blank(mut written: &str) -> bool {
    loop {
        written = written.trim_start();
        let Some(escape) = written.strip_prefix('\\') else {
            return written.is_empty();
        };
        let length = match escape.as_bytes() {
            [b'n' | b'r' | b't' | b'f', ..] => 1,
            [b'u', ..] => {
                let code = escape
                    .get(1..5)
                    .and_then(|code| u32::from_str_radix(code, 16).ok());
                if !code.and_then(char::from_u32).is_some_and(char::is_whitespace) {
                    return false;
                }
                5
            }
            _ => return false,
        };
        written = escape.get(length..).unwrap_or_default();
    }
}
