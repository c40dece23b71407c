//! A wire between a machine and the server, which is cut: connections stand, and nothing passes any more.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use modelpin::store::redis::Health;

use super::between::Between;
use super::{World, renewed, run, sends_nothing};
use crate::oauth::renewal::gate::{Pass, Seen, held};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wire {
    Whole,
    Cut,
    /// What is asked arrives, and what is answered does not.
    Deaf,
}

/// Which way something goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    There,
    Back,
}

/// Passes on what comes, until it is cut.
#[derive(Debug)]
pub(super) struct Line {
    address: SocketAddr,
    wire: Arc<(Mutex<Wire>, Condvar)>,
}

impl Line {
    pub(super) fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let wire = Arc::new((Mutex::new(Wire::Whole), Condvar::new()));
        let ours = Arc::clone(&wire);
        thread::spawn(move || {
            for here in listener.incoming().flatten() {
                let Ok(there) = TcpStream::connect(server) else {
                    continue;
                };
                for (from, to, way) in [(&here, &there, Way::There), (&there, &here, Way::Back)] {
                    let (from, to) = (from.try_clone().expect("copied"), to.try_clone().expect("copied"));
                    let wire = Arc::clone(&ours);
                    thread::spawn(move || pass(from, to, way, &wire));
                }
            }
        });
        Self { address, wire }
    }

    pub(super) fn url(&self) -> String {
        format!("redis://{}/0", self.address)
    }

    pub(super) fn cut(&self) {
        self.is_now(Wire::Cut);
    }

    pub(super) fn mend(&self) {
        self.is_now(Wire::Whole);
    }

    fn is_now(&self, wire: Wire) {
        *self.wire.0.lock().expect("nobody panics") = wire;
        self.wire.1.notify_all();
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, way: Way, wire: &(Mutex<Wire>, Condvar)) {
    let held = |wire: &mut Wire| *wire == Wire::Cut || (*wire == Wire::Deaf && way == Way::Back);
    let mut part = [0; 4096];
    while let Ok(read @ 1..) = from.read(&mut part) {
        let whole = wire.0.lock().expect("nobody panics");
        drop(wire.1.wait_while(whole, held).expect("nobody panics"));
        if to.write_all(&part[..read]).is_err() {
            break;
        }
    }
    let _gone = to.shutdown(Shutdown::Both);
}

#[test]
fn a_machine_that_is_cut_off_sends_nothing_and_has_the_tokens_when_it_is_back() {
    let Some(world) = World::new(&["one", "two"]) else {
        return;
    };
    let line = Line::to(world.server.at());
    run(async {
        let here = world.server.join_by("a", &line.url()).await;
        let there = world.server.join("a").await;
        let refresher = world.refresher(Arc::new(here.sign_ins()));
        line.cut();
        // Once while nobody knows that it is cut, and once when it is known.
        let told = renewed(&refresher, &world.wanted("one")).await.unwrap_err();
        sends_nothing(&told.to_string());
        until(|| matches!(here.health(), Health::Away { .. })).await;
        let told = renewed(&refresher, &world.wanted("one"))
            .await
            .unwrap_err()
            .to_string();
        sends_nothing(&told);
        assert!(told.contains("`store.url`"), "what to do: {told}");
        let other = world.refresher(Arc::new(there.sign_ins()));
        let access = renewed(&other, &world.wanted("two")).await.expect("renewed");
        line.mend();
        until(|| matches!(here.health(), Health::Well { .. })).await;
        let adopted = renewed(&refresher, &world.wanted("one")).await.expect("adopted");
        assert_eq!(adopted.secret().expose(), access.secret().expose());
    });
    assert_eq!(world.stored("one"), world.stored("two"));
    assert_eq!(world.provider.asked("refresh_token"), (1, 1));
}

