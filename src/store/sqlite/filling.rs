//! Reading all pins into the table, where there may be a million of them.
//!
//! Nearly all records are one lasting pin, and what they ask for is asked for by many. So a record is skimmed: who asked,
//! and when, is its own; the text of what is asked for is looked up among those that were read before, and read only
//! if it is a new one. A record that is not so plain is read as any other, and so is one that is not understood, which
//! tells what is wrong with it.

use std::sync::Arc;

use rusqlite::Connection;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::columns::scope_of;
use super::file::Trouble;
use super::pins::text;
use crate::clock::Timestamp;
use crate::pin::{Before, Pin, PinTable, Plain, ScopeKey, Version, What};
use crate::session::{AgentId, Scope};
use crate::store::stored::{self, Text, Unreadable};

/// How many texts are remembered at a time.
const KNOWN: usize = 1_024;

/// Puts all records into an empty table, and returns the mark of the last of them.
pub(super) fn fill(file: &Connection, table: &PinTable) -> Result<u64, Trouble> {
    let count = file.query_row("SELECT count(*) FROM pins", [], |row| row.get(0))?;
    table.reserve(count);
    let columns = "scope, agent, session, version, record, changed";
    // As they lie: by the primary key.
    let mut query = file.prepare(&format!("SELECT {columns} FROM pins"))?;
    let mut rows = query.query([])?;
    let mut filling = Filling::new(table);
    let mut mark = 0;
    while let Some(row) = rows.next()? {
        let name = (text(row, 0)?, text(row, 1)?, text(row, 2)?);
        filling.take(name, row.get(3)?, text(row, 4)?)?;
        mark = mark.max(row.get(5)?);
    }
    Ok(mark)
}

struct Filling<'table> {
    table: &'table PinTable,
    /// The agent of the row before: rows lie by agent.
    agent: Option<AgentId>,
    known: FxHashMap<Box<str>, Arc<What>>,
    /// A place for the text that is looked up.
    sought: String,
}

impl<'table> Filling<'table> {
    fn new(table: &'table PinTable) -> Self {
        Self {
            table,
            agent: None,
            known: FxHashMap::default(),
            sought: String::new(),
        }
    }

    fn take(&mut self, name: (&str, &str, &str), version: u64, text: &str) -> Result<(), Trouble> {
        let (scope, agent, session) = name;
        let is_chat = scope == Scope::Session.as_str();
        let Some((pin, before)) = is_chat.then(|| Skimmed::plain(text)).flatten() else {
            let record = stored::record(version, text)?;
            self.table.put(scope_of(scope, agent, session)?, record);
            return Ok(());
        };
        let plain = Plain {
            what: self.what(&pin, version, text)?,
            by: pin.by.as_deref(),
            at: pin.at,
            version: Version(version),
            before,
        };
        if self.agent.as_ref().is_none_or(|known| known.as_str() != agent) {
            let ScopeKey::Session(agent, _) = scope_of(scope, agent, "")? else {
                return Err(Unreadable("its scope").into());
            };
            self.agent = Some(agent);
        }
        if let Some(agent) = &self.agent {
            self.table.put_plain(agent, session, plain);
        }
        Ok(())
    }

    /// What a plain pin asks for, read if it is asked for the first time.
    fn what(&mut self, pin: &SkimmedPin<'_>, version: u64, text: &str) -> Result<Arc<What>, Trouble> {
        self.sought.clear();
        self.sought.push_str(pin.model.map_or("", RawValue::get));
        // What is valid in a record has neither of these characters.
        self.sought.push(if pin.own_way { '\u{1}' } else { '\0' });
        self.sought.push_str(pin.profiles.map_or("", RawValue::get));
        if let Some(known) = self.known.get(self.sought.as_str()) {
            return Ok(Arc::clone(known));
        }
        let lasting = stored::record(version, text)?.layers.lasting;
        let Pin {
            model,
            profiles,
            own_way,
            ..
        } = lasting.unwrap_or_default();
        let what = self.table.share(What {
            model,
            profiles: profiles.into(),
            own_way,
        });
        if self.known.len() >= KNOWN {
            self.known.clear();
        }
        self.known.insert(self.sought.as_str().into(), Arc::clone(&what));
        Ok(what)
    }
}

/// The fields of a record, of which only those are read that are each record's own (`stored.rs` has the form).
#[derive(Deserialize)]
struct Skimmed<'a> {
    #[serde(default, borrow)]
    lasting: Option<SkimmedPin<'a>>,
    #[serde(default, borrow)]
    passing: Option<&'a RawValue>,
    #[serde(default, borrow)]
    history: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SkimmedPin<'a> {
    #[serde(default, borrow)]
    model: Option<&'a RawValue>,
    #[serde(default, borrow)]
    profiles: Option<&'a RawValue>,
    #[serde(default, borrow)]
    by: Option<Text<'a>>,
    #[serde(default)]
    at: Option<Timestamp>,
    #[serde(default, borrow)]
    end: Option<&'a RawValue>,
    #[serde(default)]
    own_way: bool,
}

