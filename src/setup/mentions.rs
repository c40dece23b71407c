//! Where the configuration names a profile.
//!
//! Included files are looked through too, and never changed: a change that would have to be made in one is refused.

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

/// Whether `auth.profiles` names a profile of the provider: those that it does not name have no turn then.
pub(super) fn names_some_of(edit: &ConfigEdit, provider: &ProviderId) -> bool {
    let profiles = [Key("auth"), Key("profiles")];
    edit.keys(&profiles).iter().any(|id| {
        let told = edit.get(&[profiles[0], profiles[1], Key(id), Key("provider")]);
        told.as_ref()
            .and_then(Value::as_str)
            .is_some_and(|told| ProviderId::new(told) == *provider)
    })
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
    if texts(edit.get(&path)).first().is_some_and(|is| is == id.as_str()) {
        return Ok(true);
    }
    let ids = texts(edit.own(&path));
    if ids.len() < texts(edit.get(&path)).len() {
        // Items of included files come before those here.
        return Err(edit.elsewhere(&path));
    }
    if let Some(at) = ids.iter().position(|is| is == id.as_str()) {
        edit.remove(&[path[0], path[1], path[2], Index(at)])?;
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
        let ids = texts(edit.own(&path));
        for at in (0..ids.len()).rev().filter(|at| ids[*at] == id.as_str()) {
            edit.remove(&[path[0], path[1], path[2], Index(at)])?;
        }
        expect_gone(edit, &path, id)?;
    }
    for rule in rules(edit, id) {
        edit.remove(&rule.in_text(edit)?)?;
    }
    Ok(())
}

/// Puts the new id in every place that names the old one.
pub(super) fn rename(edit: &mut ConfigEdit, old: &ProfileId, new: &ProfileId) -> Result<(), EditError> {
    edit.rename(&[Key("auth"), Key("profiles"), Key(old.as_str())], new.as_str())?;
    let value = Value::from(new.as_str());
    for provider in orders_with(edit, old) {
        let path = [Key("auth"), Key("order"), Key(&provider)];
        let ids = texts(edit.own(&path));
        for at in (0..ids.len()).filter(|at| ids[*at] == old.as_str()) {
            edit.set_item(&path, at, &value)?;
        }
        expect_gone(edit, &path, old)?;
    }
    for rule in rules(edit, old) {
        let path = rule.in_text(edit)?;
        if edit.own(&path).is_none() {
            return Err(edit.elsewhere(&path));
        }
        edit.set(&path, &value)?;
    }
    Ok(())
}

/// Refuses, if an included file has the profile in the order.
fn expect_gone(edit: &ConfigEdit, path: &[Step<'_>], id: &ProfileId) -> Result<(), EditError> {
    match texts(edit.get(path)).iter().any(|is| is == id.as_str()) {
        true => Err(edit.elsewhere(path)),
        false => Ok(()),
    }
}

fn texts(items: Option<Value>) -> Vec<String> {
    let items = items.as_ref().and_then(Value::as_array).into_iter().flatten();
    items
        .map(|item| item.as_str().unwrap_or_default().to_owned())
        .collect()
}

fn orders_with(edit: &ConfigEdit, id: &ProfileId) -> Vec<String> {
    let mut keys = edit.keys(&[Key("auth"), Key("order")]);
    keys.retain(|key| {
        let ids = texts(edit.get(&[Key("auth"), Key("order"), Key(key)]));
        ids.iter().any(|is| is == id.as_str())
    });
    keys
}

/// A model whose preferred profile it is.
struct Rule {
    /// The number of the agent as it is read; `None` for all agents.
    agent: Option<usize>,
    model: String,
    key: &'static [&'static str],
}

