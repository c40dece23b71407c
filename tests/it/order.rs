//! The worked cases of the order: a store and a configuration in, profile ids out.

use std::path::Path;
use std::sync::Arc;

use indexmap::IndexMap;
use modelpin::clock::Timestamp;
use modelpin::config::Config;
use modelpin::credential::CredentialKind;
use modelpin::credentials::{AgentCredentials, AuthStore, DotEnv, Environment};
use modelpin::model::ProviderId;
use modelpin::order::{Ask, Basis, Expiry, ProfileFacts, Ranking, Reason, SecretState, Source, rank};
use modelpin::outcome::{Rest, RestKind};
use modelpin::profile::ProfileId;
use serde_json::{Value, json};

const NOW: i64 = 1_770_724_800_000;

fn ids(names: &[&str]) -> Vec<ProfileId> {
    names.iter().map(|name| ProfileId::new(name)).collect()
}

fn candidates(ranking: &Ranking) -> Vec<&str> {
    ranking
        .candidates
        .iter()
        .map(|one| one.profile.as_str())
        .collect()
}

fn excluded(ranking: &Ranking) -> Vec<(&str, &str)> {
    let excluded = ranking.excluded.iter();
    excluded
        .map(|one| (one.profile.as_str(), one.reason.as_str()))
        .collect()
}

fn ranked(
    config: &Value,
    store: &Value,
    env: &[(&str, &str)],
    provider: &str,
    preferred: &[&str],
) -> Ranking {
    let (config, _) = Config::parse(&config.to_string(), "config").expect("config parses");
    let store = AuthStore::parse(&store.to_string(), Path::new("auth-profiles.json")).expect("store parses");
    let env: Vec<(String, String)> = env.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
    let lookup = move |name: &str| env.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone());
    let environment = Environment::new(lookup, DotEnv::default(), &config);
    let agent = AgentCredentials::new(
        Some(Arc::new(store)),
        None,
        Arc::new(config),
        Arc::new(environment),
    );
    let now = Timestamp::from_millis(NOW);
    agent.rank(&ProviderId::new(provider), &ids(preferred), &|_| true, now)
}

#[test]
fn every_worked_case_is_ranked_as_written() {
    let cases: Value = serde_json::from_str(include_str!("../../fixtures/order.json")).expect("cases");
    let cases = cases["cases"].as_array().expect("a list");
    assert!(cases.len() > 20);
    for case in cases {
        assert_eq!(case["now"], NOW, "{}", case["id"]);
        let preferred: Vec<&str> = case["preferred"].as_str().into_iter().collect();
        let provider = case["provider"].as_str().expect("a provider");
        let ranking = ranked(&case["config"], &case["store"], &[], provider, &preferred);
        assert_eq!(
            json!(candidates(&ranking)),
            case["expect_order"],
            "{}",
            case["id"]
        );
    }
}

fn two_keys() -> Value {
    json!({ "profiles": {
        "anthropic:a": { "type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-EXAMPLE-a" },
        "anthropic:b": { "type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-EXAMPLE-b" },
    } })
}

#[test]
fn keys_of_environment_and_config_follow_the_profiles_of_an_order_that_does_not_name_them() {
    let config = json!({
        "auth": { "order": { "anthropic": ["anthropic:b"] } },
        "models": { "providers": { "anthropic": { "apiKey": "sk-ant-api03-EXAMPLE-c" } } },
    });
    let env = [
        ("ANTHROPIC_API_KEY", "sk-ant-api03-EXAMPLE-d"),
        ("ANTHROPIC_OAUTH_TOKEN", "sk-ant-oat01-EXAMPLE"),
    ];
    let ranking = ranked(&config, &two_keys(), &env, "anthropic", &[]);
    assert_eq!(
        candidates(&ranking),
        ["anthropic:b", "env:ANTHROPIC_OAUTH_TOKEN", "config:anthropic"]
    );
    assert_eq!(ranking.candidates[1].kind, CredentialKind::Token);
    assert_eq!(
        ranking.candidates[1].source.to_string(),
        "env: ANTHROPIC_OAUTH_TOKEN"
    );
    assert_eq!(excluded(&ranking), [("anthropic:a", "not-in-order")]);
    assert_eq!(ranking.basis, Basis::ConfigOrder);
}

#[test]
fn an_empty_order_means_neither_profiles_nor_keys() {
    let config = json!({ "auth": { "order": { "anthropic": [] } } });
    let env = [("ANTHROPIC_API_KEY", "sk-ant-api03-EXAMPLE")];
    let ranking = ranked(&config, &two_keys(), &env, "anthropic", &["anthropic:a"]);
    assert!(ranking.candidates.is_empty());
    assert_eq!(
        excluded(&ranking),
        [
            ("anthropic:a", "not-in-order"),
            ("anthropic:b", "not-in-order"),
            ("env:ANTHROPIC_API_KEY", "not-in-order"),
        ]
    );
}

#[test]
fn an_order_of_ghosts_is_reported_and_the_next_source_is_used() {
    let mut store = two_keys();
    store["order"] = json!({ "anthropic": ["anthropic:gone", "anthropic:away"] });
    let config = json!({ "auth": { "order": { "anthropic": ["anthropic:b", "anthropic:gone"] } } });
    let ranking = ranked(&config, &store, &[], "anthropic", &[]);
    assert_eq!(candidates(&ranking), ["anthropic:b"]);
    assert_eq!(ranking.basis, Basis::ConfigOrder);
    assert_eq!(
        ranking.ignored[0].to_string(),
        "the order in auth-profiles.json is not used: it names 2 profiles, none of which exists"
    );
    assert_eq!(
        excluded(&ranking),
        [
            ("anthropic:gone", "missing"),
            ("anthropic:away", "missing"),
            ("anthropic:a", "not-in-order"),
        ]
    );
}

