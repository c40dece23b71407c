//! How pins are written on the server, and told.

use serde::{Deserialize, Serialize};

use super::hearing::Feeds;
use super::trouble::What;
use crate::clock::Timestamp;
use crate::pin::{End, OwnWay, Record};
use crate::store::stored;

/// How long a record stays that holds nothing any more, so that `undo` still finds what was before, in milliseconds.
const LINGERS: i64 = 30 * 24 * 3600 * 1000;

/// Who a message is from that its sender is to hear, too.
pub(super) const NOBODY: &str = "";

/// What is told of a change.
#[derive(Serialize, Deserialize)]
struct Message<'a> {
    from: &'a str,
    key: String,
    record: String,
}

/// A message from another process.
pub(super) fn hear(feeds: &Feeds, message: &[u8]) {
    let Ok(message) = serde_json::from_slice::<Message<'_>>(message) else {
        // Not ours to understand; what it was about is read anew.
        feeds.pins.lost();
        return;
    };
    if message.from == feeds.origin() {
        return;
    }
    let key = feeds.keys().scope(&message.key);
    match (key, read(&message.key, &message.record)) {
        (Some(key), Ok(record)) => feeds.pins.heard(key, record, newer),
        _ => feeds.pins.lost(),
    }
}

pub(super) fn newer(one: Record, other: Record) -> Record {
    if one.version > other.version { one } else { other }
}

pub(super) fn message(from: &str, name: &str, kept: &str) -> String {
    let message = Message {
        from,
        key: name.to_owned(),
        record: kept.to_owned(),
    };
    // Texts always have a text.
    serde_json::to_string(&message).unwrap_or_default()
}

/// `VERSION CHANGE TEXT`.
pub(super) fn written(record: &Record, change: &str) -> String {
    format!("{} {change} {}", record.version.0, stored::text(record))
}

pub(super) fn read(name: &str, kept: &str) -> Result<Record, What> {
    let mut parts = kept.splitn(3, ' ');
    let version = parts.next().and_then(|version| version.parse().ok());
    let (Some(version), Some(_change), Some(text)) = (version, parts.next(), parts.next()) else {
        return Err(broken(name, "it is no record of a pin"));
    };
    stored::record(version, text).map_err(|wrong| broken(name, &wrong.to_string()))
}

pub(super) fn broken(name: &str, why: &str) -> What {
    What::Broken {
        key: crate::echo::discreet(name).into_owned(),
        why: why.to_owned(),
    }
}

/// When the server may drop a record: a while after the last pin in it has ended. One that has a lasting pin, or one that
/// ends with a request, stays.
pub(crate) fn ends(record: &Record) -> Option<i64> {
    let mut last = None;
    for pin in record.layers.pins() {
        match pin.end {
            _ if pin.is_empty() && pin.own_way == OwnWay::Inherits => {}
            End::At(at) => last = last.max(Some(at)),
            End::Never | End::NextRequest => return None,
        }
    }
    let last: Option<Timestamp> = last;
    last.map(|last| last.as_millis().saturating_add(LINGERS))
}
