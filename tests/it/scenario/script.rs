//! The language of `chat.txt`.
//!
//! ```text
//! # what the scenario shows                      a remark, as is an empty line
//! ann: /model opus@work                          a message; `| ` continues it on the next line
//! ann asks                                       a model request in this chat, which the provider answers
//! ann asks, which fails with rate_limit for 60s, then works
//! ann asks, which hangs up                       nothing is reported
//! ann presses opus                              a button of the last picker shown: a model
//! ann presses opus@work | ann presses profiles of opus | ann presses automatic | ann presses back
//! ann presses next | ann presses previous | ann presses default | ann presses provider openai
//! ann presses the text "…"                       whatever it is
//! ann presses opus, on picker 1                  an older one, counted from the first
//! explain ann                                    the decision for ann's next request, with reasons
//! * in room telegram:group:-100:topic:42       a typed place: topics and threads take over from their chat
//! * in chat c2 | * in thread t1 of c1 | * in chat c1 of agent work
//! * bob has role staff, room den                 who somebody is; `* bob is the operator`
//! * later 2h
//! * replace "old" with "new" in modelpin.json    edits a file; `* remove FILE`, `* reload`, `* restart`
//! * everybody may press                          the buttons of what is said from now on; `* only the sender may press`
//! * the pin store fails | * the pin store works
//! * the last two replies are the same but for "boss" and "bass"
//! < what came out                                written by the test, compared by it
//! ```

/// One thing to do, and the lines that say so.
#[derive(Debug)]
pub(super) struct Step<'s> {
    /// The lines as they stand in the file.
    pub(super) source: &'s str,
    /// What they mean.
    pub(super) action: Action,
}

#[derive(Debug, PartialEq)]
pub(super) enum Action {
    Nothing,
    Say {
        who: String,
        text: String,
    },
    Ask {
        who: String,
        outcomes: Vec<Outcome>,
    },
    Press {
        who: String,
        button: String,
        picker: Option<usize>,
    },
    Explain {
        who: String,
    },
    Direct(String),
}

/// What becomes of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    Works,
    HangsUp,
    Fails { class: String, wait: Option<String> },
}

/// Reads a transcript; the lines that came out are left out.
pub(super) fn steps(text: &str) -> Result<Vec<Step<'_>>, String> {
    let mut steps: Vec<Step<'_>> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let from = at;
        at += line.len();
        let bare = line.trim_end_matches('\n');
        if bare.starts_with('<') {
            continue;
        }
        if let Some(more) = bare.strip_prefix('|') {
            let Some(Step {
                source,
                action: Action::Say { text: said, .. },
            }) = steps.last_mut()
            else {
                return Err(format!("`{bare}` continues no message"));
            };
            said.push('\n');
            said.push_str(more.strip_prefix(' ').unwrap_or(more));
            *source = &text[from - source.len()..at];
            continue;
        }
        steps.push(Step {
            source: &text[from..at],
            action: action(bare)?,
        });
    }
    Ok(steps)
}

fn action(line: &str) -> Result<Action, String> {
    if line.is_empty() || line.starts_with('#') {
        return Ok(Action::Nothing);
    }
    if let Some(direction) = line.strip_prefix("* ") {
        return Ok(Action::Direct(direction.to_owned()));
    }
    if let Some(who) = line.strip_prefix("explain ") {
        return Ok(Action::Explain { who: who.to_owned() });
    }
    let (who, rest) = line.split_at(line.find([':', ' ']).unwrap_or(line.len()));
    let who = who.to_owned();
    if let Some(text) = rest.strip_prefix(": ") {
        let text = text.to_owned();
        return Ok(Action::Say { who, text });
    }
    if let Some(button) = rest.strip_prefix(" presses ") {
        let (button, picker) = match button.split_once(", on picker ") {
            Some((button, number)) => {
                let number = number.parse().map_err(|_| format!("`{number}` is no number"))?;
                (button, Some(number))
            }
            None => (button, None),
        };
        let button = button.to_owned();
        return Ok(Action::Press { who, button, picker });
    }
    let Some(outcomes) = rest.strip_prefix(" asks") else {
        return Err(format!("`{line}` means nothing"));
    };
    let outcomes = outcomes.split(", ").filter(|part| !part.is_empty()).map(outcome);
    let mut outcomes = outcomes.collect::<Result<Vec<_>, _>>()?;
    if outcomes.is_empty() {
        outcomes.push(Outcome::Works);
    }
    Ok(Action::Ask { who, outcomes })
}

fn outcome(part: &str) -> Result<Outcome, String> {
    match part {
        "which works" | "then works" => return Ok(Outcome::Works),
        "which hangs up" | "then hangs up" => return Ok(Outcome::HangsUp),
        _ => {}
    }
    let failed = part
        .strip_prefix("which fails with ")
        .or(part.strip_prefix("then fails with "));
    let failed = failed.ok_or_else(|| format!("`{part}` is no outcome"))?;
    Ok(match failed.split_once(" for ") {
        Some((class, wait)) => Outcome::Fails {
            class: class.to_owned(),
            wait: Some(wait.to_owned()),
        },
        None => Outcome::Fails {
            class: failed.to_owned(),
            wait: None,
        },
    })
}
