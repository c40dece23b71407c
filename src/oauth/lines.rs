//! Which of two copies of a sign-in is the newer one.
//!
//! A sign-in is a line of refresh tokens, each of which was had for the one before. A file and the record that machines share are
//! copies of it, taken at two moments; the record knows which tokens came before its own.

use super::seen::Seen;
use super::tokens::Tokens;
use crate::order::Expiry;
use crate::secret::Secret;
use crate::store::{Generation, Progress, SharedSignIn, SignInRecord};

/// Which copy is newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Newer {
    /// They are the same.
    Neither,
    /// What the file has is old.
    Record,
    /// The file has a token that the record does not know: of a new sign-in, or had while nobody could be told.
    File,
}

pub(super) fn newer(shared: &SharedSignIn, file: &Seen) -> Newer {
    let Some(record) = &shared.record else {
        return Newer::File;
    };
    if record.is_after(file.generation) {
        return Newer::Record;
    }
    if record.generation() != file.generation {
        // A token that nobody knows is of a new sign-in, which ends later than what was had before it. One that ends
        // earlier is of a copy that was made before machines shared anything: it may be used up, and what they have works.
        return match is_stray(record, file) {
            true if is_sound(shared, record) => Newer::Record,
            _ => Newer::File,
        };
    }
    // The refresh token stays with some providers: then the access token that ends later is the newer one.
    let ends = |expires: Expiry| match expires {
        Expiry::At(at) => at.as_millis(),
        Expiry::Never => i64::MAX,
        Expiry::Invalid => i64::MIN,
    };
    let of_record = record.expires.map_or(i64::MAX, |at| at.as_millis());
    if record.access.expose() == file.access.expose() {
        Newer::Neither
    } else if record.access.is_blank() || ends(file.expires) > of_record && !file.access.is_blank() {
        Newer::File
    } else {
        Newer::Record
    }
}

/// Whether a copy that nobody knows ends before what is recorded.
fn is_stray(record: &SignInRecord, file: &Seen) -> bool {
    match (file.expires, record.expires) {
        (Expiry::At(here), Some(there)) => here < there,
        _ => false,
    }
}

/// Whether somebody may be renewing what is recorded just now, so that a stray copy is not to be put in its place.
pub(super) fn is_to_wait(shared: &SharedSignIn, file: &Seen) -> bool {
    let record = shared.record.as_ref();
    record.is_some_and(|record| {
        let note = shared.note.filter(|note| note.of == record.generation());
        note.is_some_and(|note| note.progress == Progress::Posted)
            && record.generation() != file.generation
            && is_stray(record, file)
    })
}

/// Whether nothing was noted of the record that only a new sign-in mends.
fn is_sound(shared: &SharedSignIn, record: &SignInRecord) -> bool {
    let of_record = shared.note.filter(|note| note.of == record.generation());
    of_record.is_none_or(|note| note.progress == Progress::Claimed)
}

/// What the file has, as a record that comes after `old`.
pub(super) fn brought(file: &Seen, old: Option<&SignInRecord>) -> SignInRecord {
    let record = SignInRecord {
        access: file.access.clone(),
        refresh: file.refresh.clone(),
        expires: match file.expires {
            Expiry::At(at) => Some(at),
            Expiry::Never | Expiry::Invalid => None,
        },
        before: Vec::new(),
    };
    follows(record, old)
}

/// What tokens make of the sign-in that they were given for, as a record that comes after `old`.
pub(super) fn renewed(given_for: &Seen, tokens: &Tokens, old: Option<&SignInRecord>) -> SignInRecord {
    let record = SignInRecord {
        access: tokens.access.clone(),
        refresh: refresh_of(given_for, tokens).clone(),
        expires: tokens.expires,
        before: vec![given_for.generation],
    };
    let own = record.generation();
    let mut record = follows(record, old);
    record.before.retain(|generation| *generation != own);
    record
}

/// The refresh token that is good from now on: some providers leave it as it is.
pub(super) fn refresh_of<'a>(given_for: &'a Seen, tokens: &'a Tokens) -> &'a Secret {
    let new = tokens.refresh.as_ref().filter(|refresh| !refresh.is_blank());
    new.unwrap_or(&given_for.refresh)
}

fn follows(record: SignInRecord, old: Option<&SignInRecord>) -> SignInRecord {
    match old {
        Some(old) => record.after(old),
        None => record,
    }
}

