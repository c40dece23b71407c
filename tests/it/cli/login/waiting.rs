//! A sign-in command that waits for its yes.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

/// A command that has printed something and goes on.
pub(super) struct Waiting {
    child: Child,
    err: BufReader<std::process::ChildStderr>,
    told: String,
}

/// What it did in the end.
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) err: String,
}

impl Waiting {
    pub(super) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let err = BufReader::new(child.stderr.take().expect("a pipe"));
        Self {
            child,
            err,
            told: String::new(),
        }
    }

    /// The first line that holds a text, once it is printed.
    #[track_caller]
    pub(super) fn line_with(&mut self, text: &str) -> String {
        loop {
            let mut line = String::new();
            let read = self.err.read_line(&mut line).expect("it prints text");
            assert!(read > 0, "{text} never comes: {}", self.told);
            self.told.push_str(&line);
            if line.contains(text) {
                return line.trim().to_owned();
            }
        }
    }

    /// The process.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn ends(mut self) -> Ended {
        let mut out = String::new();
        let mut stdout = self.child.stdout.take().expect("a pipe");
        stdout.read_to_string(&mut out).expect("UTF-8");
        self.err.read_to_string(&mut self.told).expect("UTF-8");
        let code = self.child.wait().expect("it ends").code();
        Ended {
            code,
            out,
            err: self.told,
        }
    }
}
