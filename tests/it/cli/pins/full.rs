//! A disk that is full refuses the pin with the truth.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::super::home::not_tried;
use super::world::World;

fn text(event: &Value) -> &str {
    event["text"].as_str().expect("a text")
}

#[test]
fn a_full_disk_refuses_the_pin_and_the_old_one_holds_until_there_is_room() {
    let world = World::new();
    let state = world.home.state();
    let small = tempfile::tempdir().expect("a directory");
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=512k", "tmpfs"])
        .arg(small.path())
        .output()
        .is_ok_and(|done| done.status.success());
    if !mounted {
        return not_tried("mounting a small file system is for root");
    }
    // The state directory's database is on the small disk.
    std::os::unix::fs::symlink(
        small.path().join("modelpin.sqlite"),
        state.join("modelpin.sqlite"),
    )
    .expect("linked");
    let mut chat = world.chat("a");
    assert_eq!(chat.say("/model haiku@work --strict")["view"], "changed");
    let ballast = small.path().join("ballast");
    // Fills what is left, to the last byte.
    let full = fs::write(&ballast, vec![0; 600 << 10]);
    assert!(full.is_err(), "the disk is full");
    let mut refused = None;
    // What was written to the log already may be used again, so the first one may still find its place.
    for n in 0..400 {
        let told = chat.say(if n % 2 == 0 {
            "/model opus@home"
        } else {
            "/model haiku@home"
        });
        if told["view"] != "changed" {
            refused = Some((n, told));
            break;
        }
    }
    let (at, told) = refused.expect("sooner or later there is no room");
    assert!(text(&told).contains("could not be kept"), "{told}");
    assert!(text(&told).contains("full"), "{told}");
    assert!(text(&told).contains("nothing changed"), "{told}");
    let holds = if at == 0 {
        "haiku"
    } else if at % 2 == 1 {
        "opus"
    } else {
        "haiku"
    };
    let status = chat.say("/model status");
    assert!(
        text(&status).contains(holds),
        "the old pin holds ({at}): {status}"
    );
    let listed = world.pins();
    assert_eq!(listed.len(), 1);
    assert!(
        listed[0]["model"].as_str().expect("a model").contains(holds),
        "{listed:?}"
    );
    fs::remove_file(&ballast).expect("room is made");
    let kept = chat.say("/model opus@work");
    assert_eq!(kept["view"], "changed", "{kept}");
    drop(chat);
    assert!(
        world.pins()[0]["model"]
            .as_str()
            .expect("a model")
            .contains("opus")
    );
    assert!(
        Command::new("umount")
            .arg(small.path())
            .status()
            .expect("umount")
            .success()
    );
    fs::remove_file(state.join("modelpin.sqlite")).expect("the link goes");
    world.leaks_nothing();
}
