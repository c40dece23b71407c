//! Questions that have one right answer, since nothing else went on.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Claim, Court};
use crate::storm::faults::log::{Entry, What};

pub(super) fn judge(court: &mut Court, log: &[Entry]) {
    for entry in log {
        let at = entry.at;
        match &entry.what {
            What::Twice { one, two, profiles } => {
                let told: Vec<&str> = ["candidates", "excluded"]
                    .iter()
                    .filter_map(|list| one[list].as_array())
                    .flatten()
                    .filter_map(|candidate| candidate["profile"].as_str())
                    .collect();
                let wanted: BTreeSet<&str> = profiles.iter().map(String::as_str).collect();
                let each_once = told.iter().copied().collect::<BTreeSet<_>>().len() == told.len();
                let all = wanted.is_subset(&told.iter().copied().collect());
                court.holds(
                    Claim::PureSelection,
                    at,
                    same(one, two) && each_once && all,
                    || format!("of {profiles:?} once {one}, and then {two}"),
                );
            }
            What::Local {
                before,
                after,
                refused,
                attempts,
            } => court.holds(
                Claim::LocalRefusals,
                at,
                *refused > 0 && *attempts == 0 && before == after && before.is_some(),
                || {
                    format!(
                        "{refused} refusals, {attempts} attempts, rest until {before:?} and then {after:?}"
                    )
                },
            ),
            What::OtherModel { of_account, asked } => {
                court.holds(Claim::OneModel, at, of_account != asked, || {
                    format!("of the account: {of_account}, and the other model was asked: {asked}")
                });
            }
            What::Next { told, asked } => court.holds(Claim::StatusIsNext, at, told == asked, || {
                format!("told {told:?}, asked {asked:?}")
            }),
            _ => {}
        }
    }
}

fn same(one: &Value, two: &Value) -> bool {
    one == two
}
