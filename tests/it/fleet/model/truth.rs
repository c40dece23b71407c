//! The model's server is the server: the scripts on a real one leave what the model leaves.

use redis::aio::MultiplexedConnection;

use super::rules;
use super::world::{Answer, Asked, Doubt, Fleet, Record, World};
use super::{CALM, of};
use crate::fleet::server::Server;

const SAVE: &str = include_str!("../../../../src/store/redis/save.lua");
const TAKE_BACK: &str = include_str!("../../../../src/store/redis/take_back.lua");
const RESTORE: &str = include_str!("../../../../src/store/redis/restore.lua");

/// A repeatable series of numbers (xorshift, Marsaglia 2003).
struct Series(u64);

impl Series {
    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let at = self.0 % all.len() as u64;
        all[usize::try_from(at).expect("it is below")]
    }
}

/// As a record is kept: `VERSION CHANGE TEXT`.
fn kept(record: Record) -> String {
    format!("{} {} {}", record.version, record.wrote, record.holds)
}

fn read(kept: Option<String>) -> Record {
    let Some(kept) = kept else {
        return Record::default();
    };
    let numbers: Vec<u8> = kept
        .split(' ')
        .map(|word| word.parse().expect("a number"))
        .collect();
    Record {
        version: numbers[0],
        wrote: numbers[1],
        holds: numbers[2],
    }
}

async fn run<T: redis::FromRedisValue>(
    server: &mut MultiplexedConnection,
    script: &str,
    words: &[String],
) -> T {
    let mut command = redis::cmd("EVAL");
    command.arg(script).arg(1).arg("p:main:pin:{global}").arg(words);
    command.query_async(server).await.expect("an answer")
}

async fn save(server: &mut MultiplexedConnection, asked: &Asked, by: i64) -> (String, String) {
    let mut words = vec![asked.over.to_string(), kept(asked.next), by.to_string()];
    words.extend([String::new(), "news".to_owned(), "message".to_owned()]);
    run(server, SAVE, &words).await
}

#[tokio::test]
async fn the_scripts_on_a_server_do_what_the_model_does() {
    let Some(real) = Server::start() else { return };
    let client = redis::Client::open(real.url()).expect("an address");
    let mut server = client
        .get_multiplexed_async_connection()
        .await
        .expect("a connection");
    let mut series = Series(0x5eed_0008);
    let fleet: Fleet = of(&[1], CALM);
    for _ in 0..40 {
        let _gone: () = redis::cmd("FLUSHALL")
            .query_async(&mut server)
            .await
            .expect("an answer");
        let mut world = World::new(&fleet);
        // What was once: to build upon, to bring back, and to take back.
        let (mut records, mut doubts) = (vec![Record::default()], Vec::new());
        for step in 0..12_u8 {
            let change = 1 << (step % 8);
            let from = series.one_of(&records);
            let over = series.one_of(&[from.version, world.server.version]);
            let asked = rules::change(change, from, over, step * 2, &[]);
            match series.one_of(&[0, 0, 0, 1, 2, 2, 3]) {
                0 => {
                    let (answer, _) = save(&mut server, &asked, i64::MAX >> 12).await;
                    let expected = world.save(&asked, &[]);
                    assert_eq!(answer == "kept", expected == Answer::Kept, "{asked:?}");
                    doubts.push(Doubt {
                        change,
                        before: rules::before(&asked),
                    });
                    records.push(asked.next);
                }
                1 => {
                    // One that comes late is as if it had never come.
                    let (answer, _) = save(&mut server, &asked, 1).await;
                    assert_eq!(answer, "late");
                }
                2 => {
                    let record = series.one_of(&records);
                    if record.version > 0 {
                        let record = Record { wrote: 0, ..record };
                        let mut words = vec![record.version.to_string(), kept(record), String::new()];
                        words.extend(["news".to_owned(), "message".to_owned()]);
                        let answer: String = run(&mut server, RESTORE, &words).await;
                        assert_eq!(answer == "brought back", world.restore(record, &[]), "{record:?}");
                    }
                }
                _ => {
                    if !doubts.is_empty() {
                        let doubt = series.one_of(&doubts);
                        let mut words = vec![doubt.change.to_string(), kept(doubt.before)];
                        words.extend(["news".to_owned(), "message".to_owned()]);
                        let answer: String = run(&mut server, TAKE_BACK, &words).await;
                        assert_eq!(answer == "taken back", world.take_back(&doubt, &[]), "{doubt:?}");
                    }
                }
            }
            let there: Option<String> = redis::cmd("GET")
                .arg("p:main:pin:{global}")
                .query_async(&mut server)
                .await
                .expect("an answer");
            assert_eq!(read(there), world.server);
        }
    }
}
