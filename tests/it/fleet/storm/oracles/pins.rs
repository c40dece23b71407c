//! What may be pinned when.

use std::collections::HashMap;
use std::time::Duration;

use super::{Claim, Court};
use crate::fleet::storm::log::{Entry, Reply, What};

/// After this, what was pinned through one gateway is used by the others, where there is no fault.
const SEEN: Duration = Duration::from_millis(500);

/// A gateway knows by then that there is a fault. Until then a change may be made whose answer is lost: it is refused, and
/// the others may have it until it is taken back.
const DOUBT: Duration = Duration::from_millis(600);

/// What is known of a chat.
#[derive(Default)]
struct Known<'l> {
    /// What may be pinned: what was acknowledged last, and what nobody knows of since.
    mays: Vec<&'l str>,
    /// What may still be used: by gateways that have not heard of it, or could not.
    stale: Vec<(Duration, &'l str)>,
    /// What was refused since anything was acknowledged.
    refused: Vec<&'l str>,
    /// What was refused when a fault began, and may have been made for a while.
    doubtful: Vec<&'l str>,
}

impl<'l> Known<'l> {
    fn said(&mut self, at: Duration, profile: &'l str, reply: &Reply) {
        match reply {
            Reply::Kept => {
                self.stale.extend(self.mays.drain(..).map(|old| (at, old)));
                self.mays = vec![profile];
                self.refused.clear();
            }
            Reply::Refused => self.refused.push(profile),
            Reply::Unknown(_) => self.mays.push(profile),
        }
    }
}

/// What may be pinned for a chat now.
pub(in crate::fleet::storm) fn may_be_pinned(log: &[Entry], chat: usize) -> Vec<&'static str> {
    let mut mays = Vec::new();
    for entry in log {
        match &entry.what {
            What::Said {
                chat: of,
                profile,
                reply,
                ..
            } if *of == chat => match reply {
                Reply::Kept => mays = vec![*profile],
                Reply::Refused => {}
                Reply::Unknown(_) => mays.push(*profile),
            },
            _ => {}
        }
    }
    mays
}

pub(super) fn judge(court: &mut Court, log: &[Entry]) {
    let mut chats: HashMap<usize, Known<'_>> = HashMap::new();
    let (mut fault, mut asked) = (None, HashMap::new());
    for entry in log {
        match &entry.what {
            What::Fault(_) => {
                fault = Some(entry.at);
                // What was said a moment ago may not have come through.
                for known in chats.values_mut() {
                    known.stale.retain(|(at, _)| entry.at.saturating_sub(*at) < SEEN);
                }
            }
            What::Agreed { wrong: None, .. } => {
                fault = None;
                for known in chats.values_mut() {
                    known.stale.clear();
                    known.doubtful.clear();
                }
            }
            What::Said {
                chat, profile, reply, ..
            } => {
                let known = chats.entry(*chat).or_default();
                known.said(entry.at, profile, reply);
                let begun = fault.is_some_and(|fault| entry.at.saturating_sub(fault) < DOUBT);
                if *reply == Reply::Refused && begun {
                    known.doubtful.push(profile);
                }
            }
            What::Asked {
                request,
                chat: Some(chat),
                ..
            } => {
                asked.insert(*request, (*chat, entry.at));
            }
            What::Attempt {
                request,
                held: Some(held),
                ..
            } => {
                let Some((chat, begun)) = asked.get(request) else {
                    continue;
                };
                let Some(known) = chats.get(chat) else { continue };
                let profile = held.profile.as_str();
                let stale = known.stale.iter();
                let mut stale = stale.filter(|(at, _)| fault.is_some() || begun.saturating_sub(*at) < SEEN);
                let may = known.mays.contains(&profile) || stale.any(|(_, old)| *old == profile);
                let may = may || known.doubtful.contains(&profile);
                court.holds(Claim::PinIsUsed, entry, may, || {
                    format!(
                        "request {request} of chat {chat} had {profile}, and pinned is {:?}, before it {:?}, refused {:?}",
                        known.mays, known.stale, known.refused
                    )
                });
            }
            What::Pinned {
                chat,
                gateway,
                profile,
            } => {
                let known = chats.entry(*chat).or_default();
                let profile = profile.as_deref().unwrap_or("nothing");
                let told = |what: &str| {
                    format!(
                        "chat {chat} has {profile} at gateway {gateway}, {what}; acknowledged {:?}, refused {:?}",
                        known.mays, known.refused
                    )
                };
                let kept = known.mays.contains(&profile);
                court.holds(Claim::Kept, entry, kept, || told("which was not acknowledged"));
                if !known.refused.is_empty() {
                    let refused = !kept && known.refused.contains(&profile);
                    court.holds(Claim::Refused, entry, !refused, || told("which was refused"));
                }
            }
            _ => {}
        }
    }
}
