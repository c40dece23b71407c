//! The conformance kit for adapters: held by our own renderers, and able to say no.

mod data;
mod discord;
mod faulty;
mod matrix;

use modelpin::conformance::adapter::{self, Adapter, Broken, Button, Cases, Report};
use modelpin::render::text::{MESSAGE_CHARS, Text};
use modelpin::{Render, View};

/// What any run here is seeded with.
const SEED: u64 = 6;

fn run<A: Adapter>(adapter: &A, cases: Cases) -> Result<Report, Broken> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(adapter::run(adapter, cases))
}

/// Text as a platform without buttons takes it.
struct Typed(Text);

impl Adapter for Typed {
    type Message = String;

    fn render(&self, view: &View) -> Vec<String> {
        self.0.render(view)
    }

    fn sent(&self, message: &String) -> String {
        message.clone()
    }

    fn texts(&self, message: &String) -> Vec<String> {
        vec![message.clone()]
    }

    fn buttons(&self, _: &String) -> Vec<Button> {
        Vec::new()
    }

    fn check(&self, message: &String) -> Result<(), String> {
        match message.chars().count() {
            length if length <= MESSAGE_CHARS => Ok(()),
            length => Err(format!("{length} characters of {MESSAGE_CHARS}")),
        }
    }
}

/// What was tried, for closing notes: `cargo nextest run adapters --no-capture`.
#[expect(clippy::print_stdout, reason = "a test's output is for its reader")]
fn report_to_the_reader(report: &Report) {
    println!("{report}");
}

fn held(adapter: &impl Adapter, cases: Cases) -> Report {
    let report = run(adapter, cases).unwrap_or_else(|broken| panic!("{broken}"));
    report_to_the_reader(&report);
    assert!(report.choices >= report.catalogues && report.dead > 0, "{report}");
    report
}

#[test]
fn plain_text_holds_for_many_pages() {
    held(
        &Typed(Text::plain()),
        Cases::thorough(SEED).catalogues(4).up_to(100),
    );
}

#[test]
fn markdown_holds() {
    held(&Typed(Text::markdown()), Cases::few(SEED));
}

#[test]
fn data_holds() {
    let report = held(&data::AsData, Cases::few(SEED));
    assert!(report.presses > 50, "{report}");
}

#[test]
fn data_holds_for_many_providers() {
    held(&data::AsData, Cases::thorough(SEED).catalogues(4).up_to(60));
}

#[test]
fn the_same_cases_are_the_same_worlds() {
    let once = || run(&data::AsData, Cases::few(9).catalogues(1)).expect("it holds");
    assert_eq!(once(), once());
}
