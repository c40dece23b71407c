//! What the resolver would do, and what is set up.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use http::{HeaderMap, Response, StatusCode};
use schemars::JsonSchema;
use serde::Serialize;

use super::Since;
use super::asked::{self, Head};
use super::document::{Broken, NotFound};
use super::fault::{Fault, answer};
use super::query::Query;
use crate::access::Act;
use crate::clock::Timestamp;
use crate::echo::causes;
use crate::gateway::asking::UNNAMED;
use crate::gateway::callers::Caller;
use crate::gateway::gate::Gate;
use crate::model::{ModelRef, ProviderId};
use crate::profile::ProfileId;
use crate::report::status::shape::Status;
use crate::report::status::{Gathered, SOON};
use crate::report::{Explained, named_model};
use crate::resolver::{About, Book, BookError, Decision, Question, Snapshot};
use crate::session::{Actor, AgentId, Scope};

/// The last moment that can be asked about: the end of the year 9999.
const LAST_MOMENT: i64 = 253_402_300_799_999;

/// Somebody who may ask, with what is known of their agent.
pub(super) struct Asker {
    pub(super) actor: Actor,
    /// The agent, where one was named.
    pub(super) agent: Option<AgentId>,
    pub(super) book: Arc<Book>,
    snapshot: Arc<Snapshot>,
}

impl Asker {
    /// Whoever may give commands may ask.
    pub(super) fn of(gate: &Gate, head: Head) -> Result<Self, Fault> {
        let snapshot = gate.modelpin.resolver().snapshot();
        snapshot
            .syntax(head.agent.as_ref())
            .map_err(|unknown| asked::unknown_agent(&unknown))?;
        if !snapshot.rules().may(&head.actor, Act::See, Scope::Session, None) {
            return Err(forbidden());
        }
        let book = snapshot
            .book(head.agent.as_ref())
            .map_err(|cause| broken(&cause))?;
        Ok(Self {
            actor: head.actor,
            agent: head.agent,
            book,
            snapshot,
        })
    }

    /// Whether they may know of a profile.
    pub(super) fn sees(&self, id: &ProfileId) -> bool {
        let rules = self.snapshot.rules();
        rules.may(&self.actor, Act::See, Scope::Session, Some(id))
    }
}

/// Who asks may give no commands.
pub(super) fn forbidden() -> Fault {
    let message = "whoever asks may give no commands here: name somebody who may in `x-modelpin-actor`, or add them to \
                   `commands.allow` in the configuration";
    Fault::new(StatusCode::FORBIDDEN, "not-permitted", message).at("x-modelpin-actor")
}

/// The credentials of the agent cannot be read.
pub(super) fn broken(broken: &BookError) -> Fault {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    Fault::new(status, "unreadable-credentials", causes(broken))
}

/// A decision, as the asker may see it.
pub(super) fn explained(
    asker: &Asker,
    provider: &ProviderId,
    model: Option<&ModelRef>,
    decision: &Decision,
) -> Explained {
    Explained::seen_by(provider, model, decision, &|id| asker.sees(id))
}

