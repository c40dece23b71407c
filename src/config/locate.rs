//! From a path back to the place in the text.
//!
//! The tree keeps no positions: they are wanted once at most, for the one error that ends the reading. So the
//! text is walked once more along the path, with a visitor that refuses the value at its end, because the
//! reader then says where it stood.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::path::Step;

/// Line and column, both from 1, of the value at the end of `steps`; of the first line if it cannot be found.
pub(super) fn locate(text: &str, steps: &[Step<'_>]) -> (usize, usize) {
    Walk(steps)
        .deserialize(&mut json5::Deserializer::from_str(text))
        .err()
        .and_then(|refusal| refusal.position())
        .map_or((1, 1), |at| (at.line + 1, at.column + 1))
}

#[derive(Clone, Copy)]
struct Walk<'p>(&'p [Step<'p>]);

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the end of the path")
    }

    // A scalar is refused here, whatever is left of the path. The other kinds of scalar have no method of
    // their own: the trait refuses them by itself.
    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Err(E::custom("here"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let [Step::Key(wanted), rest @ ..] = self.0 else {
            return Err(A::Error::custom("here"));
        };
        while let Some(key) = object.next_key::<String>()? {
            if key == *wanted {
                object.next_value_seed(Walk(rest))?;
            } else {
                object.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let [Step::Index(wanted), rest @ ..] = self.0 else {
            return Err(A::Error::custom("here"));
        };
        for _ in 0..*wanted {
            list.next_element::<IgnoredAny>()?;
        }
        list.next_element_seed(Walk(rest))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_in_the_text() {
        let text = "{\n  // a list\n  list: [1, {\n    'x y': true }],\n}";
        let found = |steps: &[Step<'_>]| locate(text, steps);
        assert_eq!(found(&[]), (1, 1));
        assert_eq!(found(&[Step::Key("list")]), (3, 9));
        assert_eq!(found(&[Step::Key("list"), Step::Index(0)]), (3, 10));
        assert_eq!(
            found(&[Step::Key("list"), Step::Index(1), Step::Key("x y")]),
            (4, 12)
        );
    }
}
