//! The menus and buttons of a picker.

use super::label::{described, marked, plain};
use super::limits::{
    BLOCKS_JSON, BUTTON_TEXT, GROUP_LABEL, OPTION_DESCRIPTION, OPTION_TEXT, PLACEHOLDER, SECTION_TEXT,
};
use super::message::{Element, Group, LayoutBlock, Menu, MenuOption, Options};
use crate::picker::{Choice, ChoiceToken, PAGE, ProfileOption};
use crate::render::prose::{Labels, short};
use crate::view::{Body, Chosen, PickerView, View};

/// The room of a text in a menu, in characters: the whole, and less where names make a message too long.
const ROOMS: [usize; 5] = [OPTION_TEXT, 56, 40, 28, 16];

/// The most that menus and buttons take of a message: beside them a full section has to fit.
const CONTROLS_JSON: usize = BLOCKS_JSON - SECTION_TEXT - 100;

/// How many characters of a token stand in the name of a block, so that another page has another name.
const TAIL: usize = 12;

/// The menus and buttons of a view, or `None` if it has none: then all it says is text.
pub(super) fn controls(view: &View) -> Option<Vec<LayoutBlock>> {
    let Body::Picker(shown) = &view.body else {
        return None;
    };
    let mut made = Vec::new();
    for room in ROOMS {
        let desk = Desk {
            labels: Labels::of(view),
            room,
        };
        made = desk.rows(shown)?;
        if made.iter().map(LayoutBlock::weight).sum::<usize>() <= CONTROLS_JSON {
            break;
        }
    }
    (!made.is_empty()).then_some(made)
}

/// Where rows are put together.
struct Desk {
    labels: Labels,
    room: usize,
}

/// What happens to be in a row.
#[derive(Default)]
struct Row(Vec<Element>);

impl Row {
    /// The row, if there is anything in it.
    fn named(self, name: &str) -> Option<LayoutBlock> {
        let token = match self.0.first()? {
            Element::Button { value, .. } => value,
            Element::StaticSelect(menu) => match &menu.options {
                Options::List(options) => &options.first()?.value,
                Options::Groups(groups) => &groups.first()?.options.first()?.value,
            },
        };
        let tail = token.get(token.len().saturating_sub(TAIL)..).unwrap_or(token);
        Some(LayoutBlock::Actions {
            block_id: format!("modelpin-{name}-{tail}"),
            elements: self.0,
        })
    }

    fn button(&mut self, name: &str, words: impl AsRef<str>, token: Option<&ChoiceToken>) {
        let Some(token) = token else { return };
        self.0.push(Element::Button {
            action_id: format!("modelpin-{name}"),
            text: plain(words, BUTTON_TEXT),
            value: token.to_string(),
        });
    }

    fn menu(
        &mut self,
        name: &str,
        words: impl AsRef<str>,
        options: Options,
        initial_option: Option<MenuOption>,
    ) {
        let empty = match &options {
            Options::List(options) => options.is_empty(),
            Options::Groups(groups) => groups.is_empty(),
        };
        if empty {
            return;
        }
        self.0.push(Element::StaticSelect(Menu {
            action_id: format!("modelpin-{name}"),
            placeholder: plain(words, PLACEHOLDER),
            options,
            initial_option,
        }));
    }
}

impl Desk {
    /// `None` if something on the page has no button.
    fn rows(&self, shown: &PickerView) -> Option<Vec<LayoutBlock>> {
        if let Some(of) = &shown.chosen {
            let mut choices = shown.picker.choices().iter();
            let choice = choices.find(|choice| choice.number == of.number)?;
            let rows = [self.profiles(choice, of)?, self.ways_back(of)];
            return Some(rows.into_iter().flatten().collect());
        }
        let rows = [
            self.models(shown)?,
            self.providers(shown),
            self.other_lists(shown),
        ];
        Some(rows.into_iter().flatten().collect())
    }

