//! Machines do and suffer what a seed says; whatever it is, no token that was used is sent again, and in the end all have the same.
//!
//! What is shared is in memory here, and fails as a server does: before it did what it was asked, or after. The provider is one of
//! the test's own, which fails in the same way and knows which tokens were used.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use fastrand::Rng;
use modelpin::ProviderId;
use modelpin::oauth::Refresher;
use modelpin::profile::ProfileId;
use modelpin::provide::{RefreshError, RefreshToken, Renewal, SignIn};
use modelpin::secret::Secret;
use modelpin::store::memory::MemorySignIns;
use modelpin::store::{
    Claiming, Fence, Generation, Progress, RenewalNote, SharedSignIn, SignInName, SignInNews, SignInRecord,
    SignInStore, SignInsError, SignedIn,
};
use serde_json::json;

use super::{PROFILE, refresher, run, wanted};

const HOSTS: usize = 3;
const STEPS: usize = 60;
const SEEDS: u64 = 8;
/// A variable with the number of seeds, for whoever has more time.
const MORE: &str = "MODELPIN_TEST_FLEET_SEEDS";
/// How long a claim lasts whose holder is held up.
const BRIEF: Duration = Duration::from_millis(5);

/// What becomes of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Luck {
    Good,
    /// It is not done.
    Before,
    /// It is done, and the answer is lost.
    After,
    /// It is refused, and not done.
    Refused,
}

#[derive(Debug)]
struct Given {
    good: String,
    count: u32,
    used: HashSet<String>,
    wrongs: Vec<String>,
    dice: Rng,
    calm: bool,
}

impl Given {
    fn next(&mut self) -> String {
        self.count += 1;
        self.good = format!("EXAMPLE-refresh-{:06}", self.count);
        self.good.clone()
    }
}

/// A token endpoint whose refresh tokens work once.
struct Endpoint {
    address: SocketAddr,
    given: Arc<Mutex<Given>>,
}

impl Endpoint {
    fn start(seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let given = Arc::new(Mutex::new(Given {
            good: String::new(),
            count: 0,
            used: HashSet::new(),
            wrongs: Vec::new(),
            dice: Rng::with_seed(seed),
            calm: false,
        }));
        let theirs = Arc::clone(&given);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, &theirs);
            }
        });
        Self { address, given }
    }

    fn given(&self) -> MutexGuard<'_, Given> {
        self.given.lock().expect("nobody panics")
    }
}

