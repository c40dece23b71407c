//! Sign-ins on the server.
//!
//! Of each there is a hash: the claim and its number, what was noted, and the newest tokens, sealed. What a process has seen
//! there it brings back when the server has lost it, since a token that was used up must not be taken for a good one.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use redis::Script;
use serde::{Deserialize, Serialize};

use super::feed::New;
use super::hearing::Feeds;
use super::link::Link;
use super::sealed::{There, broken, note_of, open, read, seal, word};
use super::trouble::What;
use crate::store::{
    Claiming, Extent, Fence, Generation, Progress, RenewalNote, SharedSignIn, SignInName, SignInNews,
    SignInRecord, SignInStore, SignInsError,
};

static CLAIM: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("sign_in_claim.lua")));
static EXTEND: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("sign_in_extend.lua")));
static NOTE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("sign_in_note.lua")));
static KEEP: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("sign_in_keep.lua")));
static TAKE_BACK: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("sign_in_take_back.lua")));

/// How often what was lost is brought back anew because another process was faster.
const TRIES: usize = 16;

/// A store of sign-ins on a server that several machines share.
#[derive(Debug)]
pub struct RedisSignIns(Arc<Link>);

impl RedisSignIns {
    pub(super) fn on(link: Arc<Link>) -> Self {
        Self(link)
    }
}

/// What this process knows of the sign-ins on the server.
#[derive(Debug, Default)]
pub(super) struct Here {
    known: Mutex<HashMap<SignInName, Known>>,
    /// Notes that a token may have left which has not, each by its name.
    doubts: Mutex<Vec<(SignInName, String)>>,
}

/// What was seen last of a sign-in, as it stands on the server.
#[derive(Debug, Clone, Default)]
struct Known {
    version: u64,
    record: String,
    note: String,
    holder: String,
    /// The name of the last note of ours that the token may leave.
    posted: Option<String>,
}

/// What is told of a record.
#[derive(Serialize, Deserialize)]
struct Message<'a> {
    from: &'a str,
    #[serde(rename = "signIn")]
    sign_in: String,
}

#[async_trait]
impl SignInStore for RedisSignIns {
    async fn claim(
        &self,
        name: &SignInName,
        holder: &str,
        lease: Duration,
    ) -> Result<Claiming, SignInsError> {
        let claimed = self.claimed(name, holder, lease).await;
        claimed.map_err(|what| self.unavailable(what))
    }

    async fn extend(&self, name: &SignInName, fence: Fence, lease: Duration) -> Result<(), SignInsError> {
        if lease.is_zero() {
            // Whoever has the claim next is not to find what is not so.
            let settled = settle(&self.0, Some(name)).await;
            settled.map_err(|what| self.unavailable(what))?;
        }
        let known = self.0.sign_ins.known().get(name).cloned().unwrap_or_default();
        let mut script = EXTEND.prepare_invoke();
        script.key(self.0.keys().sign_in(name)).arg(fence.0);
        script.arg(millis(lease)).arg(&known.holder).arg(&known.note);
        let mut manager = self.0.manager();
        let answer: Result<String, What> = self.0.asked(script.invoke_async(&mut manager)).await;
        match answer {
            Ok(done) if done == "done" => Ok(()),
            Ok(_) => Err(SignInsError::Fenced),
            Err(what) => Err(self.unavailable(what)),
        }
    }

    async fn load(&self, name: &SignInName) -> Result<SharedSignIn, SignInsError> {
        let loaded = self.loaded(name).await;
        loaded.map_err(|what| self.unavailable(what))
    }

    async fn note(
        &self,
        name: &SignInName,
        fence: Fence,
        note: Option<RenewalNote>,
    ) -> Result<(), SignInsError> {
        let called = self.0.next_change();
        let noted = self.noted(name, fence, note, &called).await;
        let here = &self.0.sign_ins;
        match (&noted, note.map(|note| note.progress)) {
            (Ok(Ok(())), Some(Progress::Posted)) => here.remember(name, |known| known.posted = Some(called)),
            // It may be there all the same, and nobody will send the token.
            (Err(what), Some(Progress::Posted)) if !what.is_an_answer() => {
                here.doubts().push((name.clone(), called));
            }
            // It was not used, and the server says still that it may have been.
            (Ok(Err(SignInsError::Fenced)) | Err(_), Some(Progress::Claimed)) => {
                let posted = here.known().get(name).and_then(|known| known.posted.clone());
                here.doubts().extend(posted.map(|posted| (name.clone(), posted)));
            }
            _ => {}
        }
        noted.map_err(|what| self.unavailable(what))?
    }

