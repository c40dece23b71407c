//! What depends on the bot: its names, its aliases, its prefixes.

use super::spec;

/// The command language of one bot.
///
/// Cheap to ask and never changed by asking; build it once for a configuration.
///
/// ```
/// use modelpin::command::{ModelCommand, Parsed, Syntax};
///
/// let syntax = Syntax::new().bot("mybot").alias("opus");
/// assert_eq!(syntax.parse("what does /model do?"), Parsed::Text);
/// let Parsed::Command { command, rest } = syntax.parse("@mybot /model status") else { panic!() };
/// assert_eq!((command, rest), (ModelCommand::Status, None));
/// ```
#[derive(Debug, Clone)]
pub struct Syntax {
    bots: Vec<String>,
    bot_ids: Vec<String>,
    aliases: Vec<String>,
    prefixes: Vec<String>,
    reserved: Vec<String>,
    alias_commands: AliasCommands,
    /// Whether a command can begin with this byte: most messages are told from commands by one look.
    first: [bool; 256],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AliasCommands {
    On,
    Off,
}

/// The longest name of an alias command, in bytes.
const ALIAS_LIMIT: usize = 32;

impl Default for Syntax {
    fn default() -> Self {
        Self::new()
    }
}

impl Syntax {
    /// A bot without a name, with no aliases, and `/` as its prefix.
    #[must_use]
    pub fn new() -> Self {
        let mut first = [false; 256];
        // Every blank and line break beyond ASCII begins with the first byte of one of these.
        for c in "\t\n\u{B}\u{C}\r /／\u{85}\u{1680}\u{2000}\u{3000}\u{FEFF}".chars() {
            mark(&mut first, c);
        }
        Self {
            bots: Vec::new(),
            bot_ids: Vec::new(),
            aliases: Vec::new(),
            prefixes: vec!["/".to_owned(), "／".to_owned()],
            reserved: Vec::new(),
            alias_commands: AliasCommands::On,
            first,
        }
    }

    /// The same language for a bot that also has this name; an empty name is none.
    #[must_use]
    pub fn bot(mut self, name: &str) -> Self {
        let Some(begin) = name.chars().next() else {
            return self;
        };
        for c in ['@', '＠', begin.to_ascii_lowercase(), begin.to_ascii_uppercase()] {
            mark(&mut self.first, c);
        }
        self.bots.push(name.to_owned());
        self.bots.sort_by_key(|name| std::cmp::Reverse(name.len()));
        self
    }

    /// The same language for a bot that also has this id, as in `<@id>`; an empty id is none.
    #[must_use]
    pub fn bot_id(mut self, id: &str) -> Self {
        if !id.is_empty() {
            mark(&mut self.first, '<');
            self.bot_ids.push(id.to_owned());
        }
        self
    }

    /// The same language with one more alias; see [`Syntax::without_alias_commands`].
    ///
    /// It becomes a command if it is made of 1 to 32 of `A-Z`, `a-z`, `0-9`, `_` and `-`, and is not reserved.
    /// Of two that differ in ASCII case only, the first is meant.
    #[must_use]
    pub fn alias(mut self, alias: &str) -> Self {
        let in_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
        if (1..=ALIAS_LIMIT).contains(&alias.len())
            && alias.bytes().all(in_name)
            && let Err(place) = self.find_alias(alias)
        {
            self.aliases.insert(place, alias.to_owned());
        }
        self
    }

    /// The same language with one more prefix beside `/`; an empty one is none.
    #[must_use]
    pub fn prefix(mut self, prefix: &str) -> Self {
        if let Some(begin) = prefix.chars().next() {
            mark(&mut self.first, begin);
            self.prefixes.push(prefix.to_owned());
            self.prefixes
                .sort_by_key(|prefix| std::cmp::Reverse(prefix.len()));
        }
        self
    }

    /// The same language in which the alias `name` is no command, whatever its ASCII case.
    #[must_use]
    pub fn reserve(mut self, name: &str) -> Self {
        self.reserved.push(name.to_owned());
        self
    }

    /// The same language in which no alias is a command: `/opus` is text.
    #[must_use]
    pub fn without_alias_commands(mut self) -> Self {
        self.alias_commands = AliasCommands::Off;
        self
    }

    /// Whether a command can begin with this byte.
    pub(super) fn begins_with(&self, byte: u8) -> bool {
        self.first[usize::from(byte)]
    }

    /// The bot's names, the longest first.
    pub(super) fn bots(&self) -> &[String] {
        &self.bots
    }

    pub(super) fn bot_ids(&self) -> &[String] {
        &self.bot_ids
    }

    /// The prefixes, the longest first.
    pub(super) fn prefixes(&self) -> impl Iterator<Item = &str> {
        self.prefixes.iter().map(String::as_str)
    }

