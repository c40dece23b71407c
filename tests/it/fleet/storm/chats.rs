//! People in chats: one after the other they pin, look and ask; whoever answers them is the balancer's choice.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use fastrand::Rng;
use reqwest::Client;
use serde_json::{Value, json};

use super::log::{Log, Reply, What};
use super::world::{PERSON, PROFILES, World};

/// A chat of one agent.
#[derive(Debug, Clone)]
pub(super) struct Chat {
    pub(super) number: usize,
    pub(super) session: String,
    pub(super) agent: &'static str,
    /// What is pinned in it, in another order in each.
    pub(super) profiles: [&'static str; 6],
}

impl Chat {
    pub(super) fn number(number: usize) -> Self {
        let mut profiles = PROFILES;
        profiles.rotate_left(number % PROFILES.len());
        Self {
            number,
            session: format!("chat:{number}"),
            agent: ["main", "ops"][number % 2],
            profiles,
        }
    }
}

/// Where people ask from.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    pub(super) log: Log,
    pub(super) world: World,
    client: Client,
    balancer: SocketAddr,
    pub(super) gateways: Vec<SocketAddr>,
    numbers: Arc<AtomicU32>,
}

/// Nobody waits longer.
const PATIENCE: Duration = Duration::from_secs(30);

impl Desk {
    pub(super) fn new(log: &Log, world: &World, balancer: SocketAddr, gateways: Vec<SocketAddr>) -> Self {
        let _already = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().tls_certs_only([]).timeout(PATIENCE);
        Self {
            log: log.clone(),
            world: world.clone(),
            client: client.build().expect("a client"),
            balancer,
            gateways,
            numbers: Arc::new(AtomicU32::new(1)),
        }
    }

    /// Asks for an answer, of one gateway or of whom the balancer chooses; returns the number of the request.
    pub(super) async fn ask(
        &self,
        gateway: Option<usize>,
        session: &str,
        agent: &'static str,
        chat: Option<usize>,
    ) -> u32 {
        let request = self.numbers.fetch_add(1, Ordering::SeqCst);
        self.log.add(What::Asked { request, chat, agent });
        let at = gateway.map_or(self.balancer, |gateway| self.gateways[gateway]);
        let body = json!({ "model": "any", "max_tokens": 1,
            "messages": [{ "role": "user", "content": format!("request-{request}-") }] });
        let begun = Instant::now();
        let asked = self
            .client
            .post(format!("http://{at}/v1/messages"))
            .header("content-type", "application/json")
            .header("x-modelpin-session", session)
            .header("x-modelpin-agent", agent)
            .header("x-modelpin-actor", PERSON)
            .body(body.to_string());
        let (mut status, mut gateway) = (0, String::new());
        if let Ok(answer) = asked.send().await {
            status = answer.status().as_u16();
            let headers = answer.headers().clone();
            let by = headers.get("x-storm-gateway").and_then(|by| by.to_str().ok());
            gateway = by.unwrap_or_default().to_owned();
            self.world
                .heard("head of an answer", format!("{headers:?}").as_bytes());
            match answer.bytes().await {
                Ok(body) => self.world.heard("answer", &body),
                Err(_) => status = 0,
            }
        }
        let took = begun.elapsed();
        self.log.add(What::Ended {
            request,
            status,
            gateway,
            took,
        });
        request
    }

