//! `models auth list`: the profiles of an agent, without their secrets.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use crate::clock::Timestamp;
use crate::config::{Allow, Cost};
use crate::credential::CredentialKind;
use crate::model::ProviderId;
use crate::order::{Expiry, ProfileFacts, SecretState};
use crate::outcome::RestKind;
use crate::resolver::Book;
use crate::setup::Place;

use super::super::super::global::Global;
use super::super::super::table::table;
use super::super::super::wrong::Wrong;
use super::super::super::{moment, place};

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Of this provider only
    #[arg(long, value_name = "P")]
    provider: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &ListArgs, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let place = place::operate(global)?;
    let book = place.snapshot().book(Some(place.agent()))?;
    let now = crate::clock::Clock::now(&crate::clock::SystemClock);
    let wanted = args.provider.as_deref().map(ProviderId::new);
    let of_provider =
        |facts: &&ProfileFacts| wanted.as_ref().is_none_or(|provider| facts.provider == *provider);
    let rows: Vec<Row> = book
        .facts()
        .iter()
        .filter(of_provider)
        .map(|facts| Row::new(&place, &book, facts, now))
        .collect();
    if args.json {
        let profiles: Vec<Value> = rows.iter().map(Row::data).collect();
        let whole = json!({
            "agentId": place.agent().as_str(),
            "authStorePath": place.store().display().to_string(),
            "profiles": profiles,
        });
        super::super::print(&whole, out)?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "Agent {} · {}\n", place.agent(), place.store().display())?;
    if rows.is_empty() {
        writeln!(
            out,
            "There is no credential. `modelpin models auth add` keeps one."
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    let heading = ["Profile", "Kind", "Account", "Ends", "State", "From", "For"];
    writeln!(out, "{}", table(&heading, rows.iter().map(Row::cells)))?;
    Ok(ExitCode::SUCCESS)
}

struct Row {
    id: String,
    provider: String,
    kind: String,
    account: Option<String>,
    ends: Option<Timestamp>,
    state: String,
    until: Option<Timestamp>,
    source: String,
    allow: Option<Allow>,
    cost: &'static str,
    handle: Option<String>,
}

impl Row {
    fn new(place: &Place, book: &Book, facts: &ProfileFacts, now: Timestamp) -> Self {
        let said = place.snapshot().config().auth.profiles.get(&facts.id);
        let account = book.identity(&facts.id).account().map(str::to_owned);
        let rest = book.rest(&facts.id, now);
        let ends = match facts.expires {
            Expiry::At(at) => Some(at),
            Expiry::Never | Expiry::Invalid => None,
        };
        let state = match (facts.kind, facts.secret, facts.expires, &rest) {
            (None, ..) => "unknown type",
            (_, SecretState::Unresolved, ..) => "its secret is not where it is said to be",
            (_, SecretState::Blank, ..) if !facts.refreshable => "no secret",
            (_, _, Expiry::Invalid, _) if !facts.refreshable => "its end cannot be read",
            (_, _, Expiry::At(at), _) if at <= now && facts.refreshable => "expired, can be renewed",
            (_, _, Expiry::At(at), _) if at <= now => "expired",
            (.., Some(rest)) if rest.kind == RestKind::Disabled => "disabled",
            (.., Some(_)) => "resting",
            _ => "ok",
        };
        let subscription = matches!(facts.kind, Some(CredentialKind::Token | CredentialKind::OAuth));
        Self {
            id: facts.id.to_string(),
            provider: facts.provider.to_string(),
            kind: facts.kind.map_or("unknown", CredentialKind::as_str).to_owned(),
            account: book.email(&facts.id).map(str::to_owned).or(account),
            ends,
            state: state.to_owned(),
            until: rest.and_then(|rest| rest.until),
            source: facts.source.to_string(),
            allow: said.and_then(|said| said.allow.clone()),
            cost: match said.and_then(|said| said.cost) {
                Some(Cost::Metered) => "metered",
                Some(Cost::Subscription) => "subscription",
                Some(Cost::Free) => "free",
                None if subscription => "subscription",
                None => "metered",
            },
            handle: book.handle(&facts.id).map(|handle| handle.to_string()),
        }
    }

    fn data(&self) -> Value {
        json!({
            "profileId": self.id,
            "provider": self.provider,
            "type": self.kind,
            "account": self.account,
            "expiresAt": self.ends,
            "state": self.state,
            "until": self.until,
            "source": self.source,
            "cost": self.cost,
            "allow": self.allow.as_ref().map(|allow| json!({
                "senders": allow.senders, "rooms": allow.rooms, "roles": allow.roles,
            })),
            "handle": self.handle,
        })
    }

    fn cells(&self) -> Vec<String> {
        let until = self.until.map(|until| format!(" until {}", moment(until)));
        let allowed = self.allow.as_ref().map(|allow| {
            let all = [&allow.senders[..], &allow.rooms[..], &allow.roles[..]].concat();
            if all.is_empty() {
                "nobody".to_owned()
            } else {
                all.join(", ")
            }
        });
        vec![
            self.id.clone(),
            self.kind.clone(),
            self.account.clone().unwrap_or_default(),
            self.ends.map(moment).unwrap_or_default(),
            format!("{}{}", self.state, until.unwrap_or_default()),
            self.source.clone(),
            allowed.unwrap_or_else(|| "everybody".to_owned()),
        ]
    }
}
