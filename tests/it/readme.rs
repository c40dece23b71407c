//! The README says what is so.

const README: &str = include_str!("../../README.md");

#[test]
fn the_readme_has_the_help_of_the_command_word_for_word() {
    assert!(
        README.contains(modelpin::command::help::short()),
        "copy the part between the marks of grammar/reference.md"
    );
}

#[test]
fn the_configuration_in_the_readme_is_right_in_every_key() {
    let (_, behind) = README
        .split_once("```json5\n")
        .expect("the README shows a configuration");
    let (text, _) = behind.split_once("```").expect("the block ends");
    let (config, warnings) = modelpin::config::Config::parse(text, "README.md").expect("it is read");
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(config.agents.models.len(), 2);
    assert!(config.commands.admins.is_some());
}
