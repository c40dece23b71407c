//! An operator's own files: they add languages, change sentences, are read again, and do no harm.

use std::path::Path;

use modelpin::render::Render;
use modelpin::render::text::Text;
use modelpin::{Actor, Handled, Message, ModelPin, Press, SessionKey};

use crate::scenario::log;

struct World {
    files: tempfile::TempDir,
    modelpin: ModelPin,
}

impl World {
    async fn new(files: &[(&str, &[u8])]) -> Self {
        Self::configured("{}", files).await
    }

    async fn configured(config: &str, files: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(folder.path().join("words")).expect("a folder");
        std::fs::write(folder.path().join("modelpin.json"), config).expect("written");
        for (name, text) in files {
            std::fs::write(folder.path().join("words").join(name), text).expect("written");
        }
        Self::of(folder).await
    }

    async fn of(files: tempfile::TempDir) -> Self {
        let built = ModelPin::builder()
            .state_dir(files.path())
            .without_environment()
            .build()
            .await;
        Self {
            modelpin: built.expect("it builds, whatever is in the files"),
            files,
        }
    }

    fn words(&self) -> std::path::PathBuf {
        self.files.path().join("words")
    }

    async fn said(&self, locale: Option<&str>, text: &str) -> String {
        let (session, actor) = (SessionKey::new("chat"), Actor::member("ann"));
        let mut message = Message::new(&session, &actor, text);
        if let Some(locale) = locale {
            message = message.in_language(locale);
        }
        match self.modelpin.handle(&message).await.expect("it is handled") {
            Handled::Reply(view) => Text::plain().render(&view).join("\n"),
            other => panic!("{other:?}"),
        }
    }
}

const ZZZ: &str = "/model zzz";
const ENGLISH: &str = "No model is called “zzz”.\nNothing changed. /model list shows those that there are.";

#[tokio::test]
async fn a_file_adds_a_language_and_what_it_lacks_is_said_in_english() {
    let world = World::new(&[(
        "de.ftl",
        "refused-unknown-model = Kein Modell heißt { $name }.\n".as_bytes(),
    )])
    .await;
    let said = world.said(Some("de-AT"), ZZZ).await;
    assert!(
        said.starts_with("Kein Modell heißt “zzz”.\nNothing changed."),
        "{said}"
    );
    assert_eq!(world.said(None, ZZZ).await, ENGLISH);
}

