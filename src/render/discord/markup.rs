//! Discord's dialect of Markdown (<https://docs.discord.com/developers/reference#message-formatting>), and how no name
//! becomes a part of it.
//!
//! A backslash takes any punctuation mark out of the markup. Code spans have a fence of one backtick or of two, three
//! begin a block: a name with a backtick in it stands outside of them, escaped, rather than in a fence that may not hold.

use crate::render::prose::{Rich, Span, Style};

/// Stands for a backtick where three in a row would end a block: U+02CB, which looks like one and has its width.
const LIKE_A_BACKTICK: &str = "\u{2cb}";

/// What notifies many when it stands behind `@`.
const EVERYBODY: [&str; 2] = ["everyone", "here"];

/// What stands before `/` in addresses that are links without `https:`: `discord.gg/…`, `discord.com/invite/…`.
const INVITES: [&str; 4] = [".gg", "invite", ".gift", ".new"];

/// Where words are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// At the beginning of a line, where some marks mean more.
    LineStart,
    /// Behind something.
    Within,
}

/// A line of a reply, or several.
pub(super) fn rich(rich: &Rich, at: At) -> String {
    let mut out = String::new();
    for one in rich.spans() {
        let here = match (out.is_empty(), out.ends_with('\n')) {
            (true, _) => at,
            (false, true) => At::LineStart,
            (false, false) => At::Within,
        };
        out.push_str(&span(one, here));
    }
    out
}

/// A stretch of one style.
pub(super) fn span(span: &Span, at: At) -> String {
    let text = &span.text;
    match span.style {
        Style::Plain => escape(text, at),
        // Blanks inside would keep the asterisks from being markup.
        Style::Strong => match text.trim() {
            "" => code("", at),
            words => format!("**{}**", escape(words, At::Within)),
        },
        Style::Name | Style::Written => code(text, at),
        Style::StrongName => format!("**{}**", code(text, At::Within)),
    }
}

fn code(text: &str, at: At) -> String {
    match text {
        "" => "` `".to_owned(),
        // Blanks at the ends would be lost with the escaped words around them.
        text if text.contains('`') => escape(text.trim(), at),
        text => format!("`{text}`"),
    }
}

/// Lines whose columns matter.
pub(super) fn block(lines: &str) -> String {
    let mut lines = lines.trim_end().to_owned();
    if lines.contains("```") {
        lines = lines.replace('`', LIKE_A_BACKTICK);
    }
    // One at the end would make the fence longer.
    if let Some(before) = lines.strip_suffix('`') {
        lines = format!("{before}{LIKE_A_BACKTICK}");
    }
    format!("```\n{lines}\n```")
}

/// Words that stay words.
fn escape(text: &str, at: At) -> String {
    let mut out = String::with_capacity(text.len());
    let mut line_start = at == At::LineStart;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let behind = &text[at + c.len_utf8()..];
        let marks = match c {
            // Emphasis, code, spoilers, links, quotes, mentions, emoji, timestamps.
            '\\' | '`' | '*' | '_' | '~' | '|' | '[' | ']' | '<' | '>' => true,
            '@' => EVERYBODY.iter().any(|word| behind.starts_with(word)),
            // Headings, lists, small print.
            '#' | '-' | '+' => line_start,
            '.' | ')' => line_start && before.is_ascii_digit(),
            // `:name:` is an emoji, and `https://` begins a link.
            ':' => behind.starts_with('/') || word(behind).contains(':'),
            '/' => INVITES.iter().any(|end| text[..at].ends_with(end)),
            _ => false,
        };
        if marks {
            out.push('\\');
        }
        out.push(c);
        // A number may begin a list, and blanks go before one.
        line_start = c == '\n' || (line_start && (c.is_ascii_digit() || c.is_whitespace() || c == '-'));
        before = c;
    }
    out
}

/// As far as the first blank.
fn word(text: &str) -> &str {
    text.split(char::is_whitespace).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_words() {
        for (text, wanted) in [
            ("**b** _i_ ~~s~~ ||p||", r"\*\*b\*\* \_i\_ \~\~s\~\~ \|\|p\|\|"),
            (
                "@everyone <@1> <#2> <:e:3> <t:4:R>",
                r"\@everyone \<@1\> \<#2\> \<\:e:3\> \<t\:4:R\>",
            ),
            ("[x](https://y.example)", r"\[x\](https\://y.example)"),
            ("see discord.gg/abc", r"see discord.gg\/abc"),
            (
                "# h\n- i\n  - j\n> q\n-# s\n1. o\n12) p",
                "\\# h\n\\- i\n  \\- j\n\\> q\n\\-\\# s\n1\\. o\n12\\) p",
            ),
            ("a-b #1 2.5 a/b me@work", "a-b #1 2.5 a/b me@work"),
            (":100: at 14:05", r"\:100: at 14:05"),
        ] {
            assert_eq!(escape(text, At::LineStart), wanted);
        }
    }

    #[test]
    fn a_name_is_code_unless_it_has_a_backtick() {
        assert_eq!(code("a*b", At::Within), "`a*b`");
        assert_eq!(code("", At::Within), "` `");
        assert_eq!(code("`a``b", At::Within), r"\`a\`\`b");
        assert_eq!(code("\\", At::Within), "`\\`");
    }

    #[test]
    fn a_block_ends_where_we_end_it() {
        assert_eq!(block("a ` b\n"), "```\na ` b\n```");
        assert_eq!(block("a ```\n**x**"), "```\na \u{2cb}\u{2cb}\u{2cb}\n**x**\n```");
        assert_eq!(block("a`"), "```\na\u{2cb}\n```");
    }
}
