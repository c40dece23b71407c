//! May this person do that? One question for every effect, whatever it came by: text, button, HTTP, command line.
//!
//! The rules are values; who asks and what for comes in as arguments. Nothing here knows what a command or a
//! request looks like. Start with [`Rules::may`].

mod who;

use std::collections::HashMap;

use crate::profile::ProfileId;
use crate::session::{Actor, Scope, Standing};

pub use who::Who;

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// Learn that a profile exists.
    See,
    /// Give a command that changes a pin.
    Pin,
    /// Have a model request paid by a profile.
    Spend,
    /// Change what holds for others: the agent's and the global scope.
    Admin,
}

/// Who may do what.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    commands: Who,
    admins: Option<Who>,
    profiles: HashMap<ProfileId, Who>,
}

impl Rules {
    /// Everybody may give commands; nobody but the operator administers.
    #[must_use]
    pub fn open() -> Self {
        Self::default()
    }

    /// Only `who` may give commands.
    #[must_use]
    pub fn commands(mut self, who: Who) -> Self {
        self.commands = who;
        self
    }

    /// `who` may change the agent's and the global scope. Without this, only the operator may.
    #[must_use]
    pub fn admins(mut self, who: Who) -> Self {
        self.admins = Some(who);
        self
    }

    /// Only `who` may see, pin and spend `profile`.
    #[must_use]
    pub fn profile(mut self, profile: ProfileId, who: Who) -> Self {
        self.profiles.insert(profile, who);
        self
    }

    /// Whether a profile has a list of those whom it serves.
    #[must_use]
    pub fn is_listed(&self, profile: &ProfileId) -> bool {
        matches!(self.profiles.get(profile), Some(Who::Only { .. }))
    }

    /// In which of the profiles' lists an actor stands, one bit for each: two actors with the same bits may spend the same
    /// profiles, while the rules are the same. `None` if there are more lists than bits.
    pub(crate) fn listing(&self, actor: &Actor) -> Option<u64> {
        if self.profiles.is_empty() {
            return Some(0);
        }
        if self.profiles.len() > 64 {
            return None;
        }
        let operator = actor.standing() == Standing::Operator;
        // The map is not changed: its order stays the same.
        let lists = self.profiles.values().enumerate();
        Some(lists.fold(0, |bits, (at, who)| {
            bits | u64::from(operator || who.includes(actor)) << at
        }))
    }

