//! `modelpin explain`: the resolver's decision without taking it.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use crate::clock::Timestamp;
use crate::model::{ModelRef, ProviderId};
use crate::profile::ProfileId;
use crate::resolver::{About, Decision, Question};
use crate::session::Actor;

use super::global::Global;
use super::place;
use super::wrong::Wrong;

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The provider to ask about
    #[arg(long, value_name = "P")]
    provider: String,
    /// One of its models, `provider/model` or the model's own name
    #[arg(long, value_name = "M")]
    model: Option<String>,
    /// The chat whose pins count
    #[arg(long, value_name = "S", default_value = "terminal")]
    session: String,
    /// A profile that would go first
    #[arg(long, value_name = "PREFERRED")]
    profile: Option<String>,
    /// The moment to ask about, in milliseconds since the Unix epoch
    #[arg(long, value_name = "MS")]
    now: Option<i64>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// A decision as data.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Explained {
    provider: String,
    model: Option<String>,
    now: Timestamp,
    pub(super) chosen: Option<String>,
    pub(super) candidates: Vec<Candidate>,
    excluded: Vec<Excluded>,
    refusal: Option<Refused>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Candidate {
    profile: String,
    kind: &'static str,
    reason: &'static str,
    #[schemars(with = "Option<i64>")]
    until: Option<Timestamp>,
    source: String,
}

#[derive(Debug, Serialize)]
struct Excluded {
    profile: String,
    reason: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Refused {
    code: &'static str,
    retry_at: Option<Timestamp>,
    hint: String,
}

impl Explained {
    pub(super) fn new(provider: &ProviderId, model: Option<&ModelRef>, decision: &Decision) -> Self {
        let ranking = &decision.ranking;
        Self {
            provider: provider.to_string(),
            model: model.map(ToString::to_string),
            now: decision.now,
            chosen: decision.verdict.as_ref().ok().map(ToString::to_string),
            candidates: ranking
                .candidates
                .iter()
                .map(|candidate| Candidate {
                    profile: candidate.profile.to_string(),
                    kind: candidate.kind.as_str(),
                    reason: candidate.reason.as_str(),
                    until: candidate.until,
                    source: candidate.source.to_string(),
                })
                .collect(),
            excluded: ranking
                .excluded
                .iter()
                .map(|out| Excluded {
                    profile: out.profile.to_string(),
                    reason: out.reason.as_str(),
                })
                .collect(),
            refusal: decision.verdict.as_ref().err().map(|refusal| Refused {
                code: refusal.code(),
                retry_at: refusal.retry_at(),
                hint: refusal.hint(),
            }),
        }
    }
}

pub(super) fn run(args: &ExplainArgs, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    Wrong::if_a_key("--provider", &args.provider)?;
    for (option, value) in [("--model", &args.model), ("--profile", &args.profile)] {
        Wrong::if_a_key(option, value.as_deref().unwrap_or_default())?;
    }
    let modelpin = place::open(global)?;
    let session = place::session(global, &args.session)?;
    let actor = Actor::operator();
    let provider = ProviderId::new(&args.provider);
    let model = args
        .model
        .as_deref()
        .map(|written| model(&provider, written))
        .transpose()?;
    let preferred = args.profile.as_deref().map(ProfileId::new);
    let question = Question {
        about: model.as_ref().map_or(About::Provider(&provider), About::Model),
        preferred: preferred.as_ref(),
        now: args.now.map(Timestamp::from_millis),
        ..Question::new(&session, &actor)
    };
    let decision = modelpin.resolver().explain(question)?;
    let explained = Explained::new(&provider, model.as_ref(), &decision);
    if args.json {
        writeln!(
            out,
            "{}",
            serde_json::to_string_pretty(&explained).map_err(std::io::Error::from)?
        )?;
    } else {
        print(&explained, &decision, out)?;
    }
    // A refusal is an answer too: the decision was explained.
    Ok(ExitCode::SUCCESS)
}

/// `opus` and `anthropic/opus` are both a model of `anthropic`; `openai/gpt` is not.
fn model(provider: &ProviderId, written: &str) -> Result<ModelRef, Wrong> {
    match ModelRef::parse(written) {
        Some(model) if model.provider() == provider => Ok(model),
        _ if written.trim().is_empty() => Err(Wrong::Usage("--model is empty".to_owned())),
        _ => Ok(ModelRef::new(provider.clone(), written)),
    }
}

fn print(explained: &Explained, decision: &Decision, out: &mut impl Write) -> Result<(), Wrong> {
    writeln!(
        out,
        "{}, by {}:",
        explained.model.as_ref().unwrap_or(&explained.provider),
        decision.ranking.basis.as_str()
    )?;
    for ignored in &decision.ranking.ignored {
        writeln!(out, "  ({ignored})")?;
    }
    for candidate in &explained.candidates {
        let arrow = if explained.chosen.as_deref() == Some(&candidate.profile) {
            ">"
        } else {
            " "
        };
        let until = candidate.until.map(|until| format!(" until {}", moment(until)));
        let profile = crate::render::text::clean(&candidate.profile);
        let (kind, reason, source) = (candidate.kind, candidate.reason, &candidate.source);
        writeln!(
            out,
            "{arrow} {profile} · {kind} · {reason}{} · {source}",
            until.unwrap_or_default()
        )?;
    }
    for left_out in &explained.excluded {
        writeln!(
            out,
            "- {} · {}",
            crate::render::text::clean(&left_out.profile),
            left_out.reason
        )?;
    }
    if explained.candidates.is_empty() {
        writeln!(out, "  nobody can be asked")?;
    }
    if let Err(refusal) = &decision.verdict {
        writeln!(out, "refused: {refusal}; {}", refusal.hint())?;
    }
    Ok(())
}

/// A time for people; the JSON has the milliseconds.
fn moment(at: Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(at.as_millis()) {
        Ok(moment) => moment.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        Err(_) => format!("{} ms", at.as_millis()),
    }
}
