//! `modelpin why`: what was decided and changed, and for which reasons, from the records that are kept.

use std::io::Write;
use std::num::NonZeroUsize;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use crate::audit::{Kind, told};
use crate::echo::{causes, legible};
use crate::session::AgentId;
use crate::setup::Place;
use crate::store::sqlite::Database;
use crate::store::{AuditStore, AuditStoreError, Row};

use super::global::Global;
use super::place;
use super::table::table;
use super::wrong::Wrong;

#[derive(Debug, Args)]
pub(super) struct WhyArgs {
    /// What happened in this chat
    #[arg(long, value_name = "S", conflicts_with = "id")]
    session: Option<String>,
    /// The record with this id
    #[arg(long, value_name = "D", conflicts_with = "last")]
    id: Option<String>,
    /// How many, the newest first
    #[arg(long, value_name = "N", default_value = "1")]
    last: NonZeroUsize,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &WhyArgs, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    for (option, value) in [("--session", &args.session), ("--id", &args.id)] {
        if let Some(value) = value {
            Wrong::if_a_key(option, value)?;
        }
    }
    // Records may be of agents that are in no configuration any more.
    let place = Place::find(global.state_dir.as_deref(), global.config.as_deref(), None)?;
    place::tell_warnings(place.snapshot());
    let database = place.snapshot().sources().state.database();
    let store = Database::new(database).audit();
    let asked = Asked {
        agent: global.agent()?,
        usual_agent: place.agent().clone(),
        args,
    };
    let rows = place::tasks()?.block_on(asked.rows(&store));
    let rows = rows.map_err(|broken| Wrong::Failed(causes(&broken)))?;
    if let (Some(id), true) = (&args.id, rows.is_empty()) {
        return Err(Wrong::Failed(format!(
            "no record has the id {:?}; only the last ones are kept",
            legible(id)
        )));
    }
    if args.json {
        let records: Vec<Value> = rows.iter().map(data).collect();
        let whole = json!({ "count": records.len(), "records": records });
        let text = serde_json::to_string_pretty(&whole).map_err(std::io::Error::from)?;
        writeln!(out, "{text}")?;
    } else if rows.is_empty() {
        writeln!(out, "{}", asked.nothing())?;
    } else {
        let texts: Vec<String> = rows.iter().map(text).collect();
        writeln!(out, "{}", texts.join("\n\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Which records are asked for.
struct Asked<'a> {
    /// The agent that was named.
    agent: Option<AgentId>,
    /// The agent of a chat for which none was named.
    usual_agent: AgentId,
    args: &'a WhyArgs,
}

impl Asked<'_> {
    async fn rows(&self, store: &dyn AuditStore) -> Result<Vec<Row>, AuditStoreError> {
        let most = self.args.last.get();
        if let Some(id) = &self.args.id {
            return Ok(store.find(id).await?.into_iter().collect());
        }
        if let Some(session) = &self.args.session {
            let agent = self.agent.as_ref().unwrap_or(&self.usual_agent);
            return store.of_session(agent.as_str(), session, most).await;
        }
        let Some(agent) = &self.agent else {
            return store.latest(most).await;
        };
        // Most often the newest few are enough; it is asked for more until they are, or there are no more.
        let mut window = most.saturating_mul(16);
        loop {
            let mut rows = store.latest(window).await?;
            let all = rows.len() < window;
            rows.retain(|row| row.agent == agent.as_str());
            if all || rows.len() >= most || window == usize::MAX {
                rows.truncate(most);
                return Ok(rows);
            }
            window = window.saturating_mul(16);
        }
    }

    fn nothing(&self) -> String {
        let agent = self.agent.as_ref();
        match (&self.args.session, agent) {
            (Some(session), _) => format!(
                "Nothing is on record of chat {} of agent {}.",
                legible(session),
                agent.unwrap_or(&self.usual_agent)
            ),
            (None, Some(agent)) => format!("Nothing is on record of agent {agent}."),
            (None, None) => "Nothing is on record.".to_owned(),
        }
    }
}

/// The record as it was kept.
fn data(row: &Row) -> Value {
    serde_json::from_str(&row.record).unwrap_or_else(|_| json!({ "id": row.id, "at": row.at, "kind": null }))
}

fn text(row: &Row) -> String {
    let mut place = vec![row.id.clone(), super::moment(row.at)];
    if !row.agent.is_empty() {
        place.push(format!("agent {}", row.agent));
    }
    place.extend(row.session.iter().map(|chat| format!("chat {chat}")));
    let (what, lines) = match row.read() {
        Ok(record) => {
            let what = match record.kind {
                Kind::Decision(_) => "Request",
                Kind::Change(_) => "Change",
                Kind::Operator(_) => "Operator",
            };
            let lines = told(&record);
            (
                what,
                lines
                    .iter()
                    .map(|line| vec![line.head.to_owned(), line.said()])
                    .collect(),
            )
        }
        Err(wrong) => ("Record", vec![vec!["Unreadable".to_owned(), wrong.to_string()]]),
    };
    table(&[what, &place.join(" · ")], lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::store::memory::MemoryAudit;

    fn row(id: &str, agent: &str, record: &str) -> Row {
        Row {
            id: id.to_owned(),
            at: Timestamp::from_millis(1_770_724_800_000),
            session: Some("telegram:42".to_owned()),
            agent: agent.to_owned(),
            record: record.to_owned(),
        }
    }

    fn args(last: usize) -> WhyArgs {
        WhyArgs {
            session: None,
            id: None,
            last: NonZeroUsize::new(last).expect("above 0"),
            json: false,
        }
    }

    #[tokio::test]
    async fn the_records_of_an_agent_are_found_behind_those_of_others() {
        let store = MemoryAudit::of(NonZeroUsize::new(1_000).expect("above 0"));
        let mut rows = vec![row("1", "rare", "{}"), row("2", "rare", "{}")];
        rows.extend((3..500).map(|n| row(&n.to_string(), "main", "{}")));
        store.append(rows).await.expect("kept");
        let found = async |agent: Option<&str>, last| {
            let args = args(last);
            let asked = Asked {
                agent: agent.map(|id| AgentId::new(id).expect("good")),
                usual_agent: AgentId::main(),
                args: &args,
            };
            let rows = asked.rows(&store).await.expect("asked");
            rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(found(Some("rare"), 1).await, ["2"]);
        assert_eq!(found(Some("rare"), 5).await, ["2", "1"]);
        assert_eq!(found(None, 2).await, ["499", "498"]);
        assert!(found(Some("nobody"), 1).await.is_empty());
    }

    #[test]
    fn a_record_of_another_version_is_told_as_such_and_not_left_out() {
        let newer = row("x-1", "main", r#"{"id":"x-1","at":1,"kind":"later"}"#);
        assert!(text(&newer).contains("not of a form"), "{}", text(&newer));
        assert_eq!(data(&newer)["kind"], "later");
        let broken = row("x-2", "main", "\u{0}");
        assert_eq!(data(&broken)["id"], "x-2");
    }
}
