//! What an event of Discord is about.

use modelpin::registration::discord::{Autocomplete, OPTION};
use modelpin::render::discord::{EPHEMERAL, pressed};
use modelpin::view::Audience;
use twilight_gateway::Event;
use twilight_model::application::interaction::application_command::{CommandData, CommandOptionValue};
use twilight_model::application::interaction::{Interaction, InteractionData, InteractionType};
use twilight_model::channel::Message;

use crate::place::Place;
use crate::reply::Reply;
use crate::{Bot, Outcome};

impl Bot {
    /// Does what an event asks for.
    pub(crate) async fn hear(&self, event: Event) -> Outcome {
        match event {
            Event::MessageCreate(message) => self.message(&message).await,
            Event::InteractionCreate(interaction) => self.interaction(&interaction).await,
            _ => Ok(()),
        }
    }

    /// A message: the bot answers where it is alone with a person, and where it is mentioned.
    async fn message(&self, message: &Message) -> Outcome {
        let mentioned = message.mentions.iter().any(|user| user.id == self.user);
        if message.author.bot || !(mentioned || message.guild_id.is_none()) {
            return Ok(());
        }
        let at = Place::of_message(self, message).await?;
        let mut reply = Reply::in_channel(message.channel_id);
        self.text(&at, &message.content, &mut reply).await
    }

    async fn interaction(&self, interaction: &Interaction) -> Outcome {
        let Some(at) = Place::of_interaction(self, interaction) else {
            return Ok(());
        };
        let mut reply = Reply::to_interaction(interaction);
        match (interaction.kind, &interaction.data) {
            (InteractionType::ApplicationCommand, Some(InteractionData::ApplicationCommand(command))) => {
                let text = format!("/{} {}", command.name, option(command).unwrap_or_default());
                self.text(&at, text.trim_end(), &mut reply).await
            }
            (
                InteractionType::ApplicationCommandAutocomplete,
                Some(InteractionData::ApplicationCommand(command)),
            ) => {
                let names = self.modelpin.names(&at.session, &at.actor);
                let typed = option(command).unwrap_or_default();
                reply.callback(self, &Autocomplete::of(typed, &names)).await
            }
            (InteractionType::MessageComponent, Some(InteractionData::MessageComponent(component))) => {
                // A component of another part of the bot would go there.
                let Some(token) = pressed(&component.custom_id, &component.values) else {
                    return Ok(());
                };
                let flags = interaction.message.as_ref().and_then(|message| message.flags);
                let seen_by = match flags.is_some_and(|flags| flags.bits() & u64::from(EPHEMERAL) != 0) {
                    true => Audience::Sender,
                    false => Audience::Chat,
                };
                self.press(&at, token, seen_by, &mut reply).await
            }
            _ => Ok(()),
        }
    }
}

/// What stands behind the command, whole or as far as it was typed.
fn option(command: &CommandData) -> Option<&str> {
    let option = command.options.iter().find(|option| option.name == OPTION)?;
    match &option.value {
        CommandOptionValue::String(text) | CommandOptionValue::Focused(text, _) => Some(text),
        _ => None,
    }
}
