//! The two styles of text.

use super::name::clean;

/// Plain text or Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    Markdown,
}

impl Ink {
    /// A name that somebody chose: a model, a profile.
    pub(super) fn name(self, name: &str) -> String {
        let name = clean(name);
        match self {
            Self::Plain => name.into_owned(),
            Self::Markdown => code(&name),
        }
    }

    /// Something to type.
    pub(super) fn typed(self, command: &str) -> String {
        self.name(command)
    }

    /// A word that should stand out.
    pub(super) fn strong(self, words: &str) -> String {
        match self {
            Self::Plain => clean(words).into_owned(),
            Self::Markdown => format!("**{}**", escape(&clean(words))),
        }
    }

    /// Words in a sentence that may hold foreign text.
    pub(super) fn words(self, words: &str) -> String {
        match self {
            Self::Plain => clean(words).into_owned(),
            Self::Markdown => escape(&clean(words)),
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
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '|' | '#' | '&'
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
        assert_eq!(Ink::Markdown.words("*[x](y)*"), "\\*\\[x\\](y)\\*");
        assert_eq!(Ink::Plain.name("a\u{202e}b\n"), "a\u{fffd}b\u{fffd}");
    }
}