/// Explains what the resolver would decide, without deciding it
///
/// As `modelpin explain --json`. Nothing is changed by asking.
#[utoipa::path(
    get, path = "/v1/explain", operation_id = "explain", tag = "sessions",
    params(
        ("provider" = String, Query, min_length = 1, max_length = 1024, pattern = r"\S", description = "The provider to ask about."),
        ("model" = Option<String>, Query, min_length = 1, max_length = 1024, pattern = r"\S", description = "One of its models, `provider/model` or the model's own name."),
        ("session" = Option<String>, Query, min_length = 1, max_length = 1024, pattern = r"\S", description = "The chat whose pins count; without it, `gateway`."),
        ("profile" = Option<String>, Query, min_length = 1, max_length = 1024, pattern = r"\S", description = "A profile that would go first."),
        ("now" = Option<i64>, Query, minimum = 0, maximum = 253402300799999_i64, description = "The moment to ask about, in milliseconds since the Unix epoch."),
        ("x-modelpin-agent" = Option<String>, Header, pattern = "^([a-z0-9][a-z0-9_-]{0,63})?$", description = "The agent that answers in the chat, if it is not the default one."),
        ("x-modelpin-actor" = Option<String>, Header, max_length = 1024, description = "Who asks; without it, the caller."),
    ),
    responses(
        (status = 200, description = "The decision. A refusal is an answer too.", body = ref("#/components/schemas/Explained")),
        (status = 404, response = NotFound),
        (status = 500, response = Broken),
    )
)]
pub(super) async fn explain(
    State(gate): State<Arc<Gate>>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response<Body>, Fault> {
    let query = Query::read(
        query.as_deref(),
        &["provider", "model", "session", "profile", "now"],
    )?;
    let named = |name| query.text(name).map(|text| asked::name(name, text)).transpose();
    let Some(provider) = named("provider")? else {
        let message = "`provider` is missing: add `?provider=` and the provider to ask about";
        return Err(Fault::bad("missing-parameter", message).at("provider"));
    };
    let provider = ProviderId::new(&provider);
    let model = named("model")?.and_then(|model| named_model(&provider, &model));
    let preferred = named("profile")?.map(|id| ProfileId::new(&id));
    let session = named("session")?;
    let now = query.number("now", 0..=LAST_MOMENT)?.map(Timestamp::from_millis);
    let asker = Asker::of(&gate, Head::of(&caller, &headers)?)?;
    let session = asked::own(
        &caller,
        session.as_deref().unwrap_or(UNNAMED),
        None,
        asker.agent.clone(),
    );
    let question = Question {
        about: model.as_ref().map_or(About::Provider(&provider), About::Model),
        preferred: preferred.as_ref(),
        now,
        ..Question::new(&session, &asker.actor)
    };
    let decision = gate.modelpin.resolver().explain(question);
    let decision = decision.map_err(|cause| broken(&cause))?;
    Ok(answer(
        StatusCode::OK,
        &explained(&asker, &provider, model.as_ref(), &decision),
    ))
}

/// What is set up, and what runs.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct StatusTold {
    #[serde(flatten)]
    status: Status,
    gateway: Running,
}

/// What runs.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Running {
    version: String,
    /// Since when, in milliseconds since the Unix epoch.
    since: i64,
    /// Requests to providers under way.
    in_flight: usize,
    /// The most of them at a time.
    in_flight_limit: usize,
    /// Whether callers have to send a token.
    wants_tokens: bool,
}

/// Tells what is set up, what could serve now, and what runs
///
/// As `modelpin models status --json`, with what the asker may see, and the gateway under `gateway`.
#[utoipa::path(
    get, path = "/v1/status", operation_id = "status", tag = "sessions",
    params(
        ("x-modelpin-agent" = Option<String>, Header, pattern = "^([a-z0-9][a-z0-9_-]{0,63})?$", description = "The agent to tell of, if it is not the default one."),
        ("x-modelpin-actor" = Option<String>, Header, max_length = 1024, description = "Who asks; without it, the caller."),
    ),
    responses(
        (status = 200, description = "The status.", body = ref("#/components/schemas/StatusTold")),
        (status = 404, response = NotFound),
        (status = 500, response = Broken),
    )
)]
pub(super) async fn status(
    State(gate): State<Arc<Gate>>,
    Extension(caller): Extension<Caller>,
    Extension(Since(since)): Extension<Since>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response<Body>, Fault> {
    Query::read(query.as_deref(), &[])?;
    let asker = Asker::of(&gate, Head::of(&caller, &headers)?)?;
    let session = asked::own(&caller, UNNAMED, None, asker.agent.clone());
    let gathered = Gathered::new(
        &gate.modelpin,
        &asker.snapshot,
        &asker.book,
        &session,
        &asker.actor,
        SOON,
    );
    let mut status = gathered.whole();
    // How many pins other callers have is theirs.
    if caller != Caller::LOCAL {
        status.modelpin.pins.session = own_pins(&gate, &caller);
    }
    let told = StatusTold {
        status,
        gateway: Running {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            since: since.as_millis(),
            in_flight: gate
                .limits
                .in_flight
                .saturating_sub(gate.in_flight.available_permits()),
            in_flight_limit: gate.limits.in_flight,
            wants_tokens: gate.guard.wants_tokens(),
        },
    };
    Ok(answer(StatusCode::OK, &told))
}

/// How many chats of a caller hold a pin.
fn own_pins(gate: &Gate, caller: &Caller) -> usize {
    let resolver = gate.modelpin.resolver();
    let table = resolver.pins().table();
    table.count(resolver.now(), |_, chat| caller.own(chat).is_some())
}
