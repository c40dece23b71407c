//! A number for all that a catalogue says: what was shown of another one is not followed.

use sha2::{Digest, Sha256};

use super::{Catalog, Origin};
use crate::model::ModelRef;
use crate::profile::ProfileId;

impl Catalog {
    /// A number that changes when the catalogue does; the same content gives the same number, today and after an update.
    #[must_use]
    pub fn generation(&self) -> u64 {
        *self.generation.get_or_init(|| self.digest())
    }

    fn digest(&self) -> u64 {
        let mut sum = Sum(Sha256::new());
        sum.count(self.entries.len());
        for entry in &self.entries {
            sum.model(&entry.model);
            sum.text(entry.alias.as_deref().unwrap_or_default());
            sum.text(entry.auth_profile.as_ref().map_or("", ProfileId::as_str));
            sum.text(match entry.origin {
                Origin::Configured => "configured",
                Origin::BuiltIn => "built-in",
            });
        }
        sum.count(usize::from(self.default.is_some()));
        if let Some(default) = &self.default {
            sum.model(default);
        }
        // No list is another thing than a list of nothing.
        sum.count(usize::from(self.allowed.is_some()));
        if let Some(list) = &self.allowed {
            let mut allowed: Vec<&ModelRef> = list.models.iter().collect();
            allowed.sort();
            allowed.into_iter().for_each(|model| sum.model(model));
        }
        let digest = sum.0.finalize();
        digest
            .iter()
            .take(8)
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    }
}

/// Texts with their lengths, so that none runs into the next.
struct Sum(Sha256);

impl Sum {
    fn count(&mut self, count: usize) {
        self.0
            .update(u64::try_from(count).unwrap_or(u64::MAX).to_be_bytes());
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.update(text);
    }

    fn model(&mut self, model: &ModelRef) {
        self.text(model.provider().as_str());
        self.text(model.model());
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::catalog::{Allowlist, Entry};

    fn model(reference: &str) -> ModelRef {
        ModelRef::parse(reference).expect("a reference")
    }

    fn entries() -> Vec<Entry> {
        vec![Entry::new(model("a/one")).called("o"), Entry::new(model("b/two"))]
    }

    fn only(models: &[&str]) -> Option<Allowlist> {
        Some(Allowlist {
            models: models.iter().map(|it| model(it)).collect(),
            rule: "agents.defaults.models".to_owned(),
        })
    }

    #[test]
    fn every_part_of_a_catalogue_counts() {
        let turned = entries().into_iter().rev();
        let mut with_default = Catalog::new(entries(), None);
        assert_ne!(with_default.generation(), 0, "it is known before the default is");
        with_default.set_default(model("a/one"));
        let mut with_more = Catalog::new(entries(), None);
        assert_ne!(with_more.generation(), 0, "it is known before there is more");
        with_more.add(Entry::new(model("b/three")));
        let preferred = entries().into_iter().map(|entry| Entry {
            auth_profile: Some(ProfileId::new("a:work")),
            ..entry
        });
        let known = entries().into_iter().map(|entry| Entry {
            origin: Origin::BuiltIn,
            ..entry
        });
        let all = [
            Catalog::new(entries(), None),
            Catalog::new(turned, None),
            with_default,
            with_more,
            Catalog::new(preferred, None),
            Catalog::new(known, None),
            Catalog::new(entries().into_iter().skip(1), None),
            Catalog::new([Entry::new(model("a/one")), Entry::new(model("b/two"))], None),
            Catalog::new(entries(), only(&[])),
            Catalog::new(entries(), only(&["a/one"])),
            Catalog::new(entries(), only(&["a/one", "b/two"])),
        ];
        let numbers: HashSet<u64> = all.iter().map(Catalog::generation).collect();
        assert_eq!(numbers.len(), all.len());
    }

    #[test]
    fn the_number_is_the_same_after_an_update() {
        let number = Catalog::new(entries(), only(&["b/two", "a/one"])).generation();
        assert_eq!(
            number, 8_016_760_283_734_748_807,
            "buttons that are out there would stop"
        );
    }
}
