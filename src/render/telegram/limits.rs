//! What Telegram takes. Where two sources disagree, this is the lower figure.

use crate::picker::{PAGE, PROVIDERS_PAGE, TOKEN_BYTES};

/// The longest text of a message, in UTF-16 code units (<https://core.telegram.org/bots/api#sendmessage>).
pub const TEXT_UNITS: usize = 4_096;

/// The most entities of a message that are shown. The vendor does not say so
/// (<https://docs.python-telegram-bot.org/en/stable/telegram.constants.html#telegram.constants.MessageLimit>).
pub const ENTITIES: usize = 100;

/// The longest `callback_data`, in bytes (<https://core.telegram.org/bots/api#inlinekeyboardbutton>).
pub const CALLBACK_BYTES: usize = 64;

/// The most buttons of a row. The vendor does not say so
/// (<https://docs.python-telegram-bot.org/en/stable/telegram.constants.html#telegram.constants.InlineKeyboardMarkupLimit>).
pub const ROW_BUTTONS: usize = 8;

/// The most buttons of a message. The vendor does not say so (as [`ROW_BUTTONS`]).
pub const BUTTONS: usize = 100;

/// The longest `reply_markup`, in bytes of JSON: what is longer was refused as too long, and the vendor does not say
/// where that begins (<https://github.com/tginfo/Telegram-Limits/issues/187>).
pub const MARKUP_BYTES: usize = 10_000;

/// The longest answer to a press, in characters (<https://core.telegram.org/bots/api#answercallbackquery>). Counted in
/// UTF-16 code units, of which a text has at least as many.
pub const NOTICE_UNITS: usize = 200;

/// The longest words on a button, in UTF-16 code units. Our own figure: a desktop shows about so much of one.
pub const LABEL_UNITS: usize = 64;

/// What the words on a button are shortened to, step by step, when the whole keyboard would be too long.
pub(super) const LABEL_STEPS: [usize; 7] = [LABEL_UNITS, 48, 40, 32, 24, 16, 8];

// A page of choices with their profiles, a page of providers, the turns of both, all models and the default.
const _: () = assert!(2 * PAGE + PROVIDERS_PAGE + 6 <= BUTTONS);
const _: () = assert!(TOKEN_BYTES <= CALLBACK_BYTES);
