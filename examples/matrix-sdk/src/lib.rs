//! A Matrix bot that answers with a model, and lets people choose which one and who pays: `!model`.
//!
//! `pins.rs` is all that modelpin needs of a bot. `place.rs` finds out where something happened and who did it, `send.rs`
//! sends, `talk.rs` asks a model.

mod pins;
mod place;
mod send;
mod talk;

use std::error::Error;
use std::sync::Arc;

use matrix_sdk::Client;
use matrix_sdk::config::SyncSettings;
use matrix_sdk::event_handler::Ctx;
use matrix_sdk::room::Room;
use matrix_sdk::ruma::events::reaction::OriginalSyncReactionEvent;
use matrix_sdk::ruma::events::room::member::StrippedRoomMemberEvent;
use matrix_sdk::ruma::events::room::message::OriginalSyncRoomMessageEvent;
use modelpin::ModelPin;
use modelpin::middleware::Builder;
use modelpin::wire::{Client as Providers, Limits};

/// What goes wrong ends in the log.
type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

/// What the handlers share.
struct Shared {
    modelpin: ModelPin,
    providers: Providers,
    talks: talk::Talks,
}

/// Runs the bot on a client that is signed in, until the homeserver sends it away.
///
/// # Errors
/// If the homeserver refuses, or modelpin's files cannot be read.
pub async fn run(client: Client, modelpin: Builder) -> Outcome {
    let me = client.user_id().ok_or("the client is not signed in")?;
    let modelpin = modelpin.prefix("!").bot(me.localpart()).bot(me.as_str());
    let shared = Shared {
        modelpin: modelpin.build().await?,
        providers: Providers::new(Limits::default())?,
        talks: talk::Talks::default(),
    };
    client.add_event_handler(invited);
    // What was said before the bot was there is not for it.
    let before = client.sync_once(SyncSettings::default()).await?;
    client.add_event_handler_context(Arc::new(shared));
    client.add_event_handler(message);
    client.add_event_handler(reaction);
    Ok(client.sync(SyncSettings::default().token(before.next_batch)).await?)
}

/// Goes wherever it is invited.
async fn invited(event: StrippedRoomMemberEvent, room: Room) {
    if Some(&*event.state_key) == room.client().user_id() {
        send::told(room.join().await.map_err(Into::into));
    }
}

/// Somebody wrote something. What takes long must not keep the next message waiting.
async fn message(event: OriginalSyncRoomMessageEvent, room: Room, shared: Ctx<Arc<Shared>>) {
    if event.sender != room.own_user_id() {
        tokio::spawn(async move { send::told(pins::message(&event, &room, &shared).await) });
    }
}

/// Somebody reacted to something.
async fn reaction(event: OriginalSyncReactionEvent, room: Room, shared: Ctx<Arc<Shared>>) {
    if event.sender != room.own_user_id() {
        tokio::spawn(async move { send::told(pins::press(&event, &room, &shared).await) });
    }
}