    async fn keep(
        &self,
        name: &SignInName,
        from: u64,
        record: &SignInRecord,
        settled: Option<Generation>,
    ) -> Result<(), SignInsError> {
        let kept = async {
            self.0.is_there()?;
            let sealed = seal(&self.0, name, record)?;
            let to = from.saturating_add(1);
            let kept = put(&self.0, name, (from, to), &sealed, settled, "").await?;
            if kept {
                self.0.sign_ins.remember(name, |known| {
                    (known.version, known.record) = (to, sealed);
                    if note_of(&known.note).is_some_and(|note| Some(note.of) == settled) {
                        known.note.clear();
                    }
                });
            }
            Ok(kept)
        };
        match kept.await {
            Ok(true) => Ok(()),
            Ok(false) => Err(SignInsError::Conflict),
            Err(what) => Err(self.unavailable(what)),
        }
    }

    async fn news(&self, since: u64) -> Result<SignInNews, SignInsError> {
        self.0.is_there().map_err(|away| self.unavailable(away))?;
        let (new, mark) = self.0.feeds().sign_ins.take(since);
        let (names, extent) = match new {
            New::Changes(changed) => (
                changed.into_iter().map(|(name, ())| name).collect(),
                Extent::Changes,
            ),
            New::Unknown => (Vec::new(), Extent::Everything),
        };
        Ok(SignInNews { names, extent, mark })
    }
}

impl RedisSignIns {
    async fn claimed(&self, name: &SignInName, holder: &str, lease: Duration) -> Result<Claiming, What> {
        let link = &self.0;
        link.is_there()?;
        settle(link, Some(name)).await?;
        let mut script = CLAIM.prepare_invoke();
        script.key(link.keys().sign_in(name)).arg(holder);
        script.arg(millis(lease)).arg(link.deadline());
        let mut manager = link.manager();
        let answer = link.asked(script.invoke_async(&mut manager)).await?;
        let (word, fence, version, note, record): (String, String, String, String, String) = answer;
        let there = There(version, note, record);
        match &*word {
            "late" => Err(What::Late),
            "granted" => {
                let fence = fence
                    .parse()
                    .map_err(|_| broken(link, name, "its claim has no number"))?;
                link.sign_ins
                    .remember(name, |known| known.holder = holder.to_owned());
                Ok(Claiming::Granted(Fence(fence), self.whole(name, there).await?))
            }
            _ => Ok(Claiming::Held(read(link, name, &there)?)),
        }
    }

    async fn loaded(&self, name: &SignInName) -> Result<SharedSignIn, What> {
        let link = &self.0;
        link.is_there()?;
        settle(link, Some(name)).await?;
        let there = ask(link, name).await?;
        self.whole(name, there).await
    }

    /// What stands there, with what was lost there.
    async fn whole(&self, name: &SignInName, mut there: There) -> Result<SharedSignIn, What> {
        let link = &self.0;
        for _ in 0..TRIES {
            let shared = read(link, name, &there)?;
            let known = link.sign_ins.known().get(name).cloned().unwrap_or_default();
            if known.version <= shared.version {
                link.sign_ins.remember(name, |known| {
                    known.version = shared.version;
                    (known.note, known.record) = (there.1, there.2);
                });
                return Ok(shared);
            }
            tracing::warn!("the store has lost a sign-in; it is brought back");
            let (to, sealed) = match &shared.record {
                None => (known.version, known.record.clone()),
                Some(record) => {
                    let ours = open(link, name, &known.record)?;
                    let generation = record.generation();
                    let is_old = ours.is_after(generation) || ours.generation() == generation;
                    let both = if is_old { ours } else { record.clone().after(&ours) };
                    (known.version.saturating_add(1), seal(link, name, &both)?)
                }
            };
            put(link, name, (shared.version, to), &sealed, None, &known.note).await?;
            there = ask(link, name).await?;
        }
        Err(What::Said(
            "that others change the sign-in again and again".to_owned(),
        ))
    }

