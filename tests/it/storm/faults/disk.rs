//! The disk of the state directory: a small one of its own where this may be mounted, so that it can be full.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A folder, on a disk of its own if there is one.
pub(crate) struct Disk {
    dir: TempDir,
    mounted: bool,
}

impl Disk {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=48m", "tmpfs"])
            .arg(dir.path())
            .output()
            .is_ok_and(|done| done.status.success());
        Self { dir, mounted }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Whether it can be full.
    pub(crate) fn can_be_full(&self) -> bool {
        self.mounted
    }

    fn ballast(&self) -> PathBuf {
        self.dir.path().join("ballast")
    }

    /// Leaves no room at all.
    pub(crate) fn fill(&self) {
        use std::io::Write;
        let Ok(mut file) = std::fs::File::create(self.ballast()) else {
            return;
        };
        let piece = vec![0x61; 64 * 1024];
        while file.write_all(&piece).is_ok() {}
        while file.write_all(b"a").is_ok() {}
    }

    pub(crate) fn empty(&self) {
        let _ = std::fs::remove_file(self.ballast());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.mounted {
            let _ = Command::new("umount").arg("--lazy").arg(self.dir.path()).status();
        }
    }
}
