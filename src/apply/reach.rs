//! What the sender can reach: the profiles that they may see, and the providers that they can use.

use crate::access::Act;
use crate::catalog::KnownProfile;
use crate::model::{ModelRef, ProviderId};
use crate::profile::ProfileId;
use crate::session::Scope;
use crate::view::NamedModel;

use super::Errand;

impl Errand<'_> {
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
    pub(super) fn can_use(&self, provider: &ProviderId) -> bool {
        let rules = self.snapshot.rules();
        let may = |id: &ProfileId| rules.may(self.actor, Act::Spend, Scope::Session, Some(id));
        self.book.has_credential(provider, &may)
    }

    /// A model with its alias.
    pub(super) fn named(&self, model: &ModelRef) -> NamedModel {
        NamedModel {
            alias: self.book.catalog().alias(model).map(str::to_owned),
            model: model.clone(),
        }
    }
}
