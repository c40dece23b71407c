//! Replies as data: one JSON object for each reply, for programs that show it in their own way.
//!
//! [`ReplyData`] has the facts of a [`View`] and the tokens of its buttons, and no sentence that a program would have to
//! read. Its keys are all there always; a fact that there is none of is `null`. Moments are milliseconds since the Unix
//! epoch. A `label` is fit to be shown: it is cut, and has no character that acts on a display. Ids and references are
//! whole, so that they can be compared; a display has to make them safe. What looks like a key is blotted out everywhere.
//!
//! Fields may be added, and codes too; none changes its meaning. `docs/replies.md` has an example for each kind, and
//! `docs/reply.schema.json` is generated from here. Read `words.rs` for what several kinds use.

mod candidate;
mod change;
mod next;
mod picker;
mod refusal;
mod status;
mod words;

use serde::Serialize;

use super::Render;
use crate::view::{Audience, Body, Prompt, View};

pub use candidate::{CandidateData, MarkData, ReasonData};
pub use change::{
    ChangeCode, ChangedData, ModelNowData, PaysForData, PinnedData, PinnedProfileData, ProfileNowData,
};
pub use next::NextData;
pub use picker::{
    ChoiceData, ChosenData, OccasionData, PickerData, ProfileData, ProviderData, ProviderPagesData,
    UsabilityCode, UsabilityData,
};
pub use refusal::RefusedData;
pub use status::{EndpointData, ProviderStatusData, StatusData, WhyData};
pub use words::{EndData, ModeData, ModelData, OriginData, ScopeData, SelectedProfileData, SelectionData};

/// Renders views as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Data;

impl Render for Data {
    type Message = ReplyData;

    fn render(&self, view: &View) -> ReplyData {
        ReplyData::of(view)
    }
}

/// A reply of modelpin, for programs: what it says is in the fields of its `kind`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReplyData {
    /// The moment for which it is true, in milliseconds since the Unix epoch.
    pub at: i64,
    /// What became of the text behind the command line.
    pub prompt: PromptData,
    /// Whether the one who sent the command or pressed the button is to read it alone: show it as an ephemeral message, or
    /// in another way that the others in the chat do not see, where the platform has one.
    pub private: bool,
    /// What it says.
    #[serde(flatten)]
    pub body: BodyData,
}

/// The kinds of reply.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum BodyData {
    /// Models to choose from.
    Picker(Box<PickerData>),
    /// What is used now and what could be.
    Status(Box<StatusData>),
    /// Why the next request goes where it goes.
    Why(Box<WhyData>),
    /// What a command or a button changed: what was committed.
    Changed(Box<ChangedData>),
    /// How commands are written.
    Help(HelpData),
    /// A command line that is wrong; nothing changed.
    Faults(FaultsData),
    /// A command that was understood and not carried out.
    Refused(Box<RefusedData>),
}

/// How commands are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HelpData {
    /// Lines whose columns matter: show them in a monospaced block.
    pub drawing: String,
}

/// A command line with its faults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FaultsData {
    /// The line, with carets under each fault and what is wrong there: show it in a monospaced block.
    pub drawing: String,
}

/// What became of the text behind a command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PromptData {
    /// There was none.
    None,
    /// It goes to the model, with the new selection.
    Sent,
    /// It goes nowhere: it would have run on a selection that nobody asked for.
    NotSent,
}

impl ReplyData {
    /// The data of a view. The same view gives the same data.
    #[must_use]
    pub fn of(view: &View) -> Self {
        Self {
            at: view.at.as_millis(),
            prompt: match view.prompt {
                Prompt::None => PromptData::None,
                Prompt::Sent => PromptData::Sent,
                Prompt::NotSent => PromptData::NotSent,
            },
            private: view.to == Audience::Sender,
            body: match &view.body {
                Body::Picker(shown) => BodyData::Picker(Box::new(PickerData::of(shown))),
                Body::Status(status) => BodyData::Status(Box::new(StatusData::of(status))),
                Body::Why(why) => BodyData::Why(Box::new(WhyData::of(&view.words, why))),
                Body::Changed(changed) => BodyData::Changed(Box::new(ChangedData::of(changed))),
                Body::Help => BodyData::Help(HelpData {
                    drawing: crate::command::help::short().trim_end().to_owned(),
                }),
                Body::Faults(drawing) => BodyData::Faults(FaultsData {
                    drawing: drawing.trim_end().to_owned(),
                }),
                Body::Refused(refusal) => {
                    BodyData::Refused(Box::new(RefusedData::of(&view.words, refusal, view.at)))
                }
            },
        }
    }

    /// The JSON Schema of replies; `docs/reply.schema.json` is this.
    #[cfg(feature = "schema")]
    #[must_use]
    pub fn schema() -> schemars::Schema {
        // Of what is written, not of what would be read: each key is there, `null` or not.
        let written = schemars::generate::SchemaSettings::default().for_serialize();
        written.into_generator().into_root_schema_for::<Self>()
    }
}
