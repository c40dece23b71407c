//! What is read in the end, when a text includes other files: the text that is edited is one of several.

use crate::config::error::ConfigError;
use crate::config::include::{Load, Sources, bare, expand};
use crate::config::node::Node;
use crate::config::path::Step;
use crate::config::text::tree;

/// Everything that is read, and where it stands.
pub(super) struct Whole {
    pub(super) node: Node,
    sources: Sources,
}

impl Whole {
    /// Reads a text and what it includes; `None` if it includes nothing.
    pub(super) fn read(text: &str, file: &str, load: &mut Load<'_>) -> Result<Option<Self>, ConfigError> {
        let mut sources = Sources::alone(text, file);
        let node = expand(tree(bare(text), file)?, &mut sources, load)?;
        Ok(sources.is_several().then_some(Self { node, sources }))
    }

    /// The path, in the whole, of what stands at a path of the edited text: items of included lists come first.
    pub(super) fn path<'s>(&self, own: &Node, path: &[Step<'s>]) -> Vec<Step<'s>> {
        let (mut own, mut here) = (Some(own), Some(&self.node));
        let mut found = Vec::with_capacity(path.len());
        for step in path {
            let in_whole = match (step, own, here) {
                (Step::Index(index), Some(Node::List(own)), Some(Node::List(all))) => {
                    Step::Index(index + all.len().saturating_sub(own.len()))
                }
                _ => *step,
            };
            own = own.and_then(|node| node.at(&[*step]));
            here = here.and_then(|node| node.at(&[in_whole]));
            found.push(in_whole);
        }
        found
    }

    /// The included file that says what stands at a path of the whole, or above it.
    pub(super) fn included(&self, path: &[Step<'_>]) -> Option<&str> {
        self.sources.included(path)
    }

    /// The path to the first value that is not the same in another whole. The order of keys does not count: included keys
    /// come first.
    pub(super) fn difference<'n>(&'n self, other: &'n Node) -> Option<Vec<Step<'n>>> {
        let mut path = Vec::new();
        differs(&self.node, other, &mut path).then_some(path)
    }
}

/// Whether two values differ; then `path` leads to the first place where they do.
fn differs<'n>(one: &'n Node, other: &'n Node, path: &mut Vec<Step<'n>>) -> bool {
    match (one, other) {
        (Node::Object(one), Node::Object(other)) => {
            let more = other.map.keys().filter(|key| !one.map.contains_key(*key));
            one.map.keys().chain(more).any(|key| {
                path.push(Step::Key(key));
                let differs = match (one.map.get(key), other.map.get(key)) {
                    (Some(one), Some(other)) => differs(one, other, path),
                    _ => true,
                };
                if !differs {
                    path.pop();
                }
                differs
            })
        }
        (Node::List(one), Node::List(other)) => (0..one.len().max(other.len())).any(|index| {
            path.push(Step::Index(index));
            let differs = match (one.get(index), other.get(index)) {
                (Some(one), Some(other)) => differs(one, other, path),
                _ => true,
            };
            if !differs {
                path.pop();
            }
            differs
        }),
        _ => !one.same(other),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use crate::config::include::Included;
    use crate::config::{ConfigEdit, EditError, Step};

    use Step::{Index, Key};

    type Change = fn(&mut ConfigEdit) -> Result<(), EditError>;

    fn load(text: &str) -> impl FnMut(&str, &str) -> Result<Included, String> {
        let (name, text) = ("i".to_owned(), text.to_owned());
        move |_, _| {
            Ok(Included {
                name: name.clone(),
                text: text.clone(),
            })
        }
    }

    /// The text after a change.
    fn edited(
        text: &str,
        included: &str,
        change: impl FnOnce(&mut ConfigEdit) -> Result<(), EditError>,
    ) -> Result<String, String> {
        let mut load = load(included);
        let done = ConfigEdit::within(text, "f", &mut load).and_then(|mut edit| {
            change(&mut edit)?;
            edit.finish_within(&mut load)
        });
        done.map(Option::unwrap_or_default)
            .map_err(|wrong| wrong.to_string())
    }

    #[test]
    fn a_change_is_one_of_what_is_read_or_names_the_file_that_is_in_its_way() {
        let text = "{ $include: 'i', own: { a: 1 }, list: ['c'] }";
        let included = "{ own: { a: 0, b: 2 }, text: 'x', list: ['a', 'b'], map: { k: { v: 1 } } }";
        let same = |change: Change| edited(text, included, change);
        // What is read there already needs no change; anything else goes over it.
        assert_eq!(same(|edit| edit.set(&[Key("text")], &json!("x"))).unwrap(), "");
        let new = same(|edit| edit.set(&[Key("own"), Key("b")], &json!(3))).unwrap();
        assert!(new.contains("a: 1, \"b\": 3"), "{new}");
        let new = same(|edit| edit.insert(&[Key("list")], usize::MAX, &json!("d"))).unwrap();
        assert!(new.contains("['c', \"d\"]"), "{new}");
        let new = same(|edit| edit.remove(&[Key("list"), Index(0)]).map(drop)).unwrap();
        assert!(new.contains("list: []"), "{new}");
        let refused: [Change; 6] = [
            |edit| edit.remove(&[Key("text")]).map(drop),
            |edit| edit.remove(&[Key("own"), Key("a")]).map(drop),
            |edit| edit.set(&[Key("list")], &json!(["z"])),
            |edit| edit.set(&[Key("map"), Key("k")], &json!({ "other": 1 })),
            |edit| edit.set(&[Key("text"), Key("below")], &json!(1)),
            |edit| edit.insert(&[Key("text")], 0, &json!("y")),
        ];
        for change in refused {
            let told = same(change).unwrap_err();
            assert!(told.contains("also stands in i, which f includes"), "{told}");
        }
    }

    /// Small trees with few keys, so that two of them often speak of the same.
    fn tree() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![(0..3_i32).prop_map(Value::from), "[xy]".prop_map(Value::from)];
        let node = leaf.prop_recursive(3, 16, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map("[abc]", inner, 0..3)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        });
        prop::collection::btree_map("[abc]", node, 0..3)
            .prop_map(|map| Value::Object(map.into_iter().collect()))
    }

    proptest! {
        #[test]
        fn what_is_set_is_what_is_read_then_and_all_else_is_read_as_before(
            own in tree(),
            included in tree(),
            path in prop::collection::vec("[abc]", 1..4),
            new in tree(),
            leaf in any::<bool>(),
        ) {
            let new = if leaf { json!("new") } else { new };
            let mut own = own;
            own["$include"] = json!("i");
            let (text, included) = (own.to_string(), included.to_string());
            let steps: Vec<Step<'_>> = path.iter().map(|key| Key(key)).collect();
            let read = |text: &str| {
                let edit = ConfigEdit::within(text, "f", &mut load(&included)).expect("JSON5");
                edit.get(&[]).expect("the top")
            };
            let before = read(&text);
            if let Ok(after) = edited(&text, &included, |edit| edit.set(&steps, &new)) {
                let after = read(if after.is_empty() { &text } else { &after });
                let mut wanted = before;
                let mut at = &mut wanted;
                for key in &path {
                    at = &mut at[key.as_str()];
                }
                *at = new;
                prop_assert_eq!(after, wanted);
            }
        }
    }
}
