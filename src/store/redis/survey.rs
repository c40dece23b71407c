//! What an operator should know of a server: asked when somebody looks, and nothing is changed.

use std::collections::HashMap;
use std::time::Duration;

use redis::Script;

use super::heart::pulse;
use super::link::Link;
use super::trouble::What;
use crate::pin::ScopeKey;

/// How long a message to oneself may take.
const HEARD_WITHIN: Duration = Duration::from_millis(500);

/// What a server says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Survey {
    /// `redis` or `valkey`.
    pub program: String,
    /// Its version; for Valkey its own.
    pub version: String,
    /// The version of Redis whose commands it has.
    pub speaks: Vec<u32>,
    /// `standalone`, `cluster` or `sentinel`.
    pub mode: String,
    /// Who we are there.
    pub user: Option<String>,
    /// What it drops when it is full (`maxmemory-policy`).
    pub eviction: Option<String>,
    /// The bytes that it may use; 0 for all.
    pub limit: u64,
    /// The bytes that it uses.
    pub used: u64,
    /// Whether what it has outlives it.
    pub keeps: Keeps,
    /// What went wrong when it last wrote to its disk.
    pub disk: Option<String>,
    /// `master` or `slave`, in its own words.
    pub role: String,
    /// How far behind each of its copies is; `None` for one that is not connected.
    pub replicas: Vec<Option<Duration>>,
    /// How long a message to ourselves took; `None` if it was not heard.
    pub heard: Option<Duration>,
    /// Which commands we may not give.
    pub rights: Rights,
}

/// Whether what a server has outlives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keeps {
    /// Each change is written down (`appendonly yes`).
    Changes,
    /// Everything is written down from time to time (`save`).
    Copies,
    /// Nothing is written down.
    Nothing,
    /// It does not say: no changes, and our user may not ask about copies.
    #[default]
    Unknown,
}

/// Which commands a user may give.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Rights {
    /// All that are needed.
    All,
    /// Not these.
    Not(Vec<String>),
    /// A server before 7.0 cannot be asked.
    #[default]
    Unknown,
}

/// Asks the server. What our user may not ask is left out; only what nobody answers is an error.
pub(super) async fn survey(link: &Link) -> Result<Survey, What> {
    let mut manager = link.manager();
    let mut ask = redis::cmd("INFO");
    let info: String = allowed(link.asked(ask.query_async(&mut manager)).await)?.unwrap_or_default();
    let mut survey = Survey::read(&info);
    ask = redis::cmd("ACL");
    ask.arg("WHOAMI");
    survey.user = allowed(link.asked(ask.query_async(&mut manager)).await)?;
    if survey.eviction.is_none() {
        survey.eviction = config(link, "maxmemory-policy").await?;
    }
    if survey.keeps == Keeps::Unknown {
        survey.keeps = match config(link, "save").await? {
            Some(save) if save.trim().is_empty() => Keeps::Nothing,
            Some(_) => Keeps::Copies,
            None => Keeps::Unknown,
        };
    }
    survey.rights = rights(link).await?;
    survey.heard = heard(link).await;
    Ok(survey)
}

async fn config(link: &Link, name: &str) -> Result<Option<String>, What> {
    let mut manager = link.manager();
    let mut ask = redis::cmd("CONFIG");
    ask.arg("GET").arg(name);
    let told: Result<HashMap<String, String>, What> = link.asked(ask.query_async(&mut manager)).await;
    Ok(allowed(told)?.and_then(|mut told| told.remove(name)))
}

/// What the server does not let us ask is not known, and no reason to stop.
fn allowed<T>(answer: Result<T, What>) -> Result<Option<T>, What> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(what) if what.is_an_answer() => Ok(None),
        Err(what) => Err(what),
    }
}

async fn rights(link: &Link) -> Result<Rights, What> {
    let script = Script::new(include_str!("rights.lua"));
    let keys = link.keys();
    let mut asking = script.key(keys.pin(&ScopeKey::Global));
    asking.key(keys.ledger()).key(keys.fleet()).arg(keys.pin_news());
    let mut manager = link.manager();
    let told: Vec<String> = match link.asked(asking.invoke_async(&mut manager)).await {
        Ok(told) => told,
        Err(what) if what.is_an_answer() => vec!["eval".to_owned()],
        Err(what) => return Err(what),
    };
    let mut lacks = told;
    lacks.dedup();
    Ok(match &*lacks {
        [] => Rights::All,
        [unknown] if unknown == "?" => Rights::Unknown,
        _ => Rights::Not(lacks),
    })
}