    /// A page of models, the ways to their profiles, and to the pages beside.
    fn models(&self, shown: &PickerView) -> Option<Option<LayoutBlock>> {
        let page = shown.picker.page(shown.page)?;
        let mut options = Vec::new();
        for choice in page.choices {
            options.push((choice, self.model(choice)?));
        }
        let chosen = options
            .iter()
            .find(|(choice, _)| self.labels.choice(choice).current);
        let chosen = chosen.map(|(_, option)| option.clone());
        let groups: Vec<Group> = options
            .chunk_by(|(a, _), (b, _)| a.model.provider() == b.model.provider())
            .filter_map(|group| {
                let (first, _) = group.first()?;
                Some(Group {
                    label: plain(short(first.model.provider().as_str()), GROUP_LABEL),
                    options: group.iter().map(|(_, option)| option.clone()).collect(),
                })
            })
            .collect();
        let options = if groups.len() > 1 {
            Options::Groups(groups)
        } else {
            Options::List(options.into_iter().map(|(_, option)| option).collect())
        };
        let profiles = page
            .choices
            .iter()
            .filter_map(|choice| self.way_to_profiles(choice));
        let mut row = Row::default();
        row.menu("model", self.labels.choose_model(), options, chosen);
        row.menu(
            "profiles",
            self.labels.choose_profile(),
            Options::List(profiles.collect()),
            None,
        );
        row.button("previous", self.labels.previous(), shown.turns.previous.as_ref());
        row.button("next", self.labels.next(), shown.turns.next.as_ref());
        Some(row.named("models"))
    }

    fn model(&self, choice: &Choice) -> Option<MenuOption> {
        let label = self.labels.choice(choice);
        let reference = (label.name != label.reference).then_some(label.reference.as_str());
        Some(MenuOption {
            text: marked(
                &format!("{}. {}", label.number, label.name),
                label.current,
                self.room,
            ),
            description: described(
                reference,
                label.note.as_deref(),
                self.room.min(OPTION_DESCRIPTION),
            ),
            value: choice.token.as_ref()?.to_string(),
        })
    }

    fn way_to_profiles(&self, choice: &Choice) -> Option<MenuOption> {
        let label = self.labels.choice(choice);
        let serving = choice.serving.as_ref();
        let count = serving.map_or(0, |serving| serving.profiles.len());
        Some(MenuOption {
            text: plain(format!("{}. {}", label.number, label.name), self.room),
            description: Some(plain(self.labels.profiles(count), self.room)),
            value: choice.profiles_token.as_ref()?.to_string(),
        })
    }

    /// A page of providers.
    fn providers(&self, shown: &PickerView) -> Option<LayoutBlock> {
        let list = &shown.providers;
        let option = |button: &crate::picker::ProviderButton| MenuOption {
            text: plain(self.labels.provider(button), self.room),
            description: None,
            value: button.token.to_string(),
        };
        let mut row = Row::default();
        row.menu(
            "provider",
            self.labels.choose_provider(),
            Options::List(list.buttons.iter().map(option).collect()),
            None,
        );
        row.button("previous", self.labels.previous(), list.turns.previous.as_ref());
        row.button("next", self.labels.next(), list.turns.next.as_ref());
        row.named("providers")
    }

    fn other_lists(&self, shown: &PickerView) -> Option<LayoutBlock> {
        let mut row = Row::default();
        row.button("all", self.labels.all(), shown.all.as_ref());
        row.button("default", self.labels.default(), shown.default.as_ref());
        row.named("lists")
    }

    /// A page of the profiles of a model.
    fn profiles(&self, choice: &Choice, of: &Chosen) -> Option<Option<LayoutBlock>> {
        let serving = choice.serving.as_ref();
        let all = serving.map_or(&[][..], |serving| &serving.profiles);
        let on_page = all.chunks(PAGE).nth(of.page.saturating_sub(1)).unwrap_or(&[]);
        let mut options = Vec::new();
        let mut chosen = None;
        for option in on_page {
            let made = self.profile(choice, option)?;
            if self.labels.profile(choice, option).current {
                chosen = Some(made.clone());
            }
            options.push(made);
        }
        let mut row = Row::default();
        row.menu(
            "profile",
            self.labels.choose_profile(),
            Options::List(options),
            chosen,
        );
        row.button("previous", self.labels.previous(), of.turns.previous.as_ref());
        row.button("next", self.labels.next(), of.turns.next.as_ref());
        Some(row.named("profiles"))
    }

    fn profile(&self, choice: &Choice, option: &ProfileOption) -> Option<MenuOption> {
        let label = self.labels.profile(choice, option);
        let id = (label.name != label.id).then_some(label.id.as_str());
        Some(MenuOption {
            text: marked(&label.name, label.current, self.room),
            description: described(id, label.note.as_deref(), self.room.min(OPTION_DESCRIPTION)),
            value: option.token.as_ref()?.to_string(),
        })
    }

    fn ways_back(&self, of: &Chosen) -> Option<LayoutBlock> {
        let mut row = Row::default();
        row.button("auto", self.labels.auto(), of.auto.as_ref());
        row.button("back", self.labels.back(), of.back.as_ref());
        row.named("back")
    }
}
