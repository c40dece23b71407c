//! `modelpin explain`: the resolver's decision without taking it.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;

use crate::clock::Timestamp;
use crate::model::ProviderId;
use crate::profile::ProfileId;
use crate::report::{Explained, named_model};
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
        .map(|written| {
            named_model(&provider, written).ok_or_else(|| Wrong::Usage("--model is empty".to_owned()))
        })
        .transpose()?;
    let preferred = args.profile.as_deref().map(ProfileId::new);
    let question = Question {
        about: model.as_ref().map_or(About::Provider(&provider), About::Model),
        preferred: preferred.as_ref(),
        now: args.now.map(Timestamp::from_millis),
        ..Question::new(&session, &actor)
    };
    let decision = modelpin.resolver().explain(question)?;
    let explained = Explained::of(&provider, model.as_ref(), &decision);
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
