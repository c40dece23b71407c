//! A walk over JSON, byte by byte where it matters and string by string where it does not. RFC 8259.

use std::borrow::Cow;
use std::ops::Range;

use super::error::BodyError;
use super::special;

/// How deep lists and objects may stand in each other, the body itself counted.
pub const DEEPEST: u32 = 128;

/// The keys that mean something here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Model,
    Stream,
    System,
    Messages,
    Role,
    Content,
    Type,
    Text,
    CacheControl,
    Other,
}

impl Key {
    fn named(name: &[u8]) -> Self {
        match name {
            b"model" => Self::Model,
            b"stream" => Self::Stream,
            b"system" => Self::System,
            b"messages" => Self::Messages,
            b"role" => Self::Role,
            b"content" => Self::Content,
            b"type" => Self::Type,
            b"text" => Self::Text,
            b"cache_control" => Self::CacheControl,
            _ => Self::Other,
        }
    }
}

/// A string as it is written.
#[derive(Debug, Clone)]
pub(super) struct Quoted {
    /// Its place, quotes included.
    pub(super) span: Range<usize>,
    escaped: bool,
}

impl Quoted {
    fn inside(&self) -> Range<usize> {
        self.span.start + 1..self.span.end - 1
    }
}

/// A place in a text. Each step goes forward; no byte is looked at more than a few times.
#[derive(Debug)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
    depth: u32,
    /// Whether a key `cache_control` was seen, anywhere.
    pub(super) marked: bool,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            marked: false,
        }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes white space.
    pub(super) fn white(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn expected<T>(&self, expected: &'static str) -> Result<T, BodyError> {
        Err(BodyError::NotJson {
            at: self.at,
            expected,
        })
    }

    fn down(&mut self) -> Result<(), BodyError> {
        if self.depth == DEEPEST {
            return Err(BodyError::TooDeep { at: self.at });
        }
        self.depth += 1;
        self.at += 1;
        self.white();
        Ok(())
    }

    /// Walks through the object that begins here. `each` is called at each value, and has to pass it.
    ///
    /// Returns the place of the closing brace.
    pub(super) fn members(
        &mut self,
        mut each: impl FnMut(&mut Self, Key) -> Result<(), BodyError>,
    ) -> Result<usize, BodyError> {
        self.down()?;
        if self.peek() != Some(b'}') {
            loop {
                let key = self.key()?;
                each(self, key)?;
                if !self.another(b'}', "`,` or `}`")? {
                    break;
                }
            }
        }
        let end = self.at;
        self.up();
        Ok(end)
    }

    /// Walks through the list that begins here. `each` is called at each item, and has to pass it.
    pub(super) fn items(
        &mut self,
        mut each: impl FnMut(&mut Self) -> Result<(), BodyError>,
    ) -> Result<(), BodyError> {
        self.down()?;
        if self.peek() != Some(b']') {
            loop {
                each(self)?;
                if !self.another(b']', "`,` or `]`")? {
                    break;
                }
            }
        }
        self.up();
        Ok(())
    }

    fn up(&mut self) {
        self.depth -= 1;
        self.at += 1;
    }

    /// Whether a comma stands here, which is passed, and not the end.
    fn another(&mut self, end: u8, expected: &'static str) -> Result<bool, BodyError> {
        self.white();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.white();
                Ok(true)
            }
            Some(byte) if byte == end => Ok(false),
            _ => self.expected(expected),
        }
    }

    /// Passes a key and its colon, and stands at the value then.
    fn key(&mut self) -> Result<Key, BodyError> {
        if self.peek() != Some(b'"') {
            return self.expected("a key in quotes");
        }
        let quoted = self.string()?;
        let key = Key::named(self.written(&quoted).unwrap_or_default().as_bytes());
        self.marked |= key == Key::CacheControl;
        self.white();
        if self.peek() != Some(b':') {
            return self.expected("`:`");
        }
        self.at += 1;
        self.white();
        Ok(key)
    }

    /// What a string says; `None` if it has half of a surrogate pair, which is no text.
    pub(super) fn written(&self, quoted: &Quoted) -> Option<Cow<'t, str>> {
        if !quoted.escaped {
            return Some(Cow::Borrowed(&self.text[quoted.inside()]));
        }
        let said = serde_json::from_str::<String>(&self.text[quoted.span.clone()]);
        said.ok().map(Cow::Owned)
    }

    /// What stands between the quotes, escapes as they are written.
    pub(super) fn inside(&self, quoted: &Quoted) -> &'t str {
        &self.text[quoted.inside()]
    }

    /// The text from a place to here.
    pub(super) fn since(&self, start: usize) -> &'t str {
        &self.text[start..self.at]
    }

    /// Passes one value, however deep it is.
    pub(super) fn pass(&mut self) -> Result<(), BodyError> {
        // One bit for each open list or object, the innermost lowest: 1 is an object. `DEEPEST` of them fit.
        let mut open: u128 = 0;
        let outside = self.depth;
        loop {
            match self.peek() {
                Some(b'{') => {
                    self.down()?;
                    open = open << 1 | 1;
                    if self.peek() != Some(b'}') {
                        self.key()?;
                        continue;
                    }
                }
                Some(b'[') => {
                    self.down()?;
                    open <<= 1;
                    if self.peek() != Some(b']') {
                        continue;
                    }
                }
                _ => self.plain()?,
            }
            while self.depth > outside {
                let object = open & 1 == 1;
                let (end, expected) = if object {
                    (b'}', "`,` or `}`")
                } else {
                    (b']', "`,` or `]`")
                };
                if self.another(end, expected)? {
                    if object {
                        self.key()?;
                    }
                    break;
                }
                self.up();
                open >>= 1;
            }
            if self.depth == outside {
                return Ok(());
            }
        }
    }

    /// Passes a value that is neither a list nor an object.
    fn plain(&mut self) -> Result<(), BodyError> {
        match self.peek() {
            Some(b'"') => self.string().map(drop),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.expected("a value"),
        }
    }

    fn word(&mut self, word: &'static str) -> Result<(), BodyError> {
        let rest = &self.text.as_bytes()[self.at..];
        if !rest.starts_with(word.as_bytes()) {
            return self.expected("a value");
        }
        self.at += word.len();
        Ok(())
    }

    fn number(&mut self) -> Result<(), BodyError> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), BodyError> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start {
            return self.expected("a digit");
        }
        Ok(())
    }

    /// Passes the string that begins here.
    pub(super) fn string(&mut self) -> Result<Quoted, BodyError> {
        let start = self.at;
        let mut escaped = false;
        self.at += 1;
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let Some(run) = special::first(rest) else {
                self.at = self.text.len();
                return self.expected("the end of a string");
            };
            self.at += run;
            match rest[run] {
                b'"' => {
                    self.at += 1;
                    return Ok(Quoted {
                        span: start..self.at,
                        escaped,
                    });
                }
                b'\\' => {
                    self.at += 1;
                    escaped = true;
                    self.escape()?;
                }
                _ => return self.expected("an escape in place of a control character"),
            }
        }
    }

    /// Passes what stands behind a backslash.
    fn escape(&mut self) -> Result<(), BodyError> {
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    if !self.peek().is_some_and(|byte| byte.is_ascii_hexdigit()) {
                        return self.expected("four hexadecimal digits");
                    }
                    self.at += 1;
                }
            }
            _ => return self.expected("an escape"),
        }
        Ok(())
    }
}
