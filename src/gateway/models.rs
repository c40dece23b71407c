//! `GET /v1/models`: the models that may be asked for, in a list that clients of both APIs can read.
//!
//! Sources: `docs.claude.com/en/api/models-list`, `platform.openai.com/docs/api-reference/models/list`.

use axum::body::Body;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::asking::Asking;
use super::dialect::{Kind, json_answer};
use super::gate::Gate;
use super::refused::Refused;
use crate::access::Act;
use crate::profile::ProfileId;
use crate::resolver::Book;
use crate::session::Scope;

/// The list, or one of its models by alias or reference.
pub(super) fn answer(gate: &Gate, asking: &Asking, id: Option<&str>) -> Result<Response<Body>, Box<Refused>> {
    let snapshot = gate.modelpin.resolver().snapshot();
    let book = snapshot
        .book(asking.session.agent())
        .map_err(|broken| Box::new(Refused::by_book(&broken)))?;
    let rules = snapshot.rules();
    let may = |id: &ProfileId| rules.may(&asking.actor, Act::Spend, Scope::Session, Some(id));
    let now = gate.modelpin.resolver().now();
    let models = models(&book, &|provider| book.has_credential(provider, &may, now));
    match id {
        None => {
            let end = |model: Option<&Value>| model.map(|model| model["id"].clone());
            let list = json!({
                "object": "list",
                "first_id": end(models.first()),
                "last_id": end(models.last()),
                "has_more": false,
                "data": models,
            });
            Ok(json_answer(StatusCode::OK, &list))
        }
        Some(id) => match models
            .iter()
            .find(|model| model["id"] == id || model["alias"] == id)
        {
            Some(model) => Ok(json_answer(StatusCode::OK, model)),
            None => Err(Box::new(Refused::of(
                Kind::NotFound,
                "no-such-model",
                "there is no such model here, or no credential for it: GET /v1/models lists those that there are",
            ))),
        },
    }
}

fn models(book: &Book, usable: &dyn Fn(&crate::model::ProviderId) -> bool) -> Vec<Value> {
    let entries = book.catalog().selectable();
    entries
        .filter(|entry| usable(entry.model.provider()))
        .map(|entry| {
            let id = entry.model.to_string();
            let alias = book.catalog().alias(&entry.model);
            json!({
                "id": id,
                "object": "model",
                "type": "model",
                "created": 0,
                "created_at": "1970-01-01T00:00:00Z",
                "owned_by": entry.model.provider().as_str(),
                "display_name": alias.unwrap_or(&id),
                "alias": alias,
            })
        })
        .collect()
}