#[test]
fn each_way_to_be_unusable_has_its_code() {
    let profiles = json!({
        "p:key": { "type": "api_key", "provider": "p", "key": "  " },
        "p:old": { "type": "token", "provider": "p", "token": "t", "expires": 1 },
        "p:odd": { "type": "token", "provider": "p", "token": "t", "expires": -5 },
        "p:nil": { "type": "token", "provider": "p", "token": "t", "expires": null },
        "p:ref": { "type": "token", "provider": "p", "tokenRef": { "source": "env", "provider": "default", "id": "NOT_SET" } },
        "p:run": { "type": "api_key", "provider": "p", "keyRef": { "source": "exec", "provider": "x", "id": "op read" } },
        "p:var": { "type": "api_key", "provider": "p", "key": "${NOT_SET}" },
        "p:new": { "type": "passkey", "provider": "p" },
        "p:num": { "type": "api_key", "provider": "p", "key": 5 },
        "p:mode": { "type": "api_key", "provider": "p", "key": "k" },
        "q:q": { "type": "api_key", "provider": "q", "key": "k" },
        "p:ok": { "mode": "api_key", "provider": "P ", "apiKey": "k" },
    });
    let mut order: Vec<&str> = profiles
        .as_object()
        .expect("object")
        .keys()
        .map(String::as_str)
        .collect();
    order.push("p:gone");
    order.push("p:ok");
    let config = json!({ "auth": {
        "profiles": { "p:mode": { "provider": "p", "mode": "oauth" } },
        "order": { "P": order },
    } });
    let ranking = ranked(&config, &json!({ "profiles": profiles }), &[], "p", &[]);
    assert_eq!(candidates(&ranking), ["p:ok"]);
    let mut told = excluded(&ranking);
    told.sort_unstable();
    assert_eq!(
        told,
        [
            ("p:gone", "missing"),
            ("p:key", "no-credential"),
            ("p:mode", "mode-mismatch"),
            ("p:new", "unknown-type"),
            ("p:nil", "invalid-expires"),
            ("p:num", "no-credential"),
            ("p:odd", "invalid-expires"),
            ("p:old", "expired"),
            ("p:ref", "unresolved-ref"),
            ("p:run", "unresolved-ref"),
            ("p:var", "unresolved-ref"),
            ("q:q", "provider-mismatch"),
        ]
    );
}

#[test]
fn a_resting_profile_stays_a_candidate_and_says_until_when() {
    let mut store = two_keys();
    store["usageStats"] = json!({
        "anthropic:a": { "cooldownUntil": NOW + 9_000, "disabledUntil": NOW + 5_000, "disabledReason": "billing" },
        "anthropic:b": { "cooldownUntil": NOW },
    });
    let ranking = ranked(&json!({}), &store, &[], "anthropic", &[]);
    assert_eq!(candidates(&ranking), ["anthropic:b", "anthropic:a"]);
    assert_eq!(ranking.candidates[0].reason, Reason::Ok);
    assert_eq!(ranking.candidates[1].reason, Reason::Disabled);
    assert_eq!(
        ranking.candidates[1].until,
        Some(Timestamp::from_millis(NOW + 9_000))
    );
}

#[test]
fn preferred_profiles_go_first_strongest_first() {
    let config = json!({ "auth": { "order": { "anthropic": ["anthropic:a", "anthropic:b"] } } });
    let env = [("ANTHROPIC_API_KEY", "sk-ant-api03-EXAMPLE")];
    let preferred = ["env:ANTHROPIC_API_KEY", "anthropic:b", "nobody"];
    let ranking = ranked(&config, &two_keys(), &env, "anthropic", &preferred);
    assert_eq!(
        candidates(&ranking),
        ["env:ANTHROPIC_API_KEY", "anthropic:b", "anthropic:a"]
    );
}

#[test]
fn metadata_without_a_provider_says_nothing_about_order() {
    let config =
        json!({ "auth": { "profiles": { "anthropic:b": { "cost": "metered", "allow": ["telegram:1"] } } } });
    let ranking = ranked(&config, &two_keys(), &[], "anthropic", &[]);
    assert_eq!(candidates(&ranking), ["anthropic:a", "anthropic:b"]);
    assert_eq!(ranking.basis, Basis::Store);
}

#[test]
fn nothing_is_told_of_a_profile_that_the_sender_may_not_use_but_that() {
    let provider = ProviderId::new("p");
    let facts = |id: &str, secret, until| ProfileFacts {
        id: ProfileId::new(id),
        provider: provider.clone(),
        kind: Some(CredentialKind::Token),
        secret,
        expires: Expiry::Never,
        refreshable: false,
        last_used: None,
        rest: Some(Rest {
            kind: RestKind::Cooldown,
            until,
            class: None,
        }),
        source: Source::Store,
    };
    let profiles = [
        facts("p:theirs", SecretState::Blank, None),
        facts("p:mine", SecretState::Usable, None),
        facts(
            "p:ours",
            SecretState::Usable,
            Some(Timestamp::from_millis(NOW + 1)),
        ),
    ];
    let ranking = rank(&Ask {
        provider: &provider,
        profiles: &profiles,
        stored_order: None,
        config_order: None,
        config_profiles: &IndexMap::new(),
        preferred: &[],
        allowed: &|id| id.as_str() != "p:theirs",
        now: Timestamp::from_millis(NOW),
    });
    assert_eq!(excluded(&ranking), [("p:theirs", "not-allowed")]);
    // A rest that only a person ends comes after every other.
    assert_eq!(candidates(&ranking), ["p:ours", "p:mine"]);
}
