//! A picker of sixty providers, page by page.

use std::collections::BTreeSet;

use modelpin::model::ProviderId;
use modelpin::picker::{PAGE, Usability};
use modelpin::render::Render;
use modelpin::render::text::Text;
use modelpin::view::PickerView;

use super::build::*;

fn sixty() -> PickerView {
    let choices = (1..=60).flat_map(|p| {
        (1..=1 + p % 5).map(move |m| {
            let profiles = [
                option(&format!("p{p}:work"), Usability::Ok),
                option(&format!("p{p}:home"), Usability::Ok),
            ];
            choice(&format!("a{p}-{m}=p{p}/m{m}"), &profiles)
        })
    });
    picker(choices.collect())
}

/// The numbers and references on a page, as a reader sees them.
fn seen(lines: &str) -> Vec<(usize, String)> {
    let entry = |line: &str| {
        let (number, rest) = line.trim_start().split_once(". ")?;
        let number = number.trim_end_matches('\\').parse().ok()?;
        let reference = rest.split_once(" — ").map_or(rest, |(_, reference)| reference);
        Some((number, reference.trim().trim_matches('`').to_owned()))
    };
    lines.lines().filter_map(entry).collect()
}

#[test]
fn every_choice_is_reached_and_the_count_of_pages_is_true() {
    let listed = sixty();
    let all: BTreeSet<(usize, String)> = listed
        .picker
        .choices()
        .iter()
        .map(|choice| (choice.number, choice.model.to_string()))
        .collect();
    for text in [Text::plain(), Text::markdown()] {
        let mut reached = BTreeSet::new();
        let pages = listed.picker.pages();
        for page in 1..=pages {
            let shown = text
                .render(&picked(PickerView {
                    page,
                    ..listed.clone()
                }))
                .join("\n");
            assert!(shown.contains(&format!("Page {page} of {pages}.")), "{shown}");
            let next = if page == pages { 1 } else { page + 1 };
            assert!(shown.contains(&format!("/model list {next}")), "{shown}");
            let on_page = seen(&shown);
            assert!(on_page.len() <= PAGE);
            reached.extend(on_page);
        }
        assert_eq!(reached, all);
    }
}

#[test]
fn a_list_of_one_provider_leads_to_its_own_pages() {
    let listed = PickerView {
        provider: Some(ProviderId::new("p9")),
        ..sixty()
    };
    let shown = Text::plain().render(&picked(listed)).join("\n");
    assert!(shown.contains("The next: /model list p9 2"), "{shown}");
}

#[test]
fn a_hundred_profiles_are_all_shown() {
    let profiles: Vec<_> = (0..100)
        .map(|n| option(&format!("p:profile-{n}"), Usability::Ok))
        .collect();
    let shown = Text::plain()
        .render(&picked(picker(vec![choice("p/m", &profiles)])))
        .join("\n");
    for n in 0..100 {
        assert!(shown.contains(&format!("profile-{n}")), "{n} is missing");
    }
}
