//! A file of sentences, read with care: an operator may have written anything into it.

use std::fmt;

use fluent_bundle::FluentResource;

use crate::echo::discreet;

/// How many faults of a file are told.
const MOST_FAULTS: usize = 20;

/// How many braces and brackets may be opened in one sentence. The parser goes as deep as they do, and its stack ends.
const MOST_OPENED: usize = 100;

/// Something wrong in a file of sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, if it is somewhere: the number of the line, from 1.
    pub line: Option<usize>,
    /// What.
    pub what: String,
}

impl Fault {
    /// A sentence that is never said ([`weigh`](super::weigh)).
    pub(super) fn too_heavy(file: &str, key: &str) -> Self {
        Self {
            line: line_of(file, key),
            what: format!("{key} is too long with all that it refers to, or refers to itself"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            // Somebody may have named a file that is none of sentences.
            Some(line) => write!(f, "line {line}: {}", discreet(&self.what)),
            None => f.write_str(&discreet(&self.what)),
        }
    }
}

/// What can be used of a file, and what is wrong in it.
pub(super) fn read(file: &str) -> (Option<FluentResource>, Vec<Fault>) {
    let deep = || {
        let what = format!("one sentence opens more than {MOST_OPENED} braces and brackets");
        Some((too_deep(file)?, what))
    };
    let cut = || {
        Some((
            cut_escape(file)?,
            "an escape ends too early: write \\u00A0 or \\U01F600".to_owned(),
        ))
    };
    if let Some((line, what)) = deep().or_else(cut) {
        let fault = Fault {
            line: Some(line),
            what: format!("{what}; nothing of the file is used"),
        };
        return (None, vec![fault]);
    }
    match FluentResource::try_new(file.to_owned()) {
        Ok(resource) => (Some(resource), Vec::new()),
        Err((resource, errors)) => {
            let told = errors.iter().take(MOST_FAULTS).map(|error| Fault {
                line: Some(line_at(file, error.pos.start)),
                what: error.kind.to_string(),
            });
            let mut faults: Vec<Fault> = told.collect();
            if errors.len() > MOST_FAULTS {
                faults.push(Fault {
                    line: None,
                    what: format!("and {} more faults", errors.len() - MOST_FAULTS),
                });
            }
            (Some(resource), faults)
        }
    }
}

/// The line of a sentence that opens too many braces. A line that begins as a sentence does begins a new one: within
/// braces it would be a fault.
fn too_deep(file: &str) -> Option<usize> {
    let mut opened = 0;
    for (line, number) in file.lines().zip(1..) {
        if name_of(line).is_some() {
            opened = 0;
        }
        opened += line.bytes().filter(|byte| matches!(byte, b'{' | b'(')).count();
        if opened > MOST_OPENED {
            return Some(number);
        }
    }
    None
}

/// The line of an escape `\uXXXX` or `\UXXXXXX` that is cut off by a letter beyond ASCII: there fluent-syntax 0.12 ends
/// the program, because it looks at a part of that letter.
fn cut_escape(file: &str) -> Option<usize> {
    let is_cut = |after: &str| {
        let digits = match after.as_bytes().first() {
            Some(b'u') => 4,
            Some(b'U') => 6,
            _ => return false,
        };
        let mut next = after.bytes().skip(1).take(digits);
        next.find(|byte| !byte.is_ascii_hexdigit())
            .is_some_and(|byte| !byte.is_ascii())
    };
    let (at, _) = file.match_indices('\\').find(|(at, _)| is_cut(&file[at + 1..]))?;
    Some(line_at(file, at))
}

/// The name of the sentence or term that begins on a line.
fn name_of(line: &str) -> Option<&str> {
    let name = line.split_once('=')?.0.trim_end_matches(' ');
    let letters = name.strip_prefix('-').unwrap_or(name);
    let rest = letters.strip_prefix(|c: char| c.is_ascii_alphabetic())?;
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    rest.chars().all(inside).then_some(name)
}

/// The line on which a sentence begins; the last one, if there are several.
pub(super) fn line_of(file: &str, key: &str) -> Option<usize> {
    let lines = file.lines().zip(1..);
    lines
        .filter(|(line, _)| name_of(line) == Some(key))
        .map(|(_, number)| number)
        .last()
}

fn line_at(file: &str, at: usize) -> usize {
    let before = file.as_bytes().get(..at).unwrap_or(file.as_bytes());
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_told_with_its_line() {
        let (read_all_the_same, faults) = read("a = b\n\nwhat is this\nc = d\n");
        assert!(read_all_the_same.is_some());
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].line, Some(3), "{faults:?}");
        assert_eq!(line_of("a = b\n\nc-d  = e\n", "c-d"), Some(3));
    }

    #[test]
    fn no_depth_ends_the_stack() {
        for deep in [
            "{".repeat(100_000),
            "{A(".repeat(80_000),
            "{ { \"}\" ".repeat(9_000),
        ] {
            for file in [
                format!("a = {deep}"),
                format!("a = {{\n{}", deep.replace('{', "{\n")),
            ] {
                let (nothing, faults) = read(&file);
                assert!(nothing.is_none() && faults.len() == 1, "{faults:?}");
            }
        }
    }

    // Found by the fuzzer (`fuzz/corpus/words`).
    #[test]
    fn an_escape_that_is_cut_off_by_any_letter_is_a_fault() {
        for cut in [
            "u",
            "uế",
            "u0ế",
            "u00ế",
            "u00Aế",
            "Uế",
            "U0ế",
            "U01F60ế",
            "u00A",
            "U",
            "uz",
        ] {
            let (_, faults) = read(&format!("a = b\nc = {{ \"\\{cut}\" }}\n"));
            assert_eq!(faults.len(), 1, "{cut}: {faults:?}");
            assert_eq!(faults[0].line, Some(2), "{cut}: {faults:?}");
        }
        for whole in ["u00A0ế", "U01F600ế"] {
            let (read_all, faults) = read(&format!("c = {{ \"\\{whole}\" }}\n"));
            assert!(read_all.is_some() && faults.is_empty(), "{whole}: {faults:?}");
        }
    }

    #[test]
    fn many_faults_are_told_in_short() {
        let (_, faults) = read(&"a\n".repeat(50_000));
        assert_eq!(faults.len(), MOST_FAULTS + 1);
        assert_eq!(faults[MOST_FAULTS].to_string(), "and 49980 more faults");
    }
}
