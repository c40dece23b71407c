//! What processes let out, take up, and leave behind.

use std::collections::{BTreeMap, BTreeSet};

use super::{Claim, Court};
use crate::storm::faults::log::{Entry, What};

/// How much more memory than after its first round a gateway may have: what the first rounds leave is used again.
const MORE: f64 = 1.25;
const AND: f64 = 12e6;
/// Connections that wait for their next use.
const FILES: usize = 48;

/// When, how many bytes, how many files.
type Size = (u64, u64, usize);

pub(super) fn judge(court: &mut Court, log: &[Entry]) {
    let mut lives: BTreeMap<(u32, usize), Vec<Size>> = BTreeMap::new();
    for entry in log {
        let at = entry.at;
        match &entry.what {
            What::Looked { output, bytes, leaks } => {
                court.holds(Claim::NoSecret, at, leaks.is_empty(), || {
                    format!("{output}, {bytes} bytes: a part of the secret of {leaks:?}")
                })
            }
            What::Store { kept, there } => {
                let lost = match there {
                    None => Some("the store cannot be read".to_owned()),
                    Some(there) => {
                        let there: BTreeSet<&String> = there.iter().collect();
                        let lost: Vec<_> = kept.iter().filter(|id| !there.contains(id)).collect();
                        (!lost.is_empty()).then(|| format!("lost: {lost:?}"))
                    }
                };
                court.test(Claim::CredentialsKept, at, lost);
            }
            What::Process {
                life,
                gateway,
                bytes,
                files,
            } => lives
                .entry((*life, *gateway))
                .or_default()
                .push((at, *bytes, *files)),
            What::Started => court.test(Claim::NoPanic, at, None),
            What::Panicked(line) => court.test(Claim::NoPanic, at, Some(line.clone())),
            What::Stopped { code } => court.holds(Claim::NoPanic, at, *code == Some(0), || {
                format!("told to end, it ended with {code:?}")
            }),
            _ => {}
        }
    }
    for ((life, gateway), sizes) in lives {
        for (at, bytes, files) in &sizes {
            let first = sizes[0].1 as f64;
            let who = format!("gateway {gateway} in its life {life}");
            court.holds(Claim::Memory, *at, *bytes as f64 <= first * MORE + AND, || {
                format!("{who}: {:.1} MB, then {:.1} MB", first / 1e6, *bytes as f64 / 1e6)
            });
            court.holds(Claim::Files, *at, *files <= FILES, || {
                format!("{who}: {files} open files in a calm moment")
            });
        }
    }
}
