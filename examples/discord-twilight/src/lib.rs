//! A Discord bot that answers with a model, and lets people choose which one and who pays: `/model`.
//!
//! `pins.rs` is all that modelpin needs of a bot. `events.rs` finds out what an event of Discord is about, `place.rs` where it
//! happened and who did it, `reply.rs` sends, `talk.rs` asks a model.

mod events;
mod pins;
mod place;
mod reply;
mod settings;
mod talk;

use std::error::Error;
use std::sync::Arc;

use modelpin::ModelPin;
use modelpin::middleware::Builder;
use modelpin::registration::discord::ApplicationCommand;
use modelpin::wire::{Client, Limits};
use modelpin::words::Languages;
use twilight_gateway::{Config, ConfigBuilder, EventTypeFlags, Intents, Shard, ShardId, StreamExt as _};
use twilight_http::request::Request;
use twilight_http::response::marker::EmptyBody;
use twilight_http::routing::Route;
use twilight_model::id::Id;
use twilight_model::id::marker::{ApplicationMarker, UserMarker};

pub use settings::Settings;

/// What goes wrong is told in the log.
type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

/// The bot.
struct Bot {
    modelpin: ModelPin,
    providers: Client,
    discord: twilight_http::Client,
    application: Id<ApplicationMarker>,
    user: Id<UserMarker>,
    talks: talk::Talks,
    places: place::Places,
}

/// Runs the bot until Discord does not want it any more.
///
/// # Errors
/// If Discord refuses the token, or modelpin's files cannot be read.
pub async fn run(settings: Settings) -> Outcome {
    let builder = ModelPin::builder().set_damaged_database_aside();
    run_with(settings, builder).await
}

/// The same with a middleware that is set up already, but for its places and the bot's names.
///
/// # Errors
/// As [`run`].
pub async fn run_with(settings: Settings, modelpin: Builder) -> Outcome {
    let mut discord = twilight_http::Client::builder().token(settings.token.clone());
    if let Some(host) = &settings.rest {
        discord = discord.proxy(host.clone(), true);
    }
    let discord = discord.build();
    let user = discord.current_user().await?.model().await?;
    let application = discord.current_user_application().await?.model().await?.id;
    let modelpin = modelpin
        .at(settings.state_dir.clone(), settings.config.clone())
        .bot(&user.name)
        .bot_id(&user.id.to_string())
        .build()
        .await?;
    let command = Request::builder(&Route::CreateGlobalCommand {
        application_id: application.get(),
    });
    let command = command
        .json(&ApplicationCommand::model().in_languages(&Languages::default()))
        .build()?;
    discord.request::<EmptyBody>(command).await?;
    let bot = Arc::new(Bot {
        modelpin,
        providers: Client::new(Limits::default())?,
        discord,
        application,
        user: user.id,
        talks: talk::Talks::default(),
        places: place::Places::default(),
    });
    listen(bot, &settings).await
}

/// Handles each event in a task of its own: a slow model keeps nobody waiting.
async fn listen(bot: Arc<Bot>, settings: &Settings) -> Outcome {
    // Messages to the bot have their text without the privileged intent: direct ones, and those that mention it.
    let intents = Intents::GUILD_MESSAGES | Intents::DIRECT_MESSAGES;
    let mut shard = Shard::with_config(ShardId::ONE, gateway(settings, intents));
    let wanted = EventTypeFlags::MESSAGE_CREATE | EventTypeFlags::INTERACTION_CREATE;
    while let Some(event) = shard.next_event(wanted).await {
        let event = match event {
            Ok(event) => event,
            Err(error) => {
                tracing::warn!(%error, "an event that cannot be read");
                continue;
            }
        };
        let bot = Arc::clone(&bot);
        tokio::spawn(async move {
            if let Err(error) = bot.hear(event).await {
                tracing::warn!(%error, "an event was not handled");
            }
        });
    }
    Err("Discord has closed the connection for good: is the token right?".into())
}

fn gateway(settings: &Settings, intents: Intents) -> Config {
    let config = ConfigBuilder::new(settings.token.clone(), intents);
    match &settings.gateway {
        Some(url) => config.proxy_url(url.clone()).build(),
        None => config.build(),
    }
}
