//! Everything that was read from files, at one moment.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwapOption;
use thiserror::Error;

use crate::access::{Rules, Who};
use crate::command::Syntax;
use crate::config::{Allow, Config, ConfigError, StoreConfig, Unauthorised, UnknownAgent, Warning};
use crate::cooldown::Policy;
use crate::credential::CredentialKind;
use crate::credentials::{AuthStore, DotEnv, DotEnvError, Environment};
use crate::places::{AgentPaths, ConfigFile, Includes, StateDir, Surroundings, machine_id};
use crate::profile::ProfileId;
use crate::provide::{CredentialChain, RefreshToken, SignIn};
use crate::secret::{HandleKey, SealKey};
use crate::session::AgentId;

use crate::words::Languages;

use super::book::{Book, BookError, Leaves};
use super::languages;

/// Where files and variables are read from.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The state directory.
    pub state: StateDir,
    /// The configuration file; it need not be there.
    pub config: ConfigFile,
    /// Whether the process environment is looked at.
    pub environment: UseEnvironment,
    /// Bot names of the caller's own, beside those of the configuration.
    pub bots: Vec<String>,
    /// Bot ids of the caller's own.
    pub bot_ids: Vec<String>,
    /// Prefixes of commands of the caller's own, beside those of the configuration.
    pub prefixes: Vec<String>,
    /// Credentials of the caller's own, asked before those of the files.
    pub credentials: CredentialChain,
    /// Makes what renews sign-ins; without it, one that has ended is skipped.
    pub refresher: Option<MakeRefresher>,
}

/// Makes what renews sign-ins, for a configuration that was read.
#[derive(Clone)]
pub struct MakeRefresher(Arc<Make>);

type Make = dyn Fn(&Arc<Config>) -> Arc<dyn RefreshToken> + Send + Sync;

impl MakeRefresher {
    /// Makes it so.
    #[must_use]
    pub fn new(make: impl Fn(&Arc<Config>) -> Arc<dyn RefreshToken> + Send + Sync + 'static) -> Self {
        Self(Arc::new(make))
    }
}

impl fmt::Debug for MakeRefresher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MakeRefresher(…)")
    }
}

impl Sources {
    /// These files and the process environment; no bot names, and no credentials of the caller's own.
    #[must_use]
    pub fn new(state: StateDir, config: ConfigFile) -> Self {
        Self {
            state,
            config,
            environment: UseEnvironment::Process,
            bots: Vec::new(),
            bot_ids: Vec::new(),
            prefixes: Vec::new(),
            credentials: CredentialChain::default(),
            refresher: None,
        }
    }
}

/// Whether the process environment may hold credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UseEnvironment {
    /// Variables of the known names are credentials.
    Process,
    /// The process environment is not looked at.
    Nothing,
}

