//! What came of a scenario, in numbers.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use serde::Serialize;

use crate::clock::Timestamp;
use crate::config::Cost;
use crate::echo::legible;
use crate::profile::ProfileId;

use super::log::{Asked, Done, What};
use super::oracle::{self, Verdict};
use super::run::Played;
use super::scenario::Scenario;

/// The numbers of a run. [`serde`] writes them for machines, [`text`](Self::text) for people.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What the scenario says of itself.
    pub about: String,
    /// The seed of the dice.
    pub seed: u64,
    /// The first moment, in milliseconds since the Unix epoch.
    pub start: Timestamp,
    /// The last one.
    pub end: Timestamp,
    /// The chats.
    pub sessions: u32,
    /// The requests.
    pub requests: Requests,
    /// How many requests took so many attempts.
    pub attempts: BTreeMap<u32, u64>,
    /// The profiles, in the scenario's order.
    pub profiles: Vec<Served>,
    /// Requests that began to cost, by who said yes; `nobody` is a violation.
    pub crossings: BTreeMap<&'static str, u64>,
    /// Attempts with profiles that cost for each request.
    pub metered: u64,
    /// The claims.
    pub claims: Vec<Held>,
}

/// What became of the requests.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Requests {
    /// All.
    pub asked: u64,
    /// Those that were answered.
    pub served: u64,
    /// Those that were answered at the second attempt or later.
    pub served_after_failures: u64,
    /// Those that nobody could serve, by reason.
    pub refused: BTreeMap<&'static str, u64>,
    /// Commands that were carried out.
    pub commands: u64,
    /// Commands that were refused.
    pub commands_refused: u64,
}

/// What one profile did.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Served {
    /// The profile.
    pub profile: String,
    /// What its requests cost: `metered`, `subscription`, `free`.
    pub cost: &'static str,
    /// Answers.
    pub served: u64,
    /// Failures, by class.
    pub failed: BTreeMap<&'static str, u64>,
}

/// How a claim held.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Held {
    /// The claim.
    pub claim: &'static str,
    /// The claim in a few words.
    pub words: &'static str,
    /// How often it was put to the test.
    pub tested: u64,
    /// How often it did not hold.
    pub violated: u64,
    /// The first times.
    pub examples: Vec<Example>,
}

/// A time when a claim did not hold.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Example {
    /// When, in milliseconds since the Unix epoch.
    pub at: Timestamp,
    /// In which chat.
    pub session: u32,
    /// In which request.
    pub request: u32,
    /// What happened.
    pub what: String,
}

impl Report {
    /// Counts what happened.
    #[must_use]
    pub fn new(scenario: &Scenario, played: &Played, verdicts: &[Verdict]) -> Self {
        let mut requests = Requests::default();
        let mut attempts: HashMap<u32, u32> = HashMap::new();
        let mut asked: HashMap<u32, (Asked, Vec<ProfileId>)> = HashMap::new();
        let mut crossings = BTreeMap::new();
        let mut metered = 0;
        let facts = &played.facts;
        let mut profiles: Vec<Served> = facts
            .profiles
            .iter()
            .map(|known| Served {
                profile: known.id.to_string(),
                cost: word(known.cost),
                served: 0,
                failed: BTreeMap::new(),
            })
            .collect();
        for entry in &played.log {
            match &entry.what {
                What::Asked(known) => {
                    requests.asked += 1;
                    attempts.insert(entry.request, 0);
                    asked.insert(entry.request, (known.clone(), Vec::new()));
                }
                What::Sent { model, profile } => {
                    *attempts.entry(entry.request).or_default() += 1;
                    metered += u64::from(facts.cost(profile) == Some(Cost::Metered));
                    let (known, sent) = asked.entry(entry.request).or_default();
                    if oracle::crossing(facts, known, sent.iter(), profile).is_some() {
                        let yes = oracle::yes(facts, known, model, profile).unwrap_or("nobody");
                        *crossings.entry(yes).or_default() += 1;
                    }
                    sent.push(profile.clone());
                }
                What::Answered { profile, failed, .. } => {
                    let of = profiles.iter_mut().find(|one| one.profile == profile.as_str());
                    match (of, failed) {
                        (Some(of), None) => of.served += 1,
                        (Some(of), Some(class)) => *of.failed.entry(class.as_str()).or_default() += 1,
                        (None, _) => {}
                    }
                    if failed.is_none() {
                        requests.served += 1;
                        let tried = attempts.get(&entry.request).copied().unwrap_or_default();
                        requests.served_after_failures += u64::from(tried > 1);
                    }
                }
                What::Refused(code) => *requests.refused.entry(code).or_default() += 1,
                What::Commanded(Done::Yes) => requests.commands += 1,
                What::Commanded(Done::No) => requests.commands_refused += 1,
                What::PinKept(_) | What::NewSecret { .. } => {}
            }
        }
        let mut by_attempts = BTreeMap::new();
        for tried in attempts.into_values() {
            *by_attempts.entry(tried).or_default() += 1;
        }
        Self {
            about: scenario.about.clone(),
            seed: played.seed,
            start: played.start,
            end: played.end,
            sessions: scenario.sessions.count,
            requests,
            attempts: by_attempts,
            profiles,
            crossings,
            metered,
            claims: verdicts.iter().map(Held::new).collect(),
        }
    }

