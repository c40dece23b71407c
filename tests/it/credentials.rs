//! Reading credentials: the store, the environment, what an agent has of them.

use std::path::Path;
use std::sync::Arc;

use modelpin::clock::Timestamp;
use modelpin::config::Config;
use modelpin::credential::Credential;
use modelpin::credentials::{
    AgentCredentials, AuthStore, CredentialError, DotEnv, Environment, Layer, StoreError, wider_mode,
};
use modelpin::model::ProviderId;
use modelpin::order::{Expiry, SecretState, Source};
use modelpin::profile::{AccountId, ProfileId};

const CANARY: &str = "sk-ant-api03-EXAMPLEcanary0123456789";

fn store(text: &str) -> AuthStore {
    AuthStore::parse(text, Path::new("auth-profiles.json")).expect("parses")
}

fn refusal(text: &str) -> String {
    let wrong = AuthStore::parse(text, Path::new("s.json")).expect_err("is refused");
    assert_unseen(&format!("{wrong} {wrong:?}"));
    wrong.to_string()
}

fn environment(vars: &[(&str, &str)], dotenv: &str, config: &Config) -> Environment {
    let vars: Vec<(String, String)> = vars.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
    let dotenv = DotEnv::parse(dotenv, Path::new(".env")).expect("parses");
    let lookup = move |name: &str| vars.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone());
    Environment::new(lookup, dotenv, config)
}

fn agent(own: &str, main: Option<&str>, config: &str, vars: &[(&str, &str)]) -> AgentCredentials {
    let (config, _) = Config::parse(config, "f").expect("parses");
    let environment = environment(vars, "", &config);
    AgentCredentials::new(
        Some(Arc::new(store(own))),
        main.map(|main| Arc::new(store(main))),
        Arc::new(config),
        Arc::new(environment),
    )
}

fn shown(agent: &AgentCredentials, id: &str) -> String {
    match agent.credential(&ProfileId::new(id)) {
        Ok(credential) => format!("{}:{}", credential.kind(), credential.secret().expose()),
        Err(wrong) => format!("{wrong}"),
    }
}

#[test]
fn an_absent_store_is_none_and_a_broken_one_is_an_error() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("auth-profiles.json");
    assert!(AuthStore::read(&path).expect("absent is fine").is_none());
    for broken in ["", "{ \"profiles\": {", "\u{0}\u{0}\u{0}"] {
        std::fs::write(&path, broken).expect("written");
        assert!(
            matches!(AuthStore::read(&path), Err(StoreError::Broken { .. })),
            "{broken:?}"
        );
    }
    std::fs::write(&path, b"{\n \"a\": \"\xff\" }").expect("written");
    let told = AuthStore::read(&path).expect_err("not UTF-8").to_string();
    assert!(told.contains("auth-profiles.json:2:8: not UTF-8"), "{told}");
    assert!(matches!(
        AuthStore::read(dir.path()),
        Err(StoreError::Unreadable { .. })
    ));
}

#[test]
fn a_torn_or_foreign_store_is_told_with_line_and_column_and_without_its_content() {
    for (text, told) in [
        (
            format!("{{\n \"profiles\": {{ \"a\": {{ \"key\": \"{CANARY}"),
            "s.json:2:",
        ),
        (format!("\"{CANARY}\""), "s.json:1:1: the file is not an object"),
        (
            format!("{{ \"profiles\":\n  [\"{CANARY}\"] }}"),
            "s.json:2:3: `profiles` is not an object",
        ),
        (
            format!("{{ \"keys\": \"{CANARY}\" }}"),
            "s.json:1:1: there is no `profiles`",
        ),
        (
            format!("{{ \"profiles\": {{}} }} {CANARY}"),
            "s.json:1:20: no JSON (trailing characters)",
        ),
        (
            format!("{{ \"profiles\": {{}},\n\"order\": {{ \"a\": \"{CANARY}\" }} }}"),
            "s.json:2:10: `order` is not",
        ),
    ] {
        let said = refusal(&text);
        assert!(said.starts_with(told), "{said}");
    }
}

