//! Looking back: what was decided and changed.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use http::{HeaderMap, Response, StatusCode};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::asked::{self, Head};
use super::document::{Broken, NotFound, NotKept};
use super::fault::{Fault, answer};
use super::query::Query;
use super::told::Asker;
use crate::audit::{Kind, Record, Setting};
use crate::gateway::callers::Caller;
use crate::gateway::gate::Gate;
use crate::store::Row;

/// The most records in an answer.
const MOST: i64 = 200;
/// How many there are if nobody says.
const USUAL: i64 = 20;
/// How many records of all callers are looked through for those of one.
const WINDOW: usize = 2_000;

/// What was decided and changed, the newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Decisions {
    count: usize,
    #[schemars(with = "Vec<RecordTold>")]
    records: Vec<Value>,
}

/// A record: a `decision` of the resolver, or a `change` of a pin. It has more keys, each where it has a value:
/// `requested`, `chosen`, `attempts`, `served`, `crossing`, `refusal`; `who`, `scope`, `what`, `from`, `to`.
#[derive(JsonSchema)]
#[expect(
    dead_code,
    reason = "it is described from here, and written where the command line's is"
)]
struct RecordTold {
    /// Its id: of a request, what `x-modelpin-decision` says.
    id: String,
    /// When it began, in milliseconds since the Unix epoch.
    at: i64,
    /// `decision`, `change` or `operator`.
    kind: String,
}

/// Tells what was decided and changed, the newest first
///
/// As `modelpin why --json`. The ids of decisions in errors and in `x-modelpin-decision` lead here.
#[utoipa::path(
    get, path = "/v1/decisions", operation_id = "decisions", tag = "sessions",
    params(
        ("session" = Option<String>, Query, min_length = 1, max_length = 1024, pattern = r"\S", description = "What happened in this chat; without it, in all chats of the caller."),
        ("id" = Option<String>, Query, min_length = 1, max_length = 1024, pattern = r"\S", description = "The one record with this id."),
        ("last" = Option<i64>, Query, minimum = 1, maximum = 200, description = "How many; 20 if nothing is said."),
        ("x-modelpin-agent" = Option<String>, Header, pattern = "^([a-z0-9][a-z0-9_-]{0,63})?$", description = "The agent, if it is not the default one; without `session`, of all agents."),
        ("x-modelpin-actor" = Option<String>, Header, max_length = 1024, description = "Who asks; without it, the caller."),
    ),
    responses(
        (status = 200, description = "The records.", body = ref("#/components/schemas/Decisions")),
        (status = 404, response = NotFound),
        (status = 500, response = Broken),
        (status = 503, response = NotKept),
    )
)]
pub(super) async fn list(
    State(gate): State<Arc<Gate>>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response<Body>, Fault> {
    let query = Query::read(query.as_deref(), &["session", "id", "last"])?;
    let named = |name| query.text(name).map(|text| asked::name(name, text)).transpose();
    let (session, id) = (named("session")?, named("id")?);
    let last = query.number("last", 1..=MOST)?.unwrap_or(USUAL);
    let last = usize::try_from(last).unwrap_or(1);
    let asker = Asker::of(&gate, Head::of(&caller, &headers)?)?;
    let resolver = gate.modelpin.resolver();
    let agent = asker.book.agent();
    let rows = match (&id, &session) {
        (Some(id), _) => resolver
            .kept_record(id)
            .await
            .map(|row| row.into_iter().collect()),
        (None, Some(session)) => {
            let chat = caller.session(session);
            resolver.kept_of_session(agent, &chat, last).await
        }
        (None, None) => resolver.kept_latest(WINDOW.max(last)).await,
    };
    let rows: Vec<Row> = rows.map_err(|broken| {
        let message = format!("the records cannot be read now: {broken}; try again");
        Fault::new(StatusCode::SERVICE_UNAVAILABLE, "unreadable-records", message)
    })?;
    let records: Vec<Value> = rows
        .iter()
        .filter(|row| asker.agent.is_none() || row.agent == agent.as_str())
        .filter_map(|row| told(&caller, &asker, row))
        .filter(|(chat, _)| session.is_none() || *chat == session)
        .map(|(_, told)| told)
        .take(last)
        .collect();
    if let (Some(_), true) = (&id, records.is_empty()) {
        let message = "there is no record with this id, or not any more: only the last ones are kept";
        return Err(Fault::new(StatusCode::NOT_FOUND, "no-such-record", message).at("id"));
    }
    let count = records.len();
    Ok(answer(StatusCode::OK, &Decisions { count, records }))
}

/// A record as its caller and the asker may see it, with the caller's own name of the chat.
fn told(caller: &Caller, asker: &Asker, row: &Row) -> Option<(Option<String>, Value)> {
    let chat = match row.session.as_deref() {
        Some(chat) => Some(caller.own(chat)?.to_owned()),
        // What concerns more than a chat is for the people of this machine.
        None if *caller == Caller::LOCAL => None,
        None => return None,
    };
    // One of another version may name profiles where this one does not look.
    let record = row.read().ok()?;
    if !sees_all(asker, &record) {
        return None;
    }
    let mut told: Value = serde_json::from_str(&row.record).ok()?;
    if let Some(chat) = &chat {
        told["session"] = chat.as_str().into();
    }
    Some((chat, told))
}

/// Whether the asker may know of every profile in a record.
fn sees_all(asker: &Asker, record: &Record) -> bool {
    let of = |setting: &Option<Setting>| setting.as_ref().and_then(|setting| setting.profile.clone());
    let named: Vec<_> = match &record.kind {
        Kind::Decision(decision) => {
            let tried = decision.attempts.iter().map(|one| one.profile.clone());
            let served = decision.chosen.iter().chain(&decision.served);
            let crossed = decision.crossing.iter();
            tried
                .chain(decision.requested.profile.clone())
                .chain(served.map(|served| served.profile.clone()))
                .chain(crossed.flat_map(|crossing| [crossing.from.clone(), crossing.to.clone()]))
                .collect()
        }
        Kind::Change(change) => of(&change.from).into_iter().chain(of(&change.to)).collect(),
        // What the operator did is the operator's.
        Kind::Operator(_) => return false,
    };
    named.iter().all(|id| asker.sees(id))
}
