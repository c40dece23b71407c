//! Replies as data, read as a program would show them.

use modelpin::View;
use modelpin::conformance::adapter::{Adapter, Button};
use modelpin::render::data::{BodyData, PickerData, ProfileData, ReplyData};
use serde_json::Value;

/// What a program would make of [`ReplyData`].
pub(super) struct AsData;

fn button(label: impl Into<String>, token: Option<&String>) -> Option<Button> {
    let token = token?.clone();
    let label = label.into();
    Some(Button { label, token })
}

fn profiles(of: &[ProfileData]) -> impl Iterator<Item = Option<Button>> {
    of.iter().map(|one| button(&one.label, one.token.as_ref()))
}

fn of_picker(shown: &PickerData) -> Vec<Button> {
    let turns = [
        button("previous", shown.previous.as_ref()),
        button("next", shown.next.as_ref()),
        button("default", shown.default.as_ref()),
    ];
    let mut all: Vec<Option<Button>> = turns.into();
    if let Some(chosen) = &shown.chosen {
        // Instead of the models and their turns.
        all = vec![
            button(&chosen.model.label, chosen.token.as_ref()),
            button("automatic", chosen.auto.as_ref()),
            button("back", chosen.back.as_ref()),
            button("previous", chosen.previous.as_ref()),
            button("next", chosen.next.as_ref()),
        ];
        all.extend(profiles(&chosen.profiles));
    } else {
        for choice in &shown.choices {
            let label = format!("{}. {}", choice.number, choice.model.label);
            all.push(button(label, choice.token.as_ref()));
            all.push(button("profiles", choice.profiles_token.as_ref()));
            all.extend(profiles(&choice.profiles));
        }
        let providers = shown.providers.iter();
        all.extend(providers.map(|one| button(&one.label, Some(&one.token))));
    }
    all.into_iter().flatten().collect()
}

/// All texts under keys that are fit to be shown.
fn shown(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                if let ("label" | "message" | "hint" | "drawing" | "kind", Value::String(text)) =
                    (key.as_str(), value)
                {
                    found.push(text.clone());
                }
                shown(value, found);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| shown(value, found)),
        _ => {}
    }
}

impl Adapter for AsData {
    type Message = ReplyData;

    fn render(&self, view: &View) -> Vec<ReplyData> {
        vec![ReplyData::of(view)]
    }

    fn sent(&self, message: &ReplyData) -> String {
        serde_json::to_string(message).expect("replies are JSON")
    }

    fn texts(&self, message: &ReplyData) -> Vec<String> {
        let mut found = Vec::new();
        shown(
            &serde_json::to_value(message).expect("replies are JSON"),
            &mut found,
        );
        found
    }

    fn buttons(&self, message: &ReplyData) -> Vec<Button> {
        match &message.body {
            BodyData::Picker(shown) => of_picker(shown),
            _ => Vec::new(),
        }
    }

    fn check(&self, _: &ReplyData) -> Result<(), String> {
        Ok(())
    }

    fn announced(&self, message: &ReplyData) -> Option<usize> {
        match &message.body {
            BodyData::Picker(shown) => Some(shown.count),
            _ => None,
        }
    }
}
