//! `oauth`: where people sign in, for providers that modelpin does not know by itself, and what differs for those it does.

// From `core`, which knows addresses and no network.
use core::net::IpAddr;

use http::Uri;
use indexmap::IndexMap;

use super::reading::{At, Read};
use crate::model::ProviderId;

/// Providers whose sign-in modelpin describes itself: of these, the configuration says only what differs.
pub const DESCRIBED: [&str; 2] = ["openai-codex", "github-copilot"];

/// Parameters of an authorization request that are modelpin's own (RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 8628 §3.1).
const OWN_PARAMETERS: [&str; 7] = [
    "client_id",
    "code_challenge",
    "code_challenge_method",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
];

/// `oauth.<provider>`. What is `None` is as built in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OAuthConfig {
    /// Where a person says yes in a browser (`authorizeUrl`).
    pub authorize_url: Option<String>,
    /// Where codes and refresh tokens are exchanged (`tokenUrl`).
    pub token_url: Option<String>,
    /// Where a device asks for a code (`deviceUrl`, RFC 8628).
    pub device_url: Option<String>,
    /// The public id of the client (`clientId`).
    pub client_id: Option<String>,
    /// What is asked for (`scopes`).
    pub scopes: Option<Vec<String>>,
    /// The port of the redirect on this machine, if the provider knows only one (`redirectPort`).
    pub redirect_port: Option<u16>,
    /// How the token endpoint wants to be asked (`style`).
    pub style: Option<Style>,
    /// Parameters that are added to the request for authorization (`extra`), in file order.
    pub extra: Option<Vec<(String, String)>>,
    /// Whether a refresh token may be sent twice (`reuse`).
    pub reuse: Option<Reuse>,
}

/// How the token endpoint wants to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Style {
    /// `application/x-www-form-urlencoded`, as RFC 6749 has it.
    #[default]
    Form,
    /// A JSON object.
    Json,
}

/// Whether a refresh token may be sent again when the answer to the first time was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Reuse {
    /// It may not: a second use may end the sign-in.
    #[default]
    Unsafe,
    /// The provider takes it again.
    Safe,
}

pub(super) fn read<'a>(at: &At<'a>) -> Read<'a, IndexMap<ProviderId, OAuthConfig>> {
    at.object()?
        .by_provider()
        .into_iter()
        .map(|(provider, at)| {
            let config = read_provider(&provider, &at)?;
            Ok((provider, config))
        })
        .collect()
}

fn read_provider<'a>(provider: &ProviderId, at: &At<'a>) -> Read<'a, OAuthConfig> {
    let described = at.object()?;
    described.expect_keys(&[
        "authorizeUrl",
        "tokenUrl",
        "deviceUrl",
        "clientId",
        "scopes",
        "redirectPort",
        "style",
        "extra",
        "reuse",
    ]);
    let config = OAuthConfig {
        authorize_url: described.read("authorizeUrl", read_url)?,
        token_url: described.read("tokenUrl", read_url)?,
        device_url: described.read("deviceUrl", read_url)?,
        client_id: described.read("clientId", At::text)?.map(str::to_owned),
        scopes: described.read("scopes", read_scopes)?,
        redirect_port: described.read("redirectPort", read_port)?,
        style: described.read("style", |at| {
            at.word(&[("form", Style::Form), ("json", Style::Json)])
        })?,
        extra: described.read("extra", read_extra)?,
        reuse: described.read("reuse", |at| {
            at.word(&[("unsafe", Reuse::Unsafe), ("safe", Reuse::Safe)])
        })?,
    };
    if DESCRIBED.contains(&provider.as_str()) {
        return Ok(config);
    }
    let missing = [
        ("tokenUrl", config.token_url.is_none()),
        ("clientId", config.client_id.is_none()),
    ];
    if let Some((key, _)) = missing.iter().find(|(_, missing)| *missing) {
        return Err(at.wrong_with_hint(
            &format!("a sign-in needs `{key}`"),
            "the provider's page on OAuth clients tells it",
        ));
    }
    if config.authorize_url.is_none() && config.device_url.is_none() {
        return Err(at.wrong_with_hint(
            "a sign-in needs `authorizeUrl` or `deviceUrl`",
            "the first is for a browser, the second for device codes",
        ));
    }
    Ok(config)
}

