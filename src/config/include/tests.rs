use super::*;
use crate::config::Config;

/// Reads `main` with these other files.
fn read(main: &str, files: &[(&str, &str)]) -> Result<Config, String> {
    let mut load = |written: &str, _: &str| {
        let found = files.iter().find(|(name, _)| *name == written);
        let (name, text) = found.ok_or_else(|| format!("there is no {written}"))?;
        Ok(Included {
            name: (*name).to_owned(),
            text: (*text).to_owned(),
        })
    };
    let read = Config::parse_with(main, "main", &mut load);
    read.map(|(config, _)| config).map_err(|wrong| wrong.to_string())
}

#[test]
fn files_are_joined_and_what_stands_beside_goes_over_them() {
    let files = [
        ("a", "{ auth: { fence: 'ask', order: { x: ['x:1'] } } }"),
        ("b", "{ auth: { order: { x: ['x:2'], y: [] }, $include: 'c' } }"),
        ("c", "{ fence: 'block' }"),
    ];
    let config = read("{ $include: ['a', 'b'], auth: { inherit: true } }", &files).unwrap();
    assert!(config.auth.inherit);
    assert_eq!(config.auth.fence, Some(crate::config::Fence::Block));
    let order: Vec<_> = config.auth.order.values().map(Vec::len).collect();
    assert_eq!(order, [2, 0]);
}

#[test]
fn errors_in_lists_name_the_file_and_the_place_there() {
    let files = [
        ("a", "{ agents: { list: [\n { id: 'one' },\n { id: 5 } ] } }"),
        ("b", "{ id: 'two', model: 7 }"),
        (
            "c",
            "{ agents: { list: [{ id: 'three' }, { $include: ['b', 'none'] }] } }",
        ),
    ];
    let told = |main| read(main, &files).unwrap_err();
    let main = "{ $include: 'a', agents: { list: [{ id: 'x' }] } }";
    assert!(
        told(main).starts_with("a:3:8: `agents.list[1].id`"),
        "{}",
        told(main)
    );
    let main = "{ agents: { list: [{ id: 'x' },\n { $include: 'b' }] } }";
    assert!(
        told(main).starts_with("b:1:21: `agents.list[1].model`"),
        "{}",
        told(main)
    );
    let main = "{ $include: 'c', agents: { list: [{ id: 9 }] } }";
    assert!(
        told(main).starts_with("c:1:55: `agents.list[1].$include[1]`: there is no none"),
        "{}",
        told(main)
    );
}

#[test]
fn files_cannot_grow_without_end() {
    let deep: Vec<(String, String)> = (0..11)
        .map(|at| (format!("f{at}"), format!("{{ $include: 'f{}' }}", at + 1)))
        .chain([("f11".to_owned(), "{}".to_owned())])
        .collect();
    let lent = |files: &'static [(String, String)]| -> Vec<(&'static str, &'static str)> {
        files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect()
    };
    let deep = lent(Vec::leak(deep));
    assert!(read("{ $include: 'f2' }", &deep).is_ok());
    let told = read("{ $include: 'f1' }", &deep).unwrap_err();
    assert!(
        told.starts_with("f10:1:13: `$include`: files include each other more than 10"),
        "{told}"
    );
    let wide: Vec<(String, String)> = (0..10)
        .map(|at| {
            (
                format!("f{at}"),
                format!("{{ $include: ['f{0}', 'f{0}', 'f{0}'] }}", at + 1),
            )
        })
        .chain([("f10".to_owned(), "{}".to_owned())])
        .collect();
    let told = read("{ $include: 'f2' }", &lent(Vec::leak(wide))).unwrap_err();
    assert!(told.contains("more than 256 files"), "{told}");
    let nest = |inner: &str| format!("{{ x: {}{inner}{} }}", "[".repeat(100), "]".repeat(100));
    let told = read(&nest("{ $include: 'a' }"), &[("a", &nest(""))]).unwrap_err();
    assert!(told.starts_with("a:1:") && told.contains("128 levels"), "{told}");
    let big = format!("[\"{}\"]", "x".repeat(9_000_000));
    let told = read("{ x: { $include: ['a', 'a'] } }", &[("a", &big)]).unwrap_err();
    assert!(told.contains("over 16 MiB"), "{told}");
}

#[test]
fn errors_name_the_file_that_is_wrong() {
    let told = |main, files: &[(&str, &str)]| read(main, files).unwrap_err();
    let files = [
        ("a", "{\n  fence: 'sometimes' }"),
        ("loop", "{ $include: 'loop' }"),
        ("list", "[]"),
        ("torn", "{ x: "),
    ];
    assert!(
        told("{ auth: { $include: 'a' } }", &files).starts_with("a:2:"),
        "{}",
        told("{ auth: { $include: 'a' } }", &files)
    );
    assert!(
        told("{ auth:\n { $include: 'none' } }", &files)
            .starts_with("main:2:14: `auth.$include`: there is no none")
    );
    assert!(
        told("{ $include: 'loop' }", &files).starts_with("loop:1:13: `$include`: this file includes itself")
    );
    assert!(told("{ $include: 'list', auth: {} }", &files).contains("no object"));
    assert!(told("{ $include: 'torn' }", &files).starts_with("torn:1:"));
    assert!(told("{ $include: 5 }", &files).starts_with("main:1:13: `$include`: expected"));
}
