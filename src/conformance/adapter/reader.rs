//! Renders a reply and reads it: what holds of every message.

use std::collections::HashSet;

use super::claim::{Broken, Claim, Report, hold};
use super::dice::Dice;
use super::world::{HIDDEN, leaks};
use super::{Adapter, Button, Shape, text};
use crate::render::prose::clean;
use crate::view::{Body, View};

/// Reads what an adapter makes of replies, and counts.
pub(super) struct Reader<'r, A: Adapter> {
    adapter: &'r A,
    pub(super) report: &'r mut Report,
    pub(super) dice: Dice,
}

/// The messages of a reply.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) buttons: Vec<Button>,
    /// All that can be read, a line for each text.
    pub(super) text: String,
    pub(super) announced: Vec<usize>,
}

impl Read {
    /// The button of a token.
    pub(super) fn button(&self, token: &str) -> Option<&Button> {
        self.buttons.iter().find(|button| button.token == token)
    }
}

impl<'r, A: Adapter> Reader<'r, A> {
    pub(super) fn new(adapter: &'r A, report: &'r mut Report, shape: &Shape) -> Self {
        Self {
            adapter,
            report,
            dice: Dice::new(!shape.seed),
        }
    }

    /// Reads a reply.
    pub(super) fn read(&mut self, view: &View) -> Result<Read, Broken> {
        let messages = self.adapter.render(view);
        let again = self.adapter.render(view);
        self.report.views += 1;
        self.report.messages += messages.len();
        let sent = |messages: &[A::Message]| -> Vec<String> {
            messages
                .iter()
                .map(|message| self.adapter.sent(message))
                .collect()
        };
        let (first, second) = (sent(&messages), sent(&again));
        hold(first == second, Claim::TheSameBytes, || {
            format!("{first:?}\nand then\n{second:?}")
        })?;
        let names = names(view);
        let mut read = Read {
            buttons: Vec::new(),
            text: String::new(),
            announced: Vec::new(),
        };
        for (message, sent) in messages.iter().zip(&first) {
            self.adapter
                .check(message)
                .map_err(|limit| Broken::new(Claim::WithinTheLimits, format!("{limit}: {sent}")))?;
            hold(!leaks(sent), Claim::NoSecret, || sent.clone())?;
            hold(!sent.contains(HIDDEN), Claim::WhatIsHiddenStaysHidden, || {
                sent.clone()
            })?;
            let texts = self.adapter.texts(message);
            let legible = texts.iter().any(|text| !text.trim().is_empty());
            hold(legible, Claim::EveryReplyIsRead, || sent.clone())?;
            for text in &texts {
                let acting = text.chars().find(|c| text::acts(*c));
                hold(acting.is_none(), Claim::NothingActsOnADisplay, || {
                    format!("{acting:?} in {text:?}")
                })?;
                let half = text::half_grapheme(text, &names);
                hold(half.is_none(), Claim::NoHalfGrapheme, || {
                    format!("{half:?} in {text:?}")
                })?;
                read.text.push_str(text);
                read.text.push('\n');
            }
            let buttons = self.adapter.buttons(message);
            let mut tokens = HashSet::new();
            let twice = buttons.iter().find(|button| !tokens.insert(&button.token));
            hold(twice.is_none(), Claim::NoTokenTwice, || {
                format!("{twice:?} in {sent}")
            })?;
            read.buttons.extend(buttons);
            read.announced.extend(self.adapter.announced(message));
        }
        hold(!messages.is_empty(), Claim::EveryReplyIsRead, || {
            format!("no message for {view:?}")
        })?;
        Ok(read)
    }
}

/// The names that stand in a reply, as they are shown.
fn names(view: &View) -> Vec<String> {
    let mut names = Vec::new();
    if let Body::Picker(shown) = &view.body {
        let page = shown.picker.page(shown.page);
        for choice in page.iter().flat_map(|page| page.choices) {
            names.push(choice.model.to_string());
            names.extend(choice.alias.clone());
            let profiles = choice.serving.iter().flat_map(|serving| &serving.profiles);
            names.extend(profiles.map(|option| option.id.as_str().to_owned()));
        }
    }
    names.iter().map(|name| clean(name).into_owned()).collect()
}
