//! What must not work: presses of others, of yesterday, of nobody.

use serde_json::json;

use super::Adapter;
use super::claim::{Broken, Claim, hold};
use super::reader::Reader;
use super::world::{FIRST, GOING, World};
use crate::session::Actor;
use crate::view::{Audience, Body, Occasion, PickerView, Refusal, View};

/// So many tokens are tried in each way.
const TOKENS: usize = 12;

/// Tries it all, and leaves the world broken.
pub(super) async fn what_does_not_hold_changes_nothing<A: Adapter>(
    reader: &mut Reader<'_, A>,
    mut world: World,
) -> Result<(), Broken> {
    let first = world.say("/model list 1").await?;
    let mut tokens = pressable(reader, &first)?;
    let pages = profile_pages(reader, &world, &first).await?;
    let told = pages.iter().any(|(_, text)| text.contains(GOING));
    hold(told, Claim::EveryChoiceIsOffered, || {
        format!("{GOING} stands in no page of profiles")
    })?;
    for (page, _) in &pages {
        tokens.extend(pressable(reader, page)?);
    }
    let tokens: Vec<String> = reader.dice.some(&tokens, TOKENS).into_iter().cloned().collect();
    dead(reader, &world, &world.bob.clone(), &tokens).await?;
    let forged: Vec<String> = tokens.iter().flat_map(|token| forgeries(token)).collect();
    dead(reader, &world, &world.ann.clone(), &forged).await?;
    a_fresh_picker_is_for_the_presser(reader, &world, &tokens).await?;

    // A profile that is taken away, while its button is still on the screen.
    let of_it = pages.iter().find_map(|(page, _)| token_of(page, GOING));
    let id = format!("{FIRST}:{GOING}");
    if let Some(profiles) = world.store["profiles"].as_object_mut() {
        profiles.remove(&id);
    }
    world.rewritten()?;
    world.say("/model default").await?;
    dead(reader, &world, &world.ann.clone(), of_it.as_slice()).await?;
    let again = world.say("/model list 1").await?;
    for (_, text) in profile_pages(reader, &world, &again).await? {
        hold(!text.contains(GOING), Claim::ARevokedProfileIsGone, || text)?;
    }

    // Somebody who may not any more.
    let fresh = pressable(reader, &again)?;
    let before = world.config.clone();
    world.config["commands"] = json!({ "allow": { "senders": ["eve"] }, "unauthorised": "refuse" });
    world.rewritten()?;
    let pinned = world.pinned().await?;
    for token in reader.dice.some(&fresh, TOKENS) {
        let answer = world.press(&world.ann, token).await?;
        reader.report.dead += 1;
        let refused = matches!(answer.body, Body::Refused(Refusal::NoCommands));
        hold(refused, Claim::PermissionIsAskedAtThePress, || {
            format!("{token}: {:?}", answer.body)
        })?;
        reader.read(&answer)?;
    }
    let unchanged = pinned == world.pinned().await?;
    hold(unchanged, Claim::PermissionIsAskedAtThePress, || {
        "a press of nobody's changed a pin".to_owned()
    })?;

    // Another catalogue.
    world.config = before;
    world.config["agents"]["defaults"]["models"]["p0/new-in-the-catalogue"] = json!({});
    world.rewritten()?;
    let old: Vec<String> = reader.dice.some(&fresh, TOKENS).into_iter().cloned().collect();
    dead(reader, &world, &world.ann.clone(), &old).await?;

    world.torn().await?;
    for said in ["/model", "/model status", "/model help"] {
        reader.read(&world.say(said).await?)?;
    }
    Ok(())
}

fn picker(view: &View) -> Option<&PickerView> {
    match &view.body {
        Body::Picker(shown) => Some(shown),
        _ => None,
    }
}

/// The tokens of a reply: those that the adapter shows, else those that it could show.
fn pressable<A: Adapter>(reader: &mut Reader<'_, A>, view: &View) -> Result<Vec<String>, Broken> {
    let buttons = reader.read(view)?.buttons;
    if !buttons.is_empty() {
        return Ok(buttons.into_iter().map(|button| button.token).collect());
    }
    let choices = picker(view).map_or(&[][..], |shown| shown.picker.choices());
    let profiles = choices
        .iter()
        .flat_map(|choice| &choice.serving)
        .flat_map(|it| &it.profiles);
    let profiles = profiles.filter_map(|option| option.token.as_ref());
    let tokens = choices
        .iter()
        .filter_map(|choice| choice.token.as_ref())
        .chain(profiles);
    Ok(tokens.map(ToString::to_string).collect())
}