fn answer(mut stream: TcpStream, given: &Mutex<Given>) {
    let mut text = String::new();
    let mut part = [0; 2048];
    let token = loop {
        let Ok(read @ 1..) = stream.read(&mut part) else {
            return;
        };
        text.push_str(&String::from_utf8_lossy(&part[..read]));
        let sent = text
            .split("refresh_token=")
            .nth(1)
            .map(|rest| rest.split('&').next());
        if let Some(Some(token)) = sent
            && token.len() == "EXAMPLE-refresh-000000".len()
        {
            break token.to_owned();
        }
    };
    let mut given = given.lock().expect("nobody panics");
    let luck = match given.dice.u8(..100) {
        _ if given.calm => Luck::Good,
        0..6 => Luck::Before,
        6..14 => Luck::After,
        14..26 => Luck::Refused,
        _ => Luck::Good,
    };
    if luck == Luck::Before {
        return;
    }
    if luck == Luck::Refused {
        let _gone = stream.write_all(b"HTTP/1.1 503 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        return;
    }
    if given.used.contains(&token) {
        given.wrongs.push(token.clone());
    }
    let body = if given.good == token {
        given.used.insert(token);
        let refresh = given.next();
        let access = format!("EXAMPLE-access-{:06}", given.count);
        json!({"access_token": access, "refresh_token": refresh, "expires_in": 3600, "token_type": "Bearer"})
    } else {
        json!({"error": "invalid_grant"})
    };
    drop(given);
    if luck == Luck::After {
        return;
    }
    let status = if body["error"].is_null() {
        "200 OK"
    } else {
        "400 No"
    };
    let body = body.to_string();
    let _gone = write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
}

/// A store as one machine has it: now and then it fails, or is away.
#[derive(Debug)]
struct Flaky {
    store: Arc<MemorySignIns>,
    away: Arc<AtomicBool>,
    calm: Arc<AtomicBool>,
    /// Whether it takes no records.
    full: Arc<AtomicBool>,
    dice: Mutex<Rng>,
}

impl Flaky {
    fn luck(&self) -> Luck {
        if self.away.load(Ordering::SeqCst) {
            return Luck::Before;
        }
        match self.dice.lock().expect("nobody panics").u8(..100) {
            _ if self.calm.load(Ordering::SeqCst) => Luck::Good,
            0..4 => Luck::Before,
            4..8 => Luck::After,
            _ => Luck::Good,
        }
    }

    fn is_held_up(&self) -> bool {
        !self.calm.load(Ordering::SeqCst) && self.dice.lock().expect("nobody panics").u8(..100) < 30
    }

    async fn told<T>(&self, done: impl Future<Output = Result<T, SignInsError>>) -> Result<T, SignInsError> {
        self.with(self.luck(), done).await
    }

    async fn with<T>(
        &self,
        luck: Luck,
        done: impl Future<Output = Result<T, SignInsError>>,
    ) -> Result<T, SignInsError> {
        let lost = || SignInsError::Unavailable("as the seed says".into());
        match luck {
            Luck::Before | Luck::Refused => Err(lost()),
            Luck::After => {
                let _lost = done.await;
                Err(lost())
            }
            Luck::Good => done.await,
        }
    }
}

#[async_trait]
impl SignInStore for Flaky {
    async fn claim(
        &self,
        name: &SignInName,
        holder: &str,
        lease: Duration,
    ) -> Result<Claiming, SignInsError> {
        // Now and then a claim is over at once, as when its holder is held up for longer than it lasts.
        let luck = self.luck();
        let is_brief = luck == Luck::After || (luck == Luck::Good && self.is_held_up());
        let lease = if is_brief { BRIEF } else { lease };
        self.with(luck, self.store.claim(name, holder, lease)).await
    }

    async fn extend(&self, name: &SignInName, fence: Fence, lease: Duration) -> Result<(), SignInsError> {
        self.told(self.store.extend(name, fence, lease)).await
    }

    async fn load(&self, name: &SignInName) -> Result<SharedSignIn, SignInsError> {
        self.told(self.store.load(name)).await
    }

    async fn note(
        &self,
        name: &SignInName,
        fence: Fence,
        note: Option<RenewalNote>,
    ) -> Result<(), SignInsError> {
        self.told(self.store.note(name, fence, note)).await
    }

    async fn keep(
        &self,
        name: &SignInName,
        from: u64,
        record: &SignInRecord,
        settled: Option<Generation>,
    ) -> Result<(), SignInsError> {
        if self.full.load(Ordering::SeqCst) {
            return Err(SignInsError::Unavailable("it is full".into()));
        }
        self.told(self.store.keep(name, from, record, settled)).await
    }

    async fn news(&self, since: u64) -> Result<SignInNews, SignInsError> {
        self.told(self.store.news(since)).await
    }
}

struct Host {
    file: PathBuf,
    refresher: Arc<Refresher>,
    away: Arc<AtomicBool>,
    full: Arc<AtomicBool>,
}

impl Host {
    fn new(
        folder: &Path,
        endpoint: &Endpoint,
        store: &Arc<MemorySignIns>,
        calm: &Arc<AtomicBool>,
        seed: u64,
    ) -> Self {
        std::fs::create_dir_all(folder).expect("a folder");
        let flaky = Flaky {
            store: Arc::clone(store),
            away: Arc::default(),
            full: Arc::default(),
            calm: Arc::clone(calm),
            dice: Mutex::new(Rng::with_seed(seed)),
        };
        Self {
            file: folder.join("auth-profiles.json"),
            away: Arc::clone(&flaky.away),
            full: Arc::clone(&flaky.full),
            refresher: refresher(&format!("http://{}/token", endpoint.address), Arc::new(flaky)),
        }
    }

    fn wanted(&self) -> SignIn {
        wanted(&self.file, PROFILE)
    }

    /// Its access token and its refresh token.
    fn has(&self) -> (String, String) {
        let text = std::fs::read_to_string(&self.file).expect("a file");
        let whole: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let profile = &whole["profiles"][ProfileId::new(PROFILE).as_str()];
        let text = |key: &str| profile[key].as_str().expect("a token").to_owned();
        (text("access"), text("refresh"))
    }

    /// Somebody did not take the access token that it has.
    async fn renews(&self) -> Result<(), RefreshError> {
        let refused = Renewal::Rejected(Secret::new(self.has().0));
        let renewed = self.refresher.refresh(&self.wanted(), refused).await;
        renewed.map(drop)
    }
}

fn put(file: &Path, access: &str, refresh: &str, ends: i64) {
    let text = json!({"version": 1, "profiles": {PROFILE: {
        "type": "oauth", "provider": "acme", "access": access, "refresh": refresh, "expires": ends,
        "email": "ada@example.test",
    }}});
    let beside = file.with_extension("new");
    std::fs::write(&beside, text.to_string()).expect("written");
    std::fs::rename(&beside, file).expect("put");
}

/// What a person is told to do, a person does.
fn signs_in(endpoint: &Endpoint, host: &Host) {
    let mut given = endpoint.given();
    let refresh = given.next();
    let access = format!("EXAMPLE-access-{:06}", given.count);
    drop(given);
    let hour = 3_600_000 + i64::try_from(now()).expect("a time");
    put(&host.file, &access, &refresh, hour);
}

fn now() -> u128 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("after 1970")
        .as_millis()
}