impl<'a> Skimmed<'a> {
    /// The pin, and what was before it, of a record that is as plain as nearly all are.
    fn plain(text: &'a str) -> Option<(SkimmedPin<'a>, Before)> {
        let skimmed: Self = serde_json::from_str(text).ok()?;
        let before = match skimmed.history.map(RawValue::get) {
            None => Before::Nothing,
            Some("[{}]") => Before::NoPin,
            Some(_) => return None,
        };
        let pin = skimmed.lasting?;
        (skimmed.passing.is_none() && pin.end.is_none()).then_some((pin, before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Records as they were ever written, and some that are strange.
    const RECORDS: [&str; 18] = [
        r#"{"lasting":{"model":{"provider":"demo","name":"one","strict":true},"by":"ann","at":1},"history":[{}]}"#,
        r#"{"lasting":{"model":{"provider":"demo","name":"one","strict":true},"by":"bob","at":2},"history":[{}]}"#,
        r#"{"lasting":{"model":{"provider":"demo","name":"one","strict":true}}}"#,
        r#"{"lasting":{"model":{"provider":"demo","name":"one","strict":false},"ownWay":true}}"#,
        r#"{"lasting":{"model":{"provider":"demo","name":"one","strict":false},"ownWay":false}}"#,
        r#"{"lasting":{"model":null,"profiles":[{"provider":"demo"}],"by":"a\"\u00e4","at":null,"end":null}}"#,
        r#"{"lasting":{"profiles":[{"provider":"demo","id":"demo:work","account":"a","strict":true}],"by":"ann"}}"#,
        r#"{"lasting":{"ownWay":true,"by":"ann"},"history":[]}"#,
        r#"{"lasting":{},"history":[{}]}"#,
        r#"{"lasting":{"model":{"provider":"demo","name":"one","strict":true},"by":"ann","end":"once"},"history":[{}]}"#,
        r#"{"lasting":{"model":{"provider":"demo","name":"one","strict":true},"end":5}}"#,
        r#"{"lasting":{"by":"ann"},"passing":[{"by":"bob","end":7}]}"#,
        r#"{"lasting":{"by":"ann"},"passing":[],"history":[{"lasting":{"by":"bob"}},{}]}"#,
        r#"{"passing":[{"by":"bob","end":7}]}"#,
        r#"{"lasting":null,"history":[ { } ]}"#,
        r#"{"history":[{}]}"#,
        r#"{}"#,
        r#" { "more" : [1] , "lasting" : { "x" : {} , "by" : "ann" } } "#,
    ];

    #[test]
    fn a_skimmed_record_is_the_one_that_is_read() {
        let table = PinTable::default();
        let mut filling = Filling::new(&table);
        // Twice: what they ask for is read at first, and then known.
        for round in 0..2 {
            for (at, text) in RECORDS.iter().enumerate() {
                let chat = format!("{round}-{at}");
                let name = ("session", if at % 2 == 0 { "main" } else { "other" }, &*chat);
                let taken = filling.take(name, 7, text);
                assert!(taken.is_ok(), "{text}: {taken:?}");
                let key = scope_of(name.0, name.1, name.2).expect("a scope");
                let read = stored::record(7, text).expect("a record");
                assert_eq!(table.record(&key).as_deref(), Some(&read), "{text}");
            }
        }
        assert_eq!(table.len(), 2 * RECORDS.len());
    }

    #[test]
    fn who_asked_and_when_is_not_what_is_asked_for() {
        let table = PinTable::default();
        let mut filling = Filling::new(&table);
        for n in 0..3 * KNOWN {
            let model = n % (KNOWN + 10);
            let text = format!(
                r#"{{"lasting":{{"model":{{"provider":"demo","name":"m{model}","strict":true}},"by":"{n}","at":{n}}},"history":[{{}}]}}"#
            );
            filling
                .take(("session", "main", &n.to_string()), 1, &text)
                .expect("a record");
            assert!(filling.known.len() <= KNOWN);
        }
        let what = |chat: &str| table.look(&AgentId::main(), chat, |kept| kept.alone().map(Arc::as_ptr));
        let again = (KNOWN + 15).to_string();
        assert_eq!(what("5"), what(&again), "one for both");
        assert_ne!(what("5"), what("6"));
    }

    #[test]
    fn what_is_no_record_is_told() {
        let table = PinTable::default();
        let mut filling = Filling::new(&table);
        let chat = ("session", "main", "c");
        let wrong = [
            (chat, "{"),
            (chat, r#"{"lasting":{"model":{"provider":"demo"}}}"#),
            (chat, r#"{"lasting":{"model":{},"by":"ann"},"history":[{}]}"#),
            (chat, r#"{"lasting":{"end":"doomsday"}}"#),
            (chat, r#"{"lasting":{"by":"ann","by":"bob"}}"#),
            (("session", "No Agent", "c"), r#"{"lasting":{"by":"ann"}}"#),
            (("room", "main", "c"), r#"{"lasting":{"by":"ann"}}"#),
        ];
        for (name, text) in wrong {
            for _ in 0..2 {
                assert!(
                    matches!(filling.take(name, 1, text), Err(Trouble::Record(_))),
                    "{text}"
                );
            }
        }
        assert!(table.is_empty());
    }
}