/// The pages of profiles of the first model, and what can be read in each.
async fn profile_pages<A: Adapter>(
    reader: &mut Reader<'_, A>,
    world: &World,
    first: &View,
) -> Result<Vec<(View, String)>, Broken> {
    let choice = picker(first).and_then(|shown| shown.picker.choices().first());
    let mut token = choice.and_then(|choice| choice.profiles_token.clone());
    let mut pages = Vec::new();
    while let Some(turn) = token {
        let view = world.press(&world.ann, turn.as_str()).await?;
        reader.report.presses += 1;
        let text = reader.read(&view)?.text;
        let chosen = picker(&view).and_then(|shown| shown.chosen.as_ref());
        token = chosen.and_then(|chosen| chosen.turns.next.clone());
        pages.push((view, text));
    }
    Ok(pages)
}

/// The button of a profile, by its name.
fn token_of(view: &View, name: &str) -> Option<String> {
    let choices = picker(view)?.picker.choices().iter();
    let mut profiles = choices
        .flat_map(|choice| &choice.serving)
        .flat_map(|it| &it.profiles);
    let named = profiles.find(|option| option.id.as_str().ends_with(name) && option.token.is_some())?;
    named.token.as_ref().map(ToString::to_string)
}

/// Texts near a token that nobody made.
fn forgeries(token: &str) -> [String; 4] {
    let (most, last) = token.split_at(token.len().saturating_sub(1));
    let other = if last == "A" { "B" } else { "A" };
    let turned: String = token.chars().rev().collect();
    [
        format!("{most}{other}"),
        format!("{token}="),
        turned,
        "mp1-AAAA".to_owned(),
    ]
}

/// Presses that have to do nothing, and to bring a fresh picker to the presser alone.
async fn dead<A: Adapter>(
    reader: &mut Reader<'_, A>,
    world: &World,
    who: &Actor,
    tokens: &[String],
) -> Result<(), Broken> {
    let before = world.pinned().await?;
    for token in tokens {
        let answer = world.press(who, token).await?;
        reader.report.dead += 1;
        let told = || format!("{} pressed {token}: {:?}", who.id(), answer.body);
        let fresh = picker(&answer).is_some_and(|shown| shown.occasion == Occasion::StaleButton);
        hold(fresh, Claim::DeadPressesChangeNothing, told)?;
        hold(
            answer.to == Audience::Sender,
            Claim::DeadPressesChangeNothing,
            || "the fresh picker is shown to everybody".to_owned(),
        )?;
        let read = reader.read(&answer)?;
        let same = read.buttons.iter().find(|button| tokens.contains(&button.token));
        hold(same.is_none(), Claim::DeadPressesChangeNothing, || {
            format!("{same:?} is offered again")
        })?;
    }
    let after = world.pinned().await?;
    hold(before == after, Claim::DeadPressesChangeNothing, || {
        format!("{before}\nbecame\n{after}")
    })
}

/// What a stranger gets for their press works for them, and for nobody else.
async fn a_fresh_picker_is_for_the_presser<A: Adapter>(
    reader: &mut Reader<'_, A>,
    world: &World,
    tokens: &[String],
) -> Result<(), Broken> {
    let Some(token) = tokens.first() else {
        return Ok(());
    };
    let fresh = world.press(&world.bob, token).await?;
    let of_bob = pressable(reader, &fresh)?;
    dead(reader, world, &world.ann.clone(), &of_bob).await?;
    let Some(choice) = picker(&fresh).and_then(|shown| shown.picker.choices().first()) else {
        return Ok(());
    };
    if let Some(token) = &choice.token {
        let answer = world.press(&world.bob, token.as_str()).await?;
        reader.report.presses += 1;
        let works = matches!(answer.body, Body::Changed(_));
        hold(works, Claim::DeadPressesChangeNothing, || {
            format!("bob's own button: {:?}", answer.body)
        })?;
    }
    Ok(())
}
