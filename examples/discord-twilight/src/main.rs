//! `DISCORD_TOKEN=… cargo run`

use std::error::Error;

use discord_twilight::{Settings, run};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    tracing_subscriber::fmt().init();
    // No library picks the cryptography of TLS; an error means that somebody has.
    let _picked = rustls::crypto::ring::default_provider().install_default();
    tokio::select! {
        ended = run(Settings::from_env()?) => ended,
        stopped = tokio::signal::ctrl_c() => Ok(stopped?),
    }
}
