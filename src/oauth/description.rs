//! Where a provider's sign-ins are made and renewed.

use thiserror::Error;

use crate::config::{Config, Reuse, SignInConfig, Style};
use crate::model::ProviderId;

/// How a provider signs people in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The provider.
    pub provider: ProviderId,
    /// Where a person signs in; `None` if the provider knows device codes alone.
    pub authorize_url: Option<String>,
    /// Where codes and refresh tokens are exchanged.
    pub token_url: String,
    /// Where a device asks for a code.
    pub device_url: Option<String>,
    /// The client.
    pub client_id: String,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// Where the browser is sent back to, on this machine.
    pub redirect: Redirect,
    /// How the token endpoint is asked.
    pub style: Style,
    /// Parameters that are added when a person signs in.
    pub extra: Vec<(String, String)>,
    /// Whether a refresh token may be sent again when no answer came.
    pub reuse: Reuse,
}

/// Where the browser is sent back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The host by which the provider knows this machine: `localhost` or `127.0.0.1`.
    pub host: &'static str,
    /// The port; any free one if the provider does not care (RFC 8252, section 7.3).
    pub port: Option<u16>,
    /// The path.
    pub path: &'static str,
}

/// What is missing to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Undescribed {
    /// Nothing is known of the provider.
    #[error(
        "nothing says how to sign in with {0}: set oauth.{0} in the configuration (authorizeUrl, tokenUrl, clientId), or keep a key: modelpin models auth paste-api-key --provider {0}"
    )]
    Unknown(ProviderId),
    /// Something of it is missing.
    #[error("oauth.{provider}.{key} is missing in the configuration")]
    Missing {
        /// The provider.
        provider: ProviderId,
        /// The key.
        key: &'static str,
    },
}

/// The client of the Codex tools, the same for all of them (github.com/openai/codex).
const CODEX: &str = "app_EMoamEEZ73f0CkXaXp7hrann";

impl Description {
    /// What is known of a provider: built in, with what the configuration says laid over it.
    ///
    /// # Errors
    /// [`Undescribed`] says what is missing.
    pub fn of(provider: &ProviderId, config: &Config) -> Result<Self, Undescribed> {
        let own = config.oauth.get(provider);
        let known = built_in(provider);
        if own.is_none() && known.is_none() {
            return Err(Undescribed::Unknown(provider.clone()));
        }
        let (known, redirect) = known.unwrap_or_default();
        let own = own.cloned().unwrap_or_default();
        let missing = |key| Undescribed::Missing {
            provider: provider.clone(),
            key,
        };
        let described = Self {
            provider: provider.clone(),
            authorize_url: own.authorize_url.or(known.authorize_url),
            token_url: own
                .token_url
                .or(known.token_url)
                .ok_or_else(|| missing("tokenUrl"))?,
            device_url: own.device_url.or(known.device_url),
            client_id: own
                .client_id
                .or(known.client_id)
                .ok_or_else(|| missing("clientId"))?,
            scopes: own.scopes.or(known.scopes).unwrap_or_default(),
            redirect: Redirect {
                port: own.redirect_port.or(redirect.port),
                ..redirect
            },
            style: own.style.or(known.style).unwrap_or_default(),
            extra: if own.extra.is_empty() {
                known.extra
            } else {
                own.extra
            },
            reuse: own.reuse.unwrap_or_default(),
        };
        if described.authorize_url.is_none() && described.device_url.is_none() {
            return Err(missing("authorizeUrl"));
        }
        Ok(described)
    }
}

impl Default for Redirect {
    fn default() -> Self {
        Self {
            host: "127.0.0.1",
            port: None,
            path: "/callback",
        }
    }
}

/// What is known without a configuration. For GitHub the client is the operator's own: another program's is not ours to
/// present.
fn built_in(provider: &ProviderId) -> Option<(SignInConfig, Redirect)> {
    let text = |text: &str| Some(text.to_owned());
    let list = |scopes: &[&str]| Some(scopes.iter().map(|&scope| scope.to_owned()).collect());
    match provider.as_str() {
        "openai-codex" => Some((
            SignInConfig {
                authorize_url: text("https://auth.openai.com/oauth/authorize"),
                token_url: text("https://auth.openai.com/oauth/token"),
                client_id: text(CODEX),
                scopes: list(&["openid", "profile", "email", "offline_access"]),
                extra: vec![
                    ("id_token_add_organizations".to_owned(), "true".to_owned()),
                    ("codex_cli_simplified_flow".to_owned(), "true".to_owned()),
                ],
                ..SignInConfig::default()
            },
            Redirect {
                host: "localhost",
                port: Some(1455),
                path: "/auth/callback",
            },
        )),
        "github-copilot" => Some((
            SignInConfig {
                token_url: text("https://github.com/login/oauth/access_token"),
                device_url: text("https://github.com/login/device/code"),
                scopes: list(&["read:user"]),
                ..SignInConfig::default()
            },
            Redirect::default(),
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(provider: &str, config: &str) -> Result<Description, Undescribed> {
        let (config, _) = Config::parse(config, "c").expect("it is a configuration");
        Description::of(&ProviderId::new(provider), &config)
    }

    #[test]
    fn what_is_built_in_can_be_changed_key_by_key() {
        let codex = of("openai-codex", "{}").expect("it is built in");
        assert_eq!(codex.redirect.port, Some(1455));
        let own = of(
            "openai-codex",
            "{ oauth: { 'openai-codex': { tokenUrl: 'http://127.0.0.1:9/t', redirectPort: 7, reuse: 'safe' } } }",
        )
        .expect("it is described");
        assert_eq!(
            (own.token_url.as_str(), own.redirect.port),
            ("http://127.0.0.1:9/t", Some(7))
        );
        assert_eq!((own.client_id, own.reuse), (codex.client_id, Reuse::Safe));
    }

    #[test]
    fn what_is_missing_is_named() {
        let told = of("acme", "{}").expect_err("it is unknown").to_string();
        assert!(told.contains("oauth.acme"), "{told}");
        let told = of("github-copilot", "{}")
            .expect_err("it has no client")
            .to_string();
        assert!(told.contains("oauth.github-copilot.clientId"), "{told}");
        let told = of(
            "acme",
            "{ oauth: { acme: { tokenUrl: 'https://a.example/t', clientId: 'x' } } }",
        );
        assert!(told.is_err_and(|told| told.to_string().contains("authorizeUrl")));
    }

    #[test]
    fn secrets_go_to_https_or_to_this_machine() {
        for url in [
            "http://a.example/t",
            "ftp://a.example",
            "x",
            "https://u:p@a.example/t",
        ] {
            let text = format!("{{ oauth: {{ acme: {{ tokenUrl: '{url}' }} }} }}");
            let told = Config::parse(&text, "c").expect_err("it is refused").to_string();
            assert!(told.contains("oauth.acme.tokenUrl"), "{told}");
        }
    }
}