/// Why the files cannot be used.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The configuration is there and cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The configuration has a wrong value.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The `.env` of the state directory cannot be used.
    #[error(transparent)]
    DotEnv(#[from] DotEnvError),
    /// The credentials of an agent cannot be read.
    #[error(transparent)]
    Credentials(#[from] BookError),
}

/// Everything that was read. Agents' credential files are read when they are first asked for.
#[derive(Debug)]
pub struct Snapshot {
    sources: Sources,
    config: Arc<Config>,
    warnings: Vec<Warning>,
    environment: Arc<Environment>,
    rules: Rules,
    handles: HandleKey,
    seals: SealKey,
    agents: HashMap<AgentId, Agent>,
    included: Vec<PathBuf>,
    languages: Languages,
    default: AgentId,
    refresher: Option<Arc<dyn RefreshToken>>,
    stamp: AtomicU64,
}

/// The next stamp: each is given once.
fn next_stamp() -> u64 {
    static STAMPS: AtomicU64 = AtomicU64::new(1);
    STAMPS.fetch_add(1, Ordering::Relaxed)
}

#[derive(Debug, Default)]
struct Agent {
    syntax: OnceLock<Syntax>,
    book: ArcSwapOption<Book>,
}

impl Snapshot {
    /// Reads the configuration and `.env`. Nothing is written.
    ///
    /// # Errors
    /// [`LoadError`] names the file, and line, column and path of what is wrong in it. A file that is not there is none.
    pub fn load(sources: Sources) -> Result<Self, LoadError> {
        let (config, warnings, included) = read_config(&sources.config.path)?;
        let config = Arc::new(config);
        let dotenv = DotEnv::read(&sources.state.dotenv())?;
        let environment = match sources.environment {
            UseEnvironment::Process => Environment::of_process(dotenv, &config),
            UseEnvironment::Nothing => Environment::new(|_| None, dotenv, &config),
        };
        let handles = shared_key(&config.store, &environment).unwrap_or_else(|| handle_key(&sources.state));
        Ok(Self {
            seals: handles.seal_key(),
            handles,
            environment: Arc::new(environment),
            rules: rules(&config),
            agents: config
                .agent_ids()
                .into_iter()
                .map(|id| (id, Agent::default()))
                .collect(),
            default: config.default_agent(),
            languages: languages::read(&sources.state, config.commands.locale.as_deref()),
            refresher: sources.refresher.as_ref().map(|make| (make.0)(&config)),
            stamp: AtomicU64::new(next_stamp()),
            sources,
            config,
            warnings,
            included,
        })
    }

    /// The files that it depends on, there or not: those of the configuration, `.env`, and the credentials of the agents that
    /// were asked for.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        let mut files = vec![self.sources.config.path.clone(), self.sources.state.dotenv()];
        files.extend(self.included.iter().cloned());
        files.extend(languages::files(&self.sources.state));
        for agent in self.agents.values() {
            if let Some(book) = agent.book.load_full() {
                files.extend(book.files());
            }
        }
        files.sort_unstable();
        files.dedup();
        files
    }

    /// Reads the same sources again, and the credentials of the agents whose books are open here.
    ///
    /// Another store is used only from the next start on, and until then secrets and buttons are known by the key of the one
    /// that is in use.
    ///
    /// # Errors
    /// [`LoadError`] for the first file that is wrong: what was read before can then go on being used.
    pub fn again(&self) -> Result<Self, LoadError> {
        let mut fresh = Self::load(self.sources.clone())?;
        let is_shared = |snapshot: &Self| matches!(snapshot.config.store, StoreConfig::Redis(_));
        if is_shared(self) || is_shared(&fresh) {
            (fresh.handles, fresh.seals) = (self.handles.clone(), self.seals.clone());
        }
        for (id, agent) in &self.agents {
            // An agent that is not configured any more needs no credentials.
            if agent.book.load().is_some() && fresh.agents.contains_key(id) {
                fresh.book(Some(id))?;
            }
        }
        Ok(fresh)
    }

    /// The languages of replies.
    #[must_use]
    pub fn languages(&self) -> &Languages {
        &self.languages
    }

    /// The key of handles.
    #[must_use]
    pub fn handles(&self) -> &HandleKey {
        &self.handles
    }

    /// The key of handles as it would be with another store: with a shared one it is the fleet's.
    #[must_use]
    pub fn handles_with(&self, store: &StoreConfig) -> HandleKey {
        shared_key(store, &self.environment).unwrap_or_else(|| handle_key(&self.sources.state))
    }

    /// Where it was read from.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Keys of the configuration that look like slips.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The environment.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Who may do what.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The key under which buttons are sealed: of this state directory, the same after a restart.
    #[must_use]
    pub fn seal_key(&self) -> &SealKey {
        &self.seals
    }

    /// What happens to commands of senders who may not give any.
    #[must_use]
    pub fn unauthorised(&self) -> Unauthorised {
        self.config.commands.unauthorised
    }

    /// The default agent.
    #[must_use]
    pub fn default_agent(&self) -> &AgentId {
        &self.default
    }

    /// How long failures keep an account away.
    #[must_use]
    pub fn cooldown_policy(&self) -> Policy {
        let cooldowns = &self.config.auth.cooldowns;
        Policy {
            transient: cooldowns.transient.clone(),
            auth: cooldowns.auth.clone(),
            billing_first: cooldowns.billing_first,
            billing_first_by_provider: cooldowns
                .billing_first_by_provider
                .iter()
                .map(|(provider, first)| (provider.to_string(), *first))
                .collect(),
            billing_longest: cooldowns.billing_longest,
            failure_window: cooldowns.failure_window,
        }
    }

    /// The book of an agent, of the default one if none is named. It is opened at the first call, and kept; a credential
    /// file that could not be read is looked at again at the next call.
    ///
    /// # Errors
    /// [`BookError`] if there is no such agent, or its credential file is broken: then that agent alone cannot serve.
    pub fn book(&self, agent: Option<&AgentId>) -> Result<Arc<Book>, BookError> {
        let (id, agent) = self.agent(agent)?;
        if let Some(book) = agent.book.load_full() {
            return Ok(book);
        }
        let book = self.open(id)?;
        agent.book.store(Some(Arc::clone(&book)));
        Ok(book)
    }

    /// What renews sign-ins.
    pub(super) fn refresher(&self) -> Option<&Arc<dyn RefreshToken>> {
        self.refresher.as_ref()
    }

    /// Opens all books again when they are next asked for: a credential file was changed.
    pub(super) fn forget_books(&self) {
        for agent in self.agents.values() {
            agent.book.store(None);
        }
        self.stamp.store(next_stamp(), Ordering::Release);
    }

    /// Stands for what was read, of all agents together: it is another one when anything is read again. Books that are
    /// opened after the call are at least as new.
    pub(super) fn stamp(&self) -> u64 {
        self.stamp.load(Ordering::Acquire)
    }

    /// The sign-ins of all agents that can be renewed, each once. Books that cannot be opened have none.
    pub(super) fn sign_ins(&self) -> Vec<SignIn> {
        let mut found: Vec<SignIn> = Vec::new();
        for agent in self.agents.keys() {
            let Ok(book) = self.book(Some(agent)) else {
                continue;
            };
            for facts in book.facts() {
                let sign_in = SignIn {
                    store: book.store_of(&facts.id),
                    profile: facts.id.clone(),
                    provider: facts.provider.clone(),
                };
                if self.can_renew(&book, &facts.id) && !found.contains(&sign_in) {
                    found.push(sign_in);
                }
            }
        }
        found
    }

    /// Whether a profile is a sign-in that can be renewed.
    pub(super) fn can_renew(&self, book: &Book, id: &ProfileId) -> bool {
        self.refresher.is_some()
            && book.fact(id).is_some_and(|facts| {
                facts.kind == Some(CredentialKind::OAuth) && facts.refreshable && facts.source.is_stored()
            })
    }

    /// How commands are recognised in the chats of an agent. Needs no credential file.
    ///
    /// # Errors
    /// [`UnknownAgent`] names those that there are.
    pub fn syntax<'s>(&'s self, agent: Option<&AgentId>) -> Result<&'s Syntax, UnknownAgent> {
        let (id, agent) = self.agent(agent)?;
        Ok(agent.syntax.get_or_init(|| self.syntax_of(id)))
    }

    fn agent<'s>(&'s self, wanted: Option<&AgentId>) -> Result<(&'s AgentId, &'s Agent), UnknownAgent> {
        let id = wanted.unwrap_or(&self.default);
        match self.agents.get_key_value(id) {
            Some(agent) => Ok(agent),
            None => Err(UnknownAgent {
                wanted: id.clone(),
                known: self.config.agent_ids(),
            }),
        }
    }

    /// The files of an agent.
    ///
    /// # Errors
    /// [`UnknownAgent`] names those that there are.
    pub fn paths(&self, agent: &AgentId) -> Result<AgentPaths, UnknownAgent> {
        let dir = self.config.agent(agent)?.agent_dir();
        Ok(Surroundings::with_real(|around| {
            self.sources.state.agent(agent, dir, around)
        }))
    }

    fn open(&self, agent: &AgentId) -> Result<Arc<Book>, BookError> {
        let path = self.paths(agent)?.auth_profiles();
        let read = |path: &Path| {
            let store = AuthStore::read(path).map_err(|broken| BookError::Store(Arc::new(broken)))?;
            Ok::<_, BookError>(store.map(Arc::new))
        };
        let own = read(&path)?;
        let main = AgentId::main();
        let mut inherited_store = None;
        let inherited = if self.config.agent(agent)?.inherits() && *agent != main {
            // `main` lends its credentials even where the configuration does not list it as an agent.
            let dir = self.config.agent(&main).ok().and_then(|main| main.agent_dir());
            let paths = Surroundings::with_real(|around| self.sources.state.agent(&main, dir, around));
            let path = paths.auth_profiles();
            let lent = read(&path)?;
            inherited_store = Some(path);
            lent
        } else {
            None
        };
        let book = Book::bind(Leaves {
            agent: agent.clone(),
            config: Arc::clone(&self.config),
            environment: Arc::clone(&self.environment),
            store: path.display().to_string(),
            own,
            inherited,
            inherited_store,
            handles: self.handles.clone(),
            more: self.sources.credentials.clone(),
        })?;
        Ok(Arc::new(book))
    }

    fn syntax_of(&self, agent: &AgentId) -> Syntax {
        let commands = &self.config.commands;
        let mut syntax = Syntax::new();
        for name in self.config.bot.names.iter().chain(&self.sources.bots) {
            syntax = syntax.bot(name);
        }
        for id in self.config.bot.ids.iter().chain(&self.sources.bot_ids) {
            syntax = syntax.bot_id(id);
        }
        for prefix in commands.prefixes.iter().chain(&self.sources.prefixes) {
            syntax = syntax.prefix(prefix);
        }
        for name in &commands.reserved {
            syntax = syntax.reserve(name);
        }
        if !commands.alias_commands {
            return syntax.without_alias_commands();
        }
        if let Ok(of_agent) = self.config.agent(agent) {
            for alias in of_agent
                .models()
                .values()
                .filter_map(|entry| entry.alias.as_deref())
            {
                syntax = syntax.alias(alias);
            }
        }
        syntax
    }
}

