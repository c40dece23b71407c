//! What Slack takes. Where it says *characters* we count UTF-16 units, which are never fewer.

/// The longest text beside blocks, in characters: <https://docs.slack.dev/reference/methods/chat.postMessage> advises to
/// stay below it. It is what notifications and screen readers tell.
pub const TEXT: usize = 4_000;

/// The most blocks of a message: <https://docs.slack.dev/reference/block-kit/blocks>.
pub const BLOCKS: usize = 50;

/// The longest array of blocks, in characters of its JSON. Slack names no limit; messages near 13,200 were refused as
/// `msg_blocks_too_long`: <https://github.com/slackapi/bolt-js/issues/2509>.
pub const BLOCKS_JSON: usize = 13_000;

/// The longest text of a section, in characters: <https://docs.slack.dev/reference/block-kit/blocks/section-block>.
pub const SECTION_TEXT: usize = 3_000;

/// The longest name of a block, in characters: <https://docs.slack.dev/reference/block-kit/blocks/actions-block>.
pub const BLOCK_ID: usize = 255;

/// The most elements of an actions block: <https://docs.slack.dev/reference/block-kit/blocks/actions-block>.
pub const ELEMENTS: usize = 25;

/// The longest name of an element, in characters, which is its own in its block:
/// <https://docs.slack.dev/reference/block-kit/block-elements/button-element>.
pub const ACTION_ID: usize = 255;

/// The longest text on a button, in characters: <https://docs.slack.dev/reference/block-kit/block-elements/button-element>.
pub const BUTTON_TEXT: usize = 75;

/// The longest value of a button, in characters: <https://docs.slack.dev/reference/block-kit/block-elements/button-element>.
pub const BUTTON_VALUE: usize = 2_000;

/// The longest words of a closed menu, in characters:
/// <https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element>.
pub const PLACEHOLDER: usize = 150;

/// The most options of a menu, and of a group of them; the most groups:
/// <https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element>.
pub const OPTIONS: usize = 100;

/// The longest text of an option, in characters:
/// <https://docs.slack.dev/reference/block-kit/composition-objects/option-object>.
pub const OPTION_TEXT: usize = 75;

/// The longest description of an option, in characters; the same page.
pub const OPTION_DESCRIPTION: usize = 75;

/// The longest value of an option, in characters. The page says 150 now; it said 75, and `@slack/types` still does.
pub const OPTION_VALUE: usize = 75;

/// The longest label of a group of options, in characters:
/// <https://docs.slack.dev/reference/block-kit/composition-objects/option-group-object>.
pub const GROUP_LABEL: usize = 75;

/// How often a `response_url` can be answered to, within 30 minutes:
/// <https://docs.slack.dev/interactivity/handling-user-interaction>.
pub const RESPONSES: usize = 5;

/// The length of a text as it is counted here: UTF-16 units.
#[must_use]
pub fn length(text: &str) -> usize {
    text.encode_utf16().count()
}