    /// Whether `actor` may do `act` at `scope`, with `profile` where one is concerned.
    ///
    /// The operator may do everything. A pin at the agent's or the global scope needs the admin right besides.
    /// Spending needs no right to commands: people whose text is merely passed on to a model are served by what
    /// others pinned, unless the profile's own list leaves them out.
    #[must_use]
    pub fn may(&self, actor: &Actor, act: Act, scope: Scope, profile: Option<&ProfileId>) -> bool {
        if actor.standing() == Standing::Operator {
            return true;
        }
        let listed = profile
            .and_then(|id| self.profiles.get(id))
            .is_none_or(|who| who.includes(actor));
        let commands = self.commands.includes(actor);
        let admin = commands && self.admins.as_ref().is_some_and(|who| who.includes(actor));
        match act {
            Act::Spend => listed,
            Act::See => listed && commands,
            Act::Pin => listed && if scope == Scope::Session { commands } else { admin },
            Act::Admin => admin,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        Rules::open()
            .commands(Who::only(["ann", "bob"], [] as [&str; 0], ["staff"]))
            .admins(Who::only(["ann"], [] as [&str; 0], [] as [&str; 0]))
            .profile(
                ProfileId::new("a:private"),
                Who::only(["ann"], ["den"], [] as [&str; 0]),
            )
    }

    #[test]
    fn agent_and_global_scope_need_the_admin_right() {
        let (ann, bob) = (Actor::member("ann"), Actor::member("bob"));
        for scope in [Scope::Agent, Scope::Global] {
            assert!(rules().may(&ann, Act::Pin, scope, None));
            assert!(!rules().may(&bob, Act::Pin, scope, None));
        }
        assert!(rules().may(&bob, Act::Pin, Scope::Session, None));
        assert!(!Rules::open().may(&ann, Act::Admin, Scope::Global, None));
    }

    #[test]
    fn a_profile_list_names_senders_rooms_and_roles() {
        let private = ProfileId::new("a:private");
        let may = |actor: &Actor, act| rules().may(actor, act, Scope::Session, Some(&private));
        assert!(may(&Actor::member("ann"), Act::See));
        assert!(!may(&Actor::member("bob"), Act::See));
        assert!(may(&Actor::member("bob").in_room("den"), Act::Spend));
        assert!(may(
            &Actor::member("cy").with_role("staff").in_room("den"),
            Act::Pin
        ));
    }

    #[test]
    fn a_sender_without_commands_is_still_served() {
        let eve = Actor::member("eve");
        assert!(!rules().may(&eve, Act::Pin, Scope::Session, None));
        assert!(rules().may(&eve, Act::Spend, Scope::Session, Some(&ProfileId::new("a:open"))));
        assert!(!rules().may(
            &eve,
            Act::Spend,
            Scope::Session,
            Some(&ProfileId::new("a:private"))
        ));
    }

    #[test]
    fn a_profile_with_a_list_is_listed_and_one_for_everybody_is_not() {
        let (private, open) = (ProfileId::new("a:private"), ProfileId::new("a:open"));
        let rules = rules().profile(open.clone(), Who::Everybody);
        assert!(rules.is_listed(&private));
        assert!(!rules.is_listed(&open) && !rules.is_listed(&ProfileId::new("a:other")));
    }

    #[test]
    fn who_administers_needs_the_right_to_commands_too() {
        let rules = Rules::open()
            .commands(Who::only(["ann"], [] as [&str; 0], [] as [&str; 0]))
            .admins(Who::only(["ann", "bob"], [] as [&str; 0], [] as [&str; 0]));
        for scope in [Scope::Session, Scope::Agent, Scope::Global] {
            assert!(rules.may(&Actor::member("ann"), Act::Admin, scope, None));
            assert!(!rules.may(&Actor::member("bob"), Act::Admin, scope, None));
            assert!(!rules.may(&Actor::member("bob"), Act::Pin, scope, None));
        }
    }

    #[test]
    fn who_stands_in_the_same_lists_may_spend_the_same_profiles() {
        let profile = |n: usize| ProfileId::new(&format!("a:{n}"));
        let with_lists = |lists: usize| {
            (0..lists).fold(Rules::open(), |rules, n| {
                // Each list has a sender of its own, and every second one a room besides.
                let rooms = (n % 2 == 0).then_some("den");
                rules.profile(profile(n), Who::only([n.to_string()], rooms, [] as [&str; 0]))
            })
        };
        assert_eq!(Rules::open().listing(&Actor::member("0")), Some(0));
        assert_eq!(
            with_lists(65).listing(&Actor::member("0")),
            None,
            "a list too many"
        );
        let rules = with_lists(64);
        let mut actors: Vec<Actor> = (0..65).map(|n| Actor::member(&n.to_string())).collect();
        actors.extend((0..4).map(|n| Actor::member(&n.to_string()).in_room("den")));
        actors.push(Actor::operator());
        let may_spend = |actor: &Actor| -> Vec<bool> {
            let spend = |n| rules.may(actor, Act::Spend, Scope::Session, Some(&profile(n)));
            (0..64).map(spend).collect()
        };
        let known: Vec<_> = actors
            .iter()
            .map(|actor| (rules.listing(actor), may_spend(actor)))
            .collect();
        for (bits, may) in &known {
            let count = bits.expect("a bit for each list").count_ones() as usize;
            assert_eq!(count, may.iter().filter(|may| **may).count());
            for (other, others) in &known {
                assert_eq!(bits == other, may == others);
            }
        }
    }

    #[test]
    fn the_operator_may_everything() {
        let operator = Actor::operator();
        let private = ProfileId::new("a:private");
        assert!(rules().may(&operator, Act::Admin, Scope::Global, Some(&private)));
    }
}
