//! The two styles of text.

use super::message::Items;
use crate::render::prose::{Above, Block, Rich, Span, Standout, Style};

/// The longest run of backticks in a code span: the fence has to be longer, on both sides.
const LONGEST_RUN: usize = 8;

/// Plain text or Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    Markdown,
}

impl Ink {
    /// Adds a block to the items of a reply.
    pub(super) fn write(self, items: &mut Items, block: &Block) {
        match (self, block) {
            (_, Block::Gap) => items.gap(),
            (_, Block::Line(rich)) => items.push(self.rich(rich)),
            (Self::Plain, Block::Heading(rich)) => items.push(self.rich(rich)),
            (Self::Markdown, Block::Heading(rich)) => {
                items.push(self.rich(rich));
                items.gap();
            }
            (Self::Plain, Block::Numbered(number, rich)) => {
                items.push(format!("{number:>3}. {}", self.rich(rich)));
            }
            // A Markdown renderer would count for itself, and run lines together: the numbers and the ends are ours.
            (Self::Markdown, Block::Numbered(number, rich)) => {
                items.push(format!("{number}\\. {}  ", self.rich(rich)));
            }
            (Self::Plain, Block::Under(Above::Heading, rich)) => items.push(format!("  {}", self.rich(rich))),
            (Self::Plain, Block::Under(Above::Numbered, rich)) => {
                items.push(format!("     {}", self.rich(rich)));
            }
            (Self::Markdown, Block::Under(_, rich)) => items.push(format!("{}  ", self.rich(rich))),
            (Self::Plain, Block::Bullet(Standout::Yes, rich)) => items.push(format!("> {}", self.rich(rich))),
            (Self::Plain, Block::Bullet(Standout::No, rich)) => items.push(format!("  {}", self.rich(rich))),
            (Self::Markdown, Block::Bullet(_, rich)) => items.push(format!("- {}", self.rich(rich))),
            (_, Block::Drawn(lines)) => items.push(self.block(lines)),
        }
    }

    fn rich(self, rich: &Rich) -> String {
        match self {
            Self::Plain => rich.quoted(),
            Self::Markdown => rich.spans().iter().map(markdown).collect(),
        }
    }

    /// Lines whose columns matter.
    fn block(self, lines: &str) -> String {
        let lines = lines.trim_end();
        match self {
            Self::Plain => lines.to_owned(),
            Self::Markdown => {
                let fence = "`".repeat((longest_run(lines) + 1).max(3));
                format!("{fence}\n{lines}\n{fence}")
            }
        }
    }
}

fn markdown(span: &Span) -> String {
    match span.style {
        Style::Plain => escape(&span.text).replace('\n', "  \n"),
        // Blanks inside would keep the asterisks from being markup.
        Style::Strong => match span.text.trim() {
            "" => code(""),
            words => format!("**{}**", escape(words)),
        },
        Style::Name | Style::Written => code(&span.text),
        Style::StrongName => format!("**{}**", code(&span.text)),
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
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code(""), "` `");
        assert_eq!(Ink::Markdown.rich(&Rich::plain("*[x](y)*")), "\\*\\[x\\](y)\\*");
    }
}
