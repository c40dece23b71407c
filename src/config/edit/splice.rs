//! New pieces of text in the place of old ones; everything else stays, letter by letter.

use std::ops::Range;

use serde_json::Value;

use super::layout::Group;

/// The text with pieces replaced. The ranges do not overlap and stand in their order.
fn spliced(text: &str, pieces: &[(Range<usize>, &str)]) -> String {
    let mut new = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for (range, piece) in pieces {
        new.push_str(&text[at..range.start]);
        new.push_str(piece);
        at = range.end;
    }
    new.push_str(&text[at..]);
    new
}

/// Another text for a range.
pub(super) fn replaced(text: &str, range: Range<usize>, piece: &str) -> String {
    spliced(text, &[(range, piece)])
}

/// The text with a new entry at the end of a group.
pub(super) fn appended(text: &str, group: &Group, key: Option<&str>, value: &Value) -> String {
    let Some(last) = group.entries.last() else {
        return filled(text, group, key, value);
    };
    let comma = group.commas.last().copied().flatten();
    let tail = group.tails.last().copied().unwrap_or(last.value.end);
    let break_before = line_start(text, last.start()).filter(|start| *start > group.range.start);
    let Some(start) = break_before else {
        let entry = entry(key, &compact(value));
        return match comma {
            Some(comma) => spliced(text, &[(comma + 1..comma + 1, &format!(" {entry},"))]),
            None => spliced(text, &[(last.value.end..last.value.end, &format!(", {entry}"))]),
        };
    };
    let indent = &text[start..last.start()];
    let entry = entry(key, &spread(value, text, indent));
    let new = format!("{}{indent}{entry}", newline(text));
    match comma {
        Some(_) => spliced(text, &[(tail..tail, &format!("{new},"))]),
        None => spliced(text, &[(last.value.end..last.value.end, ","), (tail..tail, &new)]),
    }
}

/// The text with a new item before another one of a list.
pub(super) fn inserted(text: &str, group: &Group, before: usize, value: &Value) -> String {
    let Some(next) = group.entries.get(before) else {
        return appended(text, group, None, value);
    };
    let at = next.start();
    let new = match line_start(text, at).filter(|start| *start > group.range.start) {
        Some(start) => {
            let indent = &text[start..at];
            format!("{},{}{indent}", spread(value, text, indent), newline(text))
        }
        None => format!("{}, ", compact(value)),
    };
    spliced(text, &[(at..at, &new)])
}

/// The text without an entry of a group. Comments stay.
pub(super) fn removed(text: &str, group: &Group, which: usize) -> String {
    let entry = &group.entries[which];
    let mut pieces: Vec<(Range<usize>, &str)> = Vec::new();
    let end = match group.commas[which] {
        Some(comma) => comma + 1,
        None => {
            // The comma before the last entry goes with it: not every reader takes one at the end.
            if let Some(comma) = which.checked_sub(1).and_then(|before| group.commas[before]) {
                pieces.push((comma..comma + 1, ""));
            }
            entry.value.end
        }
    };
    // What stands between a value and its comma, if not blank, is a comment.
    let (value_end, comma) = (entry.value.end, group.commas[which]);
    let between = comma.map_or("", |comma| text[value_end..comma].trim());
    let blank_after = text[end..].len() - text[end..].trim_start_matches([' ', '\t']).len();
    let after = &text[end + blank_after..];
    let line_end = ["\r\n", "\n"].iter().find(|ending| after.starts_with(**ending));
    let start = line_start(text, entry.start()).filter(|start| *start > group.range.start);
    match (start, line_end) {
        (Some(start), Some(ending)) if between.is_empty() => {
            pieces.push((start..end + blank_after + ending.len(), ""));
        }
        (Some(_), _) if !between.is_empty() => {
            pieces.push((entry.start()..value_end, ""));
            pieces.push((end - 1..end, ""));
        }
        // Of entries on one line, the blank after the comma goes too.
        (_, _) if between.is_empty() => {
            let blank = if comma.is_some() { blank_after } else { 0 };
            let before = text[..entry.start()].trim_end_matches([' ', '\t']);
            let start = match (comma, before.ends_with(',')) {
                (None, true) => before.len(),
                _ => entry.start(),
            };
            pieces.push((start..end + blank, ""));
        }
        _ => {
            pieces.push((entry.start()..value_end, ""));
            pieces.push((end - 1..end, ""));
        }
    }
    spliced(text, &pieces)
}

/// A value as it is written where `entry` of the group stands.
pub(super) fn in_place(text: &str, group: &Group, which: usize, value: &Value) -> String {
    let start = group.entries[which].start();
    match line_start(text, start).filter(|line| *line > group.range.start) {
        Some(line) => spread(value, text, &text[line..start]),
        None => compact(value),
    }
}

/// The first entry of a group that has none.
fn filled(text: &str, group: &Group, key: Option<&str>, value: &Value) -> String {
    if !group.keyed && !value.is_object() && group.content_end == group.range.start + 1 {
        return spliced(
            text,
            &[(group.range.start + 1..group.range.end - 1, &compact(value))],
        );
    }
    let outer = indent_of_line(text, group.range.start);
    let unit = unit(text);
    let newline = newline(text);
    let indent = format!("{outer}{unit}");
    let entry = entry(key, &spread(value, text, &indent));
    let new = format!("{newline}{indent}{entry}{newline}{outer}");
    // Blanks between the last comment and the bracket make room.
    spliced(text, &[(group.content_end..group.range.end - 1, &new)])
}

fn entry(key: Option<&str>, value: &str) -> String {
    key.map_or_else(
        || value.to_owned(),
        |key| format!("{}: {value}", Value::from(key)),
    )
}

/// Over as many lines as it has entries, below `indent`.
fn spread(value: &Value, text: &str, indent: &str) -> String {
    let (unit, newline) = (unit(text), newline(text));
    let inner = format!("{indent}{unit}");
    let lines = |open: char, items: Vec<String>, close: char| {
        if items.is_empty() {
            return format!("{open}{close}");
        }
        let items: Vec<String> = items
            .iter()
            .map(|item| format!("{newline}{inner}{item}"))
            .collect();
        format!("{open}{}{newline}{indent}{close}", items.join(","))
    };
    match value {
        Value::Object(entries) => {
            let items = entries
                .iter()
                .map(|(key, value)| entry(Some(key), &spread(value, text, &inner)));
            lines('{', items.collect(), '}')
        }
        Value::Array(items) => lines(
            '[',
            items.iter().map(|item| spread(item, text, &inner)).collect(),
            ']',
        ),
        value => value.to_string(),
    }
}

/// On one line.
fn compact(value: &Value) -> String {
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| entry(Some(key), &compact(value)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(compact).collect();
            format!("[{}]", items.join(", "))
        }
        value => value.to_string(),
    }
}

/// Where the line of `at` begins, if nothing but blanks stands before `at` on it.
fn line_start(text: &str, at: usize) -> Option<usize> {
    let start = text[..at].rfind('\n')? + 1;
    text[start..at]
        .chars()
        .all(|c| c == ' ' || c == '\t')
        .then_some(start)
}

/// The blanks at the beginning of the line of `at`.
fn indent_of_line(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let line = &text[start..at];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// One level of indentation: that of the first line that has any.
fn unit(text: &str) -> &str {
    let indent = |line: &'_ str| line.len() - line.trim_start_matches([' ', '\t']).len();
    text.lines()
        .find(|line| indent(line) > 0 && !line.trim().is_empty() && !line.trim_start().starts_with('*'))
        .map_or("  ", |line| &line[..indent(line)])
}

fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}