#[test]
fn everything_that_is_not_understood_is_kept_as_it_stands() {
    let text = "\u{feff}{ \"version\": 1, \"x\": {\"n\": 1.0e2,  \"s\": \"\\u0041\"}, \"profiles\": {
        \"z:new\": {\"type\":\"passkey\", \"provider\" : \"z\", \"blob\": [1,  2]},
        \"z:odd\": 7,
        \"z:key\": {\"type\":\"api_key\",\"provider\":\"z\",\"key\":\"k\",\"metadata\":{\"a\" : 1}} } }";
    let store = store(text);
    let ids: Vec<&str> = store.profiles().keys().map(ProfileId::as_str).collect();
    assert_eq!(ids, ["z:new", "z:odd", "z:key"]);
    let raw = |id| store.profiles()[&ProfileId::new(id)].raw().get();
    assert_eq!(
        raw("z:new"),
        "{\"type\":\"passkey\", \"provider\" : \"z\", \"blob\": [1,  2]}"
    );
    assert_eq!(raw("z:odd"), "7");
    assert!(raw("z:key").contains("{\"a\" : 1}"));
    assert_eq!(store.sections()["x"].get(), "{\"n\": 1.0e2,  \"s\": \"\\u0041\"}");
    assert_eq!(
        store.sections().keys().collect::<Vec<_>>(),
        ["version", "x", "profiles"]
    );
}

#[test]
fn one_wrong_profile_does_not_take_the_others_with_it() {
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    let text = format!(
        "{{ \"profiles\": {{
            \"p:a\": {{ \"type\": 1, \"provider\": \"p\", \"key\": \"k\" }},
            \"p:b\": {{ \"type\": \"api_key\", \"provider\": [], \"key\": \"k\" }},
            \"p:c\": {{ \"type\": \"api_key\", \"provider\": \"p\", \"key\": {deep} }},
            \"p:d\": {{ \"type\": \"api_key\", \"provider\": \"p\", \"keyRef\": {{ \"source\": \"vault\", \"id\": \"x\" }} }},
            \"p:e\": {{ \"type\": \"token\", \"provider\": \"p\", \"token\": \"t\", \"expires\": 1e999 }},
            \"p:f\": {{ \"type\": \"api_key\", \"provider\": \"p\", \"key\": \"k\", \"metadata\": {deep} }} }},
          \"usageStats\": 5, \"lastGood\": [] }}"
    );
    let store = store(&text);
    let problem = |id| {
        let profile = &store.profiles()[&ProfileId::new(id)];
        assert_eq!(profile.provider, ProviderId::new("p"));
        profile
            .problem
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default()
    };
    assert_eq!(problem("p:a"), "`type` has a value of a wrong type");
    assert_eq!(problem("p:b"), "`provider` has a value of a wrong type");
    assert_eq!(problem("p:c"), "`key` has a value of a wrong type");
    assert!(problem("p:d").starts_with("`keyRef` is no reference"));
    assert_eq!(store.profiles()[&ProfileId::new("p:e")].expires, Expiry::Invalid);
    assert_eq!(problem("p:f"), "");
}

#[test]
fn a_credential_is_what_its_kind_says_and_sanitised() {
    let text = r#"{ "profiles": {
        "p:key":  { "type": "api_key", "provider": "p", "key": " k\r\n1\u2028 " },
        "p:var":  { "type": "api_key", "provider": "p", "key": "${P_KEY}" },
        "p:ref":  { "type": "token", "provider": "p", "tokenRef": { "source": "env", "id": "P_TOKEN" } },
        "p:in":   { "type": "oauth", "provider": "p", "access": "a", "refresh": "r", "expires": 5, "accountId": "acc" },
        "p:out":  { "type": "oauth", "provider": "p", "access": "", "refresh": "r" },
        "p:none": { "type": "api_key", "provider": "p" },
        "p:new":  { "type": "passkey", "provider": "p" } } }"#;
    let agent = agent(text, None, "{}", &[("P_KEY", "v\n")]);
    assert_eq!(shown(&agent, "p:key"), "api_key:k1");
    assert_eq!(shown(&agent, "p:var"), "api_key:v");
    assert_eq!(shown(&agent, "p:ref"), "the secret of `p:ref` is kept elsewhere");
    assert_eq!(shown(&agent, "p:in"), "oauth:a");
    assert_eq!(
        shown(&agent, "p:out"),
        "the profile `p:out` has to be refreshed before it can be used"
    );
    assert_eq!(shown(&agent, "p:none"), "the profile `p:none` holds no secret");
    assert_eq!(
        shown(&agent, "p:new"),
        "the profile `p:new` is of a type that modelpin does not know"
    );
    assert_eq!(shown(&agent, "p:gone"), "there is no profile `p:gone`");
    let credential = agent.credential(&ProfileId::new("p:in")).expect("is there");
    assert!(
        matches!(credential, Credential::OAuth { account: Some(account), expires: Some(_), .. } if account == "acc")
    );
}

