//! Where a message was written: a platform's chat, and the topic or thread in it.
//!
//! The text form is the one of OpenClaw's session keys without their `agent:<id>:`, so that both programs mean the same
//! chat by the same text: `telegram:group:-100123:topic:42`, `discord:channel:7:thread:8`, `slack:direct:U1`
//! (<https://docs.openclaw.ai/concepts/channel-routing>).

use std::fmt::{self, Write as _};
use std::str::FromStr;

use thiserror::Error;

/// The longest id of a platform, in bytes.
pub const ROOM_ID_BYTES: usize = 512;

/// The longest name of a platform, in bytes.
pub const PLATFORM_BYTES: usize = 32;

/// Where a message was written.
///
/// Printing and reading again gives the same room. In an id `%`, `:`, `/`, blanks and control characters are written as
/// `%` and two hexadecimal digits for each byte, so that no id is read as another room: the Matrix room `!a:b.c` is
/// `matrix:channel:!a%3Ab.c`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Room {
    platform: String,
    kind: Kind,
    id: String,
    /// Topics and threads, the outermost first.
    within: Vec<(Part, String)>,
}

/// The kinds of chat that a platform has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Direct,
    Group,
    Channel,
}

/// The kinds of part that a chat has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Topic,
    Thread,
}

/// What kind of place a chat is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// One person and the bot.
    Direct,
    /// Several people: a group, a channel, a room.
    Group,
    /// A topic of a forum.
    Topic,
    /// A thread under a message.
    Thread,
}

/// Who reads what is written in a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Company {
    /// The one who writes to the bot there, and nobody else.
    Alone,
    /// Others too.
    Others,
}

/// A room that cannot be: what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadRoom {
    /// The platform's name.
    #[error("a platform is called by 1 to {PLATFORM_BYTES} of a-z, 0-9, `_` and `-`, and `agent` is none")]
    Platform,
    /// An id without anything in it, or one that is too long.
    #[error("the id of a chat, a topic or a thread has 1 to {ROOM_ID_BYTES} bytes")]
    Id,
    /// The text is of another form.
    #[error(
        "a room is written `<platform>:direct:<id>`, `<platform>:group:<id>` or `<platform>:channel:<id>`, and behind it \
         `:topic:<id>` or `:thread:<id>`; in an id `:`, `/`, `%` and blanks are written `%3A`, `%2F`, `%25`, `%20`"
    )]
    Form,
}

impl Room {
    /// A chat of one person with the bot. Where the platform has no id for the chat, the person's id will do.
    ///
    /// # Errors
    /// [`BadRoom`] for a platform that is not called by `[a-z0-9][a-z0-9_-]*`, and for an id without anything in it or
    /// of over [`ROOM_ID_BYTES`].
    pub fn direct(platform: &str, id: &str) -> Result<Self, BadRoom> {
        Self::new(platform, Kind::Direct, id)
    }

    /// A group: people who talk to each other.
    ///
    /// # Errors
    /// As [`direct`](Self::direct).
    pub fn group(platform: &str, id: &str) -> Result<Self, BadRoom> {
        Self::new(platform, Kind::Group, id)
    }

    /// A channel: a room of a larger place, such as a Discord server, a Slack workspace or a Matrix home.
    ///
    /// # Errors
    /// As [`direct`](Self::direct).
    pub fn channel(platform: &str, id: &str) -> Result<Self, BadRoom> {
        Self::new(platform, Kind::Channel, id)
    }

