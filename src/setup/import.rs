//! Taking over what another program keeps: copied, compared, and left alone there.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use serde_json::Value;
use serde_json::value::RawValue;
use thiserror::Error;

use crate::clock::Timestamp;
use crate::config::{Config, ConfigError, Included};
use crate::credentials::{AuthStore, ChangeError, DraftError, NewProfile, NewSecret, Replace, StoreError};
use crate::echo::causes;
use crate::files::{Previous, Reach, WriteError, replace};
use crate::model::ProviderId;
use crate::places::{Includes, StateDir, Surroundings};
use crate::profile::ProfileId;
use crate::secret::Secret;
use crate::session::AgentId;

/// Directories of other programs, the newest first.
const SOURCES: [&str; 3] = [".openclaw", ".clawdbot", ".moltbot"];
/// Their configuration files.
const CONFIGS: [&str; 4] = ["modelpin.json", "openclaw.json", "clawdbot.json", "moltbot.json"];
/// Where Clawdbot once kept its sign-ins.
const LEGACY: &str = "credentials/oauth.json";

/// From where to where.
#[derive(Debug, Clone)]
pub struct Import {
    /// The other program's state directory; nothing in it is changed.
    pub from: PathBuf,
    /// Ours.
    pub to: PathBuf,
    /// What becomes of a profile that both have with another secret.
    pub replace: Replace,
    /// Whether to write.
    pub run: Run,
}

/// Whether to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// Only say what would be done.
    Dry,
    /// Do it.
    Real,
}

/// What was done, or would be.
#[derive(Debug, Default)]
pub struct Imported {
    /// What is taken over.
    pub taken: Vec<String>,
    /// What is different there and was left as it is here.
    pub kept: Vec<String>,
    /// What could not be taken over, and why.
    pub failed: Vec<String>,
    /// What an operator has to know.
    pub notes: Vec<String>,
}