#[tokio::test]
async fn the_language_is_that_of_the_message_then_of_the_configuration() {
    let world = World::configured(r#"{ commands: { locale: "th" } }"#, &[]).await;
    assert!(world.said(None, ZZZ).await.starts_with("ไม่มีโมเดลชื่อ “zzz”"));
    assert!(world.said(Some("de"), ZZZ).await.starts_with("ไม่มีโมเดลชื่อ “zzz”"));
    assert!(
        world
            .said(Some("zh-hans"), ZZZ)
            .await
            .starts_with("没有名为 “zzz” 的模型。")
    );
    assert_eq!(world.said(Some("en-GB"), ZZZ).await, ENGLISH);
    let fault = world.said(Some("vi"), "/model opus --sesion").await;
    assert!(
        fault.ends_with(
            "            ^^^^^^^^\n`--sesion` không phải là tùy chọn\ncó phải ý bạn là `--session`?"
        ),
        "{fault}"
    );
    assert!(
        world
            .said(Some("vi"), "/model help")
            .await
            .contains("chọn từ danh sách")
    );
}

#[tokio::test]
async fn a_press_is_answered_in_the_language_of_the_presser() {
    let world = World::new(&[]).await;
    let (session, actor) = (SessionKey::new("chat"), Actor::member("ann"));
    let press = Press::new(&session, &actor, "mp1-nothing").in_language("vi");
    let view = world.modelpin.press(&press).await.expect("the agent is known");
    assert_eq!(view.expect("an answer").words.tag(), "vi");
}

#[tokio::test]
async fn a_file_changes_sentences_of_a_built_in_language_and_is_taken_up_at_reload() {
    let world = World::new(&[]).await;
    assert!(
        world
            .said(Some("vi"), ZZZ)
            .await
            .starts_with("Không có mô hình nào")
    );
    let file = world.words().join("vi.ftl");
    std::fs::write(&file, "refused-unknown-model = Hông có { $name } nghen.\n").expect("written");
    assert!(
        world
            .said(Some("vi"), ZZZ)
            .await
            .starts_with("Không có mô hình nào")
    );
    world.modelpin.reload().expect("read again");
    let said = world.said(Some("vi"), ZZZ).await;
    assert_eq!(
        said,
        "Hông có “zzz” nghen.\nKhông có gì thay đổi. Gõ /model list để xem những gì đang có."
    );
    std::fs::remove_file(file).expect("removed");
    world.modelpin.reload().expect("read again");
    assert!(
        world
            .said(Some("vi"), ZZZ)
            .await
            .starts_with("Không có mô hình nào")
    );
}

#[tokio::test]
async fn a_broken_file_is_told_in_the_log_with_its_line_and_its_other_sentences_are_used() {
    let (logs, _guard) = log::capture();
    let file = "shows-those = Siehe { $command }.\n\nwhat is this\nrefused-unknown-model = { $nobody }\n";
    let world = World::new(&[("de.ftl", file.as_bytes()), ("no language.ftl", b"")]).await;
    let log = logs.text();
    assert!(log.contains("de.ftl") && log.contains("line 3: "), "{log}");
    assert!(log.contains("\"no language\" is no language tag"), "{log}");
    let said = world.said(Some("de"), ZZZ).await;
    assert_eq!(
        said,
        "No model is called “zzz”.\nNothing changed. Siehe /model list."
    );
}

/// A world whose folder of languages was filled by `fill`.
async fn hostile(fill: impl FnOnce(&Path)) -> World {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir_all(folder.path().join("words")).expect("a folder");
    fill(&folder.path().join("words"));
    World::of(folder).await
}

#[tokio::test]
async fn a_hostile_file_neither_hangs_nor_harms() {
    let (logs, _guard) = log::capture();
    let world = hostile(|words| {
        let write = |name: &str, text: &[u8]| std::fs::write(words.join(name), text).expect("written");
        write("de.ftl", &b"a = b\n".repeat(2_000_000));
        write("fr.ftl", b"a = \xff\xfe\n");
        write(
            "es.ftl",
            b"refused-unknown-model = { shows-those }\nshows-those = { refused-unknown-model }\n",
        );
        let mut laughs = "a0 = ha\n".to_owned();
        for n in 1..60 {
            laughs += &format!("a{n} = {}\n", format!("{{ a{} }}", n - 1).repeat(10));
        }
        write(
            "it.ftl",
            format!("{laughs}refused-unknown-model = {{ a59 }}\n").as_bytes(),
        );
        write(
            "pt.ftl",
            format!("refused-unknown-model = {}\n", "{".repeat(200_000)).as_bytes(),
        );
        write("nl.ftl", &b"x\n".repeat(120_000));
        let many = "{ $name }".repeat(200);
        let select = format!("refused-unknown-model = {{ $name ->\n *[other] {many}\n}}\n");
        write("sv.ftl", select.as_bytes());
        std::fs::create_dir(words.join("da.ftl")).expect("a folder");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("/dev/zero", words.join("nb.ftl")).expect("a link");
            std::os::unix::fs::symlink("nowhere", words.join("fi.ftl")).expect("a link");
            let made = std::process::Command::new("mkfifo")
                .arg(words.join("pl.ftl"))
                .status();
            assert!(made.expect("mkfifo is there").success());
        }
    })
    .await;
    for tag in ["de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl"] {
        assert_eq!(world.said(Some(tag), ZZZ).await, ENGLISH, "{tag}");
        let log = logs.text();
        assert!(log.contains(&format!("{tag}.ftl")), "{tag}: {log}");
    }
    let longest = logs.text().lines().map(str::len).max().unwrap_or_default();
    assert!(longest < 1_000, "{longest}");
    world.modelpin.reload().expect("read again");
}