#[test]
fn a_secret_file_is_read_when_it_is_used() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("key");
    let text = format!(
        r#"{{ "profiles": {{ "p:f": {{ "type": "api_key", "provider": "p", "keyRef": {{ "source": "file", "id": {:?} }} }},
             "p:r": {{ "type": "api_key", "provider": "p", "keyRef": {{ "source": "file", "id": "key" }} }} }} }}"#,
        path.display().to_string()
    );
    let agent = agent(&text, None, "{}", &[]);
    let state = || agent.facts(&ProviderId::new("p"), Timestamp::from_millis(0))[0].secret;
    assert_eq!(state(), SecretState::Unresolved);
    std::fs::write(&path, "from-file\n").expect("written");
    assert_eq!(state(), SecretState::Usable);
    assert_eq!(shown(&agent, "p:f"), "api_key:from-file");
    let relative = agent.credential(&ProfileId::new("p:r"));
    assert!(matches!(relative, Err(CredentialError::Unresolved { .. })));
}

#[test]
fn an_agent_reads_main_under_its_own_only_when_it_inherits() {
    let own = r#"{ "profiles": { "p:a": { "type": "api_key", "provider": "p", "key": "own" } },
                   "order": { "p": ["p:b", "p:a"] } }"#;
    let main = r#"{ "profiles": { "p:a": { "type": "api_key", "provider": "p", "key": "main" },
                                  "p:b": { "type": "api_key", "provider": "p", "key": "main" } },
                    "order": { "p": ["p:a"], "q": ["q:a"] },
                    "usageStats": { "p:b": { "lastUsed": 7 } } }"#;
    let alone = agent(own, None, "{}", &[]);
    assert_eq!(shown(&alone, "p:b"), "there is no profile `p:b`");
    let heir = agent(own, Some(main), "{}", &[]);
    assert_eq!(shown(&heir, "p:a"), "api_key:own");
    assert_eq!(shown(&heir, "p:b"), "api_key:main");
    let facts = heir.facts(&ProviderId::new("p"), Timestamp::from_millis(0));
    let sources: Vec<_> = facts
        .iter()
        .map(|facts| (facts.id.as_str(), facts.source.clone()))
        .collect();
    assert_eq!(sources, [("p:a", Source::Store), ("p:b", Source::Inherited)]);
    assert_eq!(facts[1].last_used, Some(Timestamp::from_millis(7)));
    let order = |provider| heir.stored_order(&ProviderId::new(provider)).map(<[_]>::len);
    assert_eq!((order("p"), order("q"), order("r")), (Some(2), Some(1), None));
}

#[test]
fn the_first_layer_that_sets_a_variable_wins_and_blank_is_not_set() {
    let (config, _) = Config::parse(
        "{ env: { OPENAI_API_KEY: 'config', GROQ_API_KEY: ' config ', XAI_API_KEY: '${OTHER}', vars: { ZAI_API_KEY: '' } } }",
        "f",
    )
    .expect("parses");
    let dotenv = "OPENAI_API_KEY=dotenv\nMISTRAL_API_KEY=dotenv\nOTHER=other";
    let environment = environment(
        &[("OPENAI_API_KEY", "process"), ("GROQ_API_KEY", " \n")],
        dotenv,
        &config,
    );
    let found = |provider: &str| {
        let keys = environment.keys(&ProviderId::new(provider));
        keys.first().map(|key| (key.value.expose().to_owned(), key.layer))
    };
    assert_eq!(found("openai"), Some(("process".into(), Layer::Process)));
    assert_eq!(found("mistral"), Some(("dotenv".into(), Layer::DotEnv)));
    assert_eq!(found("groq"), Some(("config".into(), Layer::Config)));
    assert_eq!(found("xai"), Some(("other".into(), Layer::Config)));
    assert_eq!(found("zai"), None);
}

