//! `auth`: what is said about profiles, their order, their rests, and what they may cost.

use std::time::Duration;

use indexmap::IndexMap;

use super::reading::{At, Read};
use crate::credential::CredentialKind;
use crate::model::ProviderId;
use crate::profile::ProfileId;

/// `auth`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Auth {
    /// What is said about profiles, in file order. No secrets.
    pub profiles: IndexMap<ProfileId, ProfileConfig>,
    /// The order in which the profiles of a provider are tried; an empty list means none.
    pub order: IndexMap<ProviderId, Vec<ProfileId>>,
    /// How long profiles rest after failures.
    pub cooldowns: Cooldowns,
    /// Whether automatic choice may go from a subscription to something that costs; `None` leaves it to the
    /// rule of the fence.
    pub fence: Option<Fence>,
    /// Whether agents read the credentials of `main` under their own.
    pub inherit: bool,
}

/// `auth.profiles.<id>`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileConfig {
    /// The provider. An entry without one says nothing about order.
    pub provider: Option<ProviderId>,
    /// The kind of credential that is meant.
    pub mode: Option<CredentialKind>,
    /// The account's e-mail.
    pub email: Option<String>,
    /// What requests cost.
    pub cost: Option<Cost>,
    /// Who may use it; `None` for everybody who may use commands.
    pub allow: Option<Allow>,
}

/// What requests with a profile cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cost {
    /// Each request costs.
    Metered,
    /// A subscription covers them.
    Subscription,
    /// Nothing.
    Free,
}

/// `auth.fence`: what becomes of an automatic choice that would begin to cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fence {
    /// It is made.
    Allow,
    /// It is not made.
    Block,
    /// It is not made; the person is told how to make it.
    Ask,
}

/// A list of who may. Empty lists allow nobody; one match is enough.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Allow {
    /// Senders, by the platform's id.
    pub senders: Vec<String>,
    /// Rooms.
    pub rooms: Vec<String>,
    /// Roles in a room.
    pub roles: Vec<String>,
}

/// `auth.cooldowns`: how long a profile rests, step by step.
#[derive(Debug, Clone, PartialEq)]
pub struct Cooldowns {
    /// After passing failures (`transientSeconds`).
    pub transient: Vec<Duration>,
    /// After a credential was not accepted (`authSeconds`).
    pub auth: Vec<Duration>,
    /// The first rest after a billing failure, which then doubles (`billingBackoffMinutes`, else
    /// `billingBackoffHours`).
    pub billing_first: Duration,
    /// The same for single providers (`billingBackoffHoursByProvider`).
    pub billing_first_by_provider: IndexMap<ProviderId, Duration>,
    /// The longest rest after billing failures (`billingMaxHours`).
    pub billing_longest: Duration,
    /// How long a failure counts (`failureWindowHours`).
    pub failure_window: Duration,
}

impl Default for Cooldowns {
    fn default() -> Self {
        let seconds = |steps: &[u64]| steps.iter().copied().map(Duration::from_secs).collect();
        Self {
            transient: seconds(&[30, 60, 300, 900, 3600]),
            auth: seconds(&[60, 300, 1500, 3600]),
            billing_first: Duration::from_secs(10 * 60),
            billing_first_by_provider: IndexMap::new(),
            billing_longest: Duration::from_secs(24 * 3600),
            failure_window: Duration::from_secs(24 * 3600),
        }
    }
}

pub(super) fn read<'a>(at: &At<'a>) -> Read<'a, Auth> {
    let auth = at.object()?;
    auth.expect_keys(&["profiles", "order", "cooldowns", "fence", "inherit"]);
    let words = [
        ("allow", Fence::Allow),
        ("block", Fence::Block),
        ("ask", Fence::Ask),
    ];
    Ok(Auth {
        profiles: auth.read("profiles", read_profiles)?.unwrap_or_default(),
        order: auth.read("order", read_order)?.unwrap_or_default(),
        cooldowns: auth.read("cooldowns", read_cooldowns)?.unwrap_or_default(),
        fence: auth.read("fence", |at| at.word(&words))?,
        inherit: auth.read("inherit", At::flag)?.unwrap_or_default(),
    })
}

fn read_profiles<'a>(at: &At<'a>) -> Read<'a, IndexMap<ProfileId, ProfileConfig>> {
    at.object()?
        .entries()
        .map(|(id, at)| Ok((ProfileId::new(id), read_profile(&at)?)))
        .collect()
}

