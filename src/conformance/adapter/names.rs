//! Names that people, machines and mischief have made.

use super::dice::Dice;

/// So long at most, in bytes: an id of an inference profile of a cloud can be that long.
const KIB: usize = 1_024;

/// Pieces of names.
const PIECES: [&str; 26] = [
    "plain",
    "gpt-5.2-codex",
    "with@sign@20250929",
    "a/b/c",
    "\"quoted\" and spaced",
    "it's-dash=and'more`",
    "👩\u{200d}👩\u{200d}👧\u{200d}👦",
    "🏳\u{fe0f}\u{200d}🌈 flag 🇻🇳",
    "👍🏽👍🏿",
    "שלום עולם",
    "مرحبا",
    "x\u{202e}gnp.exe",
    "\u{2066}isolated\u{2069}",
    "e\u{301}\u{301}\u{308}",
    "ภาษาไทยน้ำ",
    "模型很大",
    "mô hình Tiếng Việt",
    "bell\u{7}tab\tline\nend",
    "*bold* _it_ ~no~ `code` ||hid||",
    "<b>html</b> &amp; <!--x-->",
    "[link](https://example.org) #head",
    "@everyone @here",
    "<@123456> <#42> <@&7>",
    "<!channel> <!here|x>",
    "tg://user?id=1 \\ %20",
    "$math$ ^up^ {brace}",
];

/// A name of one piece or many.
pub(super) fn name(dice: &mut Dice) -> String {
    let piece = dice.pick(&PIECES).copied().unwrap_or("plain");
    let mut name = piece.to_owned();
    match dice.to(8) {
        // As long as it may be.
        1 => {
            while name.len() + piece.len() < KIB - 16 {
                name.push_str(piece);
            }
        }
        2..=4 => name.push_str(dice.pick(&PIECES).copied().unwrap_or("x")),
        _ => {}
    }
    name
}

/// A short one, as people choose.
pub(super) fn short(dice: &mut Dice) -> String {
    dice.pick(&PIECES).copied().unwrap_or("plain").to_owned()
}
