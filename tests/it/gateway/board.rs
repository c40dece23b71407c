//! The board: what is sent to whoever watches, when, and to whom not.

use std::time::Duration;

use modelpin::gateway::Options;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::served::{KEYS, Served, Told, config};
use super::upstream::{Upstream, error, whole};

/// Longer than anything here takes.
const ENOUGH: Duration = Duration::from_secs(20);
const ANN: &str = "EXAMPLE-token-of-ann-1";
const BEN: &str = "EXAMPLE-token-of-ben-2";

/// Somebody who watches.
struct Watcher {
    answer: Response,
    rest: String,
}

impl Watcher {
    async fn of(served: &Served, session: &str, token: Option<&str>) -> Self {
        let answer = open(served, session, token).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        Self {
            answer,
            rest: String::new(),
        }
    }

    /// The next board; `None` when the stream is over.
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((event, rest)) = self.rest.split_once("\n\n") {
                let data = event.strip_prefix("event: board\ndata: ").map(str::to_owned);
                self.rest = rest.to_owned();
                if let Some(data) = data {
                    for key in KEYS {
                        assert!(!data.contains(&key[13..]), "a key is on the board");
                    }
                    return Some(serde_json::from_str(&data).expect("JSON"));
                }
                continue;
            }
            let chunk = timeout(ENOUGH, self.answer.chunk()).await.expect("in time");
            let chunk = chunk.ok().flatten()?;
            self.rest.push_str(std::str::from_utf8(&chunk).expect("UTF-8"));
        }
    }

    /// The first board from now on of which this is true.
    async fn until(&mut self, holds: impl Fn(&Value) -> bool) -> Value {
        loop {
            let board = self.next().await.expect("the stream goes on");
            if holds(&board) {
                return board;
            }
        }
    }
}

async fn open(served: &Served, session: &str, token: Option<&str>) -> Response {
    let mut request = served
        .get("/v1/events")
        .header("x-modelpin-session", session)
        .header("x-modelpin-actor", "web");
    if let Some(token) = token {
        request = request.header("x-modelpin-token", token);
    }
    request.send().await.expect("an answer")
}

/// A provider that has enough of the second key.
async fn provider() -> Upstream {
    Upstream::start(|asked| match asked.key() == KEYS[1] {
        true => error(429, "rate_limit_error", "slower"),
        false => whole("hello"),
    })
    .await
}

async fn world() -> (Upstream, Served) {
    let upstream = provider().await;
    let served = Served::start(&config(upstream.address, upstream.address)).await;
    (upstream, served)
}

fn candidate<'b>(board: &'b Value, profile: &str) -> &'b Value {
    let providers = board["status"]["providers"].as_array().expect("providers");
    let all = providers
        .iter()
        .flat_map(|one| one["candidates"].as_array().expect("candidates"));
    all.into_iter()
        .find(|one| one["profile"] == profile)
        .expect("it is a candidate")
}

