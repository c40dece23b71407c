//! New tokens in the place of old ones, and nothing else.

use serde_json::Value;

use super::{StoreDraft, object, text, written};
use crate::clock::Timestamp;
use crate::profile::ProfileId;
use crate::secret::Secret;

impl StoreDraft {
    /// Puts renewed tokens into a sign-in; every other field stays as it stands. `false` if there is no such profile.
    ///
    /// Without a refresh token, or with a blank one, the old one stays. Without an end, none is kept: that of the old
    /// access token says nothing about the new one. What is written about the use of the profile stays too: renewal is
    /// not another account.
    pub fn renew(
        &mut self,
        id: &ProfileId,
        access: &Secret,
        refresh: Option<&Secret>,
        expires: Option<Timestamp>,
    ) -> bool {
        let Some(mut fields) = self.profiles.get(id.as_str()).and_then(|raw| object(raw)) else {
            return false;
        };
        let quoted = |secret: &Secret| text(&Value::from(secret.expose()).to_string());
        fields.insert("access".to_owned(), quoted(access));
        if let Some(refresh) = refresh.filter(|refresh| !refresh.is_blank()) {
            fields.insert("refresh".to_owned(), quoted(refresh));
        }
        match expires {
            Some(at) => drop(fields.insert("expires".to_owned(), text(&at.as_millis().to_string()))),
            None => drop(fields.shift_remove("expires")),
        }
        self.profiles.insert(id.as_str().to_owned(), written(&fields, 2));
        self.touched = true;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::credentials::AuthStore;

    #[test]
    fn renewal_changes_the_tokens_and_leaves_every_other_letter() {
        let before = r#"{"version":1,"profiles":{"a:x":{"type":"oauth","provider":"a","access":"OLD","refresh":"R1","expires":1,"clientId":"c","idToken":"keep","n":1.50}},"usageStats":{"a:x":{"errorCount":2}}}"#;
        let store = AuthStore::parse(before, Path::new("x")).unwrap();
        let mut draft = StoreDraft::of(Some(&store));
        let (id, access) = (ProfileId::new("a:x"), Secret::new("NEW".into()));
        assert!(draft.renew(&id, &access, Some(&Secret::new(" ".into())), None));
        let profile = draft.profiles["a:x"].get().replace(char::is_whitespace, "");
        let expected = r#"{"type":"oauth","provider":"a","access":"NEW","refresh":"R1","clientId":"c","idToken":"keep","n":1.50}"#;
        assert_eq!(profile, expected);
        assert!(draft.text().contains(r#"{"errorCount":2}"#));
        let later = Some(Timestamp::from_millis(7));
        assert!(draft.renew(&id, &access, Some(&Secret::new("R2".into())), later));
        assert!(draft.profiles["a:x"].get().contains(r#""refresh": "R2""#));
        assert!(draft.profiles["a:x"].get().contains(r#""expires": 7"#));
        assert!(!draft.renew(&ProfileId::new("a:none"), &access, None, None));
    }
}
