//! Many callers, in many processes, on several machines.

use modelpin::store::conformance;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::server::Server;
use super::{World, run};
use crate::oauth::renewal::gate::{Pass, Seen, held};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sign_ins_on_a_server_keep_the_law() {
    let Some(server) = Server::start() else { return };
    let count = AtomicUsize::new(0);
    conformance::sign_in_store(async || {
        let prefix = format!("t{}", count.fetch_add(1, Ordering::Relaxed));
        server.join(&prefix).await.sign_ins()
    })
    .await;
}

#[test]
fn a_hundred_and_twenty_callers_in_eight_processes_on_three_machines_cause_one_renewal() {
    let hosts = ["one", "two", "three"];
    let Some(world) = World::new(&hosts) else { return };
    let (old_access, old) = world.stored("one");
    let (go, hold) = held();
    world.gate.then(Pass::HoldRequest(hold));
    let mut processes: Vec<_> = (0..8).map(|n| world.process(hosts[n % 3], 15)).collect();
    // The first request waits at the gate until all of them have asked.
    for process in &mut processes {
        process.says("asking");
    }
    world.gate.wait_for(Seen::Came);
    go.send(()).expect("it waits");
    let told: Vec<String> = processes.into_iter().flat_map(super::Process::told).collect();
    let (access, refresh) = world.stored("one");
    assert_eq!(told.len(), 120);
    assert!(told.iter().all(|told| *told == access), "{told:?}");
    assert_eq!(world.provider.asked("refresh_token"), (1, 1));
    for host in hosts {
        assert_eq!(
            world.stored(host),
            (access.clone(), refresh.clone()),
            "{host} has the new ones"
        );
        assert!(super::journals(&world.store(host)).is_empty(), "{host}");
    }
    assert_ne!(old, refresh);
    nothing_is_seen_on_the_server(&world, &[&old_access, &old, &access, &refresh]);
}

/// Neither in a name, nor in a value, nor in what the server writes to its disk.
fn nothing_is_seen_on_the_server(world: &World, secrets: &[&str]) {
    let kept = run(async {
        let names: Vec<String> = world.server.ask(&["KEYS", "*"]).await;
        let mut kept: Vec<Vec<u8>> = Vec::new();
        for name in &names {
            kept.push(world.server.ask(&["DUMP", name]).await);
            let kind: String = world.server.ask(&["TYPE", name]).await;
            if kind == "hash" {
                let fields: Vec<Vec<u8>> = world.server.ask(&["HGETALL", name]).await;
                kept.extend(fields);
            }
        }
        assert!(names.iter().any(|name| name.contains("sign-in:{")), "{names:?}");
        kept.extend(names.into_iter().map(String::into_bytes));
        kept
    });
    let files = files(world.server.folder());
    assert!(!files.is_empty(), "it writes what it is told");
    for secret in secrets {
        let part = &secret.as_bytes()[..8];
        for seen in kept.iter().chain(&files) {
            let found = seen.windows(part.len()).any(|window| window == part);
            assert!(!found, "a part of a token is seen on the server");
        }
    }
}

fn files(folder: &std::path::Path) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(std::fs::read(entry.path()).expect("a file"));
        }
    }
    found
}
