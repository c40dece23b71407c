//! Reading configurations: what is understood, what is refused and where, what is warned of.

use std::time::Duration;

use modelpin::config::{Config, Cost, Fence, SecretInput, Unauthorised};
use modelpin::credential::CredentialKind;
use modelpin::endpoint::{Api, KeyHeader};
use modelpin::model::{ModelRef, ProviderId};
use modelpin::profile::ProfileId;
use modelpin::retention::Retention;
use modelpin::session::AgentId;

const CANARY: &str = "sk-ant-api03-EXAMPLEcanary0123456789";

fn read(text: &str) -> Config {
    let (config, warnings) = Config::parse(text, "modelpin.json").expect("parses");
    assert!(warnings.is_empty(), "{warnings:?}");
    config
}

fn warnings(text: &str) -> Vec<String> {
    let (_, warnings) = Config::parse(text, "modelpin.json").expect("parses");
    warnings.iter().map(ToString::to_string).collect()
}

fn refusal(text: &str) -> String {
    Config::parse(text, "modelpin.json")
        .expect_err("is refused")
        .to_string()
}

#[test]
fn an_empty_configuration_has_the_documented_defaults() {
    let config = read("\u{feff}{ /* nothing */ }");
    assert_eq!(config.default_agent(), AgentId::main());
    assert!(config.commands.alias_commands);
    assert_eq!(config.commands.unauthorised, Unauthorised::Pass);
    assert_eq!((config.commands.allow, config.commands.admins), (None, None));
    assert_eq!(config.auth.fence, None);
    assert_eq!(config.auth.cooldowns.billing_first, Duration::from_secs(600));
}

#[test]
fn a_whole_configuration_is_understood() {
    let config = read(
        r"{
        // models
        agents: {
            defaults: {
                model: { primary: 'anthropic/claude-opus-4-5', fallbacks: ['openai/gpt-5.2'] },
                imageModel: 'google/gemini-3-pro',
                models: {
                    'Z.AI/glm-5': { alias: 'glm' },
                    'anthropic/claude-opus-4-5': { alias: 'opus', params: { authProfileId: 'anthropic:work', n: 1 } },
                    'openai/gpt-5.2': { authProfile: 'openai:default' },
                },
                workspace: '/somewhere',
            },
            list: [{ id: 'a' }, { id: 'b', default: true, model: 'glm', inherit: true, agentDir: '~/b' }],
        },
        auth: {
            profiles: {
                'anthropic:work': { provider: 'anthropic', mode: 'oauth', cost: 'subscription', allow: ['telegram:1', 42] },
                'openai:default': { provider: 'OpenAI', mode: 'api_key', allow: { rooms: ['r'], roles: 'admin' } },
            },
            order: { 'z-ai': ['zai:a'], anthropic: [] },
            cooldowns: { transientSeconds: [1, 2.5], billingBackoffHours: 2, billingBackoffHoursByProvider: { OpenAI: 1 } },
            fence: 'ask',
        },
        models: { mode: 'merge', providers: {
            local: { baseUrl: 'http://127.0.0.1:9/v1/', api: 'openai-responses', authHeader: true,
                     headers: { 'x-a': 'b', 'x-c': '${C}' }, models: ['m', { id: 'n', name: 'N', reasoning: true }] },
            anthropic: { apiKey: '${WORK_KEY}' },
        } },
        commands: { prefixes: ['!'], aliasCommands: false, reserved: ['x'], unauthorised: 'refuse', admins: 7, native: 'auto' },
        bot: { name: '@Pin', ids: [1, '2'] },
        env: { A: 'x', vars: { A: 'y', B: '${A}' }, shellEnv: { enabled: true, timeoutMs: 500 } },
        channels: { telegram: { whatever: true } },
    }",
    );
    let models: Vec<String> = config.agents.models.keys().map(ToString::to_string).collect();
    assert_eq!(
        models,
        ["zai/glm-5", "anthropic/claude-opus-4-5", "openai/gpt-5.2"]
    );
    let opus = &config.agents.models[&ModelRef::parse("anthropic/claude-opus-4-5").expect("ref")];
    assert_eq!(opus.auth_profile, Some(ProfileId::new("anthropic:work")));
    assert_eq!(opus.params["n"], 1);

    let b = config.default_agent();
    assert_eq!(b.as_str(), "b");
    let b = config.agent(&b).expect("is there");
    assert_eq!(
        (b.primary(), b.agent_dir(), b.inherits()),
        (Some("glm"), Some("~/b"), true)
    );
    assert_eq!(b.fallbacks(), ["openai/gpt-5.2"]);
    assert_eq!(b.models().len(), 3);

    let work = &config.auth.profiles[&ProfileId::new("anthropic:work")];
    assert_eq!(
        (work.mode, work.cost),
        (Some(CredentialKind::OAuth), Some(Cost::Subscription))
    );
    assert_eq!(work.allow.as_ref().expect("a list").senders, ["telegram:1", "42"]);
    assert_eq!(
        config.auth.order[&ProviderId::new("zai")],
        [ProfileId::new("zai:a")]
    );
    assert!(config.auth.order[&ProviderId::new("anthropic")].is_empty());
    assert_eq!(config.auth.cooldowns.transient[1], Duration::from_millis(2500));
    assert_eq!(config.auth.cooldowns.billing_first, Duration::from_secs(7200));
    assert_eq!(config.auth.fence, Some(Fence::Ask));

    let local = config
        .endpoint(&ProviderId::new("local"))
        .expect("has a base URL");
    assert_eq!(
        (local.base_url.as_str(), local.api),
        ("http://127.0.0.1:9/v1", Api::OpenAiResponses)
    );
    assert_eq!(local.key_header, KeyHeader::Bearer);
    assert_eq!(local.headers[1], ("x-c".into(), "${C}".into()));
    let anthropic = config.endpoint(&ProviderId::new("anthropic")).expect("is known");
    assert_eq!(anthropic.base_url, "https://api.anthropic.com");
    assert_eq!(config.endpoint(&ProviderId::new("nowhere")), None);

    assert_eq!(config.commands.admins.expect("a list").senders, ["7"]);
    assert_eq!(
        (config.bot.names, config.bot.ids),
        (vec!["Pin".to_owned()], vec!["1".into(), "2".into()])
    );
    assert_eq!(config.env.vars["A"].as_written(), "x");
    assert!(matches!(&config.env.vars["B"], SecretInput::Env(name) if name == "A"));
    assert_eq!(config.env.shell.timeout, Duration::from_millis(500));
}

