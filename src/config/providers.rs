//! `models.providers`: endpoints of one's own, and what is changed at the known ones.

use std::time::Duration;

use indexmap::IndexMap;

use super::read_secret::read_secret;
use super::reading::{At, Read};
use super::secret_input::SecretInput;
use crate::endpoint::{Api, Endpoint, KeyHeader};
use crate::model::ProviderId;

/// `models.providers.<p>`.
#[derive(Debug, Clone)]
pub struct ProviderConfig {
    /// Where it is reached (`baseUrl`); it may hold `${NAME}`.
    pub base_url: Option<SecretInput>,
    /// The API that it speaks there.
    pub api: Option<Api>,
    /// An API that other programs know and modelpin does not speak. The provider then has no endpoint.
    pub foreign_api: Option<String>,
    /// A key that is used when nothing else is (`apiKey`).
    pub api_key: Option<SecretInput>,
    /// How `apiKey` is meant.
    pub auth: Option<ProviderAuth>,
    /// Headers that are added to each request, in file order.
    pub headers: IndexMap<String, SecretInput>,
    /// How an API key is presented (`authHeader`).
    pub key_header: KeyHeader,
    /// How long its answers may take to begin (`timeoutSeconds`).
    pub patience: Option<Duration>,
    /// The models that it serves.
    pub models: Vec<ListedModel>,
}

/// `models.providers.<p>.auth`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProviderAuth {
    /// An API key.
    ApiKey,
    /// A token.
    Token,
    /// A sign-in.
    OAuth,
    /// What the AWS tools have; other programs use it, modelpin does not.
    AwsSdk,
}

/// An entry of `models.providers.<p>.models`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedModel {
    /// The provider's own name for the model.
    pub id: String,
    /// A name for people.
    pub name: Option<String>,
}

pub(super) fn read<'a>(at: &At<'a>) -> Read<'a, IndexMap<ProviderId, ProviderConfig>> {
    let Some(providers) = at.object()?.find("providers") else {
        return Ok(IndexMap::new());
    };
    let entries = providers.object()?.by_provider().into_iter();
    entries
        .map(|(provider, at)| {
            let config = read_provider(&provider, &at)?;
            Ok((provider, config))
        })
        .collect()
}

fn read_provider<'a>(id: &ProviderId, at: &At<'a>) -> Read<'a, ProviderConfig> {
    let provider = at.object()?;
    provider.expect_keys(&[
        "baseUrl",
        "api",
        "apiKey",
        "auth",
        "headers",
        "authHeader",
        "models",
        "timeoutSeconds",
    ]);
    let auths = [
        ("api-key", ProviderAuth::ApiKey),
        ("api_key", ProviderAuth::ApiKey),
        ("token", ProviderAuth::Token),
        ("oauth", ProviderAuth::OAuth),
        ("aws-sdk", ProviderAuth::AwsSdk),
    ];
    let base_url = provider.read("baseUrl", read_url)?;
    let foreign_api = provider.find("api").and_then(|at| foreign_api(&at));
    let api = match foreign_api {
        Some(_) => None,
        None => provider.read("api", read_api)?,
    };
    if base_url.is_some() && provider.find("api").is_none() && Endpoint::known(id).is_none() {
        at.warn("no `api` is given; it is taken for `openai-completions`");
    }
    let bearer = provider.read("authHeader", At::flag)?.unwrap_or_default();
    Ok(ProviderConfig {
        base_url,
        api,
        foreign_api,
        api_key: provider.read("apiKey", read_secret)?,
        auth: provider.read("auth", |at| at.word(&auths))?,
        headers: provider.read("headers", read_headers)?.unwrap_or_default(),
        key_header: if bearer {
            KeyHeader::Bearer
        } else {
            KeyHeader::ByApi
        },
        patience: provider.read("timeoutSeconds", read_patience)?,
        models: provider.read("models", read_models)?.unwrap_or_default(),
    })
}

/// The longest that an answer may take to begin: an hour.
const LONGEST_PATIENCE: f64 = 3600.0;

fn read_patience<'a>(at: &At<'a>) -> Read<'a, Duration> {
    let seconds = at.number()?;
    if seconds > 0.0 && seconds <= LONGEST_PATIENCE {
        return Ok(Duration::from_secs_f64(seconds));
    }
    Err(at.wrong("expected a number of seconds, over 0 and at most 3600"))
}

/// A base URL: http or https, a host, and no user, query or fragment, which could hold a key or get lost.
fn read_url<'a>(at: &At<'a>) -> Read<'a, SecretInput> {
    let url = at.text()?;
    let input = SecretInput::from_text(url);
    if !matches!(input, SecretInput::Plain(_)) {
        return Ok(input);
    }
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let rest = rest.ok_or_else(|| at.wrong("expected a URL that begins with `https://` or `http://`"))?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.contains('@') {
        return Err(at.wrong_with_hint(
            "a base URL takes no user and no password",
            "give the key as `apiKey`, or in `headers`",
        ));
    }
    if host.is_empty()
        || host.starts_with(':')
        || rest.contains(|c: char| c.is_whitespace() || c.is_control())
    {
        return Err(at.wrong("expected a URL with a host and without blanks"));
    }
    if rest.contains(['?', '#']) {
        return Err(at.wrong("a base URL takes no `?` and no `#`: paths are put behind it"));
    }
    Ok(input)
}

/// APIs that other programs know and modelpin does not speak: left alone, and told.
const FOREIGN_APIS: &[&str] = &[
    "google-generative-ai",
    "bedrock-converse-stream",
    "github-copilot",
    "ollama",
    "openai-codex-responses",
    "azure-openai-responses",
];

fn foreign_api(at: &At<'_>) -> Option<String> {
    let word = at.text().ok().filter(|word| FOREIGN_APIS.contains(word))?;
    at.warn("modelpin does not speak this API, so this provider has no endpoint here");
    Some(word.to_owned())
}

fn read_api<'a>(at: &At<'a>) -> Read<'a, Api> {
    let words = [
        Api::AnthropicMessages,
        Api::OpenAiCompletions,
        Api::OpenAiResponses,
    ];
    at.word(&words.map(|api| (api.as_str(), api)))
}

fn read_headers<'a>(at: &At<'a>) -> Read<'a, IndexMap<String, SecretInput>> {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    at.object()?
        .entries()
        .map(|(name, at)| {
            if name.is_empty() || !name.chars().all(is_token) {
                return Err(at.wrong("this key is no header name (RFC 9110, section 5.1)"));
            }
            Ok((name.to_owned(), read_secret(&at)?))
        })
        .collect()
}

fn read_models<'a>(at: &At<'a>) -> Read<'a, Vec<ListedModel>> {
    at.list()?
        .iter()
        .map(|at| {
            let Ok(model) = at.object() else {
                let id = at
                    .text()
                    .map_err(|_| at.wrong("expected the model's id, or `{ id, name }`"))?;
                return Ok(ListedModel {
                    id: id.to_owned(),
                    name: None,
                });
            };
            let id = model
                .find("id")
                .ok_or_else(|| at.wrong("a model needs an `id`"))?;
            Ok(ListedModel {
                id: id.text()?.to_owned(),
                name: model.read("name", At::text)?.map(str::to_owned),
            })
        })
        .collect()
}
