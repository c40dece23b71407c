//! What platforms are told, byte for byte, and what is offered while somebody types.

use modelpin::command::{Choose, ModelCommand, Parsed, Reference, Syntax, Wanted};
use modelpin::model::ProviderId;
use modelpin::profile::ProfileId;
use modelpin::registration::discord::{
    ApplicationCommand, Autocomplete, CHOICE_NAME, CHOICE_VALUE, CHOICES, COMMAND_CHARACTERS, DESCRIPTION,
};
use modelpin::registration::slack::{self, Manifest};
use modelpin::registration::suggest;
use modelpin::registration::telegram::{
    BotCommandScope, COMMAND_DESCRIPTION, COMMANDS, NoLanguageCode, SetMyCommands, command_name,
};
use modelpin::view::Names;
use proptest::prelude::*;
use serde::Serialize;

/// Compares with the golden file, or writes it anew.
fn is_golden(platform: &str, name: &str, body: &impl Serialize) {
    let path = format!(
        "{}/fixtures/render/{platform}/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = serde_json::to_string_pretty(body).expect("JSON") + "\n";
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::create_dir_all(std::path::Path::new(&path).parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, &text).expect("written");
    }
    let golden = std::fs::read_to_string(&path).expect("UPDATE_FIXTURES=1 writes it");
    assert!(
        golden == text,
        "{path}: UPDATE_FIXTURES=1 writes it anew:\n{text}"
    );
}

fn names(models: &[(&str, &str)], profiles: &[&str]) -> Names {
    Names {
        models: models
            .iter()
            .map(|(name, provider)| ((*name).to_owned(), ProviderId::new(provider)))
            .collect(),
        commands: Vec::new(),
        profiles: profiles
            .iter()
            .map(|id| {
                let provider = id.split(':').next().unwrap_or_default();
                (ProfileId::new(id), ProviderId::new(provider))
            })
            .collect(),
    }
}

fn usual() -> Names {
    names(
        &[
            ("opus", "anthropic"),
            ("anthropic/claude-opus-4-6", "anthropic"),
            ("sonnet", "anthropic"),
            ("anthropic/claude-sonnet-4-5", "anthropic"),
            ("stable", "openai"),
            ("openai/gpt-5", "openai"),
            ("openrouter/x/with@sign@20250929", "openrouter"),
            ("my model", "local"),
        ],
        &["anthropic:work", "anthropic:home", "openai:work"],
    )
}

fn lines(typed: &str) -> Vec<String> {
    let found = suggest(typed, &usual(), 25, |_| true);
    found.into_iter().map(|found| found.line).collect()
}

#[test]
fn telegram_is_told_the_commands_and_the_aliases_that_it_takes() {
    let mut names = usual();
    names.commands = [
        "opus",
        "Sonnet",
        "sonnet",
        "gpt-5",
        "模型",
        "a_b_1",
        "",
        "model",
        "has blank",
    ]
    .map(str::to_owned)
    .to_vec();
    let body = SetMyCommands::of(&names);
    is_golden("telegram", "registration", &body);
    let told: Vec<&str> = body.commands.iter().map(|one| one.command.as_str()).collect();
    assert_eq!(told, ["model", "models", "opus", "sonnet", "a_b_1"]);
    let groups = body.within(BotCommandScope::AllGroupChats).ephemeral();
    is_golden(
        "telegram",
        "registration-groups",
        &groups.in_language("vi-VN").expect("a language"),
    );
}

#[test]
fn telegrams_limits_are_kept_whatever_the_aliases() {
    let long = "x".repeat(32);
    assert_eq!(command_name(&long), Some(long.clone()));
    assert_eq!(command_name(&(long + "x")), None);
    let names = Names {
        commands: (0..200).map(|number| format!("m{number}")).collect(),
        ..Names::default()
    };
    let body = SetMyCommands::of(&names);
    assert_eq!(body.commands.len(), COMMANDS);
    for command in &body.commands {
        let length = command.description.chars().count();
        assert!((1..=COMMAND_DESCRIPTION).contains(&length));
    }
    for wrong in ["", "eng", "v", "1a", "日本"] {
        assert_eq!(
            SetMyCommands::of(&usual()).in_language(wrong),
            Err(NoLanguageCode),
            "{wrong}"
        );
    }
}

#[test]
fn discord_is_told_one_command_with_one_option_that_is_completed() {
    let command = ApplicationCommand::model();
    is_golden("discord", "registration", &command);
    is_golden(
        "discord",
        "registration-persons",
        &command.clone().for_persons_too(),
    );
    let option = &command.options[0];
    let texts = [
        &command.name,
        &command.description,
        &option.name,
        &option.description,
    ];
    for text in texts {
        assert!((1..=DESCRIPTION).contains(&text.chars().count()), "{text}");
    }
    let whole: usize = texts.iter().map(|text| text.chars().count()).sum();
    assert!(whole <= COMMAND_CHARACTERS);
    for name in [&command.name, &option.name] {
        assert!(
            name.len() <= 32 && name.bytes().all(|b| b.is_ascii_lowercase()),
            "{name}"
        );
    }
}

#[test]
fn slack_is_told_by_a_manifest() {
    let manifest = Manifest::in_socket_mode("modelpin");
    is_golden("slack", "registration", &manifest);
    is_golden(
        "slack",
        "registration-http",
        &Manifest::at("modelpin", "https://bot.example/slack"),
    );
    let long = Manifest::in_socket_mode(&"👩\u{200d}💻".repeat(50));
    let name = &long.display_information.name;
    assert!(
        name.encode_utf16().count() <= slack::APP_NAME && name.ends_with("💻…"),
        "{name}"
    );
    let command = &manifest.features.slash_commands[0];
    assert!(command.usage_hint.chars().count() <= slack::USAGE_HINT);
}

