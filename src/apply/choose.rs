//! From a written choice to a committed pin.

use std::sync::Arc;

use crate::access::Act;
use crate::catalog::{Meaning, ProfileMeaning, Split, Standpoint, split, which_profile};
use crate::command::{Choose, Reference};
use crate::echo::causes;
use crate::model::{ModelRef, ProviderId};
use crate::pin::{Change, End, PinnedModel, PinnedProfile, ProfileChoice, ScopeKey, Set};
use crate::profile::ProfileId;
use crate::resolver::{Committed, Permit, freely};
use crate::session::Scope;
use crate::terms::{Lifetime, Mode};
use crate::view::{self, Body, Occasion, Refusal};

use super::outlook::Done;
use super::{Desk, Errand};

/// What is to be pinned, and for how long.
#[derive(Debug)]
pub(super) struct Wish<'w> {
    scope: Scope,
    mode: Option<Mode>,
    lifetime: Option<Lifetime>,
    /// Without a model, the profile is looked up for the one in force, which stays.
    pub(super) model: Option<ModelRef>,
    pub(super) profile: Option<Named<'w>>,
}

/// How a profile is named.
#[derive(Debug, Clone, Copy)]
pub(super) enum Named<'w> {
    /// As a person wrote it.
    Written(&'w str),
    /// This very one.
    Known(&'w ProfileId),
    /// None: automatic choice.
    Auto,
}

impl<'w> Wish<'w> {
    /// A model for this chat, until something else is asked for.
    pub(super) fn of(model: ModelRef, profile: Option<Named<'w>>) -> Self {
        Self {
            scope: Scope::Session,
            mode: None,
            lifetime: None,
            model: Some(model),
            profile,
        }
    }

    fn as_written(choose: &Choose, model: Option<ModelRef>, profile: Option<&'w str>) -> Self {
        let auto_or_written = |name: &'w str| match name {
            AUTO => Named::Auto,
            name => Named::Written(name),
        };
        Self {
            scope: choose.scope.unwrap_or_default(),
            mode: choose.mode,
            lifetime: choose.lifetime,
            model,
            profile: profile.map(auto_or_written),
        }
    }
}

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
            Meaning::Model(meant) => {
                self.pin(errand, Wish::as_written(choose, Some(meant), profile))
                    .await
            }
            Meaning::Ambiguous(models) => Ok(self.meanings(errand, &models, model)),
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
            Some(model) => {
                self.pin(errand, Wish::as_written(choose, Some(model), profile))
                    .await
            }
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
        self.pin(errand, Wish::as_written(choose, None, Some(name))).await
    }

    /// Commits a choice.
    pub(super) async fn pin(&self, errand: Errand<'_>, wish: Wish<'_>) -> Result<Body, Refusal> {
        let Wish { scope, mode, .. } = wish;
        let before = self.outlook(errand);
        let current = before.as_ref().and_then(|decision| decision.selected.as_ref());
        let meant = match (&wish.model, current) {
            (Some(model), _) => model,
            (None, Some(current)) => &current.model,
            (None, None) => return Err(Refusal::NoModel),
        };
        let profile = wish
            .profile
            .map(|named| profile_choice(errand, scope, named, meant, mode))
            .transpose()?;
        let end = match wish.lifetime {
            None => End::Never,
            Some(Lifetime::Once) => End::NextRequest,
            Some(Lifetime::For(length)) => End::At(self.resolver.now().after(length)),
        };
        let set = Set {
            model: wish.model.map(|model| PinnedModel {
                model,
                mode: mode.unwrap_or(Mode::Prefer),
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

/// What a named profile means among those of the model's provider.
fn profile_choice(
    errand: Errand<'_>,
    scope: Scope,
    named: Named<'_>,
    model: &ModelRef,
    mode: Option<Mode>,
) -> Result<ProfileChoice, Refusal> {
    let provider = model.provider();
    let id = match named {
        Named::Auto => return Ok(ProfileChoice::Auto(provider.clone())),
        Named::Known(id) => id.clone(),
        Named::Written(name) => written_profile(errand, name, model)?,
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

/// What `@name` means.
fn written_profile(errand: Errand<'_>, name: &str, model: &ModelRef) -> Result<ProfileId, Refusal> {
    let provider = model.provider();
    let written = || name.to_owned();
    match which_profile(name, provider, &errand.visible()) {
        ProfileMeaning::Profile(id) => Ok(id),
        ProfileMeaning::Several(profiles) => Err(Refusal::SeveralProfiles {
            written: written(),
            profiles,
        }),
        ProfileMeaning::OtherProvider(profile, provider) => Err(Refusal::OtherProvider {
            profile,
            provider,
            model: errand.named(model),
        }),
        ProfileMeaning::Unknown(near) => Err(Refusal::UnknownProfile {
            written: written(),
            provider: provider.clone(),
            near,
        }),
    }
}
