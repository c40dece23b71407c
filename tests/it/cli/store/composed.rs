//! `contrib/compose.yaml`: there is no Docker here, but each program is asked about its part.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;

use super::{doctored, home, member, ran};
use crate::cli::home::not_tried;
use crate::fleet::server::Server;

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("contrib/compose.yaml");
    std::fs::read_to_string(path).expect("the file")
}

/// The text below `configs: NAME: content`, as the container gets it.
fn content(name: &str) -> String {
    let page = page();
    let from = format!("  {name}:\n    content: |\n");
    let (_, rest) = page.split_once(&from).expect("it is there");
    let lines = rest
        .lines()
        .take_while(|line| line.starts_with("      ") || line.is_empty());
    let lines: Vec<&str> = lines.map(|line| line.trim_start_matches("      ")).collect();
    lines.join("\n").replace("$$", "$")
}

#[test]
fn the_doctor_finds_the_server_of_the_compose_file_well() {
    let words: Vec<String> = content("store")
        .lines()
        .filter(|line| !line.starts_with("dir "))
        .flat_map(|line| {
            let (name, value) = line.split_once(' ').expect("a name and a value");
            [format!("--{name}"), value.to_owned()]
        })
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert!(words.len() >= 8, "{words:?}");
    let Some(server) = Server::start_with(&words) else {
        return;
    };
    assert_eq!(doctored(&member(&server.url())), []);
}

#[test]
fn nginx_takes_its_part_of_the_compose_file() {
    let home = home();
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let listen = format!(
        "listen 127.0.0.1:{};",
        free.local_addr().expect("an address").port()
    );
    drop(free);
    let mut part = content("balancer").replace("listen 4141;", &listen);
    for gateway in ["one", "two"] {
        assert!(part.contains(&format!("server {gateway}:4141")), "{part}");
        part = part.replace(&format!("server {gateway}:4141"), "server 127.0.0.1:1");
    }
    let whole =
        format!("pid nginx.pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{part}\n}}\n");
    let file = home.write("nginx.conf", &whole);
    let mut command = Command::new("nginx");
    command.arg("-t").arg("-p").arg(home.root()).arg("-c").arg(file);
    match command.env("PATH", "/usr/sbin:/usr/bin:/bin").output() {
        Ok(told) => assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr)),
        Err(_) => not_tried("nginx is not installed, so it was not asked"),
    }
}

#[test]
fn the_gateways_of_the_compose_file_are_started_with_options_that_there_are() {
    let page = page();
    let line = page
        .lines()
        .find_map(|line| line.trim().strip_prefix("command: [\"gateway\""));
    let words: Vec<String> =
        serde_json::from_str(&format!("[\"gateway\"{}", line.expect("a command"))).expect("a list");
    let told = ran(&mut home().bare(words)).failed(1);
    assert!(told.err.contains("/run/secrets/tokens"), "{}", told.all());
}
