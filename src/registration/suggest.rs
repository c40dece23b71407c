//! What could be meant by what was typed so far behind `/model`.

use crate::command::{Choose, ModelCommand, Parsed, Reference, Syntax, Wanted, spec};
use crate::echo::legible;
use crate::model::ProviderId;
use crate::similar::nearest;

use super::Names;

/// A line that could be typed, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What to put behind `/model `: a whole line, which means what it says.
    pub line: String,
    /// What it is, in a few words: the provider of a model, what a verb does. Empty if there is nothing to say.
    pub about: String,
}

impl Suggestion {
    fn new(line: String, about: &str) -> Self {
        Self {
            line,
            about: legible(about).into_owned(),
        }
    }
}

/// How like a name is to what was typed, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Like {
    Same,
    Begins,
    /// A part of it behind `/`, `:`, `-`, `_`, `.` or a blank begins so.
    PartBegins,
    Contains,
}

/// The lines that `typed` may become, best first, at most `limit`.
///
/// `typed` is the text behind `/model`. Only the last word is gone on with: a verb, a model or an alias, a profile behind `@`, a
/// provider behind `list`, an option behind `-`. Names that begin so come before those that contain it, and
/// those before names that only look alike; equals stay in the order of `names`. A line that does not fit is left out: what
/// it names is reached by its number or by the picker. Nothing is offered that is not in `names`.
#[must_use]
pub fn suggest(typed: &str, names: &Names, limit: usize, fits: impl Fn(&str) -> bool) -> Vec<Suggestion> {
    let typed = typed.trim_start();
    let at = typed
        .rfind(char::is_whitespace)
        .map_or(0, |at| at + typed[at..].chars().next().map_or(1, char::len_utf8));
    let (before, word) = typed.split_at(at);
    let before = before.trim();
    let (offered, begun) = offered(before, word, names);
    let mut ranked: Vec<(Like, &(String, Suggestion))> = offered
        .iter()
        .filter_map(|one| Some((like(&one.0, begun)?, one)))
        .collect();
    ranked.sort_by_key(|(like, _)| *like);
    let mut lines: Vec<Suggestion> = Vec::new();
    let whole = |found: &Suggestion| {
        let line = match before {
            // A colon behind the command belongs to the command: what begins with one needs another before it.
            "" if found.line.starts_with([':', '：']) => format!(":{}", found.line),
            "" => found.line.clone(),
            before => format!("{before} {}", found.line),
        };
        Suggestion {
            line,
            ..found.clone()
        }
    };
    let mut add = |found: &Suggestion| {
        let found = whole(found);
        if lines.len() < limit && fits(&found.line) && lines.iter().all(|line| line.line != found.line) {
            lines.push(found);
        }
    };
    for (_, (_, found)) in &ranked {
        add(found);
    }
    if ranked.is_empty() && !begun.is_empty() {
        for near in nearest(begun, offered.iter().map(|(name, _)| name.as_str()), limit) {
            for (_, found) in offered.iter().filter(|(name, _)| name == near) {
                add(found);
            }
        }
    }
    lines
}

/// What can stand in the place of the last word: the name by which it is found, and what is written; and the part of the
/// word by which it is to be found.
fn offered<'w>(before: &str, word: &'w str, names: &Names) -> (Vec<(String, Suggestion)>, &'w str) {
    if word.starts_with('-') {
        let options = spec::options().iter();
        let option = |option: &spec::OptionSpec| {
            let line = option.long.to_owned();
            (line.clone(), Suggestion::new(line, option.help))
        };
        return (options.map(option).collect(), word);
    }
    if before.eq_ignore_ascii_case("list") {
        return (providers(names), word);
    }
    if !before.is_empty() {
        return (Vec::new(), word);
    }
    if let Some((model, provider, profile)) = split(word, names) {
        return (profiles(model, provider, names), profile);
    }
    let verbs = spec::verbs().iter();
    let verbs = verbs.map(|verb| {
        let line = verb.name.to_owned();
        (line.clone(), Suggestion::new(line, verb.help))
    });
    let is_alias = |(name, provider): &&(String, ProviderId)| {
        let behind = name.strip_prefix(provider.as_str());
        !behind.is_some_and(|behind| behind.starts_with('/'))
    };
    let (aliases, references): (Vec<_>, Vec<_>) = names.models.iter().partition(is_alias);
    let model = |(name, provider): &(String, ProviderId)| {
        let exact = Reference::Exact {
            model: name.clone(),
            profile: None,
        };
        (
            name.clone(),
            Suggestion::new(exact.to_string(), provider.as_str()),
        )
    };
    let aliases = aliases.into_iter().map(model);
    let references = references.into_iter().map(model);
    (aliases.chain(verbs).chain(references).collect(), word)
}

