//! What a change leaves alone, case by case.

use super::*;
use crate::clock::Timestamp;
use crate::credentials::NewSecret;
use crate::secret::Secret;

const FILE: &str = r#"{
  "version": 1,
  "theirs": { "kept": 1.50e3 },
  "profiles": {
    "anthropic:work": { "type": "token", "provider": "anthropic", "token": "old-EXAMPLE", "expires": 5, "metadata": {"a":[1,  2]}, "email": "me@x.org" },
    "odd": { "type": "pass\u006bey", "blob": 1e400 }
  },
  "order": { "Anthropic": ["odd", "anthropic:work"] },
  "lastGood": { "anthropic": "anthropic:work" },
  "usageStats": { "anthropic:work": { "lastUsed": 7, "cooldownUntil": 9, "errorCount": 2, "more": true } }
}"#;

fn draft() -> StoreDraft {
    StoreDraft::of(Some(&AuthStore::parse(FILE, Path::new("f")).unwrap()))
}

fn token(text: &str) -> NewProfile {
    let secret = NewSecret::Token(Secret::new(text.into()), Some(Timestamp::from_millis(8)));
    NewProfile::new(ProviderId::new("anthropic"), secret)
}

#[test]
fn what_is_not_asked_for_keeps_its_text() {
    let work = ProfileId::new("anthropic:work");
    let mut draft = draft();
    let placed = draft.put(&work, &token("new-EXAMPLE"), Replace::No).unwrap();
    assert_eq!(placed, Placed::Updated);
    let text = draft.text();
    for kept in [
        "{ \"kept\": 1.50e3 }",
        "{\"a\":[1,  2]}",
        "pass\\u006bey",
        "1e400",
        "\"more\": true",
        "\"lastUsed\": 7",
    ] {
        assert!(text.contains(kept), "{kept} in {text}");
    }
    for gone in ["old-EXAMPLE", "cooldownUntil", "errorCount"] {
        assert!(!text.contains(gone), "{gone} in {text}");
    }
    assert!(text.contains("\"expires\": 8"), "{text}");
}

#[test]
fn the_same_again_is_no_change() {
    let work = ProfileId::new("anthropic:work");
    let mut draft = draft();
    draft.put(&work, &token("new-EXAMPLE"), Replace::No).unwrap();
    let read = AuthStore::parse(&draft.text(), Path::new("f")).unwrap();
    let mut again = StoreDraft::of(Some(&read));
    let placed = again.put(&work, &token("new-EXAMPLE"), Replace::No).unwrap();
    assert_eq!((placed, again.is_changed()), (Placed::Unchanged, false));
}

#[test]
fn another_account_needs_leave() {
    let work = ProfileId::new("anthropic:work");
    let mut other = token("new-EXAMPLE");
    other.email = Some("you@x.org".into());
    assert_eq!(
        draft().put(&work, &other, Replace::No),
        Err(DraftError::OtherAccount(work.clone()))
    );
    let mut replaced = draft();
    replaced.put(&work, &other, Replace::Yes).unwrap();
    assert!(replaced.text().contains("you@x.org"));
    other.provider = ProviderId::new("openai");
    assert!(matches!(
        draft().put(&work, &other, Replace::No),
        Err(DraftError::OtherProvider { .. })
    ));
    other.provider = ProviderId::new("anthropic");
    other.email = Some("ME@x.org".into());
    assert_eq!(draft().holder_of(&other), Some(work));
}

#[test]
fn a_rename_is_followed_everywhere_and_a_removal_too() {
    let (work, home) = (ProfileId::new("anthropic:work"), ProfileId::new("anthropic:home"));
    let mut renamed = draft();
    renamed.rename(&work, &home).unwrap();
    let text = renamed.text();
    assert!(
        !text.contains("anthropic:work") && text.matches("anthropic:home").count() == 4,
        "{text}"
    );
    assert_eq!(
        renamed.rename(&home, &ProfileId::new("odd")),
        Err(DraftError::Taken(ProfileId::new("odd")))
    );
    assert_eq!(renamed.rename(&work, &home), Err(DraftError::Taken(home.clone())));
    let mut removed = draft();
    assert!(removed.remove(&work) && !removed.remove(&home));
    assert!(!removed.text().contains("anthropic:work"), "{}", removed.text());
}

#[test]
fn an_order_keeps_the_spelling_of_its_provider() {
    let anthropic = ProviderId::new("anthropic");
    let mut draft = draft();
    draft.set_order(&anthropic, &[ProfileId::new("odd")]);
    assert!(
        draft.text().contains("\"Anthropic\": [\n      \"odd\"\n    ]"),
        "{}",
        draft.text()
    );
    assert!(draft.clear_order(&anthropic) && !draft.clear_order(&anthropic));
    assert_eq!(draft.order(&anthropic), None);
}
