//! The paths whose bodies are a provider's, and those that tell whether it runs.

use serde_json::{Map, Value, json};

/// All of them.
pub(super) fn paths() -> Map<String, Value> {
    let mut paths = Map::new();
    for (path, id, summary) in [
        (
            "/v1/messages",
            "messages",
            "Passes a request of Anthropic's Messages API to the model that is pinned",
        ),
        (
            "/v1/messages/count_tokens",
            "count_tokens",
            "Passes on the counting of tokens, of Anthropic's API",
        ),
        (
            "/v1/chat/completions",
            "chat_completions",
            "Passes a request of OpenAI's Chat Completions API to the model that is pinned",
        ),
        (
            "/v1/responses",
            "responses",
            "Passes a request of OpenAI's Responses API to the model that is pinned",
        ),
    ] {
        paths.insert(path.to_owned(), json!({ "post": passing(path, id, summary) }));
    }
    paths.insert("/v1/models".to_owned(), json!({ "get": models() }));
    paths.insert("/v1/models/{model}".to_owned(), json!({ "get": model() }));
    for (path, id, summary, answers) in [
        (
            "/healthz",
            "healthz",
            "Tells that the process answers",
            json!({ "200": plain("It does.") }),
        ),
        (
            "/readyz",
            "readyz",
            "Tells whether requests can be served",
            json!({ "200": plain("They can."), "503": plain("The credentials of the default agent cannot be read.") }),
        ),
        (
            "/openapi.json",
            "openapi",
            "This description",
            json!({ "200": plain("OpenAPI 3.1.") }),
        ),
    ] {
        let told = json!({
            "get": { "tags": ["watching"], "operationId": id, "summary": summary, "responses": answers, "security": [] },
        });
        paths.insert(path.to_owned(), told);
    }
    let metrics = json!({
        "description": "Prometheus' text format.",
        "content": { "text/plain": { "schema": { "type": "string" } } },
    });
    let metrics = json!({
        "tags": ["watching"], "operationId": "metrics", "summary": "Tells what was counted, and how things stand",
        "responses": { "200": metrics, "500": error("They cannot be written.") },
    });
    paths.insert("/metrics".to_owned(), json!({ "get": metrics }));
    paths.insert("/v1/events".to_owned(), json!({ "get": events() }));
    let page = json!({ "description": "The page, for a browser.", "content": { "text/html": {} } });
    let page = json!({
        "tags": ["watching"], "operationId": "page", "summary": "A web page: a chat, and the board beside it",
        "responses": { "200": page }, "security": [],
    });
    paths.insert("/".to_owned(), json!({ "get": page }));
    paths
}

fn events() -> Value {
    let stream = json!({
        "description": "Server-sent events without an end: each `board` has the whole board as JSON.",
        "content": { "text/event-stream": {} },
    });
    json!({
        "tags": ["watching"],
        "operationId": "events",
        "summary": "Sends the board of a chat, at once and whenever it changes",
        "parameters": heads(),
        "responses": {
            "200": stream,
            "404": error("There is no such agent."),
            "503": error("There is no room for another watcher: `retry-after` says when to try again."),
        },
    })
}

fn plain(told: &str) -> Value {
    json!({ "description": told, "content": { "application/json": { "schema": { "type": "object" } } } })
}

/// Which chat, which agent, who.
fn heads() -> Value {
    let head = |name: &str, told: &str| {
        let schema = json!({ "type": "string", "maxLength": 1024 });
        json!({ "name": name, "in": "header", "required": false, "description": told, "schema": schema })
    };
    let mut agent = head(
        "x-modelpin-agent",
        "The agent that answers in the chat, if it is not the default one.",
    );
    agent["schema"]["pattern"] = "^([a-z0-9][a-z0-9_-]{0,63})?$".into();
    json!([
        head(
            "x-modelpin-session",
            "The chat. Without it, what follows `mp-session-` in the API key; without that, `gateway`."
        ),
        head(
            "x-modelpin-thread",
            "The thread of the chat, where it is in one: it takes over what is pinned in the chat."
        ),
        agent,
        head(
            "x-modelpin-actor",
            "Who sends, by the id that the platform gives; without it, the caller."
        ),
    ])
}

