//! How things are named on the server.
//!
//! `PREFIX:TENANT:KIND` and for pins `PREFIX:TENANT:pin:{SCOPE}`. What stands in braces alone says on which machine of a
//! cluster a key is (<https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags>): the keys of
//! one chat stand together, and chats are spread. A script touches the keys of one such tag only.

use std::sync::Arc;

use crate::pin::ScopeKey;
use crate::session::AgentId;
use crate::store::SignInName;

/// The names of one fleet's things.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    base: String,
}

impl Keys {
    pub(super) fn new(prefix: &str, tenant: &str) -> Self {
        let mut base = prefix.to_owned();
        base.push(':');
        escape(tenant, &mut base);
        Self { base }
    }

    /// Who we are, and in which form things are kept.
    pub(super) fn fleet(&self) -> String {
        format!("{}:fleet", self.base)
    }

    /// The channel of changes of pins.
    pub(super) fn pin_news(&self) -> String {
        format!("{}:news:pins", self.base)
    }

    /// The channel of failures and rests.
    pub(super) fn ledger_news(&self) -> String {
        format!("{}:news:ledger", self.base)
    }

    /// The channel of one process's messages to itself.
    pub(super) fn pulse(&self, origin: &str) -> String {
        format!("{}:news:pulse:{origin}", self.base)
    }

    /// The channel of sign-ins that were renewed.
    pub(super) fn sign_in_news(&self) -> String {
        format!("{}:news:sign-ins", self.base)
    }

    /// What is known of a sign-in: a hash, with a tag of its own.
    pub(super) fn sign_in(&self, sign_in: &SignInName) -> String {
        let mut name = format!("{}:sign-in:{{", self.base);
        escape(sign_in.as_str(), &mut name);
        name.push('}');
        name
    }

    /// All failures and rests: a hash, since a merge of several is one step.
    pub(super) fn ledger(&self) -> String {
        format!("{}:{{ledger}}", self.base)
    }

    /// The record of one scope.
    pub(super) fn pin(&self, key: &ScopeKey) -> String {
        let mut name = format!("{}:pin:{{", self.base);
        match key {
            ScopeKey::Session(agent, chat) => {
                name.push_str("session/");
                escape(agent.as_str(), &mut name);
                name.push('/');
                escape(chat, &mut name);
            }
            ScopeKey::Agent(agent) => {
                name.push_str("agent/");
                escape(agent.as_str(), &mut name);
            }
            ScopeKey::Global => name.push_str("global"),
        }
        name.push('}');
        name
    }

    /// The scope whose record has this name; `None` if it is no name of ours.
    pub(super) fn scope(&self, name: &str) -> Option<ScopeKey> {
        let tag = name
            .strip_prefix(&self.base)?
            .strip_prefix(":pin:{")?
            .strip_suffix('}')?;
        let mut parts = tag.split('/');
        let scope = match (parts.next()?, parts.next(), parts.next()) {
            ("session", Some(agent), Some(chat)) => {
                ScopeKey::Session(agent_id(agent)?, Arc::from(unescape(chat)?))
            }
            ("agent", Some(agent), None) => ScopeKey::Agent(agent_id(agent)?),
            ("global", None, None) => ScopeKey::Global,
            _ => return None,
        };
        parts.next().is_none().then_some(scope)
    }

    /// What `SCAN` looks for: every pin.
    pub(super) fn every_pin(&self) -> String {
        let mut pattern = String::new();
        for c in self.base.chars() {
            if "*?[]\\".contains(c) {
                pattern.push('\\');
            }
            pattern.push(c);
        }
        pattern.push_str(":pin:{*");
        pattern
    }
}

fn agent_id(text: &str) -> Option<AgentId> {
    AgentId::new(&unescape(text)?).ok()
}

/// What would be taken for our own signs is written in percent (RFC 3986 §2.1), as is what no terminal shows.
fn escape(text: &str, into: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'%' | b'/' | b'{' | b'}' | b':' | 0..=b' ' | 0x7f => {
                into.push('%');
                for half in [byte >> 4, byte & 15] {
                    into.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
                }
            }
            0x80.. => into.push_str(&format!("%{byte:02x}")),
            _ => into.push(char::from(byte)),
        }
    }
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let byte = match byte {
            b'%' => {
                let mut half = || char::from(rest.next()?).to_digit(16);
                u8::try_from(half()? << 4 | half()?).ok()?
            }
            byte => byte,
        };
        bytes.push(byte);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_name_is_of_its_scope_alone(chat in ".*", agent in "[a-z][a-z0-9-]{0,8}", tenant in ".{1,6}") {
            let keys = Keys::new("modelpin", &tenant);
            let agent = AgentId::new(&agent).unwrap();
            let scopes = [
                ScopeKey::Session(agent.clone(), Arc::from(chat.as_str())),
                ScopeKey::Agent(agent),
                ScopeKey::Global,
            ];
            for scope in scopes {
                let name = keys.pin(&scope);
                prop_assert_eq!(keys.scope(&name), Some(scope));
                // One tag, and nothing that ends it early.
                prop_assert_eq!(name.matches('{').count(), 1);
                prop_assert_eq!(name.matches('}').count(), 1);
                prop_assert_eq!(Keys::new("modelpin", &format!("{tenant}x")).scope(&name), None);
            }
        }
    }

    #[test]
    fn what_stands_under_the_prefix_and_is_no_pin_is_left_alone() {
        let keys = Keys::new("modelpin", "main");
        for name in [
            "modelpin:main:pin:{",
            "modelpin:main:pin:{session/main}",
            "modelpin:main:pin:{global/x}",
            "modelpin:main:pin:{session/main/%zz}",
            "modelpin:main:fleet",
            "other:main:pin:{global}",
        ] {
            assert_eq!(keys.scope(name), None, "{name}");
        }
    }
}
