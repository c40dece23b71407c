//! HTML read as browsers read it.

use html5gum::{Token, Tokenizer};

/// What the specification lets a message have
/// (<https://spec.matrix.org/v1.19/client-server-api/#mroommessage-msgtypes>).
const PERMITTED: &str = "del h1 h2 h3 h4 h5 h6 blockquote p a ul ol sup sub li b i u strong em s code hr br div table \
    thead tbody tr th td caption pre span img details summary";

/// The text of a message, a line for each that is seen.
///
/// # Errors
/// What a client would not show as it was written.
pub(super) fn read(html: &str) -> Result<String, String> {
    let mut text = String::new();
    let mut open: Vec<String> = Vec::new();
    for token in Tokenizer::new(html) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                if !PERMITTED.split_whitespace().any(|it| it == name) {
                    return Err(format!("<{name}> is not permitted"));
                }
                if let Some((attribute, _)) = tag.attributes.iter().next() {
                    return Err(format!("<{name}> has an attribute {attribute:?}"));
                }
                match name.as_str() {
                    "br" => text.push('\n'),
                    "p" | "pre" | "li" if !text.is_empty() => text.push('\n'),
                    _ => {}
                }
                if name != "br" {
                    open.push(name);
                }
            }
            Token::EndTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                if open.pop().as_deref() != Some(&name) {
                    return Err(format!("</{name}> closes nothing"));
                }
            }
            Token::String(it) => text.push_str(&String::from_utf8_lossy(&it)),
            other => return Err(format!("{other:?}")),
        }
    }
    match open.pop() {
        None => Ok(text),
        Some(name) => Err(format!("<{name}> is never closed")),
    }
}