#[test]
fn a_machine_that_is_cut_off_after_it_sent_keeps_the_tokens_and_tells_the_others_later() {
    let Some(world) = World::new(&["one", "two"]) else {
        return;
    };
    let line = Line::to(world.server.at());
    let (go, hold) = held();
    world.gate.then(Pass::HoldAnswer(hold));
    run(async {
        let here = world.server.join_by("a", &line.url()).await;
        let there = world.server.join("a").await;
        let refresher = world.refresher(Arc::new(here.sign_ins()));
        let (asked, wanted) = (Arc::clone(&refresher), world.wanted("one"));
        let asked = tokio::spawn(async move { renewed(&asked, &wanted).await });
        tokio::task::block_in_place(|| world.gate.wait_for(Seen::Answered));
        line.cut();
        go.send(()).expect("it waits");
        let given = asked.await.expect("it does not panic").expect("renewed");
        tokio::task::block_in_place(|| assert_eq!(world.stored("one").0, given.secret().expose()));
        let (other, wanted) = (world.refresher(Arc::new(there.sign_ins())), world.wanted("two"));
        let waits = tokio::spawn(async move { renewed(&other, &wanted).await });
        line.mend();
        // Nobody asks the first machine for anything: it tells by itself.
        let adopted = waits.await.expect("it does not panic").expect("adopted");
        assert_eq!(adopted.secret().expose(), given.secret().expose());
    });
    assert_eq!(world.stored("one"), world.stored("two"));
    assert_eq!(world.provider.asked("refresh_token"), (1, 1));
}

#[test]
fn a_note_whose_answer_was_lost_is_taken_back_because_nothing_was_sent() {
    let Some(world) = World::new(&["one", "two"]) else {
        return;
    };
    let line = Arc::new(Line::to(world.server.at()));
    run(async {
        let here = world.server.join_by("a", &line.url()).await;
        let deaf = Arc::clone(&line);
        let store = Between::notes_of_posted(here.sign_ins(), move |_, _, _| {
            deaf.is_now(Wire::Deaf);
            async {}
        });
        let refresher = world.refresher(Arc::new(store));
        let told = renewed(&refresher, &world.wanted("one")).await.unwrap_err();
        sends_nothing(&told.to_string());
        let key = world.key().await;
        let note: String = world.server.ask(&["HGET", &key, "note"]).await;
        assert!(note.starts_with("posted "), "the others take it for sent: {note}");
        line.mend();
        // Nobody asks this machine for anything: it takes the note back by itself.
        loop {
            let note: Option<String> = world.server.ask(&["HGET", &key, "note"]).await;
            if note.is_none() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    world.claim_is_over();
    assert_eq!(world.asks("two"), world.stored("two").0);
    assert_eq!(world.asks("one"), world.stored("two").0);
    assert_eq!(world.provider.asked("refresh_token"), (1, 1));
}

#[test]
fn a_token_that_came_back_unused_while_nobody_could_be_told_is_renewed_by_another_machine() {
    let Some(world) = World::new(&["one", "two"]) else {
        return;
    };
    let line = Line::to(world.server.at());
    let (go, hold) = held();
    world.gate.then(Pass::HoldThenStatus(hold, 503));
    run(async {
        let here = world.server.join_by("a", &line.url()).await;
        let refresher = world.refresher(Arc::new(here.sign_ins()));
        let (asked, wanted) = (Arc::clone(&refresher), world.wanted("one"));
        let asked = tokio::spawn(async move { renewed(&asked, &wanted).await });
        tokio::task::block_in_place(|| world.gate.wait_for(Seen::Came));
        line.cut();
        go.send(()).expect("it waits");
        let told = asked.await.expect("it does not panic").unwrap_err().to_string();
        assert!(told.contains("could not be renewed for now"), "{told}");
        line.mend();
        until(|| matches!(here.health(), Health::Well { .. })).await;
        let key = world.key().await;
        loop {
            let note: Option<String> = world.server.ask(&["HGET", &key, "note"]).await;
            if note.is_none() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    world.claim_is_over();
    assert_eq!(world.asks("two"), world.stored("two").0);
    assert_eq!(world.provider.asked("refresh_token"), (1, 1));
}

/// Waits until `is` holds; a test that hangs is ended by its runner.
async fn until(is: impl Fn() -> bool) {
    while !is() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