impl Rule {
    /// The path in the text that is edited, if it is in that text.
    fn in_text(&self, edit: &ConfigEdit) -> Result<Vec<Step<'_>>, EditError> {
        let agent = match self.agent {
            None => None,
            Some(at) => match at.checked_sub(included_agents(edit)) {
                Some(at) => Some(at),
                None => return Err(edit.elsewhere_in_whole(&self.path(self.agent))),
            },
        };
        Ok(self.path(agent))
    }

    fn path(&self, agent: Option<usize>) -> Vec<Step<'_>> {
        let mut path = match agent {
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

/// How many agents stand in included files, before those of this one.
fn included_agents(edit: &ConfigEdit) -> usize {
    let list = [Key("agents"), Key("list")];
    let all = edit.get(&list);
    let all = all.as_ref().and_then(Value::as_array).map_or(0, Vec::len);
    all.saturating_sub(edit.len(&list))
}

fn rules(edit: &ConfigEdit, id: &ProfileId) -> Vec<Rule> {
    let of_all = edit.get(&[Key("agents"), Key("defaults"), Key("models")]);
    let list = edit.get(&[Key("agents"), Key("list")]);
    let list = list.as_ref().and_then(Value::as_array).into_iter().flatten();
    let of_agents = list
        .enumerate()
        .map(|(at, agent)| (Some(at), agent.get("models")));
    let mut found = Vec::new();
    for (agent, models) in std::iter::once((None, of_all.as_ref())).chain(of_agents) {
        for (model, entry) in models.and_then(Value::as_object).into_iter().flatten() {
            for key in [&["authProfile"][..], &["params", "authProfileId"][..]] {
                let named = key.iter().try_fold(entry, |value, key| value.get(key));
                if named.is_some_and(|value| value == id.as_str()) {
                    found.push(Rule {
                        agent,
                        model: model.clone(),
                        key,
                    });
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Included;

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

    /// The same, after a file that is included.
    fn within(included: &str) -> (ConfigEdit, impl FnMut(&str, &str) -> Result<Included, String>) {
        let text = TEXT.replacen('{', "{ $include: 'i',", 1);
        let included = included.to_owned();
        let mut load = move |_: &str, _: &str| {
            Ok(Included {
                name: "i".to_owned(),
                text: included.clone(),
            })
        };
        (ConfigEdit::within(&text, "f", &mut load).unwrap(), load)
    }

    #[test]
    fn what_an_included_file_says_of_a_profile_is_found_and_never_half_changed() {
        let (work, play) = (ProfileId::new("a:work"), ProfileId::new("a:play"));
        for (included, mention) in [
            ("{ auth: { order: { b: ['a:work'] } } }", "auth.order.b"),
            ("{ auth: { order: { A: ['a:work'] } } }", "auth.order.A"),
            (
                "{ auth: { profiles: { 'a:work': {} } } }",
                "auth.profiles[\"a:work\"]",
            ),
            (
                "{ agents: { list: [ { id: 'x', models: { 'c/z': { authProfile: 'a:work' } } } ] } }",
                "agents.list[0].models[\"c/z\"].authProfile",
            ),
            (
                "{ agents: { defaults: { models: { 'c/z': { authProfile: 'a:work' } } } } }",
                "agents.defaults.models[\"c/z\"].authProfile",
            ),
        ] {
            let (edit, _) = within(included);
            assert!(mentions(&edit, &work).contains(&mention.to_owned()), "{included}");
            type Change<'c> = &'c dyn Fn(&mut ConfigEdit) -> Result<(), EditError>;
            let (forget, rename): (Change<'_>, Change<'_>) =
                (&|edit| forget(edit, &work), &|edit| rename(edit, &work, &play));
            for change in [forget, rename] {
                let (mut edit, mut load) = within(included);
                let done = change(&mut edit).and_then(|()| edit.finish_within(&mut load));
                let told = done.expect_err(included).to_string();
                assert!(told.contains("stands in i, which f includes"), "{told}");
            }
        }
        // An agent of another file does not shift those of this one.
        let (mut edit, mut load) = within("{ agents: { list: [ { id: 'x' } ] } }");
        rename(&mut edit, &work, &play).unwrap();
        let new = edit.finish_within(&mut load).unwrap().unwrap();
        let text = TEXT.replacen('{', "{ $include: 'i',", 1);
        assert_eq!(new, text.replace("a:work", "a:play"));
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
