//! Models that are known without a configuration, so that a key in the environment is enough to begin.

use super::{Entry, Origin};
use crate::model::{ModelRef, ProviderId};

/// Provider, the vendor's model id, and the alias that OpenClaw users know.
///
/// Sources: the model overviews in the vendors' API references. A configuration's own models come first.
const MODELS: &[(&str, &str, &str)] = &[
    ("anthropic", "claude-opus-4-6", "opus"),
    ("anthropic", "claude-sonnet-4-5", "sonnet"),
    ("anthropic", "claude-haiku-4-5", "haiku"),
    ("openai", "gpt-5.2", "gpt"),
    ("openai", "gpt-5-mini", "gpt-mini"),
];

/// The built-in models, the recommended one of each provider first.
pub fn models() -> impl Iterator<Item = Entry> {
    MODELS.iter().map(|(provider, model, alias)| Entry {
        origin: Origin::BuiltIn,
        ..Entry::new(ModelRef::new(ProviderId::new(provider), model)).called(alias)
    })
}
