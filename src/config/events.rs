//! `events`: where an operator hears of what nobody may be looking at.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::node::Node;
use super::read_secret::read_secret;
use super::reading::{At, Read};
use super::secret_input::SecretInput;
use crate::event::KindName;

/// `events`.
#[derive(Debug, Clone)]
pub struct Events {
    /// A program that is run for each event (`command`).
    pub command: Option<EventCommand>,
    /// A URL to which each event is posted (`webhook`). It is kept as a secret: such URLs often hold a token.
    pub webhook: Option<SecretInput>,
    /// The kinds that the command and the webhook are told of; by default all of them.
    pub kinds: Vec<KindName>,
    /// From how long before its end on a credential is said to be expiring (`warnWithinHours`); 24 hours by default.
    pub warn_within: Duration,
}

impl Default for Events {
    fn default() -> Self {
        Self {
            command: None,
            webhook: None,
            kinds: KindName::ALL.into(),
            warn_within: Duration::from_secs(24 * 3600),
        }
    }
}

/// A program and its arguments. No shell reads them.
///
/// `Debug` shows no argument.
#[derive(Clone, PartialEq, Eq)]
pub struct EventCommand {
    /// The program, by its absolute path.
    pub program: PathBuf,
    /// Its arguments, as written.
    pub arguments: Vec<String>,
}

impl std::fmt::Debug for EventCommand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventCommand")
            .field("program", &self.program)
            .field("arguments", &self.arguments.len())
            .finish()
    }
}

pub(super) fn read<'a>(at: &At<'a>) -> Read<'a, Events> {
    const YEAR: f64 = 366.0 * 24.0;
    let events = at.object()?;
    events.expect_keys(&["command", "webhook", "kinds", "warnWithinHours"]);
    let usual = Events::default();
    let within = |at: &At<'a>| {
        let hours = at.number()?;
        if hours <= 0.0 || hours > YEAR {
            return Err(at.wrong("expected a number of hours above 0, and no longer than a year"));
        }
        Duration::try_from_secs_f64(hours * 3600.0).map_err(|_| at.wrong("expected a number of hours"))
    };
    Ok(Events {
        command: events.read("command", read_command)?,
        webhook: events.read("webhook", read_webhook)?,
        kinds: events.read("kinds", read_kinds)?.unwrap_or(usual.kinds),
        warn_within: events
            .read("warnWithinHours", within)?
            .unwrap_or(usual.warn_within),
    })
}

fn read_command<'a>(at: &At<'a>) -> Read<'a, EventCommand> {
    let text = |at: &At<'a>| match at.node() {
        Node::Text(text) if text.contains('\0') => Err(at.wrong("no argument can hold a zero byte")),
        Node::Text(text) => Ok(text.clone()),
        _ => Err(at.wrong("expected a text in quotes")),
    };
    let parts = at.list().map_err(|_| {
        at.wrong_with_hint(
            "expected a list, `[ … ]`",
            "write [\"/path/of/program\", \"argument\"]",
        )
    })?;
    let Some((program, arguments)) = parts.split_first() else {
        return Err(at.wrong("expected a program, and its arguments"));
    };
    let path = text(program)?;
    if !Path::new(&path).is_absolute() {
        return Err(program.wrong_with_hint(
            "expected the absolute path of a program",
            "no shell and no PATH is asked; `command -v NAME` tells the path",
        ));
    }
    Ok(EventCommand {
        program: PathBuf::from(path),
        arguments: arguments.iter().map(text).collect::<Result<_, _>>()?,
    })
}

fn read_webhook<'a>(at: &At<'a>) -> Read<'a, SecretInput> {
    let input = read_secret(at)?;
    if let SecretInput::Plain(url) = &input {
        check_webhook(url.expose()).map_err(|wrong| at.wrong(wrong))?;
    }
    Ok(input)
}

/// Whether events may be posted to a URL: `https`, or `http` to this machine itself. Says what is wrong, and does not
/// repeat the URL.
///
/// # Errors
/// What is wrong with it, as a lower-case fragment.
pub fn check_webhook(url: &str) -> Result<(), &'static str> {
    let uri: http::Uri = url
        .parse()
        .map_err(|_| "expected a URL, as `https://host/path`")?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err("expected a URL, as `https://host/path`");
    };
    if authority.as_str().contains('@') {
        return Err("a webhook takes no user and no password in its URL");
    }
    let host = authority.host();
    let here = is_here(host);
    match scheme {
        _ if host.is_empty() => Err("expected a URL with a host"),
        "https" => Ok(()),
        "http" if here => Ok(()),
        "http" => Err("expected `https`; plain `http` goes to this machine only"),
        _ => Err("expected a URL that begins with `https://`"),
    }
}

