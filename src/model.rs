//! Which model: a provider and the provider's own name for the model.

use std::fmt;
use std::sync::Arc;

/// A provider id: trimmed, ASCII lower case, in its one spelling.
///
/// `z.ai` and `Z-AI` are `zai`; see [`ProviderId::new`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderId(Arc<str>);

/// Spellings that people use, and the id that they mean.
const SPELLINGS: &[(&str, &str)] = &[
    ("z.ai", "zai"),
    ("z-ai", "zai"),
    ("bedrock", "amazon-bedrock"),
    ("aws-bedrock", "amazon-bedrock"),
    ("kimi-code", "kimi-coding"),
    ("qwen", "qwen-portal"),
    ("opencode-zen", "opencode"),
];

impl ProviderId {
    /// Returns the id that `written` means: trimmed, lower case, known spellings folded into one.
    #[must_use]
    pub fn new(written: &str) -> Self {
        let lower = written.trim().to_ascii_lowercase();
        let one = SPELLINGS
            .iter()
            .find(|(from, _)| *from == lower)
            .map_or(lower.as_str(), |(_, to)| *to);
        Self(Arc::from(one))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// A full model reference, `provider/model`.
///
/// The provider is folded by [`ProviderId::new`]; the model keeps its case, and may hold `/` and `@`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelRef {
    provider: ProviderId,
    model: Arc<str>,
}

impl ModelRef {
    /// Joins a provider and the provider's name for the model.
    #[must_use]
    pub fn new(provider: ProviderId, model: &str) -> Self {
        Self {
            provider,
            model: Arc::from(model),
        }
    }

    /// Reads `provider/model`, split at the first `/`; `None` if either side is blank.
    #[must_use]
    pub fn parse(written: &str) -> Option<Self> {
        let (provider, model) = written.trim().split_once('/')?;
        if provider.trim().is_empty() || model.trim().is_empty() {
            return None;
        }
        Some(Self::new(ProviderId::new(provider), model))
    }

    /// The provider that serves the model.
    #[must_use]
    pub fn provider(&self) -> &ProviderId {
        &self.provider
    }

    /// The provider's own name for the model.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }
}

impl fmt::Display for ModelRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.provider, self.model)
    }
}

impl fmt::Debug for ModelRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_provider_are_one_id() {
        assert_eq!(ProviderId::new(" Z.AI "), ProviderId::new("zai"));
        assert_eq!(ProviderId::new("AWS-Bedrock").as_str(), "amazon-bedrock");
    }

    #[test]
    fn a_reference_splits_at_the_first_slash() {
        let model = ModelRef::parse("OpenRouter/moonshotai/Kimi-K2").expect("has a slash");
        assert_eq!(model.provider().as_str(), "openrouter");
        assert_eq!(model.model(), "moonshotai/Kimi-K2");
        assert_eq!(ModelRef::parse("opus"), None);
        assert_eq!(ModelRef::parse("/opus"), None);
    }
}
