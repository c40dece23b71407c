//! A damaged database, as a chat, a one-shot command and the doctor meet it.

use std::fs;
use std::path::PathBuf;

use super::super::home::STORE;
use super::world::{WORK, World};

const DATABASE: &str = "state/modelpin.sqlite";

/// A world in which so many chats have pins, and whose database is then damaged.
fn damaged(chats: usize, damage: impl FnOnce(&mut Vec<u8>)) -> World {
    let world = World::new();
    let mut chat = world.chat("all");
    chat.say("/model haiku@work --strict --global");
    drop(chat);
    let file = world.home.root().join(DATABASE);
    for n in 0..chats {
        // As many rows as fill pages, made by the database itself.
        let open = rusqlite::Connection::open(&file).expect("it opens");
        open.execute(
            "INSERT INTO pins SELECT 'session', 'main', ?1, version, changed + ?2, record FROM pins LIMIT 1",
            rusqlite::params![format!("chat-{n:04}"), n + 1],
        )
        .expect("inserted");
    }
    let mut bytes = fs::read(&file).expect("read");
    damage(&mut bytes);
    fs::write(&file, bytes).expect("written");
    world
}

/// Files that were set aside.
fn aside(world: &World) -> Vec<PathBuf> {
    let folder = fs::read_dir(world.home.root().join("state")).expect("a folder");
    let mut found: Vec<_> = folder
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().contains(".corrupt-"))
        .collect();
    found.sort();
    found
}

#[test]
fn a_chat_begins_beside_a_damaged_database_and_says_so() {
    for garbage in [
        b"{\"pins\": []}\n".to_vec(),
        vec![0xff; 9_000],
        b"SQLite format 3\0 and no more".to_vec(),
    ] {
        let world = damaged(0, |bytes| *bytes = garbage.clone());
        let credentials = fs::read(world.home.root().join(STORE)).expect("read");
        let ran = super::super::home::run(
            &mut world.home.modelpin(&["chat", "--json", "--session", "a"]),
            b"/model status\n/model haiku@work --strict\nhello\n",
        );
        let [kept] = &aside(&world)[..] else {
            panic!("one file is set aside: {:?}", aside(&world))
        };
        assert_eq!(fs::read(kept).expect("read"), garbage, "as it was");
        let name = kept.file_name().expect("a name").to_string_lossy().into_owned();
        assert!(ran.err.contains(&name), "{}", ran.err);
        assert!(ran.err.contains("pins begin empty"), "{}", ran.err);
        let told = ran.lines();
        assert_eq!(told[1]["view"], "changed", "{told:?}");
        assert_eq!(world.last_key(), WORK);
        assert_eq!(world.pins().len(), 1, "the new pin is kept");
        assert_eq!(
            fs::read(world.home.root().join(STORE)).expect("read"),
            credentials
        );
        world.leaks_nothing();
    }
}

#[test]
fn pins_that_can_still_be_read_go_on() {
    let world = damaged(400, |bytes| {
        // A page in the middle, of the table or of its index.
        let middle = bytes.len() / 4096 / 2 * 4096;
        bytes[middle..middle + 4096].fill(0x5a);
    });
    let told = world.says("chat-0000", &["/model status"]);
    assert_eq!(aside(&world).len(), 1);
    let pins = world.pins().len();
    assert!((200..=401).contains(&pins), "{pins} of 401 could be read");
    assert!(
        told[0]["text"].as_str().expect("a text").contains("haiku"),
        "{told:?}"
    );
    world.leaks_nothing();
}

#[test]
fn commands_that_ask_once_tell_and_change_nothing() {
    let world = damaged(0, |bytes| bytes.truncate(5_000));
    let before = world.home.listing();
    let asks = [
        (&["pins", "list"][..], 1),
        (&["pins", "check"], 1),
        (&["explain", "--provider", "anthropic"], 0),
        (&["doctor", "--offline"], 1),
    ];
    for (args, code) in asks {
        let ran = world.run(args);
        assert!(ran.all().contains("modelpin.sqlite"), "{args:?}: {}", ran.all());
        assert_eq!(ran.code, Some(code), "{args:?}: {}", ran.all());
    }
    assert_eq!(world.home.listing(), before, "nothing was changed");
    let ran = world.run_once(&["doctor", "--offline", "--fix"]);
    assert!(ran.out.contains(".corrupt-"), "{}", ran.all());
    assert_eq!(aside(&world).len(), 1);
    assert!(world.pins().len() <= 1);
    world.leaks_nothing();
}

#[test]
fn of_many_chats_that_begin_at_once_one_sets_it_aside() {
    let world = damaged(200, |bytes| {
        let middle = bytes.len() / 4096 / 2 * 4096;
        bytes[middle..middle + 4096].fill(0x5a);
    });
    let mut chats: Vec<_> = (0..6).map(|n| world.chat(&format!("chat-{n:04}"))).collect();
    for chat in &mut chats {
        assert_eq!(chat.say("/model opus@home")["view"], "changed");
    }
    drop(chats);
    assert_eq!(aside(&world).len(), 1, "{:?}", aside(&world));
    let opus = world
        .pins()
        .into_iter()
        .filter(|pin| pin["model"] == "anthropic/claude-opus-4-5");
    assert_eq!(opus.count(), 6, "and every pin of every chat is in the new file");
    world.leaks_nothing();
}

#[test]
fn a_database_that_is_not_ours_is_never_set_aside() {
    for sql in ["PRAGMA user_version = 99", "PRAGMA application_id = 7"] {
        let world = damaged(0, |_| ());
        let file = world.home.root().join(DATABASE);
        let open = rusqlite::Connection::open(&file).expect("it opens");
        open.execute_batch(sql).expect("set");
        drop(open);
        let before = fs::read(&file).expect("read");
        let ran = world.run_once(&["chat", "--json", "--session", "a"]);
        assert_eq!(ran.code, Some(1), "{}", ran.all());
        world.run_once(&["doctor", "--offline", "--fix"]);
        assert!(aside(&world).is_empty());
        assert!(fs::read(&file).expect("read") == before, "{sql}: it was changed");
    }
}