/// Whether these tokens were put into the record before.
pub(super) fn holds(record: &SignInRecord, given_for: &Seen, tokens: &Tokens) -> bool {
    record.generation() == Generation::of(refresh_of(given_for, tokens))
        && record.access.expose() == tokens.access.expose()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;
    use crate::clock::Timestamp;
    use crate::credentials::AuthStore;
    use crate::profile::ProfileId;
    use crate::store::RenewalNote;

    fn file(access: &str, refresh: &str, expires: i64) -> Seen {
        let text = json!({"profiles": {"a:x": {
            "type": "oauth", "provider": "a", "access": access, "refresh": refresh, "expires": expires,
        }}});
        let store = AuthStore::parse(&text.to_string(), Path::new("x")).unwrap();
        Seen::of(&store, &ProfileId::new("a:x")).unwrap()
    }

    fn tokens(access: &str, refresh: Option<&str>) -> Tokens {
        Tokens {
            access: Secret::new(access.into()),
            refresh: refresh.map(|text| Secret::new(text.into())),
            expires: Some(Timestamp::from_millis(50)),
            account: None,
            email: None,
        }
    }

    fn shared(record: &SignInRecord) -> SharedSignIn {
        SharedSignIn {
            version: 1,
            note: None,
            record: Some(record.clone()),
        }
    }

    #[test]
    fn an_old_copy_takes_what_is_newer_and_a_new_sign_in_is_taken_by_all() {
        let first = brought(&file("a1", "r1", 10), None);
        assert_eq!(newer(&shared(&first), &file("a1", "r1", 10)), Newer::Neither);
        let second = renewed(&file("a1", "r1", 10), &tokens("a2", Some("r2")), Some(&first));
        let found = shared(&second);
        assert_eq!(newer(&found, &file("a1", "r1", 10)), Newer::Record);
        assert_eq!(
            newer(&found, &file("a1", "r1", i64::MAX)),
            Newer::Record,
            "whatever its end"
        );
        assert_eq!(newer(&found, &file("b1", "s1", 60)), Newer::File);
        let new_line = shared(&brought(&file("b1", "s1", 60), Some(&second)));
        for (access, refresh) in [("a1", "r1"), ("a2", "r2")] {
            assert_eq!(newer(&new_line, &file(access, refresh, 99)), Newer::Record);
        }
        assert_eq!(newer(&new_line, &file("b1", "s1", 60)), Newer::Neither);
        assert_eq!(
            newer(&SharedSignIn::default(), &file("b1", "s1", 1)),
            Newer::File,
            "the first to bring one"
        );
    }

    #[test]
    fn a_copy_from_before_machines_shared_anything_does_not_replace_what_works() {
        let mut found = shared(&brought(&file("a9", "r9", 50), None));
        let stray = file("a1", "r1", 10);
        assert_eq!(newer(&found, &stray), Newer::Record);
        let of = found.record.as_ref().map(SignInRecord::generation).unwrap();
        for (progress, expected) in [
            (Progress::Claimed, Newer::Record),
            (Progress::Posted, Newer::File),
            (Progress::Ambiguous, Newer::File),
            (Progress::Refused, Newer::File),
        ] {
            found.note = Some(RenewalNote { progress, of });
            assert_eq!(newer(&found, &stray), expected, "{progress:?}");
            assert_eq!(is_to_wait(&found, &stray), progress == Progress::Posted);
            assert!(!is_to_wait(&found, &file("b1", "s1", 60)), "a new sign-in");
        }
        // A note about another token says nothing of this one.
        found.note = Some(RenewalNote {
            progress: Progress::Refused,
            of: stray.generation,
        });
        assert_eq!(newer(&found, &stray), Newer::Record);
    }

    #[test]
    fn where_the_refresh_token_stays_the_access_token_that_ends_later_is_newer() {
        let first = brought(&file("a1", "r1", 10), None);
        let second = renewed(&file("a1", "r1", 10), &tokens("a2", None), Some(&first));
        assert!(second.before.is_empty(), "it came before nothing");
        let found = shared(&second);
        assert_eq!(newer(&found, &file("a1", "r1", 10)), Newer::Record);
        assert_eq!(newer(&found, &file("a3", "r1", 90)), Newer::File);
        assert_eq!(
            newer(&found, &file("", "r1", 90)),
            Newer::Record,
            "nothing is never newer"
        );
    }
}
