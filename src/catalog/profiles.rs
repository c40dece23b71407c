//! What `@name` means.

use crate::model::ProviderId;
use crate::profile::ProfileId;
use crate::similar::nearest;

/// A profile that the sender may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownProfile {
    /// Its id.
    pub id: ProfileId,
    /// Its provider.
    pub provider: ProviderId,
    /// The e-mail of its account, where that is known.
    pub email: Option<String>,
}

/// What a written profile name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileMeaning {
    /// This profile.
    Profile(ProfileId),
    /// A profile of another provider than the model's.
    OtherProvider(ProfileId, ProviderId),
    /// Several profiles of the provider.
    Several(Vec<ProfileId>),
    /// None; the nearest ids, best first.
    Unknown(Vec<ProfileId>),
}

/// Says which of the `visible` profiles `name` means for a model of `provider`.
///
/// An exact id comes first, then `provider:name`, then the account's e-mail. Profiles that the sender may not see are
/// not among `visible`, so they are answered like ones that do not exist.
#[must_use]
pub fn which_profile(name: &str, provider: &ProviderId, visible: &[KnownProfile]) -> ProfileMeaning {
    let by_id = |profile: &&KnownProfile| profile.id.as_str() == name;
    let by_name = |profile: &&KnownProfile| profile.id.short_name(&profile.provider) == Some(name);
    let by_email = |profile: &&KnownProfile| {
        profile
            .email
            .as_deref()
            .is_some_and(|email| email.eq_ignore_ascii_case(name))
    };
    let rules: [&dyn Fn(&&KnownProfile) -> bool; 3] = [&by_id, &by_name, &by_email];
    let ours = || visible.iter().filter(|profile| profile.provider == *provider);
    for rule in rules {
        let hits: Vec<&KnownProfile> = ours().filter(|profile| rule(profile)).collect();
        match hits.as_slice() {
            [] => {}
            [one] => return ProfileMeaning::Profile(one.id.clone()),
            several => return ProfileMeaning::Several(several.iter().map(|hit| hit.id.clone()).collect()),
        }
    }
    for rule in rules {
        if let Some(hit) = visible.iter().find(|profile| rule(profile)) {
            return ProfileMeaning::OtherProvider(hit.id.clone(), hit.provider.clone());
        }
    }
    let names: Vec<(String, &KnownProfile)> = ours()
        .flat_map(|profile| {
            let short = profile.id.short_name(&profile.provider).map(str::to_owned);
            short
                .into_iter()
                .chain([profile.id.to_string()])
                .map(move |name| (name, profile))
        })
        .collect();
    let mut near: Vec<ProfileId> = Vec::new();
    for like in nearest(name, names.iter().map(|(name, _)| name.as_str()), 6) {
        if let Some((_, profile)) = names.iter().find(|(name, _)| name == like)
            && !near.contains(&profile.id)
        {
            near.push(profile.id.clone());
        }
    }
    near.truncate(3);
    ProfileMeaning::Unknown(near)
}
