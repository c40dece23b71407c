//! Whom the chat talks to: the configured providers, or the demo.

use crate::clock::Timestamp;
use crate::demo::DemoWorld;
use crate::middleware::ModelPin;
use crate::render::text::clean;
use crate::resolver::Book;
use crate::session::{Actor, SessionKey};
use crate::wire::{Client, Limits};

use super::{ChatError, Options, Partner, Talk};

/// A chat that can begin. Dropping it ends the demo and removes its files.
pub(super) struct World {
    pub(super) talk: Talk,
    pub(super) about: About,
    _demo: Option<DemoWorld>,
}

/// What to say about it at the beginning.
pub(super) enum About {
    /// Real providers, from this state directory.
    Real(String),
    /// The demo, because it was asked for.
    DemoAsked,
    /// The demo, because no credential was found that a known model could be asked with: a sentence that says so.
    DemoInstead(String),
}

impl About {
    /// What a newcomer has to know about whom they talk to.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Real(place) => format!("Credentials: {} and the environment.", clean(place)),
            Self::DemoAsked => "This is the built-in demo provider, on this machine only.".to_owned(),
            Self::DemoInstead(why) => format!(
                "{}\nSo this is the built-in demo provider, on this machine only.",
                clean(why)
            ),
        }
    }
}

/// Opens the configured world if there is a credential in it, else the demo.
pub(super) async fn open(options: &Options) -> Result<World, ChatError> {
    let about = if options.partner == Partner::Demo {
        About::DemoAsked
    } else {
        let modelpin = configured(options).await?;
        let session = session(options);
        let snapshot = modelpin.resolver().snapshot();
        for warning in snapshot.warnings() {
            tracing::warn!("{warning}");
        }
        let book = snapshot.book(session.agent())?;
        let now = modelpin.resolver().now();
        let place = snapshot.sources().state.path.display().to_string();
        // A credential of a provider whose models nobody has named cannot be talked to either.
        let usable = book
            .catalog()
            .selectable()
            .any(|entry| book.has_credential(entry.model.provider(), &|_| true, now));
        if usable {
            let talk = Talk::new(modelpin, client()?, session, Actor::operator());
            return Ok(World {
                talk,
                about: About::Real(place),
                _demo: None,
            });
        }
        About::DemoInstead(nobody_to_talk_to(&book, &place, now))
    };
    let (demo, modelpin) = DemoWorld::open().await?;
    Ok(World {
        talk: Talk::new(
            modelpin,
            client()?,
            SessionKey::new(&options.session),
            Actor::operator(),
        ),
        about,
        _demo: Some(demo),
    })
}

/// Why no configured provider can be talked to.
fn nobody_to_talk_to(book: &Book, place: &str, now: Timestamp) -> String {
    let provider = book.facts().iter().map(|facts| &facts.provider);
    match provider
        .clone()
        .find(|provider| book.has_credential(provider, &|_| true, now))
    {
        Some(provider) => {
            format!("There is a credential for {provider}, but no model of it: set agents.defaults.model.")
        }
        None => format!("There is no credential in {place} or the environment."),
    }
}

fn client() -> Result<Client, ChatError> {
    Ok(Client::new(Limits::default())?)
}

fn session(options: &Options) -> SessionKey {
    let session = SessionKey::new(&options.session);
    match &options.agent {
        Some(agent) => session.with_agent(agent.clone()),
        None => session,
    }
}

async fn configured(options: &Options) -> Result<ModelPin, ChatError> {
    let builder = ModelPin::builder()
        .set_damaged_database_aside()
        .at(options.state_dir.clone(), options.config.clone());
    Ok(builder.build().await?)
}
