//! The fields of a JSON object, each taken once, and none left over.
//!
//! By hand and not by derive: values are people's, and a message about a wrong one must not repeat it.

use serde_json::{Map, Value};

use super::asked::short;
use super::fault::Fault;
use crate::echo::{discreet, legible};
use crate::similar::nearest;

/// The fields that have not been asked for yet.
pub(super) struct Fields {
    path: String,
    left: Map<String, Value>,
    asked: Vec<&'static str>,
}

impl Fields {
    /// Those of the whole body.
    pub(super) fn of(body: Value) -> Result<Self, Fault> {
        Self::under(String::new(), body)
    }

    /// Those of an object within it.
    pub(super) fn under(path: String, value: Value) -> Result<Self, Fault> {
        match value {
            Value::Object(left) => Ok(Self {
                path,
                left,
                asked: Vec::new(),
            }),
            _ if path.is_empty() => Err(Fault::bad(
                "wrong-type",
                "the body has to be one JSON object, `{ … }`",
            )),
            _ => Err(wrong_type(&path, "a text or an object")),
        }
    }

    pub(super) fn at(&self, name: &str) -> String {
        match self.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        }
    }

    /// A field; `null` is as good as none.
    pub(super) fn take(&mut self, name: &'static str) -> Option<Value> {
        self.asked.push(name);
        self.left.remove(name).filter(|value| !value.is_null())
    }

    /// A field that has to be there.
    pub(super) fn needed(&mut self, name: &'static str) -> Result<Value, Fault> {
        let place = self.at(name);
        self.take(name).ok_or_else(|| {
            Fault::bad("missing-field", format!("`{place}` is missing, and is needed")).at(place)
        })
    }

    /// A text, if it is there.
    pub(super) fn text(&mut self, name: &'static str) -> Result<Option<String>, Fault> {
        let place = self.at(name);
        self.take(name).map(|value| text(&place, value)).transpose()
    }

    /// A text that has to be there.
    pub(super) fn needed_text(&mut self, name: &'static str) -> Result<String, Fault> {
        let place = self.at(name);
        text(&place, self.needed(name)?)
    }

    /// Refuses what is left over.
    pub(super) fn end(self) -> Result<(), Fault> {
        let Some(name) = self.left.keys().next() else {
            return Ok(());
        };
        let told = short(&legible(&discreet(name)));
        let place = self.at(&told);
        let near = nearest(name, self.asked.iter().copied(), 1);
        let hint = match near.first() {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are `{}`", self.asked.join("`, `")),
        };
        Err(Fault::bad(
            "unknown-field",
            format!("there is no field `{place}` here: {hint}"),
        )
        .at(place))
    }
}

pub(super) fn text(place: &str, value: Value) -> Result<String, Fault> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(wrong_type(place, "a text")),
    }
}

pub(super) fn wrong_type(place: &str, expected: &str) -> Fault {
    Fault::bad("wrong-type", format!("`{place}` has to be {expected}")).at(place)
}