fn passing(path: &str, id: &str, summary: &str) -> Value {
    let header = |told: &str| json!({ "description": told, "schema": { "type": "string" } });
    let headers = json!({
        "x-modelpin-decision": header("The decision that the answer goes back to: `GET /v1/decisions?id=` tells of it."),
        "x-modelpin-model": header("The model that serves, percent-encoded where it has to be."),
        "x-modelpin-profile": header("The profile that serves, percent-encoded where it has to be."),
    });
    let mut answers = Map::new();
    answers.insert(
        "200".to_owned(),
        json!({
            "description": "The provider's answer, as it comes.",
            "headers": headers,
            "content": { "application/json": { "schema": { "type": "object" } }, "text/event-stream": {} },
        }),
    );
    let messages = path.starts_with("/v1/messages");
    let errors: &[(&str, &str)] = &[
        (
            "400",
            "The request is wrong, or written for another API than the model's: `other-api`.",
        ),
        ("401", "There is no valid token, or no usable credential."),
        ("403", "The model or the credential is not the sender's to use."),
        ("404", "There is no such model or agent."),
        ("413", "The body is over 32 MiB, or too long for the model."),
        (
            "421",
            "The gateway is not known by the name in `host`: `foreign-host`.",
        ),
        (
            "429",
            "Everybody who could serve rests: `retry-after` says how long.",
        ),
        ("500", "The credentials of the agent cannot be read."),
        ("502", "The provider failed."),
        (
            "504",
            "The provider, or the body of the request, did not come in time.",
        ),
        if messages {
            ("402", "It would begin to cost, or the account is not paid for.")
        } else {
            ("503", "Too much is under way, here or there.")
        },
        if messages {
            ("529", "Too much is under way, here or there.")
        } else {
            ("503", "Too much is under way, here or there.")
        },
    ];
    let schema = if messages {
        json!({ "$ref": "#/components/schemas/AnthropicError" })
    } else {
        json!({ "$ref": "#/components/schemas/ErrorAnswer" })
    };
    for (status, told) in errors {
        let error = json!({ "description": told, "content": { "application/json": { "schema": schema } } });
        answers.insert((*status).to_owned(), error);
    }
    json!({
        "tags": ["providers"],
        "operationId": id,
        "summary": summary,
        "description": "The body goes through as it came, but for the name of the model and, where the configuration wants \
            it, marks for the provider's cache. Errors are written as that API writes them.",
        "parameters": heads(),
        "requestBody": {
            "required": true,
            "description": "As the provider's documentation says.",
            "content": { "application/json": { "schema": {
                "type": "object",
                "properties": { "model": {
                    "type": "string",
                    "description": "A reference or an alias, which selects for this request where nothing is pinned. \
                        A name that is not known here is passed over.",
                } },
            } } },
        },
        "responses": answers,
    })
}

fn models() -> Value {
    let mut parameters = heads();
    if let Some(list) = parameters.as_array_mut() {
        list.push(json!({
            "name": "anthropic-version", "in": "header", "required": false, "schema": { "type": "string" },
            "description": "Whoever sends it gets errors as Anthropic writes them.",
        }));
    }
    json!({
        "tags": ["providers"],
        "operationId": "models",
        "summary": "Lists the models that may be asked for, for clients of both APIs",
        "parameters": parameters,
        "responses": {
            "200": plain("The models for which there is a credential."),
            "400": of_either("A field of the head is wrong."),
            "401": of_either("There is no valid token: `no-token`."),
            "403": of_either("A page of another site asks: `foreign-origin`."),
            "404": of_either("There is no such agent."),
            "421": of_either("The gateway is not known by the name in `host`: `foreign-host`."),
            "500": of_either("The credentials of the agent cannot be read."),
        },
    })
}

fn model() -> Value {
    let mut told = models();
    told["operationId"] = "model".into();
    told["summary"] = "Tells of one model".into();
    told["responses"]["200"] = plain("The model.");
    told["responses"]["404"] = of_either("There is no such model or agent.");
    let path = json!({
        "name": "model", "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 },
        "description": "Its reference or alias, percent-encoded or not.",
    });
    if let Some(list) = told["parameters"].as_array_mut() {
        list.insert(0, path);
    }
    told
}

/// An error as Anthropic writes them.
///
/// Source: `docs.claude.com/en/api/errors`.
pub(super) fn anthropic_error() -> Value {
    let text = json!({ "type": "string" });
    let perhaps = json!({ "type": ["string", "null"] });
    json!({
        "description": "An error as Anthropic writes them, with what `ErrorAnswer` has.",
        "type": "object",
        "required": ["type", "error"],
        "properties": {
            "type": { "const": "error" },
            "error": {
                "type": "object",
                "required": ["type", "message", "code"],
                "properties": { "type": text, "message": text, "code": text, "decision": perhaps },
            },
            "request_id": perhaps,
        },
    })
}

/// An error in the words of the client that asks.
fn of_either(told: &str) -> Value {
    let schema = json!({ "anyOf": [
        { "$ref": "#/components/schemas/ErrorAnswer" },
        { "$ref": "#/components/schemas/AnthropicError" },
    ] });
    json!({ "description": told, "content": { "application/json": { "schema": schema } } })
}

fn error(told: &str) -> Value {
    let schema = json!({ "$ref": "#/components/schemas/ErrorAnswer" });
    json!({ "description": told, "content": { "application/json": { "schema": schema } } })
}
