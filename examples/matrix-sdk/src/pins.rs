//! All that modelpin needs of a bot: the texts that people write, and what they press.

use matrix_sdk::room::Room;
use matrix_sdk::ruma::events::reaction::OriginalSyncReactionEvent;
use matrix_sdk::ruma::events::room::message::{MessageType, OriginalSyncRoomMessageEvent};
use modelpin::render::matrix::Presses;
use modelpin::view::Body;
use modelpin::{Handled, Message, Press};

use crate::place::Place;
use crate::{Outcome, Shared, send, talk};

/// Carries out a command; what is for a model goes on.
pub(crate) async fn message(event: &OriginalSyncRoomMessageEvent, room: &Room, shared: &Shared) -> Outcome {
    // Notices are other bots', who would talk with this one for ever.
    let MessageType::Text(text) = &event.content.msgtype else {
        return Ok(());
    };
    let at = Place::of_message(event, room).await?;
    match shared.modelpin.handle(&Message::new(&at.session, &at.actor, &text.body)).await? {
        Handled::Ignored => Ok(()),
        Handled::Text if at.for_us(event) => talk::answer(&at, &text.body, shared).await,
        Handled::Text => Ok(()),
        Handled::Reply(view) => send::reply(&at, &view).await,
        Handled::ReplyAndSend(view, prompt) => {
            send::reply(&at, &view).await?;
            talk::answer(&at, prompt, shared).await
        }
    }
}

/// Does what a reaction says. What was chosen takes the place of the picker; another page is a message of its own, whose
/// reactions nobody has used.
pub(crate) async fn press(event: &OriginalSyncReactionEvent, room: &Room, shared: &Shared) -> Outcome {
    let pressed = &event.content.relates_to;
    let Some(content) = send::own_message(room, &pressed.event_id).await? else {
        return Ok(());
    };
    let Some(token) = Presses::read(&content, &pressed.key) else {
        return Ok(());
    };
    let at = Place::of_press(event, &content, room).await?;
    match shared.modelpin.press(&Press::new(&at.session, &at.actor, token)).await? {
        None => Ok(()),
        Some(view) if matches!(view.body, Body::Changed(_)) => send::edit(&at, &pressed.event_id, &view).await,
        Some(view) => send::reply(&at, &view).await,
    }
}
