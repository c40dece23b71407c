//! Requests as no client should write them.

/// What a provider is asked, in bytes.
pub(crate) const BODY: &str = r#"{"model":"big","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}"#;

/// A request as it goes over the wire, and the statuses of what comes back until the gateway closes.
pub(crate) struct Shape {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) told: &'static [u16],
}

impl Shape {
    /// Whether these statuses are what it is told. Of an answer that goes out while more is still coming in than was
    /// read, nothing may arrive (RFC 9112, section 9.6).
    pub(crate) fn is_told(&self, got: Option<&[u16]>) -> bool {
        let lost = self.bytes.len() > 16 * 1024 && got == Some(&[]);
        got == Some(self.told) || lost
    }
}

/// Bytes of a head; the rest of it is of the shape.
fn head(line: &str) -> Vec<u8> {
    format!("{line} HTTP/1.1\r\nhost: 127.0.0.1\r\n").into_bytes()
}

/// A whole request that must not be seen by a provider: it is inside of another one.
fn smuggled() -> Vec<u8> {
    let length = BODY.len();
    format!("POST /v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\nx-smuggled: 1\r\ncontent-length: {length}\r\n\r\n{BODY}")
        .into_bytes()
}

fn chunked() -> Vec<u8> {
    format!("{:x}\r\n{BODY}\r\n0\r\n\r\n", BODY.len()).into_bytes()
}

/// Every shape. Those that are well-formed ask to be closed; the others have to be closed by the gateway itself.
pub(crate) fn shapes() -> Vec<Shape> {
    let mut all = lengths();
    all.extend(codings());
    all.extend(chunks());
    all.extend(heads());
    all.extend(targets());
    all
}

fn shape(name: impl Into<String>, parts: &[&[u8]], told: &'static [u16]) -> Shape {
    Shape {
        name: name.into(),
        bytes: parts.concat(),
        told,
    }
}

fn lengths() -> Vec<Shape> {
    let (post, close) = (head("POST /v1/messages"), b"connection: close\r\n");
    let length = BODY.len().to_string();
    let (length, body, inner) = (length.as_bytes(), BODY.as_bytes(), smuggled());
    let mut all = vec![
        shape(
            "as it should be",
            &[&post, close, b"content-length: ", length, b"\r\n\r\n", body],
            &[200],
        ),
        shape(
            "two lengths that differ",
            &[
                &post,
                b"content-length: ",
                length,
                b"\r\ncontent-length: 0\r\n\r\n",
                body,
            ],
            &[400],
        ),
        shape(
            "a list of lengths",
            &[
                &post,
                b"content-length: ",
                length,
                b", ",
                length,
                b"\r\n\r\n",
                body,
            ],
            &[400],
        ),
        shape(
            "a blank before the colon of a length",
            &[&post, b"content-length : ", length, b"\r\n\r\n", body],
            &[400],
        ),
        shape(
            "a request in a body that is too long",
            &[&post, b"content-length: 99999999\r\n\r\n", &inner],
            &[413],
        ),
        shape(
            "a request in the body of a GET",
            &[
                &head("GET /healthz"),
                close,
                b"content-length: ",
                inner.len().to_string().as_bytes(),
                b"\r\n\r\n",
                &inner,
            ],
            &[200],
        ),
    ];
    for wrong in [
        "+76",
        "-1",
        "0x4c",
        "76 76",
        "1e3",
        "76\u{b}",
        "",
        "99999999999999999999",
        "٧٦",
    ] {
        let name = format!("the length {wrong:?}");
        all.push(shape(
            name,
            &[&post, b"content-length: ", wrong.as_bytes(), b"\r\n\r\n", &inner],
            &[400],
        ));
    }
    let most = u64::MAX.to_string();
    all.push(shape(
        "the longest length",
        &[&post, b"content-length: ", most.as_bytes(), b"\r\n\r\n", body],
        &[431],
    ));
    all
}

fn codings() -> Vec<Shape> {
    let post = head("POST /v1/messages");
    let (chunked, inner) = (chunked(), smuggled());
    // The connection is closed behind the answer, whatever stands there: it is never read as a request.
    let mut all = vec![
        shape(
            "length, then chunks",
            &[
                &post,
                b"content-length: 76\r\ntransfer-encoding: chunked\r\n\r\n",
                &chunked,
                &inner,
            ],
            &[200],
        ),
        shape(
            "chunks, then length",
            &[
                &post,
                b"transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n",
                &chunked,
                &inner,
            ],
            &[200],
        ),
        shape(
            "a coding that is folded",
            &[&post, b"transfer-encoding:\r\n chunked\r\n\r\n", &chunked, &inner],
            &[400],
        ),
        shape(
            "a blank before the colon of a coding",
            &[&post, b"transfer-encoding : chunked\r\n\r\n", &chunked, &inner],
            &[400],
        ),
        shape(
            "two codings",
            &[
                &post,
                b"transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n",
                &chunked,
                &inner,
            ],
            &[400],
        ),
        shape(
            "chunks twice, in two fields",
            &[
                &post,
                b"transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n",
                &chunked,
                &inner,
            ],
            &[501],
        ),
        shape(
            "chunks of HTTP/1.0",
            &[
                b"POST /v1/messages HTTP/1.0\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\n",
                &chunked,
            ],
            &[400],
        ),
    ];
    for (coding, told) in [
        ("xchunked", &[400][..]),
        ("identity", &[400]),
        ("chunked, identity", &[400]),
        ("\u{b}chunked", &[400]),
        ("\"chunked\"", &[400]),
        ("gzip, chunked", &[501]),
        ("chunked, chunked", &[501]),
        ("identity, chunked", &[501]),
    ] {
        let field = format!("transfer-encoding: {coding}\r\n\r\n");
        let name = format!("the coding {coding:?}");
        all.push(shape(name, &[&post, field.as_bytes(), &chunked, &inner], told));
    }
    all
}

