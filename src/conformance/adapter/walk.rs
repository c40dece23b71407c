//! By presses alone, or by numbers alone, to everything that is offered.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use super::Adapter;
use super::claim::{Broken, Claim, hold};
use super::reader::{Read, Reader};
use super::text::{Label, Names, has_number};
use super::world::World;
use crate::model::ModelRef;
use crate::picker::{Choice, PAGE};
use crate::profile::ProfileId;
use crate::view::{Body, Changed, Occasion, PickerView, PinnedProfile, View};

/// Up to so many models, the profiles of each are walked through; of more, those of some.
const ALL_PROFILES: usize = 24;

/// So many numbers are typed where buttons do the same.
const NUMBERS: usize = 12;

/// So many are typed where there are no buttons.
const TYPED: usize = 100;

/// What a button chooses, and by which names it can be called.
struct Meant {
    model: ModelRef,
    /// `None` for the model alone.
    profile: Option<ProfileId>,
    names: Names,
    /// The number that can stand for it.
    number: Option<usize>,
}

/// Reaches all models and the profiles of some.
pub(super) async fn everything_is_reached<A: Adapter>(
    reader: &mut Reader<'_, A>,
    world: &World,
) -> Result<(), Broken> {
    let first = world.say("/model list 1").await?;
    let shown = picker(&first)?;
    let all: Vec<ModelRef> = shown
        .picker
        .choices()
        .iter()
        .map(|choice| choice.model.clone())
        .collect();
    let has_buttons = !reader.read(&first)?.buttons.is_empty();
    let reached = if has_buttons {
        by_buttons(reader, world, first, &all).await?
    } else {
        by_pages(reader, world, &all).await?
    };
    let missed = all.iter().find(|model| !reached.contains(*model));
    hold(missed.is_none(), Claim::EveryChoiceIsReached, || {
        format!("nothing leads to {missed:?}")
    })?;
    reader.report.choices += reached.len();
    let sample: Vec<usize> = (1..=all.len()).collect();
    let most = if has_buttons { NUMBERS } else { TYPED };
    for number in reader.dice.some(&sample, most) {
        type_number(reader, world, *number, &all).await?;
    }
    Ok(())
}

/// A picker that was asked for.
fn picker(view: &View) -> Result<&PickerView, Broken> {
    match &view.body {
        Body::Picker(shown) => Ok(shown),
        other => Err(Broken::kit(format!("a picker was asked for: {other:?}"))),
    }
}

/// Presses every button that is reached, those of choices once each.
async fn by_buttons<A: Adapter>(
    reader: &mut Reader<'_, A>,
    world: &World,
    first: View,
    all: &[ModelRef],
) -> Result<BTreeSet<ModelRef>, Broken> {
    let followed: HashSet<ModelRef> = reader.dice.some(all, ALL_PROFILES).into_iter().cloned().collect();
    let mut seen: HashSet<String> = HashSet::new();
    let mut reached = BTreeSet::new();
    let mut profiles: HashMap<ModelRef, (HashSet<ProfileId>, HashSet<ProfileId>)> = HashMap::new();
    let mut next = VecDeque::from([first]);
    while let Some(view) = next.pop_front() {
        let shown = picker(&view)?;
        let read = reader.read(&view)?;
        announced(&read, shown)?;
        everything_is_offered(&read, shown)?;
        if let Some(choice) = chosen(shown) {
            let (wanted, _) = profiles.entry(choice.model.clone()).or_default();
            wanted.extend(options(choice).map(|option| option.id.clone()));
        }
        let meanings = meanings(shown);
        let skipped: HashSet<&str> = page(shown)
            .iter()
            .filter(|choice| !followed.contains(&choice.model))
            .filter_map(|choice| choice.profiles_token.as_ref())
            .map(|token| token.as_str())
            .collect();
        let default = shown.default.as_ref().map(|token| token.as_str());
        for button in &read.buttons {
            let token = button.token.as_str();
            if let Some(meant) = meanings.get(token) {
                names_what_it_chooses(&button.label, meant, meanings.values())?;
            }
            if skipped.contains(token) || !seen.insert(button.token.clone()) {
                continue;
            }
            let answer = world.press(&world.ann, token).await?;
            reader.report.presses += 1;
            let told = || format!("“{}” ({token}): {:?}", button.label, answer.body);
            match (&answer.body, meanings.get(token)) {
                (Body::Changed(changed), Some(meant)) => {
                    hold(chose(changed, meant), Claim::ALabelNamesWhatIsChosen, told)?;
                    match &meant.profile {
                        None => _ = reached.insert(meant.model.clone()),
                        Some(id) => {
                            let (_, got) = profiles.entry(meant.model.clone()).or_default();
                            got.insert(id.clone());
                        }
                    }
                }
                // Automatic choice, and the default.
                (Body::Changed(_), None) => {
                    let auto = shown.chosen.as_ref().and_then(|chosen| chosen.auto.as_ref());
                    let known = default == Some(token) || auto.is_some_and(|auto| auto.as_str() == token);
                    hold(known, Claim::NoInventedToken, told)?;
                }
                (Body::Picker(after), None) => {
                    hold(after.occasion == Occasion::Asked, Claim::NoInventedToken, told)?;
                    next.push_back(answer);
                    continue;
                }
                _ => return Err(Broken::new(Claim::ALabelNamesWhatIsChosen, told())),
            }
            if reader.dice.to(8) == 1 {
                reader.read(&answer)?;
            }
        }
    }
    for (model, (wanted, got)) in &profiles {
        let missed = wanted.iter().find(|id| !got.contains(*id));
        hold(missed.is_none(), Claim::EveryChoiceIsReached, || {
            format!("nothing leads to {missed:?} of {model}")
        })?;
        reader.report.choices += wanted.len();
    }
    Ok(reached)
}

