//! Who may read a reply.

use modelpin::middleware::{Handled, Message, Press};
use modelpin::picker::Pressers;
use modelpin::render::data::ReplyData;
use modelpin::session::Room;
use modelpin::view::{Audience, Body, Occasion, Origin, PickerView, View};
use modelpin::{Actor, ModelPin, SessionKey};
use serde_json::json;

fn run<T>(task: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(task)
}

async fn modelpin(files: &tempfile::TempDir) -> ModelPin {
    let config = json!({
        "agents": { "defaults": { "models": { "demo/one": { "alias": "one" }, "demo/two": {} } } },
        "commands": { "allow": { "senders": ["ann", "bob"] }, "unauthorised": "refuse" },
    });
    let key = "sk-ant-api03-EXAMPLE-CANARY-Zq7VtRw9Kx";
    let store = json!({
        "version": 1,
        "profiles": { "demo:work": { "type": "api_key", "provider": "demo", "key": key } },
    });
    let agent = files.path().join("agents/main/agent");
    std::fs::create_dir_all(&agent).expect("a folder");
    std::fs::write(files.path().join("modelpin.json"), config.to_string()).expect("written");
    std::fs::write(agent.join("auth-profiles.json"), store.to_string()).expect("written");
    let built = ModelPin::builder()
        .state_dir(files.path())
        .without_environment()
        .build();
    built.await.expect("it builds")
}

async fn say(modelpin: &ModelPin, message: Message<'_>) -> View {
    match modelpin.handle(&message).await {
        Ok(Handled::Reply(view) | Handled::ReplyAndSend(view, _)) => view,
        other => panic!("an answer: {other:?}"),
    }
}

fn picker(view: &View) -> &PickerView {
    match &view.body {
        Body::Picker(shown) => shown,
        other => panic!("a picker: {other:?}"),
    }
}

fn group() -> SessionKey {
    SessionKey::of(&Room::group("telegram", "-100123").expect("a group"))
}

/// What anybody can say, and who reads the answer where others read along.
const SAID: [(&str, Audience); 11] = [
    ("/model", Audience::Sender),
    ("/model list 1", Audience::Sender),
    ("/model 7", Audience::Sender),
    ("/model status", Audience::Sender),
    ("/model why", Audience::Sender),
    ("/model nothing-of-that-name", Audience::Sender),
    ("/model one --sesion", Audience::Sender),
    ("/model help", Audience::Chat),
    ("/model one", Audience::Chat),
    ("/model @work", Audience::Chat),
    ("/model undo", Audience::Chat),
];

#[test]
fn where_others_read_along_a_change_is_for_all_and_the_rest_for_the_sender() {
    run(async {
        let files = tempfile::tempdir().expect("a folder");
        let modelpin = modelpin(&files).await;
        let ann = Actor::member("ann");
        let forum = Room::group("telegram", "-100123").expect("a group");
        let opaque = (SessionKey::new("opaque"), ann.clone().in_room("den"));
        let shared = [
            (group(), ann.clone()),
            (SessionKey::of(&forum.topic("42").expect("a topic")), ann.clone()),
            (group().under("bot-a"), ann.clone()),
            (group().thread("any text"), ann.clone()),
            opaque,
        ];
        for (session, ann) in &shared {
            for (text, to) in SAID {
                let view = say(&modelpin, Message::new(session, ann, text)).await;
                assert_eq!(view.to, to, "{text} in {session:?}");
                assert_eq!(ReplyData::of(&view).private, to == Audience::Sender);
            }
        }
        let cleared = say(&modelpin, Message::new(&group(), &ann, "/model default")).await;
        assert_eq!(cleared.to, Audience::Chat);
        let nothing = say(&modelpin, Message::new(&group(), &ann, "/model default")).await;
        assert_eq!(
            nothing.to,
            Audience::Sender,
            "nothing was pinned, nothing changed"
        );
        let alone = Room::direct("slack", "U1").expect("a chat");
        let alone = [
            SessionKey::of(&alone),
            SessionKey::of(&alone.thread("1.2").expect("a thread")),
            SessionKey::new("telegram:42"),
        ];
        for session in &alone {
            for (text, _) in SAID {
                let view = say(&modelpin, Message::new(session, &ann, text)).await;
                assert_eq!(view.to, Audience::Chat, "{text} in {session:?}");
            }
        }
    });
}

#[test]
fn who_may_give_no_commands_hears_it_alone() {
    run(async {
        let files = tempfile::tempdir().expect("a folder");
        let modelpin = modelpin(&files).await;
        let (session, eve) = (group(), Actor::member("eve"));
        let view = say(&modelpin, Message::new(&session, &eve, "/model one")).await;
        assert_eq!(view.to, Audience::Sender);
        let pressed = modelpin.press(&Press::new(&session, &eve, "mp1-x")).await;
        let pressed = pressed.expect("the agent is there").expect("a refusal");
        assert!(matches!(pressed.body, Body::Refused(_)), "{pressed:?}");
        assert_eq!(pressed.to, Audience::Sender);
    });
}

#[test]
fn a_picker_for_everybody_is_read_by_everybody_page_after_page() {
    run(async {
        let files = tempfile::tempdir().expect("a folder");
        let modelpin = modelpin(&files).await;
        let (session, ann, bob) = (group(), Actor::member("ann"), Actor::member("bob"));
        let message = Message::new(&session, &ann, "/model").with_buttons_for(Pressers::Everybody);
        let view = say(&modelpin, message).await;
        assert_eq!(view.to, Audience::Chat);
        let profiles = picker(&view).picker.choices()[0].profiles_token.clone();
        let token = profiles.expect("a button");
        let press = Press::new(&session, &bob, token.as_str());
        let next = modelpin.press(&press).await.expect("there").expect("an answer");
        assert!(picker(&next).chosen.is_some());
        assert_eq!(next.to, Audience::Chat);
    });
}

#[test]
fn the_presses_of_others_are_refused_privately_and_change_nothing() {
    run(async {
        let files = tempfile::tempdir().expect("a folder");
        let modelpin = modelpin(&files).await;
        let (session, ann, bob) = (group(), Actor::member("ann"), Actor::member("bob"));
        let view = say(&modelpin, Message::new(&session, &ann, "/model")).await;
        let token = picker(&view).picker.choices()[1].token.clone().expect("a button");
        let of_bob = modelpin.press(&Press::new(&session, &bob, token.as_str())).await;
        let of_bob = of_bob.expect("there").expect("an answer");
        assert_eq!(picker(&of_bob).occasion, Occasion::StaleButton);
        assert_eq!(of_bob.to, Audience::Sender);
        let status = say(&modelpin, Message::new(&session, &ann, "/model status")).await;
        let Body::Status(status) = &status.body else {
            panic!("{status:?}")
        };
        let held = status.selection.as_ref().map(|selection| selection.origin);
        assert!(matches!(held, None | Some(Origin::Default)), "{held:?}");
        // What bob got is for bob, and works for him alone.
        let his = picker(&of_bob).picker.choices()[0]
            .token
            .clone()
            .expect("a button");
        let of_ann = modelpin.press(&Press::new(&session, &ann, his.as_str())).await;
        let of_ann = of_ann.expect("there").expect("an answer");
        assert_eq!(picker(&of_ann).occasion, Occasion::StaleButton);
        let of_bob = modelpin.press(&Press::new(&session, &bob, his.as_str())).await;
        let of_bob = of_bob.expect("there").expect("an answer");
        assert!(matches!(of_bob.body, Body::Changed(_)), "{of_bob:?}");
        assert_eq!(of_bob.to, Audience::Chat, "the others should know");
    });
}