    fn new(platform: &str, kind: Kind, id: &str) -> Result<Self, BadRoom> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-');
        let bytes = platform.as_bytes();
        let first = bytes.first().is_some_and(u8::is_ascii_alphanumeric);
        // `agent:` begins the keys of OpenClaw: what follows it is an agent.
        if !first || bytes.len() > PLATFORM_BYTES || !bytes.iter().copied().all(plain) || platform == "agent"
        {
            return Err(BadRoom::Platform);
        }
        Ok(Self {
            platform: platform.to_owned(),
            kind,
            id: checked(id)?,
            within: Vec::new(),
        })
    }

    /// A topic of this chat: a forum's.
    ///
    /// # Errors
    /// [`BadRoom::Id`] for an id without anything in it or of over [`ROOM_ID_BYTES`].
    pub fn topic(&self, id: &str) -> Result<Self, BadRoom> {
        self.part(Part::Topic, id)
    }

    /// A thread of this chat, or of a topic of it.
    ///
    /// # Errors
    /// As [`topic`](Self::topic).
    pub fn thread(&self, id: &str) -> Result<Self, BadRoom> {
        self.part(Part::Thread, id)
    }

    fn part(&self, part: Part, id: &str) -> Result<Self, BadRoom> {
        let mut room = self.clone();
        room.within.push((part, checked(id)?));
        Ok(room)
    }

    /// The platform's name.
    #[must_use]
    pub fn platform(&self) -> &str {
        &self.platform
    }

    /// The id of the innermost part, as the platform gives it.
    #[must_use]
    pub fn id(&self) -> &str {
        self.within.last().map_or(&self.id, |(_, id)| id)
    }

    /// The chat of a topic or a thread; `None` for what is in no other.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let mut room = self.clone();
        room.within.pop()?;
        Some(room)
    }

    /// What kind of place it is.
    #[must_use]
    pub fn place(&self) -> Place {
        match (self.within.last(), self.kind) {
            (Some((Part::Topic, _)), _) => Place::Topic,
            (Some((Part::Thread, _)), _) => Place::Thread,
            (None, Kind::Direct) => Place::Direct,
            (None, Kind::Group | Kind::Channel) => Place::Group,
        }
    }

    /// Who reads what is written there. Topics and threads of a direct chat are read by the same one person.
    #[must_use]
    pub fn company(&self) -> Company {
        match self.kind {
            Kind::Direct => Company::Alone,
            Kind::Group | Kind::Channel => Company::Others,
        }
    }
}

fn checked(id: &str) -> Result<String, BadRoom> {
    if id.is_empty() || id.len() > ROOM_ID_BYTES {
        return Err(BadRoom::Id);
    }
    Ok(id.to_owned())
}

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Direct => "direct",
            Kind::Group => "group",
            Kind::Channel => "channel",
        };
        write!(f, "{}:{kind}:", self.platform)?;
        write!(f, "{}", Written(&self.id))?;
        self.within.iter().try_for_each(|(part, id)| {
            f.write_str(match part {
                Part::Topic => ":topic:",
                Part::Thread => ":thread:",
            })?;
            write!(f, "{}", Written(id))
        })
    }
}

/// Whether a character would end an id, or be lost at the end of a text.
fn must_be_escaped(c: char) -> bool {
    matches!(c, '%' | ':' | '/') || c.is_whitespace() || c.is_control()
}

/// An id as it stands in a text.
struct Written<'i>(&'i str);

impl fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| {
            if !must_be_escaped(c) {
                return f.write_char(c);
            }
            let mut bytes = [0; 4];
            let mut bytes = c.encode_utf8(&mut bytes).bytes();
            bytes.try_for_each(|b| write!(f, "%{b:02X}"))
        })
    }
}

impl FromStr for Room {
    type Err = BadRoom;

    /// Reads what [`Display`](fmt::Display) writes, and nothing else: each room has one text.
    fn from_str(text: &str) -> Result<Self, BadRoom> {
        let mut parts = text.split(':');
        let mut next = || parts.next().ok_or(BadRoom::Form);
        let (platform, kind, id) = (next()?, next()?, read_id(next()?)?);
        let kind = match kind {
            "direct" => Kind::Direct,
            "group" => Kind::Group,
            "channel" => Kind::Channel,
            _ => return Err(BadRoom::Form),
        };
        let mut room = Self::new(platform, kind, &id)?;
        while let Some(part) = parts.next() {
            let id = read_id(parts.next().ok_or(BadRoom::Form)?)?;
            room = match part {
                "topic" => room.topic(&id)?,
                "thread" => room.thread(&id)?,
                _ => return Err(BadRoom::Form),
            };
        }
        Ok(room)
    }
}

