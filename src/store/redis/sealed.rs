//! How sign-ins are written on the server.

use super::link::Link;
use super::trouble::What;
use crate::store::{Generation, Progress, RenewalNote, SharedSignIn, SignInName, SignInRecord};

/// What stands on the server: version, note, record.
pub(super) struct There(pub(super) String, pub(super) String, pub(super) String);

pub(super) fn seal(link: &Link, name: &SignInName, record: &SignInRecord) -> Result<String, What> {
    let place = [link.address().prefix(), link.fleet().tenant(), name.as_str()];
    let sealed = link.fleet().seals().seal(&place, record);
    sealed.ok_or_else(|| {
        broken(
            link,
            name,
            "it cannot be sealed: the system gives no random numbers",
        )
    })
}

pub(super) fn open(link: &Link, name: &SignInName, sealed: &str) -> Result<SignInRecord, What> {
    let place = [link.address().prefix(), link.fleet().tenant(), name.as_str()];
    let opened = link.fleet().seals().open(&place, sealed);
    opened.map_err(|why| broken(link, name, why))
}

pub(super) fn read(
    link: &Link,
    name: &SignInName,
    There(version, note, record): &There,
) -> Result<SharedSignIn, What> {
    let text = |text: &String| (!text.is_empty()).then(|| text.clone());
    let version = text(version).map_or(Ok(0), |version| {
        version
            .parse()
            .map_err(|_| broken(link, name, "its version is no number"))
    })?;
    let note = text(note).map(|note| {
        let note = note_of(&note);
        note.ok_or_else(|| broken(link, name, "what is noted of its renewal is no note"))
    });
    Ok(SharedSignIn {
        version,
        note: note.transpose()?,
        record: text(record).map(|sealed| open(link, name, &sealed)).transpose()?,
    })
}

pub(super) fn note_of(text: &str) -> Option<RenewalNote> {
    let mut words = text.split(' ');
    let progress = match words.next()? {
        "claimed" => Progress::Claimed,
        "posted" => Progress::Posted,
        "refused" => Progress::Refused,
        "ambiguous" => Progress::Ambiguous,
        _ => return None,
    };
    let of = Generation::from_hex(words.next()?)?;
    Some(RenewalNote { progress, of })
}

pub(super) fn word(progress: Progress) -> &'static str {
    match progress {
        Progress::Claimed => "claimed",
        Progress::Posted => "posted",
        Progress::Refused => "refused",
        Progress::Ambiguous => "ambiguous",
    }
}

pub(super) fn broken(link: &Link, name: &SignInName, why: &str) -> What {
    What::Sealed {
        key: link.keys().sign_in(name),
        why: why.to_owned(),
    }
}
