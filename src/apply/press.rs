//! A pressed button: what it says, and whether it says it here, to this person, now.

use crate::command::ModelCommand;
use crate::model::{ModelRef, ProviderId};
use crate::picker::{Action, Pressers};
use crate::profile::ProfileId;
use crate::session::{Actor, Scope, SessionKey};
use crate::view::{Body, Occasion, Refusal};
use crate::words::Words;

use super::buttons::{Buttons, Listing};
use super::choose::{Named, Wish};
use super::{Desk, Errand};

/// What a button means once its numbers are names.
enum Meant {
    Choose(ModelRef, Option<Chosen>),
    Show(Listing, usize),
    ShowProfiles(ModelRef, usize),
    ShowProviders { page: usize, models: usize },
    Default,
}

impl Meant {
    /// What is done, for logs.
    fn kind(&self) -> &'static str {
        match self {
            Self::Choose(..) => "choose",
            Self::Show(..) => "list",
            Self::ShowProfiles(..) => "profiles",
            Self::ShowProviders { .. } => "providers",
            Self::Default => "default",
        }
    }
}

/// The profile that is chosen with a model.
enum Chosen {
    Auto,
    This(ProfileId),
}

impl Desk {
    /// Does what a button says, and returns what to say and who may press the buttons of that.
    ///
    /// The token is a text from outside: one that was not made here, or for another chat, another person or another
    /// catalogue, changes nothing and brings a fresh picker, whose buttons are for the one who pressed. What a button does
    /// goes the way of the typed command: whether the sender may is asked now, and the reply tells what was committed.
    ///
    /// Cancelling the call leaves the change committed or not, never half done.
    pub async fn press(
        &self,
        session: &SessionKey,
        actor: &Actor,
        token: &str,
        words: &Words,
    ) -> (Body, Pressers) {
        let snapshot = self.resolver.snapshot();
        let book = match self.book(&snapshot, session) {
            Ok(book) => book,
            Err(broken) => return (Body::Refused(broken), Pressers::Sender),
        };
        let errand = Errand {
            session,
            actor,
            snapshot: &snapshot,
            book: &book,
            pressers: Pressers::Sender,
            words,
        };
        if !errand.may_command() {
            return (Body::Refused(Refusal::NoCommands), Pressers::Sender);
        }
        let buttons = Buttons::of(errand);
        let opened = buttons.open(token);
        let meant = opened.and_then(|(action, pressers)| Some((meant(&buttons, action)?, pressers)));
        let Some((meant, pressers)) = meant else {
            tracing::debug!("a button that does not hold");
            let fresh = self.whole_picker(errand, Occasion::StaleButton);
            return (fresh, Pressers::Sender);
        };
        tracing::debug!(press = %meant.kind(), "press");
        drop(buttons);
        let errand = Errand { pressers, ..errand };
        let body = self.act(errand, meant).await.unwrap_or_else(Body::Refused);
        (body, pressers)
    }

    async fn act(&self, errand: Errand<'_>, meant: Meant) -> Result<Body, Refusal> {
        match meant {
            Meant::Choose(model, profile) => {
                self.permit(errand, Scope::Session)?;
                if let Some(rule) = errand.book.catalog().refusal(&model) {
                    let rule = rule.to_owned();
                    return Err(Refusal::ModelNotAllowed { model, rule });
                }
                let profile = profile.as_ref().map(|profile| match profile {
                    Chosen::Auto => Named::Auto,
                    Chosen::This(id) => Named::Known(id),
                });
                self.pin(errand, Wish::of(model, profile)).await
            }
            Meant::Show(listing, page) => Ok(self.turn_to(errand, &listing, page)),
            Meant::ShowProfiles(model, page) => Ok(self.profiles_of(errand, &model, page)),
            Meant::ShowProviders { page, models } => Ok(self.providers_at(errand, page, models)),
            Meant::Default => self.command(errand, &ModelCommand::Default { scope: None }).await,
        }
    }
}

/// The names of the numbers; `None` if there is no such number.
fn meant(buttons: &Buttons<'_>, action: Action) -> Option<Meant> {
    let model = |number| buttons.model(number).cloned();
    let page = |page| usize::try_from(page).ok();
    Some(match action {
        Action::Model(number) => Meant::Choose(model(number)?, None),
        Action::ModelAuto(number) => Meant::Choose(model(number)?, Some(Chosen::Auto)),
        Action::ModelWith {
            model: number,
            profile,
        } => {
            let model = model(number)?;
            let (provider, id) = buttons.profile(profile)?;
            let of_the_model: &ProviderId = model.provider();
            if provider != of_the_model {
                return None;
            }
            let id = id.clone();
            Meant::Choose(model, Some(Chosen::This(id)))
        }
        Action::Page(number) => Meant::Show(Listing::All, page(number)?),
        Action::ProviderPage {
            provider,
            page: number,
        } => Meant::Show(Listing::Of(buttons.provider(provider)?), page(number)?),
        Action::NamesakesPage {
            model: one,
            letters,
            page: number,
        } => Meant::Show(Listing::Namesakes(model(one)?, letters), page(number)?),
        Action::Profiles {
            model: of,
            page: number,
        } => Meant::ShowProfiles(model(of)?, page(number)?),
        Action::Default => Meant::Default,
        Action::Providers { page: number, models } => Meant::ShowProviders {
            page: page(number)?,
            models: page(models)?,
        },
    })
}
