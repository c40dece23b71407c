//! Slash-command middleware that puts a person in charge of the credential that a chat uses.
//!
//! Chat bots talk to language models with credentials that belong to somebody: an API key, a subscription token, a
//! sign-in. People have several. With modelpin, a chat user types `/model` and picks; the choice is pinned to that chat,
//! and every model request of the bot asks a shared resolver which model and which credential to use.
//!
//! ```
//! use modelpin::{Actor, Handled, Message, ModelPin, Render, SessionKey, Text};
//! # use std::io::{Read, Write};
//! # struct Bot;
//! # impl Bot { fn send(&self, messages: Vec<String>) { assert!(messages[0].contains("demo/sonnet")); } }
//! # struct Client;
//! # impl Client {
//! #     async fn execute(&self, request: http::Request<String>) -> std::io::Result<http::Response<()>> {
//! #         assert_eq!(request.headers()["x-api-key"], "sk-EXAMPLE-work");
//! #         let address = request.uri().authority().expect("an absolute URI").as_str();
//! #         let mut stream = std::net::TcpStream::connect(address)?;
//! #         stream.write_all(format!("POST {} HTTP/1.0\r\n\r\n", request.uri().path()).as_bytes())?;
//! #         let mut answer = String::new();
//! #         stream.read_to_string(&mut answer)?;
//! #         assert!(answer.starts_with("HTTP/1.0 200"));
//! #         Ok(http::Response::new(()))
//! #     }
//! # }
//! # async fn example(dir: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
//! # let (bot, client) = (Bot, Client);
//! # let request = http::Request::post("/v1/messages").body(String::from("{}"))?;
//! let modelpin = ModelPin::builder().state_dir(dir).build().await?;
//! let (session, actor) = (SessionKey::new("telegram:42"), Actor::member("telegram:7"));
//!
//! match modelpin.handle(&Message::new(&session, &actor, "/model sonnet@work")).await? {
//!     Handled::Text => {}    // no command: send the text to the model, untouched
//!     Handled::Ignored => {} // a command for another bot
//!     Handled::Reply(view) => bot.send(Text::markdown().render(&view)),
//!     Handled::ReplyAndSend(view, _prompt) => bot.send(Text::markdown().render(&view)), // then send the prompt
//! }
//!
//! let lease = modelpin.resolve(&session, &actor).await?; // model and credential
//! let answer = client.execute(lease.apply(request)?).await?; // headers and base URL are set
//! lease.report(&answer); // what the answer says about the credential is remembered
//! # Ok(())
//! # }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! #     let provider = std::net::TcpListener::bind("127.0.0.1:0")?;
//! #     let address = provider.local_addr()?;
//! #     let serve = std::thread::spawn(move || -> std::io::Result<()> {
//! #         let (mut stream, _) = provider.accept()?;
//! #         let _ = stream.read(&mut [0; 1024])?;
//! #         stream.write_all(b"HTTP/1.0 200 OK\r\n\r\n")
//! #     });
//! #     let dir = tempfile::tempdir()?;
//! #     std::fs::create_dir_all(dir.path().join("agents/main/agent"))?;
//! #     std::fs::write(dir.path().join("modelpin.json"), format!(r#"{{
//! #         agents: {{ defaults: {{ models: {{ "demo/sonnet": {{ alias: "sonnet" }} }} }} }},
//! #         models: {{ providers: {{ demo: {{ baseUrl: "http://{address}", api: "anthropic-messages" }} }} }},
//! #     }}"#))?;
//! #     std::fs::write(dir.path().join("agents/main/agent/auth-profiles.json"),
//! #         r#"{"version":1,"profiles":{"demo:work":{"type":"api_key","provider":"demo","key":"sk-EXAMPLE-work"}}}"#)?;
//! #     let tasks = tokio::runtime::Builder::new_current_thread().build()?;
//! #     tasks.block_on(example(dir.path()))?;
//! #     serve.join().expect("the provider does not panic")?;
//! #     Ok(())
//! # }
//! ```
//!
//! # The contract
//!
//! 1. A message that is no command reaches the model byte for byte.
//! 2. A reply tells what was committed, never what was asked.
//! 3. A strict pin is served by its profile or refused; never by another profile of its provider.
//! 4. Nothing but a command by a sender who may give it makes a pin.
//! 5. Selection is a pure function of facts and the moment; asking changes nothing; the decision explains every
//!    candidate.
//! 6. An outcome is credited to the lease on which it is reported, and to no other.
//! 7. Local refusals are not failures and never lengthen a rest.
//! 8. A failure of one model does not block another model of the account, unless its class is auth or billing.
//! 9. Each usable credential is tried at most once for a model in a request; nothing is switched after the first byte of
//!    an answer.
//! 10. However many callers wait, one expired token is refreshed once, and a lost answer is never replayed.
//! 11. A write either happened or did not.
//! 12. No reply, log line, error or `Debug` shows any part of a secret.
//! 13. Status asks the resolver; there is no second opinion.
//!
//! `tests/it/contract/` has a test for each sentence.
//!
//! # The house
//!
//! Code uses its own room and lower floors; `tests/it/floors.rs` holds it.
//!
//! ```text
//! floor 5  faces     cli → bench, chat, gateway, simulate · chat, gateway → demo
//! floor 4  engine    conformance → middleware → apply → resolver · setup → resolver · report → middleware, resolver
//! floor 3  adapters  store::{memory, sqlite, redis} · credentials → places, files · oauth → credentials, files · wire · events → credentials
//! floor 2  ports     store (trait, conformance) · provide · render → view · registration → render, view
//! floor 1  rules     command · catalog · access · pin · order · cooldown · classify · picker → catalog · config · audit
//! floor 0  words     model · session · profile · credential · outcome · endpoint · retention · terms · secret · clock · similar · echo · event · recent · words → similar, echo
//! ```
//!
//! A chat message goes in at the top: [`command`] reads it, [`apply`] commits it to the [`pin`] table, and a
//! [`view`] comes back that [`render`] writes. A model request goes in at the side: the [`resolver`] looks at pins,
//! [`credentials`] and rests, asks the [`order`] rules, and hands out a [`Lease`], on which the outcome is reported.
//!
//! # Features
//!
//! `cli` (default) is the command line, the terminal chat and its demo provider; `client` the streaming HTTP client.
//! `oauth` signs people in and renews sign-ins. `setup` writes credentials and the configuration; `sqlite` keeps pins, rests
//! and records in a database; `events` runs an operator's command when something happens; `login-shell` lets a login shell
//! be asked for keys, where the configuration wants it; `gateway` is the daemon; `bench` measures; `schema` has the JSON Schema of replies. The command line has all
//! of them.
//! Without features this is the library: no terminal, no HTTP client, no server.