    pub(super) fn is_bot(&self, name: &str) -> bool {
        self.bots.iter().any(|bot| bot.eq_ignore_ascii_case(name))
    }

    /// The aliases that are commands of their own.
    pub fn alias_commands(&self) -> impl Iterator<Item = &str> {
        let is_command = |alias: &&str| self.alias_command(alias).is_some();
        self.aliases.iter().map(|alias| &**alias).filter(is_command)
    }

    /// The alias, as configured, that `name` calls as a command.
    pub(super) fn alias_command(&self, name: &str) -> Option<&str> {
        if self.alias_commands == AliasCommands::Off || name.len() > ALIAS_LIMIT {
            return None;
        }
        let alias = self.aliases.get(self.find_alias(name).ok()?)?;
        let reserved = spec::find_verb(name).is_some()
            || self
                .reserved
                .iter()
                .any(|reserved| reserved.eq_ignore_ascii_case(name));
        (!reserved).then_some(alias)
    }

    fn find_alias(&self, name: &str) -> Result<usize, usize> {
        let wanted = || name.bytes().map(|b| b.to_ascii_lowercase());
        self.aliases
            .binary_search_by(|own| own.bytes().map(|b| b.to_ascii_lowercase()).cmp(wanted()))
    }
}

fn mark(first: &mut [bool; 256], c: char) {
    first[usize::from(c.encode_utf8(&mut [0; 4]).as_bytes()[0])] = true;
}

#[cfg(test)]
mod tests {
    use super::super::blank::{is_gap, work};
    use super::*;
    use crate::command::Parsed;

    #[test]
    fn every_blank_passes_the_first_look() {
        let syntax = Syntax::new();
        for c in (0..=0x10_FFFF).filter_map(char::from_u32).filter(|c| is_gap(*c)) {
            let message = format!("{c}/model");
            assert!(matches!(syntax.parse(&message), Parsed::Command { .. }), "{c:?}");
        }
    }

    #[test]
    fn a_reserved_name_is_no_alias_command() {
        let syntax = Syntax::new().alias("opus").alias("Start").reserve("START");
        assert_eq!(syntax.parse("/start"), Parsed::Text);
        assert!(matches!(syntax.parse("/opus"), Parsed::Command { .. }));
        assert_eq!(syntax.without_alias_commands().parse("/opus"), Parsed::Text);
    }

    #[test]
    fn the_longest_bot_name_and_prefix_win() {
        let syntax = Syntax::new().bot("my").bot("my bot").prefix("!").prefix("!!");
        assert!(matches!(syntax.parse("@my bot !!model"), Parsed::Command { .. }));
        assert_eq!(syntax.parse("@my-bot /model"), Parsed::Text);
    }

    #[test]
    fn work_grows_linearly_with_the_line_and_not_with_the_rest() {
        let syntax = Syntax::new().bot("mybot").bot_id("42").alias("opus");
        let looks = |message: &str| work::of(|| drop(syntax.parse(message)));
        for head in [
            "",
            "/model ",
            "/models ",
            "/opus@",
            "/opus ",
            "/model \"",
            "/model x@",
            "/model --for=\"",
            "@mybot ",
        ] {
            for piece in [
                " ", "\"", "“", "@", "@\"", "@ ", "@q8", "\\", "\\u", "\" ", "-", "-- ", "--for ",
                "--for=\"", "-s ", "—", "/", "x", "x ", ":", " :", "@mybot ", "<@42>", "mybot:", "<@", "\n",
                "x@/",
            ] {
                let message = |bytes: usize| format!("{head}{}", piece.repeat(bytes / piece.len()));
                for bytes in [1 << 10, 1 << 14] {
                    let looks = looks(&message(bytes));
                    assert!(
                        looks <= 12 * bytes as u64 + 200,
                        "{head:?} {piece:?}: {looks} looks at {bytes} bytes"
                    );
                }
            }
        }
        let line = "/model opus@work --for 2h\n";
        for piece in ["x", " x", "\"", "@"] {
            let long = format!("{line}{}", piece.repeat(1 << 22));
            assert!(looks(&long) <= looks(line) + 10, "{piece:?}");
        }
        let text = "hello /model ".repeat(1 << 18);
        assert_eq!(looks(&text), 0);
        for piece in [" ", "@", "-", "@mybot ", "\" "] {
            let bytes = 1 << 22;
            let message = format!("@mybot /model {}", piece.repeat(bytes / piece.len()));
            assert!(looks(&message) <= 12 * bytes as u64, "{piece:?}");
        }
    }

    #[test]
    fn a_colon_glued_to_a_quoted_profile_is_one_word_too_many() {
        let syntax = Syntax::new().alias("opus");
        assert!(matches!(syntax.parse("/opus@\"w\":"), Parsed::Invalid(_)));
        assert!(matches!(
            syntax.parse("/opus@\"w\" : --once"),
            Parsed::Command { .. }
        ));
    }
}
