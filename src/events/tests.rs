//! The hub with a clock that stands, real programs and real servers on this machine.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use super::*;
use crate::clock::{Clock, ManualClock, Timestamp};
use crate::event::{Event, Kind, KindName};
use crate::model::ProviderId;
use crate::profile::ProfileId;

const HOUR: Duration = Duration::from_secs(3_600);

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(Timestamp::from_millis(1_770_724_800_000)))
}

fn event(kind: Kind) -> Event {
    Event {
        kind,
        at: clock().now(),
        agent: None,
    }
}

fn failed(profile: &str) -> Event {
    event(Kind::RefreshFailed {
        profile: ProfileId::new(profile),
        reason: "no-answer",
    })
}

#[test]
fn the_same_event_is_told_once_in_its_window() {
    let clock = clock();
    let events = Events::new(clock.clone());
    let mut heard = events.listen();
    let resting = || {
        event(Kind::AllResting {
            provider: ProviderId::new("anthropic"),
            until: None,
        })
    };
    let expiring = || {
        event(Kind::Expiring {
            profile: ProfileId::new("p"),
            at: Timestamp::from_millis(0),
        })
    };
    assert_eq!(events.happened(resting()), News::Told);
    assert_eq!(events.happened(expiring()), News::Told);
    assert_eq!(events.happened(resting()), News::Known);
    clock.advance(HOUR - Duration::from_millis(1));
    assert_eq!(events.happened(resting()), News::Known);
    clock.advance(Duration::from_millis(1));
    assert_eq!(events.happened(resting()), News::Told);
    assert_eq!(events.happened(expiring()), News::Known);
    clock.advance(23 * HOUR);
    assert_eq!(events.happened(expiring()), News::Told);
    let told: Vec<&str> = std::iter::from_fn(|| heard.try_recv().ok())
        .map(|event| event.kind.as_str())
        .collect();
    assert_eq!(told, ["all-resting", "expiring", "all-resting", "expiring"]);
}

#[test]
fn what_was_settled_and_comes_again_is_news() {
    let events = Events::new(clock());
    let event = failed("p");
    assert_eq!(events.happened(event.clone()), News::Told);
    assert_eq!(events.happened(failed("other")), News::Told);
    events.settle(&event.key());
    assert_eq!(events.happened(event), News::Told);
    assert_eq!(events.happened(failed("other")), News::Known);
}

#[test]
fn an_event_that_everybody_reports_at_once_is_told_once() {
    let events = Events::new(clock());
    let mut heard = events.listen();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..1_000 {
                    events.happened(failed("p"));
                }
            });
        }
    });
    assert!(heard.try_recv().is_ok());
    assert_eq!(heard.try_recv(), Err(TryRecvError::Empty));
}

#[tokio::test]
async fn a_listener_that_is_behind_is_told_how_much_it_lost() {
    let events = Events::new(clock());
    let mut slow = events.listen();
    for n in 0..300 {
        events.happened(failed(&n.to_string()));
    }
    assert_eq!(slow.recv().await, Err(RecvError::Lagged(300 - 256)));
    let next = slow.recv().await.expect("the oldest that is left");
    assert_eq!(next.profile(), Some(&ProfileId::new("44")));
}

#[test]
fn without_a_runtime_nothing_can_be_delivered() {
    let none = Events::delivering(clock(), &KindName::ALL, Vec::new());
    assert!(matches!(none, Err(EventsError::NoRuntime)));
}

#[cfg(all(unix, feature = "events"))]
mod commands {
    use std::fs;
    use std::path::Path;

    use serde_json::Value;

    use super::*;
    use crate::config::EventCommand;

    fn sh(script: &str, folder: &Path) -> EventCommand {
        EventCommand {
            program: "/bin/sh".into(),
            arguments: vec![
                "-c".to_owned(),
                script.to_owned(),
                "sh".to_owned(),
                folder.display().to_string(),
            ],
        }
    }

    fn target(script: &str, folder: &Path, each: Duration) -> Target {
        let limits = Limits {
            each,
            ..Limits::default()
        };
        Target::command(&sh(script, folder), limits).expect("it is built in")
    }

