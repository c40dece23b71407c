//! The user's page, the table of verbs and options, and the parser say the same.

use modelpin::command::help::{page, short};
use modelpin::command::{Choose, Code, ModelCommand, Parsed, Reference, Syntax, Wanted, spec};

/// The rows of the table under a heading, as cells without their code marks.
fn table(heading: &str) -> Vec<Vec<String>> {
    let (_, behind) = page()
        .split_once(&format!("\n## {heading}\n"))
        .expect("the page has the heading");
    behind
        .lines()
        .take_while(|line| !line.starts_with("## "))
        .filter(|line| line.starts_with('|'))
        .skip(2)
        .map(|line| {
            let cells = line.trim_matches('|').split('|');
            cells
                .map(|cell| cell.trim().trim_matches('`').to_owned())
                .collect()
        })
        .collect()
}

fn column(rows: &[Vec<String>], n: usize) -> Vec<&str> {
    rows.iter().map(|row| row[n].as_str()).collect()
}

#[test]
fn the_page_lists_the_verbs_of_the_table() {
    let rows = table("Verbs");
    assert_eq!(
        column(&rows, 0),
        spec::verbs().iter().map(|verb| verb.name).collect::<Vec<_>>()
    );
    for (row, verb) in rows.iter().zip(spec::verbs()) {
        let groups = verb.allows.iter().map(|group| group.noun());
        let takes: Vec<_> = Some(verb.arguments)
            .into_iter()
            .filter(|takes| !takes.is_empty())
            .chain(groups)
            .collect();
        assert_eq!(row[1], takes.join(", "), "{}", verb.name);
        assert!(row[2].starts_with(verb.help), "{}", verb.name);
        let message = format!("/model {}", verb.name);
        assert!(
            matches!(Syntax::new().parse(&message), Parsed::Command { .. }),
            "{message}"
        );
        assert!(
            verb.name == "reset" || short().contains(verb.name),
            "the short help leaves out {}",
            verb.name
        );
    }
}

#[test]
fn the_page_lists_the_options_of_the_table() {
    let rows = table("Options");
    assert_eq!(
        column(&rows, 0),
        spec::options()
            .iter()
            .map(|option| option.long)
            .collect::<Vec<_>>()
    );
    for (row, option) in rows.iter().zip(spec::options()) {
        let told = [row[1].as_str(), &row[2], &row[3], &row[4]];
        let known = [
            option.short.unwrap_or_default(),
            option.value.unwrap_or_default(),
            option.group().noun(),
            option.help,
        ];
        assert_eq!(told, known, "{}", option.long);
        let value = match option.value {
            Some("duration") => " 2h",
            Some(_) => " work",
            None => "",
        };
        for name in [Some(option.long), option.short].into_iter().flatten() {
            let message = format!("/model opus {name}{value}");
            assert!(
                matches!(Syntax::new().parse(&message), Parsed::Command { .. }),
                "{message}"
            );
        }
    }
}

#[test]
fn every_example_reads_as_the_page_says() {
    let rows = table("Examples");
    assert!(rows.len() >= 10);
    for row in rows {
        let Parsed::Command {
            command: ModelCommand::Choose(choose),
            rest: None,
        } = Syntax::new().parse(&row[0])
        else {
            panic!("{} chooses nothing", row[0]);
        };
        let (model, profile) = match &choose.what {
            Wanted::Model(reference) => {
                let (model, profile) = reference.written();
                (model.to_owned(), profile.unwrap_or_default().to_owned())
            }
            Wanted::Number { index, profile } => (index.to_string(), profile.clone().unwrap_or_default()),
            Wanted::Profile(profile) => (String::new(), profile.clone()),
        };
        // The terms alone are what a command with them has more than one without.
        let what = Wanted::Model(Reference::Exact {
            model: "x".to_owned(),
            profile: None,
        });
        let terms = Choose { what, ..choose }.to_string();
        assert_eq!(
            [model.as_str(), &profile, terms["/model x".len()..].trim()],
            row[1..],
            "{}",
            row[0]
        );
    }
}

#[test]
fn every_code_is_explained_by_an_example_that_has_it() {
    let rows = table("When something is wrong");
    assert_eq!(
        column(&rows, 0),
        Code::ALL.iter().map(|code| code.as_str()).collect::<Vec<_>>()
    );
    for row in rows {
        let message = if row[0] == "too-long" {
            format!("/model {}", "x".repeat(257))
        } else {
            row[1].clone()
        };
        let Parsed::Invalid(fault) = Syntax::new().parse(&message) else {
            panic!("{message} has no fault")
        };
        let codes: Vec<_> = fault
            .diagnostics()
            .iter()
            .map(|told| told.code.as_str())
            .collect();
        assert_eq!(codes, [row[0].as_str()], "{message}");
    }
}

#[test]
fn every_line_of_the_short_help_is_a_command_or_an_option() {
    for line in short().lines().filter(|line| line.starts_with("/model")) {
        let command = line.split("  ").next().unwrap_or_default();
        let command = command.replace(
            "[provider] [page] · status · why · undo · default · help",
            "anthropic 2",
        );
        assert!(
            matches!(Syntax::new().parse(&command), Parsed::Command { .. }),
            "{command}"
        );
    }
}
