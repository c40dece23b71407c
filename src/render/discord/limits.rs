//! What Discord refuses, as numbers.
//!
//! "Characters" are counted as UTF-16 units here: Discord's clients count so, its server counts code points, and there are
//! never fewer units than code points.

use crate::picker::{PAGE, TOKEN_BYTES};

/// The longest text of a message, in characters
/// (<https://docs.discord.com/developers/resources/message#create-message>).
pub const CONTENT: usize = 2_000;

/// How many rows of components a message has
/// (<https://docs.discord.com/developers/components/reference#action-row>).
pub const ROWS: usize = 5;

/// How many buttons a row has; or one select instead
/// (<https://docs.discord.com/developers/components/reference#action-row>).
pub const ROW_BUTTONS: usize = 5;

/// How many options a select has
/// (<https://docs.discord.com/developers/components/reference#string-select>).
pub const SELECT_OPTIONS: usize = 25;

/// The longest label of an option, in characters
/// (<https://docs.discord.com/developers/components/reference#string-select-select-option-structure>).
pub const OPTION_LABEL: usize = 100;

/// The longest value of an option, in characters
/// (<https://docs.discord.com/developers/components/reference#string-select-select-option-structure>).
pub const OPTION_VALUE: usize = 100;

/// The longest second line of an option, in characters
/// (<https://docs.discord.com/developers/components/reference#string-select-select-option-structure>).
pub const OPTION_DESCRIPTION: usize = 100;

/// The longest text of a closed select, in characters
/// (<https://docs.discord.com/developers/components/reference#string-select>).
pub const PLACEHOLDER: usize = 150;

/// The longest label of a button, in characters
/// (<https://docs.discord.com/developers/components/reference#button>).
pub const BUTTON_LABEL: usize = 80;

/// The longest `custom_id`, in characters; no two of a message are the same
/// (<https://docs.discord.com/developers/components/reference#anatomy-of-a-component-custom-id>).
pub const CUSTOM_ID: usize = 100;

/// How long after a press or a command its first answer is taken, in seconds
/// (<https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-callback>).
pub const FIRST_ANSWER_SECONDS: u64 = 3;

/// How long further answers and edits are taken, in seconds
/// (<https://docs.discord.com/developers/interactions/receiving-and-responding#followup-messages>).
pub const LATER_ANSWERS_SECONDS: u64 = 15 * 60;

// A page and the automatic choice stand in one select, and a token is the value of an option and the id of a button.
const _: () = assert!(PAGE < SELECT_OPTIONS);
const _: () = assert!(TOKEN_BYTES <= OPTION_VALUE && TOKEN_BYTES <= CUSTOM_ID);

/// The length of a text, in Discord's unit.
pub(super) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}
