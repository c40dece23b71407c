//! `MATRIX_HOMESERVER=… MATRIX_USER=… MATRIX_PASSWORD=… cargo run`

use std::env;

use matrix_sdk::Client;
use modelpin::ModelPin;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    // No library picks the cryptography of TLS; an error means that somebody has.
    let _picked = rustls::crypto::ring::default_provider().install_default();
    let said = |name: &str| env::var(name).map_err(|_| format!("{name} is not set"));
    let client = Client::builder().homeserver_url(said("MATRIX_HOMESERVER")?).build().await?;
    let login = client.matrix_auth().login_username(said("MATRIX_USER")?, &said("MATRIX_PASSWORD")?);
    login.initial_device_display_name("modelpin").await?;
    tokio::select! {
        ended = modelpin_matrix_bot::run(client, ModelPin::builder()) => ended,
        stopped = tokio::signal::ctrl_c() => Ok(stopped?),
    }
}
