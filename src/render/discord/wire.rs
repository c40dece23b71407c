//! What Discord takes, as it is sent: own plain types, so that they go into any client.

use serde::{Serialize, Serializer};

/// The message is seen by one person only
/// (<https://docs.discord.com/developers/resources/message#message-object-message-flags>).
pub const EPHEMERAL: u32 = 1 << 6;

/// Links have no previews
/// (<https://docs.discord.com/developers/resources/message#message-object-message-flags>).
pub const SUPPRESS_EMBEDS: u32 = 1 << 2;

/// A message, as the channel's `messages` and the webhook of an interaction take it, for a new one and for an edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Markdown in Discord's dialect.
    pub content: String,
    /// [`SUPPRESS_EMBEDS`], and [`EPHEMERAL`] where one person only is to see it.
    pub flags: u32,
    /// Nobody.
    pub allowed_mentions: AllowedMentions,
    /// Rows of buttons and selects. It is sent when empty too, so that an edit takes the old ones away.
    pub components: Vec<Row>,
}

/// Who is notified by a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
pub struct AllowedMentions {
    /// No kind of mention is.
    pub parse: [&'static str; 0],
}

/// A row of components.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// That it is a row.
    pub r#type: RowType,
    /// Buttons, or one select.
    pub components: Vec<Component>,
}

impl Row {
    /// A row of these.
    #[must_use]
    pub fn of(components: Vec<Component>) -> Self {
        let r#type = RowType;
        Self { r#type, components }
    }
}

/// What can be pressed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Component {
    /// A button.
    Button(Button),
    /// A list that opens.
    Select(Select),
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Button {
    /// That it is a button.
    pub r#type: ButtonType,
    /// How it looks.
    pub style: ButtonStyle,
    /// Its words.
    pub label: String,
    /// What comes back when it is pressed.
    pub custom_id: String,
}

/// A list that opens, of which one option is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Select {
    /// That it is a select of texts.
    pub r#type: SelectType,
    /// Which of ours it is; what was chosen comes back beside it.
    pub custom_id: &'static str,
    /// What it says while it is closed and nothing is chosen.
    pub placeholder: String,
    /// What can be chosen.
    pub options: Vec<SelectOption>,
}

/// A line of a select.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SelectOption {
    /// Its words.
    pub label: String,
    /// What comes back when it is chosen.
    pub value: String,
    /// Small words below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it is shown as chosen already.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub default: bool,
}

/// How a button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ButtonStyle {
    /// Grey.
    Secondary,
}

/// The answer to a command or a press
/// (<https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InteractionResponse {
    /// What it does.
    pub r#type: ResponseType,
    /// What it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<ResponseData>,
}

/// What an answer shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ResponseData {
    /// A message.
    Message(Message),
    /// Nothing yet.
    Later {
        /// [`EPHEMERAL`] or 0: no other is taken here.
        flags: u32,
    },
}

/// What an answer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseType {
    /// A new message.
    Message = 4,
    /// A new message later; until then the bot is seen to think.
    MessageLater = 5,
    /// An edit of the pressed message later; until then it stays as it is.
    UpdateLater = 6,
    /// An edit of the pressed message.
    Update = 7,
}

macro_rules! numbers {
    ($($type:ty: $number:expr;)+) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let number: fn(&Self) -> u8 = $number;
                to.serialize_u8(number(self))
            }
        }
    )+};
}

/// The type of a row: 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowType;

/// The type of a button: 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ButtonType;

/// The type of a select of texts: 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SelectType;

numbers! {
    RowType: |_| 1;
    ButtonType: |_| 2;
    SelectType: |_| 3;
    ButtonStyle: |style| match style {
        ButtonStyle::Secondary => 2,
    };
    ResponseType: |kind| *kind as u8;
}
