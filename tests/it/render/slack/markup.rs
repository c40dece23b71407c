//! What Slack's markup would make of names: read by a small reader of our own, since nobody publishes one.
//!
//! It is stricter than Slack's: a sign at the border of a word counts even if nothing closes it.

use super::*;

/// The markup of a text, in order, without the text.
fn signs(mrkdwn: &str) -> Vec<char> {
    let mut signs = Vec::new();
    let mut rest = mrkdwn;
    while let Some(at) = rest.find(['`', '*', '~', '<']) {
        let sign = rest[at..].chars().next().expect("a sign");
        signs.push(sign);
        rest = &rest[at + 1..];
        if sign == '`' {
            let fence = if rest.starts_with("``") { "```" } else { "`" };
            rest = &rest[fence.len() - 1..];
            let end = rest.find(fence).unwrap_or_else(|| panic!("open: {mrkdwn}"));
            rest = &rest[end + fence.len()..];
        }
    }
    signs
}

fn texts(view: &View) -> Vec<String> {
    let messages = messages(view);
    let blocks = messages
        .iter()
        .flat_map(|message| message["blocks"].as_array().expect("blocks"));
    blocks
        .filter_map(|block| Some(block["text"]["text"].as_str()?.to_owned()))
        .collect()
}

/// Without the sign that stands between words.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '\n', '\u{200b}', '(', ')', ','])
}

#[test]
fn a_code_span_ends_where_it_should_and_no_sign_stands_alone() {
    for name in NAMES {
        for view in everywhere(name)
            .iter()
            .flat_map(|view| [view.clone(), pressable(view)])
        {
            for text in texts(&view) {
                let signs = signs(&text);
                assert!(!signs.contains(&'<') && !signs.contains(&'~'), "{text}");
                let bold = signs.iter().filter(|sign| **sign == '*').count();
                assert_eq!(bold % 2, 0, "{text}");
            }
        }
    }
}

#[test]
fn nothing_slants_and_no_emoji_is_made_of_a_name() {
    for view in everywhere("_x_ :tada: _y_") {
        for text in texts(&view) {
            let mut inside = false;
            for part in text.split('`') {
                if !inside {
                    for word in words(part) {
                        assert!(!word.starts_with('_') && !word.contains(":tada:"), "{text}");
                    }
                }
                inside = !inside;
            }
        }
    }
}

#[test]
fn nothing_acts_on_a_display() {
    for name in NAMES {
        for view in everywhere(name) {
            for message in messages(&pressable(&view)) {
                let sent = message.to_string();
                let acts = |c: char| {
                    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
                };
                assert!(!sent.contains(acts), "{sent:?}");
            }
        }
    }
}
