//! `modelpin why`, over records that were kept by the library.

use std::sync::Arc;

use modelpin::audit::{Attempt, Became, Code, Crossing, Decision, Kind, Record, Requested, Served};
use modelpin::clock::Timestamp;
use modelpin::outcome::FailureClass;
use modelpin::store::sqlite::Database;
use modelpin::store::{AuditStore, Row};
use modelpin::{AgentId, ModelRef, ProfileId, Scope};
use serde_json::json;
use unicode_width::UnicodeWidthStr;

use super::home::Home;
use super::leaks::modelpin;
use super::provider::{Answer, Provider};

const KEY: &str = "sk-ant-api03-EXAMPLE-CANARY-wHy5sQm2Lt";

fn home() -> Home {
    let config = json!({ "agents": { "defaults": { "model": "anthropic/claude-opus-4-5" } } });
    let store = json!({ "version": 1, "profiles": {
        "anthropic:work": { "type": "api_key", "provider": "anthropic", "key": KEY },
    } });
    Home::with(&config, &store)
}

fn request(id: &str, chat: &str) -> Record {
    let opus = ModelRef::parse("anthropic/claude-opus-4-5").expect("a model");
    let served = |profile: &str| {
        Some(Served {
            model: opus.clone(),
            profile: ProfileId::new(profile),
        })
    };
    let attempt = |profile: &str, became, retry_at: Option<i64>| Attempt {
        model: opus.clone(),
        profile: ProfileId::new(profile),
        became,
        retry_at: retry_at.map(Timestamp::from_millis),
        reason: None,
    };
    Record {
        id: Arc::from(id),
        at: Timestamp::from_millis(1_770_724_800_000),
        kind: Kind::Decision(Box::new(Decision {
            agent: AgentId::main(),
            session: Arc::from(chat),
            requested: Requested {
                model: Some(opus.clone()),
                profile: Some(ProfileId::new("anthropic:work")),
                pinned: Some(Scope::Session),
            },
            chosen: served("anthropic:work"),
            attempts: vec![
                attempt(
                    "anthropic:work",
                    Became::Failed(FailureClass::RateLimit),
                    Some(1_770_725_100_000),
                ),
                attempt(
                    "anthropic:a-name-that-is-long-enough-to-be-folded",
                    Became::Answered,
                    None,
                ),
            ],
            served: served("anthropic:home"),
            crossing: Some(Crossing {
                from: ProfileId::new("anthropic:work"),
                to: ProfileId::new("anthropic:home"),
                allowed_by: Code::new("order"),
            }),
            refusal: None,
        })),
    }
}

fn keep(home: &Home, records: &[Record]) {
    let store = Database::new(home.state().join("modelpin.sqlite")).audit();
    let rows = records.iter().map(Row::from).collect();
    let tasks = tokio::runtime::Runtime::new().expect("a runtime");
    tasks.block_on(store.append(rows)).expect("kept");
}

#[test]
fn without_records_it_says_so() {
    let home = home();
    let told = modelpin(&home, &["why"], "", &[KEY]).succeeded();
    assert_eq!(told.out, "Nothing is on record.\n");
    let told = modelpin(&home, &["why", "--session", "telegram:42"], "", &[KEY]).succeeded();
    assert_eq!(
        told.out,
        "Nothing is on record of chat telegram:42 of agent main.\n"
    );
    let told = modelpin(&home, &["why", "--json"], "", &[KEY]).succeeded();
    assert_eq!(told.json(), json!({ "count": 0, "records": [] }));
}

#[test]
fn a_request_is_shown_with_what_was_asked_tried_and_served() {
    let home = home();
    keep(
        &home,
        &[request("d-1", "telegram:42"), request("d-2", "telegram:43")],
    );
    let told = modelpin(&home, &["why", "--session", "telegram:42"], "", &[KEY]).succeeded();
    for part in [
        "d-1 · 2026-02-10 12:00 UTC",
        "anthropic/claude-opus-4-5 with anthropic:work, pinned to this chat",
        "(rate limit, until 12:05 UTC)",
        "the order names both",
        "served by anthropic:home",
    ] {
        let folded = told.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(folded.contains(part), "{part} is not in:\n{}", told.out);
    }
    assert!(!told.out.contains("d-2"), "another chat is another chat");
    for line in told.out.lines() {
        assert!(line.width() <= 80, "{line}");
    }
}