/// Why nothing could be taken over.
#[derive(Debug, Error)]
pub enum ImportError {
    /// There is no such directory.
    #[error("there is no directory {}", .0.display())]
    NoSource(PathBuf),
    /// There is no directory of another program.
    #[error("there is no ~/.openclaw, ~/.clawdbot or ~/.moltbot; name a directory with --from")]
    NothingFound,
    /// Both are the same directory.
    #[error("{} is the state directory itself: it is used in place, and nothing has to be taken over", .0.display())]
    Same(PathBuf),
    /// The configuration there cannot be read.
    #[error("the configuration there is not taken over")]
    Config(#[from] ConfigError),
    /// Something could not be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// Something could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// The directory that would be imported if none is named.
#[must_use]
pub fn found_source(ours: &Path) -> Option<PathBuf> {
    Surroundings::with_real(|around| {
        let home = around.home?;
        let mut all = SOURCES.iter().map(|name| home.join(name));
        all.find(|path| path.is_dir() && path != ours)
    })
}

/// Copies configuration, `.env`, and every agent's profiles, order and state, compares what was written with what was
/// read, and can be run again: what is there already is not written twice. Blocks its thread.
///
/// # Errors
/// [`ImportError`]. What goes wrong with a single store is told in [`Imported::failed`], and the others are taken over.
pub fn import(import: &Import) -> Result<Imported, ImportError> {
    if !import.from.is_dir() {
        return Err(ImportError::NoSource(import.from.clone()));
    }
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if real(&import.from) == real(&import.to) {
        return Err(ImportError::Same(import.from.clone()));
    }
    let mut done = Imported::default();
    config(import, &mut done)?;
    whole_file(import, ".env", &mut done)?;
    let agents = agents(&import.from);
    for agent in &agents {
        let path = |dir: &Path| {
            let state = StateDir {
                path: dir.to_owned(),
                reason: crate::places::Reason::Flag,
            };
            Surroundings::with_real(|around| state.agent(agent, None, around)).auth_profiles()
        };
        if let Err(wrong) = store(import, agent, &path(&import.from), &path(&import.to), &mut done) {
            done.failed.push(format!("agent {agent}: {wrong}"));
        }
    }
    legacy(import, &mut done);
    Ok(done)
}

fn agents(from: &Path) -> Vec<AgentId> {
    let folders = fs::read_dir(from.join("agents")).into_iter().flatten().flatten();
    let mut agents: Vec<AgentId> = folders
        .filter_map(|entry| AgentId::new(entry.file_name().to_str()?).ok())
        .collect();
    agents.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    agents
}

/// The configuration, with its comments, if there is none here.
fn config(import: &Import, done: &mut Imported) -> Result<(), ImportError> {
    let there = CONFIGS
        .iter()
        .map(|name| import.from.join(name))
        .find(|path| path.is_file());
    let Some(there) = there else {
        return Ok(());
    };
    let here = import.to.join(CONFIGS[0]);
    let text = read(&there)?;
    let mut parts = Parts::of(&there);
    let (config, _) = Config::parse_with(
        &String::from_utf8_lossy(&text),
        &there.display().to_string(),
        &mut |written, from| parts.load(written, from),
    )?;
    let is_same = fs::read(&here).is_ok_and(|mine| mine == text);
    if here.is_file() && !is_same {
        done.kept.push(format!(
            "{} stays as it is; {} was not merged into it",
            here.display(),
            there.display()
        ));
        return Ok(());
    }
    // The included files first: without them the configuration cannot be read.
    if let Some(why) = parts.hindrance(&import.to) {
        done.failed
            .push(format!("{} is not taken over: {why}", there.display()));
        return Ok(());
    }
    for (part, text) in &parts.files {
        let here = import.to.join(part);
        if !here.exists() {
            copy(import, &here, text.as_bytes())?;
            done.taken.push(import.from.join(part).display().to_string());
        }
    }
    if !is_same {
        for (agent, entry) in &config.agent_list {
            if let Some(dir) = entry.agent_dir.as_deref() {
                done.notes.push(format!(
                    "agents.list says that agent {agent} lives in {dir}: change agentDir in {} unless that is meant",
                    here.display()
                ));
            }
        }
        copy(import, &here, &text)?;
        done.taken
            .push(format!("{} as {}", there.display(), here.display()));
    }
    Ok(())
}

/// The files that a configuration includes, and where they stand beside it.
struct Parts {
    includes: Includes,
    /// Texts by their paths from the folder of the configuration.
    files: BTreeMap<PathBuf, String>,
    /// The folders, from there, of the files that were read, by the name of the file.
    folders: HashMap<String, PathBuf>,
    /// Whether a file is named by a path that another folder does not have.
    fixed: bool,
}

impl Parts {
    fn of(config: &Path) -> Self {
        Self {
            includes: Includes::of(config),
            files: BTreeMap::new(),
            folders: HashMap::new(),
            fixed: false,
        }
    }

    fn load(&mut self, written: &str, from: &str) -> Result<Included, String> {
        let found = self.includes.load(written, from)?;
        // The configuration itself is in no list: it is in the folder.
        let folder = self.folders.get(from).cloned().unwrap_or_default();
        match below(&folder, Path::new(written)) {
            Some(path) => {
                let folder = path.parent().unwrap_or(Path::new("")).to_owned();
                self.folders.insert(found.name.clone(), folder);
                self.files.insert(path, found.text.clone());
            }
            None => self.fixed = true,
        }
        Ok(found)
    }

    /// Why these files cannot stand below another folder.
    fn hindrance(&self, to: &Path) -> Option<String> {
        if self.fixed {
            return Some("it includes files by absolute paths; write them relative to its folder".to_owned());
        }
        let differs = |(part, text): (&PathBuf, &String)| {
            let here = to.join(part);
            let other = here.exists() && !fs::read(&here).is_ok_and(|mine| mine == text.as_bytes());
            other.then(|| {
                format!(
                    "it includes {}, and {} is another one",
                    part.display(),
                    here.display()
                )
            })
        };
        self.files.iter().find_map(differs)
    }
}

/// A path from a folder as one without `.` and `..`; `None` if it leads out.
fn below(folder: &Path, written: &Path) -> Option<PathBuf> {
    let mut path = folder.to_owned();
    for part in written.components() {
        match part {
            Component::Normal(part) => path.push(part),
            Component::CurDir => {}
            Component::ParentDir if path.pop() => {}
            _ => return None,
        }
    }
    Some(path)
}

fn whole_file(import: &Import, name: &str, done: &mut Imported) -> Result<(), ImportError> {
    let (there, here) = (import.from.join(name), import.to.join(name));
    if !there.is_file() {
        return Ok(());
    }
    let text = read(&there)?;
    if fs::read(&here).is_ok_and(|mine| mine == text) {
        return Ok(());
    }
    if here.exists() {
        done.kept.push(format!(
            "{} stays as it is; {} differs",
            here.display(),
            there.display()
        ));
        return Ok(());
    }
    copy(import, &here, &text)?;
    done.taken.push(there.display().to_string());
    Ok(())
}

fn store(
    import: &Import,
    agent: &AgentId,
    there: &Path,
    here: &Path,
    done: &mut Imported,
) -> Result<(), String> {
    let theirs = match AuthStore::read(there) {
        Ok(None) => return Ok(()),
        Ok(Some(theirs)) => theirs,
        Err(wrong) => return Err(causes(&wrong)),
    };
    let mine = AuthStore::read(here).map_err(|wrong| causes(&wrong))?;
    let mut taken: Vec<ProfileId> = Vec::new();
    let mut kept = Vec::new();
    for (id, profile) in theirs.profiles() {
        match mine.as_ref().and_then(|mine| mine.profiles().get(id)) {
            Some(own) if same(own.raw(), profile.raw()) => {}
            Some(_) if import.replace == Replace::No => kept.push(id.clone()),
            _ => taken.push(id.clone()),
        }
    }
    let orders: Vec<(ProviderId, Vec<ProfileId>)> = theirs
        .orders()
        .filter(|(provider, _)| mine.as_ref().is_none_or(|mine| mine.order(provider).is_none()))
        .map(|(provider, ids)| (provider.clone(), ids.to_vec()))
        .collect();
    let signs_in = taken.iter().any(|id| theirs.profiles()[id].is_renewable());
    if import.run == Run::Real && (!taken.is_empty() || !orders.is_empty()) {
        let usage = theirs
            .sections()
            .get("usageStats")
            .map(|raw| raw.get().to_owned())
            .unwrap_or_default();
        let usage: indexmap::IndexMap<String, Box<RawValue>> =
            serde_json::from_str(&usage).unwrap_or_default();
        let changed = AuthStore::change(here, |draft| {
            for id in &taken {
                draft.put_raw_profile(id, theirs.profiles()[id].raw());
                if let Some(stats) = usage.get(id.as_str()) {
                    draft.put_raw_usage(id, stats);
                }
            }
            for (provider, ids) in &orders {
                draft.set_order(provider, ids);
            }
            Ok::<_, DraftError>(())
        });
        changed.map_err(|wrong: ChangeError<DraftError>| causes(&wrong))?;
        verify(here, &theirs, &taken)?;
    }
    done.taken
        .extend(taken.iter().map(|id| format!("{id} of agent {agent}")));
    done.taken.extend(
        orders
            .iter()
            .map(|(provider, _)| format!("the order of {provider} of agent {agent}")),
    );
    done.kept
        .extend(kept.iter().map(|id| {
            format!("{id} of agent {agent} is another one here and stays; --replace takes theirs")
        }));
    if signs_in {
        done.notes.push(format!(
            "sign-ins of agent {agent} are in two places now. Let only one program renew them: stop the other, or sign in again here"
        ));
    }
    Ok(())
}

/// Reads again what was written and compares it with what was read.
fn verify(here: &Path, theirs: &AuthStore, taken: &[ProfileId]) -> Result<(), String> {
    let written = AuthStore::read(here).map_err(|wrong: StoreError| causes(&wrong))?;
    let missing = taken.iter().find(|id| {
        let mine = written.as_ref().and_then(|mine| mine.profiles().get(*id));
        !mine.is_some_and(|mine| same(mine.raw(), theirs.profiles()[*id].raw()))
    });
    missing.map_or(Ok(()), |id| {
        Err(format!(
            "{id} reads otherwise than it was written; nothing there was changed"
        ))
    })
}

fn same(one: &RawValue, other: &RawValue) -> bool {
    let value = |raw: &RawValue| serde_json::from_str::<Value>(raw.get()).ok();
    one.get() == other.get() || (value(one).is_some() && value(one) == value(other))
}

/// Sign-ins in the form of old versions: provider to `{ access, refresh, expires, … }`.
fn legacy(import: &Import, done: &mut Imported) {
    let path = import.from.join(LEGACY);
    let Ok(text) = fs::read_to_string(&path) else {
        return;
    };
    let Ok(Value::Object(entries)) = serde_json::from_str::<Value>(&text) else {
        done.failed.push(format!("{} is no JSON object", path.display()));
        return;
    };
    let state = StateDir {
        path: import.to.clone(),
        reason: crate::places::Reason::Flag,
    };
    let here = Surroundings::with_real(|around| state.agent(&AgentId::main(), None, around)).auth_profiles();
    for (provider, entry) in &entries {
        let field = |name: &str| entry.get(name).and_then(Value::as_str);
        let Some(access) = field("access") else {
            continue;
        };
        let provider = ProviderId::new(provider);
        let id = ProfileId::new(&format!("{provider}:default"));
        let new = NewProfile {
            account: field("accountId").map(str::to_owned),
            email: field("email").map(str::to_owned),
            ..NewProfile::new(
                provider,
                NewSecret::OAuth {
                    access: Secret::new(access.to_owned()),
                    refresh: field("refresh").map(|text| Secret::new(text.to_owned())),
                    expires: entry
                        .get("expires")
                        .and_then(Value::as_i64)
                        .map(Timestamp::from_millis),
                    client: field("clientId").map(str::to_owned),
                },
            )
        };
        // A newer sign-in of the store is not replaced by an old file.
        let there = AuthStore::read(&here)
            .ok()
            .flatten()
            .is_some_and(|store| store.profiles().contains_key(&id));
        if there {
            continue;
        }
        if import.run == Run::Real {
            let put = AuthStore::change(&here, |draft| draft.put(&id, &new, Replace::No));
            if let Err(wrong) = put {
                done.failed.push(format!("{id}: {}", causes(&wrong)));
                continue;
            }
        }
        done.taken
            .push(format!("{id} of agent main, from {}", path.display()));
    }
}

fn copy(import: &Import, here: &Path, text: &[u8]) -> Result<(), ImportError> {
    if import.run == Run::Real {
        replace(here, text, Previous::Kept, Reach::Owner)?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, ImportError> {
    fs::read(path).map_err(|source| ImportError::Unreadable {
        path: path.to_owned(),
        source,
    })
}