#[test]
fn the_default_agent_is_the_marked_one_else_the_first_else_main() {
    let agent = |text: &str| read(text).default_agent().to_string();
    assert_eq!(agent("{ agents: { list: [{ id: 'x' }, { id: 'y' }] } }"), "x");
    assert_eq!(
        agent("{ agents: { list: [{ id: 'x' }, { id: 'y', default: true }] } }"),
        "y"
    );
    assert_eq!(agent("{ agents: { list: [] } }"), "main");
    let config = read("{ agents: { list: [{ id: 'work' }, { id: 'home' }] } }");
    let told = config
        .agent(&AgentId::new("wrk").expect("an id"))
        .expect_err("is unknown");
    assert_eq!(
        told.to_string(),
        "there is no agent `wrk`; configured: work, home; did you mean `work`?"
    );
}

#[test]
fn a_bad_value_is_told_with_line_column_path_and_remedy_on_one_line() {
    for (text, told) in [
        (
            "{\n  auth: {\n    fence: 'blok' } }",
            "modelpin.json:3:12: `auth.fence`: expected one of allow, block, ask; did you mean `block`?",
        ),
        (
            "{ agents: { list: [\n{ id: 'Über' }] } }",
            "modelpin.json:2:7: `agents.list[0].id`: no agent id: it takes 1 to 64 of a-z, 0-9, `_` and `-`, and begins with a letter or a digit",
        ),
        (
            "{ agents: { list: [{ id: 'a' }, { id: 'a' }] } }",
            "modelpin.json:1:33: `agents.list[1]`: an agent with this id stands above",
        ),
        (
            "{ commands: { aliasCommands: 'yes' } }",
            "modelpin.json:1:30: `commands.aliasCommands`: expected true or false",
        ),
        (
            "{ commands: { prefixes: ['!', 'ab'] } }",
            "modelpin.json:1:31: `commands.prefixes[1]`: a prefix is one character that is no letter, digit, blank, `@` or `<`; for example `!`",
        ),
        (
            "{ agents: { defaults: { models: { opus: {} } } } }",
            "modelpin.json:1:41: `agents.defaults.models.opus`: this key is no model reference; write it as `provider/model`, for example `anthropic/claude-opus-4-5`",
        ),
        (
            "{ models: { providers: { p: { api: 'openai-completion' } } } }",
            "modelpin.json:1:36: `models.providers.p.api`: expected one of anthropic-messages, openai-completions, openai-responses; did you mean `openai-completions`?",
        ),
        ("[]", "modelpin.json:1:1: expected an object, `{ … }`"),
        (
            "{ auth: { cooldowns: { authSeconds: [0] } } }",
            "modelpin.json:1:38: `auth.cooldowns.authSeconds[0]`: expected a number above 0, and no longer than a year",
        ),
    ] {
        assert_eq!(refusal(text), told);
    }
}