#[tokio::test]
async fn the_whole_board_comes_at_once() {
    let (_upstream, served) = world().await;
    let board = Watcher::of(&served, "web", None)
        .await
        .next()
        .await
        .expect("a board");
    assert!(board["at"].is_i64());
    assert_eq!(board["session"], "web");
    assert_eq!(board["status"]["kind"], "status");
    assert_eq!(board["status"]["selection"]["model"]["model"], "one/big");
    assert_eq!(
        board["status"]["next"],
        json!({ "code": "served", "profile": "one:a" })
    );
    assert_eq!(candidate(&board, "one:a")["marks"], json!(["next"]));
    assert_eq!(candidate(&board, "one:b")["reason"], "ok");
    assert_eq!((&board["pins"], &board["decisions"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn what_changes_comes_again_and_what_does_not_stays_quiet() {
    let (_upstream, served) = world().await;
    let mut watcher = Watcher::of(&served, "web", None).await;
    watcher.next().await.expect("a board");

    served.command("web", "/model small@one:b").await;
    let board = watcher.until(|board| board["pins"] != json!([])).await;
    let pin = &board["pins"][0];
    assert_eq!(
        (&pin["scope"], &pin["session"]),
        (&json!("session"), &json!("web"))
    );
    assert_eq!(
        (&pin["model"], &pin["by"]),
        (&json!("one/small"), &json!("person"))
    );
    assert_eq!(
        pin["profiles"],
        json!([{ "provider": "one", "profile": "one:b", "mode": "strict" }])
    );
    assert!(pin["at"].is_i64());

    served.ask("web", "auto").await;
    let board = watcher
        .until(|board| board["decisions"][0]["refusal"].is_string())
        .await;
    let decision = &board["decisions"][0];
    assert_eq!(decision["requested"]["profile"], "one:b");
    assert_eq!(decision["attempts"][0]["class"], "rate_limit");
    let rests = candidate(&board, "one:b");
    assert_eq!(rests["reason"], "cooldown");
    assert!(rests["until"].as_i64() > board["at"].as_i64(), "{rests}");

    // Nothing changes now: the next thing that comes is caused by the next command.
    served.command("web", "/model default").await;
    let board = watcher.next().await.expect("a board");
    assert_eq!(board["pins"], json!([]));
}

#[tokio::test]
async fn a_caller_sees_its_own_chats_only() {
    let upstream = provider().await;
    let served = Served::with(
        &config(upstream.address, upstream.address),
        |options: &mut Options, files| {
            let tokens = files.path().join("tokens");
            std::fs::write(&tokens, format!("ann {ANN}\nben {BEN}\n")).expect("written");
            options.token_file = Some(tokens);
        },
    )
    .await;
    assert_eq!(
        open(&served, "web", None).await.status(),
        StatusCode::UNAUTHORIZED
    );
    // The page itself is for everybody: there is nothing in it.
    let page = served.get("/").send().await.expect("an answer");
    assert_eq!(page.status(), StatusCode::OK);

    served.command("ann/web", "/model small@one:a").await;
    let mut ann = Watcher::of(&served, "web", Some(ANN)).await;
    let mut ben = Watcher::of(&served, "web", Some(BEN)).await;
    let request = served.post("/v1/messages").header("x-modelpin-token", ANN);
    let request = request.header("x-modelpin-session", "web");
    let body = json!({ "model": "auto", "max_tokens": 1, "messages": [{ "role": "user", "content": "hi" }] });
    let answer = request.body(body.to_string()).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);

    let seen = ann.until(|board| board["decisions"] != json!([])).await;
    assert_eq!(seen["session"], "web");
    assert_eq!(seen["pins"][0]["session"], "web");
    assert_eq!(seen["decisions"][0]["session"], "web");
    // Ben's board has what a request of his own changed, and nothing of hers.
    served.command("ben/web", "/model gpt").await;
    let seen = ben.until(|board| board["pins"] != json!([])).await;
    assert_eq!(seen["pins"].as_array().map(Vec::len), Some(1));
    assert_eq!(seen["pins"][0]["model"], "two/gpt");
    assert_eq!(seen["decisions"], json!([]));
    assert!(!seen.to_string().contains("ann"), "{seen}");
}

#[tokio::test]
async fn a_token_that_is_taken_back_shows_nothing_any_more() {
    let upstream = provider().await;
    let mut tokens = std::path::PathBuf::new();
    let served = Served::with(&config(upstream.address, upstream.address), |options, files| {
        tokens = files.path().join("tokens");
        std::fs::write(&tokens, format!("ann {ANN}\nben {BEN}\n")).expect("written");
        options.token_file = Some(tokens.clone());
    })
    .await;
    let mut ann = Watcher::of(&served, "web", Some(ANN)).await;
    ann.next().await.expect("a board");
    std::fs::write(&tokens, format!("ben {BEN}\n# ann has left\n")).expect("written");
    assert_eq!(ann.next().await, None, "the stream ends");
}

#[tokio::test]
async fn more_watchers_than_there_is_room_for_are_told_so() {
    let (_upstream, served) = world().await;
    let mut watchers = Vec::new();
    for _ in 0..64 {
        watchers.push(Watcher::of(&served, "web", None).await);
    }
    let full = Told::of(open(&served, "web", None).await).await;
    assert_eq!(full.status, 503);
    assert_eq!(full.header("retry-after"), "5");
    assert_eq!(full.json()["error"]["code"], "too-many-watchers");
    // Whoever leaves makes room, as soon as the gateway has noticed.
    watchers.pop();
    let room = async { while open(&served, "web", None).await.status() != StatusCode::OK {} };
    timeout(ENOUGH, room).await.expect("there is room again");
}

#[tokio::test]
async fn who_watches_does_not_hold_up_the_end() {
    let (_upstream, mut served) = world().await;
    let mut watcher = Watcher::of(&served, "web", None).await;
    watcher.next().await.expect("a board");
    served.stop();
    // The grace of streams is 30 s: it is not used up.
    timeout(ENOUGH, served.ended()).await.expect("it ends");
    assert_eq!(watcher.next().await, None, "the stream ended in order");
}

#[tokio::test]
async fn whoever_may_not_give_commands_sees_no_board() {
    let upstream = provider().await;
    let mut config = config(upstream.address, upstream.address);
    config["commands"] = json!({ "allow": { "senders": ["somebody-else"] } });
    let served = Served::start(&config).await;
    let board = Watcher::of(&served, "web", None).await.next().await;
    let board = board.expect("a board");
    assert_eq!(board["status"], Value::Null);
    assert!(!board.to_string().contains("one:a"), "{board}");
}

#[tokio::test]
async fn an_agent_that_is_not_there_is_told() {
    let (_upstream, served) = world().await;
    let answer = served.get("/v1/events").header("x-modelpin-agent", "nobody");
    let told = Told::of(answer.send().await.expect("an answer")).await;
    assert_eq!(
        (told.status, &told.json()["error"]["code"]),
        (404, &json!("unknown-agent"))
    );
}