    /// Whether all claims held.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.claims.iter().all(|claim| claim.violated == 0)
    }

    /// The report for people, at most 80 columns wide.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out)
            // Writing into memory does not fail.
            .unwrap_or_default();
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        for line in folded(&legible(&self.about), 78) {
            writeln!(out, "{line}")?;
        }
        let lasts = self.end.since(self.start);
        let (days, hours) = (lasts.as_secs() / 86_400, lasts.as_secs() % 86_400 / 3600);
        let lasts = match (days, hours) {
            (0, hours) => format!("{hours} h"),
            (days, 0) => format!("{days} days"),
            (days, hours) => format!("{days} days {hours} h"),
        };
        writeln!(out, "{} chats, {lasts}, seed {}\n", self.sessions, self.seed)?;
        let requests = &self.requests;
        let refused: u64 = requests.refused.values().sum();
        let crossed: u64 = self.crossings.values().sum();
        row(out, "Requests", requests.asked, "")?;
        let late = format!("after a failure: {}", requests.served_after_failures);
        row(out, "  served", requests.served, &late)?;
        row(out, "  refused", refused, &listed(&requests.refused))?;
        let attempts: u64 = self.attempts.iter().map(|(many, of)| u64::from(*many) * of).sum();
        let by_attempts = format!("requests by attempts: {}", listed(&self.attempts));
        row(out, "Attempts", attempts, &by_attempts)?;
        row(out, "  metered", self.metered, "")?;
        row(
            out,
            "  across the fence",
            crossed,
            &match crossed {
                0 => String::new(),
                _ => format!("with a yes from: {}", listed(&self.crossings)),
            },
        )?;
        if requests.commands + requests.commands_refused > 0 {
            let refused = match requests.commands_refused {
                0 => String::new(),
                refused => format!("and {refused} that were refused"),
            };
            row(out, "Commands", requests.commands, &refused)?;
        }
        writeln!(
            out,
            "\n{:<42} {:<12} {:>10} {:>10}",
            "Profile", "Cost", "Served", "Failed"
        )?;
        for one in &self.profiles {
            let failed: u64 = one.failed.values().sum();
            writeln!(
                out,
                "{:<42} {:<12} {:>10} {failed:>10}",
                cut(&legible(&one.profile), 42),
                one.cost,
                one.served
            )?;
            for line in folded(&listed(&one.failed), 74) {
                writeln!(out, "    {line}")?;
            }
        }
        writeln!(out, "\n{:<54} {:>10} {:>12}", "Claim", "Tested", "Violated")?;
        for claim in &self.claims {
            writeln!(
                out,
                "{:<54} {:>10} {:>12}",
                claim.words, claim.tested, claim.violated
            )?;
            for example in &claim.examples {
                let when = example.at.since(self.start).as_secs();
                let (days, hours, minutes, seconds) =
                    (when / 86_400, when % 86_400 / 3600, when % 3600 / 60, when % 60);
                let text = format!(
                    "day {days} {hours:02}:{minutes:02}:{seconds:02} chat {} request {}: {}",
                    example.session, example.request, example.what
                );
                for line in folded(&legible(&text), 76) {
                    writeln!(out, "  {line}")?;
                }
            }
        }
        writeln!(
            out,
            "\n{}",
            if self.holds() {
                "Every claim held."
            } else {
                "A claim did not hold."
            }
        )
    }
}

impl Held {
    fn new(verdict: &Verdict) -> Self {
        Self {
            claim: verdict.claim.as_str(),
            words: verdict.claim.words(),
            tested: verdict.tested,
            violated: verdict.violated,
            examples: verdict
                .examples
                .iter()
                .map(|example| Example {
                    at: example.at,
                    session: example.session,
                    request: example.request,
                    what: example.what.clone(),
                })
                .collect(),
        }
    }
}

fn word(cost: Cost) -> &'static str {
    match cost {
        Cost::Metered => "metered",
        Cost::Subscription => "subscription",
        Cost::Free => "free",
    }
}

/// A number with its name before it and words behind it.
fn row(out: &mut String, name: &str, number: u64, words: &str) -> std::fmt::Result {
    let mut lines = folded(words, 50).into_iter();
    let first = format!("{name:<18} {number:>8}   {}", lines.next().unwrap_or_default());
    writeln!(out, "{}", first.trim_end())?;
    for line in lines {
        writeln!(out, "{:30}{line}", "")?;
    }
    Ok(())
}

/// `a: 3, b: 1`.
fn listed<K: std::fmt::Display>(counts: &BTreeMap<K, u64>) -> String {
    let parts: Vec<String> = counts
        .iter()
        .map(|(what, count)| format!("{what}: {count}"))
        .collect();
    parts.join(", ")
}

fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width - 1).chain(['…']).collect()
}

/// Lines of at most so many characters, broken at blanks where there are any.
fn folded(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let room = lines
            .last()
            .is_some_and(|line| line.chars().count() + 1 + word.chars().count() <= width);
        match lines.last_mut() {
            Some(line) if room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(cut(word, width)),
        }
    }
    lines
}
