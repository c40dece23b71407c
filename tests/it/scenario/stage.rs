//! Where a scenario is played: a copy of its folder, a `ModelPin` on it, and the people.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use modelpin::clock::{Clock, ManualClock, Timestamp};
use modelpin::middleware::{Handled, Message, ModelPin, Press};
use modelpin::picker::Pressers;
use modelpin::render::Render;
use modelpin::render::data::{BodyData, PickerData, ProfileData, ReplyData};
use modelpin::render::text::{MESSAGE_CHARS, Text};
use modelpin::resolver::Question;
use modelpin::session::{Actor, AgentId, BadRoom, Room, SessionKey};
use modelpin::store::PinStore;
use modelpin::view::{Body, View};

use super::brittle::Brittle;
use super::script::{Action, Outcome, Step};
use super::telling::{explained, refusal, told, unfolded};
use super::words::{class_of, length, quoted};

/// 2026-02-10T12:00:00Z.
pub(super) const START: Timestamp = Timestamp::from_millis(1_770_724_800_000);

pub(super) struct Stage {
    files: tempfile::TempDir,
    modelpin: ModelPin,
    pins: Arc<Brittle>,
    clock: Arc<ManualClock>,
    session: SessionKey,
    people: HashMap<String, Actor>,
    replies: Vec<String>,
    pickers: Vec<PickerData>,
    pressers: Pressers,
    heard: String,
}

impl Stage {
    pub(super) async fn open(case: &Path) -> Self {
        let files = tempfile::tempdir().expect("a folder for the copy");
        copy(case, files.path()).expect("the scenario is copied");
        let pins = Arc::new(Brittle::default());
        let clock = Arc::new(ManualClock::new(START));
        Self {
            modelpin: build(files.path(), &pins, &clock).await,
            files,
            pins,
            clock,
            session: SessionKey::new("c1"),
            people: HashMap::new(),
            replies: Vec::new(),
            pickers: Vec::new(),
            pressers: Pressers::Sender,
            heard: String::new(),
        }
    }

    /// Everything that came out, in all its forms.
    pub(super) fn heard(&self) -> &str {
        &self.heard
    }

    /// Does one step, and returns the lines that came out.
    pub(super) async fn perform(&mut self, step: &Step<'_>) -> Result<Vec<String>, String> {
        let out = match &step.action {
            Action::Nothing => return Ok(Vec::new()),
            Action::Say { who, text } => self.say(who, text).await,
            Action::Ask { who, outcomes } => self.ask(who, outcomes).await?,
            Action::Press { who, button, picker } => self.press(who, button, *picker).await?,
            Action::Explain { who } => self.explain(who),
            Action::Direct(direction) => self.direct(direction).await?,
        };
        Ok(self.normal(&out).lines().map(str::to_owned).collect())
    }

    fn person(&self, who: &str) -> Actor {
        self.people
            .get(who)
            .cloned()
            .unwrap_or_else(|| Actor::member(who))
    }

    async fn say(&mut self, who: &str, text: &str) -> String {
        let (session, actor) = (self.session.clone(), self.person(who));
        let message = Message::new(&session, &actor, text).with_buttons_for(self.pressers);
        let handled = match self.modelpin.handle(&message).await {
            Ok(handled) => handled,
            Err(no_agent) => return format!("({no_agent})"),
        };
        match handled {
            Handled::Text => "(text)".to_owned(),
            Handled::Ignored => "(ignored)".to_owned(),
            Handled::Reply(view) => self.hear(&view),
            Handled::ReplyAndSend(view, rest) => {
                assert!(text.ends_with(rest), "the rest is the end of the message");
                format!("{}\n(sends {rest:?})", self.hear(&view))
            }
        }
    }

