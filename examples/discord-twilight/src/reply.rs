//! Sends what is to be said, in the way that is left: an interaction has one first answer, then edits and follow-ups.

use modelpin::render::discord::{Answer, InteractionResponse, Message, Place};
use modelpin::view::Audience;
use serde::Serialize;
use twilight_http::request::Request;
use twilight_http::response::marker::EmptyBody;
use twilight_http::routing::Route;
use twilight_model::application::interaction::Interaction;
use twilight_model::id::Id;
use twilight_model::id::marker::ChannelMarker;

use crate::{Bot, Outcome};

/// Where answers go.
pub(crate) struct Reply {
    to: To,
    said: Said,
}

enum To {
    Channel(Id<ChannelMarker>),
    Interaction { id: u64, token: String },
}

/// What an interaction was answered with so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Nothing,
    /// That a new message will come.
    MessageLater,
    /// That the pressed message will be edited, or nothing at all will come.
    UpdateLater,
    Answer,
}

impl Reply {
    pub(crate) fn in_channel(channel: Id<ChannelMarker>) -> Self {
        Self {
            to: To::Channel(channel),
            said: Said::Nothing,
        }
    }

    pub(crate) fn to_interaction(interaction: &Interaction) -> Self {
        let (id, token) = (interaction.id.get(), interaction.token.clone());
        Self {
            to: To::Interaction { id, token },
            said: Said::Nothing,
        }
    }

    /// The first answer to an interaction.
    pub(crate) async fn callback(&self, bot: &Bot, body: &impl Serialize) -> Outcome {
        let To::Interaction { id, token } = &self.to else {
            return Ok(());
        };
        let route = Route::InteractionCallback {
            interaction_id: *id,
            interaction_token: token,
            with_response: false,
        };
        send(bot, &route, body).await
    }

    /// Says that an answer comes later.
    pub(crate) async fn later(&mut self, bot: &Bot, audience: Audience) -> Outcome {
        match &self.to {
            To::Channel(channel) => Ok(bot.discord.create_typing_trigger(*channel).await.map(drop)?),
            To::Interaction { .. } if self.said == Said::Nothing => {
                self.said = Said::MessageLater;
                self.callback(bot, &InteractionResponse::later(audience)).await
            }
            To::Interaction { .. } => Ok(()),
        }
    }

    /// Says that the pressed message will be edited, or that there is nothing to say.
    pub(crate) async fn update_later(&mut self, bot: &Bot) -> Outcome {
        self.said = Said::UpdateLater;
        self.callback(bot, &InteractionResponse::update_later()).await
    }

    /// Says nothing: Discord would tell that the bot did not respond.
    pub(crate) async fn nothing(&mut self, bot: &Bot) -> Outcome {
        let To::Interaction { token, .. } = &self.to else {
            return Ok(());
        };
        if self.said == Said::Answer {
            return Ok(());
        }
        let token = token.clone();
        self.later(bot, Audience::Sender).await?;
        let interaction = bot.discord.interaction(bot.application);
        Ok(interaction.delete_response(&token).await.map(drop)?)
    }

    /// What modelpin answers.
    pub(crate) async fn answer(&mut self, bot: &Bot, answer: &Answer) -> Outcome {
        match (&self.to, self.said, answer.place()) {
            (To::Interaction { .. }, Said::Nothing, _) => self.callback(bot, &answer.response()).await?,
            (To::Interaction { token, .. }, Said::MessageLater, _)
            | (To::Interaction { token, .. }, Said::UpdateLater, Place::Pressed) => {
                let original = Route::UpdateInteractionOriginal {
                    application_id: bot.application.get(),
                    interaction_token: token,
                };
                send(bot, &original, &answer.first().clone().seen_by(Audience::Chat)).await?;
            }
            _ => self.another(bot, answer.first()).await?,
        }
        self.said = Said::Answer;
        for message in answer.more() {
            self.another(bot, message).await?;
        }
        Ok(())
    }

    /// What a model answers.
    pub(crate) async fn message(&mut self, bot: &Bot, message: &Message) -> Outcome {
        match (&self.to, self.said) {
            (To::Interaction { token, .. }, Said::MessageLater) => {
                let original = Route::UpdateInteractionOriginal {
                    application_id: bot.application.get(),
                    interaction_token: token,
                };
                send(bot, &original, message).await?;
            }
            _ => self.another(bot, message).await?,
        }
        self.said = Said::Answer;
        Ok(())
    }

    async fn another(&self, bot: &Bot, message: &Message) -> Outcome {
        match &self.to {
            // A message in a channel is seen by all who see the channel.
            To::Channel(channel) => {
                let route = Route::CreateMessage {
                    channel_id: channel.get(),
                };
                send(bot, &route, &message.clone().seen_by(Audience::Chat)).await
            }
            To::Interaction { token, .. } => {
                let route = Route::ExecuteWebhook {
                    thread_id: None,
                    token,
                    wait: None,
                    with_components: None,
                    webhook_id: bot.application.get(),
                };
                send(bot, &route, message).await
            }
        }
    }
}

async fn send(bot: &Bot, route: &Route<'_>, body: &impl Serialize) -> Outcome {
    let request = Request::builder(route).json(body).build()?;
    bot.discord.request::<EmptyBody>(request).await?;
    Ok(())
}
