//! Sends modelpin's messages as they are: they are written in Matrix's own JSON.

use std::error::Error;

use matrix_sdk::room::{IncludeRelations, RelationsOptions, Room};
use matrix_sdk::ruma::events::TimelineEventType;
use matrix_sdk::ruma::events::relation::RelationType;
use matrix_sdk::ruma::{EventId, OwnedEventId};
use modelpin::render::Render as _;
use modelpin::render::matrix::{Content, Matrix, Reaction};
use modelpin::view::View;
use serde_json::Value;

use crate::Outcome;
use crate::place::Place;

/// Says what a view says, with a reaction for everything that can be pressed.
pub(crate) async fn reply(at: &Place, view: &View) -> Outcome {
    for content in Matrix::new().render(view) {
        say(at, content).await?;
    }
    Ok(())
}

/// Puts a reply in the place of an own message. Our reactions to it go: they would do nothing any more.
pub(crate) async fn edit(at: &Place, message: &EventId, view: &View) -> Outcome {
    let mut contents = Matrix::new().render(view).into_iter();
    if let Some(first) = contents.next() {
        send(&at.room, "m.room.message", &first.replacing(message.as_str())).await?;
        take_reactions_back(&at.room, message).await?;
    }
    for content in contents {
        say(at, content).await?;
    }
    Ok(())
}

async fn say(at: &Place, content: Content) -> Outcome {
    let presses = content.presses.clone();
    let content = match &at.thread {
        Some(root) => content.in_thread(root.as_str(), at.event.as_str()),
        None => content.replying_to(at.event.as_str()),
    };
    let message = send(&at.room, "m.room.message", &content).await?;
    for press in presses.all() {
        send(&at.room, "m.reaction", &Reaction::to(message.as_str(), &press.key)).await?;
    }
    Ok(())
}

/// Says a text that is not modelpin's.
pub(crate) async fn say_plain(at: &Place, text: &str) -> Outcome {
    for content in Matrix::written(text) {
        say(at, content).await?;
    }
    Ok(())
}

async fn send(
    room: &Room,
    kind: &str,
    content: &impl serde::Serialize,
) -> Result<OwnedEventId, Box<dyn Error + Send + Sync>> {
    let content = serde_json::to_value(content)?;
    Ok(room.send_raw(kind, content).await?.response.event_id)
}

async fn take_reactions_back(room: &Room, message: &EventId) -> Outcome {
    let reactions = (RelationType::Annotation, TimelineEventType::Reaction);
    let wanted = RelationsOptions {
        include_relations: IncludeRelations::RelationsOfTypeAndEventType(reactions.0, reactions.1),
        limit: Some(100_u32.into()),
        ..RelationsOptions::default()
    };
    for reaction in room.relations(message.to_owned(), wanted).await?.chunk {
        if let (Some(id), Some(from)) = (reaction.event_id(), reaction.sender())
            && from == room.own_user_id()
        {
            room.redact(&id, None, None).await?;
        }
    }
    Ok(())
}

/// What an own message says now, after edits; `None` for somebody else's.
pub(crate) async fn own_message(
    room: &Room,
    id: &EventId,
) -> Result<Option<Value>, Box<dyn Error + Send + Sync>> {
    let event = room.event(id, None).await?;
    let event: Value = event.raw().deserialize_as_unchecked()?;
    if event["sender"] != room.own_user_id().as_str() {
        return Ok(None);
    }
    let edited = event.pointer("/unsigned/m.relations/m.replace/content/m.new_content");
    Ok(Some(edited.unwrap_or(&event["content"]).clone()))
}

/// Tells the log what went wrong.
pub(crate) fn told(outcome: Outcome) {
    if let Err(error) = outcome {
        eprintln!("matrix: {error}");
    }
}