    async fn noted(
        &self,
        name: &SignInName,
        fence: Fence,
        note: Option<RenewalNote>,
        called: &str,
    ) -> Result<Result<(), SignInsError>, What> {
        let link = &self.0;
        link.is_there()?;
        settle(link, Some(name)).await?;
        let mut script = NOTE.prepare_invoke();
        script.key(link.keys().sign_in(name)).arg(fence.0);
        script.arg(link.deadline());
        let (progress, of) = note.map_or_else(Default::default, |note| {
            (word(note.progress).to_owned(), note.of.to_hex())
        });
        script.arg(&progress).arg(&of).arg(called);
        let mut manager = link.manager();
        let answer: String = link.asked(script.invoke_async(&mut manager)).await?;
        match &*answer {
            "noted" => {
                link.sign_ins.remember(name, |known| {
                    known.note = note.map_or_else(String::new, |_| format!("{progress} {of} {called}"));
                });
                Ok(Ok(()))
            }
            "late" => Err(What::Late),
            _ => Ok(Err(SignInsError::Fenced)),
        }
    }

    fn unavailable(&self, what: What) -> SignInsError {
        SignInsError::Unavailable(Box::new(what.at(self.0.address())))
    }
}

impl Here {
    fn known(&self) -> MutexGuard<'_, HashMap<SignInName, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, name: &SignInName, change: impl FnOnce(&mut Known)) {
        change(self.known().entry(name.clone()).or_default());
    }

    fn doubts(&self) -> MutexGuard<'_, Vec<(SignInName, String)>> {
        self.doubts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes back every note that says more than happened, as far as the server can be asked.
pub(super) async fn settle_doubts(link: &Link) {
    // What goes wrong here is met again at the next heartbeat.
    let _later = settle(link, None).await;
}

async fn settle(link: &Link, of: Option<&SignInName>) -> Result<(), What> {
    loop {
        let fits = |(name, _): &&(SignInName, String)| of.is_none_or(|of| of == name);
        let Some((name, called)) = link.sign_ins.doubts().iter().find(fits).cloned() else {
            return Ok(());
        };
        let mut script = TAKE_BACK.prepare_invoke();
        script.key(link.keys().sign_in(&name)).arg(&called);
        let mut manager = link.manager();
        let _answer: String = link.asked(script.invoke_async(&mut manager)).await?;
        link.sign_ins.doubts().retain(|(_, other)| *other != called);
        link.sign_ins.remember(&name, |known| {
            if known.note.ends_with(&called) {
                known.note.clear();
            }
        });
    }
}

/// A message from another process.
pub(super) fn hear(feeds: &Feeds, message: &[u8]) {
    match serde_json::from_slice::<Message<'_>>(message) {
        Ok(message) if message.from == feeds.origin() => {}
        Ok(message) => {
            feeds
                .sign_ins
                .heard(SignInName::kept(&message.sign_in), (), |(), ()| ());
        }
        // Not ours to understand; what it was about is read anew.
        Err(_) => feeds.sign_ins.lost(),
    }
}

async fn ask(link: &Link, name: &SignInName) -> Result<There, What> {
    let mut manager = link.manager();
    let mut get = redis::cmd("HMGET");
    get.arg(link.keys().sign_in(name))
        .arg(&["version", "note", "record"]);
    let there: (Option<String>, Option<String>, Option<String>) =
        link.asked(get.query_async(&mut manager)).await?;
    Ok(There(
        there.0.unwrap_or_default(),
        there.1.unwrap_or_default(),
        there.2.unwrap_or_default(),
    ))
}

/// Whether the record was put in the place of that version.
async fn put(
    link: &Link,
    name: &SignInName,
    (from, to): (u64, u64),
    sealed: &str,
    settled: Option<Generation>,
    note: &str,
) -> Result<bool, What> {
    let message = Message {
        from: link.origin(),
        sign_in: name.as_str().to_owned(),
    };
    let mut script = KEEP.prepare_invoke();
    script
        .key(link.keys().sign_in(name))
        .arg(from)
        .arg(to)
        .arg(sealed);
    script.arg(settled.map(Generation::to_hex).unwrap_or_default());
    script.arg(note).arg(link.keys().sign_in_news());
    // Texts always have a text.
    script.arg(serde_json::to_string(&message).unwrap_or_default());
    let mut manager = link.manager();
    let (answer, more): (String, String) = link.asked(script.invoke_async(&mut manager)).await?;
    if answer == "unheard" {
        tracing::warn!("other machines are not told of renewed sign-ins: {more}");
    }
    Ok(answer != "conflict")
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
