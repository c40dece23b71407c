//! People, what was said to them, and what is pinned afterwards.

use std::collections::HashMap;

use serde_json::Value;

use super::{Claim, Court};
use crate::storm::faults::log::{Entry, What};
use crate::storm::faults::world::ALLOWED;

/// What is known of the pins of a chat.
#[derive(Default)]
struct Known<'l> {
    /// As they were when somebody looked last.
    pins: Option<&'l Value>,
    /// A reply that was not looked after yet.
    told: Option<&'l Value>,
    /// Something was asked for, and nobody knows whether it was done.
    open: bool,
    /// A request took what held for one only.
    asked: bool,
}

pub(super) fn judge(court: &mut Court, log: &[Entry]) {
    let mut known: HashMap<&str, Known<'_>> = HashMap::new();
    for entry in log {
        match &entry.what {
            What::Text { sent, back } => {
                court.holds(
                    Claim::TextIsUntouched,
                    entry.at,
                    back.as_ref() == Some(sent),
                    || format!("{sent:?} came back as {back:?}"),
                );
            }
            What::Said {
                session,
                actor,
                may,
                text,
                reply,
            } => {
                let chat = known.entry(session).or_default();
                match reply {
                    // Whoever may not is answered with the text itself; what is pinned then is looked at.
                    _ if !may => {
                        let changed = reply.as_ref().is_some_and(|told| told["reply"].is_object());
                        court.holds(Claim::PinsByCommand, entry.at, !changed, || {
                            format!("{session}: {actor} may not, said {text:?}, and was told {reply:?}")
                        });
                    }
                    None => chat.open = true,
                    Some(told) => {
                        let view = &told["reply"]["view"];
                        let done = view["kind"] == "changed" && view["change"] != "nothing";
                        if done {
                            chat.told = Some(view);
                            chat.open = false;
                        } else if told.get("error").is_some() {
                            chat.open = true;
                        }
                    }
                }
            }
            What::Asked { session, .. } => {
                if let Some(chat) = known.get_mut(session.as_str()) {
                    chat.asked = true;
                }
            }
            What::Damaged => known.clear(),
            What::Pins { session, pins } => {
                looked(court, entry.at, session, known.entry(session).or_default(), pins);
            }
            What::AllPins(pins) => {
                for pin in pins.as_array().into_iter().flatten() {
                    let by = pin["by"].as_str().unwrap_or_default();
                    court.holds(Claim::PinsByCommand, entry.at, ALLOWED.contains(&by), || {
                        format!("nobody may make {pin}")
                    });
                }
            }
            _ => {}
        }
    }
}

fn looked<'l>(court: &mut Court, at: u64, session: &str, known: &mut Known<'l>, pins: &'l Value) {
    if let Some(view) = known.told {
        court.test(
            Claim::ReplyIsCommitted,
            at,
            differs(view, pins).map(|why| format!("{session}: {why}: told {view}, and pinned is {pins}")),
        );
    } else if let (Some(before), false) = (known.pins, known.open) {
        let (before, now) = (lasting(before, known.asked), lasting(pins, known.asked));
        court.holds(Claim::PinsKept, at, before == now, || {
            format!("{session}: was {before:?}, is {now:?}")
        });
        court.holds(Claim::PinsByCommand, at, now.len() <= before.len(), || {
            format!("{session}: nobody gave a command, and pinned is {now:?}")
        });
    }
    *known = Known {
        pins: Some(pins),
        ..Known::default()
    };
}

/// Pins that time and requests do not end by themselves; those for one request only until one was made.
fn lasting(pins: &Value, asked: bool) -> Vec<&Value> {
    let pins = pins.as_array().into_iter().flatten();
    pins.filter(|pin| match &pin["until"] {
        Value::Null => true,
        Value::String(_) => !asked,
        _ => false,
    })
    .collect()
}

/// What a reply says and the pins do not.
fn differs(view: &Value, pins: &Value) -> Option<&'static str> {
    if view["change"] != "pinned" {
        return None;
    }
    let mut all = pins.as_array().into_iter().flatten();
    let model = &view["pinned"]["model"]["model"];
    let profile = &view["pinned"]["profile"];
    let until = &view["end"]["until"];
    let there = all.any(|pin| {
        let mut profiles = pin["profiles"].as_array().into_iter().flatten();
        let of_profile = match profile["code"].as_str() {
            Some("named") => {
                profiles.any(|one| one["profile"] == profile["profile"] && one["mode"] == profile["mode"])
            }
            _ => true,
        };
        let of_time = until.is_null() || &pin["until"] == until;
        (model.is_null() || &pin["model"] == model) && of_profile && of_time
    });
    (!there).then_some("it is not pinned")
}
