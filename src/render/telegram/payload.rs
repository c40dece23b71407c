//! What is in a message of a bot, as Telegram's JSON has it.

use serde::Serialize;

/// The part of `sendMessage` and `editMessageText` that says what to show: the same for both.
///
/// Written without `parse_mode`: styles are entities, so that no text can become markup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Payload {
    /// What is written, at most [`TEXT_UNITS`](super::TEXT_UNITS).
    pub text: String,
    /// How parts of it are styled, at most [`ENTITIES`](super::ENTITIES).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Entity>,
    /// Whether links are previewed: they are not.
    pub link_preview_options: LinkPreviewOptions,
    /// The buttons below it. A message that is edited without any loses those that it had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_markup: Option<InlineKeyboard>,
}

/// A styled part of a text. It is never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Entity {
    /// The style.
    #[serde(rename = "type")]
    pub kind: EntityKind,
    /// Where it begins, in UTF-16 code units.
    pub offset: usize,
    /// How long it is, in UTF-16 code units.
    pub length: usize,
}

/// The styles that we use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// Bold.
    Bold,
    /// Fixed width, copied at a touch. Telegram makes no mention, command or link of what is in it.
    Code,
    /// Lines in fixed width.
    Pre,
}

/// What becomes of the links in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LinkPreviewOptions {
    /// They are not previewed.
    pub is_disabled: bool,
}

/// Buttons below a message, at most [`MARKUP_BYTES`](super::MARKUP_BYTES) of JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InlineKeyboard {
    /// Rows of buttons; none is empty.
    pub inline_keyboard: Vec<Vec<Button>>,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Button {
    /// The words on it.
    pub text: String,
    /// What comes back when it is pressed: the text of a [`ChoiceToken`](crate::picker::ChoiceToken).
    pub callback_data: String,
}

/// The length of a text in Telegram's unit.
pub(super) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}