#[test]
fn two_variables_of_one_provider_are_both_told_and_the_first_is_used() {
    let vars = [("ANTHROPIC_API_KEY", "k"), ("ANTHROPIC_OAUTH_TOKEN", "t")];
    let agent = agent("{ \"profiles\": {} }", None, "{}", &vars);
    let anthropic = ProviderId::new("anthropic");
    let names: Vec<_> = agent
        .environment()
        .keys(&anthropic)
        .iter()
        .map(|key| key.name)
        .collect();
    assert_eq!(names, ["ANTHROPIC_OAUTH_TOKEN", "ANTHROPIC_API_KEY"]);
    let facts = agent.facts(&anthropic, Timestamp::from_millis(0));
    assert_eq!(facts.len(), 1);
    assert_eq!(shown(&agent, "env:ANTHROPIC_OAUTH_TOKEN"), "token:t");
}

#[test]
fn names_outside_the_table_are_never_looked_at() {
    let (config, _) = Config::parse("{}", "f").expect("parses");
    let asked = Arc::new(std::sync::Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    let environment = Environment::new(
        move |name| {
            log.lock().expect("not poisoned").push(name.to_owned());
            Some("poison".into())
        },
        DotEnv::default(),
        &config,
    );
    let text =
        r#"{ "profiles": { "acme:a": { "type": "api_key", "provider": "acme", "key": "${ACME_WORK}" } } }"#;
    let agent = AgentCredentials::new(
        Some(Arc::new(store(text))),
        None,
        Arc::new(config),
        Arc::new(environment),
    );
    for provider in ["acme", "openai-codex", "amazon-bedrock", "path"] {
        let facts = agent.facts(&ProviderId::new(provider), Timestamp::from_millis(0));
        assert!(
            facts.iter().all(|facts| facts.source == Source::Store),
            "{provider}"
        );
    }
    for id in [
        "env:ACME_API_KEY",
        "env:PATH",
        "env:AWS_SECRET_ACCESS_KEY",
        "env:",
    ] {
        assert!(
            matches!(
                agent.credential(&ProfileId::new(id)),
                Err(CredentialError::Unknown(_))
            ),
            "{id}"
        );
    }
    let asked = asked.lock().expect("not poisoned");
    assert!(asked.iter().all(|name| name == "ACME_WORK"), "{asked:?}");
}

#[test]
fn a_key_of_the_configuration_is_of_the_kind_that_it_says() {
    let config = "{ models: { providers: { p: { apiKey: 'k' }, q: { apiKey: '${Q}', auth: 'token' }, r: { apiKey: 'x', auth: 'aws-sdk' } } } }";
    let agent = agent("{ \"profiles\": {} }", None, config, &[("Q", "v")]);
    assert_eq!(shown(&agent, "config:p"), "api_key:k");
    assert_eq!(shown(&agent, "config:q"), "token:v");
    assert!(shown(&agent, "config:r").contains("does not know"));
    assert_eq!(shown(&agent, "config:s"), "there is no profile `config:s`");
}

#[test]
fn an_endpoint_is_completed_from_the_environment_or_refused() {
    let config = "{ models: { providers: { p: { api: 'openai-completions', baseUrl: 'https://${HOST}/v1/', headers: { 'x-a': 'Bearer ${T}' } } } } }";
    let p = ProviderId::new("p");
    let whole = agent("{ \"profiles\": {} }", None, config, &[("HOST", "h"), ("T", "t")]);
    let endpoint = whole.endpoint(&p).expect("all is set").expect("is configured");
    assert_eq!(endpoint.base_url, "https://h/v1");
    assert_eq!(endpoint.headers, [("x-a".to_owned(), "Bearer t".to_owned())]);
    let part = agent("{ \"profiles\": {} }", None, config, &[("HOST", "h")]);
    let told = part.endpoint(&p).expect_err("T is not set").to_string();
    assert_eq!(told, "the environment variable T is not set");
}

#[test]
fn the_account_is_what_the_credential_tells() {
    let text = r#"{ "profiles": {
        "p:id":   { "type": "oauth", "provider": "p", "refresh": "r", "accountId": "Acc", "email": "me@x.org" },
        "p:mail": { "type": "api_key", "provider": "p", "key": "k", "email": "me@x.org" },
        "p:conf": { "type": "api_key", "provider": "p", "key": "k" },
        "p:bare": { "type": "api_key", "provider": "p", "key": "k" } } }"#;
    let agent = agent(
        text,
        None,
        "{ auth: { profiles: { 'p:conf': { email: 'me@x.org' } } } }",
        &[],
    );
    let p = ProviderId::new("p");
    for (id, account) in [
        ("p:id", Some("acc")),
        ("p:mail", Some("me@x.org")),
        ("p:conf", Some("me@x.org")),
        ("p:bare", None),
    ] {
        let id = ProfileId::new(id);
        assert_eq!(agent.account(&id), AccountId::new(&p, account, &id));
    }
    let key = ProfileId::new("env:OPENAI_API_KEY");
    assert_eq!(
        agent.account(&key),
        AccountId::new(&ProviderId::new("openai"), None, &key)
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_is_found() {
    use std::os::unix::fs::PermissionsExt;
    let file = tempfile::NamedTempFile::new().expect("a file");
    let mode = |mode| {
        file.as_file()
            .set_permissions(PermissionsExt::from_mode(mode))
            .expect("set");
        wider_mode(file.path()).expect("is there")
    };
    assert_eq!(mode(0o600), None);
    assert_eq!(mode(0o640), Some(0o640));
}

#[test]
fn no_secret_of_a_store_or_the_environment_is_ever_shown() {
    let text = format!(
        r#"{{ "x": "{CANARY}", "profiles": {{
            "p:a": {{ "type": "api_key", "provider": "p", "key": "{CANARY}" }},
            "p:b": {{ "type": "oauth", "provider": "p", "access": "{CANARY}", "refresh": "{CANARY}" }},
            "p:c": {{ "type": "api_key", "provider": "p", "key": ["{CANARY}"] }},
            "p:d": {{ "type": "{CANARY}", "provider": "p", "blob": "{CANARY}" }},
            "p:e": {{ "type": "token", "provider": "p", "token": "{CANARY}", "expires": "{CANARY}" }},
            "p:f": {{ "type": "token", "provider": "p", "tokenRef": {{ "source": "env", "id": "{CANARY}" }} }} }},
          "usageStats": {{ "p:a": {{ "disabledReason": "{CANARY}" }} }} }}"#
    );
    let config = format!(
        "{{ models: {{ providers: {{ p: {{ apiKey: '{CANARY}' }} }} }}, env: {{ GROQ_API_KEY: '{CANARY}' }} }}"
    );
    let agent = agent(&text, None, &config, &[("OPENAI_API_KEY", CANARY)]);
    let now = Timestamp::from_millis(1);
    let mut shown = format!(
        "{agent:?} {:?}",
        agent.environment().keys(&ProviderId::new("openai"))
    );
    for provider in ["p", "openai", "groq"].map(ProviderId::new) {
        let facts = agent.facts(&provider, now);
        let ranking = agent.rank(&provider, &[], &|_| true, now);
        shown += &format!("{facts:?} {ranking:?}");
        for facts in facts {
            shown += &format!("{:?} {:?}", agent.credential(&facts.id), agent.account(&facts.id));
            if let Err(wrong) = agent.credential(&facts.id) {
                shown += &wrong.to_string();
            }
        }
    }
    let dotenv = DotEnv::parse(&format!("A={CANARY}"), Path::new(".env"));
    assert_unseen(&format!("{shown} {dotenv:?}"));
}

fn assert_unseen(output: &str) {
    for part in CANARY.as_bytes().windows(8) {
        let part = std::str::from_utf8(part).expect("ASCII");
        assert!(!output.contains(part), "{part} is in {output}");
    }
}
