//! What a provider answers: a pure function of the weather, the moment and the dice of a request.

use crate::clock::Timestamp;
use crate::model::{ModelRef, ProviderId};
use crate::outcome::FailureClass;

use super::dice::Dice;
use super::scenario::{Fault, RetryAfter, Scenario, Shower, Sky, Spell};

/// The weather of a whole scenario.
#[derive(Debug, Clone)]
pub struct Weather {
    fronts: Vec<Front>,
}

/// One spell of weather, with its moments.
#[derive(Debug, Clone)]
pub struct Front {
    /// What it is.
    pub sky: Sky,
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
    /// Whether it was drawn at random.
    pub drawn: Drawn,
    providers: Option<Vec<String>>,
    profiles: Option<Vec<String>>,
    models: Option<Vec<ModelRef>>,
    share: f64,
    retry_after: Option<RetryAfter>,
    shows_as: Vec<Fault>,
}

/// Whether a spell of weather was drawn at random.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawn {
    /// The scenario names it.
    No,
    /// It is of a shower.
    Yes,
}

/// A failed answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// What it means.
    pub class: FailureClass,
    /// When the provider wants to be asked again.
    pub retry_at: Option<Timestamp>,
}

impl Weather {
    /// The weather of a scenario. The same seed gives the same weather.
    #[must_use]
    pub fn new(scenario: &Scenario, seed: u64) -> Self {
        let end = scenario.start.after(scenario.lasts.length());
        let spells = scenario
            .weather
            .iter()
            .map(|spell| Front::of(spell, scenario.start, end));
        let drawn = scenario
            .showers
            .iter()
            .zip(0..)
            .flat_map(|(shower, number)| fall(shower, number, scenario, seed));
        Self {
            fronts: spells.chain(drawn).collect(),
        }
    }

    /// Every spell, those of the scenario first.
    #[must_use]
    pub fn fronts(&self) -> &[Front] {
        &self.fronts
    }

    /// Whether nothing goes wrong for a profile and a model at this moment.
    #[must_use]
    pub fn is_clear(&self, profile: &str, model: &ModelRef, at: Timestamp) -> bool {
        !self.fronts.iter().any(|front| front.concerns(profile, model, at))
    }

    /// What the provider answers to a request that reaches it at `at` and whose answer is there at `answered`; `None` if
    /// it serves. What is worse goes first: a revoked key hears nothing of bursts.
    #[must_use]
    pub fn answer(
        &self,
        profile: &str,
        model: &ModelRef,
        at: Timestamp,
        answered: Timestamp,
        dice: u64,
    ) -> Option<Failure> {
        let mut over: Vec<(usize, &Front)> = self
            .fronts
            .iter()
            .enumerate()
            .filter(|(_, front)| front.concerns(profile, model, at))
            .collect();
        over.sort_by_key(|(_, front)| front.sky.rank());
        over.into_iter().find_map(|(number, front)| {
            let mut dice = Dice::new(&[dice, number as u64]);
            (dice.share() < front.share).then(|| front.strike(answered, &mut dice))
        })
    }
}

impl Front {
    fn of(spell: &Spell, start: Timestamp, end: Timestamp) -> Self {
        let from = start.after(spell.from.length());
        Self {
            sky: spell.sky,
            from,
            until: spell.lasts.map_or(end, |lasts| from.after(lasts.length())),
            drawn: Drawn::No,
            providers: spell.providers.clone(),
            profiles: spell.profiles.clone(),
            models: spell.models.as_ref().map(|models| references(models)),
            share: spell.share.unwrap_or(1.0),
            retry_after: spell.retry_after,
            shows_as: spell
                .shows_as
                .clone()
                .unwrap_or_else(|| vec![Fault::ServerError, Fault::Timeout, Fault::Overloaded]),
        }
    }

    /// Whether it hangs over a profile and a model at this moment.
    #[must_use]
    pub fn concerns(&self, profile: &str, model: &ModelRef, at: Timestamp) -> bool {
        self.from <= at
            && at < self.until
            && self.may_hit(model.provider(), profile)
            && self.models.as_ref().is_none_or(|models| models.contains(model))
    }

    /// Whether it may hang over a profile of this provider, whatever the model.
    #[must_use]
    pub fn may_hit(&self, provider: &ProviderId, profile: &str) -> bool {
        let names = |named: &Vec<String>| named.iter().any(|one| ProviderId::new(one) == *provider);
        let of = |models: &Vec<ModelRef>| models.iter().any(|model| model.provider() == provider);
        self.names(profile)
            && self.providers.as_ref().is_none_or(names)
            && self.models.as_ref().is_none_or(of)
    }

    fn names(&self, profile: &str) -> bool {
        self.profiles
            .as_ref()
            .is_none_or(|profiles| profiles.iter().any(|one| one == profile))
    }

    /// Whom it concerns, for people.
    #[must_use]
    pub fn whom(&self) -> String {
        let models: Vec<String> = self.models.iter().flatten().map(ToString::to_string).collect();
        let named = [self.providers.as_ref(), self.profiles.as_ref(), Some(&models)];
        let words: Vec<&str> = named
            .into_iter()
            .flatten()
            .flatten()
            .map(String::as_str)
            .collect();
        if words.is_empty() {
            "all".to_owned()
        } else {
            words.join(", ")
        }
    }