#[test]
fn the_best_comes_first_while_somebody_types() {
    assert_eq!(
        lines("")[..5],
        ["opus", "sonnet", "stable", "\"my model\"", "list"]
    );
    assert_eq!(lines("st"), ["stable", "status", "list"]);
    assert_eq!(lines("opus")[..2], ["opus", "anthropic/claude-opus-4-6"]);
    assert_eq!(lines("gpt"), ["openai/gpt-5"]);
    assert_eq!(lines("opsu"), ["opus"]);
    assert_eq!(lines("zzzz"), [""; 0]);
    assert_eq!(
        lines("opus@"),
        ["opus@anthropic:work", "opus@anthropic:home", "opus@auto"]
    );
    assert_eq!(lines("OPUS@wo"), ["OPUS@anthropic:work"]);
    assert_eq!(lines("@w"), ["@anthropic:work", "@openai:work"]);
    assert_eq!(
        lines("openrouter/x/with@si"),
        ["\"openrouter/x/with@sign@20250929\""]
    );
    assert_eq!(lines("list an"), ["list anthropic"]);
    assert_eq!(lines("opus --on"), ["opus --once"]);
    assert_eq!(lines("opus@work --f")[0], "opus@work --for");
}

#[test]
fn a_key_that_is_pasted_while_typing_is_not_repeated() {
    for typed in [
        "sk-ant-api03-EXAMPLEcanary1234",
        "opus@sk-ant-api03-EXAMPLEcanary1234",
    ] {
        let told = serde_json::to_string(&Autocomplete::of(typed, &usual())).expect("JSON");
        assert!(!told.contains("EXAMPLE") && !told.contains("canary"), "{told}");
    }
}

#[test]
fn what_is_typed_can_be_sent_and_nothing_is_offered_that_nobody_named() {
    let told = Autocomplete::of("op", &usual());
    is_golden("discord", "registration-autocomplete", &told);
    let values: Vec<&str> = told.data.choices.iter().map(|one| one.value.as_str()).collect();
    assert_eq!(values.last(), Some(&"op"));
    let told = Autocomplete::of("opus --for 2h", &usual());
    assert_eq!(told.data.choices.len(), 1);
    assert_eq!(told.data.choices[0].value, "opus --for 2h");
    let nobody = Autocomplete::of("opus@", &Names::default());
    let values: Vec<&str> = nobody.data.choices.iter().map(|one| one.value.as_str()).collect();
    assert_eq!(values, ["opus@"]);
}

/// Names as people and machines make them.
fn name() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("opus".to_owned()),
        Just("with@sign@20250929".to_owned()),
        Just("👩\u{200d}💻🎉".to_owned()),
        Just("שלום\u{202e}abc".to_owned()),
        Just("\"quoted\" and spaced".to_owned()),
        Just("e\u{301}模型".to_owned()),
        Just("-dash=and'more`".to_owned()),
        Just("list".to_owned()),
        Just("7".to_owned()),
        "[a-z0-9@:/._ -]{1,12}",
    ];
    (proptest::collection::vec(piece, 1..4), any::<bool>()).prop_map(|(pieces, long)| {
        let name = pieces.join("/");
        if long { name.repeat(40) } else { name }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn every_answer_is_within_discords_limits(
        models in proptest::collection::vec(name(), 0..60), typed in prop_oneof![name(), ".{0,300}"],
    ) {
        let models: Vec<(&str, &str)> = models.iter().map(|name| (name.as_str(), "p")).collect();
        let told = Autocomplete::of(&typed, &names(&models, &["p:work", "p:with blank"]));
        prop_assert!(told.data.choices.len() <= CHOICES);
        let mut values = std::collections::BTreeSet::new();
        for choice in &told.data.choices {
            prop_assert!((1..=CHOICE_NAME).contains(&choice.name.encode_utf16().count()), "{:?}", choice);
            prop_assert!((1..=CHOICE_VALUE).contains(&choice.value.encode_utf16().count()), "{:?}", choice);
            prop_assert!(!choice.name.contains(['\u{202e}', '\n']), "{:?}", choice);
            prop_assert!(values.insert(choice.value.clone()), "{:?} stands twice", choice.value);
        }
        let typed = typed.trim();
        if !typed.is_empty() && typed.encode_utf16().count() <= CHOICE_VALUE {
            prop_assert!(values.contains(typed), "{typed:?} can be sent");
        }
    }

    #[test]
    fn an_offered_line_means_the_model_that_it_was_made_of(models in proptest::collection::vec(name(), 1..20)) {
        let models: std::collections::BTreeSet<String> = models.into_iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty() && name.len() <= 200).collect();
        let pairs: Vec<(&str, &str)> = models.iter().map(|name| (name.as_str(), "p")).collect();
        let verbs = modelpin::command::spec::verbs().len();
        let found = suggest("", &names(&pairs, &[]), 1_000, |_| true);
        prop_assert_eq!(found.len() , models.len() + verbs);
        let mut meant = std::collections::BTreeSet::new();
        for one in &found {
            let line = format!("/model {}", one.line);
            match Syntax::new().parse(&line) {
                Parsed::Command { command: ModelCommand::Choose(Choose { what: Wanted::Model(reference), .. }), rest: None } => {
                    let model = match &reference { Reference::Bare(text) => text.as_str(), Reference::Exact { model, .. } => model };
                    prop_assert_eq!(reference.written().1, None, "{}", line);
                    meant.insert(model.to_owned());
                }
                Parsed::Command { .. } => {}
                other => prop_assert!(false, "{} is {:?}", line, other),
            }
        }
        prop_assert_eq!(meant, models);
    }
}
