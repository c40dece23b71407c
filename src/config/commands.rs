//! `commands` and `bot`: how commands are recognised, and who may give them.

use super::auth::{Allow, read_allow};
use super::reading::{At, Read};

/// `commands`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commands {
    /// Characters that begin a command, beside `/`.
    pub prefixes: Vec<String>,
    /// Whether an alias is a command of its own (`aliasCommands`); on by default.
    pub alias_commands: bool,
    /// Names that never are alias commands.
    pub reserved: Vec<String>,
    /// What becomes of a command of somebody who may not give it.
    pub unauthorised: Unauthorised,
    /// The language of replies to messages that do not say one, as a tag of BCP 47 (`locale`).
    pub locale: Option<String>,
    /// Who may use commands; `None` for everybody.
    pub allow: Option<Allow>,
    /// Who may change what holds for others; `None` for nobody in a chat.
    pub admins: Option<Allow>,
}

impl Default for Commands {
    fn default() -> Self {
        Self {
            prefixes: Vec::new(),
            alias_commands: true,
            reserved: Vec::new(),
            unauthorised: Unauthorised::Pass,
            locale: None,
            allow: None,
            admins: None,
        }
    }
}

/// `commands.unauthorised`: what becomes of a command of somebody who may not give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Unauthorised {
    /// It is ordinary text.
    #[default]
    Pass,
    /// It is answered with a refusal.
    Refuse,
    /// It goes nowhere.
    Drop,
}

/// `bot`: the names under which it is addressed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bot {
    /// Names, without `@`.
    pub names: Vec<String>,
    /// The platforms' ids.
    pub ids: Vec<String>,
}

/// Keys that another program keeps under `commands`, as of early 2026.
const FOREIGN: &[&str] = &[
    "native",
    "nativeSkills",
    "text",
    "bash",
    "bashForegroundMs",
    "config",
    "debug",
    "restart",
    "useAccessGroups",
    "allowFrom",
    "ownerAllowFrom",
    "ownerDisplay",
    "ownerDisplaySecret",
];

pub(super) fn read<'a>(at: &At<'a>) -> Read<'a, Commands> {
    let commands = at.object()?;
    commands.expect_keys_beside(
        &[
            "prefixes",
            "aliasCommands",
            "reserved",
            "unauthorised",
            "locale",
            "allow",
            "admins",
        ],
        FOREIGN,
    );
    let words = [
        ("pass", Unauthorised::Pass),
        ("refuse", Unauthorised::Refuse),
        ("drop", Unauthorised::Drop),
    ];
    Ok(Commands {
        prefixes: commands.read("prefixes", read_prefixes)?.unwrap_or_default(),
        alias_commands: commands.read("aliasCommands", At::flag)?.unwrap_or(true),
        reserved: commands.read("reserved", At::names)?.unwrap_or_default(),
        unauthorised: commands
            .read("unauthorised", |at| at.word(&words))?
            .unwrap_or_default(),
        locale: commands.read("locale", At::text)?.map(str::to_owned),
        allow: commands.read("allow", read_allow)?,
        admins: commands.read("admins", read_allow)?,
    })
}

/// Prefixes: one character each, which no name, mention or sentence begins with.
fn read_prefixes<'a>(at: &At<'a>) -> Read<'a, Vec<String>> {
    let one = |at: &At<'a>| {
        let prefix = at.text()?;
        let mut chars = prefix.chars();
        let fits = |c: char| !c.is_alphanumeric() && !c.is_control() && !matches!(c, '@' | '＠' | '<');
        match (chars.next(), chars.next()) {
            (Some(c), None) if fits(c) => Ok(prefix.to_owned()),
            _ => Err(at.wrong_with_hint(
                "a prefix is one character that is no letter, digit, blank, `@` or `<`",
                "for example `!`",
            )),
        }
    };
    match at.list() {
        Ok(list) => list.iter().map(one).collect(),
        Err(_) => Ok(vec![one(at)?]),
    }
}

pub(super) fn read_bot<'a>(at: &At<'a>) -> Read<'a, Bot> {
    let bot = at.object()?;
    bot.expect_keys(&["names", "name", "ids", "id"]);
    let either = |many, one| -> Read<'a, Vec<String>> {
        let mut names = bot.read(many, At::names)?.unwrap_or_default();
        names.extend(bot.read(one, At::names)?.unwrap_or_default());
        Ok(names)
    };
    let names = either("names", "name")?;
    Ok(Bot {
        names: names
            .iter()
            .map(|name| name.strip_prefix('@').unwrap_or(name).to_owned())
            .collect(),
        ids: either("ids", "id")?,
    })
}
