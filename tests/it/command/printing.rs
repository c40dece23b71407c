//! A command that is printed and parsed again is the same command.

use std::time::Duration;

use modelpin::command::{Choose, ModelCommand, Parsed, Reference, Syntax, Wanted};
use modelpin::session::Scope;
use modelpin::terms::{Lifetime, Mode};
use proptest::prelude::*;

use super::messages::messages;

fn read_again(command: &ModelCommand) -> Option<ModelCommand> {
    match Syntax::new().parse(&command.to_string()) {
        Parsed::Command { command, rest: None } => Some(command),
        _ => None,
    }
}

/// Names from plain to nasty, short enough to be quoted.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,8}",
        "[a-z@/:“\"\\\\ ＠.-]{1,12}",
        prop::sample::select(vec![
            "list", "3", "0", "-x", "—", "auto", "a@\"b", "@x", "\u{2028}", "a\nb", "20250929"
        ])
        .prop_map(str::to_owned),
        "\\PC{1,20}",
    ]
}

fn wanted() -> impl Strategy<Value = Wanted> {
    prop_oneof![
        (name(), prop::option::of(name()))
            .prop_map(|(model, profile)| Wanted::Model(Reference::Exact { model, profile })),
        (1..=9999_u16, prop::option::of(name()))
            .prop_map(|(index, profile)| Wanted::Number { index, profile }),
        name().prop_map(Wanted::Profile),
    ]
}

fn scope() -> impl Strategy<Value = Option<Scope>> {
    prop::sample::select(vec![
        None,
        Some(Scope::Session),
        Some(Scope::Agent),
        Some(Scope::Global),
    ])
}

fn commands() -> impl Strategy<Value = ModelCommand> {
    let lifetime = prop_oneof![
        Just(None),
        Just(Some(Lifetime::Once)),
        (1..=43_200_u64).prop_map(|minutes| Some(Lifetime::For(Duration::from_secs(minutes * 60)))),
    ];
    let mode = prop::sample::select(vec![None, Some(Mode::Strict), Some(Mode::Prefer)]);
    prop_oneof![
        (prop::option::of(name()), prop::option::of(1..=9999_u16))
            .prop_map(|(provider, page)| ModelCommand::List { provider, page }),
        scope().prop_map(|scope| ModelCommand::Default { scope }),
        scope().prop_map(|scope| ModelCommand::Undo { scope }),
        prop::sample::select(vec![
            ModelCommand::Picker,
            ModelCommand::Status,
            ModelCommand::Why,
            ModelCommand::Help
        ]),
        (wanted(), scope(), mode, lifetime).prop_map(|(what, scope, mode, lifetime)| {
            ModelCommand::Choose(Choose {
                what,
                scope,
                mode,
                lifetime,
            })
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_parsed_command_is_printed_as_itself(message in messages()) {
        let syntax = Syntax::new().bot("mybot").alias("opus").alias("gpt").prefix("!");
        if let Parsed::Command { command, .. } = syntax.parse(&message) {
            prop_assert_eq!(read_again(&command), Some(command.clone()), "{}", command);
        }
    }

    #[test]
    fn any_command_is_printed_as_itself(command in commands()) {
        prop_assert_eq!(read_again(&command), Some(command.clone()), "{}", command);
    }

    #[test]
    fn what_fits_its_limit_as_written_fits_it_as_printed(
        length in 240_usize..=256,
        piece in prop::sample::select(vec!["p", "\"", "@", "＠", "é"]),
        form in 0..6_usize,
    ) {
        let text = |room: usize| piece.repeat(room / piece.len());
        let (bare, quoted, curly) = (text(length), text(length - 2), text(length.min(256) - 6));
        let message = match form {
            0 => format!("/model x{}", text(length - 1)),
            1 => format!("/model opus --profile=x{}", text(length - 1)),
            2 => format!("/model a@b@“{curly}”"),
            3 => format!("/model \"x@{}\" --profile=x{}", text(length - 4).replace('"', "y"), text(length - 1)),
            4 => format!("/model 3@“{curly}”"),
            _ => format!("/model @\"{}\" -- {bare}", quoted.replace('"', "z")),
        };
        let syntax = Syntax::new();
        if let Parsed::Command { command, .. } = syntax.parse(&message) {
            prop_assert_eq!(read_again(&command), Some(command.clone()), "{}", command);
        }
    }
}

#[test]
fn a_long_provider_still_fits_its_line() {
    let message = format!("/models {}", "p".repeat(4088));
    let Parsed::Command { command, .. } = Syntax::new().parse(&message) else {
        panic!("is a command")
    };
    assert_eq!(command.to_string(), message);
}
