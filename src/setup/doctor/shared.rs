//! The server that several machines share: is it there, is it what we need, and does it keep what it is given?

use std::time::Duration;

use super::Patient;
use super::finding::{Finding, Severity};
use crate::config::StoreConfig;
use crate::echo::causes;
use crate::resolver::{Opening, Stores};
use crate::store::redis::{Health, Keeps, Redis, Rights, Survey, Way};

/// The oldest server that has what we need: `PXAT` (6.2), and messages on the same connection (6.0).
const OLDEST: [u32; 2] = [6, 2];
/// How far clocks may differ. Requests go by the server's; files and other programs by this machine's.
const APART: i64 = 2_000;
/// How far a copy may be behind.
const BEHIND: Duration = Duration::from_secs(10);
/// How long a round trip may take: a change has 100 ms.
const SLOW: Duration = Duration::from_millis(50);
/// How much of its memory a server may have used, in percent.
const FULL: u64 = 90;

/// Asks the server that the configuration names, if it names one, and judges what it says. Nothing is changed there.
pub async fn shared_store(patient: &Patient) -> Vec<Finding> {
    let Ok(snapshot) = &patient.snapshot else {
        return Vec::new();
    };
    let store = &snapshot.config().store;
    if !matches!(store, StoreConfig::Redis(_)) {
        return Vec::new();
    }
    let stores = Stores::open_as(snapshot, store, Opening::ToLook).await;
    let redis = match stores.map(|stores| stores.shared) {
        Ok(Some(redis)) => redis,
        Ok(None) => return Vec::new(),
        Err(wrong) => return vec![away(causes(&wrong))],
    };
    match redis.survey().await {
        Ok(survey) => judge(&redis, &survey),
        Err(wrong) => vec![away(wrong.to_string())],
    }
}

fn away(what: String) -> Finding {
    let remedy =
        "until then running gateways serve with what they have in memory, and refuse changes; none can start";
    Finding::new(Severity::Error, "store", what, remedy)
}

/// What is to be said of a server, worst first.
#[must_use]
pub fn judge(redis: &Redis, survey: &Survey) -> Vec<Finding> {
    let mut found = Vec::new();
    let at = redis.address().to_string();
    if let Health::Well { took, ahead } = redis.health() {
        let ms = took.as_secs_f64() * 1e3;
        let Survey { program, version, .. } = survey;
        let user = survey.user.as_deref().unwrap_or("a user that it does not tell");
        let what = format!("the store {at} answers within {ms:.1} ms: {program} {version}, as {user}");
        found.push(Finding::new(Severity::Note, "store", what, "nothing"));
        clock(&at, ahead, &mut found);
        if took > SLOW {
            let what = format!("the store {at} needs {ms:.0} ms for an answer; a change has 100 ms");
            let remedy = "put it nearer, or see what keeps it busy: `SLOWLOG GET`, `INFO commandstats`";
            found.push(Finding::new(Severity::Warning, "store-slow", what, remedy));
        }
    }
    if redis.address().way() == Way::InClear {
        let what = format!("what goes to the store {at} can be read on the way: password, chats, who rests");
        let remedy = "use `rediss://` (TLS), or a network that is sealed otherwise";
        found.push(Finding::new(Severity::Warning, "store-clear", what, remedy));
    }
    of_survey(&at, survey, &mut found);
    found.sort_by_key(|finding| finding.severity);
    found
}

fn clock(at: &str, ahead: i64, found: &mut Vec<Finding>) {
    if ahead.abs() <= APART {
        return;
    }
    let apart = Duration::from_millis(ahead.unsigned_abs()).as_secs();
    let way = if ahead > 0 { "behind" } else { "ahead of" };
    let what = format!(
        "the clock of this machine is {apart} s {way} that of the store {at}; pins and rests go by the store's"
    );
    let remedy = "set the clocks by NTP: expiries of credentials are told in the time of those who made them";
    found.push(Finding::new(Severity::Warning, "store-clock", what, remedy));
}

