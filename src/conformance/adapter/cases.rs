//! Which catalogues are tried.

use super::dice::Dice;

/// The most models of a catalogue.
const MODELS: u64 = 2_000;
/// The most providers of a catalogue.
const PROVIDERS: u64 = 60;
/// The most profiles of a provider.
const PROFILES: u64 = 40;

/// The catalogues to try. The same seed gives the same ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cases {
    seed: u64,
    catalogues: usize,
    most_models: u64,
}

/// One catalogue: how large it is, and what its names are drawn by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Models, from 1 to 2,000.
    pub models: usize,
    /// Providers, from 1 to 60.
    pub providers: usize,
    /// Profiles of the first provider; the others have few.
    pub profiles: usize,
    /// What the names are drawn by.
    pub seed: u64,
}

impl Cases {
    /// A handful of small catalogues: seconds.
    #[must_use]
    pub fn few(seed: u64) -> Self {
        Self {
            seed,
            catalogues: 4,
            most_models: 20,
        }
    }

    /// Twelve catalogues up to the largest: 2,000 models of 60 providers. Minutes, without optimisation.
    #[must_use]
    pub fn thorough(seed: u64) -> Self {
        Self {
            seed,
            catalogues: 12,
            most_models: MODELS,
        }
    }

    /// So many catalogues instead.
    #[must_use]
    pub fn catalogues(self, catalogues: usize) -> Self {
        Self { catalogues, ..self }
    }

    /// Of so many models at most instead, from 1 to 2,000.
    #[must_use]
    pub fn up_to(self, models: u64) -> Self {
        Self {
            most_models: models.clamp(1, MODELS),
            ..self
        }
    }

    /// The catalogues: the smallest, a full page, one more than that, the largest, and then as the dice fall.
    pub(super) fn shapes(self) -> Vec<Shape> {
        let mut dice = Dice::new(self.seed);
        let most = self.most_models;
        let providers = most.min(PROVIDERS);
        let fixed = [
            (1, 1, 1),
            (8, 1, 8),
            (9, 2, 9),
            (most, providers, PROFILES.min(most)),
        ];
        let drawn = std::iter::repeat_with(|| {
            // As many small ones as large ones.
            let size = 1 << (1 + dice.to(11));
            let models = dice.to(most.min(size));
            (models, dice.to(models.min(PROVIDERS)), dice.to(PROFILES))
        });
        let all: Vec<_> = fixed.into_iter().chain(drawn).take(self.catalogues).collect();
        let size = |count: u64| usize::try_from(count).unwrap_or(1);
        all.into_iter()
            .map(|(models, providers, profiles)| Shape {
                models: size(models),
                providers: size(providers),
                profiles: size(profiles),
                seed: dice.throw(),
            })
            .collect()
    }
}