/// An address that codes and tokens may be sent to: `https`, or this machine.
fn read_url<'a>(at: &At<'a>) -> Read<'a, String> {
    let url = at.text()?;
    let parsed: Option<Uri> = url.parse().ok();
    let host = parsed.as_ref().and_then(Uri::host).unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let loopback = bare.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    match parsed.as_ref().and_then(Uri::scheme_str) {
        Some("https") if !host.is_empty() => {}
        Some("http") if loopback => {}
        Some("http") => {
            return Err(at.wrong_with_hint(
                "tokens are not sent over plain `http`",
                "write `https://`; `http://` is for 127.0.0.1, [::1] and localhost",
            ));
        }
        _ => return Err(at.wrong("expected a URL that begins with `https://`")),
    }
    let authority = parsed.as_ref().and_then(Uri::authority);
    if authority.is_some_and(|authority| authority.as_str().contains('@')) {
        return Err(at.wrong("this URL takes no user and no password"));
    }
    if url.contains('#') {
        return Err(at.wrong("this URL takes no `#`"));
    }
    Ok(url.to_owned())
}

fn read_scopes<'a>(at: &At<'a>) -> Read<'a, Vec<String>> {
    // RFC 6749 §3.3: visible ASCII without quotes and backslashes; blanks stand between scopes.
    let fits = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\');
    at.list()?
        .iter()
        .map(|at| match at.text()? {
            scope if scope.chars().all(fits) => Ok(scope.to_owned()),
            _ => {
                Err(at.wrong("a scope is one word of visible ASCII, without quotes (RFC 6749, section 3.3)"))
            }
        })
        .collect()
}

fn read_port<'a>(at: &At<'a>) -> Read<'a, u16> {
    let number = at.number()?;
    (1..=u16::MAX)
        .find(|port| f64::from(*port) == number)
        .ok_or_else(|| at.wrong("expected a port, from 1 to 65535"))
}

fn read_extra<'a>(at: &At<'a>) -> Read<'a, Vec<(String, String)>> {
    at.object()?
        .entries()
        .map(|(name, at)| {
            if OWN_PARAMETERS.contains(&name) {
                return Err(at.wrong("modelpin sets this parameter itself"));
            }
            Ok((name.to_owned(), at.text()?.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn read(entry: &str) -> Result<Config, String> {
        let text = format!("{{\n  oauth: {{\n    acme: {entry},\n  }},\n}}");
        match Config::parse(&text, "modelpin.json") {
            Ok((config, _)) => Ok(config),
            Err(wrong) => Err(wrong.to_string()),
        }
    }

    #[test]
    fn a_sign_in_is_read_whole() {
        let config = read(
            "{ authorizeUrl: 'https://a.test/auth', tokenUrl: 'http://127.0.0.1:9/token', clientId: 'pin', \
               scopes: ['openid', 'email'], redirectPort: 1455, style: 'json', extra: { prompt: 'login' }, reuse: 'safe' }",
        )
        .expect("it is right");
        let acme = &config.oauth[&ProviderId::new("acme")];
        assert_eq!(acme.token_url.as_deref(), Some("http://127.0.0.1:9/token"));
        assert_eq!(acme.redirect_port, Some(1455));
        assert_eq!(acme.style, Some(Style::Json));
        assert_eq!(acme.reuse, Some(Reuse::Safe));
        assert_eq!(acme.extra, Some(vec![("prompt".to_owned(), "login".to_owned())]));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let urls = "authorizeUrl: 'https://a.test/a', tokenUrl: 'https://a.test/t'";
        let cases = [
            (
                "{ tokenUrl: 'http://a.test/t' }",
                "oauth.acme.tokenUrl",
                "plain `http`",
            ),
            ("{ tokenUrl: 'a.test' }", "oauth.acme.tokenUrl", "https://"),
            (
                "{ tokenUrl: 'https://u:p@a.test/' }",
                "oauth.acme.tokenUrl",
                "no user",
            ),
            (&format!("{{ {urls} }}"), "oauth.acme", "`clientId`"),
            (
                "{ tokenUrl: 'https://a.test/t', clientId: 'x' }",
                "oauth.acme",
                "`authorizeUrl` or",
            ),
            ("{ redirectPort: 70000 }", "oauth.acme.redirectPort", "65535"),
            ("{ redirectPort: 1.5 }", "oauth.acme.redirectPort", "65535"),
            ("{ scopes: ['a b'] }", "oauth.acme.scopes[0]", "one word"),
            ("{ extra: { state: 'x' } }", "oauth.acme.extra.state", "itself"),
            ("{ style: 'xml' }", "oauth.acme.style", "form, json"),
        ];
        for (entry, path, what) in cases {
            let wrong = read(entry).expect_err(entry);
            assert!(wrong.starts_with("modelpin.json:3:"), "{wrong}");
            assert!(
                wrong.contains(&format!("`{path}`")) && wrong.contains(what),
                "{wrong}"
            );
        }
    }

    #[test]
    fn of_a_described_provider_only_the_difference_is_told() {
        let text = "{ oauth: { 'openai-codex': { tokenUrl: 'http://localhost:4/token' } } }";
        let (config, warnings) = Config::parse(text, "modelpin.json").expect("it is right");
        assert!(warnings.is_empty());
        assert_eq!(config.oauth.len(), 1);
    }
}
