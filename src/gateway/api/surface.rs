//! What a reply is written for: text, or a platform's own message.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::{Map, Value};

use super::fault::Fault;
use super::fields::Fields;
use crate::render::Render;
use crate::render::discord::Discord;
use crate::render::matrix::Matrix;
use crate::render::slack::Slack;
use crate::render::telegram::Telegram;
use crate::view::View;

/// Writes a view as the payload of a platform.
type Write = fn(&View) -> Value;

/// The platforms that replies are written for, a line each.
const PLATFORMS: &[(&str, Write)] = &[
    ("telegram", with::<Telegram>),
    ("discord", with::<Discord>),
    ("slack", with::<Slack>),
    ("matrix", with::<Matrix>),
];

/// How a reply is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Surface {
    /// Plain text, folded at 80 columns.
    Text,
    /// CommonMark.
    Markdown,
    /// Plain text, and the platform's payload beside it.
    Platform(&'static str, Write),
}

impl Surface {
    pub(super) fn read(fields: &mut Fields) -> Result<Self, Fault> {
        let written = fields.needed_text("surface")?;
        let known = PLATFORMS.iter().find(|(name, _)| *name == written);
        match (written.as_str(), known) {
            (_, Some((name, write))) => Ok(Self::Platform(name, *write)),
            ("text", None) => Ok(Self::Text),
            ("markdown", None) => Ok(Self::Markdown),
            (_, None) => Err(unknown(format!("`surface` is one of `{}`", names().join("`, `")))),
        }
    }

    /// The payload by the platform's name; nothing for text.
    pub(super) fn payload(self, view: &View) -> Map<String, Value> {
        match self {
            Self::Text | Self::Markdown => Map::new(),
            Self::Platform(name, write) => Map::from_iter([(name.to_owned(), write(view))]),
        }
    }
}

/// Writes a view with a renderer.
fn with<R: Render<Message: Serialize> + Default>(view: &View) -> Value {
    serde_json::to_value(R::default().render(view)).unwrap_or_default()
}

fn unknown(message: String) -> Fault {
    Fault::bad("unknown-surface", message).at("surface")
}

fn names() -> Vec<&'static str> {
    let platforms = PLATFORMS.iter().map(|(name, _)| *name);
    ["text", "markdown"].into_iter().chain(platforms).collect()
}

impl JsonSchema for Surface {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Surface".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let told = "How a reply is written: plain text folded at 80 columns, CommonMark, or for a platform, whose payload \
                    then stands beside the text under its name.";
        json_schema!({ "description": told, "type": "string", "enum": names() })
    }
}
