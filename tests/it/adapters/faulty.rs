//! Adapters with one fault each: the kit names the claim that it breaks.

use std::sync::atomic::{AtomicUsize, Ordering};

use modelpin::conformance::adapter::{Adapter, Button, Cases, Claim};
use modelpin::render::data::ReplyData;
use modelpin::view::Body;
use modelpin::{Text, View};

use super::data::AsData;
use super::{SEED, Typed, run};

/// Data with a fault in what is sent, in what is read, or in the buttons.
struct Faulty {
    sent: fn(String) -> String,
    texts: fn(Vec<String>) -> Vec<String>,
    buttons: fn(Vec<Button>) -> Vec<Button>,
}

const FAULTLESS: Faulty = Faulty {
    sent: |sent| sent,
    texts: |texts| texts,
    buttons: |buttons| buttons,
};

impl Adapter for Faulty {
    type Message = ReplyData;

    fn render(&self, view: &View) -> Vec<ReplyData> {
        AsData.render(view)
    }

    fn sent(&self, message: &ReplyData) -> String {
        (self.sent)(AsData.sent(message))
    }

    fn texts(&self, message: &ReplyData) -> Vec<String> {
        (self.texts)(AsData.texts(message))
    }

    fn buttons(&self, message: &ReplyData) -> Vec<Button> {
        (self.buttons)(AsData.buttons(message))
    }

    fn check(&self, _: &ReplyData) -> Result<(), String> {
        Ok(())
    }
}

static TURN: AtomicUsize = AtomicUsize::new(0);

#[test]
fn each_fault_is_told_by_the_claim_that_it_breaks() {
    let faults: [(Faulty, Claim); 11] = [
        (
            Faulty {
                sent: |sent| format!("{sent}{}", TURN.fetch_add(1, Ordering::Relaxed)),
                ..FAULTLESS
            },
            Claim::TheSameBytes,
        ),
        (
            Faulty {
                sent: |sent| format!("{sent} RY-Zq7VtR"),
                ..FAULTLESS
            },
            Claim::NoSecret,
        ),
        (
            Faulty {
                texts: |_| vec![" ".to_owned()],
                ..FAULTLESS
            },
            Claim::EveryReplyIsRead,
        ),
        (
            Faulty {
                texts: |texts| texts.into_iter().map(|text| text + "\u{202e}").collect(),
                ..FAULTLESS
            },
            Claim::NothingActsOnADisplay,
        ),
        (
            Faulty {
                texts: |texts| texts.into_iter().map(|text| text + "\u{200d}…").collect(),
                ..FAULTLESS
            },
            Claim::NoHalfGrapheme,
        ),
        (
            Faulty {
                buttons: |buttons| [buttons.clone(), buttons].concat(),
                ..FAULTLESS
            },
            Claim::NoTokenTwice,
        ),
        (
            Faulty {
                buttons: |mut buttons| {
                    let token = "mp1-of-our-own".to_owned();
                    let label = "more".to_owned();
                    buttons.push(Button { label, token });
                    buttons
                },
                ..FAULTLESS
            },
            Claim::NoInventedToken,
        ),
        (
            Faulty {
                buttons: |mut buttons| {
                    buttons.retain(|button| !button.label.starts_with("1. "));
                    buttons
                },
                ..FAULTLESS
            },
            Claim::EveryChoiceIsOffered,
        ),
        (
            Faulty {
                buttons: |mut buttons| {
                    buttons.retain(|button| button.label != "next");
                    buttons
                },
                ..FAULTLESS
            },
            Claim::EveryChoiceIsReached,
        ),
        (
            Faulty {
                buttons: |mut buttons| {
                    let swapped = buttons
                        .iter()
                        .map(|button| button.label.clone())
                        .collect::<Vec<_>>();
                    for (button, label) in buttons.iter_mut().zip(swapped.into_iter().rev()) {
                        button.label = label;
                    }
                    buttons
                },
                ..FAULTLESS
            },
            Claim::ALabelNamesWhatIsChosen,
        ),
        (
            Faulty {
                texts: |texts| {
                    texts
                        .into_iter()
                        .filter(|text| !text.contains("kitgoing"))
                        .collect()
                },
                ..FAULTLESS
            },
            Claim::EveryChoiceIsOffered,
        ),
    ];
    for (faulty, claim) in &faults {
        let broken = run(faulty, Cases::few(SEED)).expect_err(claim.as_str());
        assert_eq!(broken.claim, *claim, "{broken}");
        assert!(broken.to_string().contains(claim.as_str()), "{broken}");
    }
}

/// Numbers from 0, as a programmer counts.
struct FromZero;

impl Adapter for FromZero {
    type Message = String;

    fn render(&self, view: &View) -> Vec<String> {
        let mut messages = Typed(Text::plain()).render(view);
        if matches!(view.body, Body::Picker(_)) {
            for message in &mut messages {
                *message = message.replace("  1. ", "  0. ").replace("/model 1", "/model 0");
            }
        }
        messages
    }

    fn sent(&self, message: &String) -> String {
        message.clone()
    }

    fn texts(&self, message: &String) -> Vec<String> {
        vec![message.clone()]
    }

    fn buttons(&self, _: &String) -> Vec<Button> {
        Vec::new()
    }

    fn check(&self, _: &String) -> Result<(), String> {
        Ok(())
    }

    fn announced(&self, _: &String) -> Option<usize> {
        None
    }
}

#[test]
fn a_number_that_stands_nowhere_is_told() {
    let broken = run(&FromZero, Cases::few(SEED).catalogues(1)).expect_err("numbers from 0");
    assert_eq!(broken.claim, Claim::EveryChoiceIsOffered, "{broken}");
}

/// Text for a platform that takes less.
struct Narrow;

impl Adapter for Narrow {
    type Message = String;

    fn render(&self, view: &View) -> Vec<String> {
        Typed(Text::plain()).render(view)
    }

    fn sent(&self, message: &String) -> String {
        message.clone()
    }

    fn texts(&self, message: &String) -> Vec<String> {
        vec![message.clone()]
    }

    fn buttons(&self, _: &String) -> Vec<Button> {
        Vec::new()
    }

    fn check(&self, message: &String) -> Result<(), String> {
        match message.len() {
            length if length <= 100 => Ok(()),
            length => Err(format!("{length} bytes of 100")),
        }
    }

    fn announced(&self, message: &String) -> Option<usize> {
        message.contains("Pick one").then_some(7)
    }
}

#[test]
fn a_limit_that_is_passed_is_told_with_its_size() {
    let broken = run(&Narrow, Cases::few(SEED).catalogues(1)).expect_err("too long");
    assert_eq!(broken.claim, Claim::WithinTheLimits, "{broken}");
    assert!(broken.told.contains("bytes of 100"), "{broken}");
}
