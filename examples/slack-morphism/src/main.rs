//! `SLACK_BOT_TOKEN=xoxb-… SLACK_SIGNING_SECRET=… cargo run`

use std::error::Error;

use slack_bot::{Settings, app};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    tracing_subscriber::fmt().init();
    // No library picks the cryptography of TLS; an error means that somebody has.
    let _picked = rustls::crypto::ring::default_provider().install_default();
    let settings = Settings::from_env()?;
    let app = app(&settings).await?;
    let listener = tokio::net::TcpListener::bind(&settings.listen).await?;
    tracing::info!("Slack is heard at http://{}/slack", listener.local_addr()?);
    let stop = async {
        let _stopped = tokio::signal::ctrl_c().await;
    };
    Ok(axum::serve(listener, app).with_graceful_shutdown(stop).await?)
}
