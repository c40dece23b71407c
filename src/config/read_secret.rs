//! Reading a value that may be a secret.

use super::node::Node;
use super::reading::{At, Read};
use super::secret_input::SecretInput;

/// A secret: a text, which may be blank, or `{ source: "env" | "file" | "exec", id }`.
pub(super) fn read_secret<'a>(at: &At<'a>) -> Read<'a, SecretInput> {
    if let Node::Text(text) = at.node() {
        return Ok(SecretInput::from_text(text));
    }
    let reference = at
        .object()
        .map_err(|_| at.wrong("expected a text, or `{ source: \"env\" | \"file\" | \"exec\", id }`"))?;
    let part = |key| {
        let part = reference.find(key);
        part.ok_or_else(|| at.wrong(format!("a reference needs `{key}`")))
    };
    let sources = [("env", "env"), ("file", "file"), ("exec", "exec")];
    let source = part("source")?.word(&sources)?;
    let id = part("id")?;
    SecretInput::from_reference(source, id.text()?).ok_or_else(|| id.wrong("no variable can have this name"))
}
