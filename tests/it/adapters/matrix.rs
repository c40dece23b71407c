//! Matrix's messages, whose people type the numbers. Reactions are a second way to a choice of the page:
//! `render::matrix::generated` holds that each one of a page is there.

use modelpin::conformance::adapter::{Adapter, Button, Cases};
use modelpin::render::matrix::{Content, Matrix};
use modelpin::{Render, View};
use serde_json::json;

use super::{SEED, held};
use crate::render::matrix::checked::checked;

struct OnMatrix;

impl Adapter for OnMatrix {
    type Message = Content;

    fn render(&self, view: &View) -> Vec<Content> {
        // The kit types what it reads, with the prefix that every bot knows.
        Matrix::with_prefix("/").render(view)
    }

    fn sent(&self, message: &Content) -> String {
        json!(message).to_string()
    }

    fn texts(&self, message: &Content) -> Vec<String> {
        vec![message.body.clone()]
    }

    fn buttons(&self, _: &Content) -> Vec<Button> {
        Vec::new()
    }

    fn check(&self, message: &Content) -> Result<(), String> {
        checked(&json!(message))
    }
}

#[test]
fn matrix_holds() {
    held(&OnMatrix, Cases::few(SEED));
}
