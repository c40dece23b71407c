//! Where something happened, and who did it, in modelpin's words.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Mutex;

use modelpin::session::{BadRoom, Company, Room};
use modelpin::view::Audience;
use modelpin::{Actor, Press, SessionKey};
use twilight_model::application::interaction::Interaction;
use twilight_model::channel::{Channel, ChannelType, Message};
use twilight_model::id::Id;
use twilight_model::id::marker::{ChannelMarker, RoleMarker, UserMarker};

use crate::Bot;

/// A chat and a person in it.
pub(crate) struct Place {
    pub(crate) session: SessionKey,
    pub(crate) actor: Actor,
    /// What the person reads Discord in; a message does not say.
    pub(crate) language: Option<String>,
}

/// The channels of threads, as far as they are known. A message says nothing about them.
#[derive(Default)]
pub(crate) struct Places {
    parents: Mutex<HashMap<Id<ChannelMarker>, Option<Id<ChannelMarker>>>>,
}

impl Places {
    fn known(&self, channel: Id<ChannelMarker>) -> Option<Option<Id<ChannelMarker>>> {
        self.parents.lock().ok()?.get(&channel).copied()
    }

    fn learn(&self, channel: &Channel) -> Option<Id<ChannelMarker>> {
        let thread = matches!(
            channel.kind,
            ChannelType::PublicThread | ChannelType::PrivateThread | ChannelType::AnnouncementThread
        );
        let parent = channel.parent_id.filter(|_| thread);
        if let Ok(mut parents) = self.parents.lock() {
            parents.insert(channel.id, parent);
        }
        parent
    }
}

impl Place {
    /// Where a message was written.
    pub(crate) async fn of_message(
        bot: &Bot,
        message: &Message,
    ) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let author = message.author.id;
        if message.guild_id.is_none() {
            return Ok(Self::alone(author)?);
        }
        let parent = match bot.places.known(message.channel_id) {
            Some(parent) => parent,
            None => bot
                .places
                .learn(&bot.discord.channel(message.channel_id).await?.model().await?),
        };
        let roles = message.member.as_ref().map_or(&[][..], |member| &member.roles);
        Ok(Self::among_others(message.channel_id, parent, author, roles)?)
    }

    /// Where a command was given or a component pressed; `None` if Discord does not say.
    pub(crate) fn of_interaction(bot: &Bot, interaction: &Interaction) -> Option<Self> {
        let author = interaction.author_id()?;
        let channel = interaction.channel.as_ref()?;
        let place = if channel.kind == ChannelType::Private {
            Self::alone(author)
        } else {
            let member = interaction.member.as_ref();
            let roles = member.map_or(&[][..], |member| &member.roles);
            Self::among_others(channel.id, bot.places.learn(channel), author, roles)
        };
        let language = interaction.locale.clone();
        Some(Self {
            language,
            ..place.ok()?
        })
    }

    fn alone(author: Id<UserMarker>) -> Result<Self, BadRoom> {
        Ok(Self {
            session: SessionKey::of(&Room::direct("discord", &author.to_string())?),
            actor: Actor::member(&format!("discord:{author}")),
            language: None,
        })
    }

    fn among_others(
        channel: Id<ChannelMarker>,
        parent: Option<Id<ChannelMarker>>,
        author: Id<UserMarker>,
        roles: &[Id<RoleMarker>],
    ) -> Result<Self, BadRoom> {
        let room = match parent {
            Some(parent) => Room::channel("discord", &parent.to_string())?.thread(&channel.to_string())?,
            None => Room::channel("discord", &channel.to_string())?,
        };
        let actor = Actor::member(&format!("discord:{author}")).in_room(&room.to_string());
        let actor = roles
            .iter()
            .fold(actor, |actor, role| actor.with_role(&role.to_string()));
        Ok(Self {
            session: SessionKey::of(&room),
            actor,
            language: None,
        })
    }

    /// A text of this person here, to be answered in their language.
    pub(crate) fn message<'p>(&'p self, text: &'p str) -> modelpin::Message<'p> {
        let message = modelpin::Message::new(&self.session, &self.actor, text);
        match &self.language {
            Some(tag) => message.in_language(tag),
            None => message,
        }
    }

    /// A press of theirs.
    pub(crate) fn press<'p>(&'p self, token: &'p str) -> Press<'p> {
        let press = Press::new(&self.session, &self.actor, token);
        match &self.language {
            Some(tag) => press.in_language(tag),
            None => press,
        }
    }

    /// Who sees an answer for which nobody can be asked yet: as few as may have to.
    pub(crate) fn audience(&self) -> Audience {
        match self.session.company() {
            Some(Company::Alone) => Audience::Chat,
            _ => Audience::Sender,
        }
    }
}
