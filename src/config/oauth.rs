//! `oauth`: where a provider's sign-ins are made and renewed.

use indexmap::IndexMap;

use super::reading::{At, Read};
use crate::model::ProviderId;

/// `oauth.<provider>`. What is `None` is as it is built in, if it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SignInConfig {
    /// Where a person signs in (`authorizeUrl`).
    pub authorize_url: Option<String>,
    /// Where codes and refresh tokens are exchanged (`tokenUrl`).
    pub token_url: Option<String>,
    /// Where a device asks for a code (`deviceUrl`).
    pub device_url: Option<String>,
    /// The client (`clientId`).
    pub client_id: Option<String>,
    /// What is asked for (`scopes`).
    pub scopes: Option<Vec<String>>,
    /// The port that the browser is sent back to (`redirectPort`); any free one otherwise.
    pub redirect_port: Option<u16>,
    /// How the token endpoint is asked.
    pub style: Option<Style>,
    /// Parameters that are added when a person signs in.
    pub extra: Vec<(String, String)>,
    /// Whether a refresh token may be sent again when no answer came.
    pub reuse: Option<Reuse>,
}

/// How the token endpoint is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Style {
    /// `application/x-www-form-urlencoded`, as RFC 6749 has it.
    #[default]
    Form,
    /// JSON, as some providers have it.
    Json,
}

/// Whether a refresh token that was sent and not answered may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Reuse {
    /// It may have been used up, and using it twice may end the sign-in (RFC 9700, section 4.14.2).
    #[default]
    Unsafe,
    /// The provider says that it does no harm.
    Safe,
}

pub(super) fn read<'a>(at: &At<'a>) -> Read<'a, IndexMap<ProviderId, SignInConfig>> {
    let entries = at.object()?.by_provider().into_iter();
    entries
        .map(|(provider, at)| Ok((provider, read_provider(&at)?)))
        .collect()
}

fn read_provider<'a>(at: &At<'a>) -> Read<'a, SignInConfig> {
    let provider = at.object()?;
    provider.expect_keys(&[
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
    let styles = [("form", Style::Form), ("json", Style::Json)];
    let reuses = [("safe", Reuse::Safe), ("unsafe", Reuse::Unsafe)];
    let extra = provider.read("extra", |at| {
        let entries = at.object()?;
        let entries: Vec<_> = entries.entries().collect();
        entries
            .into_iter()
            .map(|(name, at)| Ok((name.to_owned(), at.name()?)))
            .collect()
    });
    Ok(SignInConfig {
        authorize_url: provider.read("authorizeUrl", read_url)?,
        token_url: provider.read("tokenUrl", read_url)?,
        device_url: provider.read("deviceUrl", read_url)?,
        client_id: provider.read("clientId", |at| at.text().map(str::to_owned))?,
        scopes: provider.read("scopes", At::names)?,
        redirect_port: provider.read("redirectPort", read_port)?,
        style: provider.read("style", |at| at.word(&styles))?,
        extra: extra?.unwrap_or_default(),
        reuse: provider.read("reuse", |at| at.word(&reuses))?,
    })
}

fn read_port<'a>(at: &At<'a>) -> Read<'a, u16> {
    let number = at.number()?;
    let port = (1.0..=65535.0).contains(&number) && number.fract() == 0.0;
    if port {
        Ok(number as u16)
    } else {
        Err(at.wrong("expected a port, 1 to 65535"))
    }
}

/// Secrets go there: https, or this machine.
fn read_url<'a>(at: &At<'a>) -> Read<'a, String> {
    let url = at.text()?;
    let uri: http::Uri = url
        .parse()
        .map_err(|_| at.wrong("expected a URL that begins with `https://`"))?;
    let host = uri.host().unwrap_or_default();
    let of_loopback = |rest: &str| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let here = host.eq_ignore_ascii_case("localhost")
        || host == "[::1]"
        || host.strip_prefix("127.").is_some_and(of_loopback);
    let fits = match uri.scheme_str() {
        Some("https") => !host.is_empty(),
        Some("http") => here,
        _ => false,
    };
    if uri
        .authority()
        .is_some_and(|authority| authority.as_str().contains('@'))
    {
        return Err(at.wrong("this URL takes no user and no password"));
    }
    if !fits {
        return Err(
            at.wrong("expected a URL that begins with `https://`; `http://` is for this machine alone")
        );
    }
    Ok(url.to_owned())
}