fn chunks() -> Vec<Shape> {
    let mut post = head("POST /v1/messages");
    post.extend_from_slice(b"connection: close\r\ntransfer-encoding: chunked\r\n\r\n");
    let size = format!("{:x}", BODY.len());
    let (size, body) = (size.as_bytes(), BODY.as_bytes());
    let long = [&b"1;"[..], &vec![b'a'; 4000], b"\r\nx\r\n"].concat().repeat(20);
    vec![
        shape(
            "an extension of a chunk",
            &[&post, size, b";a=b;c=\"d\"\r\n", body, b"\r\n0\r\n\r\n"],
            &[200],
        ),
        shape("extensions without an end", &[&post, &long, b"0\r\n\r\n"], &[400]),
        shape(
            "trailers that name another chat and a length",
            &[
                &post,
                size,
                b"\r\n",
                body,
                b"\r\n0\r\ncontent-length: 5\r\nx-smuggled: 1\r\n\r\n",
            ],
            &[200],
        ),
        shape(
            "a chunk longer than numbers are",
            &[&post, b"fffffffffffffffff\r\n", body],
            &[400],
        ),
        shape("a chunk of less than nothing", &[&post, b"-1\r\n", body], &[400]),
        shape("a chunk of 0x10", &[&post, b"0x10\r\n", body], &[400]),
        shape(
            "chunks of bare line feeds",
            &[&post, size, b"\n", body, b"\n0\n\n"],
            &[400],
        ),
        shape(
            "a chunk that goes on behind its end",
            &[&post, size, b"\r\n", body, b"XX0\r\n\r\n"],
            &[400],
        ),
    ]
}

fn heads() -> Vec<Shape> {
    let (get, close) = (head("GET /healthz"), b"connection: close\r\n");
    let fields = |count: usize| -> Vec<u8> {
        (0..count)
            .flat_map(|at| format!("x-{at}: 1\r\n").into_bytes())
            .collect()
    };
    let long = vec![b'a'; 70_000];
    vec![
        shape("100 fields", &[&get, close, &fields(98), b"\r\n"], &[200]),
        shape("101 fields", &[&get, close, &fields(99), b"\r\n"], &[431]),
        shape(
            "a field of 70,000 bytes",
            &[&get, close, b"x: ", &long, b"\r\n\r\n"],
            &[431],
        ),
        shape("a field that is folded", &[&get, b"x: 1\r\n  2\r\n\r\n"], &[400]),
        shape(
            "a return alone in a field",
            &[&get, b"x: 1\rx-smuggled: 2\r\n\r\n"],
            &[400],
        ),
        shape("NUL in a field", &[&get, b"x: 1\x002\r\n\r\n"], &[400]),
        shape("a field without a name", &[&get, b": 1\r\n\r\n"], &[400]),
        shape("a field without a colon", &[&get, b"x\r\n\r\n"], &[400]),
        shape(
            "no host",
            &[b"GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n"],
            &[400],
        ),
        shape("two hosts", &[&get, close, b"host: 127.0.0.1\r\n\r\n"], &[400]),
        shape(
            "a blank before the first field",
            &[b"GET /healthz HTTP/1.1\r\n host: 127.0.0.1\r\n\r\n"],
            &[400],
        ),
        shape(
            "bytes that are no UTF-8, in a field",
            &[&get, close, b"x: \xff\xfe\r\n\r\n"],
            &[200],
        ),
        shape(
            "bytes that are no UTF-8, in the name of a chat",
            &[
                &head("GET /v1/models"),
                close,
                b"x-modelpin-session: \xff\xfe\r\n\r\n",
            ],
            &[400],
        ),
    ]
}

fn targets() -> Vec<Shape> {
    let rest = b" HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";
    let long = vec![b'a'; 70_000];
    vec![
        shape("NUL in a path", &[b"GET /v1/models\x00", rest], &[400]),
        shape(
            "bytes that are no UTF-8, in a path",
            &[b"GET /v1/models/\xff\xfe", rest],
            &[400],
        ),
        shape("the same, encoded", &[b"GET /v1/models/%ff%00%fe", rest], &[404]),
        shape(
            "a path that goes up",
            &[b"GET /v1/../../etc/passwd", rest],
            &[404],
        ),
        shape("a path of 70,000 bytes", &[b"GET /", &long, rest], &[414]),
        shape(
            "another host in the first line",
            &[b"GET http://evil.example/healthz", rest],
            &[400],
        ),
        shape(
            "our host in the first line",
            &[b"GET http://127.0.0.1/healthz", rest],
            &[200],
        ),
        shape("CONNECT", &[b"CONNECT 127.0.0.1", rest], &[404]),
        shape("TRACE", &[b"TRACE /v1/messages", rest], &[405]),
        shape("a method of its own", &[b"SMUGGLE /v1/messages", rest], &[405]),
        shape("tabs for blanks", &[b"GET\t/healthz\tHTTP/1.1\r\n\r\n"], &[400]),
        shape("HTTP/0.9", &[b"GET /healthz\r\n\r\n"], &[400]),
        shape(
            "HTTP/2.0",
            &[b"GET /healthz HTTP/2.0\r\nhost: 127.0.0.1\r\n\r\n"],
            &[400],
        ),
        shape(
            "HTTP/2 without a word before",
            &[b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
            &[],
        ),
        shape(
            "all bytes that there are",
            &[&(0..=255).collect::<Vec<u8>>()],
            &[400],
        ),
        shape(
            "the beginning of TLS",
            &[b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", &long],
            &[400],
        ),
    ]
}
