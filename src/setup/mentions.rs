//! Where the configuration names a profile.

use serde_json::Value;

use crate::config::{ConfigEdit, EditError, Step};
use crate::credential::CredentialKind;
use crate::model::ProviderId;
use crate::profile::ProfileId;

use Step::{Index, Key};

/// Says in `auth.profiles` what a profile is; what else is said of it there stays.
pub(super) fn declare(
    edit: &mut ConfigEdit,
    id: &ProfileId,
    provider: &ProviderId,
    kind: CredentialKind,
) -> Result<(), EditError> {
    let path = |key| [Key("auth"), Key("profiles"), Key(id.as_str()), Key(key)];
    let told = edit.get(&path("provider"));
    let same = told.as_ref().and_then(Value::as_str).map(ProviderId::new);
    if same.as_ref() != Some(provider) {
        edit.set(&path("provider"), &provider.as_str().into())?;
    }
    edit.set(&path("mode"), &kind.as_str().into())
}

/// Puts a profile first in the order of its provider, if the configuration has one. Whether it has.
pub(super) fn put_first(
    edit: &mut ConfigEdit,
    provider: &ProviderId,
    id: &ProfileId,
) -> Result<bool, EditError> {
    let keys = edit.keys(&[Key("auth"), Key("order")]);
    let Some(key) = keys.iter().find(|key| ProviderId::new(key) == *provider) else {
        return Ok(false);
    };
    let path = [Key("auth"), Key("order"), Key(key)];
    let ids = texts(edit, &path);
    match ids.iter().position(|is| is == id.as_str()) {
        Some(0) => return Ok(true),
        Some(at) => drop(edit.remove(&[path[0], path[1], path[2], Index(at)])?),
        None => {}
    }
    edit.insert(&path, 0, &id.as_str().into())?;
    Ok(true)
}

/// Every place that names the profile, as a path that people can read.
pub(super) fn mentions(edit: &ConfigEdit, id: &ProfileId) -> Vec<String> {
    let mut found = Vec::new();
    if edit
        .get(&[Key("auth"), Key("profiles"), Key(id.as_str())])
        .is_some()
    {
        found.push(format!("auth.profiles[\"{id}\"]"));
    }
    for provider in orders_with(edit, id) {
        found.push(format!("auth.order.{provider}"));
    }
    found.extend(rules(edit, id).into_iter().map(|rule| rule.shown()));
    found
}

/// Takes the profile out of every place that names it.
pub(super) fn forget(edit: &mut ConfigEdit, id: &ProfileId) -> Result<(), EditError> {
    edit.remove(&[Key("auth"), Key("profiles"), Key(id.as_str())])?;
    for provider in orders_with(edit, id) {
        let path = [Key("auth"), Key("order"), Key(&provider)];
        let ids = texts(edit, &path);
        for at in (0..ids.len()).rev().filter(|at| ids[*at] == id.as_str()) {
            edit.remove(&[path[0], path[1], path[2], Index(at)])?;
        }
    }
    for rule in rules(edit, id) {
        edit.remove(&rule.path())?;
    }
    Ok(())
}

/// Puts the new id in every place that names the old one.
pub(super) fn rename(edit: &mut ConfigEdit, old: &ProfileId, new: &ProfileId) -> Result<(), EditError> {
    edit.rename(&[Key("auth"), Key("profiles"), Key(old.as_str())], new.as_str())?;
    let value = Value::from(new.as_str());
    for provider in orders_with(edit, old) {
        let path = [Key("auth"), Key("order"), Key(&provider)];
        let ids = texts(edit, &path);
        for at in (0..ids.len()).filter(|at| ids[*at] == old.as_str()) {
            edit.set_item(&path, at, &value)?;
        }
    }
    for rule in rules(edit, old) {
        edit.set(&rule.path(), &value)?;
    }
    Ok(())
}

