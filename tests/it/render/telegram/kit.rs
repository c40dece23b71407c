//! What every adapter has to hold.

use modelpin::conformance::adapter::{self, Adapter, Button, Cases};
use modelpin::render::Render;
use modelpin::render::telegram::{Payload, Telegram};
use modelpin::view::View;

use super::checked::checked;

struct OnTelegram;

impl Adapter for OnTelegram {
    type Message = Payload;

    fn render(&self, view: &View) -> Vec<Payload> {
        Telegram::new().render(view)
    }

    fn sent(&self, message: &Payload) -> String {
        serde_json::to_string(message).expect("JSON")
    }

    fn texts(&self, message: &Payload) -> Vec<String> {
        let labels = self.buttons(message).into_iter().map(|button| button.label);
        [message.text.clone()].into_iter().chain(labels).collect()
    }

    fn buttons(&self, message: &Payload) -> Vec<Button> {
        let rows = message
            .reply_markup
            .iter()
            .flat_map(|markup| &markup.inline_keyboard);
        let button = |button: &modelpin::render::telegram::Button| Button {
            label: button.text.clone(),
            token: button.callback_data.clone(),
        };
        rows.flatten().map(button).collect()
    }

    fn check(&self, message: &Payload) -> Result<(), String> {
        checked(&serde_json::to_value(message).expect("JSON"))
    }
}

#[tokio::test]
#[expect(
    clippy::print_stderr,
    reason = "the counts are for whoever reads the test's output"
)]
async fn telegram_keeps_the_promises_of_every_adapter() {
    let held = adapter::run(&OnTelegram, Cases::thorough(6).up_to(60)).await;
    let report = held.unwrap_or_else(|broken| panic!("{broken}"));
    eprintln!("{report}");
    assert!(report.presses > 100 && report.choices > 100, "{report}");
}
