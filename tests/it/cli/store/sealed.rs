//! TLS with a CA of one's own, and users who may do what is needed and no more.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};

use modelpin::pin::End;

use super::{WORD, ask, config, doctored, home, listed, member, pin, ran, secret, store, waits};
use crate::cli::home::{Home, not_tried};
use crate::fleet::server::Server;

fn openssl(home: &Home, words: &str) -> bool {
    let done = Command::new("openssl")
        .args(words.split(' '))
        .current_dir(home.root())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    done.is_ok_and(|done| done.success())
}

/// A CA, and a certificate of it for 127.0.0.1.
fn certificates(home: &Home) -> bool {
    home.write("san.txt", "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    [
        format!("req -x509 {key} -keyout ca-own.pem -out ca.pem -days 2 -subj /CN=EXAMPLE-CA"),
        format!("req {key} -keyout own.pem -out asked.pem -subj /CN=cache"),
        "x509 -req -in asked.pem -CA ca.pem -CAkey ca-own.pem -CAcreateserial -out cert.pem -days 2 -extfile san.txt"
            .to_owned(),
    ]
    .iter()
    .all(|words| openssl(home, words))
}

#[test]
fn a_private_authority_is_believed_where_it_is_named_and_nowhere_else() {
    let home = member("x");
    if !certificates(&home) {
        not_tried("passed over: openssl makes no certificates here");
        return;
    }
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = free.local_addr().expect("an address").port().to_string();
    drop(free);
    let file = |name: &str| home.root().join(name).display().to_string();
    let (cert, own, ca) = (file("cert.pem"), file("own.pem"), file("ca.pem"));
    let more = [
        "--tls-port",
        &port,
        "--tls-cert-file",
        &cert,
        "--tls-key-file",
        &own,
    ];
    let tls = [
        &more[..],
        &["--tls-ca-cert-file", &ca, "--tls-auth-clients", "no"],
    ]
    .concat();
    let Some(server) = Server::start_with(&tls) else {
        return;
    };
    let text = config(&home).replace("\"x\"", &format!("\"rediss://127.0.0.1:{port}/0\""));
    home.write("state/openclaw.json", &text);

    let told = ran(home.modelpin(&["store", "status"]).env("SSL_CERT_FILE", &ca))
        .succeeded()
        .out;
    assert!(told.contains(&format!("rediss://127.0.0.1:{port}/0")), "{told}");
    assert!(!told.contains("can be read on the way"), "{told}");

    let told = store(&home, &["status"]).failed(1).out;
    assert!(
        told.contains("certificate") && told.contains("SSL_CERT_FILE"),
        "{told}"
    );

    // TLS where none is spoken.
    let text = text.replace(&format!(":{port}/"), &format!(":{}/", server.at().port()));
    home.write("state/openclaw.json", &text);
    let told = ran(home.modelpin(&["store", "status"]).env("SSL_CERT_FILE", &ca))
        .failed(1)
        .out;
    assert!(told.contains("the store rediss://"), "{told}");
}

/// The words of the line in the page for operators.
fn the_line() -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/fleet.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let from = page
        .find("ACL SETUSER modelpin")
        .expect("the line is on the page");
    let line = page[from..].split("```").next().expect("the end of the example");
    line.replace("\\\n", " ")
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_user_with_the_line_of_the_page_may_do_everything_and_one_with_less_is_told_what() {
    let Some(server) = Server::start() else { return };
    let line: Vec<String> = the_line()
        .iter()
        .map(|word| match word.starts_with('>') {
            true => format!(">{WORD}"),
            false => word.clone(),
        })
        .collect();
    let words: Vec<&str> = line.iter().map(String::as_str).collect();
    let _made: String = ask(&server, &words);
    let home = home();
    let url = secret(
        &home,
        "s.url",
        &format!("redis://modelpin:{WORD}@{}/0", server.at()),
    );
    let key = home.root().join("fleet.key").display().to_string();
    waits(pin(&home, "a", "opus", End::Never));
    let to = ["migrate", "--to", "redis", "--url-file", &url, "--key-file", &key];
    store(&home, &to).succeeded();
    assert_eq!(listed(&home).len(), 1);
    ran(&mut home.modelpin(&["pins", "clear", "--session", "a"])).succeeded();
    assert_eq!(doctored(&home), [], "nothing is missing");
    let told = store(&home, &["status", "--json"]).succeeded().json();
    assert_eq!(told["server"]["user"], "modelpin", "{told}");
    assert!(told["server"]["newsMs"].is_number(), "{told}");

    let _less: String = ask(&server, &["ACL", "SETUSER", "modelpin", "-hset", "-publish"]);
    let told = store(&home, &["status"]).failed(1).out;
    assert!(
        told.contains("may not give these commands") && told.contains("hset, publish"),
        "{told}"
    );
    assert!(told.contains("ACL SETUSER"), "{told}");
    assert!(told.contains("messages are not heard"), "{told}");

    let _none: String = ask(&server, &["ACL", "SETUSER", "modelpin", "-@all"]);
    let told = store(&home, &["status"]).failed(1).out;
    assert!(
        told.contains("does not let us in") && told.contains("ACL"),
        "{told}"
    );
}