    fn strike(&self, answered: Timestamp, dice: &mut Dice) -> Failure {
        let class = match self.sky {
            Sky::Burst => FailureClass::RateLimit,
            Sky::Outage => dice
                .pick(&self.shows_as)
                .map_or(FailureClass::ServerError, |fault| fault.class()),
            Sky::Denied => FailureClass::Auth,
            Sky::Revoked => FailureClass::AuthPermanent,
            Sky::NoMoney => FailureClass::Billing,
            Sky::ModelGone => FailureClass::ModelNotFound,
        };
        let retry_at = self.retry_after.map(|after| match after {
            RetryAfter::Then(_) => self.until,
            RetryAfter::After(span) => answered.after(span.length()),
        });
        Failure { class, retry_at }
    }
}

impl Sky {
    /// What is told of two at once: the one with the smaller rank.
    fn rank(self) -> u8 {
        match self {
            Self::Revoked => 0,
            Self::Denied => 1,
            Self::NoMoney => 2,
            Self::ModelGone => 3,
            Self::Outage => 4,
            Self::Burst => 5,
        }
    }

    /// The word for it in scenarios and data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Burst => "burst",
            Self::Outage => "outage",
            Self::Denied => "denied",
            Self::Revoked => "revoked",
            Self::NoMoney => "no-money",
            Self::ModelGone => "model-gone",
        }
    }
}

/// The bursts of a shower: for each profile by itself, with exponential pauses and lengths.
fn fall(shower: &Shower, number: u64, scenario: &Scenario, seed: u64) -> Vec<Front> {
    let end = scenario.start.after(scenario.lasts.length());
    let mut fronts = Vec::new();
    if shower.per_day <= 0.0 {
        return fronts;
    }
    let pause = 24.0 * 3600.0 / shower.per_day;
    for (profile, at) in scenario.profiles.keys().zip(0..) {
        let named = shower.profiles.as_ref();
        if named.is_some_and(|profiles| !profiles.contains(profile)) {
            continue;
        }
        let mut dice = Dice::new(&[seed, 1, number, at]);
        let mut from = scenario.start.after(dice.exponential(pause));
        while from < end {
            let until = from.after(dice.exponential(shower.lasts.length().as_secs_f64()));
            let told = dice.share() < shower.told;
            fronts.push(Front {
                sky: Sky::Burst,
                from,
                until,
                drawn: Drawn::Yes,
                providers: None,
                profiles: Some(vec![profile.clone()]),
                models: shower.models.as_ref().map(|models| references(models)),
                share: 1.0,
                retry_after: told.then_some(RetryAfter::Then(super::scenario::Back::End)),
                shows_as: Vec::new(),
            });
            from = until.after(dice.exponential(pause));
        }
    }
    fronts
}

fn references(models: &[String]) -> Vec<ModelRef> {
    models.iter().filter_map(|model| ModelRef::parse(model)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weather(text: &str) -> (Scenario, Weather) {
        let scenario = Scenario::read(text, "s").expect("a scenario");
        let weather = Weather::new(&scenario, 7);
        (scenario, weather)
    }

    fn model(text: &str) -> ModelRef {
        ModelRef::parse(text).expect("a model")
    }

    #[test]
    fn a_spell_hits_whom_it_names_while_it_lasts_and_nobody_else() {
        let (scenario, weather) = weather(
            r#"{ lasts: "1d", sessions: { count: 1, every: "1h" }, profiles: { "p:a": { type: "api_key" }, "p:b": { type: "api_key" } },
                 weather: [{ sky: "burst", from: "1h", for: "10m", profiles: ["p:a"], models: ["p/m"], retryAfter: "end" }] }"#,
        );
        let at = |minutes: u64| scenario.start.after(std::time::Duration::from_secs(minutes * 60));
        let hit = |profile: &str, of: &str, minutes: u64| {
            weather.answer(profile, &model(of), at(minutes), at(minutes), 1)
        };
        let burst = Failure {
            class: FailureClass::RateLimit,
            retry_at: Some(at(70)),
        };
        assert_eq!(hit("p:a", "p/m", 60), Some(burst));
        assert_eq!(hit("p:a", "p/m", 69), Some(burst));
        for (profile, of, minutes) in [
            ("p:a", "p/m", 59),
            ("p:a", "p/m", 70),
            ("p:b", "p/m", 65),
            ("p:a", "p/n", 65),
        ] {
            assert_eq!(hit(profile, of, minutes), None, "{profile} {of} {minutes}");
            assert!(weather.is_clear(profile, &model(of), at(minutes)));
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_showers_and_another_gives_others() {
        let (scenario, weather) = weather(
            r#"{ lasts: "10d", sessions: { count: 1, every: "1h" }, profiles: { "p:a": { type: "api_key" } },
                 showers: [{ perDay: 5, for: "20m", told: 0.5 }] }"#,
        );
        let begins = |weather: &Weather| -> Vec<Timestamp> {
            weather.fronts().iter().map(|front| front.from).collect()
        };
        assert!(
            (20..90).contains(&weather.fronts().len()),
            "{}",
            weather.fronts().len()
        );
        assert_eq!(begins(&weather), begins(&Weather::new(&scenario, 7)));
        assert_ne!(begins(&weather), begins(&Weather::new(&scenario, 8)));
    }
}
