//! What came out, in words: leases, refusals, decisions.

use modelpin::clock::Timestamp;
use modelpin::resolver::{Decision, Lease, ResolveError};

use super::stage::START;

/// Takes the folds of long lines out: where they fall depends on the length of the temporary folder's name.
pub(super) fn unfolded(text: &str) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        match line.strip_prefix("    ") {
            Some(rest) if !rest.starts_with(' ') => {
                out.truncate(out.trim_end().len());
                out.push(' ');
                out.push_str(rest);
            }
            _ => out.push_str(line),
        }
    }
    out
}

pub(super) fn told(lease: &Lease) -> String {
    let ends = lease.expires().map(|at| format!(" until {}", moment(at)));
    format!(
        "lease {} on {} ({}){}",
        lease.model(),
        lease.profile(),
        lease.source(),
        ends.unwrap_or_default()
    )
}

pub(super) fn refusal(error: &ResolveError) -> String {
    match error {
        ResolveError::Refused(refusal) => {
            let again = refusal.retry_at().map(|at| format!(" (again at {})", moment(at)));
            format!(
                "refused {}: {refusal}; {}{}",
                refusal.code(),
                refusal.hint(),
                again.unwrap_or_default()
            )
        }
        other => format!("error: {other}"),
    }
}

pub(super) fn explained(decision: &Decision) -> String {
    let mut out = Vec::new();
    if let Some(selected) = &decision.selected {
        let from = selected.pinned.map_or("default", |scope| scope.as_str());
        out.push(format!(
            "model {} ({from}, {})",
            selected.model,
            selected.mode.as_str()
        ));
    }
    if let Some(pin) = decision.pinned.as_ref().map(|pinned| &pinned.setting) {
        let from = pin.scope().as_str();
        out.push(format!(
            "pinned {} ({from}, {})",
            pin.value.id,
            pin.value.mode.as_str()
        ));
    }
    let ranking = &decision.ranking;
    for candidate in &ranking.candidates {
        let until = candidate.until.map(|at| format!(" until {}", moment(at)));
        out.push(format!(
            "{}: {}{} ({})",
            candidate.profile,
            candidate.reason,
            until.unwrap_or_default(),
            candidate.source
        ));
    }
    for left_out in &ranking.excluded {
        out.push(format!("{}: {}", left_out.profile, left_out.reason));
    }
    out.extend(ranking.ignored.iter().map(ToString::to_string));
    out.push(format!("order: {}", ranking.basis.as_str()));
    out.push(match &decision.verdict {
        Ok(profile) => format!("choice: {profile}"),
        Err(refusal) => format!("choice: none, {}", refusal.code()),
    });
    out.join("\n")
}

/// `12:05:00`, with the day where it is another one.
fn moment(at: Timestamp) -> String {
    let seconds = at.as_millis().div_euclid(1_000) - START.as_millis() / 1_000 + 12 * 3_600;
    let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let time = format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60);
    if day == 0 {
        time
    } else {
        format!("day {day:+} {time}")
    }
}
