//! The options of a line: which there are, and which of them exclude each other.

use std::ops::Range;
use std::time::Duration;

use smallvec::SmallVec;

use super::super::code::Code;
use super::super::duration::duration;
use super::super::faults::Faults;
use super::super::limits::TEXT_LIMIT;
use super::super::spec::{Group, Setting};
use super::super::token::{Flag, Written};
use crate::session::Scope;
use crate::terms::{Lifetime, Mode};

/// What the options of a line say.
#[derive(Debug, Default)]
pub(super) struct Terms {
    scope: Option<Scope>,
    mode: Option<Mode>,
    lifetime: Option<Lifetime>,
    profile: Option<String>,
    /// Every option that exists, for what may be said about it later.
    given: SmallVec<[(Group, Range<usize>); 4]>,
}

impl Terms {
    /// Reads the options, in their order.
    pub(super) fn read<'t>(
        message: &str,
        flags: impl Iterator<Item = &'t Flag>,
        faults: &mut Faults,
    ) -> Self {
        let mut terms = Self::default();
        let mut seen = [false; Group::ALL.len()];
        for flag in flags {
            let Some(option) = flag.spec else {
                faults.add(Code::UnknownOption, flag.span.clone());
                continue;
            };
            let group = option.group();
            if std::mem::replace(&mut seen[group as usize], true) {
                faults.add_about(Code::ConflictingOptions, flag.span.clone(), group.noun());
            }
            terms.given.push((group, flag.span.clone()));
            if let (Some(value), None) = (option.value, &flag.value) {
                faults.add_about(Code::MissingValue, flag.span.clone(), value);
            }
            match (option.setting, &flag.value) {
                (Setting::Scope(scope), _) => terms.scope = Some(scope),
                (Setting::Mode(mode), _) => terms.mode = Some(mode),
                (Setting::Once, _) => terms.lifetime = Some(Lifetime::Once),
                (Setting::For, Some(value)) => {
                    terms.lifetime = time(message, value, faults).map(Lifetime::For)
                }
                (Setting::Profile, Some(value)) => terms.profile = profile(message, value, faults),
                (Setting::For | Setting::Profile, None) => {}
            }
        }
        terms
    }

    /// Notes every option of a group that is not among `groups`; `taker` is the verb that does not take it.
    pub(super) fn allow(&self, groups: &[Group], taker: &'static str, faults: &mut Faults) {
        for (_, span) in self.given.iter().filter(|(group, _)| !groups.contains(group)) {
            faults.add_about(Code::NotAllowedHere, span.clone(), taker);
        }
    }

    /// Notes every `--profile`, where an `@profile` says it already.
    pub(super) fn profile_is_given(&self, faults: &mut Faults) {
        for (_, span) in self.given.iter().filter(|(group, _)| *group == Group::Profile) {
            faults.add_about(Code::ConflictingOptions, span.clone(), Group::Profile.noun());
        }
    }

    /// Reports whether there is a `--profile`, sound or not.
    pub(super) fn names_profile(&self) -> bool {
        self.given.iter().any(|(group, _)| *group == Group::Profile)
    }

    pub(super) fn profile(&self) -> Option<String> {
        self.profile.clone()
    }

    pub(super) fn scope(&self) -> Option<Scope> {
        self.scope
    }

    pub(super) fn mode(&self) -> Option<Mode> {
        self.mode
    }

    pub(super) fn lifetime(&self) -> Option<Lifetime> {
        self.lifetime
    }
}

fn time(message: &str, value: &Written, faults: &mut Faults) -> Option<Duration> {
    if value.is_broken() {
        return None;
    }
    let time = duration(&value.meaning(message));
    if time.is_none() {
        faults.add(Code::BadDuration, value.span.clone());
    }
    time
}

fn profile(message: &str, value: &Written, faults: &mut Faults) -> Option<String> {
    if value.is_empty() {
        faults.add_about(Code::MissingProfile, value.span.clone(), "--profile");
        return None;
    }
    if value.span.len() > TEXT_LIMIT {
        faults.add(Code::TooLong, value.span.clone());
    }
    Some(value.meaning(message))
}
