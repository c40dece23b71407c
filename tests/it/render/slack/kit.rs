//! The conformance kit for adapters, held by Slack's renderer.

use modelpin::conformance::adapter::{self, Adapter, Button, Cases};
use modelpin::render::slack::{Element, LayoutBlock, MenuOption, Message, Options};

use super::*;

struct AsSlack;

/// As a person reads it.
fn read(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

fn options(options: &Options) -> Vec<&MenuOption> {
    match options {
        Options::List(list) => list.iter().collect(),
        Options::Groups(groups) => groups.iter().flat_map(|group| &group.options).collect(),
    }
}

fn button(option: &MenuOption) -> Button {
    let description = option.description.as_ref().map(|it| it.text.as_str());
    Button {
        label: read(&format!(
            "{} {}",
            option.text.text,
            description.unwrap_or_default()
        )),
        token: option.value.clone(),
    }
}

impl Adapter for AsSlack {
    type Message = Message;

    fn render(&self, view: &View) -> Vec<Message> {
        Slack.render(view)
    }

    fn sent(&self, message: &Message) -> String {
        serde_json::to_string(message).expect("JSON")
    }

    fn texts(&self, message: &Message) -> Vec<String> {
        let mut texts = vec![read(&message.text)];
        for block in &message.blocks {
            match block {
                LayoutBlock::Section { text } => texts.push(read(&text.text)),
                LayoutBlock::Actions { elements, .. } => {
                    for element in elements {
                        match element {
                            Element::Button { text, .. } => texts.push(read(&text.text)),
                            Element::StaticSelect(menu) => {
                                texts.push(read(&menu.placeholder.text));
                                texts.extend(options(&menu.options).into_iter().map(|it| button(it).label));
                            }
                        }
                    }
                }
            }
        }
        texts
    }

    fn buttons(&self, message: &Message) -> Vec<Button> {
        let mut buttons = Vec::new();
        for block in &message.blocks {
            let LayoutBlock::Actions { elements, .. } = block else {
                continue;
            };
            for element in elements {
                match element {
                    Element::Button { text, value, .. } => buttons.push(Button {
                        label: read(&text.text),
                        token: value.clone(),
                    }),
                    Element::StaticSelect(menu) => {
                        buttons.extend(options(&menu.options).into_iter().map(button));
                    }
                }
            }
        }
        buttons
    }

    fn check(&self, message: &Message) -> Result<(), String> {
        taken(&json!(message)).map(|_| ())
    }
}

#[test]
fn what_every_adapter_promises_holds_on_slack() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let report = runtime
        .expect("a runtime")
        .block_on(adapter::run(&AsSlack, Cases::few(6)))
        .unwrap_or_else(|broken| panic!("{broken}"));
    assert!(report.presses > 50, "{report}");
}
