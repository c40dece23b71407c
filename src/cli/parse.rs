//! `modelpin parse`: what a message is to a bot, as data, one object a line.

use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use crate::command::{Data, Syntax};

/// Prints what the command parser makes of a message.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  modelpin parse '/model opus@work --for 2h'
  modelpin parse --bot mybot '@mybot /model status'
  echo '{\"input\": \"/opus\", \"alias\": [\"opus\"]}' | modelpin parse")]
pub(crate) struct ParseArgs {
    /// A name of the bot; may be given several times
    #[arg(long = "bot", value_name = "NAME")]
    bot: Vec<String>,
    /// An id of the bot, as in `<@id>`; may be given several times
    #[arg(long = "bot-id", value_name = "ID")]
    bot_id: Vec<String>,
    /// An alias that is a command; may be given several times
    #[arg(long = "alias", value_name = "NAME")]
    alias: Vec<String>,
    /// A prefix beside `/`; may be given several times
    #[arg(long = "prefix", value_name = "P", allow_hyphen_values = true)]
    prefix: Vec<String>,
    /// The message; without it, JSON Lines are read from standard input
    #[arg(value_name = "MESSAGE", allow_hyphen_values = true)]
    message: Option<String>,
}

/// One line of input; what it leaves out is taken from the arguments.
#[derive(Debug, Deserialize)]
struct Line {
    input: String,
    bot: Option<Vec<String>>,
    bot_id: Option<Vec<String>>,
    alias: Option<Vec<String>>,
    prefix: Option<Vec<String>>,
}

/// The answer to a line that is no question.
#[derive(Debug, Serialize)]
struct Refusal {
    kind: &'static str,
    message: String,
}

/// What a [`Syntax`] is built from, kept to build it again only when it changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Configured {
    bot: Vec<String>,
    bot_id: Vec<String>,
    alias: Vec<String>,
    prefix: Vec<String>,
}

impl Configured {
    fn syntax(&self) -> Syntax {
        let syntax = self
            .bot
            .iter()
            .fold(Syntax::new(), |syntax, name| syntax.bot(name));
        let syntax = self.bot_id.iter().fold(syntax, |syntax, id| syntax.bot_id(id));
        let syntax = self
            .alias
            .iter()
            .fold(syntax, |syntax, alias| syntax.alias(alias));
        self.prefix
            .iter()
            .fold(syntax, |syntax, prefix| syntax.prefix(prefix))
    }
}

/// Answers the message of `args`, or else each line of `input`, in order and in constant memory.
///
/// A blank line is skipped. A line that is no question is answered with an object of kind `error`; the lines after it
/// are answered, and the exit code is 1. Answers are written out whenever more input has to be waited for.
///
/// # Errors
/// Those of `input` and `out`.
pub(crate) fn run(args: &ParseArgs, input: impl BufRead, out: impl Write) -> io::Result<ExitCode> {
    let mut answers = Answers::new(args, out);
    if let Some(message) = &args.message {
        let parsed = answers.syntax.parse(message);
        write_line(&mut answers.out, &Data::from(&parsed))?;
    } else {
        each_line(input, &mut answers)?;
    }
    answers.out.flush()?;
    Ok(answers.code())
}

/// Hands over each line; what is answered is flushed before more input is waited for.
fn each_line(mut input: impl BufRead, answers: &mut Answers<impl Write>) -> io::Result<()> {
    let mut begun = Vec::new();
    loop {
        answers.out.flush()?;
        let read = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        if read.is_empty() {
            return if begun.is_empty() {
                Ok(())
            } else {
                answers.line(&begun)
            };
        }
        let taken = read.len();
        for piece in read.split_inclusive(|b| *b == b'\n') {
            match piece.strip_suffix(b"\n") {
                Some(whole) if begun.is_empty() => answers.line(whole)?,
                Some(end) => {
                    begun.extend_from_slice(end);
                    answers.line(&begun)?;
                    begun.clear();
                }
                None => begun.extend_from_slice(piece),
            }
        }
        input.consume(taken);
    }
}

/// Answers lines, one at a time.
struct Answers<W: Write> {
    out: io::BufWriter<W>,
    default: Configured,
    current: Configured,
    syntax: Syntax,
    number: u64,
    refused: u64,
}

impl<W: Write> Answers<W> {
    fn new(args: &ParseArgs, out: W) -> Self {
        let default = Configured {
            bot: args.bot.clone(),
            bot_id: args.bot_id.clone(),
            alias: args.alias.clone(),
            prefix: args.prefix.clone(),
        };
        let syntax = default.syntax();
        let current = default.clone();
        Self {
            out: io::BufWriter::new(out),
            default,
            current,
            syntax,
            number: 0,
            refused: 0,
        }
    }

    fn line(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.number += 1;
        if bytes.trim_ascii().is_empty() {
            return Ok(());
        }
        match serde_json::from_slice::<Line>(bytes) {
            Ok(line) => {
                let input = self.configure(line);
                write_line(&mut self.out, &Data::from(&self.syntax.parse(&input)))
            }
            Err(error) => {
                self.refused += 1;
                let message = format!("line {}: {}", self.number, refusal(bytes, &error));
                write_line(
                    &mut self.out,
                    &Refusal {
                        kind: "error",
                        message,
                    },
                )
            }
        }
    }

