//! A Telegram bot that answers with a model, and lets people choose which one and who pays: `/model`.
//!
//! `pins.rs` is all that modelpin needs of a bot. `place.rs` finds out where something happened and who did it, `send.rs`
//! sends, `talk.rs` asks a model.

mod pins;
mod place;
mod send;
mod talk;

use std::error::Error;
use std::sync::Arc;

use modelpin::ModelPin;
use modelpin::middleware::Builder;
use modelpin::registration::telegram::SetMyCommands;
use modelpin::view::Names;
use modelpin::wire::{Client, Limits};
use teloxide::prelude::*;

/// What goes wrong ends in the log.
type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

/// What the handlers share.
struct Shared {
    modelpin: ModelPin,
    providers: Client,
    talks: talk::Talks,
    name: String,
}

/// Runs the bot until it is interrupted.
///
/// # Errors
/// If Telegram refuses the token, or modelpin's files cannot be read.
pub async fn run(bot: Bot, modelpin: Builder) -> Outcome {
    let name = bot.get_me().await?.username().to_owned();
    let modelpin = modelpin.set_damaged_database_aside().bot(&name).build().await?;
    send::call(&bot, "setMyCommands", &SetMyCommands::of(&Names::default())).await?;
    let providers = Client::new(Limits::default())?;
    let talks = talk::Talks::default();
    let shared = Arc::new(Shared {
        modelpin,
        providers,
        talks,
        name,
    });

    // Before the bot's own branches: what is no command and no button of the picker goes on to them.
    let handler = dptree::entry()
        .branch(
            Update::filter_message()
                .filter_map_async(pins::message)
                .endpoint(talk::answer),
        )
        .branch(
            Update::filter_callback_query()
                .filter(pins::is_ours)
                .endpoint(pins::press),
        );
    let mut dispatcher = Dispatcher::builder(bot, handler)
        .dependencies(dptree::deps![Arc::clone(&shared)])
        .default_handler(|_| async {})
        .enable_ctrlc_handler()
        .build();
    dispatcher.dispatch().await;
    shared.modelpin.finished().await;
    Ok(())
}
