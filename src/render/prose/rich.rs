//! Words with their styles.

/// A stretch of text that a platform may break into lines, with styles.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rich {
    spans: Vec<Span>,
}

/// Text of one style. In a span of [`Style::Plain`] a line feed is a line break; no other span has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The text, as it is meant: nothing is escaped yet.
    pub text: String,
    /// How it stands out.
    pub style: Style,
}

/// How a stretch of text stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// It does not. The words may hold foreign text: a renderer escapes them too.
    Plain,
    /// A word that should stand out, usually bold.
    Strong,
    /// A name that somebody chose, or a command to type: usually in a fixed-width font, to be copied exactly.
    Name,
    /// The same, and it should stand out.
    StrongName,
    /// What a person wrote, repeated: a name where names have a style of their own, else between quotes.
    Written,
}

/// Opens a span; the letter behind it is its style. Foreign text has no control characters ([`clean`](super::clean)).
const OPEN: char = '\u{1}';

/// Closes a span.
const CLOSE: char = '\u{2}';

impl Style {
    fn letter(self) -> char {
        match self {
            Self::Plain => 'p',
            Self::Strong => 's',
            Self::Name => 'n',
            Self::StrongName => 'b',
            Self::Written => 'w',
        }
    }

    fn of_letter(letter: char) -> Option<Self> {
        let all = [
            Self::Plain,
            Self::Strong,
            Self::Name,
            Self::StrongName,
            Self::Written,
        ];
        all.into_iter().find(|style| style.letter() == letter)
    }

    /// The text with marks around it, so that sentences can be put together as strings.
    pub(super) fn mark(self, text: &str) -> String {
        format!("{OPEN}{}{text}{CLOSE}", self.letter())
    }
}

impl Rich {
    /// Plain words.
    #[must_use]
    pub fn plain(words: &str) -> Self {
        Self::read(words)
    }

    /// The spans of a sentence that was put together of marked strings.
    pub(super) fn read(marked: &str) -> Self {
        let mut rich = Self::default();
        let mut rest = marked;
        while let Some((before, opened)) = rest.split_once(OPEN) {
            rich.push(before, Style::Plain);
            let mut letters = opened.chars();
            let style = letters.next().and_then(Style::of_letter).unwrap_or(Style::Plain);
            let (inside, behind) = letters
                .as_str()
                .split_once(CLOSE)
                .unwrap_or((letters.as_str(), ""));
            rich.push(inside, style);
            rest = behind;
        }
        rich.push(rest, Style::Plain);
        rich
    }

    fn push(&mut self, text: &str, style: Style) {
        match self.spans.last_mut() {
            // A name that is empty is told all the same.
            _ if text.is_empty() && style == Style::Plain => {}
            Some(last) if last.style == Style::Plain && style == Style::Plain => last.text.push_str(text),
            _ => self.spans.push(Span {
                text: text.to_owned(),
                style,
            }),
        }
    }

    /// The spans, in order.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// The text alone; what a person wrote stands between quotes.
    #[must_use]
    pub fn quoted(&self) -> String {
        let quoted = |span: &Span| match span.style {
            Style::Written => format!("“{}”", span.text),
            _ => span.text.clone(),
        };
        self.spans.iter().map(quoted).collect()
    }

    /// The text alone.
    #[must_use]
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_spans_and_none_is_left() {
        let marked = format!("a {}{} c", Style::Name.mark("b"), Style::Strong.mark(""));
        let rich = Rich::read(&marked);
        let told: Vec<(&str, Style)> = rich
            .spans()
            .iter()
            .map(|it| (it.text.as_str(), it.style))
            .collect();
        let wanted = [
            ("a ", Style::Plain),
            ("b", Style::Name),
            ("", Style::Strong),
            (" c", Style::Plain),
        ];
        assert_eq!(told, wanted);
        assert_eq!(Rich::read("\u{1}nb").text(), "b");
    }
}