#[test]
fn numbers_without_a_meaning_are_refused_and_do_not_panic() {
    for number in ["NaN", "-1", "Infinity", "1e300", "0", "'3'", "null"] {
        for key in ["billingMaxHours", "failureWindowHours", "billingBackoffMinutes"] {
            let read = Config::parse(
                &format!("{{ auth: {{ cooldowns: {{ {key}: {number} }} }} }}"),
                "f",
            );
            assert_eq!(read.is_ok(), number == "null", "{key}: {number}");
        }
    }
}

#[test]
fn a_base_url_is_a_place_and_nothing_else() {
    for bad in [
        "api.example.org",
        "ftp://x",
        "https://",
        "https://user:EXAMPLE@host/v1",
        "https://h/v1?key=EXAMPLE",
        "https://a b",
    ] {
        let told = refusal(&format!(
            "{{ models: {{ providers: {{ p: {{ api: 'openai-completions', baseUrl: '{bad}' }} }} }} }}"
        ));
        assert!(told.contains("`models.providers.p.baseUrl`"), "{told}");
        assert!(!told.contains("EXAMPLE"), "{told}");
    }
}

#[test]
fn an_api_of_another_program_is_told_and_gives_no_endpoint() {
    let text = "{ models: { providers: { google: { baseUrl: 'https://g.example', api: 'google-generative-ai' } } } }";
    let (config, warnings) = Config::parse(text, "f").expect("parses");
    assert_eq!(config.endpoint(&ProviderId::new("google")), None);
    assert!(
        warnings[0]
            .to_string()
            .starts_with("`models.providers.google.api`: modelpin does not speak")
    );
}

#[test]
fn unknown_keys_of_ours_are_warned_of_with_the_nearest_name_and_others_left_alone() {
    assert_eq!(
        warnings("{ commands: { prefixs: [] }, comands: {}, agents: { defaults: { mdel: 1 } } }"),
        ["`commands.prefixs`: unknown key, ignored; did you mean `prefixes`?"]
    );
    assert_eq!(
        warnings(
            "{ models: { providers: { p: { baseURL: 'x' } } }, agents: { list: [{ id: 'a', model: { fallback: [] } }] } }"
        ),
        [
            "`agents.list[0].model.fallback`: unknown key, ignored; did you mean `fallbacks`?",
            "`models.providers.p.baseURL`: unknown key, ignored; did you mean `baseUrl`?",
        ]
    );
    assert_eq!(
        warnings("{ auth: { zzz: 1, profiles: { p: { costs: 'free' } } } }").len(),
        2
    );
}

#[test]
fn what_reads_otherwise_than_it_looks_is_warned_of() {
    assert_eq!(
        warnings(
            "{ auth: { order: { zai: ['a'], 'Z.AI': ['b'] } }, x: { y: 1, y: 2 }, z: { $include: './more.json' } }"
        ),
        [
            "`auth.order[\"Z.AI\"]`: another spelling of `zai`, which stands above; this one is ignored",
            "`x`: `y` is here more than once; the last one counts",
            "`z.$include`: includes are not followed; what the other file says is not known here",
        ]
    );
}

#[test]
fn a_wrong_retention_is_warned_of_and_counts_as_absent() {
    let told = |params: &str| {
        let text = format!("{{ agents: {{ defaults: {{ models: {{ 'a/b': {{ params: {params} }} }} }} }} }}");
        let (config, warnings) = Config::parse(&text, "modelpin.json").expect("parses");
        let warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
        (config.agents.models[0].retention, warnings)
    };
    let place = "`agents.defaults.models[\"a/b\"].params";
    assert_eq!(told("{}"), (None, vec![]));
    assert_eq!(told("{ cacheRetention: null }"), (None, vec![]));
    assert_eq!(
        told("{ cacheRetention: 'none' }"),
        (Some(Retention::None), vec![])
    );
    assert_eq!(told("{ cacheControlTtl: '1h' }"), (Some(Retention::Long), vec![]));
    assert_eq!(
        told("{ cacheRetention: 'short', cacheControlTtl: 'KEY' }"),
        (Some(Retention::Short), vec![]),
        "what is not used is not looked at"
    );
    let wrong =
        format!("{place}.cacheRetention`: expected one of none, short, long, ignored; did you mean `long`?");
    assert_eq!(
        told("{ cacheRetention: 'longg', cacheControlTtl: '5m' }"),
        (Some(Retention::Short), vec![wrong])
    );
    let wrong = format!("{place}.cacheRetention`: expected a text in quotes, ignored");
    let old = format!("{place}.cacheControlTtl`: expected one of 5m, 1h, ignored");
    assert_eq!(
        told("{ cacheRetention: true, cacheControlTtl: 'EXAMPLEcanary' }"),
        (None, vec![wrong, old])
    );
}

