//! Opening an address in the person's browser, if there is a screen.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Opens an address, if this session has a screen and the system a program for that. It is a courtesy: the address has been
/// printed, so nothing is told if it fails.
pub(super) fn open_browser(address: &str) {
    let Some(program) = opener() else {
        return;
    };
    let opened = Command::new(&program)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match opened {
        // It is not waited for: it may be the browser itself.
        Ok(child) => tracing::debug!("{} was started as process {}", program.display(), child.id()),
        Err(wrong) => tracing::debug!("{} was not started: {wrong}", program.display()),
    }
}

fn opener() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let name = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(unix) && (set("DISPLAY") || set("WAYLAND_DISPLAY")) {
        "xdg-open"
    } else {
        return None;
    };
    let here = std::env::current_dir().ok()?;
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    found(name, &folders, &here)
}

/// The first program of this name that is not chosen by the folder that one happens to stand in: a cloned project must not
/// bring the browser along.
fn found(name: &str, folders: &[PathBuf], here: &Path) -> Option<PathBuf> {
    folders
        .iter()
        .filter(|folder| folder.is_absolute() && !folder.starts_with(here))
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_of_the_working_directory_is_never_taken() {
        let root = tempfile::tempdir().expect("a directory");
        for folder in ["work/bin", "usr/bin"] {
            let folder = root.path().join(folder);
            std::fs::create_dir_all(&folder).expect("a folder");
            std::fs::write(folder.join("xdg-open"), "").expect("a program");
        }
        let (work, usr) = (root.path().join("work"), root.path().join("usr/bin"));
        let folders = [
            PathBuf::from(""),
            PathBuf::from("bin"),
            work.join("bin"),
            usr.clone(),
        ];
        assert_eq!(found("xdg-open", &folders, &work), Some(usr.join("xdg-open")));
        assert_eq!(found("xdg-open", &folders[..3], &work), None);
    }
}
