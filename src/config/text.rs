//! From text to tree: the limits, the syntax, and what is said when it is wrong.

use serde::de::{Deserialize, IgnoredAny};

use super::error::ConfigError;
use super::node::Node;
use crate::echo::discreet;

/// The longest configuration that is read, in bytes.
pub(super) const LONGEST: usize = 16 * 1024 * 1024;
/// The deepest nesting that is read. The JSON5 reader calls itself for each level and would end with the stack.
const DEEPEST: usize = 128;

/// Reads the tree.
///
/// # Errors
/// Too long, nested too deep, or not JSON5.
pub(super) fn tree(text: &str, file: &str) -> Result<Node, ConfigError> {
    let error = |(line, column), path: String, message: &str, hint: Option<&str>| ConfigError {
        file: file.to_owned(),
        line,
        column,
        path,
        message: message.to_owned(),
        hint: hint.map(str::to_owned),
    };
    if text.len() > LONGEST {
        return Err(error((1, 1), String::new(), "the file is over 16 MiB", None));
    }
    if let Some(at) = too_deep(text) {
        let message = "more than 128 levels of brackets";
        return Err(error(at, String::new(), message, None));
    }
    let mut reader = json5::Deserializer::from_str(text);
    let node = serde_path_to_error::deserialize::<_, Node>(&mut reader).map_err(|wrong| {
        let path = wrong.path().to_string();
        // `?` is a key that was not finished, and `.` is the top.
        let path = discreet(path.trim_end_matches('?').trim_end_matches('.')).into_owned();
        let (at, message) = in_words(text, wrong.inner());
        error(at, path, &message, Some(SYNTAX_HINT))
    })?;
    match IgnoredAny::deserialize(&mut reader) {
        Err(end) if end.code() == Some(json5::ErrorCode::EofParsingValue) => Ok(node),
        // The whole is read again because only then the reader says where the surplus begins.
        _ => match json5::from_str::<IgnoredAny>(text) {
            Ok(_) => Ok(node),
            Err(wrong) => {
                let (at, message) = in_words(text, &wrong);
                Err(error(at, String::new(), &message, Some(SYNTAX_HINT)))
            }
        },
    }
}

const SYNTAX_HINT: &str = "the file is read as JSON5 (json5.org)";

/// The place and the words for a syntax error.
fn in_words(text: &str, wrong: &json5::Error) -> ((usize, usize), String) {
    let at = wrong.position().map_or_else(
        || end_of(text),
        |position| (position.line + 1, position.column + 1),
    );
    // A message of the reader without a code is about an escape or a number, and does not quote it.
    let message = wrong.code().map_or_else(
        || "malformed escape or number".to_owned(),
        |code| {
            let said = code.to_string();
            match said.strip_prefix("EOF parsing ") {
                Some(what) => format!("the file ends too early: {what} not finished"),
                None => said,
            }
        },
    );
    (at, message)
}

fn end_of(text: &str) -> (usize, usize) {
    let last = json5::Position::from_offset(text.len(), text);
    (last.line + 1, last.column + 1)
}

/// Where the nesting passes [`DEEPEST`], if it does: line and column, from 1.
///
/// The scan agrees with the reader on strings and comments up to the first syntax error, where the reader stops.
pub(crate) fn too_deep(text: &str) -> Option<(usize, usize)> {
    let mut depth = 0_usize;
    let mut chars = text.char_indices().peekable();
    while let Some((offset, c)) = chars.next() {
        match c {
            '[' | '{' => {
                depth += 1;
                if depth > DEEPEST {
                    let at = json5::Position::from_offset(offset, text);
                    return Some((at.line + 1, at.column + 1));
                }
            }
            ']' | '}' => depth = depth.saturating_sub(1),
            '"' | '\'' => {
                while let Some((_, inner)) = chars.next() {
                    match inner {
                        '\\' => drop(chars.next()),
                        _ if inner == c => break,
                        _ => {}
                    }
                }
            }
            '/' => match chars.next() {
                Some((_, '/')) => drop(
                    chars
                        .by_ref()
                        .find(|(_, end)| json5::char::is_json5_line_terminator(*end)),
                ),
                Some((_, '*')) => {
                    while let Some((_, inner)) = chars.next() {
                        if inner == '*' && chars.next_if(|(_, end)| *end == '/').is_some() {
                            break;
                        }
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        tree(text, "f").err().expect("is refused").to_string()
    }

    #[test]
    fn deep_nesting_is_refused_before_it_can_end_the_stack() {
        assert!(refusal(&"[".repeat(200_000)).contains("f:1:129: more than 128 levels"));
        assert!(refusal(&format!("// x\u{2028}{}", "[".repeat(200_000))).contains("128 levels"));
        assert!(tree(&format!("{}{}", "[".repeat(128), "]".repeat(128)), "f").is_ok());
        assert!(
            tree(
                &format!("{{ a: '{}', /* {} */ }}", "[".repeat(200), "[".repeat(200)),
                "f"
            )
            .is_ok()
        );
    }

    #[test]
    fn a_syntax_error_is_told_with_place_and_path() {
        let told = refusal("{\n  agents: { list: [ { id 3 } ] } }");
        assert!(
            told.starts_with("f:2:26: `agents.list[0]`: expected colon"),
            "{told}"
        );
        // What is not closed is told where it was opened.
        let told = refusal("{ a:\n { b: 1");
        assert!(told.starts_with("f:2:2: `a`: the file ends too early"), "{told}");
        assert!(refusal("{} x").starts_with("f:1:4: trailing"));
        assert!(refusal("").starts_with("f:1:1: the file ends too early"));
    }
}