pub mod access;
pub mod apply;
pub mod audit;
#[cfg(feature = "bench")]
pub mod bench;
pub mod catalog;
#[cfg(feature = "cli")]
pub mod chat;
pub mod classify;
#[cfg(feature = "cli")]
pub mod cli;
pub mod clock;
pub mod command;
pub mod config;
pub mod conformance;
pub mod cooldown;
pub mod credential;
pub mod credentials;
#[cfg(feature = "cli")]
pub mod demo;
pub mod echo;
pub mod endpoint;
pub mod event;
pub mod events;
#[cfg(feature = "setup")]
pub mod files;
#[cfg(feature = "gateway")]
pub mod gateway;
pub mod middleware;
pub mod model;
#[cfg(feature = "oauth")]
pub mod oauth;
pub mod order;
pub mod outcome;
pub mod picker;
pub mod pin;
pub mod places;
pub mod profile;
pub mod provide;
pub mod recent;
pub mod registration;
pub mod render;
#[cfg(feature = "gateway")]
mod report;
pub mod resolver;
pub mod retention;
pub mod secret;
pub mod session;
#[cfg(feature = "setup")]
pub mod setup;
pub mod similar;
#[cfg(feature = "cli")]
pub mod simulate;
pub mod store;
pub mod terms;
pub mod view;
pub mod wire;
pub mod words;

pub use middleware::{BuildError, Builder, Handled, Message, ModelPin, Press};
pub use model::{ModelRef, ProviderId};
pub use profile::ProfileId;
pub use render::Render;
pub use render::data::ReplyData;
pub use render::text::Text;
pub use resolver::{Lease, Refusal, ResolveError};
pub use session::{Actor, AgentId, Scope, SessionKey};
pub use view::View;