/// The configuration, its warnings, and the files that it includes.
fn read_config(path: &Path) -> Result<(Config, Vec<Warning>, Vec<PathBuf>), LoadError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(absent) if absent.kind() == std::io::ErrorKind::NotFound => {
            return Ok((Config::default(), Vec::new(), Vec::new()));
        }
        Err(source) => {
            return Err(LoadError::Unreadable {
                path: path.to_owned(),
                source,
            });
        }
    };
    let text = String::from_utf8(bytes).map_err(|wrong| LoadError::Unreadable {
        path: path.to_owned(),
        source: std::io::Error::new(std::io::ErrorKind::InvalidData, wrong.utf8_error()),
    })?;
    let includes = Includes::of(path);
    let mut files = Vec::new();
    let mut load = |written: &str, from: &str| {
        let included = includes.load(written, from)?;
        files.push(PathBuf::from(&included.name));
        Ok(included)
    };
    let (config, warnings) = Config::parse_with(&text, &path.display().to_string(), &mut load)?;
    Ok((config, warnings, files))
}

fn rules(config: &Config) -> Rules {
    let who = |allow: &Allow| {
        let Allow {
            senders,
            rooms,
            roles,
        } = allow.clone();
        Who::only(senders, rooms, roles)
    };
    let mut rules = Rules::open();
    if let Some(allow) = &config.commands.allow {
        rules = rules.commands(who(allow));
    }
    if let Some(admins) = &config.commands.admins {
        rules = rules.admins(who(admins));
    }
    for (id, profile) in &config.auth.profiles {
        if let Some(allow) = &profile.allow {
            rules = rules.profile(id.clone(), who(allow));
        }
    }
    rules
}

