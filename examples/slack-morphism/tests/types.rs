//! Every golden file of modelpin's is read by slack-morphism's types, and written by them as it was.

use std::path::Path;

use serde_json::Value;
use slack_morphism::prelude::*;

/// The arrays of blocks in a golden file, however deep.
fn blocks<'v>(of: &'v Value, found: &mut Vec<&'v Value>) {
    match of {
        Value::Array(all) => all.iter().for_each(|one| blocks(one, found)),
        Value::Object(message) => found.extend(message.get("blocks")),
        _ => {}
    }
}

#[test]
fn the_types_of_the_framework_take_every_golden_block() {
    let goldens = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/render/slack");
    let mut tried = 0;
    for file in std::fs::read_dir(goldens).expect("the goldens") {
        let path = file.expect("a file").path();
        let golden = std::fs::read_to_string(&path).expect("a text");
        let golden: Value = serde_json::from_str(&golden).expect("JSON");
        let mut found = Vec::new();
        blocks(&golden, &mut found);
        for wanted in found {
            let read: Vec<SlackBlock> = serde_json::from_value(wanted.clone())
                .unwrap_or_else(|why| panic!("{}: {why}: {wanted:#}", path.display()));
            assert_eq!(serde_json::to_value(read).expect("JSON"), *wanted, "{}", path.display());
            tried += 1;
        }
    }
    assert!(tried > 50, "{tried}");
    println!("{tried} messages");
}
