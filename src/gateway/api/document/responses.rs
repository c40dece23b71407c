//! The answers that several paths give.

use serde_json::{Value, json};
use utoipa::ToResponse;
use utoipa::openapi::{Content, Ref, RefOr, Response};

/// Answers that are errors, each with its name and when it comes.
macro_rules! errors {
    ($($(#[doc = $doc:literal])* $name:ident = $told:literal;)*) => {$(
        $(#[doc = $doc])*
        pub(in crate::gateway::api) enum $name {}

        impl<'r> ToResponse<'r> for $name {
            fn response() -> (&'r str, RefOr<Response>) {
                (stringify!($name), RefOr::T(error($told)))
            }
        }
    )*};
}

errors! {
    /// 404.
    NotFound = "There is nothing of that name: `unknown-agent`, `no-such-record`.";
    /// 408.
    TooSlow = "The body did not come in time: `slow-body`.";
    /// 413.
    TooLong = "The body is over 1 MiB: `body-too-long`.";
    /// 415.
    NotJson = "The body is not said to be JSON, or is compressed: `content-type`, `content-encoding`.";
    /// 500.
    Broken = "The credentials of the agent cannot be read: `unreadable-credentials`.";
    /// 503.
    NotKept = "The store cannot be read or written now: `not-kept`, `unreadable-records`.";
}

fn error(told: &str) -> Response {
    let mut response = Response::new(told);
    let schema = Ref::from_schema_name("ErrorAnswer");
    response
        .content
        .insert("application/json".to_owned(), Content::new(Some(schema)).into());
    response
}

/// What any path may answer before it looks at anything else; and who needs no token.
pub(super) fn everywhere(whole: &mut Value, wants_tokens: bool) {
    let error = |told: &str| {
        let schema = json!({ "$ref": "#/components/schemas/ErrorAnswer" });
        json!({ "description": told, "content": { "application/json": { "schema": schema } } })
    };
    let mut shared = vec![
        (
            "400",
            "BadRequest",
            "The request is wrong: `param` says where, `message` what to do.",
        ),
        (
            "403",
            "Forbidden",
            "A page of another site asks, or whoever asks may not: `foreign-origin`, `not-permitted`.",
        ),
        (
            "421",
            "Misdirected",
            "The gateway is not known by the name in `host`: `foreign-host`.",
        ),
    ];
    if wants_tokens {
        shared.push(("401", "Unauthorized", "There is no valid token: `no-token`."));
    }
    for (_, name, told) in &shared {
        whole["components"]["responses"][name] = error(told);
    }
    let operations = whole["paths"].as_object_mut().into_iter().flat_map(|paths| {
        paths.values_mut().flat_map(|path| {
            path.as_object_mut()
                .into_iter()
                .flat_map(|path| path.values_mut())
        })
    });
    for operation in operations {
        if let Some(body) = operation.get_mut("requestBody") {
            body["required"] = true.into();
        }
        let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            // A field of a head is there or not, and never `null`.
            if parameter["in"] == "header" {
                parameter["schema"]["type"] = "string".into();
            }
        }
        // As the API of a provider writes its errors: `passing.rs` has them.
        let passes = operation["tags"][0] == "providers";
        let open = operation["security"].is_array();
        for (status, name, _) in &shared {
            if !(passes && operation["responses"][status].is_object() || open && *status == "401") {
                operation["responses"][status] = json!({ "$ref": format!("#/components/responses/{name}") });
            }
        }
    }
}