#[test]
fn warnings_are_bounded() {
    let many: String = (0..5000).map(|n| format!("k{n}: 1,")).collect();
    let told = warnings(&format!("{{ auth: {{ {many} }} }}"));
    assert_eq!(told.len(), 101);
    assert_eq!(told[100], "4900 more warnings are not shown");
}

#[test]
fn no_secret_of_the_configuration_is_ever_shown() {
    let good = format!(
        "{{ models: {{ providers: {{ anthropic: {{ apiKey: '{CANARY}', headers: {{ 'x-key': 'Bearer {CANARY} ${{A}}' }} }} }} }},
           agents: {{ defaults: {{ models: {{ 'a/b': {{ params: {{ headers: '{CANARY}' }} }} }} }} }},
           env: {{ A: '{CANARY}', vars: {{ B: '{CANARY}' }} }} }}"
    );
    let config = read(&good);
    let endpoint = config.endpoint(&ProviderId::new("anthropic"));
    assert_unseen(&format!("{config:?} {config:#?} {endpoint:?}"));

    // A key where something else belongs.
    for text in [
        "{ auth: { fence: 'KEY' } }",
        "{ auth: { profiles: { p: { mode: 'KEY' } } } }",
        "{ auth: 'KEY' }",
        "{ agents: { list: 'KEY' } }",
        "{ agents: { list: [{ id: 'KEY' }] } }",
        "{ models: { providers: { p: { api: 'KEY' } } } }",
        "{ models: { providers: { p: { baseUrl: 'KEY' } } } }",
        "{ models: { providers: { p: { apiKey: ['KEY'] } } } }",
        "{ commands: { prefixes: 'KEY', aliasCommands: 'KEY' } }",
        "{ env: { A: { source: 'KEY', id: 'KEY' } } }",
        "{ env: { A: { source: 'env', id: 'KEY' } } }",
        "{ a: 'KEY' 'KEY' }",
        "{ a: \"\\xKEY\" }",
        "KEY",
    ] {
        let wrong = Config::parse(&text.replace("KEY", CANARY), "f").expect_err(text);
        assert_unseen(&format!("{wrong} {wrong:?}"));
    }
}

// Found by the fuzzer (`fuzz/corpus/config_read`).
#[test]
fn a_key_that_was_pasted_as_the_name_of_something_is_in_no_message() {
    for text in [
        "{ models: { providers: { 'KEY': 7 } } }",
        "{ auth: { profiles: { 'KEY': { mode: 1 } } } }",
        "{ auth: { order: { 'KEY': 'x' } } }",
        "{ 'KEY': [1 2] }",
    ] {
        let wrong = Config::parse(&text.replace("KEY", CANARY), "f").expect_err(text);
        assert_unseen(&format!("{wrong} {wrong:?}"));
    }
    for text in [
        "{ auth: { 'KEY': 1 } }",
        "{ x: { 'KEY': 1, 'KEY': 2 } }",
        "{ auth: { order: { 'KEY': ['a'], ' KEY': ['b'] } } }",
        "{ models: { 'KEY': 1, providers: { 'KEY': {}, 'KEY ': {} } } }",
    ] {
        let (_, warnings) = Config::parse(&text.replace("KEY", CANARY), "f").expect(text);
        let told: String = warnings.iter().map(|told| format!("{told} {told:?}\n")).collect();
        assert!(!told.is_empty(), "{text}");
        assert_unseen(&told);
    }
}

fn assert_unseen(output: &str) {
    for part in CANARY.as_bytes().windows(8) {
        let part = std::str::from_utf8(part).expect("ASCII");
        assert!(!output.contains(part), "{part} is in {output}");
    }
}
