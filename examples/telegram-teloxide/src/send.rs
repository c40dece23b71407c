//! Sends modelpin's requests as they are: they are written in Telegram's own JSON.

use std::time::Duration;

use modelpin::render::telegram::Call;
use serde_json::Value;
use teloxide::prelude::*;

use crate::Outcome;

/// The longest that Telegram may ask us to wait before a message is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends requests, one after the other.
pub(crate) async fn all(bot: &Bot, calls: Vec<Call>) -> Outcome {
    for request in calls {
        call(bot, request.method(), &request).await?;
    }
    Ok(())
}

/// Sends one request; waits once if Telegram says so.
pub(crate) async fn call(bot: &Bot, method: &str, body: &impl serde::Serialize) -> Outcome {
    let body = serde_json::to_vec(body)?;
    let mut refused = ask(bot, method, &body).await?;
    let wait = refused["parameters"]["retry_after"]
        .as_u64()
        .map(Duration::from_secs);
    if let Some(wait) = wait.filter(|wait| *wait <= PATIENCE) {
        tokio::time::sleep(wait).await;
        refused = ask(bot, method, &body).await?;
    }
    let why = refused["description"].as_str().unwrap_or_default();
    // Somebody pressed the same button twice: it shows what it should.
    if refused["ok"] == true || why.contains("message is not modified") {
        return Ok(());
    }
    Err(format!("{method}: {why}").into())
}

async fn ask(
    bot: &Bot,
    method: &str,
    body: &[u8],
) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
    let mut url = bot.api_url();
    url.set_path(&format!("bot{}/{method}", bot.token()));
    let request = bot.client().post(url).header("content-type", "application/json");
    // The address has the token in it: it stays out of the error.
    let answer = request
        .body(body.to_vec())
        .send()
        .await
        .map_err(|it| it.without_url())?;
    let text = answer.text().await.map_err(|it| it.without_url())?;
    Ok(serde_json::from_str(&text)?)
}

/// Tells the log what went wrong.
pub(crate) fn told<T>(outcome: Outcome) -> Option<T> {
    if let Err(wrong) = outcome {
        eprintln!("telegram: {wrong}");
    }
    None
}
