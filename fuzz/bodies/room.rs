//! Any room: it is printed and read as itself, no id is read as another room, and no caller forges one of another.

use modelpin::SessionKey;
use modelpin::session::{AgentId, PLATFORM_BYTES, ROOM_ID_BYTES, Room};

use super::fields::{fields, text};

/// Fields: a platform, an id, an id of a topic, one of a thread, a caller; a text that may be a room.
pub(crate) fn check(data: &[u8]) {
    let [platform, id, topic, thread, caller, written] = fields(data);
    let (platform, id, topic) = (text(platform), text(id), text(topic));
    let (thread, caller, written) = (text(thread), text(caller), text(written));

    for made in [Room::direct, Room::group, Room::channel] {
        let made = made(&platform, &id);
        let fits = (1..=PLATFORM_BYTES).contains(&platform.len()) && (1..=ROOM_ID_BYTES).contains(&id.len());
        assert!(fits || made.is_err(), "{made:?} is over its limits");
        let Ok(room) = made else { continue };
        holds(&room);
        for part in [room.topic(&topic), room.thread(&thread)].into_iter().flatten() {
            holds(&part);
            assert_eq!(part.parent().as_ref(), Some(&room));
            if let Ok(deeper) = part.thread(&thread) {
                holds(&deeper);
                assert_eq!(deeper.parent(), Some(part));
            }
        }
    }

    for one in [&written, &platform, &id] {
        if let Ok(room) = one.parse::<Room>() {
            assert_eq!(room.to_string(), **one, "one room has two texts");
            holds(&room);
        }
        let key = SessionKey::new(one);
        // A caller's name is not a part of the room, and no name of one makes a room of what was none.
        assert_eq!(key.under(&caller).room(), key.room());
        if let Ok(agent) = AgentId::new(one) {
            assert!((1..=64).contains(&agent.as_str().len()));
            assert!(
                !agent.as_str().contains(['/', '\\', '.', '\0']),
                "{agent} is a path"
            );
        }
    }
}

fn holds(room: &Room) {
    let printed = room.to_string();
    assert_eq!(printed.parse::<Room>().as_ref(), Ok(room), "{printed:?}");
    assert!(
        !printed.contains('/') && !printed.chars().any(char::is_control),
        "{printed:?}"
    );
    let key = SessionKey::of(room);
    assert_eq!(key.room().as_ref(), Some(room));
    assert_eq!(key.company(), Some(room.company()));
    assert_eq!(key.parent().map(|parent| parent.room()), room.parent().map(Some));
}
