//! All that modelpin needs of a bot: the texts that people write, and what they press.

use std::sync::Arc;

use modelpin::middleware::Promptly;
use modelpin::picker::ChoiceToken;
use modelpin::render::telegram::Telegram;
use modelpin::{Handled, Press};
use teloxide::prelude::*;

use crate::place::Place;
use crate::{Outcome, Shared, send};

/// What is left for a model.
#[derive(Debug, Clone)]
pub(crate) struct Prompt(pub(crate) String);

/// Carries out a command; what goes to a model goes on.
pub(crate) async fn message(bot: Bot, message: Message, shared: Arc<Shared>) -> Option<Prompt> {
    let (text, at) = (message.text()?, Place::of_message(&message)?);
    let asked = modelpin::Message::new(&at.session, &at.actor, text).in_language(&at.language);
    let (view, prompt) = match shared.modelpin.handle(&asked).await {
        Ok(Handled::Text) => return Some(Prompt(text.to_owned())),
        Ok(Handled::Ignored) => return None,
        Ok(Handled::Reply(view)) => (view, None),
        Ok(Handled::ReplyAndSend(view, prompt)) => (view, Some(Prompt(prompt.to_owned()))),
        Err(unknown) => return send::told(Err(unknown.into())),
    };
    let _: Option<()> = send::told(send::all(&bot, Telegram::new().reply(&view, &at.asked())).await);
    prompt
}

/// Whether a button is one of the picker's.
pub(crate) fn is_ours(query: CallbackQuery) -> bool {
    query.data.as_deref().is_some_and(ChoiceToken::looks_like)
}

/// Does what a button says.
pub(crate) async fn press(bot: Bot, query: CallbackQuery, shared: Arc<Shared>) -> Outcome {
    let (Some(at), Some(token)) = (Place::of_press(&query), &query.data) else {
        return Ok(());
    };
    let pressed = at.pressed(&query);
    let press = Press::new(&at.session, &at.actor, token).in_language(&at.language);
    let view = match shared.modelpin.press_promptly(&press).await? {
        Promptly::Now(view) => view,
        Promptly::Later(later) => {
            send::all(&bot, vec![pressed.acknowledged()]).await?;
            Some(later.await)
        }
    };
    send::all(&bot, Telegram::new().press(view.as_ref(), &pressed)).await
}
