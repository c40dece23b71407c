//! What platforms are told of the commands, in each language.

use modelpin::registration::discord::{ApplicationCommand, DESCRIPTION};
use modelpin::registration::telegram::SetMyCommands;
use modelpin::view::Names;
use modelpin::words::Languages;

use super::replies::{TAGS, words};

#[test]
fn discord_is_told_the_command_in_each_of_its_languages_that_there_is() {
    let plain = ApplicationCommand::model();
    let mut languages = Languages::default();
    languages
        .add("tlh", "command-model = mIw yIwIv\n")
        .expect("a file");
    languages
        .add("de", "command-model = Modell wählen\n")
        .expect("a file");
    let told = plain.clone().in_languages(&languages).description_localizations;
    let tags: Vec<&str> = told.keys().copied().collect();
    assert_eq!(tags, ["de", "th", "vi", "zh-CN", "zh-TW"]);
    assert_eq!(told["zh-TW"], "选择此聊天使用的模型和凭据");
    assert!(
        told.values()
            .all(|told| told.encode_utf16().count() <= DESCRIPTION && *told != plain.description)
    );
    let body = serde_json::to_value(&plain).expect("JSON");
    assert!(body.get("description_localizations").is_none());
}

#[test]
fn telegram_is_told_its_list_in_a_language() {
    let names = Names {
        commands: vec!["opus".to_owned()],
        ..Names::default()
    };
    for tag in TAGS {
        let list = SetMyCommands::said(&names, &words(tag))
            .in_language(tag)
            .expect("two letters");
        assert_eq!(list.language_code.as_deref(), tag.split('-').next());
        let english = SetMyCommands::of(&names).commands;
        for (told, english) in list.commands.iter().zip(&english) {
            assert_eq!(told.command, english.command);
            assert_ne!(told.description, english.description);
        }
        assert!(
            list.commands[0]
                .description
                .ends_with(": list, status, default, why, undo, help"),
            "{list:?}"
        );
    }
}