/// What a server says of itself, judged.
fn of_survey(at: &str, survey: &Survey, found: &mut Vec<Finding>) {
    let mut find = |severity, code, what: String, remedy: &str| {
        found.push(Finding::new(severity, code, what, remedy));
    };
    if !survey.speaks.is_empty() && survey.speaks[..] < OLDEST[..] {
        let what = format!(
            "the store {at} is {} {}; 6.2 is needed",
            survey.program, survey.version
        );
        find(
            Severity::Error,
            "store-version",
            what,
            "use Redis 6.2 or later, or Valkey",
        );
    }
    match &survey.rights {
        Rights::Not(lacks) => {
            let what = format!(
                "our user may not give these commands at the store {at}: {}",
                lacks.join(", ")
            );
            let remedy = "docs/fleet.md has the line of `ACL SETUSER`; keys and channels count, too";
            find(Severity::Error, "store-rights", what, remedy);
        }
        Rights::All | Rights::Unknown => {}
    }
    match survey.eviction.as_deref() {
        None => {
            let what = format!("the store {at} does not tell what it drops when it is full");
            let remedy = "see that `maxmemory-policy` is `noeviction`, or allow `INFO`";
            find(Severity::Note, "store-eviction", what, remedy);
        }
        Some("noeviction") => {}
        Some(policy) => {
            // All our keys that a `volatile` policy may take are over soon anyway, but `undo` would miss them.
            let severity = match policy.starts_with("allkeys-") {
                true => Severity::Error,
                false => Severity::Warning,
            };
            let what = format!(
                "the store {at} drops what it likes when it is full (`maxmemory-policy {policy}`): pins vanish"
            );
            let remedy = "CONFIG SET maxmemory-policy noeviction, and the same in its configuration file";
            find(severity, "store-eviction", what, remedy);
        }
    }
    match survey.keeps {
        Keeps::Changes => {}
        Keeps::Copies => {
            let what = format!(
                "the store {at} writes copies from time to time, and no changes: a crash takes the last minutes"
            );
            let remedy = "CONFIG SET appendonly yes, and the same in its configuration file";
            find(Severity::Note, "store-keeps", what, remedy);
        }
        Keeps::Nothing => {
            let what = format!(
                "the store {at} writes nothing to disk: a restart of it loses what no gateway has in memory"
            );
            let remedy = "CONFIG SET appendonly yes, and the same in its configuration file";
            find(Severity::Warning, "store-keeps", what, remedy);
        }
        Keeps::Unknown => {
            let what =
                format!("the store {at} writes no changes down, and does not tell whether it writes copies");
            let remedy = "see that `appendonly` is `yes`, or allow `CONFIG GET`";
            find(Severity::Note, "store-keeps", what, remedy);
        }
    }
    if let Some(disk) = &survey.disk {
        let what = format!("the store {at} could not write to its disk ({disk})");
        find(
            Severity::Error,
            "store-disk",
            what,
            "make room on its disk, and see its log",
        );
    }
    if survey.limit > 0 && survey.used.saturating_mul(100) / survey.limit >= FULL {
        let what = format!(
            "the store {at} has used {} of {} bytes",
            survey.used, survey.limit
        );
        find(
            Severity::Expiring,
            "store-full",
            what,
            "give it more: what it cannot keep is refused",
        );
    }
    if survey.role == "slave" {
        let what = format!("the store {at} is a copy of another server: it takes no changes");
        find(
            Severity::Error,
            "store-role",
            what,
            "name the server that is copied in `store.url`",
        );
    }
    if survey.mode == "cluster" {
        let what = format!("the store {at} is one of a cluster: it has some of the keys only");
        let remedy = "name a server that has them all, or one whose proxy does";
        find(Severity::Warning, "store-cluster", what, remedy);
    }
    let behind = |lag: &&Option<Duration>| lag.is_none_or(|lag| lag > BEHIND);
    let late = survey.replicas.iter().filter(behind).count();
    if late > 0 {
        let of = survey.replicas.len();
        let what = format!(
            "{late} of {of} copies of the store {at} are more than {} s behind",
            BEHIND.as_secs()
        );
        let remedy = "see `INFO replication`: should it fail now, the last changes are lost with it";
        find(Severity::Warning, "store-copies", what, remedy);
    }
    if survey.heard.is_none() {
        let what = format!("messages are not heard at the store {at}: other machines learn of changes late");
        let remedy = "allow our user `PUBLISH`, `SUBSCRIBE` and the channels of the prefix";
        find(Severity::Error, "store-news", what, remedy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn well() -> Survey {
        Survey {
            program: "redis".into(),
            version: "7.0.15".into(),
            speaks: vec![7, 0, 15],
            mode: "standalone".into(),
            eviction: Some("noeviction".into()),
            keeps: Keeps::Changes,
            role: "master".into(),
            heard: Some(Duration::from_millis(1)),
            rights: Rights::All,
            ..Survey::default()
        }
    }

    fn told(change: impl FnOnce(&mut Survey)) -> Vec<(Severity, &'static str)> {
        let mut survey = well();
        change(&mut survey);
        let mut found = Vec::new();
        of_survey("redis://h", &survey, &mut found);
        found
            .iter()
            .map(|finding| (finding.severity, finding.code))
            .collect()
    }

    #[test]
    fn a_server_that_is_well_is_not_spoken_of_and_each_trouble_is_told_once() {
        use Severity::{Error, Expiring, Note, Warning};
        assert_eq!(told(|_| {}), []);
        let policy = |policy: &str| told(|survey| survey.eviction = Some(policy.into()));
        assert_eq!(policy("allkeys-lru"), [(Error, "store-eviction")]);
        assert_eq!(policy("volatile-ttl"), [(Warning, "store-eviction")]);
        assert_eq!(
            told(|survey| survey.speaks = vec![6, 0, 16]),
            [(Error, "store-version")]
        );
        assert_eq!(told(|survey| survey.speaks = vec![6, 2]), []);
        assert_eq!(
            told(|survey| survey.keeps = Keeps::Nothing),
            [(Warning, "store-keeps")]
        );
        assert_eq!(
            told(|survey| survey.keeps = Keeps::Copies),
            [(Note, "store-keeps")]
        );
        assert_eq!(told(|survey| survey.heard = None), [(Error, "store-news")]);
        assert_eq!(
            told(|survey| survey.replicas = vec![Some(Duration::from_secs(1)), None]),
            [(Warning, "store-copies")]
        );
        assert_eq!(
            told(|survey| (survey.limit, survey.used) = (100, 95)),
            [(Expiring, "store-full")]
        );
        assert_eq!(
            told(|survey| survey.role = "slave".into()),
            [(Error, "store-role")]
        );
        assert_eq!(
            told(|survey| survey.rights = Rights::Not(vec!["set".into()])),
            [(Error, "store-rights")]
        );
    }

    #[test]
    fn clocks_that_differ_by_minutes_are_told_with_the_way() {
        for (ahead, says) in [
            (300_000, Some("300 s behind")),
            (-300_000, Some("300 s ahead of")),
            (1_500, None),
        ] {
            let mut found = Vec::new();
            clock("redis://h", ahead, &mut found);
            let what = found.first().map(|finding| finding.what.clone());
            match says {
                Some(says) => assert!(what.is_some_and(|what| what.contains(says)), "{ahead}"),
                None => assert_eq!(what, None),
            }
        }
    }
}
