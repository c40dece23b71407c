//! What a request must look like before anybody asks who sent it: one that could be read in two ways is not answered.
//!
//! hyper refuses most of them before they come here: lengths that differ or are no numbers, folded fields, blanks before a
//! colon. `content-length` beside `transfer-encoding` it drops, and closes the connection behind the answer (RFC 9112,
//! section 6.1).

use http::Request;
use http::header::{HOST, TRANSFER_ENCODING};
use http::uri::Authority;

use super::guard::Denied;

/// Looks at a request as it came.
///
/// # Errors
/// [`Denied::Coding`] if its body is coded in another way than in chunks (RFC 9112, section 6.1), [`Denied::Target`] if its
/// first line names another host than `host` (section 3.2.2 of it: the two must be the same).
pub(super) fn look<B>(request: &Request<B>) -> Result<(), Denied> {
    let mut codings = request.headers().get_all(TRANSFER_ENCODING).iter();
    if let Some(coding) = codings.next()
        && (codings.next().is_some() || !coding.as_bytes().eq_ignore_ascii_case(b"chunked"))
    {
        return Err(Denied::Coding);
    }
    if let Some(target) = request.uri().authority() {
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        if host.and_then(|host| host.parse::<Authority>().ok()).as_ref() != Some(target) {
            return Err(Denied::Target);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked_at(uri: &str, headers: &[(&'static str, &'static str)]) -> Result<(), Denied> {
        let mut request = Request::new(());
        *request.uri_mut() = uri.parse().expect("an address");
        for (name, value) in headers {
            request
                .headers_mut()
                .append(*name, http::HeaderValue::from_static(value));
        }
        look(&request)
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_not_answered() {
        let host = ("host", "localhost:1");
        for (uri, coding, expected) in [
            ("/", "chunked", Ok(())),
            ("/", "Chunked", Ok(())),
            ("/", "gzip, chunked", Err(Denied::Coding)),
            ("/", "chunked, chunked", Err(Denied::Coding)),
            ("http://localhost:1/", "chunked", Ok(())),
            ("http://evil.example/", "chunked", Err(Denied::Target)),
        ] {
            let answer = looked_at(uri, &[host, ("transfer-encoding", coding)]);
            assert_eq!(answer, expected, "{uri} {coding}");
        }
        let twice = [
            host,
            ("transfer-encoding", "chunked"),
            ("transfer-encoding", "chunked"),
        ];
        assert_eq!(looked_at("/", &twice), Err(Denied::Coding));
    }
}
