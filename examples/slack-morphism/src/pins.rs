//! All that modelpin needs of a bot: the texts that people write, and what they press.

use modelpin::render::slack::{Original, Slack};
use modelpin::{Handled, Message, Press, Render};

use crate::place::Place;
use crate::reply::Reply;
use crate::{Bot, Outcome};

impl Bot {
    /// A text, written to the bot or behind the slash command. Slack has its acknowledgement by now.
    pub(crate) async fn text(&self, at: &Place, text: &str, reply: &Reply) -> Outcome {
        let message = Message::new(&at.session, &at.actor, text);
        match self.modelpin.handle(&message).await? {
            Handled::Text => self.ask(at, text, reply).await,
            Handled::Ignored => Ok(()),
            Handled::Reply(view) => self.send_all(reply, Slack.render(&view)).await,
            Handled::ReplyAndSend(view, prompt) => {
                self.send_all(reply, Slack.render(&view)).await?;
                self.ask(at, prompt, reply).await
            }
        }
    }

    /// A press on a message.
    pub(crate) async fn press(&self, at: &Place, token: &str, on: Original, reply: &Reply) -> Outcome {
        let press = Press::new(&at.session, &at.actor, token);
        match self.modelpin.press(&press).await? {
            Some(view) => self.respond(reply, &Slack.answer_to_press(&view, on)).await,
            None => Ok(()),
        }
    }
}
