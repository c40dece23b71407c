//! Golden files of a platform: what it is sent, and the views that all platforms are tried with.

use std::collections::BTreeSet;
use std::path::Path;

use modelpin::view::{Body, View};
use serde::Serialize;

use super::cases;
use super::hostile::{NAMES, everywhere};
use super::pressable::pressable;

/// What is sent, as it is written: keys in the order of our types.
pub(super) fn written(sent: &impl Serialize) -> String {
    serde_json::to_string_pretty(sent).expect("JSON") + "\n"
}

/// Each case's file with what is sent for its views, and beside it one of its pickers where they can be pressed.
pub(super) fn of_cases<T: Serialize>(pressed: &str, render: impl Fn(&View) -> T) -> Vec<(String, String)> {
    let sent = |views: &[View]| written(&views.iter().map(&render).collect::<Vec<T>>());
    let mut all = Vec::new();
    for (case, views) in cases::all() {
        all.push((format!("{case}.json"), sent(&views)));
        let pickers = views.iter().filter(|view| matches!(view.body, Body::Picker(_)));
        let pickers: Vec<View> = pickers.map(pressable).collect();
        if !pickers.is_empty() {
            all.push((format!("{case}.{pressed}.json"), sent(&pickers)));
        }
    }
    all
}

/// Holds the files of a platform to what is sent, and each of them to that something is.
pub(super) fn hold(platform: &str, goldens: &[(String, String)]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/render")
        .join(platform);
    let different: Vec<String> = goldens
        .iter()
        .filter_map(|(name, text)| super::compare(&folder.join(name), text))
        .collect();
    assert!(different.is_empty(), "{}", different.join("\n"));
    let known: BTreeSet<&str> = goldens.iter().map(|(name, _)| name.as_str()).collect();
    for file in std::fs::read_dir(&folder).expect("the folder") {
        let name = file.expect("a file").file_name().into_string().expect("UTF-8");
        // What a platform is told once is no reply: `tests/it/registration.rs`.
        assert!(
            known.contains(name.as_str()) || name.starts_with("registration"),
            "{name} has no case"
        );
    }
}

/// Every view that a test has, with and without buttons.
pub(super) fn all_views() -> Vec<View> {
    let cases = cases::all().into_iter().flat_map(|(_, views)| views);
    let views: Vec<View> = cases
        .chain(NAMES.iter().flat_map(|name| everywhere(name)))
        .collect();
    let with_buttons: Vec<View> = views.iter().map(pressable).collect();
    views.into_iter().chain(with_buttons).collect()
}
