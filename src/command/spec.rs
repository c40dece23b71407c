//! The one table of verbs and options: parser, help, completion and suggestions all read it.

use crate::session::Scope;
use crate::terms::Mode;

/// What a verb does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Lists models.
    List,
    /// Tells what is in use.
    Status,
    /// Goes back to the default.
    Default,
    /// Explains the next choice.
    Why,
    /// Takes back the last change.
    Undo,
    /// Shows the short help.
    Help,
}

/// Options of one group exclude each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// How far a choice reaches.
    Scope,
    /// How long it holds.
    Lifetime,
    /// How firmly it is meant.
    Mode,
    /// Which profile; `@profile` is the other way to say it.
    Profile,
}

/// What an option sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// The scope.
    Scope(Scope),
    /// A lifetime, given as the value.
    For,
    /// The lifetime of one request.
    Once,
    /// The mode.
    Mode(Mode),
    /// The profile, given as the value.
    Profile,
}

/// One verb of `/model`.
#[derive(Debug)]
pub struct VerbSpec {
    /// The word, in lower case.
    pub name: &'static str,
    /// What it does; two words may do the same.
    pub verb: Verb,
    /// What may follow it, as the help writes it; empty for nothing.
    pub arguments: &'static str,
    /// The groups of options that it takes.
    pub allows: &'static [Group],
    /// One line for people.
    pub help: &'static str,
}

/// One option of `/model`.
#[derive(Debug)]
pub struct OptionSpec {
    /// The long name, with its hyphens.
    pub long: &'static str,
    /// The short name, with its hyphen.
    pub short: Option<&'static str>,
    /// What its value is called; `None` for an option without a value.
    pub value: Option<&'static str>,
    /// What it sets.
    pub setting: Setting,
    /// One line for people.
    pub help: &'static str,
}

impl OptionSpec {
    /// The group in which at most one option may be given.
    #[must_use]
    pub fn group(&self) -> Group {
        match self.setting {
            Setting::Scope(_) => Group::Scope,
            Setting::For | Setting::Once => Group::Lifetime,
            Setting::Mode(_) => Group::Mode,
            Setting::Profile => Group::Profile,
        }
    }
}

impl Group {
    /// The groups that go with a model, a number or a profile: all of them.
    pub const ALL: &'static [Group] = &[Group::Scope, Group::Lifetime, Group::Mode, Group::Profile];

    /// What the options of the group say, as a noun for messages.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Scope => "scope",
            Self::Lifetime => "lifetime",
            Self::Mode => "mode",
            Self::Profile => "profile",
        }
    }
}

const VERBS: &[VerbSpec] = &[
    verb("list", Verb::List, "[provider] [page]", &[], "choose from a list"),
    verb("status", Verb::Status, "", &[], "what is in use, and why"),
    verb(
        "default",
        Verb::Default,
        "",
        &[Group::Scope],
        "back to the default model and profile",
    ),
    verb("reset", Verb::Default, "", &[Group::Scope], "the same as default"),
    verb(
        "why",
        Verb::Why,
        "",
        &[],
        "what the next message will use, and why",
    ),
    verb(
        "undo",
        Verb::Undo,
        "",
        &[Group::Scope],
        "take back the last change",
    ),
    verb("help", Verb::Help, "", &[], "this help"),
];

const OPTIONS: &[OptionSpec] = &[
    option(
        "--session",
        Some("-s"),
        None,
        Setting::Scope(Scope::Session),
        "for this chat (as without it)",
    ),
    option(
        "--agent",
        Some("-a"),
        None,
        Setting::Scope(Scope::Agent),
        "for all chats of this agent",
    ),
    option(
        "--global",
        Some("-g"),
        None,
        Setting::Scope(Scope::Global),
        "for all chats",
    ),
    option(
        "--for",
        None,
        Some("duration"),
        Setting::For,
        "for so long: 90m, 1h30m, 2d",
    ),
    option("--once", None, None, Setting::Once, "for the next request only"),
    option(
        "--strict",
        None,
        None,
        Setting::Mode(Mode::Strict),
        "this profile or nothing",
    ),
    option(
        "--prefer",
        None,
        None,
        Setting::Mode(Mode::Prefer),
        "this profile first, then others",
    ),
    option(
        "--profile",
        None,
        Some("profile"),
        Setting::Profile,
        "the same as @profile",
    ),
];

const fn verb(
    name: &'static str,
    verb: Verb,
    arguments: &'static str,
    allows: &'static [Group],
    help: &'static str,
) -> VerbSpec {
    VerbSpec {
        name,
        verb,
        arguments,
        allows,
        help,
    }
}

const fn option(
    long: &'static str,
    short: Option<&'static str>,
    value: Option<&'static str>,
    setting: Setting,
    help: &'static str,
) -> OptionSpec {
    OptionSpec {
        long,
        short,
        value,
        setting,
        help,
    }
}

/// Every verb, in the order in which help lists them.
#[must_use]
pub fn verbs() -> &'static [VerbSpec] {
    VERBS
}

/// Every option, in the order in which help lists them.
#[must_use]
pub fn options() -> &'static [OptionSpec] {
    OPTIONS
}

/// Finds the verb that `word` is, in any ASCII case.
#[must_use]
pub fn find_verb(word: &str) -> Option<&'static VerbSpec> {
    VERBS.iter().find(|verb| verb.name.eq_ignore_ascii_case(word))
}

/// Finds the option that `written` is, in any ASCII case; a leading dash stands for two hyphens.
#[must_use]
pub fn find_option(written: &str) -> Option<&'static OptionSpec> {
    let long = match written.strip_prefix(['—', '–']) {
        Some(name) => Some(name),
        None => written.strip_prefix("--"),
    };
    OPTIONS.iter().find(|option| match long {
        Some(name) => option
            .long
            .get(2..)
            .is_some_and(|own| own.eq_ignore_ascii_case(name)),
        None => option.short.is_some_and(|own| own.eq_ignore_ascii_case(written)),
    })
}
