//! A reply as lines, and lines as messages.

use unicode_segmentation::UnicodeSegmentation as _;

use super::content::Content;
use super::html;
use super::limits::MESSAGE_BYTES;
use super::typed::prefixed;
use crate::render::prose::{Above, Block, Rich, Span, Style};

/// What a message has besides its lines, in bytes of its JSON: its other keys, and a page of presses.
const FRAME_BYTES: usize = 3_000;

/// How much of a message its lines may take.
const ROOM: usize = MESSAGE_BYTES - FRAME_BYTES;

/// How far a line stands to the right that belongs to a numbered one.
const INDENT: &str = "\u{a0}\u{a0}\u{a0}\u{a0}";

/// How a line stands in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// In a paragraph.
    Running,
    /// In a list.
    Listed,
    /// In a fixed-width block.
    Drawn,
    /// Not at all: it is empty.
    Apart,
}

#[derive(Debug)]
struct Line {
    stands: Stands,
    spans: Vec<Span>,
}

/// The messages of a reply, in order; never none. Nothing is left out.
pub(super) fn messages(blocks: &[Block], prefix: &str) -> Vec<Content> {
    let lines = blocks.iter().flat_map(|block| lines(block, prefix));
    let mut messages = Vec::new();
    let mut open: Vec<Line> = Vec::new();
    let mut used = 0;
    for line in lines.flat_map(fitting) {
        let takes = line.takes();
        if used + takes > ROOM {
            messages.push(written(&open));
            open.clear();
            used = 0;
        }
        if open.is_empty() && line.stands == Stands::Apart {
            continue;
        }
        used += takes;
        open.push(line);
    }
    if !open.is_empty() || messages.is_empty() {
        messages.push(written(&open));
    }
    messages
}

fn lines(block: &Block, prefix: &str) -> Vec<Line> {
    match block {
        Block::Gap => vec![Line::new(Stands::Apart, Vec::new())],
        Block::Line(rich) | Block::Heading(rich) => running(rich, "", prefix),
        // The numbers are ours, and not every client starts a list where it is told to.
        Block::Numbered(number, rich) => running(rich, &format!("{number}. "), prefix),
        Block::Under(Above::Heading, rich) => running(rich, "", prefix),
        Block::Under(Above::Numbered, rich) => running(rich, INDENT, prefix),
        Block::Bullet(_, rich) => {
            let mut lines = running(rich, "", prefix);
            for line in &mut lines {
                line.stands = Stands::Listed;
            }
            lines
        }
        Block::Drawn(lines) => lines.split('\n').map(|line| drawn(line, prefix)).collect(),
    }
}

fn drawn(line: &str, prefix: &str) -> Line {
    Line::new(Stands::Drawn, vec![plain(&legible(&prefixed(line, prefix)))])
}

/// A sentence, a line for each of its lines.
fn running(rich: &Rich, lead: &str, prefix: &str) -> Vec<Line> {
    let mut lines = vec![Line::new(Stands::Running, Vec::new())];
    if !lead.is_empty() {
        lines[0].spans.push(plain(lead));
    }
    for span in rich.spans() {
        let said = match span.style {
            Style::Written => span.text.clone(),
            _ => prefixed(&span.text, prefix).into_owned(),
        };
        for (text, at) in said.split('\n').zip(0..) {
            if at > 0 {
                lines.push(Line::new(Stands::Running, Vec::new()));
            }
            if let Some(line) = lines.last_mut()
                && (!text.is_empty() || span.style != Style::Plain)
            {
                line.spans.push(Span {
                    text: legible(text),
                    style: span.style,
                });
            }
        }
    }
    lines
}

/// The text without what no document may have: control characters, and code points that are none.
fn legible(text: &str) -> String {
    let none = |c: char| matches!(u32::from(c), 0xfdd0..=0xfdef) || u32::from(c) & 0xfffe == 0xfffe;
    let blank = |c: char| if c == '\t' { ' ' } else { c };
    text.chars()
        .map(blank)
        .filter(|c| !c.is_control() && !none(*c))
        .collect()
}

