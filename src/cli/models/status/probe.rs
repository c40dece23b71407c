//! `--probe`: does the provider take each credential? One minimal request each, and nothing is remembered.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::clock::{Clock, SystemClock, Timestamp};
use crate::credential::CredentialKind;
use crate::model::{ModelRef, ProviderId};
use crate::order::{ProfileFacts, Source};
use crate::outcome::FailureClass;
use crate::resolver::Book;
use crate::wire::{Broken, Client, Failure, Limits, Role, Turn, present, request};

use crate::report::status::shape::{ProbeOptions, ProbeResult, ProbeSource, ProbeStatus, Probes};

/// Asks with every credential that the options leave in.
pub(super) async fn probe(
    book: &Arc<Book>,
    options: ProbeOptions,
) -> Result<Probes, crate::wire::ClientError> {
    let started = SystemClock.now();
    let wait = Duration::from_millis(options.timeout_ms);
    let client = Arc::new(Client::new(Limits {
        connect: wait,
        first_byte: wait,
        idle: wait,
    })?);
    let wanted = |facts: &&ProfileFacts| {
        let provider = options.provider.as_deref().map(ProviderId::new);
        let of_provider = provider.is_none_or(|provider| facts.provider == provider);
        let ids = &options.profile_ids;
        of_provider && (ids.is_empty() || ids.iter().any(|id| id == facts.id.as_str()))
    };
    let targets: Vec<ProfileFacts> = book.facts().iter().filter(wanted).cloned().collect();
    let places = Arc::new(Semaphore::new(options.concurrency.max(1)));
    let mut asking = JoinSet::new();
    for (at, facts) in targets.iter().cloned().enumerate() {
        let (book, client, places) = (Arc::clone(book), Arc::clone(&client), Arc::clone(&places));
        let max_tokens = options.max_tokens;
        asking.spawn(async move {
            let _place = places.acquire_owned().await;
            (at, ask(&book, &client, &facts, max_tokens, wait).await)
        });
    }
    let mut results: Vec<(usize, ProbeResult)> = asking.join_all().await;
    results.sort_by_key(|(at, _)| *at);
    let finished = SystemClock.now();
    Ok(Probes {
        started_at: started.as_millis(),
        finished_at: finished.as_millis(),
        duration_ms: finished.as_millis() - started.as_millis(),
        total_targets: targets.len(),
        results: results.into_iter().map(|(_, result)| result).collect(),
        options,
    })
}

async fn ask(
    book: &Book,
    client: &Client,
    facts: &ProfileFacts,
    max_tokens: u32,
    wait: Duration,
) -> ProbeResult {
    let model = model_of(book, &facts.provider);
    let source = match &facts.source {
        Source::Store | Source::Inherited => ProbeSource::Profile,
        Source::Environment(_) => ProbeSource::Env,
        Source::Config => ProbeSource::ModelsJson,
    };
    let told = |status, error: Option<String>, latency_ms| ProbeResult {
        provider: facts.provider.to_string(),
        model: model.as_ref().map(ToString::to_string),
        profile_id: facts.source.is_stored().then(|| facts.id.to_string()),
        label: facts.id.to_string(),
        source,
        mode: facts.kind.map(|kind| CredentialKind::as_str(kind).to_owned()),
        status,
        error,
        latency_ms,
    };
    let Some(model) = &model else {
        return told(
            ProbeStatus::NoModel,
            Some("no model of this provider is known".to_owned()),
            None,
        );
    };
    let Some(endpoint) = book.endpoint(&facts.provider) else {
        let what = "no endpoint: set models.providers.<p>.baseUrl and api";
        return told(ProbeStatus::NoModel, Some(what.to_owned()), None);
    };
    let credential = match book.credential(&facts.id) {
        Ok(credential) => credential,
        Err(wrong) => return told(ProbeStatus::Auth, Some(crate::echo::causes(&wrong)), None),
    };
    let turns = [Turn {
        role: Role::User,
        text: "Reply with OK.".to_owned(),
    }];
    let asked = request(&endpoint, model.model(), &turns, max_tokens).and_then(|mut asked| {
        present(&facts.provider, &endpoint, &credential, asked.headers_mut())?;
        Ok(asked)
    });
    let asked = match asked {
        Ok(asked) => asked,
        Err(wrong) => return told(ProbeStatus::Format, Some(wrong.to_string()), None),
    };
    let start = Instant::now();
    let answer = tokio::time::timeout(wait, client.ask(asked, endpoint.api)).await;
    let latency = u64::try_from(start.elapsed().as_millis()).ok();
    match answer {
        Ok(Ok(_)) => told(ProbeStatus::Ok, None, latency),
        Ok(Err(failure)) => {
            let now = SystemClock.now();
            let cause = failure
                .verdict(&facts.provider, now)
                .and_then(|verdict| verdict.cause);
            let error = cause.map_or_else(|| failure.to_string(), |cause| format!("{failure}: {cause}"));
            told(bucket(&failure, &facts.provider, now), Some(error), latency)
        }
        Err(_) => told(
            ProbeStatus::Timeout,
            Some("no answer in time".to_owned()),
            latency,
        ),
    }
}

/// The default model if it is of this provider, else its first one.
fn model_of(book: &Book, provider: &ProviderId) -> Option<ModelRef> {
    let catalog = book.catalog();
    let default = catalog
        .default_model()
        .filter(|model| model.provider() == provider);
    let first = || {
        catalog
            .entries()
            .iter()
            .map(|entry| &entry.model)
            .find(|model| model.provider() == provider)
    };
    default.or_else(first).cloned()
}

fn bucket(failure: &Failure, provider: &ProviderId, now: Timestamp) -> ProbeStatus {
    if let Failure::Transport { broken, .. } = failure {
        return match broken {
            Broken::NoAnswer | Broken::Silence => ProbeStatus::Timeout,
            Broken::NoConnection | Broken::CutOff => ProbeStatus::Unknown,
        };
    }
    match failure.verdict(provider, now).map(|verdict| verdict.class) {
        Some(FailureClass::Auth | FailureClass::AuthPermanent) => ProbeStatus::Auth,
        Some(FailureClass::RateLimit) => ProbeStatus::RateLimit,
        Some(FailureClass::Billing) => ProbeStatus::Billing,
        Some(FailureClass::Timeout) => ProbeStatus::Timeout,
        Some(FailureClass::Format | FailureClass::ContextOverflow) => ProbeStatus::Format,
        Some(FailureClass::ModelNotFound) => ProbeStatus::NoModel,
        Some(FailureClass::Overloaded | FailureClass::ServerError) | None => ProbeStatus::Unknown,
    }
}
