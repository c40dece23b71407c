//! Which header fields go which way.

use std::fmt::Write;

use http::header::{ACCEPT_ENCODING, CONNECTION};
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
/// tells of the client's network or names an account is left out here.
pub(super) fn to_provider(asked: &HeaderMap) -> HeaderMap {
    // Room for what the lease adds, so that the map need not grow.
    let mut headers = HeaderMap::with_capacity(asked.len() + ADDED);
    for (name, value) in asked {
        if goes_on(name.as_str()) && !is_of_the_connection(name, asked) {
            headers.append(name, value.clone());
        }
    }
    // Errors are read here, and so is the first event of a stream.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers
}

/// About how many fields a lease adds.
const ADDED: usize = 8;

fn goes_on(name: &str) -> bool {
    !matches!(
        name,
        "forwarded"
            | "via"
            | "content-length"
            | "x-real-ip"
            | "origin"
            | "referer"
            | "expect"
            | "keep-alive"
            | "sec-fetch-site"
            | "sec-fetch-mode"
            | "sec-fetch-dest"
    ) && !name.starts_with(OURS)
        && !name.starts_with("x-forwarded")
        && !of_an_account(name)
}

/// What a provider's answer brings to the client.
pub(super) fn to_client(headers: &mut HeaderMap, lease: &Lease) {
    let stay: Vec<HeaderName> = headers
        .keys()
        .filter(|name| !comes_back(name.as_str()) || is_of_the_connection(name, headers))
        .cloned()
        .collect();
    for name in stay {
        headers.remove(name);
    }
    headers.insert(DECISION, visible(lease.decision()));
    headers.insert(MODEL, visible(&lease.model().to_string()));
    headers.insert(PROFILE, visible(lease.profile().as_str()));
}

fn comes_back(name: &str) -> bool {
    !matches!(
        name,
        "transfer-encoding"
            | "connection"
            | "upgrade"
            | "set-cookie"
            | "www-authenticate"
            | "keep-alive"
            | "proxy-authenticate"
            | "proxy-connection"
            | "alt-svc"
            | "strict-transport-security"
    ) && !name.starts_with(OURS)
        && !of_an_account(name)
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
    // One look at each byte: a search for each word would take longer to set up than names are long.
    let name = name.as_bytes();
    (0..name.len()).any(|at| {
        let begins = |word: &&str| word.as_bytes()[0] == name[at] && name[at..].starts_with(word.as_bytes());
        ACCOUNT.iter().any(begins)
    })
}

/// Whether `connection` says that a field is of this connection only (RFC 9110, section 7.6.1).
fn is_of_the_connection(name: &HeaderName, headers: &HeaderMap) -> bool {
    let said = headers.get_all(CONNECTION).iter();
    let mut named = said
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    named.any(|word| word.trim().eq_ignore_ascii_case(name.as_str()))
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
        let left = to_provider(&headers);
        let mut left: Vec<_> = left.keys().map(HeaderName::as_str).collect();
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
