//! What happens at the next message.

use super::candidate::state;
use super::pen::Pen;
use super::phrase::model;
use super::time::moment;
use crate::clock::Timestamp;
use crate::profile::ProfileId;
use crate::view::Next;
use crate::words::say;

/// How a message fares, without the words around it.
enum Fate {
    Goes(String),
    Refused(String),
}

impl Fate {
    fn words(self) -> String {
        match self {
            Self::Goes(how) => how,
            Self::Refused(why) => why,
        }
    }
}

/// `Next message: served by demo:work`, and on a second line what there is to know about it.
pub(super) fn next_line(pen: Pen<'_>, next: &Next, now: Timestamp) -> String {
    if let Next::OtherModel(other, why, serving) = next {
        let steps_in = say!(
            pen.words,
            "next-steps-in",
            model = model(pen, other),
            how = told(pen, serving, now).0.words(),
        );
        let why = say!(pen.words, "not-as-asked", why = told(pen, why, now).0.words());
        return format!("{steps_in}\n{why}");
    }
    let (fate, more) = told(pen, next, now);
    let line = match fate {
        Fate::Goes(how) => say!(pen.words, "next", what = how),
        Fate::Refused(why) => say!(pen.words, "next-refused", why = why),
    };
    match more {
        Some(more) => format!("{line}\n{more}"),
        None => line,
    }
}

fn told(pen: Pen<'_>, next: &Next, now: Timestamp) -> (Fate, Option<String>) {
    let served =
        |profile: &ProfileId| Fate::Goes(say!(pen.words, "served-by", profile = pen.name(profile.as_str())));
    let others = || {
        Some(say!(
            pen.words,
            "others-serve",
            command = pen.typed("/model @auto")
        ))
    };
    match next {
        Next::Served(profile) => (served(profile), None),
        Next::OnTrial(profile) => (
            Fate::Goes(say!(pen.words, "tried-on", profile = pen.name(profile.as_str()))),
            Some(say!(pen.words, "tried-on-more")),
        ),
        // One that steps in for another has none that steps in for it.
        Next::OtherModel(other, ..) => (Fate::Goes(model(pen, other)), None),
        Next::ServedUnseen => (Fate::Goes(say!(pen.words, "served-unseen")), None),
        Next::PinnedCannot(why) => (
            Fate::Refused(say!(pen.words, "pinned-cannot", state = state(pen, *why, now))),
            others(),
        ),
        Next::PinnedNotYours => (Fate::Refused(say!(pen.words, "pinned-not-yours")), others()),
        Next::OtherServes(why, profile) => (
            served(profile),
            Some(say!(
                pen.words,
                "other-serves-more",
                state = state(pen, *why, now)
            )),
        ),
        Next::NoCredential => (Fate::Refused(say!(pen.words, "no-credential-here")), None),
        Next::AllRest(Some(until)) => (
            Fate::Refused(say!(pen.words, "all-rest", moment = moment(pen, *until, now))),
            None,
        ),
        Next::AllRest(None) => (Fate::Refused(say!(pen.words, "all-disabled")), None),
        Next::Refused(_, why, remedy) => (
            Fate::Refused(pen.cause(why)),
            Some(say!(pen.words, "to-go-on", remedy = pen.cause(remedy))),
        ),
        Next::Unknown => (Fate::Goes(say!(pen.words, "next-unknown")), None),
    }
}
