//! A Slack app that answers with a model, and lets people choose which one and who pays: `/model`.
//!
//! `pins.rs` is all that modelpin needs of a bot. `events.rs` finds out what Slack tells, `place.rs` where it happened and
//! who did it, `reply.rs` sends, `talk.rs` asks a model.

mod events;
mod pins;
mod place;
mod reply;
mod settings;
mod talk;

use std::error::Error;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::routing::post;
use http_body_util::Limited;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use modelpin::ModelPin;
use modelpin::middleware::Builder;
use modelpin::wire::{Client, Limits};
use slack_morphism::prelude::*;

pub use settings::Settings;

/// What goes wrong is told in the log.
type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

type Slack = SlackClient<SlackClientHyperConnector<HttpsConnector<HttpConnector>>>;

/// The longest request that is read, in bytes: a press brings the message that was pressed with it.
const MOST_BYTES: usize = 1 << 20;

/// The bot.
struct Bot {
    modelpin: ModelPin,
    providers: Client,
    slack: Arc<Slack>,
    token: SlackApiToken,
    /// What Slack calls it in texts: `<@U…>`.
    mention: String,
    talks: talk::Talks,
}

/// The bot as a service: `POST /slack` for commands, presses and events.
///
/// # Errors
/// If Slack refuses the token, or modelpin's files cannot be read.
pub async fn app(settings: &Settings) -> Result<Router, Box<dyn Error + Send + Sync>> {
    app_with(settings, ModelPin::builder().set_damaged_database_aside()).await
}

/// The same with a middleware that is set up already, but for its places and the bot's names.
///
/// # Errors
/// As [`app`].
pub async fn app_with(
    settings: &Settings,
    modelpin: Builder,
) -> Result<Router, Box<dyn Error + Send + Sync>> {
    let connector = HttpsConnectorBuilder::new().with_native_roots()?;
    let connector = if settings.api.starts_with("http://127.0.0.1:") {
        connector.https_or_http()
    } else {
        connector.https_only()
    };
    let connector = SlackClientHyperConnector::with_connector(connector.enable_http1().build());
    let slack = Arc::new(SlackClient::new(connector.with_slack_api_url(&settings.api)));
    let token = SlackApiToken::new(settings.token.clone().into());
    let me = slack.open_session(&token).auth_test().await?;
    let modelpin = modelpin
        .at(settings.state_dir.clone(), settings.config.clone())
        .bot_id(me.user_id.as_ref())
        .build()
        .await?;
    let bot = Arc::new(Bot {
        modelpin,
        providers: Client::new(Limits::default())?,
        slack: Arc::clone(&slack),
        token,
        mention: format!("<@{}>", me.user_id),
        talks: talk::Talks::default(),
    });
    // The layer of slack-morphism lets nothing through that Slack has not signed within five minutes.
    let environment = SlackClientEventsListenerEnvironment::new(slack).with_error_handler(refused);
    let listener: SlackEventsAxumListener<_> = SlackEventsAxumListener::new(Arc::new(environment));
    let signed = listener.events_layer(&settings.signing_secret.clone().into());
    Ok(Router::new()
        .route("/slack", post(events::hear))
        .layer(signed)
        .layer(axum::middleware::map_request(short))
        .with_state(bot))
}

async fn short(request: Request) -> Request {
    request.map(|body| axum::body::Body::new(Limited::new(body, MOST_BYTES)))
}

/// A request that Slack has not signed: what is wrong is not told to whoever sent it.
fn refused(_: Box<dyn Error + Send + Sync>, _: Arc<Slack>, _: SlackClientEventsUserState) -> StatusCode {
    tracing::warn!("a request without a good signature was refused");
    StatusCode::UNAUTHORIZED
}
