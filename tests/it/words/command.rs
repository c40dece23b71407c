//! `modelpin words`.

use std::process::Command;

/// The exit code and what is on standard output and standard error.
fn modelpin(args: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_modelpin"));
    let ran = command
        .arg("words")
        .args(args)
        .env_clear()
        .output()
        .expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (ran.status.code(), text(ran.stdout), text(ran.stderr))
}

#[test]
fn a_copy_of_a_built_in_file_is_without_fault() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("de.ftl");
    let (code, english, _) = modelpin(&["show", "en"]);
    assert_eq!(code, Some(0));
    std::fs::write(&file, english).expect("written");
    let (code, told, log) = modelpin(&["check", &file.display().to_string()]);
    assert_eq!((code, log.as_str()), (Some(0), ""), "{told}");
    assert!(
        told.starts_with("de: ") && told.ends_with("no fault\nthese are said in English:\n  help\n"),
        "{told}"
    );
}

#[test]
fn faults_are_told_with_their_lines_and_exit_code_1() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("vi.ftl");
    std::fs::write(&file, "button-nxt = Tới\nwas = , { $nme }\nwhat\n").expect("written");
    let (code, told, _) = modelpin(&["check", &file.display().to_string()]);
    assert_eq!(code, Some(1));
    for line in [
        "line 1: there is no sentence button-nxt; did you mean button-next?\n",
        "line 2: was is not given $nme: it is given $name\n",
        "line 3: ",
        "3 faults\nthese are said as they are built in:\n",
        "\n  button-next\n",
    ] {
        assert!(told.contains(line), "{line} is not in {told}");
    }
    assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
}

#[test]
fn what_is_no_file_of_a_language_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("vi.txt"), "").expect("written");
    std::fs::write(path("th.ftl"), b"a = \xff\n").expect("written");
    for (args, code, told) in [
        (["check", &path("vi.txt")], 1, "named by its language"),
        (["check", &path("de.ftl")], 1, "de.ftl: "),
        (["check", &path("th.ftl")], 1, "UTF-8"),
        (["show", "tlh"], 64, "there are en, vi, zh-CN, th"),
    ] {
        let (exit, out, log) = modelpin(&args);
        assert_eq!((exit, out.as_str()), (Some(code), ""), "{args:?}");
        assert!(log.contains(told), "{args:?}: {log}");
    }
}
