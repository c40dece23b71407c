//! What any change leaves alone.

use proptest::prelude::*;

use super::*;
use crate::credentials::NewSecret;
use crate::secret::Secret;

/// JSON texts that no parser into numbers and maps would give back as they are.
fn odd() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("1e400".to_owned()),
        Just("-0.10e-7".to_owned()),
        Just("123456789012345678901234567890".to_owned()),
        Just("\"\\u00e9\\/\\n\"".to_owned()),
        Just("null".to_owned()),
        Just("{\"b\":1,\"a\":2,\"a\":3}".to_owned()),
        Just("[ 1 ,\t2]".to_owned()),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop::collection::vec(inner, 0..3).prop_map(|items| format!("{{ \"x\" :[{}]}}", items.join(" , ")))
    })
}

#[derive(Debug, Clone)]
enum Step {
    Put(usize),
    Remove(usize),
    Rename(usize, usize),
    Order(Vec<usize>),
    ClearOrder,
    ClearRest(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..5_usize).prop_map(Step::Put),
        (0..5_usize).prop_map(Step::Remove),
        (0..5_usize, 0..5_usize).prop_map(|(old, new)| Step::Rename(old, new)),
        prop::collection::vec(0..5_usize, 0..4).prop_map(Step::Order),
        Just(Step::ClearOrder),
        (0..5_usize).prop_map(Step::ClearRest),
    ]
}

fn id(at: usize) -> ProfileId {
    ProfileId::new(&format!("p:{at}"))
}

proptest! {
    #[test]
    fn whatever_is_changed_everything_else_keeps_its_text(
        odd in prop::collection::vec(odd(), 4),
        steps in prop::collection::vec(step(), 0..12),
    ) {
        let text = format!(
            "{{\"theirs\": {}, \"version\":1, \"profiles\": {{ \"stays\": {{ \"type\": \"passkey\", \"provider\":\"p\", \"odd\": {} }}, \"p:0\": {{\"type\":\"api_key\",\"provider\":\"p\",\"key\":\"k\",\"odd\":{}}} }},\n \"usageStats\": {{ \"p:0\": {{ \"lastUsed\": 3, \"errorCount\": 1, \"odd\": {} }} }} }}",
            odd[0], odd[1], odd[2], odd[3],
        );
        let path = Path::new("f");
        let mut draft = StoreDraft::of(Some(&AuthStore::parse(&text, path).expect("a store")));
        let p = ProviderId::new("p");
        let mut there = vec![0];
        for step in steps {
            match step {
                Step::Put(at) => {
                    let new = NewProfile::new(p.clone(), NewSecret::ApiKey(Secret::new(format!("k{at}"))));
                    draft.put(&id(at), &new, Replace::No).expect("of the same provider");
                    if !there.contains(&at) {
                        there.push(at);
                    }
                }
                Step::Remove(at) => {
                    prop_assert_eq!(draft.remove(&id(at)), there.contains(&at));
                    there.retain(|is| *is != at);
                }
                Step::Rename(old, new) => {
                    let fits = old == new || (there.contains(&old) && !there.contains(&new));
                    prop_assert_eq!(draft.rename(&id(old), &id(new)).is_ok(), fits);
                    if fits && old != new {
                        there.iter_mut().filter(|is| **is == old).for_each(|is| *is = new);
                    }
                }
                Step::Order(ids) => draft.set_order(&p, &ids.into_iter().map(id).collect::<Vec<_>>()),
                Step::ClearOrder => drop(draft.clear_order(&p)),
                Step::ClearRest(at) => drop(draft.clear_rest(&id(at))),
            }
        }
        let text = draft.text();
        let read = AuthStore::parse(&text, path).expect("still a store");
        let mut wanted: Vec<ProfileId> = there.into_iter().map(id).chain([ProfileId::new("stays")]).collect();
        let mut ids: Vec<ProfileId> = read.profiles().keys().cloned().collect();
        wanted.sort();
        ids.sort();
        prop_assert_eq!(ids, wanted);
        prop_assert_eq!(read.sections()["theirs"].get(), odd[0].as_str());
        let kept = format!("{{ \"type\": \"passkey\", \"provider\":\"p\", \"odd\": {} }}", odd[1]);
        prop_assert_eq!(read.profiles()[&ProfileId::new("stays")].raw().get(), kept);
    }
}
