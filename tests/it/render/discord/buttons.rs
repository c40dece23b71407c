//! Views with buttons, as the engine makes them.

use modelpin::picker::{
    Action, Choice, ChoiceToken, Numbered, PAGE, Picker, Pressers, ProviderButton, ProviderList, Scene, Seal,
    Turns,
};
use modelpin::secret::HandleKey;
use modelpin::session::{Actor, AgentId};
use modelpin::view::{Body, Chosen, PickerView, View};

fn token(action: Action) -> ChoiceToken {
    let key = HandleKey::derive(b"an example").seal_key();
    let (agent, actor) = (AgentId::main(), Actor::member("7"));
    let scene = Scene {
        agent: &agent,
        chat: "discord:channel:42",
        actor: &actor,
        models: 1,
        profiles: Numbered::of(&key, ["one"]),
    };
    Seal::new(&key, scene).token(action, Pressers::Sender)
}

fn number(n: usize) -> u32 {
    u32::try_from(n).expect("a small number")
}

fn turns(page: usize, pages: usize, to: impl Fn(u32) -> Action) -> Turns {
    Turns {
        previous: (page > 1).then(|| token(to(number(page - 1)))),
        next: (page < pages).then(|| token(to(number(page + 1)))),
    }
}

/// The same, with the buttons that there would be.
pub(super) fn pressable(view: &View) -> View {
    let Body::Picker(shown) = &view.body else {
        return view.clone();
    };
    let choices = shown.picker.choices().iter().map(|choice| {
        let model = number(choice.number);
        let mut choice: Choice = choice.clone();
        choice.token = Some(token(Action::Model(model)));
        if let Some(serving) = choice.serving.as_mut().filter(|it| !it.profiles.is_empty()) {
            choice.profiles_token = Some(token(Action::Profiles { model, page: 1 }));
            for (option, profile) in serving.profiles.iter_mut().zip(0..) {
                option.token = Some(token(Action::ModelWith { model, profile }));
            }
        }
        choice
    });
    let picker = Picker::new(choices.collect(), 1);
    let chosen = shown.chosen.as_ref().map(|chosen| {
        let model = number(chosen.number);
        let of = picker.choices().get(chosen.number - 1).expect("there");
        let count = of.serving.as_ref().map_or(0, |serving| serving.profiles.len());
        Chosen {
            turns: turns(chosen.page, count.div_ceil(PAGE), |page| Action::Profiles {
                model,
                page,
            }),
            auto: Some(token(Action::ModelAuto(model))),
            back: Some(token(Action::Page(number(Picker::page_of(chosen.number))))),
            ..chosen.clone()
        }
    });
    let pages = picker.pages();
    let (of_one, all) = match &shown.provider {
        Some(_) => (true, Some(token(Action::Page(1)))),
        None => (false, None),
    };
    let providers = if pages > 1 && !of_one {
        providers(&picker)
    } else {
        ProviderList::default()
    };
    let shown = PickerView {
        turns: turns(shown.page, pages, |page| match of_one {
            true => Action::ProviderPage { provider: 0, page },
            false => Action::Page(page),
        }),
        chosen,
        providers,
        all,
        default: Some(token(Action::Default)),
        picker,
        ..(**shown).clone()
    };
    View {
        body: Body::Picker(Box::new(shown)),
        ..view.clone()
    }
}

fn providers(picker: &Picker) -> ProviderList {
    let groups: Vec<&[Choice]> = picker
        .choices()
        .chunk_by(|a, b| a.model.provider() == b.model.provider())
        .collect();
    let count = groups.len();
    let buttons = groups
        .into_iter()
        .take(16)
        .zip(0..)
        .map(|(group, provider)| ProviderButton {
            provider: group[0].model.provider().clone(),
            models: group.len(),
            token: token(Action::ProviderPage { provider, page: 1 }),
        });
    let pages = count.div_ceil(16);
    ProviderList {
        buttons: buttons.collect(),
        page: 1,
        pages,
        count,
        turns: turns(1, pages, |page| Action::Providers { page, models: 1 }),
    }
}