    /// Renders a reply every way there is; the plain one is what the transcript shows.
    fn hear(&mut self, view: &View) -> String {
        let plain = Text::plain().render(view);
        let markdown = Text::markdown().render(view);
        assert_eq!(
            plain,
            Text::plain().render(view),
            "the same view gives the same bytes"
        );
        for message in plain.iter().chain(&markdown) {
            assert!(message.chars().count() <= MESSAGE_CHARS, "too long: {message}");
            self.heard.push_str(message);
        }
        self.heard.push_str(&format!("{view:?}\n{view:#?}\n"));
        let data = ReplyData::of(view);
        let json = serde_json::to_string(&data).expect("replies are JSON");
        self.heard.push_str(&json);
        if let BodyData::Picker(shown) = data.body {
            self.pickers.push(*shown);
        }
        let shown = match view.body {
            Body::Help | Body::Faults(_) => plain.join("\n----\n"),
            _ => unfolded(&plain.join("\n----\n")),
        };
        self.replies.push(shown.clone());
        shown
    }

    async fn press(&mut self, who: &str, button: &str, picker: Option<usize>) -> Result<String, String> {
        let number = picker.unwrap_or(self.pickers.len());
        let shown = number.checked_sub(1).and_then(|at| self.pickers.get(at));
        let token = match button.strip_prefix("the text ") {
            Some(text) => text.trim_matches('"').to_owned(),
            None => pressed(shown.ok_or("no such picker was shown")?, button)
                .ok_or_else(|| format!("there is no button `{button}`"))?,
        };
        let (session, actor) = (self.session.clone(), self.person(who));
        let press = Press::new(&session, &actor, &token);
        Ok(match self.modelpin.press(&press).await {
            Ok(Some(view)) => self.hear(&view),
            Ok(None) => "(nothing)".to_owned(),
            Err(no_agent) => format!("({no_agent})"),
        })
    }

    async fn ask(&mut self, who: &str, outcomes: &[Outcome]) -> Result<String, String> {
        let actor = self.person(who);
        let mut attempts = self.modelpin.attempts(&self.session, &actor);
        let mut out = Vec::new();
        for outcome in outcomes {
            let lease = match attempts.next().await {
                Ok(lease) => lease,
                Err(refused) => {
                    self.heard.push_str(&format!("{refused:?} {refused}\n"));
                    out.push(refusal(&refused));
                    break;
                }
            };
            self.heard
                .push_str(&format!("{lease:?} {:?}\n", lease.credential()));
            out.push(told(&lease));
            match outcome {
                Outcome::Works => lease.succeeded(),
                Outcome::HangsUp => drop(lease),
                Outcome::Fails { class, wait } => {
                    let class = class_of(class)?;
                    let wait = wait.as_deref().map(length).transpose()?;
                    lease.failed(class, wait.map(|wait| self.clock.now().after(wait)));
                }
            }
        }
        Ok(out.join("\n"))
    }

    fn explain(&mut self, who: &str) -> String {
        let actor = self.person(who);
        let decision = self
            .modelpin
            .resolver()
            .explain(Question::new(&self.session, &actor));
        self.heard.push_str(&format!("{decision:?}\n"));
        match decision {
            Ok(decision) => explained(&decision),
            Err(broken) => format!("broken: {broken}"),
        }
    }

