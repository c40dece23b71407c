//! From a written choice to a committed pin.

use std::sync::Arc;

use crate::access::Act;
use crate::catalog::{Meaning, ProfileMeaning, Split, Standpoint, split, which_profile};
use crate::command::{Choose, Reference};
use crate::echo::causes;
use crate::model::{ModelRef, ProviderId};
use crate::pin::{Change, End, PinnedModel, PinnedProfile, ProfileChoice, ScopeKey, Set};
use crate::resolver::{Committed, Permit, freely};
use crate::session::Scope;
use crate::terms::{Lifetime, Mode};
use crate::view::{self, Body, Occasion, Refusal};

use super::outlook::Done;
use super::{Desk, Errand};

/// The profile name that goes back to automatic choice.
const AUTO: &str = "auto";

impl Desk {
    pub(super) async fn choose_model(
        &self,
        errand: Errand<'_>,
        choose: &Choose,
        reference: &Reference,
    ) -> Result<Body, Refusal> {
        self.permit(errand, choose.scope.unwrap_or_default())?;
        let (model, profile) = match reference {
            Reference::Exact { model, profile } => (model.as_str(), profile.as_deref()),
            Reference::Bare(whole) => {
                let (model, profile) = reference.written();
                let parts = split(errand.book.catalog(), whole, Split { model, profile });
                (parts.model, parts.profile)
            }
        };
        let current = self.provider_now(errand);
        let default = errand
            .book
            .catalog()
            .default_model()
            .map(|model| model.provider().clone());
        let now = self.resolver.now();
        let usable = |provider: &ProviderId| errand.can_use(provider, now);
        let from = Standpoint {
            usable: &usable,
            current: current.as_ref(),
            default: default.as_ref(),
        };
        match errand.book.catalog().meaning(model, &from) {
            Meaning::Model(meant) => self.pin(errand, choose, Some(meant), profile).await,
            Meaning::Ambiguous(models) => {
                Ok(self.picker_of(errand, &models, Occasion::Ambiguous(model.to_owned())))
            }
            Meaning::Refused(refused) => Err(Refusal::ModelNotAllowed {
                model: refused.model,
                rule: refused.rule,
            }),
            Meaning::Unknown(near) => Err(Refusal::UnknownModel {
                written: model.to_owned(),
                near,
            }),
        }
    }

    pub(super) async fn choose_number(
        &self,
        errand: Errand<'_>,
        choose: &Choose,
        number: u16,
        profile: Option<&str>,
    ) -> Result<Body, Refusal> {
        self.permit(errand, choose.scope.unwrap_or_default())?;
        let catalog = errand.book.catalog();
        let generation = catalog.generation();
        let picked = self
            .shown
            .model(errand.session, errand.book.agent(), number, generation);
        match picked.filter(|model| catalog.allows(model)) {
            Some(model) => self.pin(errand, choose, Some(model), profile).await,
            None => Ok(self.whole_picker(errand, Occasion::StaleNumber(number))),
        }
    }

    pub(super) async fn choose_profile(
        &self,
        errand: Errand<'_>,
        choose: &Choose,
        name: &str,
    ) -> Result<Body, Refusal> {
        self.permit(errand, choose.scope.unwrap_or_default())?;
        self.pin(errand, choose, None, Some(name)).await
    }

    /// Commits a choice. Without a model, the profile is looked up for the one in force, which stays.
    async fn pin(
        &self,
        errand: Errand<'_>,
        choose: &Choose,
        model: Option<ModelRef>,
        profile: Option<&str>,
    ) -> Result<Body, Refusal> {
        let scope = choose.scope.unwrap_or_default();
        let before = self.outlook(errand);
        let current = before.as_ref().and_then(|decision| decision.selected.as_ref());
        let meant = match (&model, current) {
            (Some(model), _) => model,
            (None, Some(current)) => &current.model,
            (None, None) => return Err(Refusal::NoModel),
        };
        let profile = profile
            .map(|name| profile_choice(errand, scope, name, meant, choose.mode))
            .transpose()?;
        let end = match choose.lifetime {
            None => End::Never,
            Some(Lifetime::Once) => End::NextRequest,
            Some(Lifetime::For(length)) => End::At(self.resolver.now().after(length)),
        };
        let set = Set {
            model: model.map(|model| PinnedModel {
                model,
                mode: choose.mode.unwrap_or(Mode::Prefer),
            }),
            profile,
            end,
            by: Arc::from(errand.actor.id()),
        };
        self.commit(errand, scope, Change::Set(set.clone()), freely())
            .await?;
        if let Some(ProfileChoice::Pinned(pinned)) = &set.profile {
            self.resolver.allow_trial(errand.book, &pinned.id);
        }
        let done = Done {
            change: view::Change::Pinned,
            scope,
            set: Some(set),
        };
        Ok(self.changed(errand, &done, before))
    }

    /// Commits a change of a scope. If it changed anything, what we had chosen for the chat ourselves is dropped.
    pub(super) async fn commit(
        &self,
        errand: Errand<'_>,
        scope: Scope,
        change: Change,
        permit: Permit,
    ) -> Result<Committed, Refusal> {
        let key = ScopeKey::of(scope, errand.session, errand.book.agent());
        let pins = self.resolver.pins();
        let what = match &change {
            Change::Set(_) => "pinned",
            Change::Clear { .. } => "cleared",
            Change::Undo => "undone",
            _ => "changed",
        };
        let now = self.resolver.now();
        let committed = pins.commit(key.clone(), change, permit, now).await;
        let committed = committed.map_err(|broken| Refusal::NotKept {
            cause: causes(&broken),
        })?;
        if let Committed::Changed(pinned) = &committed {
            self.resolver.note_change(errand.actor, &key, what, pinned);
            self.resolver.forget_affinity(errand.session, errand.book.agent());
        }
        tracing::info!(%scope, actor = errand.actor.id(), %committed, "pin");
        Ok(committed)
    }

    fn provider_now(&self, errand: Errand<'_>) -> Option<ProviderId> {
        self.outlook(errand)?.provider().cloned()
    }
}

/// What `@name` says about the profiles of the model's provider.
fn profile_choice(
    errand: Errand<'_>,
    scope: Scope,
    name: &str,
    model: &ModelRef,
    mode: Option<Mode>,
) -> Result<ProfileChoice, Refusal> {
    let provider = model.provider();
    if name == AUTO {
        return Ok(ProfileChoice::Auto(provider.clone()));
    }
    let written = || name.to_owned();
    let id = match which_profile(name, provider, &errand.visible()) {
        ProfileMeaning::Profile(id) => id,
        ProfileMeaning::Several(profiles) => {
            return Err(Refusal::SeveralProfiles {
                written: written(),
                profiles,
            });
        }
        ProfileMeaning::OtherProvider(profile, provider) => {
            return Err(Refusal::OtherProvider {
                profile,
                provider,
                model: errand.named(model),
            });
        }
        ProfileMeaning::Unknown(near) => {
            return Err(Refusal::UnknownProfile {
                written: written(),
                provider: provider.clone(),
                near,
            });
        }
    };
    let rules = errand.snapshot.rules();
    if !rules.may(errand.actor, Act::Pin, scope, Some(&id)) {
        return Err(Refusal::NotPermitted { scope });
    }
    Ok(ProfileChoice::Pinned(PinnedProfile {
        identity: errand.book.identity(&id),
        provider: provider.clone(),
        mode: mode.unwrap_or(Mode::Strict),
        id,
    }))
}
