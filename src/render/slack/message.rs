//! Messages as Slack takes them, on a `response_url` and in `chat.postMessage`.

use serde::Serialize;

use super::limits::length;

/// A message. With `channel` added it is the body of `chat.postMessage`, and with `user` too of `chat.postEphemeral`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Who sees it; absent where it takes another one's place, and with it its readers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_type: Option<ResponseType>,
    /// Whether it takes the place of the message whose button was pressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replace_original: Option<bool>,
    /// What notifications and screen readers tell.
    pub text: String,
    /// What is shown; where there are none, the text is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<LayoutBlock>,
    /// Links in it are not looked up.
    pub unfurl_links: bool,
    /// Nor are pictures.
    pub unfurl_media: bool,
}

/// Who sees a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseType {
    /// The one who asked. It does not outlive a reload of Slack.
    Ephemeral,
    /// Everybody in the channel.
    InChannel,
}

/// A part of a message, below the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LayoutBlock {
    /// Text.
    Section {
        /// The text.
        text: Markup,
    },
    /// Menus and buttons in a row.
    Actions {
        /// A name; Slack forgets what was chosen in a menu when its block has another one.
        block_id: String,
        /// The menus and buttons.
        elements: Vec<Element>,
    },
}

/// Text in Slack's own markup, `mrkdwn`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename = "mrkdwn")]
pub struct Markup {
    /// The text.
    pub text: String,
    /// Nothing in it is turned into a link or a mention that is not written as one.
    pub verbatim: bool,
}

/// Text without markup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename = "plain_text")]
pub struct Plain {
    /// The text.
    pub text: String,
    /// `:smile:` stays as it is.
    pub emoji: bool,
}

/// Something to press.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Element {
    /// A menu.
    StaticSelect(Menu),
    /// A button.
    Button {
        /// Its name.
        action_id: String,
        /// What stands on it.
        text: Plain,
        /// What a press sends: a token.
        value: String,
    },
}

/// A menu with options, in groups or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Menu {
    /// Its name.
    pub action_id: String,
    /// What it says while it is closed.
    pub placeholder: Plain,
    /// The options.
    #[serde(flatten)]
    pub options: Options,
    /// The one that is chosen already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_option: Option<MenuOption>,
}

/// The options of a menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Options {
    /// In one list.
    #[serde(rename = "options")]
    List(Vec<MenuOption>),
    /// Under headings.
    #[serde(rename = "option_groups")]
    Groups(Vec<Group>),
}

/// Options under a heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The heading.
    pub label: Plain,
    /// The options.
    pub options: Vec<MenuOption>,
}

/// What can be chosen in a menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MenuOption {
    /// What it says.
    pub text: Plain,
    /// A line below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Plain>,
    /// What choosing it sends: a token.
    pub value: String,
}

impl Message {
    pub(super) fn of(text: String, blocks: Vec<LayoutBlock>, response_type: ResponseType) -> Self {
        Self {
            response_type: Some(response_type),
            replace_original: None,
            text,
            blocks,
            unfurl_links: false,
            unfurl_media: false,
        }
    }
}

impl LayoutBlock {
    /// Its share of the JSON of the blocks, with the comma, in the unit of the limits.
    pub(super) fn weight(&self) -> usize {
        // These types have string keys only: they can be written.
        serde_json::to_string(self).map_or(usize::MAX / 2, |json| length(&json) + 1)
    }
}
