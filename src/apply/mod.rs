//! Carrying commands out: the change is committed first, and the reply tells what was committed.
//!
//! [`Desk::carry_out`] takes a parsed command from a sender who may give commands, and returns a
//! [`View`](crate::view::View). It asks the catalogue what names mean, the access rules whether the sender may, the
//! resolver what follows. It does not parse and does not render.
//!
//! A pressed button goes the same way: [`Desk::press`] finds out what it says, and the same doors are asked.
//!
//! `choose.rs` is the path of a pin; `shown.rs` remembers which list a number belongs to; `buttons.rs` makes what can be
//! pressed; the others answer questions.

mod buttons;
mod choose;
mod lists;
mod outlook;
mod press;
mod questions;
mod reach;
mod sheet;
mod shown;
mod suggest;

use std::sync::Arc;

use crate::access::Act;
use crate::command::{ModelCommand, Wanted};
use crate::picker::Pressers;
use crate::pin::{Change, OwnWay, Thread};
use crate::resolver::{Book, Committed, Question, Resolver, Snapshot, freely};
use crate::session::{Actor, Scope, SessionKey};
use crate::view::{self, Body, Refusal};
use crate::words::Words;

use outlook::Done;
use shown::Shown;

/// Where commands are carried out.
#[derive(Debug)]
pub struct Desk {
    resolver: Arc<Resolver>,
    shown: Shown,
}

/// A command, who gives it, and where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Errand<'a> {
    session: &'a SessionKey,
    actor: &'a Actor,
    snapshot: &'a Snapshot,
    book: &'a Book,
    /// Who may press the buttons of the reply.
    pressers: Pressers,
    /// The language of the reply.
    words: &'a Words,
}

/// For whom a reply is made.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// Who may press its buttons.
    pub pressers: Pressers,
    /// The language.
    pub words: &'a Words,
}

impl Desk {
    /// A desk over a resolver.
    #[must_use]
    pub fn new(resolver: Arc<Resolver>) -> Self {
        Self {
            resolver,
            shown: Shown::default(),
        }
    }

    /// Carries a command out and returns what to say to `reader`.
    ///
    /// Cancelling the call leaves the change committed or not, never half done.
    pub async fn carry_out(
        &self,
        session: &SessionKey,
        actor: &Actor,
        reader: Reader<'_>,
        command: &ModelCommand,
    ) -> Body {
        let snapshot = self.resolver.snapshot();
        let may = |act| snapshot.rules().may(actor, act, Scope::Session, None);
        if *command == ModelCommand::Help && may(Act::See) {
            // It needs no file, so that it is there when one is broken.
            return Body::Help;
        }
        let book = match self.book(&snapshot, session) {
            Ok(book) => book,
            Err(broken) => return Body::Refused(broken),
        };
        let errand = Errand {
            session,
            actor,
            snapshot: &snapshot,
            book: &book,
            pressers: reader.pressers,
            words: reader.words,
        };
        if !errand.may_command() {
            return Body::Refused(Refusal::NoCommands);
        }
        self.command(errand, command).await.unwrap_or_else(Body::Refused)
    }

    /// What is known of the session's agent.
    fn book(&self, snapshot: &Snapshot, session: &SessionKey) -> Result<Arc<Book>, Refusal> {
        snapshot.book(session.agent()).map_err(|broken| Refusal::Broken {
            cause: broken.to_string(),
            at: self.resolver.now(),
        })
    }

    /// A command of somebody who may give commands.
    async fn command(&self, errand: Errand<'_>, command: &ModelCommand) -> Result<Body, Refusal> {
        let Errand { session, actor, .. } = errand;
        match command {
            ModelCommand::Picker => self.list(errand, None, None),
            ModelCommand::List { provider, page } => self.list(errand, provider.as_deref(), *page),
            ModelCommand::Status => self.status(errand),
            ModelCommand::Why => self.why(errand),
            ModelCommand::Help => Ok(Body::Help),
            ModelCommand::Default { scope } => {
                let clear = Change::Clear {
                    by: Arc::from(actor.id()),
                    thread: if session.parent().is_some() {
                        Thread::Yes
                    } else {
                        Thread::No
                    },
                };
                self.change(errand, scope.unwrap_or_default(), clear).await
            }
            ModelCommand::Undo { scope } => {
                self.change(errand, scope.unwrap_or_default(), Change::Undo).await
            }
            ModelCommand::Choose(choose) => match &choose.what {
                Wanted::Model(reference) => self.choose_model(errand, choose, reference).await,
                Wanted::Number { index, profile } => {
                    self.choose_number(errand, choose, *index, profile.as_deref())
                        .await
                }
                Wanted::Profile(name) => self.choose_profile(errand, choose, name).await,
            },
        }
    }

    /// Clears or takes back.
    async fn change(&self, errand: Errand<'_>, scope: Scope, change: Change) -> Result<Body, Refusal> {
        self.permit(errand, scope)?;
        let before = self.outlook(errand);
        let undo = change == Change::Undo;
        let permit = if undo {
            errand.may_bring_back(scope)
        } else {
            freely()
        };
        let change = match (self.commit(errand, scope, change, permit).await?, undo) {
            (Committed::Forbidden, _) => return Err(Refusal::NotPermitted { scope }),
            (Committed::Nothing, true) => return Err(Refusal::NothingToUndo { scope }),
            (Committed::Nothing, false) => view::Change::Nothing,
            (Committed::Changed(_), true) => view::Change::Undone,
            (Committed::Changed(record), false) => match &record.layers.lasting {
                Some(pin) if pin.own_way == OwnWay::Stops => view::Change::OnItsOwn,
                _ => view::Change::Cleared,
            },
        };
        let done = Done {
            change,
            scope,
            set: None,
        };
        Ok(self.changed(errand, &done, before))
    }

    /// Whether the sender may change what holds in `scope`.
    fn permit(&self, errand: Errand<'_>, scope: Scope) -> Result<(), Refusal> {
        if errand.snapshot.rules().may(errand.actor, Act::Pin, scope, None) {
            Ok(())
        } else {
            Err(Refusal::NotPermitted { scope })
        }
    }

    /// The decision for the next request from here; asking changes nothing.
    fn outlook(&self, errand: Errand<'_>) -> Option<crate::resolver::Decision> {
        let question = Question::new(errand.session, errand.actor);
        self.resolver.explain(question).ok()
    }
}