    /// Waits for a file that a program writes.
    async fn appears(path: &Path) -> String {
        for _ in 0..1_000 {
            match fs::read_to_string(path) {
                Ok(text) if text.ends_with('\n') => return text,
                _ => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
        panic!("{} does not appear", path.display())
    }

    #[tokio::test]
    async fn a_program_gets_the_event_as_json_and_as_variables_and_no_credential() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = target("cat > \"$1/in\"; env > \"$1/env\"", folder.path(), 10 * HOUR);
        target.deliver(&failed("anthropic:work")).await.expect("it works");
        let told: Value =
            serde_json::from_str(&fs::read_to_string(folder.path().join("in")).expect("written"))
                .expect("JSON");
        assert_eq!(told, failed("anthropic:work").data());
        let env = fs::read_to_string(folder.path().join("env")).expect("written");
        assert!(env.contains("MODELPIN_EVENT=refresh-failed\n"), "{env}");
        assert!(env.contains("MODELPIN_PROFILE=anthropic:work\n"), "{env}");
        // Cargo sets these for its tests, as a person's shell sets keys.
        assert!(std::env::vars().any(|(name, _)| name.starts_with("CARGO")));
        assert!(!env.contains("CARGO"), "{env}");
    }

    #[tokio::test]
    async fn a_program_that_hangs_is_ended_with_all_that_it_started() {
        let folder = tempfile::tempdir().expect("a folder");
        let script = "sleep 1000 & echo $! > \"$1/child\"; echo $$ > \"$1/leader\"; wait";
        let target = target(script, folder.path(), Duration::from_secs(2));
        let wrong = target.deliver(&failed("p")).await.expect_err("it hangs");
        assert!(matches!(wrong, DeliveryError::Late { .. }), "{wrong}");
        for file in ["leader", "child"] {
            let id = appears(&folder.path().join(file)).await;
            assert_gone(id.trim()).await;
        }
    }

    /// A process ends a moment after its signal.
    async fn assert_gone(id: &str) {
        for _ in 0..500 {
            let Ok(stat) = fs::read_to_string(format!("/proc/{id}/stat")) else {
                return;
            };
            // Nobody may have waited for it yet.
            if stat.rsplit(')').next().is_some_and(|rest| rest.starts_with(" Z")) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("process {id} is still there")
    }

    #[tokio::test]
    async fn what_a_program_leaves_behind_ends_with_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = target("sleep 1000 & echo $! > \"$1/child\"", folder.path(), 10 * HOUR);
        target.deliver(&failed("p")).await.expect("it works");
        assert_gone(appears(&folder.path().join("child")).await.trim()).await;
    }

    #[tokio::test]
    async fn a_program_that_fails_is_told_with_its_code_and_without_its_arguments() {
        let folder = tempfile::tempdir().expect("a folder");
        let wrong = target("exit 3 # CANARY", folder.path(), 10 * HOUR)
            .deliver(&failed("p"))
            .await
            .expect_err("it fails");
        assert_eq!(wrong.to_string(), "/bin/sh ended with exit code 3");
        let wrong = target("kill -9 $$", folder.path(), 10 * HOUR)
            .deliver(&failed("p"))
            .await;
        assert!(matches!(wrong, Err(DeliveryError::Killed { .. })), "{wrong:?}");
        let nothing = EventCommand {
            program: folder.path().join("nothing"),
            arguments: Vec::new(),
        };
        let nothing = Target::command(&nothing, Limits::default()).expect("it is built in");
        let wrong = nothing.deliver(&failed("p")).await;
        assert!(matches!(wrong, Err(DeliveryError::Start { .. })), "{wrong:?}");
        assert!(!format!("{:?}", target("CANARY", folder.path(), HOUR)).contains("CANARY"));
    }

    #[tokio::test]
    async fn events_are_delivered_one_at_a_time_in_order_and_only_those_that_are_wanted() {
        let folder = tempfile::tempdir().expect("a folder");
        // A second one at the same time would find the folder there.
        let script = "mkdir \"$1/busy\" || echo twice >> \"$1/all\"
            echo \"$MODELPIN_EVENT $MODELPIN_PROFILE\" >> \"$1/all\"
            rmdir \"$1/busy\"
            [ \"$MODELPIN_EVENT\" != test ] || echo done > \"$1/done\"";
        let targets = vec![target(script, folder.path(), 10 * HOUR)];
        let events = Events::delivering(clock(), &[KindName::RefreshFailed], targets).expect("a runtime");
        for name in ["1", "2", "3"] {
            events.happened(failed(name));
            events.happened(failed(name));
            events.happened(event(Kind::NeedsSignIn {
                profile: ProfileId::new(name),
            }));
        }
        events.happened(event(Kind::Test));
        appears(&folder.path().join("done")).await;
        let all = fs::read_to_string(folder.path().join("all")).expect("written");
        assert_eq!(
            all,
            "refresh-failed 1\nrefresh-failed 2\nrefresh-failed 3\ntest \n"
        );
    }

    #[tokio::test]
    async fn a_queue_is_bounded_and_telling_does_not_wait() {
        let folder = tempfile::tempdir().expect("a folder");
        // The first one waits until it is let go.
        let script =
            "[ -e \"$1/go\" ] || { echo x > \"$1/first\"; while [ ! -e \"$1/go\" ]; do sleep 0.02; done; }
            echo x >> \"$1/all\"; [ \"$MODELPIN_EVENT\" != test ] || echo done > \"$1/done\"";
        let targets = vec![target(script, folder.path(), 10 * HOUR)];
        let events = Events::delivering(clock(), &KindName::ALL, targets).expect("a runtime");
        let mut heard = events.listen();
        events.happened(failed("first"));
        appears(&folder.path().join("first")).await;
        for n in 0..250 {
            assert_eq!(events.happened(failed(&n.to_string())), News::Told);
        }
        assert!(heard.try_recv().is_ok(), "who listens hears all");
        fs::write(folder.path().join("go"), "").expect("written");
        loop {
            let all = fs::read_to_string(folder.path().join("all")).unwrap_or_default();
            if all.lines().count() == 1 + QUEUE {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        events.happened(event(Kind::Test));
        appears(&folder.path().join("done")).await;
        let all = fs::read_to_string(folder.path().join("all")).expect("written");
        assert_eq!(all.lines().count(), 1 + QUEUE + 1, "what had no room was dropped");
    }

    #[tokio::test]
    async fn a_program_that_ends_can_wait_for_its_deliveries() {
        let folder = tempfile::tempdir().expect("a folder");
        let targets = vec![target("echo x >> \"$1/all\"", folder.path(), 10 * HOUR)];
        let events = Events::delivering(clock(), &KindName::ALL, targets).expect("a runtime");
        for n in 0..QUEUE / 4 {
            events.happened(failed(&n.to_string()));
        }
        events.delivered().await;
        let all = fs::read_to_string(folder.path().join("all")).expect("written");
        assert_eq!(all.lines().count(), QUEUE / 4);
    }

    #[tokio::test]
    async fn dropping_the_hub_ends_the_program_that_runs() {
        let folder = tempfile::tempdir().expect("a folder");
        let targets = vec![target(
            "echo $$ > \"$1/id\"; sleep 1000",
            folder.path(),
            10 * HOUR,
        )];
        let events = Events::delivering(clock(), &KindName::ALL, targets).expect("a runtime");
        events.happened(failed("p"));
        let id = appears(&folder.path().join("id")).await;
        drop(events);
        assert_gone(id.trim()).await;
    }
}

#[cfg(feature = "client")]
mod webhooks {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::{Ipv4Addr, TcpListener};
    use std::thread::JoinHandle;

    use super::*;
    use crate::echo::causes;

    const TOKEN: &str = "EXAMPLE-CANARY-h00kT0k3n";

    /// A server that answers one request for each status, and returns their bodies.
    fn serve(answers: &'static [&'static str]) -> (String, JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let url = format!("http://{}/{TOKEN}", listener.local_addr().expect("an address"));
        let answer = move |status: &&str| {
            let (stream, _) = listener.accept().expect("a request");
            let mut reader = BufReader::new(&stream);
            let mut length = 0;
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).expect("a header");
                let lower = line.to_ascii_lowercase();
                if let Some(told) = lower.strip_prefix("content-length:") {
                    length = told.trim().parse().expect("a number");
                }
                if line.trim().is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).expect("a body");
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            (&stream).write_all(head.as_bytes()).expect("answered");
            String::from_utf8(body).expect("UTF-8")
        };
        (
            url,
            std::thread::spawn(move || answers.iter().map(answer).collect()),
        )
    }

    fn webhook(url: &str) -> Target {
        // The library leaves the choice to the program; here that is the test.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let limits = Limits {
            pause: Duration::from_millis(1),
            ..Limits::default()
        };
        Target::webhook(url, limits).expect("a good URL")
    }

