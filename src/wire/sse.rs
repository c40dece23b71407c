//! Server-sent events, cut out of bytes as they come.
//!
//! Source: WHATWG HTML, section 9.2.6, "Interpreting an event stream". `id` and `retry` are read over: they are
//! for clients that connect again, and an answer is never asked for twice.

use std::collections::VecDeque;

use thiserror::Error;

/// The most bytes that one event may have, line ends and comments left out.
pub const LONGEST_EVENT: usize = 1024 * 1024;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SseEvent {
    /// The type; `message` where the stream names none.
    pub event: String,
    /// The data lines, joined by line feeds.
    pub data: String,
}

/// An event is longer than [`LONGEST_EVENT`]. Nothing after it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an event of the stream is longer than {LONGEST_EVENT} bytes")]
pub struct EventTooLong;

/// Cuts events out of bytes that come in any split: [`push`](Self::push) bytes, then [`pop`](Self::pop) until
/// there is nothing. However the bytes are split, the events are the same. Bytes that are not UTF-8 become U+FFFD.
#[derive(Debug, Default)]
pub struct SseDecoder {
    ready: VecDeque<Result<SseEvent, EventTooLong>>,
    line: Vec<u8>,
    event: String,
    data: String,
    /// Bytes of the event so far, to keep it bounded.
    size: usize,
    begun: bool,
    after_cr: bool,
    failed: bool,
}

impl SseDecoder {
    /// A decoder at the start of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes of the stream.
    pub fn push(&mut self, mut bytes: &[u8]) {
        while !self.failed && !bytes.is_empty() {
            if std::mem::take(&mut self.after_cr) && bytes[0] == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let part = &bytes[..end.unwrap_or(bytes.len())];
            self.size += part.len();
            if self.size > LONGEST_EVENT {
                self.failed = true;
                self.ready.push_back(Err(EventTooLong));
                return;
            }
            self.line.extend_from_slice(part);
            let Some(end) = end else { return };
            self.after_cr = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            self.end_line();
        }
    }

    /// The next event that is complete, or the error that ends the stream.
    ///
    /// What stands after the last blank line of a stream is no event, as the standard has it.
    pub fn pop(&mut self) -> Option<Result<SseEvent, EventTooLong>> {
        self.ready.pop_front()
    }

    fn end_line(&mut self) {
        let mut raw = std::mem::take(&mut self.line);
        {
            let mut line = raw.as_slice();
            if !std::mem::replace(&mut self.begun, true) {
                line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
            }
            if line.is_empty() {
                self.dispatch();
            } else if line[0] == b':' {
                // A server may send comments for ever to keep the connection open.
                self.size = self.size.saturating_sub(raw.len());
            } else {
                self.field(&String::from_utf8_lossy(line));
            }
        }
        raw.clear();
        self.line = raw;
    }

    fn field(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => value.clone_into(&mut self.event),
            "data" => {
                self.data.push_str(value);
                self.data.push('\n');
            }
            _ => {}
        }
    }

    fn dispatch(&mut self) {
        self.size = 0;
        let event = std::mem::take(&mut self.event);
        let mut data = std::mem::take(&mut self.data);
        // No data line at all means no event.
        if data.pop().is_none() {
            return;
        }
        let event = if event.is_empty() {
            "message".to_owned()
        } else {
            event
        };
        self.ready.push_back(Ok(SseEvent { event, data }));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<Result<SseEvent, EventTooLong>> {
        let mut decoder = SseDecoder::new();
        let mut events = Vec::new();
        for part in parts {
            decoder.push(part);
            events.extend(std::iter::from_fn(|| decoder.pop()));
        }
        events
    }

    fn data(bytes: &[u8]) -> Vec<(String, String)> {
        decode([bytes])
            .into_iter()
            .map(|event| event.expect("short enough"))
            .map(|event| (event.event, event.data))
            .collect()
    }

    fn pair(event: &str, data: &str) -> (String, String) {
        (event.to_owned(), data.to_owned())
    }

    #[test]
    fn the_examples_of_the_standard_come_out_as_it_says() {
        assert_eq!(
            data(b"data: YHOO\ndata: +2\ndata: 10\n\n"),
            [pair("message", "YHOO\n+2\n10")]
        );
        assert_eq!(
            data(b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event"),
            [pair("message", "first event"), pair("message", "second event")]
        );
        assert_eq!(
            data(b"data\n\ndata\ndata\n\ndata:"),
            [pair("message", ""), pair("message", "\n")]
        );
        assert_eq!(
            data(b"data:test\n\ndata: test\n\n"),
            [pair("message", "test"), pair("message", "test")]
        );
        assert_eq!(
            data(b"event: add\ndata: 1\n\nevent: none\n\ndata: 2\n\n"),
            [pair("add", "1"), pair("message", "2")]
        );
    }

    #[test]
    fn every_line_end_and_a_byte_order_mark_are_read() {
        let lines = [pair("a", "1\n2")];
        assert_eq!(data(b"\xEF\xBB\xBFevent: a\ndata: 1\ndata: 2\n\n"), lines);
        assert_eq!(data(b"event: a\rdata: 1\rdata: 2\r\r"), lines);
        assert_eq!(data(b"event: a\r\ndata: 1\r\ndata: 2\r\n\r\n"), lines);
        assert_eq!(data(b"event: a\ndata: 1\ndata: 2\r\n\n"), lines);
    }

    #[test]
    fn an_event_that_is_too_long_ends_the_stream() {
        let long = "x".repeat(LONGEST_EVENT);
        let stream = format!("data: 1\n\ndata: {long}\n\ndata: 2\n\n");
        let events = decode([stream.as_bytes()]);
        assert_eq!(events.len(), 2);
        assert_eq!(events[1], Err(EventTooLong));
        assert_eq!(decode(stream.as_bytes().chunks(4096)), events);
    }

    #[test]
    fn comments_may_go_on_for_ever() {
        let comment = format!(": {}\n", "x".repeat(1000));
        let mut stream = comment.repeat(2 * LONGEST_EVENT / 1000);
        stream.push_str("data: 1\n\n");
        assert_eq!(data(stream.as_bytes()), [pair("message", "1")]);
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_events(
            stream in r"(data|event|id|:|: |\n|\r|\r\n|\n\n|x|é|😀|\x{feff}){0,60}",
            cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..8),
        ) {
            let bytes = stream.as_bytes();
            let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            at.extend([0, bytes.len()]);
            at.sort_unstable();
            let parts = at.windows(2).map(|pair| &bytes[pair[0]..pair[1]]);
            prop_assert_eq!(decode(parts), decode([bytes]));
            prop_assert_eq!(decode(bytes.chunks(1)), decode([bytes]));
        }

        #[test]
        fn no_bytes_are_too_strange(bytes in any::<Vec<u8>>()) {
            prop_assert_eq!(decode(bytes.chunks(1)), decode([bytes.as_slice()]));
        }
    }
}