/// An id that was written by [`Written`].
fn read_id(written: &str) -> Result<String, BadRoom> {
    let mut bytes = Vec::with_capacity(written.len());
    let mut rest = written.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || {
            let digit = rest.next().filter(|b| !b.is_ascii_lowercase());
            digit
                .and_then(|b| char::from(b).to_digit(16))
                .ok_or(BadRoom::Form)
        };
        let byte = digit()? * 16 + digit()?;
        bytes.push(u8::try_from(byte).map_err(|_| BadRoom::Form)?);
    }
    let id = String::from_utf8(bytes).map_err(|_| BadRoom::Form)?;
    // What was escaped without need would be a second text of the same room.
    let again = Written(&id).to_string();
    if again == written {
        Ok(id)
    } else {
        Err(BadRoom::Form)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id() -> impl Strategy<Value = String> {
        prop_oneof![
            ".{1,60}",
            "[:%/a-f0-9]{1,20}",
            Just("1:topic:2".to_owned()),
            Just("!r:example.org".to_owned())
        ]
    }

    fn room() -> impl Strategy<Value = Room> {
        let parts = prop::collection::vec((any::<bool>(), id()), 0..3);
        ("[a-z0-9][a-z0-9_-]{0,9}", 0..3_u8, id(), parts).prop_filter_map(
            "no platform",
            |(platform, kind, id, parts)| {
                let kind = [Kind::Direct, Kind::Group, Kind::Channel][usize::from(kind)];
                let mut room = Room::new(&platform, kind, &id).ok()?;
                for (topic, id) in parts {
                    room = if topic { room.topic(&id) } else { room.thread(&id) }.ok()?;
                }
                Some(room)
            },
        )
    }

    proptest! {
        #[test]
        fn printing_and_reading_again_gives_the_same_room(room in room()) {
            prop_assert_eq!(room.to_string().parse::<Room>(), Ok(room));
        }

        #[test]
        fn two_rooms_never_have_one_text(one in room(), other in room()) {
            prop_assert_eq!(one == other, one.to_string() == other.to_string());
        }

        #[test]
        fn what_is_read_is_written_so(text in prop_oneof![".*", "[a-z]{1,3}:(group|direct|channel):[%:a-fA-F0-9]{0,9}(:topic:[0-9%]{0,4})?"]) {
            if let Ok(room) = text.parse::<Room>() {
                prop_assert_eq!(room.to_string(), text);
            }
        }
    }

    #[test]
    fn the_text_is_the_one_of_openclaw() {
        let forum = Room::group("telegram", "-100123").expect("a group");
        let topic = forum.topic("42").expect("a topic");
        assert_eq!(topic.to_string(), "telegram:group:-100123:topic:42");
        assert_eq!((topic.place(), topic.company()), (Place::Topic, Company::Others));
        assert_eq!((topic.id(), topic.parent()), ("42", Some(forum)));
        let channel = Room::channel("discord", "7").expect("a channel");
        let thread = channel.thread("8").expect("a thread");
        assert_eq!(thread.to_string(), "discord:channel:7:thread:8");
        let alone = Room::direct("slack", "U1").expect("a chat");
        assert_eq!((alone.place(), alone.company()), (Place::Direct, Company::Alone));
    }

    #[test]
    fn what_is_no_room_is_refused_with_its_reason() {
        for (text, wrong) in [
            ("telegram:42", BadRoom::Form),
            ("Telegram:group:1", BadRoom::Platform),
            ("agent:group:1", BadRoom::Platform),
            ("telegram:group:", BadRoom::Id),
            ("telegram:group:1:topic", BadRoom::Form),
            ("telegram:group:1:post:2", BadRoom::Form),
            ("telegram:group:%31", BadRoom::Form),
            ("telegram:group:%3a", BadRoom::Form),
            ("telegram:group:%ff", BadRoom::Form),
            ("telegram:group:a b", BadRoom::Form),
        ] {
            assert_eq!(text.parse::<Room>(), Err(wrong), "{text}");
        }
        assert_eq!(Room::group("x", &"y".repeat(ROOM_ID_BYTES + 1)), Err(BadRoom::Id));
    }
}
