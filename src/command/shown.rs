//! Characters as they may be shown in a drawing, where each has a width.

/// What stands for `c` in anything that is shown: `·` for controls and for characters that hide or reorder text.
pub(super) fn shown(c: char) -> char {
    match c {
        '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'..='\u{200F}' => '·',
        '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{3164}'
        | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}' => '·',
        '\u{E0000}'..='\u{E0FFF}' => '·',
        c if c.is_control() => '·',
        c => c,
    }
}
