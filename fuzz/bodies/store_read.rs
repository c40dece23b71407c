//! Any `auth-profiles.json`, and changes of it: what nobody asked to change stays letter by letter.

use std::convert::Infallible;
use std::path::Path;
use std::sync::OnceLock;

use arbitrary::{Result, Unstructured};
use modelpin::credentials::{AuthStore, NewProfile, NewSecret, Replace, StoreDraft};
use modelpin::secret::Secret;
use modelpin::{ProfileId, ProviderId};
use tempfile::TempDir;

use super::fields::{fields, text};

/// Fields: the changes, as bytes that choices are made of; the text.
pub(crate) fn check(data: &[u8]) {
    let [choices, file] = fields(data);
    let file = text(file);
    let read = match AuthStore::parse(&file, Path::new("f")) {
        Ok(read) => read,
        Err(wrong) => {
            let said = wrong.to_string();
            assert!(said.len() < 400 && !said.contains("EXAMPLEcanary"), "{said}");
            return;
        }
    };
    for (id, profile) in read.profiles() {
        assert!(
            file.contains(profile.raw().get()),
            "{id} does not stand as it stood"
        );
        let usable = profile.access_token().is_some() || profile.refresh_token().is_some();
        assert!(profile.problem.is_none() || !usable, "{id} is wrong and used");
    }
    only_secrets_are_hidden(&file, &read);
    let mut choices = Unstructured::new(choices);
    if let Ok(change) = change(&mut choices, &read) {
        changed(&file, &read, &change);
    }
}

/// A key that stands where keys stand shows nowhere.
fn only_secrets_are_hidden(file: &str, read: &AuthStore) {
    let canary = "sk-ant-api03-EXAMPLEcanary0123456789";
    let places = ["\"key\":", "\"token\":", "\"access\":", "\"refresh\":"];
    let all = file.matches("EXAMPLEcanary").count();
    let hidden = |place: &&str| file.matches(&format!("{place}\"{canary}\"")).count();
    if all == places.iter().map(hidden).sum::<usize>() {
        assert!(!format!("{read:?}").contains("EXAMPLEcanary"), "{file}");
    }
}

#[derive(Debug)]
enum Change {
    Nothing,
    Put(ProfileId, Replace),
    Remove(ProfileId),
    Rename(ProfileId, ProfileId),
    Order(ProviderId, Vec<ProfileId>),
    NoOrder(ProviderId),
    ClearRest(ProfileId),
}

fn change(choices: &mut Unstructured<'_>, read: &AuthStore) -> Result<Change> {
    let mut ids: Vec<ProfileId> = read.profiles().keys().take(8).cloned().collect();
    ids.extend(["anthropic:new", "", "é\"\n"].map(ProfileId::new));
    let mut id = || -> Result<ProfileId> { Ok(choices.choose(&ids)?.clone()) };
    let (one, other) = (id()?, id()?);
    let provider = ProviderId::new(choices.choose(&["anthropic", "openai", "Z.AI", ""])?);
    Ok(match choices.int_in_range(0..=6_u8)? {
        0 => Change::Nothing,
        1 => Change::Put(one, *choices.choose(&[Replace::No, Replace::Yes])?),
        2 => Change::Remove(one),
        3 => Change::Rename(one, other),
        4 => Change::Order(provider, vec![one, other]),
        5 => Change::NoOrder(provider),
        _ => Change::ClearRest(one),
    })
}

/// One folder for all inputs of a process, in memory where the system has such a place.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let made = FOLDER.get_or_init(|| {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() {
            tempfile::tempdir_in(memory)
        } else {
            tempfile::tempdir()
        };
        folder.expect("a folder")
    });
    made.path()
}

fn changed(file: &str, read: &AuthStore, change: &Change) {
    let path = &folder().join("auth-profiles.json");
    std::fs::write(path, file).expect("a folder that can be written to");
    let mut touched = false;
    let done = AuthStore::change(path, |draft: &mut StoreDraft| {
        match change {
            Change::Nothing => {}
            Change::Put(id, replace) => {
                let secret = NewSecret::Token(Secret::new("sk-ant-EXAMPLE-new".to_owned()), None);
                let new = NewProfile::new(ProviderId::new("anthropic"), secret);
                let _ = draft.put(id, &new, *replace);
            }
            Change::Remove(id) => {
                draft.remove(id);
            }
            Change::Rename(old, new) => drop(draft.rename(old, new)),
            Change::Order(provider, ids) => draft.set_order(provider, ids),
            Change::NoOrder(provider) => {
                draft.clear_order(provider);
            }
            Change::ClearRest(id) => {
                draft.clear_rest(id);
            }
        }
        touched = draft.is_changed();
        Ok::<(), Infallible>(())
    });
    assert!(done.is_ok(), "{change:?} of {file:?}: {done:?}");
    let new = std::fs::read_to_string(path).expect("it was written");
    if !touched {
        assert_eq!(new, file, "{change:?} changed nothing");
        return;
    }
    let Ok(again) = AuthStore::parse(&new, path) else {
        panic!("{change:?} of {file:?} wrote {new:?}, which is not read");
    };
    let ours = ["profiles", "order", "lastGood", "usageStats"];
    for (key, raw) in read.sections() {
        if !ours.contains(&key.as_str()) {
            let now = again.sections().get(key).map(|raw| raw.get());
            assert_eq!(now, Some(raw.get()), "{change:?} of {file:?} wrote {new:?}");
        }
    }
    let of_change: &[&ProfileId] = match change {
        Change::Put(one, _) | Change::Remove(one) => &[one],
        Change::Rename(one, other) => &[one, other],
        _ => &[],
    };
    for (id, profile) in read.profiles() {
        if !of_change.contains(&id) {
            let now = again.profiles().get(id).map(|now| now.raw().get());
            assert_eq!(
                now,
                Some(profile.raw().get()),
                "{change:?} of {file:?} wrote {new:?}"
            );
        }
    }
    let (before, after) = (read.profiles().len(), again.profiles().len());
    let more = match change {
        Change::Put(id, _) => usize::from(!read.profiles().contains_key(id)),
        _ => 0,
    };
    let fewer = match change {
        Change::Remove(id) => usize::from(read.profiles().contains_key(id)),
        _ => 0,
    };
    assert_eq!(
        after,
        before + more - fewer,
        "{change:?} of {file:?} wrote {new:?}"
    );
    if let Change::Order(provider, ids) = change {
        assert_eq!(
            again.order(provider),
            Some(ids.as_slice()),
            "{file:?} became {new:?}"
        );
    }
    for (provider, ids) in read.orders() {
        let named = |id: &ProfileId| of_change.contains(&id);
        let of_provider = matches!(change, Change::Order(of, _) | Change::NoOrder(of) if of == provider);
        if !of_provider && !ids.iter().any(named) {
            assert_eq!(
                again.order(provider),
                Some(ids),
                "{change:?} of {file:?} wrote {new:?}"
            );
        }
    }
}
