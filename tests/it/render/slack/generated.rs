//! Pickers of generated catalogues: every page keeps the limits and has every choice of it.

use modelpin::model::{ModelRef, ProviderId};
use modelpin::picker::{Choice, Picker, Standing, Usability};
use modelpin::view::{Chosen, PickerView};
use proptest::prelude::*;

use super::super::build::{choice, option, picked, picker};
use super::*;

fn name() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("opus"),
        Just("claude-4_6"),
        Just("@"),
        Just("🦊"),
        Just("👩\u{200d}💻"),
        Just("e\u{301}\u{308}"),
        Just("שלום"),
        Just("\u{202e}"),
        Just("模型"),
        Just("น้ำ"),
        Just("\"\\"),
        Just("<!here>&"),
        Just("*_~`"),
        Just(" "),
        Just(":tada:"),
        Just("a/b"),
    ];
    (proptest::collection::vec(piece, 0..4), 1_usize..3).prop_map(|(pieces, times)| {
        let once = pieces.concat();
        // A long one is long: an id of 1 KiB and more.
        if times == 2 { once.repeat(64) } else { once }
    })
}

prop_compose! {
    /// A page of a picker, and the seed of it: few names, and many models that have them.
    pub(super) fn pages()(
        names in proptest::collection::vec((name(), proptest::option::of(name())), 1..6),
        models in 0_usize..2_000,
        providers in 1_usize..60,
        profiles in proptest::collection::vec(name(), 0..30),
        page in 0_usize..250,
        of_one in proptest::option::of(0_usize..8),
    ) -> View {
        // The page that is looked at, of which alone the profiles are known.
        let page = page % models.div_ceil(PAGE).max(1) + 1;
        let choices: Vec<Choice> = (0..models).map(|n| {
            let (id, alias) = &names[n % names.len()];
            let provider = ProviderId::new(&format!("p{}{id}", n % providers));
            let profiles: Vec<_> = profiles.iter().filter(|_| n / PAGE + 1 == page).take(n % 31)
                .map(|name| option(&format!("p:{name}"), Usability::Resting(None)))
                .collect();
            Choice {
                model: ModelRef::new(provider, &format!("{n}{id}")),
                alias: alias.clone(),
                standing: if n == 3 { Standing::Current } else { Standing::Other },
                ..choice("a/b", &profiles)
            }
        }).collect();
        let all = Picker::new(choices, 1);
        let first = (page - 1) * PAGE + 1;
        let number = of_one.map(|n| first + n).filter(|n| *n <= all.choices().len());
        let chosen = number.map(|number| Chosen {
            number,
            page: 1,
            turns: modelpin::picker::Turns::default(),
            auto: None,
            back: None,
        });
        pressable(&picked(PickerView { picker: all, page, chosen, ..picker(Vec::new()) }))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_page_keeps_the_limits_and_has_every_choice(view in pages()) {
        let rendered = messages(&view);
        let (last, before) = rendered.split_last().expect("one at least");
        for message in before {
            prop_assert_eq!(taken(message), Ok(Vec::new()));
        }
        let mut tokens = taken(last).map_err(|why| TestCaseError::fail(format!("{why}\n{last:#}")))?;
        tokens.sort();
        prop_assert_eq!(tokens, offered(&view));
    }
}