    /// Pins through one gateway until it is kept and all have it; what is wrong if that is not so in time.
    async fn takes_changes(&self, gateway: usize, until: Instant) -> Option<String> {
        let turn = self.numbers.fetch_add(1, Ordering::SeqCst) as usize;
        let chat = Chat {
            session: format!("back:{turn}"),
            ..Chat::number(turn)
        };
        let profile = PROFILES[turn % PROFILES.len()];
        let text = format!("/model big@{profile} --strict");
        loop {
            let at = self.gateways[gateway];
            let mut reply = command(self, at, &chat.session, chat.agent, &text).await;
            if reply == Reply::Kept {
                let asked = (0..self.gateways.len()).map(|gateway| self.pinned(gateway, &chat));
                let told = futures_util::future::join_all(asked).await;
                if told.iter().all(|one| one.as_deref() == Some(profile)) {
                    return None;
                }
                reply = Reply::Unknown(format!("{told:?}"));
            }
            if Instant::now() > until {
                return Some(format!("{} at {gateway}: {reply:?}", chat.session));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn post(&self, at: SocketAddr, path: &str, body: &Value) -> Result<Value, String> {
        let asked = self.client.post(format!("http://{at}{path}"));
        let asked = asked.header("content-type", "application/json");
        let answer = asked.body(body.to_string()).send().await;
        let answer = answer.map_err(|wrong| wrong.to_string())?;
        let text = answer.text().await.map_err(|wrong| wrong.to_string())?;
        self.world.heard("reply", text.as_bytes());
        serde_json::from_str(&text).map_err(|_| text)
    }

    /// The profile that a gateway has pinned for a chat.
    async fn pinned(&self, gateway: usize, chat: &Chat) -> Option<String> {
        let at = self.gateways[gateway];
        let asked = self
            .client
            .get(format!("http://{at}/v1/sessions/{}", chat.session));
        let asked = asked
            .header("x-modelpin-actor", PERSON)
            .header("x-modelpin-agent", chat.agent);
        let text = asked.send().await.ok()?.text().await.ok()?;
        self.world.heard("session", text.as_bytes());
        let told: Value = serde_json::from_str(&text).ok()?;
        let pins = told["pins"].as_array()?.iter();
        let mut profiles = pins.filter_map(|pin| pin["profiles"].as_array()).flatten();
        let one = profiles.find(|one| one["provider"] == "one")?;
        one["profile"].as_str().map(str::to_owned)
    }
}

/// A turn of a chat.
pub(super) async fn turn(desk: &Desk, chat: &Chat, dice: &mut Rng) {
    if dice.u8(..3) == 0 {
        say(desk, chat, chat.profiles[dice.usize(..chat.profiles.len())]).await;
    }
    ask(desk, chat).await;
    tokio::time::sleep(Duration::from_millis(dice.u64(5..40))).await;
}

pub(super) async fn ask(desk: &Desk, chat: &Chat) {
    desk.ask(None, &chat.session, chat.agent, Some(chat.number)).await;
}

/// Pins a profile.
pub(super) async fn say(desk: &Desk, chat: &Chat, profile: &'static str) {
    let text = format!("/model big@{profile} --strict");
    let begun = Instant::now();
    let reply = command(desk, desk.balancer, &chat.session, chat.agent, &text).await;
    desk.log.add(What::Said {
        chat: chat.number,
        profile,
        reply,
        took: begun.elapsed(),
    });
}

async fn command(desk: &Desk, at: SocketAddr, session: &str, agent: &str, text: &str) -> Reply {
    let body =
        json!({ "session": session, "agent": agent, "actor": PERSON, "surface": "text", "text": text });
    match desk.post(at, "/v1/chat/handle", &body).await {
        Ok(told) => {
            let view = &told["reply"]["view"];
            if view["kind"] == "changed" {
                Reply::Kept
            } else if view.to_string().contains("\"not-kept\"") {
                Reply::Refused
            } else {
                Reply::Unknown(told.to_string())
            }
        }
        Err(wrong) => Reply::Unknown(wrong),
    }
}

/// The session in which a probe is asked.
pub(super) fn probe(number: usize) -> String {
    format!("probe:{number}")
}

pub(super) async fn pin_probe(desk: &Desk, number: usize) {
    let text = format!("/model probem@probe:{number} --strict");
    let reply = command(desk, desk.balancer, &probe(number), "probe", &text).await;
    assert_eq!(reply, Reply::Kept, "a probe is pinned");
}

/// Writes down what each gateway has pinned for a chat.
pub(super) async fn look(desk: &Desk, chat: &Chat) {
    for gateway in 0..desk.gateways.len() {
        let profile = desk.pinned(gateway, chat).await;
        desk.log.add(What::Pinned {
            chat: chat.number,
            gateway,
            profile,
        });
    }
}

/// Waits until each gateway takes changes that all see, and all have the same pinned in each chat, which may be that. Else
/// it says what differs.
pub(super) async fn agreed(desk: &Desk, chats: &[Chat], patience: Duration) -> Option<String> {
    let begun = Instant::now();
    let each = (0..desk.gateways.len()).map(|gateway| desk.takes_changes(gateway, begun + patience));
    let wrong = futures_util::future::join_all(each).await;
    if let Some(wrong) = wrong.into_iter().flatten().next() {
        return Some(wrong);
    }
    for chat in chats {
        let mays = desk
            .log
            .with(|log| super::oracles::may_be_pinned(log, chat.number));
        loop {
            let asked = (0..desk.gateways.len()).map(|gateway| desk.pinned(gateway, chat));
            let told = futures_util::future::join_all(asked).await;
            let first = told[0].as_deref();
            let same = told.iter().all(|one| one.as_deref() == first);
            if same && first.is_some_and(|first| mays.contains(&first)) {
                break;
            }
            if begun.elapsed() > patience {
                return Some(format!(
                    "{}: {told:?}, and acknowledged is {mays:?}",
                    chat.session
                ));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    None
}
