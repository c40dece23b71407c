//! `modelpin bench`, where it is quick.

use serde_json::Value;

use super::home::{Home, Ran, run};

fn bench(args: &[&str]) -> Ran {
    run(Home::new().bare(["bench"]).args(args), b"")
}

#[test]
fn a_group_is_measured_beside_its_floor() {
    let ran = bench(&["--quick", "--only", "text", "--json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let report: Value = ran.json();
    assert_eq!(report["schema"], "modelpin/bench/1");
    let figures = report["figures"].as_array().expect("figures");
    for bytes in [40, 400, 4_000] {
        let name = format!("text of {bytes} bytes");
        let figure = figures.iter().find(|figure| figure["name"] == *name);
        let figure = figure.unwrap_or_else(|| panic!("{name}"));
        assert!(figure["value"]["median"].as_f64() > Some(0.0), "{figure}");
        assert!(
            figure["floor"]["value"]["median"].as_f64() > Some(0.0),
            "{figure}"
        );
        assert!(
            figure["met"].is_boolean() && figure["ratio"].is_number(),
            "{figure}"
        );
    }
}

#[test]
fn the_table_fits_80_columns_and_says_how_to_read_it() {
    let ran = bench(&["--quick", "--only", "text"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let widest = ran.out.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(80), "{}", ran.out);
    assert!(ran.out.contains("read the ratios"), "{}", ran.out);
}

#[test]
fn a_part_that_nobody_knows_is_wrong_usage() {
    let ran = bench(&["--part", "somebody"]);
    assert_eq!(ran.code, Some(64), "{}", ran.err);
}
