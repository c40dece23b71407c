//! What the demo provider answers. Pure: a prompt in, an answer out.

use std::time::Duration;

/// The models that the demo provider serves.
pub const MODELS: [&str; 3] = ["opus", "sonnet", "haiku"];

/// The most characters of a prompt that are said back.
const MOST_SAID_BACK: usize = 240;
/// Between two words of an answer: a rhythm that can be seen.
const RHYTHM: Duration = Duration::from_millis(12);
/// A whole answer takes no longer than this, so that scripts need not wait.
const WHOLE: Duration = Duration::from_millis(240);
/// Between two words of a slow answer: time enough to press Ctrl-C.
const SLOWLY: Duration = Duration::from_millis(250);

/// An answer to one request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Script {
    /// Text, and the time between two of its words.
    Say { text: String, pause: Duration },
    /// An error with this status.
    Fail(u16),
}

/// Nobody pays for this one: whatever it is asked, it fails.
pub(crate) const UNPAID: &str = "demo:unpaid";

/// The statuses that `fail` can be asked for.
pub(super) const FAILURES: [u16; 9] = [400, 401, 402, 403, 429, 500, 503, 504, 529];

/// Says what `profile` answers as `model` when it is asked `prompt`.
///
/// `fail 429 demo:work` fails for that profile and is answered by every other one; without a profile it fails for
/// all. `slow` is answered slowly.
pub(super) fn script(model: &str, profile: &str, prompt: &str) -> Script {
    if profile == UNPAID {
        return Script::Fail(402);
    }
    let prompt = prompt.trim();
    let me = format!("I am demo/{model}, asked with {profile}.");
    let words: Vec<&str> = prompt.split_whitespace().take(4).collect();
    let text = match words.as_slice() {
        [verb, rest @ ..] if verb.eq_ignore_ascii_case("fail") && rest.len() <= 2 => {
            let status = rest.first().and_then(|status| status.parse().ok());
            match (status.filter(|status| FAILURES.contains(status)), rest.get(1)) {
                (None, _) => {
                    let known = FAILURES.map(|status| status.to_string()).join(", ");
                    format!("{me} I can fail with {known}: try `fail 429 {profile}`.")
                }
                (Some(status), None) => return Script::Fail(status),
                (Some(status), Some(who)) if *who == profile => return Script::Fail(status),
                (Some(status), Some(who)) => {
                    format!("{me} {who} answers {status} to this, so I stepped in.")
                }
            }
        }
        [verb] if verb.eq_ignore_ascii_case("slow") => {
            let count = (1..=40).map(|number| format!(" {number}")).collect::<String>();
            return Script::Say {
                text: format!("{me} I count to forty; Ctrl-C stops me:{count}."),
                pause: SLOWLY,
            };
        }
        [] => format!("{me} You said nothing."),
        _ => format!("{me} You said: {}", shortened(prompt)),
    };
    let words = u32::try_from(text.split(' ').count()).unwrap_or(u32::MAX);
    Script::Say {
        text,
        pause: RHYTHM.min(WHOLE / words.max(1)),
    }
}

fn shortened(prompt: &str) -> String {
    match prompt.char_indices().nth(MOST_SAID_BACK) {
        Some((end, _)) => format!("{}…", &prompt[..end]),
        None => prompt.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(profile: &str, prompt: &str) -> String {
        match script("sonnet", profile, prompt) {
            Script::Say { text, .. } => text,
            Script::Fail(status) => format!("failed {status}"),
        }
    }

    #[test]
    fn an_answer_begins_with_the_model_and_the_profile() {
        assert_eq!(
            text("demo:work", " hi "),
            "I am demo/sonnet, asked with demo:work. You said: hi"
        );
        assert_eq!(
            text("demo:work", ""),
            "I am demo/sonnet, asked with demo:work. You said nothing."
        );
    }

    #[test]
    fn a_failure_is_for_the_profile_that_it_names() {
        assert_eq!(text("demo:work", "fail 429 demo:work"), "failed 429");
        assert_eq!(text("demo:default", "Fail 429"), "failed 429");
        let other = text("demo:default", "fail 429 demo:work");
        assert_eq!(
            other,
            "I am demo/sonnet, asked with demo:default. demo:work answers 429 to this, so I stepped in."
        );
        assert!(text("demo:work", "fail 200").contains("try `fail 429 demo:work`"));
        assert!(text("demo:work", "fail to see why").contains("You said: fail to see why"));
    }

    #[test]
    fn no_answer_keeps_a_script_waiting() {
        let long = "word ".repeat(100_000);
        let Script::Say { text, pause } = script("opus", "demo:default", &long) else {
            panic!("not asked to fail");
        };
        assert!(text.chars().count() < 400);
        assert!(pause * u32::try_from(text.split(' ').count()).expect("few") <= WHOLE);
    }
}
