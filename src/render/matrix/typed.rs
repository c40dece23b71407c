//! Commands to type, with the prefix that works in Matrix.

use std::borrow::Cow;

/// The commands as sentences have them.
const COMMANDS: [&str; 2] = ["/models", "/model"];

/// The text with `prefix` in place of the slash of each `/model`.
///
/// A command stands at the beginning, or behind a blank or a mark that opens something, and ends with its word: the
/// `/model` of `provider/model` is none.
pub(super) fn prefixed<'t>(text: &'t str, prefix: &str) -> Cow<'t, str> {
    if prefix == "/" {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut done = 0;
    for (at, _) in text.match_indices(COMMANDS[1]) {
        let (before, here) = text.split_at(at);
        let behind = COMMANDS.iter().find_map(|command| here.strip_prefix(command));
        let opens = before.chars().next_back().is_none_or(|c| {
            c.is_whitespace() || matches!(c, '(' | '"' | '`' | '“' | '「' | '：' | '，' | '（')
        });
        let ends = behind.is_some_and(|behind| {
            let next = behind.chars().next();
            next.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '/' | '_' | '-' | ':' | '@' | '='))
        });
        if opens && ends {
            out.push_str(&text[done..at]);
            out.push_str(prefix);
            done = at + 1;
        }
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_gets_the_prefix_and_a_reference_does_not() {
        let same = [
            "provider/model",
            "a/models x",
            "/model/x",
            "/modelling",
            "x:/model-y",
            "",
        ];
        for text in same {
            assert_eq!(prefixed(text, "!"), text);
        }
        assert_eq!(prefixed("/model 3", "!"), "!model 3");
        assert_eq!(
            prefixed("name one: /model provider/model, or /models", "!"),
            "name one: !model provider/model, or !models"
        );
        assert_eq!(prefixed("/model 3", "/"), "/model 3");
    }
}
