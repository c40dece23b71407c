//! Reactions as buttons: Matrix has none.
//!
//! A bot puts the reactions below its message, and people press them: a keycap is the last digit of a number on the page,
//! and eight numbers in a row never share one. What each does stands in the message itself, sealed as everywhere, so that
//! a bot keeps nothing for it.

use serde::Serialize;
use serde_json::Value;

use crate::picker::{ChoiceToken, Turns};
use crate::view::PickerView;

/// To the page before.
const PREVIOUS: &str = "⬅️";

/// To the page behind.
const NEXT: &str = "➡️";

/// Back to the default; from the profiles of a model back to all models.
const BACK: &str = "↩️";

/// The choice of a profile is left to us.
const AUTO: &str = "🔄";

/// What makes a digit a keycap.
const KEYCAP: &str = "\u{fe0f}\u{20e3}";

/// Asks for emoji in colour; some clients leave it out.
const COLOURED: char = '\u{fe0f}';

/// What each reaction to a picker does.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Presses {
    presses: Vec<Press>,
}

/// What one reaction does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Press {
    /// The reaction.
    pub key: String,
    /// What it does.
    pub token: String,
}

impl Presses {
    /// The reactions below a picker, in the order in which they should be put there.
    pub(super) fn of(shown: &PickerView) -> Self {
        let mut presses = Self::default();
        if let Some(chosen) = &shown.chosen {
            presses.turns(&chosen.turns);
            presses.add(AUTO, chosen.auto.as_ref());
            presses.add(BACK, chosen.back.as_ref());
            return presses;
        }
        let page = shown.picker.page(shown.page);
        for choice in page.iter().flat_map(|page| page.choices) {
            let key = format!("{}{KEYCAP}", choice.number % 10);
            presses.add(&key, choice.token.as_ref());
        }
        presses.turns(&shown.turns);
        presses.add(BACK, shown.default.as_ref());
        presses
    }

    fn turns(&mut self, turns: &Turns) {
        self.add(PREVIOUS, turns.previous.as_ref());
        self.add(NEXT, turns.next.as_ref());
    }

    fn add(&mut self, key: &str, token: Option<&ChoiceToken>) {
        let taken = self.presses.iter().any(|press| press.key == key);
        if let (Some(token), false) = (token, taken) {
            self.presses.push(Press {
                key: key.to_owned(),
                token: token.as_str().to_owned(),
            });
        }
    }

    /// Whether nothing can be pressed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.presses.is_empty()
    }

    /// The reactions.
    #[must_use]
    pub fn all(&self) -> &[Press] {
        &self.presses
    }

    /// What the reaction `key` does to the message whose content is `content`, as a homeserver gives it back; `None` if
    /// nothing. The bot makes sure that the message is its own: only then are these its words.
    #[must_use]
    pub fn read<'c>(content: &'c Value, key: &str) -> Option<&'c str> {
        let bare = |key: &str| key.replace(COLOURED, "");
        let presses = content.get("modelpin.presses")?.as_array()?;
        let wanted = bare(key);
        let meant = |press: &&Value| {
            let key = press.get("key").and_then(Value::as_str);
            key.is_some_and(|key| bare(key) == wanted)
        };
        presses.iter().find(meant)?.get("token")?.as_str()
    }
}