async fn walk(seed: u64) {
    let dir = tempfile::tempdir().expect("a folder");
    let endpoint = Endpoint::start(seed);
    let (store, calm) = (
        Arc::new(MemorySignIns::default()),
        Arc::new(AtomicBool::new(false)),
    );
    let hosts: Vec<Host> = (0..HOSTS)
        .map(|n| {
            let folder = dir.path().join(format!("host-{n}"));
            Host::new(&folder, &endpoint, &store, &calm, seed * 100 + n as u64)
        })
        .collect();
    signs_in(&endpoint, &hosts[0]);
    for host in &hosts[1..] {
        std::fs::copy(&hosts[0].file, &host.file).expect("copied");
    }
    let mut dice = Rng::with_seed(seed + 1_000);
    // Who waits for another one is left waiting, as a caller does who has no time.
    let brief = Duration::from_millis(300);
    for _ in 0..STEPS {
        let (one, other) = (&hosts[dice.usize(..HOSTS)], &hosts[dice.usize(..HOSTS)]);
        match dice.u8(..10) {
            0..5 => {
                if let Ok(Err(told)) = tokio::time::timeout(brief, one.renews()).await
                    && !matches!(told, RefreshError::Transient { .. })
                    && dice.bool()
                {
                    signs_in(&endpoint, other);
                }
            }
            5..7 => {
                let both = async { tokio::join!(one.renews(), other.renews()) };
                let _told = tokio::time::timeout(brief, both).await;
            }
            7 => {
                let wanted = one.wanted();
                let looked = one.refresher.adopt(&wanted, &|_| true);
                let _told = tokio::time::timeout(brief, looked).await;
            }
            8 => one.away.store(dice.bool(), Ordering::SeqCst),
            _ => other.away.store(false, Ordering::SeqCst),
        }
    }
    for host in &hosts {
        host.away.store(false, Ordering::SeqCst);
    }
    calm.store(true, Ordering::SeqCst);
    endpoint.given().calm = true;
    for host in &hosts {
        host.refresher.finished().await;
    }
    // What was to be told later is told, and whoever is told to sign in does. What was taken over from another machine may
    // be good for an hour, and have been used up on that machine: it is renewed, too.
    loop {
        if hosts[0].renews().await.is_err() {
            signs_in(&endpoint, &hosts[0]);
        } else if hosts[0].has().1 == endpoint.given().good {
            break;
        }
    }
    for host in &hosts {
        let looked = host.refresher.adopt(&host.wanted(), &|_| true).await;
        looked.expect("everything works again");
    }
    let given = endpoint.given();
    assert_eq!(
        given.wrongs,
        Vec::<String>::new(),
        "seed {seed}: a used token was sent"
    );
    for host in &hosts {
        assert_eq!(host.has().1, given.good, "seed {seed}: all have the good one");
    }
}

#[test]
fn whatever_happens_no_used_token_is_sent_and_all_agree_in_the_end() {
    let more = std::env::var(MORE).ok().and_then(|more| more.parse().ok());
    for seed in 0..more.unwrap_or(SEEDS) {
        run(walk(seed));
    }
}

#[test]
fn what_others_cannot_be_told_of_is_noted_as_sent_until_they_are() {
    run(async {
        let dir = tempfile::tempdir().expect("a folder");
        let endpoint = Endpoint::start(0);
        endpoint.given().calm = true;
        let (store, calm) = (
            Arc::new(MemorySignIns::default()),
            Arc::new(AtomicBool::new(true)),
        );
        let host = |name: &str| Host::new(&dir.path().join(name), &endpoint, &store, &calm, 0);
        let (one, two) = (host("one"), host("two"));
        signs_in(&endpoint, &one);
        std::fs::copy(&one.file, &two.file).expect("copied");
        // All know of it, before nobody can be told any more.
        one.refresher.adopt(&one.wanted(), &|_| true).await.expect("told");
        one.full.store(true, Ordering::SeqCst);
        one.renews().await.expect("renewed");
        let name = SignInName::new(SignedIn {
            provider: &ProviderId::new("acme"),
            account: None,
            email: Some("ada@example.test"),
            profile: &ProfileId::new(PROFILE),
            agent: None,
        });
        let shared = store.load(&name).await.expect("known");
        let note = shared.note.expect("a note");
        assert_eq!(note.progress, Progress::Posted);
        assert_eq!(note.of, Generation::of(&Secret::new(two.has().1)));
        one.full.store(false, Ordering::SeqCst);
        two.renews().await.expect("the first one tells it");
        assert_eq!(two.has(), one.has());
        assert!(endpoint.given().wrongs.is_empty());
    });
}
