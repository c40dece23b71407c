//! All that modelpin needs of a bot: the texts that people write, and what they press.

use modelpin::Handled;
use modelpin::middleware::Promptly;
use modelpin::render::discord::Answer;
use modelpin::view::Audience;

use crate::place::Place;
use crate::reply::Reply;
use crate::{Bot, Outcome};

impl Bot {
    /// A text, typed in a chat or behind the slash command.
    pub(crate) async fn text(&self, at: &Place, text: &str, reply: &mut Reply) -> Outcome {
        let handled = match self.modelpin.promptly(&at.message(text)).await? {
            Promptly::Now(handled) => handled,
            Promptly::Later(later) => {
                reply.later(self, at.audience()).await?;
                later.await
            }
        };
        match handled {
            Handled::Text => self.ask(at, text, reply).await,
            Handled::Ignored => reply.nothing(self).await,
            Handled::Reply(view) => reply.answer(self, &Answer::to_command(&view)).await,
            Handled::ReplyAndSend(view, prompt) => {
                reply.answer(self, &Answer::to_command(&view)).await?;
                self.ask(at, prompt, reply).await
            }
        }
    }

    /// A press on a message that `seen_by` see.
    pub(crate) async fn press(
        &self,
        at: &Place,
        token: &str,
        seen_by: Audience,
        reply: &mut Reply,
    ) -> Outcome {
        let view = match self.modelpin.press_promptly(&at.press(token)).await? {
            Promptly::Now(view) => view,
            Promptly::Later(later) => {
                reply.update_later(self).await?;
                Some(later.await)
            }
        };
        match view {
            Some(view) => reply.answer(self, &Answer::to_press(&view, seen_by)).await,
            None => reply.update_later(self).await,
        }
    }
}
