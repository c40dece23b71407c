//! What the sender can reach: the profiles that they may see, and the providers that they can use.

use crate::access::Act;
use crate::catalog::KnownProfile;
use crate::clock::Timestamp;
use crate::model::{ModelRef, ProviderId};
use crate::pin::{Layers, ProfileChoice, Record};
use crate::profile::ProfileId;
use crate::resolver::Permit;
use crate::session::{Company, Scope};
use crate::view::NamedModel;

use super::Errand;

impl Errand<'_> {
    /// Who reads along in the chat.
    pub(super) fn company(&self) -> Company {
        self.session.company_of(self.actor)
    }

    /// Whether the sender may use commands at all.
    pub(super) fn may_command(&self) -> bool {
        self.snapshot
            .rules()
            .may(self.actor, Act::See, Scope::Session, None)
    }

    /// Whether the sender may pin every profile that an undo would bring back.
    pub(super) fn may_bring_back(&self, scope: Scope) -> Permit {
        let (rules, actor) = (self.snapshot.rules().clone(), self.actor.clone());
        Box::new(move |record: &Record| {
            let pins = record.history.last().into_iter().flat_map(Layers::pins);
            let mut choices = pins.flat_map(|pin| &pin.profiles);
            choices.all(|choice| match choice {
                ProfileChoice::Pinned(pinned) => rules.may(&actor, Act::Pin, scope, Some(&pinned.id)),
                ProfileChoice::Auto(_) => true,
            })
        })
    }

    /// Whether the sender may know of a profile.
    pub(super) fn may_see(&self, id: &ProfileId) -> bool {
        self.snapshot
            .rules()
            .may(self.actor, Act::See, Scope::Session, Some(id))
    }

    /// Every profile that the sender may see.
    pub(super) fn visible(&self) -> Vec<KnownProfile> {
        self.book
            .facts()
            .iter()
            .filter(|facts| self.may_see(&facts.id))
            .map(|facts| KnownProfile {
                id: facts.id.clone(),
                provider: facts.provider.clone(),
                email: self.book.email(&facts.id).map(str::to_owned),
            })
            .collect()
    }

    /// Whether a provider has a credential that the sender may use.
    pub(super) fn can_use(&self, provider: &ProviderId, now: Timestamp) -> bool {
        let rules = self.snapshot.rules();
        let may = |id: &ProfileId| rules.may(self.actor, Act::Spend, Scope::Session, Some(id));
        self.book.has_credential(provider, &may, now)
    }

    /// A model with its alias.
    pub(super) fn named(&self, model: &ModelRef) -> NamedModel {
        NamedModel {
            alias: self.book.catalog().alias(model).map(str::to_owned),
            model: model.clone(),
        }
    }
}
