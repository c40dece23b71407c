//! Where the entries of an object or a list stand in the text.

use std::ops::Range;

use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged;
use jsonc_parser::errors::ParseError;
use jsonc_parser::tokens::{Token, TokenAndRange};
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use crate::config::path::Step;

/// An object or a list in the text.
#[derive(Debug)]
pub(super) struct Group {
    /// With its brackets.
    pub(super) range: Range<usize>,
    /// What is in it.
    pub(super) entries: Vec<Entry>,
    /// Whether it is an object.
    pub(super) keyed: bool,
    /// The commas after entries, each by the entry's number.
    pub(super) commas: Vec<Option<usize>>,
    /// Where the last token or comment before the closing bracket ends.
    pub(super) content_end: usize,
    /// Where a comment stands that follows an entry, or its comma, on the same line.
    pub(super) tails: Vec<usize>,
}

/// An entry of an object or a list.
#[derive(Debug)]
pub(super) struct Entry {
    /// The key as it is meant, and where it stands.
    pub(super) key: Option<(String, Range<usize>)>,
    /// Where the value stands.
    pub(super) value: Range<usize>,
}

impl Entry {
    pub(super) fn start(&self) -> usize {
        self.key
            .as_ref()
            .map_or(self.value.start, |(_, range)| range.start)
    }
}

/// Why there is no group at a path.
pub(super) enum NoGroup {
    /// Nothing stands at the first so many steps.
    Missing(usize),
    /// Something else stands there.
    Otherwise(usize),
    /// The key is there more than once.
    Repeated(usize),
}

/// Checks that the text can be taken apart.
pub(super) fn check(text: &str) -> Result<(), ParseError> {
    parse_to_ast(text, &CollectOptions::default(), &options()).map(drop)
}

/// The object or list at a path.
pub(super) fn group(text: &str, path: &[Step<'_>]) -> Result<Group, NoGroup> {
    let collect = CollectOptions {
        comments: CommentCollectionStrategy::AsTokens,
        tokens: true,
    };
    let parsed = parse_to_ast(text, &collect, &options()).map_err(|_| NoGroup::Otherwise(0))?;
    let mut value = parsed.value.as_ref().ok_or(NoGroup::Missing(0))?;
    for (at, step) in path.iter().enumerate() {
        value = match (value, step) {
            (Value::Object(object), Step::Key(key)) => {
                let mut of_key = object.properties.iter().filter(|prop| prop.name.as_str() == *key);
                match (of_key.next(), of_key.next()) {
                    (_, Some(_)) => return Err(NoGroup::Repeated(at + 1)),
                    (None, None) => return Err(NoGroup::Missing(at + 1)),
                    (Some(prop), None) => &prop.value,
                }
            }
            (Value::Array(list), Step::Index(index)) => {
                list.elements.get(*index).ok_or(NoGroup::Missing(at + 1))?
            }
            _ => return Err(NoGroup::Otherwise(at)),
        };
    }
    let tokens = parsed.tokens.as_deref().unwrap_or_default();
    let (keyed, entries) = match value {
        Value::Object(object) => (true, object.properties.iter().map(of_object).collect()),
        Value::Array(list) => (false, list.elements.iter().map(of_list).collect()),
        _ => return Err(NoGroup::Otherwise(path.len())),
    };
    Ok(Group::new(
        text,
        tokens,
        value.range().start..value.range().end,
        entries,
        keyed,
    ))
}

fn options() -> ParseOptions {
    ParseOptions {
        allow_missing_commas: false,
        ..ParseOptions::default()
    }
}

fn of_object(prop: &jsonc_parser::ast::ObjectProp<'_>) -> Entry {
    let (name, value) = (prop.name.range(), prop.value.range());
    Entry {
        key: Some((prop.name.as_str().to_owned(), name.start..name.end)),
        value: value.start..value.end,
    }
}

fn of_list(item: &Value<'_>) -> Entry {
    let value = item.range();
    Entry {
        key: None,
        value: value.start..value.end,
    }
}

impl Group {
    fn new(
        text: &str,
        tokens: &[TokenAndRange<'_>],
        range: Range<usize>,
        entries: Vec<Entry>,
        keyed: bool,
    ) -> Self {
        let is_comment = |token: &Token<'_>| matches!(token, Token::CommentLine(_) | Token::CommentBlock(_));
        let from = |at: usize| {
            let first = tokens.partition_point(|token| token.range.start < at);
            tokens[first..]
                .iter()
                .take_while(|token| token.range.end <= range.end)
        };
        let comma = |entry: &Entry| {
            let next = from(entry.value.end).find(|token| !is_comment(&token.token))?;
            matches!(next.token, Token::Comma).then_some(next.range.start)
        };
        let commas: Vec<Option<usize>> = entries.iter().map(comma).collect();
        let tail = |(entry, comma): (&Entry, &Option<usize>)| {
            let mut end = comma.map_or(entry.value.end, |comma| comma + 1);
            for token in from(end) {
                let same_line = !text[end..token.range.start].contains(['\n', '\r']);
                if !same_line || !is_comment(&token.token) {
                    break;
                }
                end = token.range.end;
            }
            end
        };
        let tails = entries.iter().zip(&commas).map(tail).collect();
        let last = tokens.partition_point(|token| token.range.end < range.end);
        let before = last.checked_sub(1).and_then(|at| tokens.get(at));
        Self {
            content_end: before.map_or(range.start + 1, |token| token.range.end.max(range.start + 1)),
            range,
            entries,
            keyed,
            commas,
            tails,
        }
    }
}