/// The models of a page; none where profiles are shown.
fn page(shown: &PickerView) -> &[Choice] {
    let page = shown.picker.page(shown.page);
    page.map_or(&[], |page| page.choices)
}

fn chosen(shown: &PickerView) -> Option<&Choice> {
    let number = shown.chosen.as_ref()?.number;
    shown.picker.choices().get(number.checked_sub(1)?)
}

fn options(choice: &Choice) -> impl Iterator<Item = &crate::picker::ProfileOption> {
    choice.serving.iter().flat_map(|serving| &serving.profiles)
}

/// The names by which a model is called.
fn names(choice: &Choice) -> Names {
    let reference = choice.model.to_string();
    let alias = choice.alias.as_deref();
    Names::new(
        [reference.as_str(), choice.model.model()]
            .into_iter()
            .chain(alias),
    )
}

/// What the buttons of a picker choose.
fn meanings(shown: &PickerView) -> HashMap<String, Meant> {
    let mut meanings = HashMap::new();
    let choices = page(shown).iter().chain(chosen(shown));
    for choice in choices {
        if let Some(token) = &choice.token {
            let meant = Meant {
                model: choice.model.clone(),
                profile: None,
                names: names(choice),
                number: Some(choice.number),
            };
            meanings.insert(token.to_string(), meant);
        }
        for option in options(choice) {
            let Some(token) = &option.token else { continue };
            let short = option.id.short_name(choice.model.provider());
            let names = [Some(option.id.as_str()), short];
            let meant = Meant {
                model: choice.model.clone(),
                profile: Some(option.id.clone()),
                names: Names::new(names.into_iter().flatten()),
                number: None,
            };
            meanings.insert(token.to_string(), meant);
        }
    }
    meanings
}

/// Whether a change is what a button meant.
fn chose(changed: &Changed, meant: &Meant) -> bool {
    let pinned = &changed.pinned;
    let profile = match (&pinned.profile, &meant.profile) {
        (None, None) => true,
        (Some(PinnedProfile::Named(id, _)), Some(wanted)) => id == wanted,
        _ => false,
    };
    profile
        && pinned
            .model
            .as_ref()
            .is_some_and(|named| named.model == meant.model)
}

