//! What follows the default when it fails.

use serde_json::{Value, json};

use super::error::DefaultsError;
use super::{Done, Purpose, Whose, allow, base, change, known, model_meant, with};
use crate::config::{ConfigEdit, EditError, Step};
use crate::model::ModelRef;
use crate::setup::place::Place;

use Step::{Index, Key};

/// The models that follow the default when it fails.
#[must_use]
pub fn fallbacks(place: &Place, whose: &Whose, purpose: Purpose) -> Vec<String> {
    let config = place.snapshot().config();
    let agent = match whose {
        Whose::Agent(agent) => agent.clone(),
        Whose::All => place.agent().clone(),
    };
    match purpose {
        Purpose::Chat => config
            .agent(&agent)
            .map(|agent| agent.fallbacks().to_vec())
            .unwrap_or_default(),
        Purpose::Image => {
            let image = config.agents.image_model.clone().unwrap_or_default();
            image.fallbacks.unwrap_or_default()
        }
    }
}

/// Puts a model at the end of the fallbacks; one that is there already stays where it is.
///
/// # Errors
/// [`DefaultsError`]; then nothing was written.
pub fn add_fallback(
    place: &Place,
    whose: &Whose,
    purpose: Purpose,
    model: &ModelRef,
) -> Result<Done, DefaultsError> {
    let whose = known(place, whose)?;
    let name = model.to_string();
    change(place, |edit| {
        let base = base(edit, whose)?;
        let list = with(&base, &[Key(purpose.key()), Key("fallbacks")]);
        as_object(edit, &base, purpose)?;
        if !texts(edit.get(&list)).contains(&name) {
            edit.insert(&list, usize::MAX, &json!(name))?;
        }
        allow(edit, &base, &name)
    })
}

/// Takes a model out of the fallbacks.
///
/// # Errors
/// [`DefaultsError::NoFallback`] if it is not among them.
pub fn remove_fallback(
    place: &Place,
    whose: &Whose,
    purpose: Purpose,
    written: &str,
) -> Result<Done, DefaultsError> {
    let whose = known(place, whose)?;
    let meant = model_meant(place, written).map(|model| model.to_string()).ok();
    let mut found = false;
    let done = change(place, |edit| {
        let base = base(edit, whose)?;
        let list = with(&base, &[Key(purpose.key()), Key("fallbacks")]);
        let is_meant = |is: &String| is == written || Some(is) == meant.as_ref();
        let there = texts(edit.own(&list));
        for at in (0..there.len()).rev().filter(|at| is_meant(&there[*at])) {
            found |= edit.remove(&with(&list, &[Index(at)]))?;
        }
        if texts(edit.get(&list)).iter().any(is_meant) {
            return Err(edit.elsewhere(&list));
        }
        Ok(Vec::new())
    })?;
    if found {
        Ok(done)
    } else {
        Err(DefaultsError::NoFallback(written.to_owned()))
    }
}

/// Takes all fallbacks away.
///
/// # Errors
/// [`DefaultsError`]; then nothing was written.
pub fn clear_fallbacks(place: &Place, whose: &Whose, purpose: Purpose) -> Result<Done, DefaultsError> {
    let whose = known(place, whose)?;
    change(place, |edit| {
        let base = base(edit, whose)?;
        edit.remove(&with(&base, &[Key(purpose.key()), Key("fallbacks")]))?;
        Ok(Vec::new())
    })
}

/// `model: "ref"` becomes `model: { primary: "ref" }`.
fn as_object(edit: &mut ConfigEdit, base: &[Step<'_>], purpose: Purpose) -> Result<(), EditError> {
    let path = with(base, &[Key(purpose.key())]);
    match edit.get(&path) {
        Some(Value::String(primary)) => edit.set(&path, &json!({ "primary": primary })),
        _ => Ok(()),
    }
}

fn texts(items: Option<Value>) -> Vec<String> {
    let items = items.as_ref().and_then(Value::as_array).into_iter().flatten();
    items
        .map(|item| item.as_str().unwrap_or_default().to_owned())
        .collect()
}
