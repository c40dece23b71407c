//! What holds of every ranking, whatever the facts.

use std::collections::HashSet;

use indexmap::IndexMap;
use modelpin::clock::Timestamp;
use modelpin::credential::CredentialKind;
use modelpin::model::ProviderId;
use modelpin::order::{Ask, Declared, Expiry, ProfileFacts, Ranking, Reason, SecretState, Source, rank};
use modelpin::outcome::{Rest, RestKind};
use modelpin::profile::ProfileId;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

fn provider() -> ProviderId {
    ProviderId::new("p")
}

fn id() -> impl Strategy<Value = ProfileId> {
    (0..12_u8).prop_map(|n| ProfileId::new(&format!("p:{n}")))
}

fn moment() -> impl Strategy<Value = Timestamp> {
    prop_oneof![0..20_i64, Just(i64::MIN), Just(i64::MAX)].prop_map(Timestamp::from_millis)
}

fn kind() -> impl Strategy<Value = CredentialKind> {
    select(vec![
        CredentialKind::OAuth,
        CredentialKind::Token,
        CredentialKind::ApiKey,
    ])
}

fn rest() -> impl Strategy<Value = Rest> {
    let kinds = select(vec![RestKind::Cooldown, RestKind::Disabled]);
    (kinds, of(moment())).prop_map(|(kind, until)| Rest {
        kind,
        until,
        class: None,
    })
}

fn facts() -> impl Strategy<Value = ProfileFacts> {
    let provider = select(vec!["p", "p", "p", "q"]).prop_map(ProviderId::new);
    let secret = select(vec![
        SecretState::Usable,
        SecretState::Usable,
        SecretState::Blank,
        SecretState::Unresolved,
    ]);
    let expires = prop_oneof![
        Just(Expiry::Never),
        moment().prop_map(Expiry::At),
        Just(Expiry::Invalid)
    ];
    let source = select(vec![
        Source::Store,
        Source::Inherited,
        Source::Environment("E".into()),
        Source::Config,
    ]);
    (
        id(),
        provider,
        of(kind()),
        secret,
        expires,
        any::<bool>(),
        of(moment()),
        of(rest()),
        source,
    )
        .prop_map(
            |(id, provider, kind, secret, expires, refreshable, last_used, rest, source)| ProfileFacts {
                id,
                provider,
                kind,
                secret,
                expires,
                refreshable,
                last_used,
                rest,
                source,
            },
        )
}

#[derive(Debug, Clone)]
struct World {
    profiles: Vec<ProfileFacts>,
    stored: Option<Vec<ProfileId>>,
    order: Option<Vec<ProfileId>>,
    declared: IndexMap<ProfileId, Declared>,
    preferred: Vec<ProfileId>,
}

impl World {
    fn rank(&self) -> Ranking {
        rank(&Ask {
            provider: &provider(),
            profiles: &self.profiles,
            stored_order: self.stored.as_deref(),
            config_order: self.order.as_deref(),
            config_profiles: &self.declared,
            preferred: &self.preferred,
            allowed: &|id| id.as_str() != "p:7",
            now: Timestamp::from_millis(10),
        })
    }
}

fn world() -> impl Strategy<Value = World> {
    let declared = (of(select(vec!["p", "q"]).prop_map(ProviderId::new)), of(kind()))
        .prop_map(|(provider, kind)| Declared { provider, kind });
    (
        vec(facts(), 0..12),
        of(vec(id(), 0..5)),
        of(vec(id(), 0..5)),
        vec((id(), declared), 0..4),
        vec(id(), 0..3),
    )
        .prop_map(|(profiles, stored, order, declared, preferred)| World {
            profiles,
            stored,
            order,
            declared: declared.into_iter().collect(),
            preferred,
        })
}

proptest! {
    #[test]
    fn every_profile_of_the_provider_appears_exactly_once(world in world()) {
        let ranking = world.rank();
        let mut seen = HashSet::new();
        let candidates = ranking.candidates.iter().map(|one| &one.profile);
        for id in candidates.chain(ranking.excluded.iter().map(|one| &one.profile)) {
            prop_assert!(seen.insert(id), "{:?} twice", id);
        }
        let mut met = HashSet::new();
        for facts in &world.profiles {
            if met.insert(&facts.id) && facts.provider == provider() {
                prop_assert!(seen.contains(&facts.id), "{:?} is nowhere", facts.id);
            }
        }
    }

    #[test]
    fn the_same_facts_give_the_same_ranking(world in world()) {
        prop_assert_eq!(world.rank(), world.rank());
    }

    #[test]
    fn profiles_of_other_providers_change_nothing(world in world(), more in vec(facts(), 0..6)) {
        let mut wider = world.clone();
        wider.profiles.extend(more.into_iter().enumerate().map(|(n, facts)| ProfileFacts {
            id: ProfileId::new(&format!("other:{n}")),
            provider: ProviderId::new("other"),
            ..facts
        }));
        prop_assert_eq!(world.rank(), wider.rank());
    }

    #[test]
    fn a_preference_moves_nothing_but_itself(world in world()) {
        let indifferent = World { preferred: Vec::new(), ..world.clone() };
        let others = |ranking: Ranking| -> Vec<_> {
            let candidates = ranking.candidates.into_iter();
            candidates.filter(|one| !world.preferred.contains(&one.profile)).collect()
        };
        prop_assert_eq!(world.rank().excluded, indifferent.rank().excluded);
        prop_assert_eq!(others(world.rank()), others(indifferent.rank()));
    }

    #[test]
    fn resting_profiles_stand_behind_usable_ones_and_wake_in_order(world in world()) {
        let indifferent = World { preferred: Vec::new(), ..world };
        let ranking = indifferent.rank();
        let stored = ranking.candidates.iter().filter(|one| one.source.is_stored());
        let wake: Vec<_> = stored
            .map(|one| match one.reason {
                Reason::Ok => (false, None),
                _ => (true, Some(one.until.map_or(i64::MAX, Timestamp::as_millis))),
            })
            .collect();
        // Keys that an order names stand among its profiles, so only the profiles of files are compared.
        prop_assert!(wake.is_sorted(), "{:?}", wake);
    }
}
