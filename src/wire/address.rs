//! Where a request goes: the endpoint's scheme, host and base path, and the path that the caller wants.

use http::Uri;
use http::uri::PathAndQuery;

use super::error::WireError;
use crate::endpoint::Endpoint;

/// The address of a request at an endpoint.
///
/// Scheme and host are the endpoint's, whatever the caller wrote: a credential never goes anywhere else. The base path
/// is put in front of the caller's path, unless that begins with it already.
///
/// # Errors
/// [`WireError::BadUrl`] if the endpoint's base URL is not an `http` or `https` URL with a host.
pub fn address(endpoint: &Endpoint, wanted: &Uri) -> Result<Uri, WireError> {
    let base: Uri = endpoint.base_url.parse().map_err(|_| WireError::BadUrl)?;
    if !matches!(base.scheme_str(), Some("http" | "https")) || base.host().is_none_or(str::is_empty) {
        return Err(WireError::BadUrl);
    }
    let prefix = base.path().trim_end_matches('/');
    let path = wanted.path_and_query().map_or("/", PathAndQuery::as_str);
    let has_prefix = path
        .strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let path = if has_prefix {
        path.to_owned()
    } else {
        format!("{prefix}{path}")
    };
    let mut parts = base.into_parts();
    parts.path_and_query = Some(path.parse().map_err(|_| WireError::BadUrl)?);
    Uri::from_parts(parts).map_err(|_| WireError::BadUrl)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::Api;

    fn to(base: &str, wanted: &str) -> String {
        let endpoint = Endpoint::new(base, Api::OpenAiCompletions);
        let wanted: Uri = wanted.parse().expect("a URI");
        address(&endpoint, &wanted).map_or("refused".to_owned(), |uri| uri.to_string())
    }

    #[test]
    fn scheme_and_host_are_the_endpoints_and_the_base_path_stands_once() {
        assert_eq!(to("https://a.test/v1", "/chat?x=1"), "https://a.test/v1/chat?x=1");
        assert_eq!(
            to("https://a.test/v1", "https://evil.test/v1/chat"),
            "https://a.test/v1/chat"
        );
        assert_eq!(to("https://a.test/v1", "/v1x"), "https://a.test/v1/v1x");
        assert_eq!(
            to("http://127.0.0.1:9", "/v1/messages"),
            "http://127.0.0.1:9/v1/messages"
        );
        assert_eq!(to("ftp://a.test", "/x"), "refused");
    }
}