    async fn direct(&mut self, direction: &str) -> Result<String, String> {
        let wrong = || format!("`* {direction}` means nothing");
        let words: Vec<&str> = direction.split(' ').collect();
        match words.as_slice() {
            ["in", "room", room] => {
                let room: Room = room.parse().map_err(|bad: BadRoom| bad.to_string())?;
                self.session = SessionKey::of(&room);
            }
            ["in", "chat", chat] => self.session = SessionKey::new(chat),
            ["in", "chat", chat, "of", "agent", agent] => {
                self.session =
                    SessionKey::new(chat).with_agent(AgentId::new(agent).map_err(|bad| bad.to_string())?);
            }
            ["in", "thread", thread, "of", chat] => self.session = SessionKey::new(chat).thread(thread),
            ["later", wait] => self.clock.advance(length(wait)?),
            ["reload"] => {
                if let Err(wrong) = self.modelpin.reload() {
                    return Ok(format!("not reloaded: {wrong}"));
                }
            }
            ["restart"] => self.modelpin = build(self.files.path(), &self.pins, &self.clock).await,
            ["everybody", "may", "press"] => self.pressers = Pressers::Everybody,
            ["only", "the", "sender", "may", "press"] => self.pressers = Pressers::Sender,
            ["the", "pin", "store", how] => self.pins.set_failing(*how == "fails"),
            ["remove", file] => {
                std::fs::remove_file(self.files.path().join(file)).map_err(|wrong| wrong.to_string())?
            }
            [who, "is", "the", "operator"] => {
                self.people.insert((*who).to_owned(), Actor::operator());
            }
            [who, "has", ..] => {
                let told = direction.split_once(" has ").ok_or_else(wrong)?.1;
                let mut actor = Actor::member(who);
                for what in told.split(", ") {
                    actor = match what.split_once(' ').ok_or_else(wrong)? {
                        ("role", role) => actor.with_role(role),
                        ("room", room) => actor.in_room(room),
                        _ => return Err(wrong()),
                    };
                }
                self.people.insert((*who).to_owned(), actor);
            }
            ["replace", ..] => {
                let [old, new, file] = quoted(direction, ["replace", "with", "in"]).ok_or_else(wrong)?;
                let path = self.files.path().join(file);
                let text = std::fs::read_to_string(&path).map_err(|broken| broken.to_string())?;
                if !text.contains(old) {
                    return Err(format!("`{old}` is not in {file}"));
                }
                std::fs::write(&path, text.replacen(old, new, 1)).map_err(|broken| broken.to_string())?;
            }
            ["the", "last", "two", "replies", ..] => {
                let [a, b, _] = quoted(direction, ["for", "and", ""]).ok_or_else(wrong)?;
                let [.., first, second] = self.replies.as_slice() else {
                    return Err("there are no two replies yet".to_owned());
                };
                if first.replace(a, b) != *second {
                    return Err(format!("the replies differ:\n{first}\n{second}"));
                }
            }
            _ => return Err(wrong()),
        }
        Ok(String::new())
    }

    /// Replaces what differs from run to run.
    fn normal(&self, text: &str) -> String {
        let path = self.files.path();
        let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let text = text.replace(&real.display().to_string(), "<state>");
        let text = text.replace(&path.display().to_string(), "<state>");
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some((before, behind)) = rest.split_once("key:") {
            let handle = behind.chars().take_while(char::is_ascii_alphanumeric).count();
            out.push_str(before);
            out.push_str(if handle == 8 { "key:<handle>" } else { "key:" });
            rest = if handle == 8 { &behind[8..] } else { behind };
        }
        out + rest
    }
}

/// The token of a button, as a person would name it.
fn pressed(shown: &PickerData, button: &str) -> Option<String> {
    let chosen = shown.chosen.as_ref();
    let choice = |label: &str| shown.choices.iter().find(|choice| choice.model.label == label);
    let of_profile = |profiles: &[ProfileData], label: &str| {
        let profile = profiles.iter().find(|profile| profile.label == label)?;
        profile.token.clone()
    };
    if let Some(label) = button.strip_prefix("profiles of ") {
        return choice(label)?.profiles_token.clone();
    }
    if let Some(label) = button.strip_prefix("provider ") {
        let provider = shown.providers.iter().find(|provider| provider.label == label)?;
        return Some(provider.token.clone());
    }
    match (button, chosen) {
        ("next", None) => shown.next.clone(),
        ("previous", None) => shown.previous.clone(),
        ("next", Some(chosen)) => chosen.next.clone(),
        ("previous", Some(chosen)) => chosen.previous.clone(),
        ("default", _) => shown.default.clone(),
        ("automatic", chosen) => chosen?.auto.clone(),
        ("back", chosen) => chosen?.back.clone(),
        (label, Some(chosen)) => of_profile(&chosen.profiles, label),
        (label, None) => match label.split_once('@') {
            Some((model, profile)) => of_profile(&choice(model)?.profiles, profile),
            None => choice(label)?.token.clone(),
        },
    }
}

async fn build(files: &Path, pins: &Arc<Brittle>, clock: &Arc<ManualClock>) -> ModelPin {
    let built = ModelPin::builder()
        .state_dir(files)
        .config(files.join("modelpin.json"))
        .without_environment()
        .bot("pinbot")
        .pin_store(Arc::clone(pins) as Arc<dyn PinStore>)
        .clock(Arc::clone(clock) as Arc<dyn Clock>)
        .build();
    built.await.expect("the scenario's configuration is right")
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir(&target)?;
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