fn plain(text: &str) -> Span {
    Span {
        text: text.to_owned(),
        style: Style::Plain,
    }
}

impl Line {
    fn new(stands: Stands, spans: Vec<Span>) -> Self {
        Self { stands, spans }
    }

    fn html(&self) -> String {
        self.spans.iter().map(html::span).collect()
    }

    fn text(&self) -> String {
        let quoted = |span: &Span| match span.style {
            Style::Written => format!("“{}”", span.text),
            _ => span.text.clone(),
        };
        self.spans.iter().map(quoted).collect()
    }

    /// How much of a message it takes.
    fn takes(&self) -> usize {
        json_bytes(&self.text()) + json_bytes(&self.html()) + html::LINE_TAGS + 2 * "\\n".len()
    }
}

/// How long a text is in JSON, without its quotes.
fn json_bytes(text: &str) -> usize {
    let escaped = text.chars().filter(|c| matches!(c, '"' | '\\')).count();
    let control = text.chars().filter(char::is_ascii_control).count();
    text.len() + escaped + control * "\\u0000".len()
}

/// The line, or pieces of it if no message holds it: cut between graphemes, or within one that no message holds.
fn fitting(line: Line) -> Vec<Line> {
    if line.takes() <= ROOM {
        return vec![line];
    }
    let empty = Line::new(line.stands, Vec::new());
    let mut pieces = vec![empty];
    let mut used = html::LINE_TAGS;
    for span in &line.spans {
        used += html::SPAN_TAGS + 2 * "“".len();
        for part in parts(&span.text) {
            let takes = json_bytes(part) + json_bytes(&html::escape(part));
            let full = used + takes + 64 > ROOM;
            if full {
                pieces.push(Line::new(line.stands, Vec::new()));
                used = html::LINE_TAGS + html::SPAN_TAGS;
            }
            used += takes;
            let Some(piece) = pieces.last_mut() else { continue };
            match piece.spans.last_mut() {
                Some(last) if !full && last.style == span.style => last.text.push_str(part),
                _ => piece.spans.push(Span {
                    text: part.to_owned(),
                    style: span.style,
                }),
            }
        }
    }
    pieces
}

/// The graphemes of a text; one that is longer than any that people write, in its characters.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let long = |grapheme: &str| grapheme.len() > 256;
    text.graphemes(true).flat_map(move |grapheme| {
        let every = if long(grapheme) {
            1
        } else {
            grapheme.chars().count()
        };
        let starts: Vec<usize> = grapheme
            .char_indices()
            .map(|(at, _)| at)
            .step_by(every.max(1))
            .chain([grapheme.len()])
            .collect();
        starts
            .windows(2)
            .map(|ends| &grapheme[ends[0]..ends[1]])
            .collect::<Vec<_>>()
    })
}

fn written(lines: &[Line]) -> Content {
    let end = lines
        .iter()
        .rposition(|line| line.stands != Stands::Apart)
        .map_or(0, |last| last + 1);
    let lines = &lines[..end];
    let texts: Vec<String> = lines
        .iter()
        .map(|line| match line.stands {
            Stands::Listed => format!("- {}", line.text()),
            _ => line.text(),
        })
        .collect();
    let groups = lines.chunk_by(|one, other| one.stands == other.stands);
    let formatted = groups.map(group).collect();
    Content::notice(texts.join("\n"), formatted)
}

/// Lines that stand alike, one behind the other.
fn group(lines: &[Line]) -> String {
    let each: Vec<String> = lines.iter().map(Line::html).collect();
    match lines.first().map(|line| line.stands) {
        None | Some(Stands::Apart) => String::new(),
        Some(Stands::Running) => format!("<p>{}</p>", each.join("<br>")),
        Some(Stands::Drawn) => format!("<pre><code>{}</code></pre>", each.join("\n")),
        Some(Stands::Listed) => {
            let items: String = each.iter().map(|item| format!("<li>{item}</li>")).collect();
            format!("<ul>{items}</ul>")
        }
    }
}
