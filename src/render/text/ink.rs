//! The two styles of text.

use super::name::{short, shortened};

/// The longest error that is repeated, in characters.
const CAUSE_CHARS: usize = 1_000;

/// The longest run of backticks in a code span: the fence has to be longer, on both sides.
const LONGEST_RUN: usize = 8;

/// Plain text or Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    Markdown,
}

impl Ink {
    /// A name that somebody chose: a model, a profile.
    pub(super) fn name(self, name: &str) -> String {
        let name = short(name);
        match self {
            Self::Plain => name.into_owned(),
            Self::Markdown => code(&name),
        }
    }

    /// Something that a person wrote, as they wrote it.
    pub(super) fn written(self, text: &str) -> String {
        match self {
            Self::Plain => format!("“{}”", short(text)),
            Self::Markdown => self.name(text),
        }
    }

    /// Something to type.
    pub(super) fn typed(self, command: &str) -> String {
        self.name(command)
    }

    /// A word that should stand out.
    pub(super) fn strong(self, words: &str) -> String {
        match self {
            Self::Plain => short(words).into_owned(),
            // Blanks inside would keep the asterisks from being markup.
            Self::Markdown => match short(words).trim() {
                "" => code(""),
                words => format!("**{}**", escape(words)),
            },
        }
    }

    /// Words in a sentence that may hold foreign text.
    pub(super) fn words(self, words: &str) -> String {
        self.escaped(&short(words))
    }

    /// What went wrong, in the words of an error: it may be long, and have a path in it.
    pub(super) fn cause(self, words: &str) -> String {
        self.escaped(&shortened(words, CAUSE_CHARS))
    }

    fn escaped(self, words: &str) -> String {
        match self {
            Self::Plain => words.to_owned(),
            Self::Markdown => escape(words),
        }
    }

    /// Lines whose columns matter.
    pub(super) fn block(self, lines: &str) -> String {
        let lines = lines.trim_end();
        match self {
            Self::Plain => lines.to_owned(),
            Self::Markdown => {
                let fence = "`".repeat((longest_run(lines) + 1).max(3));
                format!("{fence}\n{lines}\n{fence}")
            }
        }
    }

    /// The beginning of a line in a list.
    pub(super) fn bullet(self) -> &'static str {
        match self {
            Self::Plain => "  ",
            Self::Markdown => "- ",
        }
    }

    /// A line of a numbered list.
    pub(super) fn numbered(self, number: usize) -> String {
        match self {
            Self::Plain => format!("{number:>3}. "),
            // A Markdown renderer would count for itself: the numbers are ours.
            Self::Markdown => format!("{number}\\. "),
        }
    }

    /// A line that stands by itself: Markdown would run it into the next one.
    pub(super) fn ended(self, line: String) -> String {
        line + self.line_break().trim_end_matches('\n')
    }

    /// The end of a line inside an item.
    pub(super) fn line_break(self) -> &'static str {
        match self {
            Self::Plain => "\n",
            Self::Markdown => "  \n",
        }
    }
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or(0)
}

/// A code span (CommonMark 0.31, section 6.1): the fence is longer than any run of backticks inside.
fn code(text: &str) -> String {
    if text.is_empty() {
        // Two backticks would open a span that some later name closes.
        return "` `".to_owned();
    }
    if longest_run(text) > LONGEST_RUN {
        return code(&text.replace('`', "\u{fffd}"));
    }
    let fence = "`".repeat(longest_run(text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '|' | '#' | '&' | '$' | '^'
        ) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_become_markup() {
        assert_eq!(Ink::Markdown.name("a`b"), "``a`b``");
        assert_eq!(Ink::Markdown.name("`"), "`` ` ``");
        assert_eq!(Ink::Markdown.name(""), "` `");
        assert_eq!(Ink::Markdown.words("*[x](y)*"), "\\*\\[x\\](y)\\*");
        assert_eq!(Ink::Plain.name("a\u{202e}b\n"), "a\u{fffd}b\u{fffd}");
    }
}