    #[tokio::test]
    async fn an_event_is_posted_again_after_a_passing_failure() {
        let (url, server) = serve(&["500 Oops", "200 OK"]);
        webhook(&url)
            .deliver(&failed("anthropic:work"))
            .await
            .expect("taken");
        let bodies = server.join().expect("served");
        assert_eq!(bodies.len(), 2);
        for body in bodies {
            let body: serde_json::Value = serde_json::from_str(&body).expect("JSON");
            assert_eq!(body, failed("anthropic:work").data());
        }
    }

    #[tokio::test]
    async fn after_three_tries_it_is_given_up() {
        let (url, server) = serve(&["503 No", "429 Slow", "502 No"]);
        let wrong = webhook(&url).deliver(&failed("p")).await.expect_err("not taken");
        assert!(
            matches!(
                wrong,
                DeliveryError::Refused {
                    status: 502,
                    tries: 3
                }
            ),
            "{wrong}"
        );
        assert_eq!(server.join().expect("served").len(), 3);
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed_and_a_refusal_is_not_repeated() {
        let (url, server) = serve(&["307 There\r\nLocation: http://127.0.0.1:1/elsewhere"]);
        let wrong = webhook(&url).deliver(&failed("p")).await.expect_err("not taken");
        assert!(
            matches!(wrong, DeliveryError::Redirected { status: 307 }),
            "{wrong}"
        );
        server.join().expect("served");
        let (url, server) = serve(&["404 Gone"]);
        let wrong = webhook(&url).deliver(&failed("p")).await.expect_err("not taken");
        assert!(
            matches!(
                wrong,
                DeliveryError::Refused {
                    status: 404,
                    tries: 1
                }
            ),
            "{wrong}"
        );
        server.join().expect("served");
    }

    #[tokio::test]
    async fn what_went_wrong_does_not_tell_the_url() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let url = format!("http://{}/{TOKEN}", listener.local_addr().expect("an address"));
        drop(listener);
        let target = webhook(&url);
        let wrong = target.deliver(&failed("p")).await.expect_err("nobody is there");
        assert!(
            matches!(wrong, DeliveryError::Unreached { tries: 3, .. }),
            "{wrong}"
        );
        let all = format!("{}{wrong:?}{target:?}", causes(&wrong));
        assert!(!all.contains("CANARY"), "{all}");
        let bad = Target::webhook(&format!("http://example.org/{TOKEN}"), Limits::default());
        let bad = bad.expect_err("it is not this machine");
        assert!(!causes(&bad).contains("CANARY"));
    }

    #[tokio::test]
    async fn a_server_that_says_nothing_is_not_waited_for() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let _ = rustls::crypto::ring::default_provider().install_default();
        let limits = Limits {
            each: Duration::from_millis(50),
            pause: Duration::from_millis(1),
        };
        let target = Target::webhook(&url, limits).expect("a good URL");
        let wrong = target.deliver(&failed("p")).await.expect_err("no answer");
        assert!(
            matches!(wrong, DeliveryError::Unreached { tries: 3, .. }),
            "{wrong}"
        );
        drop(listener);
    }
}
