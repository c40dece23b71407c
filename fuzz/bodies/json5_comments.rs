//! The comments of a JSON5 text, in order: a reader of its own, so that the editor is not asked about itself.

/// The comments of a text that is JSON5.
pub(crate) fn comments(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let end = match c {
            '"' | '\'' => at + string(&text[at..], c),
            '/' => {
                let end = at + comment(&text[at..]);
                found.push(text[at..end].trim_end());
                end
            }
            c => at + c.len_utf8(),
        };
        at = end;
    }
    found
}

/// The length of the string that a text begins with.
fn string(text: &str, quote: char) -> usize {
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if c == quote {
            return at + 1;
        }
    }
    text.len()
}

/// The length of the comment that a text begins with.
fn comment(text: &str) -> usize {
    let line_end = |c| matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}');
    match text.strip_prefix("/*") {
        Some(rest) => rest.find("*/").map_or(text.len(), |at| at + 4),
        None => text.find(line_end).unwrap_or(text.len()),
    }
}
