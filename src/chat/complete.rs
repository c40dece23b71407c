//! What Tab offers behind `/model`: verbs, options, models, and profiles behind an `@`.

use crate::command::spec;
use crate::view::Names;

/// What can stand at the end of `line`, and where in the line it begins. Nothing outside a command.
pub(super) fn complete(line: &str, names: &Names) -> (usize, Vec<String>) {
    let Some(arguments) = arguments(line) else {
        let heads = ["/model ", "/models ", "/new", "/quit"];
        let aliases = names.commands.iter().map(|name| format!("/{name} "));
        let offered = heads.map(str::to_owned).into_iter().chain(aliases);
        let begun = line.starts_with('/') && !line.contains(char::is_whitespace);
        return (
            0,
            if begun {
                starting_with(line, offered)
            } else {
                Vec::new()
            },
        );
    };
    let word_at = line
        .rfind(char::is_whitespace)
        .map_or(line.len(), |at| at + 1)
        .max(arguments);
    let word = &line[word_at..];
    if word.starts_with('-') {
        let options = spec::options().iter().map(|option| format!("{} ", option.long));
        return (word_at, starting_with(word, options));
    }
    if let Some((model, begun)) = word.split_once('@') {
        let provider = names
            .models
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(model));
        let fits = names
            .profiles
            .iter()
            .filter(|(_, of)| provider.is_none_or(|(_, provider)| provider == of));
        // `work` is the beginning of `demo:work` as much as `demo:w` is: both are ways to name it.
        let mut ids = Vec::new();
        for (id, _) in fits {
            let whole = format!("{id} ");
            let short = id.as_str().split_once(':').map_or("", |(_, name)| name);
            if begins(&whole, begun) || begins(short, begun) {
                ids.push(whole);
            }
        }
        ids.extend(starting_with(begun, ["auto ".to_owned()].into_iter()));
        return (word_at + model.len() + 1, ids);
    }
    let first = line[arguments..word_at].trim().is_empty();
    let verbs = spec::verbs()
        .iter()
        .map(|verb| format!("{} ", verb.name))
        .filter(|_| first);
    let models = names.models.iter().map(|(name, _)| name.clone());
    (word_at, starting_with(word, verbs.chain(models)))
}

/// Where the arguments of `/model` or `/models` begin.
fn arguments(line: &str) -> Option<usize> {
    let head = line.find(char::is_whitespace)?;
    let name = line[..head].strip_prefix('/')?;
    ["model", "models"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
        .then_some(head + 1)
}

fn starting_with(begun: &str, offered: impl Iterator<Item = String>) -> Vec<String> {
    offered.filter(|name| begins(name, begun)).collect()
}

fn begins(name: &str, begun: &str) -> bool {
    name.get(..begun.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(begun))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ProviderId;
    use crate::profile::ProfileId;

    fn offered(line: &str) -> Vec<String> {
        let demo = ProviderId::new("demo");
        let names = Names {
            models: ["sonnet", "demo/sonnet", "opus"]
                .map(|name| (name.to_owned(), demo.clone()))
                .to_vec(),
            commands: vec!["opus".to_owned()],
            profiles: vec![
                (ProfileId::new("demo:work"), demo),
                (ProfileId::new("other:work"), ProviderId::new("other")),
            ],
        };
        let (at, words) = complete(line, &names);
        words
            .into_iter()
            .map(|word| format!("{}{word}", &line[..at]))
            .collect()
    }

    #[test]
    fn verbs_models_options_and_the_providers_profiles_are_offered() {
        assert_eq!(offered("/mod"), ["/model ", "/models "]);
        assert_eq!(offered("/o"), ["/opus "]);
        assert_eq!(offered("/model st"), ["/model status "]);
        assert_eq!(offered("/model so"), ["/model sonnet"]);
        assert_eq!(
            offered("/model sonnet@"),
            ["/model sonnet@demo:work ", "/model sonnet@auto "]
        );
        assert_eq!(offered("/model sonnet@wo"), ["/model sonnet@demo:work "]);
        assert_eq!(offered("/model sonnet --on"), ["/model sonnet --once "]);
        assert!(offered("what is /model st").is_empty());
        assert!(offered("é").is_empty());
    }
}