/// A model that is known, its provider, and what stands behind the `@` after it. An `@` may belong to the model's own
/// name: the longest one counts. Without a model, the profile is of any provider.
fn split<'w>(word: &'w str, names: &Names) -> Option<(&'w str, Option<ProviderId>, &'w str)> {
    word.rmatch_indices(['@', '＠']).find_map(|(at, sign)| {
        let (model, profile) = (&word[..at], &word[at + sign.len()..]);
        if model.is_empty() {
            return Some((model, None, profile));
        }
        let mut known = names.models.iter();
        let (_, provider) = known.find(|(name, _)| name.eq_ignore_ascii_case(model))?;
        Some((model, Some(provider.clone()), profile))
    })
}

fn providers(names: &Names) -> Vec<(String, Suggestion)> {
    let mut found: Vec<(String, Suggestion)> = Vec::new();
    for (_, provider) in &names.models {
        let name = provider.as_str();
        if found.iter().all(|(known, _)| known != name) {
            let list = ModelCommand::List {
                provider: Some(name.to_owned()),
                page: None,
            };
            // `/models anthropic`: the name is written as it is read again.
            let line = list.to_string();
            let line = line.split_once([' ', ':']).map_or(name, |(_, line)| line);
            found.push((name.to_owned(), Suggestion::new(line.to_owned(), "")));
        }
    }
    found
}

/// The profiles of a model, or of all where none is named; and `auto`.
fn profiles(model: &str, of: Option<ProviderId>, names: &Names) -> Vec<(String, Suggestion)> {
    let fits = names
        .profiles
        .iter()
        .filter(|(_, provider)| of.as_ref().is_none_or(|of| of == provider));
    let mut found = Vec::new();
    for (id, provider) in fits {
        let line = with_profile(model, id.as_str(), names);
        let one = Suggestion::new(line, provider.as_str());
        found.push((id.as_str().to_owned(), one));
    }
    let auto = Suggestion::new(with_profile(model, "auto", names), "automatic choice");
    found.push(("auto".to_owned(), auto));
    found
}

/// A model with a profile, without quotes where it means the same without.
fn with_profile(model: &str, profile: &str, names: &Names) -> String {
    let exact = match model {
        "" => Wanted::Profile(profile.to_owned()),
        model => Wanted::Model(Reference::Exact {
            model: model.to_owned(),
            profile: Some(profile.to_owned()),
        }),
    };
    let bare = format!("{model}@{profile}");
    let written = format!("/model {bare}");
    let parsed = Syntax::new().parse(&written);
    let Parsed::Command {
        command: ModelCommand::Choose(Choose { what, .. }),
        rest: None,
    } = parsed
    else {
        return exact.to_string();
    };
    let means_it = match &what {
        Wanted::Model(reference) => reference.written() == (model, Some(profile)),
        Wanted::Profile(read) => model.is_empty() && read == profile,
        Wanted::Number { .. } => false,
    };
    // A model may be called so as a whole.
    let is_a_model = names
        .models
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case(&bare));
    if means_it && !is_a_model {
        bare
    } else {
        exact.to_string()
    }
}

fn like(name: &str, begun: &str) -> Option<Like> {
    let (name, begun) = (name.to_lowercase(), begun.to_lowercase());
    if name == begun {
        Some(Like::Same)
    } else if name.starts_with(&begun) {
        Some(Like::Begins)
    } else {
        let parts = name.match_indices(&begun).map(|(at, _)| &name[..at]);
        let mut found = None;
        for before in parts {
            if before.ends_with(['/', ':', '-', '_', '.', ' ']) {
                return Some(Like::PartBegins);
            }
            found = Some(Like::Contains);
        }
        found
    }
}
