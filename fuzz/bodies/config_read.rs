//! Any configuration, with any files that it includes: it is read or refused with a place, and no message has a key in it.

use modelpin::config::{Config, ConfigError, Included, Warning};

use super::fields::{fields, text};

/// Fields: the text, and the texts of the included files `1`, `2` and `3`.
pub(crate) fn check(data: &[u8]) {
    let files = fields::<4>(data).map(text);
    let read = || {
        let mut loaded = 0;
        let read = Config::parse_with(&files[0], "0", &mut |wanted: &str, from: &str| {
            loaded += 1;
            assert!(loaded < 20_000, "files are loaded without end");
            assert!(["0", "1", "2", "3"].contains(&from), "{from} is no file");
            match wanted.chars().last().and_then(|c| c.to_digit(10)) {
                Some(at @ 1..=3) => Ok(Included {
                    name: at.to_string(),
                    text: files[at as usize].to_string(),
                }),
                _ => Err("there is no such file".to_owned()),
            }
        });
        // The shape says what was read, and shows no secret.
        read.map(|(config, warnings)| (format!("{config:?}"), warnings))
    };
    let (first, again) = (read(), read());
    match (&first, &again) {
        (Ok((one, told)), Ok((other, told_again))) => {
            assert_eq!(one, other, "read twice, it says two things");
            assert_eq!(shown(told), shown(told_again));
        }
        (Err(one), Err(other)) => assert_eq!(one.to_string(), other.to_string()),
        _ => panic!("it is read once and refused once"),
    }
    let message = match &first {
        Ok((_, warnings)) => shown(warnings),
        Err(wrong) => {
            in_place(wrong, &files[..]);
            wrong.to_string()
        }
    };
    // A credential is known by how it begins; behind a letter it is a part of some word.
    for (at, _) in message.match_indices("sk-ant-api03-EXAMPLEcanary0123456789") {
        assert!(
            message[..at].ends_with(|c: char| c.is_ascii_alphanumeric()),
            "{message}"
        );
    }
    // Without other files, both ways of reading are one.
    if !files[0].contains("include") && !files[0].contains('\\') {
        let alone = Config::parse(&files[0], "0").map(|(config, _)| format!("{config:?}"));
        assert_eq!(alone.ok(), first.ok().map(|(config, _)| config));
    }
}

fn shown(warnings: &[Warning]) -> String {
    warnings.iter().map(|told| format!("{told}\n")).collect()
}

/// An error names a line that is there.
fn in_place(wrong: &ConfigError, files: &[std::borrow::Cow<'_, str>]) {
    let at = wrong.file.parse::<usize>().ok().and_then(|at| files.get(at));
    let Some(text) = at else {
        panic!("{wrong} names no file")
    };
    let breaks = |c| matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}');
    let lines = text.matches(breaks).count() + 1;
    assert!(
        (1..=lines).contains(&wrong.line) && wrong.column >= 1,
        "{wrong} of {lines} lines"
    );
}