/// Sends a message to ourselves, and waits for it.
async fn heard(link: &Link) -> Option<Duration> {
    let counts = link.counts();
    pulse(link).await;
    let waiting = async {
        while !counts.is_heard() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(HEARD_WITHIN, waiting).await.ok()?;
    counts.vitals(0).lag
}

impl Survey {
    /// Reads what `INFO` says (<https://redis.io/docs/latest/commands/info/>). Lines that are not known are left alone.
    pub(super) fn read(info: &str) -> Self {
        let lines = info.lines().filter_map(|line| line.trim_end().split_once(':'));
        let told: HashMap<&str, &str> = lines.collect();
        let text = |name: &str| told.get(name).map(|text| (*text).to_owned());
        let number = |name: &str| told.get(name).and_then(|text| text.parse().ok()).unwrap_or(0);
        let valkey = text("valkey_version");
        let redis = text("redis_version").unwrap_or_default();
        let is_bad = |name: &str| told.get(name).is_some_and(|word| *word != "ok");
        let disk = [
            "aof_last_write_status",
            "aof_last_bgrewrite_status",
            "rdb_last_bgsave_status",
        ]
        .into_iter()
        .find(|name| is_bad(name));
        let replicas = (0..number("connected_slaves")).map(|at| {
            let of = told.get(&*format!("slave{at}")).copied().unwrap_or_default();
            let part = |name: &str| {
                let mut parts = of.split(',').filter_map(|part| part.split_once('='));
                parts.find_map(|(key, value)| (key == name).then_some(value))
            };
            let lag = part("lag")
                .and_then(|lag| lag.parse().ok())
                .map(Duration::from_secs);
            lag.filter(|_| part("state") == Some("online"))
        });
        Self {
            program: match valkey {
                Some(_) => "valkey".to_owned(),
                None => text("server_name").unwrap_or_else(|| "redis".to_owned()),
            },
            speaks: redis.split('.').map_while(|part| part.parse().ok()).collect(),
            version: valkey.unwrap_or(redis),
            mode: text("redis_mode")
                .or_else(|| text("server_mode"))
                .unwrap_or_default(),
            user: None,
            eviction: text("maxmemory_policy"),
            limit: number("maxmemory"),
            used: number("used_memory"),
            keeps: match told.get("aof_enabled") {
                Some(&"1") => Keeps::Changes,
                _ => Keeps::Unknown,
            },
            disk: disk.map(str::to_owned),
            role: text("role").unwrap_or_default(),
            replicas: replicas.collect(),
            heard: None,
            rights: Rights::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_read_whatever_it_is_called() {
        let survey = Survey::read(
            "# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.0.1\r\nserver_mode:standalone\r\n\
             # Memory\r\nused_memory:1048576\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n\
             # Persistence\r\naof_enabled:1\r\naof_last_write_status:ok\r\nrdb_last_bgsave_status:err\r\n\
             # Replication\r\nrole:master\r\nconnected_slaves:2\r\n\
             slave0:ip=10.0.0.2,port=6379,state=online,offset=14,lag=1\r\n\
             slave1:ip=10.0.0.3,port=6379,state=wait_bgsave,offset=0,lag=0\r\n",
        );
        assert_eq!((&*survey.program, &*survey.version), ("valkey", "8.0.1"));
        assert_eq!(survey.speaks, [7, 2, 4]);
        assert_eq!(survey.mode, "standalone");
        assert_eq!(survey.keeps, Keeps::Changes);
        assert_eq!(survey.disk.as_deref(), Some("rdb_last_bgsave_status"));
        assert_eq!(survey.replicas, [Some(Duration::from_secs(1)), None]);
        assert_eq!(survey.eviction.as_deref(), Some("noeviction"));
        assert_eq!(survey.used, 1 << 20);
    }

    #[test]
    fn what_is_not_told_is_not_known() {
        let survey = Survey::read("nonsense\r\nconnected_slaves:x\r\n:\r\n");
        assert_eq!(
            survey,
            Survey {
                program: "redis".to_owned(),
                ..Survey::default()
            }
        );
    }
}