/// A label names what is chosen, and nothing else on the page better.
fn names_what_it_chooses<'m>(
    label: &str,
    meant: &Meant,
    all: impl Iterator<Item = &'m Meant>,
) -> Result<(), Broken> {
    if meant.number.is_some_and(|number| has_number(label, number)) {
        return Ok(());
    }
    let read = Label::new(label);
    let named = |meant: &Meant| meant.names.within(&read);
    let own = named(meant);
    // Of the same kind: a model beside models, a profile beside profiles of its model.
    let like = all.filter(|other| {
        other.profile.is_some() == meant.profile.is_some()
            && (meant.profile.is_none() || other.model == meant.model)
    });
    let best = like.map(named).max().unwrap_or(0);
    hold(own > 0 && own >= best, Claim::ALabelNamesWhatIsChosen, || {
        format!("“{label}” is on the button of {:?}", meant.names)
    })
}

/// The numbers that are told are those that there are.
fn announced(read: &Read, shown: &PickerView) -> Result<(), Broken> {
    let count = shown.picker.choices().len();
    let wrong = read.announced.iter().find(|told| **told != count);
    hold(
        wrong.is_none() || shown.chosen.is_some(),
        Claim::TheAnnouncedNumberIsTrue,
        || format!("{wrong:?} is told, there are {count}"),
    )
}

/// Everything on a page can be pressed.
fn everything_is_offered(read: &Read, shown: &PickerView) -> Result<(), Broken> {
    let there = |token: &crate::picker::ChoiceToken| read.button(token.as_str()).is_some();
    let missing = |told: String| Broken::new(Claim::EveryChoiceIsOffered, told);
    if let (Some(choice), Some(of)) = (chosen(shown), &shown.chosen) {
        let on_page = options(choice).skip(of.page.saturating_sub(1) * PAGE).take(PAGE);
        for option in on_page {
            if !option.token.as_ref().is_some_and(there) {
                return Err(missing(format!(
                    "no button for {} of {}",
                    option.id, choice.model
                )));
            }
        }
        return Ok(());
    }
    for choice in page(shown) {
        if !choice.token.as_ref().is_some_and(there) {
            return Err(missing(format!("no button for {}", choice.model)));
        }
        let all_here = || options(choice).all(|option| option.token.as_ref().is_some_and(there));
        if !choice.profiles_token.as_ref().is_none_or(there) && !all_here() {
            return Err(missing(format!("no button for the profiles of {}", choice.model)));
        }
    }
    Ok(())
}

/// Asks for every page that a page speaks of.
async fn by_pages<A: Adapter>(
    reader: &mut Reader<'_, A>,
    world: &World,
    all: &[ModelRef],
) -> Result<BTreeSet<ModelRef>, Broken> {
    let mut reached = BTreeSet::new();
    let mut number = 1;
    loop {
        let view = world.say(&format!("/model list {number}")).await?;
        let shown = picker(&view)?;
        let read = reader.read(&view)?;
        announced(&read, shown)?;
        let all_text = Label::new(&read.text);
        for choice in page(shown) {
            let told = has_number(&read.text, choice.number) && names(choice).within(&all_text) > 0;
            hold(told, Claim::EveryChoiceIsOffered, || {
                format!("{}. {} is not in {:?}", choice.number, choice.model, read.text)
            })?;
            reached.insert(choice.model.clone());
        }
        number += 1;
        if !read.text.contains(&format!("/model list {number}")) {
            break;
        }
    }
    let pages = all.len().div_ceil(PAGE).max(1);
    hold(number > pages, Claim::EveryChoiceIsReached, || {
        format!("page {} of {pages} does not speak of the next", number - 1)
    })?;
    Ok(reached)
}

async fn type_number<A: Adapter>(
    reader: &mut Reader<'_, A>,
    world: &World,
    number: usize,
    all: &[ModelRef],
) -> Result<(), Broken> {
    let answer = world.say(&format!("/model {number}")).await?;
    reader.report.numbers += 1;
    let pinned = match &answer.body {
        Body::Changed(changed) => changed.pinned.model.as_ref().map(|named| &named.model),
        _ => None,
    };
    let wanted = number.checked_sub(1).and_then(|at| all.get(at));
    hold(pinned == wanted, Claim::NumbersChooseWhatTheyStandFor, || {
        format!("/model {number} stands for {wanted:?} and chose {pinned:?}")
    })
}
