//! Which header fields go which way.

use std::fmt::Write;

use http::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, FORWARDED, SET_COOKIE, TRANSFER_ENCODING, UPGRADE, VIA,
    WWW_AUTHENTICATE,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::gateway::refused::DECISION;
use crate::resolver::Lease;

/// The model that answered.
pub(super) const MODEL: HeaderName = HeaderName::from_static("x-modelpin-model");
const PROFILE: HeaderName = HeaderName::from_static("x-modelpin-profile");

/// What begins with this is between the client and us.
const OURS: &str = "x-modelpin-";

/// Whose words in a field's name say that its value names an account.
const ACCOUNT: [&str; 8] = [
    "organization",
    "account",
    "project",
    "workspace",
    "tenant",
    "subscription",
    "api-key",
    "user-id",
];

/// What a client's request brings to a provider. The fields that prove who somebody is are replaced by the lease; what
/// tells of the client's network or names an account is taken out here.
pub(super) fn to_provider(headers: &mut HeaderMap) {
    let drop: Vec<HeaderName> = headers
        .keys()
        .filter(|name| {
            let name = name.as_str();
            name.starts_with(OURS) || name.starts_with("x-forwarded") || of_an_account(name)
        })
        .cloned()
        .collect();
    for name in drop {
        headers.remove(name);
    }
    named_by_connection(headers);
    for name in [FORWARDED, VIA, CONTENT_LENGTH] {
        headers.remove(name);
    }
    for name in ["x-real-ip", "origin", "referer", "expect", "keep-alive"] {
        headers.remove(name);
    }
    for name in ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"] {
        headers.remove(name);
    }
    // Errors are read here, and so is the first event of a stream.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
}

/// What a provider's answer brings to the client.
pub(super) fn to_client(headers: &mut HeaderMap, lease: &Lease) {
    let drop: Vec<HeaderName> = headers
        .keys()
        .filter(|name| name.as_str().starts_with(OURS) || of_an_account(name.as_str()))
        .cloned()
        .collect();
    for name in drop {
        headers.remove(name);
    }
    named_by_connection(headers);
    for name in [
        TRANSFER_ENCODING,
        CONNECTION,
        UPGRADE,
        SET_COOKIE,
        WWW_AUTHENTICATE,
    ] {
        headers.remove(name);
    }
    for name in [
        "keep-alive",
        "proxy-authenticate",
        "proxy-connection",
        "alt-svc",
        "strict-transport-security",
    ] {
        headers.remove(name);
    }
    headers.insert(DECISION, visible(lease.decision()));
    headers.insert(MODEL, visible(&lease.model().to_string()));
    headers.insert(PROFILE, visible(lease.profile().as_str()));
}

/// A text as a field's value; what is not visible ASCII is percent-encoded, and so is `%` (RFC 3986, section 2.1).
fn visible(text: &str) -> HeaderValue {
    let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'%';
    let value = if text.bytes().all(plain) {
        HeaderValue::from_str(text)
    } else {
        let mut encoded = String::with_capacity(text.len() * 3);
        for byte in text.bytes() {
            if plain(byte) {
                encoded.push(char::from(byte));
            } else {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
        HeaderValue::from_str(&encoded)
    };
    value.unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// Whether a field's name says that its value names an account.
fn of_an_account(name: &str) -> bool {
    ACCOUNT.iter().any(|word| name.contains(word))
}

/// Takes out what `connection` says is of this connection only (RFC 9110, section 7.6.1).
fn named_by_connection(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_an_account_goes_neither_way() {
        let mut headers = HeaderMap::new();
        for name in [
            "openai-organization",
            "openai-project",
            "anthropic-organization-id",
            "x-account-name",
            "x-modelpin-session",
            "x-forwarded-for",
            "x-private",
            "anthropic-beta",
            "x-stainless-lang",
        ] {
            headers.insert(name, HeaderValue::from_static("x"));
        }
        headers.insert("connection", HeaderValue::from_static("close, X-Private"));
        to_provider(&mut headers);
        let mut left: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(
            left,
            [
                "accept-encoding",
                "anthropic-beta",
                "connection",
                "x-stainless-lang"
            ]
        );
    }

    #[test]
    fn a_name_of_any_letters_can_stand_in_a_field() {
        assert_eq!(visible("anthropic:work"), "anthropic:work");
        assert_eq!(visible("zalo:phòng 100%"), "zalo:ph%C3%B2ng%20100%25");
    }
}
