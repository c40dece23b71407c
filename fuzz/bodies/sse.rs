//! Any stream in any pieces: the events are the same, within their limit, and every reader of them ends well.

use modelpin::endpoint::Api;
use modelpin::wire::{Decoder, EventTooLong, LONGEST_EVENT, SseDecoder, SseEvent};

use super::fields::fields;

/// Fields: where the stream is cut, each byte the length of a piece; the stream.
pub(crate) fn check(data: &[u8]) {
    let [cuts, stream] = fields(data);
    let whole = read([stream]);
    let mut rest = stream;
    let mut pieces = Vec::new();
    for cut in cuts {
        let (piece, behind) = rest.split_at(usize::from(*cut).min(rest.len()));
        pieces.push(piece);
        rest = behind;
    }
    pieces.push(rest);
    assert_eq!(read(pieces), whole, "cut by {cuts:?}");
    assert_eq!(read(stream.chunks(1)), whole, "cut into bytes");
    for event in whole.iter().flatten() {
        assert!(event.event.len() + event.data.len() <= 3 * LONGEST_EVENT);
        assert!(!event.event.is_empty() && !event.event.contains(['\n', '\r']) && !event.data.contains('\r'));
    }
    for api in [
        Api::AnthropicMessages,
        Api::OpenAiCompletions,
        Api::OpenAiResponses,
    ] {
        let mut decoder = Decoder::new(api);
        for event in whole.iter().flatten() {
            if decoder.read(event).is_err() {
                break;
            }
        }
        let _ = decoder.end();
    }
}

fn read<'b>(pieces: impl IntoIterator<Item = &'b [u8]>) -> Vec<Result<SseEvent, EventTooLong>> {
    let mut decoder = SseDecoder::new();
    let mut events = Vec::new();
    for piece in pieces {
        decoder.push(piece);
        events.extend(std::iter::from_fn(|| decoder.pop()));
    }
    events
}