fn read_profile<'a>(at: &At<'a>) -> Read<'a, ProfileConfig> {
    let profile = at.object()?;
    profile.expect_keys(&["provider", "mode", "email", "cost", "allow"]);
    let modes = [
        ("oauth", CredentialKind::OAuth),
        ("token", CredentialKind::Token),
        ("api_key", CredentialKind::ApiKey),
        ("api-key", CredentialKind::ApiKey),
    ];
    let costs = [
        ("metered", Cost::Metered),
        ("subscription", Cost::Subscription),
        ("free", Cost::Free),
    ];
    Ok(ProfileConfig {
        provider: profile.read("provider", At::text)?.map(ProviderId::new),
        mode: profile.read("mode", |at| at.word(&modes))?,
        email: profile.read("email", At::text)?.map(str::to_owned),
        cost: profile.read("cost", |at| at.word(&costs))?,
        allow: profile.read("allow", read_allow)?,
    })
}

fn read_order<'a>(at: &At<'a>) -> Read<'a, IndexMap<ProviderId, Vec<ProfileId>>> {
    let by_provider = at.object()?.by_provider();
    let ids = |at: At<'a>| -> Read<'a, Vec<ProfileId>> {
        at.list()?
            .iter()
            .map(|at| Ok(ProfileId::new(at.text()?)))
            .collect()
    };
    by_provider
        .into_iter()
        .map(|(provider, at)| Ok((provider, ids(at)?)))
        .collect()
}

/// Reads a list of senders, or `{ senders, rooms, roles }`.
pub(super) fn read_allow<'a>(at: &At<'a>) -> Read<'a, Allow> {
    let Ok(allow) = at.object() else {
        let senders = at.names().map_err(|wrong| {
            Box::new(super::reading::Wrong {
                hint: Some("write a list of senders, or `{ senders, rooms, roles }`".to_owned()),
                ..*wrong
            })
        })?;
        return Ok(Allow {
            senders,
            ..Allow::default()
        });
    };
    allow.expect_keys(&["senders", "rooms", "roles"]);
    Ok(Allow {
        senders: allow.read("senders", At::names)?.unwrap_or_default(),
        rooms: allow.read("rooms", At::names)?.unwrap_or_default(),
        roles: allow.read("roles", At::names)?.unwrap_or_default(),
    })
}

fn read_cooldowns<'a>(at: &At<'a>) -> Read<'a, Cooldowns> {
    let cooldowns = at.object()?;
    cooldowns.expect_keys(&[
        "transientSeconds",
        "authSeconds",
        "billingBackoffMinutes",
        "billingBackoffHours",
        "billingBackoffHoursByProvider",
        "billingMaxHours",
        "failureWindowHours",
    ]);
    let usual = Cooldowns::default();
    let hours = |at: &At<'a>| span(at, 3600.0);
    let by_hours = cooldowns.read("billingBackoffHours", hours)?;
    let first = cooldowns.read("billingBackoffMinutes", |at| span(at, 60.0))?;
    if let (Some(_), Some(_), Some(at)) = (first, by_hours, cooldowns.find("billingBackoffHours")) {
        at.warn("ignored, because `billingBackoffMinutes` is there too");
    }
    let by_provider = cooldowns.read("billingBackoffHoursByProvider", |at| {
        let entries = at.object()?.by_provider().into_iter();
        entries
            .map(|(provider, at)| Ok((provider, hours(&at)?)))
            .collect()
    })?;
    Ok(Cooldowns {
        transient: cooldowns
            .read("transientSeconds", steps)?
            .unwrap_or(usual.transient),
        auth: cooldowns.read("authSeconds", steps)?.unwrap_or(usual.auth),
        billing_first: first.or(by_hours).unwrap_or(usual.billing_first),
        billing_first_by_provider: by_provider.unwrap_or_default(),
        billing_longest: cooldowns
            .read("billingMaxHours", hours)?
            .unwrap_or(usual.billing_longest),
        failure_window: cooldowns
            .read("failureWindowHours", hours)?
            .unwrap_or(usual.failure_window),
    })
}

fn steps<'a>(at: &At<'a>) -> Read<'a, Vec<Duration>> {
    let steps: Vec<_> = at
        .list()?
        .iter()
        .map(|at| span(at, 1.0))
        .collect::<Result<_, _>>()?;
    if steps.is_empty() {
        return Err(at.wrong("expected at least one number of seconds"));
    }
    Ok(steps)
}

/// A positive number of units, up to a year.
fn span<'a>(at: &At<'a>, seconds_in_unit: f64) -> Read<'a, Duration> {
    const YEAR: f64 = 366.0 * 24.0 * 3600.0;
    let seconds = at.number()? * seconds_in_unit;
    if seconds <= 0.0 || seconds > YEAR {
        return Err(at.wrong("expected a number above 0, and no longer than a year"));
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| at.wrong("expected a length of time"))
}
