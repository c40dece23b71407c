//! What keeps a prompt warm at Anthropic, and the answer that a subscription is not for us.

use serde_json::json;

use super::served::{KEYS, Served, config, profiles};
use super::upstream::{Upstream, error, whole};

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_a_key_pays_for_is_kept_and_one_of_a_subscription_is_not() {
    let one = Upstream::start(|_| whole("hello")).await;
    let mut config = config(one.address, one.address);
    config["agents"]["defaults"]["models"]["one/big"] =
        json!({ "alias": "big", "params": { "cacheRetention": "long" } });
    let served = Served::with(&config, |_, files| {
        let mut profiles = profiles();
        profiles["profiles"]["one:b"] = json!({ "type": "token", "provider": "one", "token": KEYS[1] });
        let store = files.path().join("agents/main/agent/auth-profiles.json");
        std::fs::write(store, profiles.to_string()).expect("written");
    })
    .await;
    served.command("key", "/model big@one:a").await;
    served.command("subscription", "/model big@one:b").await;
    for session in ["key", "subscription"] {
        assert_eq!(served.ask(session, "big").await.status, 200);
    }
    let [of_key, of_subscription] = <[_; 2]>::try_from(one.asked()).expect("two requests");
    let kept = json!({ "type": "ephemeral", "ttl": "1h" });
    assert_eq!(of_key.json()["messages"][0]["content"][0]["cache_control"], kept);
    assert_eq!(of_key.headers["anthropic-beta"], "extended-cache-ttl-2025-04-11");
    assert_eq!(of_subscription.json()["messages"][0]["content"], "hi");
    assert_eq!(of_subscription.headers["anthropic-beta"], "oauth-2025-04-20");
    assert!(of_subscription.headers.get("x-api-key").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_that_is_for_another_client_alone_is_told_in_words_and_by_a_code() {
    let one = Upstream::start(|_| {
        error(
            400,
            "invalid_request_error",
            "This credential is only authorized for use with Claude Code and cannot be used for other API requests.",
        )
    })
    .await;
    let served = Served::with(&config(one.address, one.address), |_, files| {
        let token = json!({ "version": 1, "profiles": { "one:b": { "type": "token", "provider": "one", "token": KEYS[1] } } });
        let store = files.path().join("agents/main/agent/auth-profiles.json");
        std::fs::write(store, token.to_string()).expect("written");
    })
    .await;
    let told = served.ask("a", "big").await;
    assert_eq!(told.status, 401, "{}", told.text);
    let error = &told.json()["error"];
    assert_eq!(
        (&error["type"], &error["code"]),
        (&json!("authentication_error"), &json!("claude-code-only"))
    );
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("add an Anthropic API key"), "{message}");
}
