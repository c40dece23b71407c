//! The billing fence: an automatic choice does not begin to cost by itself.

use std::cell::OnceCell;

use crate::config::{Config, Cost, Fence};
use crate::order::{Ranking, Reason, Source};
use crate::profile::ProfileId;

use super::book::Book;

/// An automatic or a person's choice that costs, made while something that is paid for already could not serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing {
    /// The subscription that could not serve.
    pub from: ProfileId,
    /// What costs.
    pub to: ProfileId,
    /// Who said yes.
    pub by: Yes,
}

/// Who said that requests may begin to cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Yes {
    /// `auth.fence: "allow"`.
    Rule,
    /// An explicit order that holds both.
    Order,
    /// The model's own `authProfile` of the configuration.
    Model,
    /// A person pinned it.
    Person,
}

impl Yes {
    /// The word for it in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Order => "order",
            Self::Model => "model",
            Self::Person => "person",
        }
    }
}

/// What is known at the fence.
pub(super) struct Gate<'a> {
    pub(super) book: &'a Book,
    /// The order that the ranking was made from, if an explicit one was.
    pub(super) order: Option<&'a [ProfileId]>,
    /// Whether a candidate that looks usable cannot serve this request: it was tried, or its sign-in has ended.
    pub(super) spent: &'a dyn Fn(&ProfileId) -> bool,
    /// What a person pinned.
    pub(super) pinned: Option<&'a ProfileId>,
    /// The model's own profile.
    pub(super) of_model: Option<&'a ProfileId>,
    /// A subscription that could not serve the models before this one.
    pub(super) left: Option<&'a ProfileId>,
    /// The subscriptions of the ranking that cannot serve, found once: closing the gate changes only what is metered.
    pub(super) stopped: OnceCell<Vec<ProfileId>>,
}

impl Gate<'_> {
    /// Marks the candidates that would cross without a yes.
    pub(super) fn close(&self, ranking: &mut Ranking) {
        let fenced: Vec<usize> = (0..ranking.candidates.len())
            .filter(|at| {
                let candidate = &ranking.candidates[*at];
                candidate.reason == Reason::Ok
                    && self.from(ranking, &candidate.profile).is_some()
                    && self.yes(ranking, &candidate.profile).is_none()
            })
            .collect();
        for at in fenced {
            ranking.candidates[at].reason = Reason::Fenced;
        }
    }

    /// The crossing that choosing a profile is, if it is one.
    pub(super) fn crossing(&self, ranking: &Ranking, to: &ProfileId) -> Option<Crossing> {
        let from = self.from(ranking, to)?;
        Some(Crossing {
            from,
            to: to.clone(),
            by: self.yes(ranking, to)?,
        })
    }

    /// The subscription that would have come first and cannot serve.
    pub(super) fn from(&self, ranking: &Ranking, to: &ProfileId) -> Option<ProfileId> {
        if self.cost(to) != Cost::Metered {
            return None;
        }
        let place = |id: &ProfileId| {
            self.order
                .and_then(|order| order.iter().position(|one| one == id))
        };
        let before = |id: &ProfileId| match (self.order, place(id), place(to)) {
            (None, ..) | (Some(_), Some(_), None) => true,
            (Some(_), Some(id), Some(to)) => id < to,
            (Some(_), None, _) => false,
        };
        let stopped = self.stopped.get_or_init(|| self.stopped_of(ranking));
        stopped
            .iter()
            .find(|id| *id != to && before(id))
            .or(self.left)
            .cloned()
    }

    fn stopped_of(&self, ranking: &Ranking) -> Vec<ProfileId> {
        let resting = ranking.candidates.iter();
        let resting = resting.filter(|one| one.reason != Reason::Ok || (self.spent)(&one.profile));
        let ended = ranking
            .excluded
            .iter()
            .filter(|one| one.reason == Reason::Expired);
        let all = resting
            .map(|one| &one.profile)
            .chain(ended.map(|one| &one.profile));
        all.filter(|id| self.cost(id) == Cost::Subscription)
            .cloned()
            .collect()
    }

    fn yes(&self, ranking: &Ranking, to: &ProfileId) -> Option<Yes> {
        let config = self.book.config();
        if self.pinned == Some(to) {
            return Some(Yes::Person);
        }
        if self.of_model == Some(to) {
            return Some(Yes::Model);
        }
        match rule(config) {
            Some(Fence::Allow) => Some(Yes::Rule),
            Some(Fence::Block | Fence::Ask) => None,
            None => (ranking.basis.is_explicit() && self.order_holds_both()).then_some(Yes::Order),
        }
    }

    fn order_holds_both(&self) -> bool {
        let order = self.order.unwrap_or_default();
        let has = |cost| order.iter().any(|id| self.cost(id) == cost);
        has(Cost::Subscription) && has(Cost::Metered)
    }

    /// What requests with a profile cost.
    pub(super) fn cost(&self, id: &ProfileId) -> Cost {
        cost(self.book, id)
    }
}

/// What the configuration says of the fence.
pub(super) fn rule(config: &Config) -> Option<Fence> {
    config.auth.fence
}

/// What requests with a profile cost: as declared, else by what it is. What lies in the environment is a key.
pub(super) fn cost(book: &Book, id: &ProfileId) -> Cost {
    use crate::credential::CredentialKind;
    if let Some(declared) = book
        .config()
        .auth
        .profiles
        .get(id)
        .and_then(|profile| profile.cost)
    {
        return declared;
    }
    match book.fact(id) {
        Some(facts) => match (&facts.source, facts.kind) {
            (Source::Store | Source::Inherited, Some(CredentialKind::OAuth | CredentialKind::Token)) => {
                Cost::Subscription
            }
            _ => Cost::Metered,
        },
        None => Cost::Metered,
    }
}