    /// Takes on what the line configures, and returns its message.
    fn configure(&mut self, line: Line) -> String {
        let wanted = Configured {
            bot: line.bot.unwrap_or_else(|| self.default.bot.clone()),
            bot_id: line.bot_id.unwrap_or_else(|| self.default.bot_id.clone()),
            alias: line.alias.unwrap_or_else(|| self.default.alias.clone()),
            prefix: line.prefix.unwrap_or_else(|| self.default.prefix.clone()),
        };
        if wanted != self.current {
            self.syntax = wanted.syntax();
            self.current = wanted;
        }
        line.input
    }

    fn code(&self) -> ExitCode {
        if self.refused == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

/// Why a line is no question; repeats nothing of the line, which may hold anything.
fn refusal(bytes: &[u8], error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    if std::str::from_utf8(bytes).is_err() {
        return "not UTF-8".to_owned();
    }
    match error.classify() {
        Category::Data => {
            "not a question: it takes an object with the string `input`, and lists of strings `bot`, `bot_id`, `alias`, \
             `prefix`"
                .to_owned()
        }
        Category::Eof | Category::Syntax | Category::Io => format!("not JSON: column {}", error.column()),
    }
}

fn write_line(out: &mut impl Write, answer: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, answer)?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use serde_json::Value;

    use super::*;

    #[derive(clap::Parser)]
    struct Cli {
        #[command(flatten)]
        parse: ParseArgs,
    }

    fn answer(args: &[&str], input: &[u8]) -> (String, ExitCode) {
        let args = Cli::parse_from([&["parse"], args].concat()).parse;
        let mut out = Vec::new();
        let code = run(&args, input, &mut out).expect("memory does not fail");
        (String::from_utf8(out).expect("is UTF-8"), code)
    }

    #[test]
    fn every_worked_case_is_answered_as_written() {
        let cases = include_str!("../../fixtures/command.jsonl");
        let (answers, code) = answer(&[], cases.as_bytes());
        assert_eq!(code, ExitCode::SUCCESS);
        assert_eq!(answers.lines().count(), cases.lines().count());
        let mut wrong = Vec::new();
        for (case, answer) in cases.lines().zip(answers.lines()) {
            let case: Value = serde_json::from_str(case).expect("a case is JSON");
            let mut answer: Value = serde_json::from_str(answer).expect("an answer is JSON");
            for told in answer
                .get_mut("diagnostics")
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
            {
                let told = told.as_object_mut().expect("a diagnostic is an object");
                assert!(told.remove("message").is_some_and(|text| text.is_string()));
                assert!(
                    told.remove("help")
                        .is_some_and(|text| text.is_string() || text.is_null())
                );
            }
            if answer != case["expect"] {
                wrong.push(format!("{}\n  {}\n  {answer}", case["input"], case["expect"]));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn all_keys_are_there_in_their_order() {
        let (command, _) = answer(&["/model opus@work --for 2h"], b"");
        assert_eq!(
            command,
            concat!(
                r#"{"kind":"command","verb":"select","model":"opus","index":null,"profile":"work","provider":null,"#,
                r#""page":null,"scope":null,"mode":null,"for_ms":7200000,"once":false,"rest":null}"#,
                "\n"
            )
        );
        let (invalid, code) = answer(&["/model opus@"], b"");
        assert!(invalid.starts_with(
            r#"{"kind":"invalid","diagnostics":[{"code":"missing-profile","span":[11,12],"message":""#
        ));
        assert!(invalid.ends_with("\"}],\"rest\":null}\n"), "{invalid}");
        assert_eq!(code, ExitCode::SUCCESS);
        assert_eq!(answer(&["hello"], b"").0, "{\"kind\":\"text\"}\n");
        assert_eq!(answer(&["/model@other"], b"").0, "{\"kind\":\"ignored\"}\n");
    }

    #[test]
    fn a_bad_line_is_answered_in_its_place_and_the_rest_goes_on() {
        let input = b"{\"input\":\"a\"}\n\n{nope}\n{\"input\":\"\\ud800\"}\n{}\n{\"input\":1}\n{\"input\":\"\xff\"}\r\n \r\n{\"input\":\"/model\"}";
        let (answers, code) = answer(&[], input);
        let starts = [
            r#"{"kind":"text"}"#,
            r#"{"kind":"error","message":"line 3: not JSON"#,
            r#"{"kind":"error","message":"line 4: not JSON"#,
            r#"{"kind":"error","message":"line 5: not a question"#,
            r#"{"kind":"error","message":"line 6: not a question"#,
            r#"{"kind":"error","message":"line 7: not UTF-8"#,
            r#"{"kind":"command","verb":"picker""#,
        ];
        assert_eq!(answers.lines().count(), starts.len(), "{answers}");
        for (answer, start) in answers.lines().zip(starts) {
            assert!(answer.starts_with(start), "{answer}");
        }
        assert_eq!(code, ExitCode::FAILURE);
    }

    #[test]
    fn a_line_may_configure_what_the_arguments_do_not() {
        let input = b"{\"input\":\"/opus\"}\n{\"input\":\"/opus\",\"alias\":[]}\n{\"input\":\"!opus\",\"prefix\":[\"!\"]}\n";
        let (answers, _) = answer(&["--alias", "opus"], input);
        let kinds: Vec<_> = answers.lines().map(|line| line.contains("\"select\"")).collect();
        assert_eq!(kinds, [true, false, true]);
    }
}
