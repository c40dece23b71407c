//! The packages of the clients, in `target/clients/`: brought at the first run, and when their pins change.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// As long as one installation may take.
const PATIENCE: Duration = Duration::from_secs(240);

/// What is here.
#[derive(Debug, Default)]
pub(super) struct Clients {
    /// The interpreter that has the packages of PyPI.
    pub(super) python: Option<PathBuf>,
    /// The folder that has `node_modules`.
    pub(super) node: Option<PathBuf>,
}

/// Installs what is missing. What cannot be brought is told on standard error, and its clients are passed over.
pub(super) fn installed() -> Clients {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (pins, target) = (root.join("tests/clients"), root.join("target/clients"));
    fs::create_dir_all(&target).expect("a folder");
    // Tests run in many processes: one installs, and the others wait.
    let lock = File::create(target.join("lock")).expect("a lock");
    lock.lock().expect("locked");
    let (python, node) = (target.join("py"), target.join("js"));
    let bin = python.join("bin/python");
    Clients {
        python: brought(&pins.join("requirements.txt"), &python, || {
            told(
                Command::new("python3")
                    .args(["-m", "venv", "--clear"])
                    .arg(&python),
            )?;
            let pip = [
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "-r",
            ];
            told(Command::new(&bin).args(pip).arg(pins.join("requirements.txt")))
        })
        .then_some(bin.clone()),
        node: brought(&pins.join("package-lock.json"), &node, || {
            fs::create_dir_all(&node).map_err(|error| error.to_string())?;
            for file in ["package.json", "package-lock.json"] {
                fs::copy(pins.join(file), node.join(file)).map_err(|error| error.to_string())?;
            }
            told(
                Command::new("npm")
                    .args(["ci", "--no-audit", "--no-fund"])
                    .current_dir(&node),
            )
        })
        .then_some(node.clone()),
    }
}

/// Whether what `pins` names is in `folder`, which may need `install`.
fn brought(pins: &Path, folder: &Path, install: impl Fn() -> Result<(), String>) -> bool {
    let wanted = fs::read(pins).expect("the pins are there");
    let mark = folder.join("installed");
    if fs::read(&mark).is_ok_and(|had| had == wanted) {
        return true;
    }
    match install() {
        Ok(()) => {
            fs::write(mark, wanted).expect("written");
            true
        }
        Err(why) => {
            not_tried(&format!(
                "the clients of {} could not be brought, so they were not tried: {why}",
                pins.display()
            ));
            false
        }
    }
}

/// Runs a program to its end, or to ours.
fn told(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let log = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
    let into = || log.reopen().map(Stdio::from).map_err(|error| error.to_string());
    let began = Instant::now();
    let mut child = command
        .env("PIP_NO_INPUT", OsStr::new("1"))
        .stdin(Stdio::null())
        .stdout(into()?)
        .stderr(into()?)
        .spawn()
        .map_err(|error| format!("{name}: {error}"))?;
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => {
                let said = fs::read_to_string(log.path()).unwrap_or_default();
                return Err(format!("{name} ended with {status}: {said}"));
            }
            Ok(None) if began.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(50)),
            other => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("{name} did not end in {PATIENCE:?} ({other:?})"));
            }
        }
    }
}

#[expect(clippy::print_stderr, reason = "it is for whoever reads the test's output")]
fn not_tried(why: &str) {
    eprintln!("{why}");
}
