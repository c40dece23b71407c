//! Discord's messages, read as a client shows them.

use modelpin::conformance::adapter::{Adapter, Button, Cases};
use modelpin::render::discord::{Component, Discord, Message};
use modelpin::{Render, View};
use serde_json::json;

use super::{SEED, held};
use crate::render::discord::checked::checked;

struct OnDiscord;

impl Adapter for OnDiscord {
    type Message = Message;

    fn render(&self, view: &View) -> Vec<Message> {
        Discord.render(view)
    }

    fn sent(&self, message: &Message) -> String {
        json!(message).to_string()
    }

    fn texts(&self, message: &Message) -> Vec<String> {
        let buttons = self.buttons(message).into_iter().map(|button| button.label);
        buttons.chain([message.content.clone()]).collect()
    }

    fn buttons(&self, message: &Message) -> Vec<Button> {
        let components = message.components.iter().flat_map(|row| &row.components);
        components
            .flat_map(|component| match component {
                Component::Button(button) => vec![Button {
                    label: button.label.clone(),
                    token: button.custom_id.clone(),
                }],
                Component::Select(select) => {
                    let options = select.options.iter().map(|option| Button {
                        label: [Some(option.label.clone()), option.description.clone()]
                            .into_iter()
                            .flatten()
                            .collect::<Vec<_>>()
                            .join(" "),
                        token: option.value.clone(),
                    });
                    options.collect()
                }
            })
            .collect()
    }

    fn check(&self, message: &Message) -> Result<(), String> {
        checked(&json!(message)).map(drop)
    }

    fn announced(&self, message: &Message) -> Option<usize> {
        let words: Vec<&str> = message.content.split_whitespace().collect();
        let told = words.windows(2).filter(|two| two[1].starts_with("model"));
        told.filter_map(|two| two[0].parse().ok()).next_back()
    }
}

#[test]
fn discord_holds() {
    let report = held(&OnDiscord, Cases::few(SEED));
    assert!(report.presses > 0, "{report}");
}