fn texts(edit: &ConfigEdit, path: &[Step<'_>]) -> Vec<String> {
    let items = edit.get(path);
    let items = items.as_ref().and_then(Value::as_array).into_iter().flatten();
    items
        .map(|item| item.as_str().unwrap_or_default().to_owned())
        .collect()
}

fn orders_with(edit: &ConfigEdit, id: &ProfileId) -> Vec<String> {
    let mut keys = edit.keys(&[Key("auth"), Key("order")]);
    keys.retain(|key| {
        let ids = texts(edit, &[Key("auth"), Key("order"), Key(key)]);
        ids.iter().any(|is| is == id.as_str())
    });
    keys
}

/// A model whose preferred profile it is.
struct Rule {
    agent: Option<usize>,
    model: String,
    key: &'static [&'static str],
}

impl Rule {
    fn path(&self) -> Vec<Step<'_>> {
        let mut path = match self.agent {
            None => vec![Key("agents"), Key("defaults"), Key("models")],
            Some(at) => vec![Key("agents"), Key("list"), Index(at), Key("models")],
        };
        path.push(Key(&self.model));
        path.extend(self.key.iter().map(|key| Key(key)));
        path
    }

    fn shown(&self) -> String {
        let place = match self.agent {
            None => "agents.defaults".to_owned(),
            Some(at) => format!("agents.list[{at}]"),
        };
        format!("{place}.models[\"{}\"].{}", self.model, self.key.join("."))
    }
}

fn rules(edit: &ConfigEdit, id: &ProfileId) -> Vec<Rule> {
    let agents = std::iter::once(None).chain((0..edit.len(&[Key("agents"), Key("list")])).map(Some));
    let mut found = Vec::new();
    for agent in agents {
        let here = match agent {
            None => vec![Key("agents"), Key("defaults"), Key("models")],
            Some(at) => vec![Key("agents"), Key("list"), Index(at), Key("models")],
        };
        for model in edit.keys(&here) {
            for key in [&["authProfile"][..], &["params", "authProfileId"][..]] {
                let rule = Rule {
                    agent,
                    model: model.clone(),
                    key,
                };
                let named = edit.get(&rule.path()).is_some_and(|value| value == id.as_str());
                if named {
                    found.push(rule);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{
  agents: { defaults: { models: { "a/x": { authProfile: "a:work" } } },
    list: [ { id: "one", models: { "a/y": { params: { authProfileId: "a:work" } } } } ] },
  auth: {
    order: { A: ["a:home", "a:work"] },
    profiles: { "a:work": { provider: "a", mode: "token", cost: "free" } },
  },
}"#;

    fn edited(change: impl FnOnce(&mut ConfigEdit)) -> String {
        let mut edit = ConfigEdit::new(TEXT, "f").unwrap();
        change(&mut edit);
        edit.finish().unwrap().unwrap_or_else(|| TEXT.to_owned())
    }

    #[test]
    fn every_mention_is_found_renamed_and_forgotten() {
        let (work, play) = (ProfileId::new("a:work"), ProfileId::new("a:play"));
        let edit = ConfigEdit::new(TEXT, "f").unwrap();
        let places = [
            "auth.profiles[\"a:work\"]",
            "auth.order.A",
            "agents.defaults.models[\"a/x\"].authProfile",
            "agents.list[0].models[\"a/y\"].params.authProfileId",
        ];
        assert_eq!(mentions(&edit, &work), places);
        let renamed = edited(|edit| rename(edit, &work, &play).unwrap());
        assert_eq!(renamed, TEXT.replace("a:work", "a:play"));
        let gone = edited(|edit| forget(edit, &work).unwrap());
        assert!(
            !gone.contains("a:work") && gone.contains("[\"a:home\"]"),
            "{gone}"
        );
    }

    #[test]
    fn a_new_profile_is_declared_and_goes_first() {
        let (work, anthropic) = (ProfileId::new("a:work"), ProviderId::new("a"));
        let new = edited(|edit| {
            declare(edit, &work, &anthropic, CredentialKind::ApiKey).unwrap();
            assert!(put_first(edit, &anthropic, &work).unwrap());
            assert!(!put_first(edit, &ProviderId::new("b"), &work).unwrap());
        });
        let wanted = TEXT.replace(r#"["a:home", "a:work"]"#, r#"["a:work", "a:home"]"#);
        assert_eq!(new, wanted.replace(r#""token""#, r#""api_key""#));
    }
}