/// Whether a host is this machine itself, by a name or an address that never leaves it (RFC 1122 section 3.2.1.3,
/// RFC 4291 section 2.5.3, RFC 6761 section 6.3).
fn is_here(host: &str) -> bool {
    let mut numbers = host.split('.').map(str::parse::<u8>);
    let loopback =
        numbers.next() == Some(Ok(127)) && numbers.by_ref().take(3).filter(Result::is_ok).count() == 3;
    host.eq_ignore_ascii_case("localhost") || host == "[::1]" || (loopback && numbers.next().is_none())
}

fn read_kinds<'a>(at: &At<'a>) -> Read<'a, Vec<KindName>> {
    let words = KindName::ALL.map(|kind| (kind.as_str(), kind));
    let mut kinds = Vec::new();
    for at in at.list()? {
        let kind = at.word(&words)?;
        if kinds.contains(&kind) {
            at.warn("it is in the list already");
        } else {
            kinds.push(kind);
        }
    }
    Ok(kinds)
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn events(text: &str) -> Result<Events, String> {
        Config::parse(&format!("{{\n  events: {text}\n}}"), "modelpin.json")
            .map(|(config, _)| config.events)
            .map_err(|wrong| wrong.to_string())
    }

    #[test]
    fn what_is_written_is_read() {
        let read = events(
            r#"{ command: ["/usr/bin/notify", " --as is ", ""], webhook: "https://hooks.example/T0/x",
                 kinds: ["expiring", "needs-sign-in"], warnWithinHours: 0.5 }"#,
        )
        .expect("it is right");
        let command = read.command.expect("there is one");
        assert_eq!(command.program, Path::new("/usr/bin/notify"));
        assert_eq!(command.arguments, [" --as is ", ""], "arguments stand as written");
        assert_eq!(read.kinds, [KindName::Expiring, KindName::NeedsSignIn]);
        assert_eq!(read.warn_within, Duration::from_secs(1_800));
        assert!(matches!(read.webhook, Some(SecretInput::Plain(_))));
        let usual = events("{}").expect("it is right");
        assert_eq!(usual.kinds, KindName::ALL);
        assert_eq!(usual.warn_within, Duration::from_secs(86_400));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place_and_not_repeated() {
        const SECRET: &str = "EXAMPLE-CANARY-w3bH0ok";
        for (wrong, place) in [
            (format!(r#"{{ command: ["{SECRET}"] }}"#), "2:23"),
            (r#"{ command: "/usr/bin/notify" }"#.to_owned(), "2:22"),
            ("{ command: [] }".to_owned(), "2:22"),
            ("{ command: ['/x', 5] }".to_owned(), "2:29"),
            (format!(r#"{{ webhook: "http://example.org/{SECRET}" }}"#), "2:22"),
            (
                format!(r#"{{ webhook: "https://user:{SECRET}@example.org/" }}"#),
                "2:22",
            ),
            (format!(r#"{{ webhook: "{SECRET}" }}"#), "2:22"),
            (format!(r#"{{ webhook: "ftp://127.0.0.1/{SECRET}" }}"#), "2:22"),
            (format!(r#"{{ kinds: ["{SECRET}"] }}"#), "2:21"),
            ("{ warnWithinHours: 0 }".to_owned(), "2:30"),
        ] {
            let told = events(&wrong).expect_err(&wrong);
            assert!(
                told.contains(place) && told.contains("events."),
                "{place} of {wrong}: {told}"
            );
            assert!(!told.contains("CANARY"), "{told}");
        }
    }

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        for good in [
            "http://127.0.0.1:8080/x",
            "http://[::1]/x",
            "http://localhost/",
            "https://x.org",
        ] {
            assert_eq!(check_webhook(good), Ok(()), "{good}");
        }
        for bad in [
            "http://127.0.0.1.example.org/",
            "http://127.0.0.1.1/",
            "http://127.0.1/",
            "http://10.0.0.1/",
            "http://localhost@example.org/",
            "/x",
        ] {
            assert!(check_webhook(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn debug_shows_neither_arguments_nor_the_webhook() {
        let read =
            events(r#"{ command: ["/x", "EXAMPLE-CANARY"], webhook: "https://x.org/EXAMPLE-CANARY" }"#);
        assert!(!format!("{read:?}").contains("CANARY"));
    }
}
