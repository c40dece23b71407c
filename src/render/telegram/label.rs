//! The words on a button, before it is known how much room there is.

use std::collections::HashMap;

use super::limits::CALLBACK_BYTES;
use super::payload::{Button, units};
use crate::picker::ChoiceToken;
use crate::render::prose::cut;

/// What stands before the one in force.
const CURRENT: &str = "✓ ";

/// A button whose name may still be cut.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    /// What goes before the name when two names would look alike.
    pub(super) number: Option<usize>,
    /// The name; what stands beside it is never cut.
    pub(super) name: String,
    /// Whether it is the one in force.
    pub(super) current: bool,
    /// What keeps it from serving.
    pub(super) note: Option<String>,
    pub(super) token: String,
}

impl Draft {
    /// A button with words of ours.
    pub(super) fn ours(words: impl Into<String>, token: &ChoiceToken) -> Self {
        debug_assert!(token.as_str().len() <= CALLBACK_BYTES);
        Self {
            number: None,
            name: words.into(),
            current: false,
            note: None,
            token: token.as_str().to_owned(),
        }
    }

    /// The words that are never cut: before and behind the name.
    fn beside(&self, number: Option<usize>) -> (String, String) {
        let mark = if self.current { CURRENT } else { "" };
        let number = number.map_or(String::new(), |number| format!("{number}. "));
        let note = self.note.as_ref().map(|note| format!(" · {note}"));
        (format!("{mark}{number}"), note.unwrap_or_default())
    }

    fn words(&self, number: Option<usize>, room: usize) -> String {
        let (before, behind) = self.beside(number);
        let name = if self.name.trim().is_empty() {
            "“”"
        } else {
            self.name.trim()
        };
        // A name of no room at all would be a button that says nothing of it.
        let room = room.saturating_sub(units(&before) + units(&behind)).max(4);
        format!("{before}{}{behind}", cut(name, room, units))
    }

    /// How long it is, uncut.
    pub(super) fn length(&self) -> usize {
        let (before, behind) = self.beside(None);
        units(&before) + units(self.name.trim()) + units(&behind)
    }
}

/// The buttons, cut to so much room. Those that look alike are numbered.
pub(super) fn written(rows: &[Vec<Draft>], room: usize) -> Vec<Vec<Button>> {
    let mut alike: HashMap<String, usize> = HashMap::new();
    let numbered = |draft: &&Draft| draft.number.is_some();
    for draft in rows.iter().flatten().filter(numbered) {
        *alike.entry(draft.words(None, room)).or_default() += 1;
    }
    let button = |draft: &Draft| {
        let words = draft.words(None, room);
        let text = match draft.number {
            Some(number) if alike.get(&words).is_some_and(|count| *count > 1) => {
                draft.words(Some(number), room)
            }
            _ => words,
        };
        Button {
            text,
            callback_data: draft.token.clone(),
        }
    };
    rows.iter().map(|row| row.iter().map(button).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(number: usize, name: &str) -> Draft {
        Draft {
            number: Some(number),
            name: name.to_owned(),
            current: number == 1,
            note: Some("rests 4m".to_owned()),
            token: "t".to_owned(),
        }
    }

    #[test]
    fn a_name_is_cut_and_what_stands_beside_it_is_not() {
        let rows = [vec![
            draft(1, &"x".repeat(90)),
            draft(2, &"y".repeat(90)),
            draft(3, &"y".repeat(91)),
        ]];
        let texts: Vec<String> = written(&rows, 24)
            .concat()
            .into_iter()
            .map(|button| button.text)
            .collect();
        assert_eq!(
            texts,
            [
                "✓ xxxxxxxxxx… · rests 4m",
                "2. yyyyyyyyy… · rests 4m",
                "3. yyyyyyyyy… · rests 4m"
            ]
        );
    }
}
