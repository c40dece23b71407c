//! The parameters behind the `?`.

use super::asked::short;
use super::fault::Fault;
use crate::echo::{discreet, legible};
use crate::similar::nearest;

/// The values of the parameters that a path takes.
pub(super) struct Query {
    takes: &'static [&'static str],
    values: Vec<(String, String)>,
}

impl Query {
    /// Reads them. One that the path does not take, or that stands twice, is refused.
    pub(super) fn read(query: Option<&str>, takes: &'static [&'static str]) -> Result<Self, Fault> {
        let mut values: Vec<(String, String)> = Vec::new();
        for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            if !takes.contains(&&*name) {
                let told = short(&legible(&discreet(&name)));
                let hint = match nearest(&name, takes.iter().copied(), 1).first() {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if takes.is_empty() => "this path takes none".to_owned(),
                    None => format!("there are `{}`", takes.join("`, `")),
                };
                let message = format!("there is no parameter `{told}` here: {hint}");
                return Err(Fault::bad("unknown-parameter", message).at(told));
            }
            if values.iter().any(|(other, _)| *other == name) {
                let message = format!("`{name}` stands twice: give it once");
                return Err(Fault::bad("parameter-twice", message).at(name));
            }
            values.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self { takes, values })
    }

    /// The value of a parameter, if it is there.
    pub(super) fn text(&self, name: &'static str) -> Option<&str> {
        debug_assert!(self.takes.contains(&name), "{name} is told of");
        let found = self.values.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The same for a whole number within bounds.
    pub(super) fn number(
        &self,
        name: &'static str,
        bounds: std::ops::RangeInclusive<i64>,
    ) -> Result<Option<i64>, Fault> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let number = text.parse().ok().filter(|number| bounds.contains(number));
        number.map(Some).ok_or_else(|| {
            let (least, most) = (bounds.start(), bounds.end());
            let message = format!("`{name}` has to be a whole number from {least} to {most}");
            Fault::bad("bad-number", message).at(name)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_told() {
        let code = |query| {
            Query::read(Some(query), &["session", "last"])
                .err()
                .map(|fault| fault.code)
        };
        assert_eq!(code(""), None);
        assert_eq!(code("session=a%20b&last=2"), None);
        assert_eq!(code("sesion=a"), Some("unknown-parameter"));
        assert_eq!(code("session=a&session=b"), Some("parameter-twice"));
        let read = Query::read(Some("session=a%2Fb+c&last=%2b1"), &["session", "last"]).expect("good");
        assert_eq!(read.text("session"), Some("a/b c"));
        let last = |query| {
            Query::read(Some(query), &["last"])
                .expect("good")
                .number("last", 1..=9)
        };
        assert_eq!(last("last=9"), Ok(Some(9)));
        for wrong in ["last=0", "last=10", "last=x", "last=", "last=1e1"] {
            assert!(last(wrong).is_err(), "{wrong}");
        }
    }
}
