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
fn the_configurations_in_the_readme_are_right_in_every_key() {
    let blocks = README.split("```json5\n").skip(1);
    let texts = blocks.map(|behind| behind.split_once("```").expect("the block ends").0);
    let configs = texts.map(|text| {
        let (config, warnings) = modelpin::config::Config::parse(text, "README.md").expect("it is read");
        assert!(warnings.is_empty(), "{warnings:?}");
        config
    });
    let configs: Vec<_> = configs.collect();
    let whole = configs.iter().find(|config| config.agents.models.len() == 2);
    assert!(whole.expect("the README shows one").commands.admins.is_some());
}