/// The key of handles of all machines that share a store: what one seals another one opens, and a rest of a secret is known
/// to all who hold that secret. A key that cannot be found is told where the store is opened.
fn shared_key(store: &StoreConfig, environment: &Environment) -> Option<HandleKey> {
    let StoreConfig::Redis(shared) = store else {
        return None;
    };
    let key = environment.resolve(&shared.key).ok()?;
    let mut seed = b"modelpin fleet handles 1\0".to_vec();
    seed.extend_from_slice(key.expose().as_bytes());
    Some(HandleKey::derive(&seed))
}

/// The key of handles: of this machine and this state directory. The machine's own id is not told to anybody in a chat,
/// so that nobody there can try out whether a guessed secret has a handle that they were shown. Where a machine has no
/// id, a file of the state directory stands for it, which is made with the first credential; until then handles hold for
/// this process.
fn handle_key(state: &StateDir) -> HandleKey {
    let place = std::fs::canonicalize(&state.path).unwrap_or_else(|_| state.path.clone());
    let kept = || {
        std::fs::read(state.handle_key())
            .ok()
            .filter(|key| key.len() >= 32)
    };
    static OF_THIS_PROCESS: OnceLock<Vec<u8>> = OnceLock::new();
    let of_this_process = || OF_THIS_PROCESS.get_or_init(random_seed).clone();
    let mut seed = machine_id().or_else(kept).unwrap_or_else(of_this_process);
    seed.push(0);
    seed.extend_from_slice(place.as_os_str().as_encoded_bytes());
    HandleKey::derive(&seed)
}

/// 32 bytes from the system's source of randomness, by way of the standard library's hash keys.
#[must_use]
pub fn random_seed() -> Vec<u8> {
    let random = || RandomState::new().hash_one(0).to_le_bytes();
    [random(), random(), random(), random()].concat()
}