#[test]
fn the_newest_come_first_as_the_data_that_was_kept() {
    let home = home();
    let all = ["d-1", "d-2", "d-3"].map(|id| request(id, "telegram:42"));
    keep(&home, &all);
    let told = modelpin(&home, &["why", "--last", "2", "--json"], "", &[KEY]).succeeded();
    let data = |record: &Record| serde_json::from_str::<serde_json::Value>(&record.to_json()).expect("JSON");
    assert_eq!(
        told.json(),
        json!({ "count": 2, "records": [data(&all[2]), data(&all[1])] })
    );
    let told = modelpin(&home, &["why", "--id", "d-1", "--json"], "", &[KEY]).succeeded();
    assert_eq!(told.json()["records"], json!([data(&all[0])]));
    let told = modelpin(&home, &["why", "--agent", "main", "--json"], "", &[KEY]).succeeded();
    assert_eq!(told.json()["records"], json!([data(&all[2])]));
    let told = modelpin(&home, &["why", "--agent", "gone", "--json"], "", &[KEY]).succeeded();
    assert_eq!(told.json()["count"], 0);
}

#[test]
fn what_is_not_there_and_what_is_no_name_is_told_and_a_key_is_not_repeated() {
    let home = home();
    let told = modelpin(&home, &["why", "--id", "d-9"], "", &[KEY]).failed(1);
    assert!(told.err.contains("only the last ones are kept"), "{}", told.err);
    modelpin(&home, &["why", "--last", "0"], "", &[KEY]).failed(64);
    modelpin(&home, &["why", "--id", KEY], "", &[KEY]).failed(64);
    modelpin(&home, &["why", "--session", KEY], "", &[KEY]).failed(64);
}

#[test]
fn what_a_chat_asked_and_changed_is_told_when_it_is_over() {
    let home_token = "sk-ant-oat01-EXAMPLE-CANARY-h0Me8xKv4P";
    let provider = Provider::start(|asked| {
        if asked.header("x-api-key").is_empty() {
            Answer::anthropic("ok")
        } else {
            Answer::rate_limit()
        }
    });
    let config = json!({
        "agents": { "defaults": { "model": "anthropic/claude-opus-4-5" } },
        "auth": { "order": { "anthropic": ["anthropic:work", "anthropic:home"] } },
        "models": { "providers": { "anthropic": { "baseUrl": provider.url("") } } },
    });
    let store = json!({ "version": 1, "profiles": {
        "anthropic:work": { "type": "api_key", "provider": "anthropic", "key": KEY },
        "anthropic:home": { "type": "token", "provider": "anthropic", "token": home_token },
    } });
    let home = Home::with(&config, &store);
    let secrets = [KEY, home_token];
    let said = "what nobody else is to read\n/model claude-opus-4-5@work --prefer\n";
    modelpin(&home, &["chat", "--json", "--session", "c"], said, &secrets);
    let told = modelpin(
        &home,
        &["why", "--session", "c", "--last", "9", "--json"],
        "",
        &secrets,
    )
    .succeeded();
    let records = told.json()["records"].clone();
    let of_kind = |kind: &str| {
        let records = records.as_array().expect("a list").iter();
        records
            .filter(|record| record["kind"] == kind)
            .cloned()
            .collect::<Vec<_>>()
    };
    let requests = of_kind("decision");
    assert_eq!(requests.len(), 1, "{records:#}");
    assert_eq!(requests[0]["served"]["profile"], "anthropic:home");
    let outcomes: Vec<_> = requests[0]["attempts"]
        .as_array()
        .expect("a list")
        .iter()
        .collect();
    assert_eq!(outcomes[0]["class"], "rate_limit");
    assert_eq!(outcomes[1]["outcome"], "answered");
    let changes = of_kind("change");
    assert_eq!(changes.len(), 1, "{records:#}");
    assert_eq!(changes[0]["who"], "operator");
    assert_eq!(changes[0]["to"]["profile"], "anthropic:work");
    assert!(!told.out.contains("nobody else"), "what was said is in no record");
    let told = modelpin(&home, &["why", "--session", "c", "--last", "9"], "", &secrets).succeeded();
    assert!(told.out.lines().all(|line| line.width() <= 80), "{}", told.out);
}
