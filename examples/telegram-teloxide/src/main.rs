//! `TELOXIDE_TOKEN=… cargo run`; `TELEGRAM_API_URL` is another server of the Bot API.

use telegram_teloxide::run;
use teloxide::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    // No library picks the cryptography of TLS; an error means that somebody has.
    let _picked = rustls::crypto::ring::default_provider().install_default();
    let mut bot = Bot::from_env();
    if let Ok(url) = std::env::var("TELEGRAM_API_URL") {
        bot = bot.set_api_url(url.parse()?);
    }
    run(bot, modelpin::ModelPin::builder()).await
}
