//! The shapes of bodies, from the types that are read and written.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use crate::gateway::api::chat::{Answer, ChatMessage, ChatPress};
use crate::gateway::api::complete::{ChatTyped, Completed};
use crate::gateway::api::decisions::Decisions;
use crate::gateway::api::fault::ErrorAnswer;
use crate::gateway::api::sessions::{Cleared, SessionTold};
use crate::gateway::api::told::StatusTold;
use crate::report::Explained;

/// Each by its name.
pub(super) fn all() -> Map<String, Value> {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    // What is read: what may be left out is not required.
    let mut read = settings.clone().into_generator();
    read.subschema_for::<ChatMessage>();
    read.subschema_for::<ChatPress>();
    read.subschema_for::<ChatTyped>();
    // What is written: each key is there, `null` or not.
    let mut written = settings.for_serialize().into_generator();
    written.subschema_for::<Answer>();
    written.subschema_for::<Cleared>();
    written.subschema_for::<Completed>();
    written.subschema_for::<Decisions>();
    written.subschema_for::<ErrorAnswer>();
    written.subschema_for::<Explained>();
    written.subschema_for::<SessionTold>();
    written.subschema_for::<StatusTold>();
    let mut all = read.take_definitions(true);
    all.extend(written.take_definitions(true));
    all
}
