//! Styles as the HTML that Matrix takes.
//!
//! Only tags of the list in the specification are written
//! (<https://spec.matrix.org/v1.19/client-server-api/#mroommessage-msgtypes>), none with attributes.

use crate::render::prose::{Span, Style};

/// The tags that are written.
pub const TAGS: [&str; 7] = ["br", "code", "li", "p", "pre", "strong", "ul"];

/// The longest tags around a span, opening and closing, in bytes.
pub(super) const SPAN_TAGS: usize = "<strong><code></code></strong>".len();

/// The longest tags around a line, in bytes: a list of one.
pub(super) const LINE_TAGS: usize = "<ul><li></li></ul>".len();

/// A span: foreign text cannot become markup, nor a mention, which is a link in Matrix.
pub(super) fn span(span: &Span) -> String {
    let text = escape(&span.text);
    match span.style {
        Style::Plain => text,
        Style::Strong => format!("<strong>{text}</strong>"),
        Style::Name | Style::Written => code(&text),
        Style::StrongName => format!("<strong>{}</strong>", code(&text)),
    }
}

fn code(escaped: &str) -> String {
    match escaped {
        "" => "<code> </code>".to_owned(),
        text => format!("<code>{text}</code>"),
    }
}

pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
