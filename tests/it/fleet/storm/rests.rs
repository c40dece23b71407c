//! Questions about rests that have one right answer.

use std::time::Duration;

use super::chats::{self, Desk};
use super::log::{Question, What};
use super::provider::{Says, Script};

/// The profile that is tried first of its provider.
const FIRST: &str = "rest:t";

/// One gateway learns that a profile rests: nobody else tries it. When the rest is over, one request of all tries it.
pub(super) async fn once(desk: &Desk, script: &Script) {
    script.say(FIRST, Some(Says::Limited(1)));
    desk.ask(Some(0), &fresh(), "rest", None).await;
    tokio::time::sleep(Duration::from_millis(150)).await;
    let requests = together(desk, 6).await;
    expected(desk, Question::Spared, FIRST, requests, 0);
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    // Everybody has chosen before it has answered.
    script.say(FIRST, Some(Says::Slowly(Duration::from_millis(700))));
    let requests = together(desk, 9).await;
    expected(desk, Question::Trial, FIRST, requests, 1);
    script.say(FIRST, None);
}

/// The first gateway learns that a probe rests.
pub(super) async fn learn(desk: &Desk, script: &Script, number: usize) {
    script.say(&profile(number), Some(Says::Limited(600)));
    desk.ask(Some(0), &chats::probe(number), "probe", None).await;
}

/// Whether the others know it.
pub(super) async fn is_known(desk: &Desk, number: usize) {
    let mut requests = Vec::new();
    for gateway in 1..desk.gateways.len() {
        requests.push(
            desk.ask(Some(gateway), &chats::probe(number), "probe", None)
                .await,
        );
    }
    expected(desk, Question::Learned, &profile(number), requests, 0);
}

fn profile(number: usize) -> String {
    format!("probe:{number}")
}

/// A chat that nobody has served yet, so that nothing but the order says who does.
fn fresh() -> String {
    format!("fresh:{:x}", fastrand::u64(..))
}

async fn together(desk: &Desk, count: usize) -> Vec<u32> {
    let sessions: Vec<String> = (0..count).map(|_| fresh()).collect();
    let asked = sessions
        .iter()
        .map(|session| desk.ask(None, session, "rest", None));
    futures_util::future::join_all(asked).await
}

fn expected(desk: &Desk, question: Question, profile: &str, requests: Vec<u32>, times: usize) {
    desk.log.add(What::Expected {
        question,
        profile: profile.to_owned(),
        requests,
        times,
    });
}
