//! Where people sign in: built in, configured, or both.

use thiserror::Error;
use url::Url;

use crate::config::{Config, OAuthConfig, Reuse, Style};
use crate::model::ProviderId;

/// How a provider signs people in. The client is a public one: it has an id and no secret (RFC 8252 §8.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The provider.
    pub provider: ProviderId,
    /// Where a person says yes in a browser; `None` if there are only device codes.
    pub authorize_url: Option<Url>,
    /// Where codes and refresh tokens are exchanged.
    pub token_url: Url,
    /// Where a device asks for a code; `None` if the provider has none (RFC 8628).
    pub device_url: Option<Url>,
    /// The public id of the client.
    pub client_id: String,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// The port of the redirect on this machine; `None` for any free one.
    pub redirect_port: Option<u16>,
    /// How the token endpoint wants to be asked.
    pub style: Style,
    /// Parameters that are added to the request for authorization, in a browser or for a device; never to the token
    /// endpoint.
    pub extra: Vec<(String, String)>,
    /// Whether a refresh token may be sent again when an answer was lost.
    pub reuse: Reuse,
}

/// A description that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DescriptionError {
    /// An address is none.
    #[error("`oauth.{provider}.{key}` of the configuration is no address: {source}")]
    Address {
        /// The provider.
        provider: ProviderId,
        /// The key.
        key: &'static str,
        /// What is wrong with it.
        source: url::ParseError,
    },
    /// Something is neither built in nor configured.
    #[error(
        "how to sign in at {provider} is not known whole: set `oauth.{provider}.{key}` in the configuration"
    )]
    Missing {
        /// The provider.
        provider: ProviderId,
        /// The key.
        key: &'static str,
    },
}

impl Description {
    /// How one signs in at this provider: what is built in, with what the configuration says over it. `None` if neither
    /// knows the provider.
    ///
    /// # Errors
    /// [`DescriptionError`] names the key of the configuration that is missing or wrong.
    pub fn of(provider: &ProviderId, config: &Config) -> Result<Option<Self>, DescriptionError> {
        let built_in = built_in(provider);
        let Some(own) = config.oauth.get(provider).cloned().or(built_in.clone()) else {
            return Ok(None);
        };
        let base = built_in.unwrap_or_default();
        let url = |key: &'static str, url: Option<String>| {
            let read = url.map(|url| Url::parse(&url)).transpose();
            read.map_err(|source| DescriptionError::Address {
                provider: provider.clone(),
                key,
                source,
            })
        };
        let missing = |key| DescriptionError::Missing {
            provider: provider.clone(),
            key,
        };
        Ok(Some(Self {
            provider: provider.clone(),
            authorize_url: url("authorizeUrl", own.authorize_url.or(base.authorize_url))?,
            token_url: url("tokenUrl", own.token_url.or(base.token_url))?
                .ok_or_else(|| missing("tokenUrl"))?,
            device_url: url("deviceUrl", own.device_url.or(base.device_url))?,
            client_id: own
                .client_id
                .or(base.client_id)
                .ok_or_else(|| missing("clientId"))?,
            scopes: own.scopes.or(base.scopes).unwrap_or_default(),
            redirect_port: own.redirect_port.or(base.redirect_port),
            style: own.style.or(base.style).unwrap_or_default(),
            extra: own.extra.or(base.extra).unwrap_or_default(),
            reuse: own.reuse.or(base.reuse).unwrap_or_default(),
        }))
    }
}

/// What modelpin knows by itself. The names are those of [`DESCRIBED`](crate::config::DESCRIBED).
///
/// Both ids are of public clients, and stand in the open sources of the providers' own tools: the Codex command line, and
/// the editor plugins of GitHub Copilot.
fn built_in(provider: &ProviderId) -> Option<OAuthConfig> {
    let text = |text: &str| Some(text.to_owned());
    let words = |words: &str| Some(words.split(' ').map(str::to_owned).collect());
    let described = match provider.as_str() {
        "openai-codex" => OAuthConfig {
            authorize_url: text("https://auth.openai.com/oauth/authorize"),
            token_url: text("https://auth.openai.com/oauth/token"),
            client_id: text("app_EMoamEEZ73f0CkXaXp7hrann"),
            scopes: words("openid profile email offline_access"),
            redirect_port: Some(1455),
            // Without these two the ID token does not name the ChatGPT account.
            extra: Some(vec![
                ("id_token_add_organizations".to_owned(), "true".to_owned()),
                ("codex_cli_simplified_flow".to_owned(), "true".to_owned()),
            ]),
            ..OAuthConfig::default()
        },
        "github-copilot" => OAuthConfig {
            token_url: text("https://github.com/login/oauth/access_token"),
            device_url: text("https://github.com/login/device/code"),
            client_id: text("Iv1.b507a08c87ecfe98"),
            scopes: words("read:user"),
            ..OAuthConfig::default()
        },
        _ => return None,
    };
    Some(described)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DESCRIBED;

    fn of(provider: &str, config: &str) -> Option<Description> {
        let (config, _) = Config::parse(config, "modelpin.json").expect("a configuration");
        Description::of(&ProviderId::new(provider), &config).expect("a description")
    }

    #[test]
    fn every_described_provider_has_a_whole_description() {
        for provider in DESCRIBED {
            let described = of(provider, "{}").expect(provider);
            assert!(described.authorize_url.is_some() || described.device_url.is_some());
            assert_eq!(described.token_url.scheme(), "https");
            assert_eq!(described.reuse, Reuse::Unsafe);
        }
        assert_eq!(of("anthropic", "{}"), None);
    }

    #[test]
    fn the_configuration_goes_over_what_is_built_in_key_by_key() {
        let config = "{ oauth: { 'openai-codex': { tokenUrl: 'http://127.0.0.1:9/t', redirectPort: 9 } } }";
        let mixed = of("openai-codex", config).expect("built in");
        let usual = of("openai-codex", "{}").expect("built in");
        assert_eq!(mixed.token_url.as_str(), "http://127.0.0.1:9/t");
        assert_eq!(mixed.redirect_port, Some(9));
        assert_eq!((mixed.client_id, mixed.scopes), (usual.client_id, usual.scopes));
    }
}
